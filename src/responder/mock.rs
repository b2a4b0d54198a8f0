//! Responders without a model behind them, for demonstrations and tests.

use std::borrow::Cow;

use super::Responder;

pub(super) const NAME: &str = "mock";
pub(super) const ECHO: &str = "mock:echo";

/// Answers everything with one sentence.
pub struct Mock;

/// Answers with the message itself.
pub struct Echo;

impl Responder for Mock {
    fn model(&self) -> &'static str {
        NAME
    }

    fn waits(&self) -> bool {
        false
    }

    fn respond<'a>(&'a mut self, _: &'a str) -> Cow<'a, str> {
        "This is a mock response from AI.".into()
    }
}

impl Responder for Echo {
    fn model(&self) -> &'static str {
        ECHO
    }

    fn waits(&self) -> bool {
        false
    }

    fn respond<'a>(&'a mut self, message: &'a str) -> Cow<'a, str> {
        message.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_gives_the_responder_of_that_name() {
        for name in super::super::NAMES {
            assert_eq!(super::super::named(name).unwrap().model(), name);
        }
        assert!(super::super::named("mock:loud").is_none());
    }

    #[test]
    fn the_mock_says_its_sentence_and_the_echo_what_it_was_told() {
        assert_eq!(Mock.respond("hello"), "This is a mock response from AI.");
        assert_eq!(Echo.respond("hello"), "hello");
    }
}
