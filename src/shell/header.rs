//! HTTP headers that people choose themselves.

/// The headers that belong to the connection: another value would tell the
/// endpoint where a request ends, or whom it is for.
const OURS: [&str; 3] = ["host", "content-length", "transfer-encoding"];

/// Checks the name of a header.
///
/// # Errors
/// Why it cannot be sent.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    // A token of RFC 9110.
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(is_allowed) {
        return Err(format!("`{}` is no name of a header", name.escape_debug()));
    }
    if OURS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(format!(
            "`{name}` cannot be set: it belongs to the connection"
        ));
    }
    Ok(())
}

/// Checks the value of a header, which may be secret: it is not repeated.
///
/// # Errors
/// Why it cannot be sent.
pub(super) fn check_value(value: &str) -> Result<(), String> {
    if value.contains(['\r', '\n']) {
        return Err("has a line break, which no header can hold".into());
    }
    if !value.chars().all(|c| (' '..='~').contains(&c)) {
        return Err("has a character that no header can hold".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_token_and_not_one_of_the_connections() {
        for name in ["x", "X-Api-Key", "api_key", "Authorization", "a.b~1"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", "a b", "a:", "é", "a\r\nb", "(x)"] {
            let told = check_name(name).unwrap_err();
            assert!(told.ends_with(" is no name of a header"), "{told}");
            assert!(!told.contains('\n'));
        }
        for name in ["Host", "host", "CONTENT-length", "Transfer-Encoding"] {
            let told = format!("`{name}` cannot be set: it belongs to the connection");
            assert_eq!(check_name(name), Err(told));
        }
    }

    #[test]
    fn a_value_is_one_line_of_ascii() {
        for value in ["", "Bearer x", "~!\"$"] {
            assert_eq!(check_value(value), Ok(()), "{value}");
        }
        for value in ["a\r\nb: c", "a\n", "\r"] {
            let told = check_value(value).unwrap_err();
            assert_eq!(told, "has a line break, which no header can hold");
        }
        for value in ["é", "a\tb", "\0", "\u{7f}"] {
            let told = check_value(value).unwrap_err();
            assert_eq!(told, "has a character that no header can hold");
        }
    }
}
