//! A list of user names, as it begins the text of `/each`.

/// The names of the list that a text begins with, and what follows it; no names
/// if it begins with no list. A name that holds a blank or a comma stands in
/// double quotes, as listings write it.
pub(super) fn name_list(text: &str) -> (Vec<String>, &str) {
    let (mut names, mut rest) = (Vec::new(), text);
    loop {
        let mut name = String::new();
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut chars = quoted.char_indices();
            let end = loop {
                match chars.next() {
                    Some((at, '"')) => break at + 1,
                    Some((_, '\\')) => name.extend(chars.next().map(|(_, c)| c)),
                    Some((_, c)) => name.push(c),
                    None => return (Vec::new(), text),
                }
            };
            rest = &quoted[end..];
        } else {
            let end = rest.find(|c: char| c == ',' || c.is_whitespace());
            let (plain, after) = rest.split_at(end.unwrap_or(rest.len()));
            name.push_str(plain);
            rest = after;
        }
        if name.trim().is_empty() {
            // `hello, world` is no list.
            return (Vec::new(), text);
        }
        names.push(name);
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None if rest.is_empty() || rest.starts_with(char::is_whitespace) => {
                return (names, rest);
            }
            None => return (Vec::new(), text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_at_the_first_blank_outside_quotes() {
        for (text, names, rest) in [
            ("a,b hi", &["a", "b"][..], " hi"),
            ("a", &["a"], ""),
            ("\"x y\",é hi", &["x y", "é"], " hi"),
            (r#""a\"b" hi"#, &["a\"b"], " hi"),
            ("a, b hi", &[], "a, b hi"),
            ("a,,b hi", &[], "a,,b hi"),
            ("\"a hi", &[], "\"a hi"),
            ("\"a\"b hi", &[], "\"a\"b hi"),
        ] {
            let names = names.iter().map(ToString::to_string).collect();
            assert_eq!(name_list(text), (names, rest), "{text}");
        }
    }
}
