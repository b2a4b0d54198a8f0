//! Responders without a model behind them, for demonstrations and tests.

use std::ops::ControlFlow;
use std::time::Duration;

use super::{Ask, Ending, Listener, Responder, Window};
use crate::domain::Progress;

pub(super) const NAME: &str = "mock";
const ECHO: &str = "mock:echo";
const SLOW: &str = "mock:slow";

/// The names of the mocks.
pub(super) const NAMES: [&str; 3] = [NAME, ECHO, SLOW];

/// The mock with this name.
pub(super) fn named(name: &str) -> Option<Box<dyn Responder>> {
    match name {
        NAME => Some(Box::new(Mock)),
        ECHO => Some(Box::new(Echo)),
        SLOW => Some(Box::new(Slow)),
        _ => None,
    }
}

/// The answer of the mock to everything.
const SENTENCE: &str = "This is a mock response from AI.";

/// How long the slow mock waits before each word.
const PAUSE: Duration = Duration::from_millis(40);

/// Answers everything with one sentence.
pub(super) struct Mock;

/// Answers with the message itself.
pub(super) struct Echo;

/// Answers with the sentence, word by word.
pub(super) struct Slow;

impl Responder for Mock {
    fn model(&self) -> &str {
        NAME
    }

    fn waits(&self) -> bool {
        false
    }

    fn window(&self) -> Window {
        Window::Message
    }

    fn respond(&mut self, _: &Ask<'_>, listener: &mut Listener<'_>) -> Ending {
        at_once(SENTENCE, listener)
    }
}

impl Responder for Echo {
    fn model(&self) -> &str {
        ECHO
    }

    fn waits(&self) -> bool {
        false
    }

    fn window(&self) -> Window {
        Window::Message
    }

    fn respond(&mut self, ask: &Ask<'_>, listener: &mut Listener<'_>) -> Ending {
        at_once(ask.message, listener)
    }
}

impl Responder for Slow {
    fn model(&self) -> &str {
        SLOW
    }

    fn waits(&self) -> bool {
        true
    }

    fn window(&self) -> Window {
        Window::Message
    }

    fn respond(&mut self, _: &Ask<'_>, listener: &mut Listener<'_>) -> Ending {
        for word in SENTENCE.split_inclusive(' ') {
            std::thread::sleep(PAUSE);
            if listener(Progress::Idle).is_break() || listener(Progress::Delta(word)).is_break() {
                return Ending::interrupted();
            }
        }
        Ending::complete()
    }
}

fn at_once(text: &str, listener: &mut Listener<'_>) -> Ending {
    match listener(Progress::Delta(text)) {
        ControlFlow::Continue(()) => Ending::complete(),
        ControlFlow::Break(()) => Ending::interrupted(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(name: &str, message: &str) -> String {
        let mut text = String::new();
        let ask = Ask {
            system: None,
            context: &[],
            message,
        };
        let mut responder = named(name).unwrap();
        assert_eq!(responder.model(), name);
        responder.respond(&ask, &mut |progress| {
            if let Progress::Delta(delta) = progress {
                text.push_str(delta);
            }
            ControlFlow::Continue(())
        });
        text
    }

    #[test]
    fn each_mock_says_what_it_is_for() {
        assert_eq!(answer(NAME, "hello"), SENTENCE);
        assert_eq!(answer(ECHO, "hello"), "hello");
        assert_eq!(answer(SLOW, "hello"), SENTENCE);
        assert!(named("mock:loud").is_none());
    }

    #[test]
    fn the_slow_one_stops_when_told() {
        let mut deltas = 0;
        let ask = Ask {
            system: None,
            context: &[],
            message: "",
        };
        let ending = Slow.respond(&ask, &mut |progress| {
            deltas += usize::from(matches!(progress, Progress::Delta(_)));
            if deltas < 2 {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        assert_eq!(
            (ending.status, deltas),
            (crate::domain::Status::Interrupted, 2)
        );
    }
}
