//! Runs lines of JSON, which programs write: who says what, and where, is data.

use super::line::{self, Origin};
use super::output::Output;
use super::outside::Outside;
use crate::chat::{Chat, Speaker, acting_as};
use crate::command::action::Next;
use crate::command::line::switches_user;
use crate::domain::{Error, Result, ValueError};
use crate::transcript::{RawLine, Said, Utterance, What, json_head, parse_json};

/// What a line of JSON came to.
pub(super) struct Outcome {
    /// Of the line of the language or of the text in it.
    pub(super) result: Result<Next>,
    /// It was meant to switch the user, be it for that line only: whoever wrote
    /// it counted on being somebody else.
    pub(super) is_switch: bool,
}

/// Does what a line says. Its events are told with its `ref`.
pub(super) fn run(
    line: RawLine<'_>,
    chat: &mut Chat,
    output: &mut Output,
    outside: &Outside,
) -> Outcome {
    let bytes = match line {
        RawLine::Bytes(bytes, _) => bytes,
        RawLine::TooLong(bytes) => {
            output.at_ref(None);
            return refused(Error::TooLong, bytes);
        }
    };
    let line = parse_json(bytes);
    output.at_ref(line.reference.as_ref());
    match line.said {
        Ok(Some(said)) => play(&said, chat, output, outside),
        Ok(None) => Outcome {
            result: Ok(Next::Line),
            is_switch: false,
        },
        Err(error) => refused(error, bytes),
    }
}

fn play(said: &Said<'_>, chat: &mut Chat, output: &mut Output, outside: &Outside) -> Outcome {
    let utterance = match &said.what {
        What::Text(text) => Utterance::Text(text),
        What::Line(line) => Utterance::Line(line),
    };
    let mut is_switch = line::is_switch(&utterance);
    if said.user.is_none() && said.session.is_none() {
        let result = line::run(utterance, chat, output, outside, Origin::Script);
        return Outcome { result, is_switch };
    }
    let speaker = Speaker {
        user: said.user.as_deref(),
        session: said.session.as_deref(),
    };
    let mut is_run = false;
    let result = acting_as(chat, speaker, output, |chat, output| {
        is_run = true;
        line::run(utterance, chat, output, outside, Origin::Script)
    });
    is_switch &= is_run;
    Outcome { result, is_switch }
}

/// A line that cannot be used. What it would have done counts: after a `/user`
/// that failed nobody may go on as the one before. A wrong `user` beside it is an
/// error of its own, and no such line.
fn refused(error: Error, bytes: &[u8]) -> Outcome {
    let is_for_one_line = matches!(error, Error::Value(ValueError::NotText("user", _)));
    Outcome {
        result: Err(error),
        is_switch: !is_for_one_line && switches_user(&json_head(bytes)),
    }
}
