//! The session that is returned to at the start.

use crate::domain::{Error, QUOTED_CHARACTERS};

/// A session as the arguments name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resumed {
    pub(super) which: String,
    /// It may have been meant as a question that goes on there: it looks like one, and
    /// stands where a question would not.
    may_be_question: bool,
}

impl Resumed {
    /// This session; `is_word` if it stands behind its flag as a word of its own, and
    /// nothing else says what is to be done.
    pub(super) fn new(which: String, is_word: bool) -> Self {
        let looks_so = which.contains(char::is_whitespace) || which.ends_with('?');
        Self {
            may_be_question: is_word && looks_so,
            which,
        }
    }

    /// Why there is no such session, with what helps whoever has asked a question.
    pub(super) fn told(&self, error: Error) -> Error {
        match error {
            Error::NoSuchSession(_) | Error::NoSessionWith(_) if self.may_be_question => {
                error.advised(self.hint())
            }
            error => error,
        }
    }

    fn hint(&self) -> String {
        // What is long, or what a shell reads differently, is not repeated.
        let is_plain = |c: char| c != '\'' && c != '!' && !c.is_control();
        let is_short = self.which.chars().nth(QUOTED_CHARACTERS).is_none();
        let question = if is_short && self.which.chars().all(is_plain) {
            &self.which
        } else {
            "QUESTION"
        };
        format!("`/sessions` lists them; a question stands before: `saylog '{question}' --resume`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_question_is_told_where_one_stands() {
        let hint = |which: &str, is_word| {
            let error = Error::NoSuchSession(which.to_owned());
            let error = Resumed::new(which.to_owned(), is_word).told(error);
            assert_eq!(
                error.to_string(),
                format!("no session of yours is `{which}`")
            );
            assert_eq!(
                (error.code(), error.kind()),
                ("session_not_found", "refused")
            );
            let hint = error.hint().unwrap();
            let asked = hint.rsplit_once(": `saylog '");
            asked.map(|(_, rest)| rest.to_owned())
        };
        let told = |question: &str| Some(format!("{question}' --resume`"));
        assert_eq!(hint("and then?", true), told("and then?"));
        assert_eq!(hint("why?", true), told("why?"));
        assert_eq!(hint("what's up", true), told("QUESTION"));
        assert_eq!(hint("plan", true), None);
        assert_eq!(hint("and then?", false), None);
    }
}
