//! Which session `/resume` is to return to: asked where several may be meant.

use std::rc::Rc;

use super::super::exit_reason::Step;
use super::Prompt;
use crate::chat::session;
use crate::domain::{Event, SessionChoices, Sink};

/// The notice when no session was chosen.
pub(super) const NOTHING_RESUMED: &str = "nothing was resumed";

/// What stands before the answer.
pub(super) fn question(choices: &SessionChoices) -> String {
    let count = choices.found.len();
    let numbers = if count == 1 {
        "1".to_owned()
    } else {
        format!("1-{count}")
    };
    let enter = if choices.first_is_likely {
        ", Enter is 1"
    } else {
        ""
    };
    format!("which one ({numbers}{enter})? ")
}

impl Prompt {
    /// Shows what there is to choose; the next line is the answer.
    pub(super) fn ask(&mut self, choices: SessionChoices) {
        self.output.emit(&Event::Choices(&choices));
        self.asked = Some(choices);
    }

    /// Takes the number of a session; another answer is asked for again.
    pub(super) fn answered(&mut self, choices: SessionChoices, typed: &str) -> Step {
        let number = match typed.trim() {
            "" if choices.first_is_likely => Some(1),
            "" => {
                self.output.emit(&Event::Notice(NOTHING_RESUMED));
                return Ok(());
            }
            typed => typed.parse::<usize>().ok(),
        };
        let at = number.and_then(|number| number.checked_sub(1));
        let Some(choice) = at.and_then(|at| choices.found.get(at)) else {
            let count = choices.found.len();
            let leaves = if choices.first_is_likely {
                "Esc"
            } else {
                "Enter alone"
            };
            let note = format!("a number from 1 to {count}; {leaves} leaves all as it was");
            self.output.emit(&Event::Notice(&note));
            self.asked = Some(choices);
            return Ok(());
        };
        let chat = Rc::clone(&self.chat);
        let resumed = session::resume_chosen(&mut chat.borrow_mut(), choice, &mut self.output);
        resumed.or_else(|error| self.failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{SessionChoice, SessionId, SessionKey};

    #[test]
    fn the_question_says_what_can_be_answered() {
        let choice = SessionChoice {
            key: SessionKey(1),
            session: SessionId::parse("5b0c1f7e-0f3a-4c1d-9b7e-000000000001").unwrap(),
            name: None,
            age: 0,
            is_current: false,
        };
        for (count, first_is_likely, expected) in [
            (1, false, "which one (1)? "),
            (3, false, "which one (1-3)? "),
            (10, true, "which one (1-10, Enter is 1)? "),
        ] {
            let choices = SessionChoices {
                found: vec![choice.clone(); count],
                more: 0,
                first_is_likely,
            };
            assert_eq!(question(&choices), expected);
        }
    }
}
