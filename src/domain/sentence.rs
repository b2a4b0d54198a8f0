//! Failures in one sentence.

use std::fmt::Display;
use std::io;

/// What happened and, after a semicolon, what to do about it, if that is known.
pub(crate) fn sentence(what: impl Display, hint: Option<impl Display>) -> String {
    match hint {
        Some(hint) => format!("{what}; {hint}"),
        None => what.to_string(),
    }
}

/// The system's text for an error, in lower case and without its number.
pub(crate) fn io_reason(error: &io::Error) -> String {
    let text = error.to_string().to_lowercase();
    match text.split_once(" (os error") {
        Some((reason, _number)) => reason.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_follows_behind_a_semicolon() {
        assert_eq!(sentence("it broke", Some("mend it")), "it broke; mend it");
        assert_eq!(sentence("it broke", None::<&str>), "it broke");
    }

    #[test]
    fn system_errors_lose_their_number() {
        let full = io::Error::from_raw_os_error(28);
        assert_eq!(io_reason(&full), "no space left on device");
        assert_eq!(io_reason(&io::Error::other("Broken")), "broken");
    }
}
