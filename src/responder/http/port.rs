//! The port in the address of an endpoint or of a proxy: where it is none, nobody is asked.

use ureq::http::Uri;

/// What is wrong with the port of `named`, whose address this is, if anything is: the
/// client would ask at the usual port of the scheme instead.
///
/// A number is quoted. Anything else is not, since it may be a part of a password.
pub(super) fn port_complaint(uri: &Uri, named: &str) -> Option<String> {
    let authority = uri.authority()?.as_str();
    let place = authority.rsplit_once('@').map_or(authority, |(_, it)| it);
    // An address of version 6 has colons of its own, in brackets.
    let (_, behind) = place.split_at(match place.rfind(']') {
        Some(bracket) => bracket + 1,
        None => place.find(':').unwrap_or(place.len()),
    });
    if behind.is_empty() {
        return None;
    }
    let Some(port) = behind.strip_prefix(':') else {
        return Some(format!("{named} has something behind its bracket"));
    };
    let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && port.parse::<u16>().is_ok_and(|port| port > 0) {
        return None;
    }
    let is_quoted = is_number && port.len() <= 6 && !uri.to_string().contains('@');
    Some(if is_quoted {
        format!("`{port}` in {named} is no port")
    } else if port.is_empty() {
        format!("{named} has a colon and no port behind it")
    } else {
        format!("what stands behind the colon in {named} is no port")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(address: &str) -> String {
        port_complaint(&address.parse().unwrap(), "it").unwrap_or_default()
    }

    #[test]
    fn a_port_is_a_number_up_to_65535_or_left_out() {
        for address in [
            "http://h",
            "http://h/v1:x",
            "http://h:1",
            "https://h:65535/v1?a=b:c",
            "http://[::1]",
            "http://[::1]:8080/v1",
            "http://me:secret@h",
            "http://me:99999@h:080",
            "h:3128",
        ] {
            assert_eq!(complaint(address), "", "{address}");
        }
        for port in ["65536", "99999", "118434", "0", "00"] {
            let wrong = format!("`{port}` in it is no port");
            for host in ["h", "[::1]", "127.0.0.1"] {
                assert_eq!(complaint(&format!("http://{host}:{port}/v1")), wrong);
            }
        }
        for port in ["abc", "8o80", "-1", "+80", "$PORT", "80x"] {
            let wrong = "what stands behind the colon in it is no port";
            assert_eq!(complaint(&format!("http://h:{port}/v1")), wrong, "{port}");
        }
        for address in [
            "http://h:",
            "http://h:/v1",
            "http://[::1]:/",
            "http://a:1@h:",
        ] {
            let wrong = "it has a colon and no port behind it";
            assert_eq!(complaint(address), wrong, "{address}");
        }
        let wrong = "it has something behind its bracket";
        assert_eq!(complaint("http://me@[::1]8080/v1"), wrong);
    }

    #[test]
    fn what_may_be_a_password_is_not_quoted() {
        for address in [
            "http://me:secret@h:99999",
            "http://me:99999/word@h:1",
            "http://me:secret",
        ] {
            let told = complaint(address);
            assert_eq!(told, "what stands behind the colon in it is no port");
        }
    }
}
