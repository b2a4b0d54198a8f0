//! Runs one utterance, in the same way from a prompt, a pipe, a file and `-c`.

use super::file_reader::FileReader;
use super::output::Output;
use crate::chat::{Chat, ask};
use crate::command::action::Next;
use crate::command::line::{Line, parse, switches_user};
use crate::domain::{Error, Result, is_blank};
use crate::transcript::Utterance;

/// Does what an utterance says. A file that it names is read by `files`. `has_editor` tells whether a person types it into
/// a line editor, which some commands need.
///
/// # Errors
/// Whatever the line fails with. The caller has to show it.
pub(super) fn run(
    utterance: Utterance<'_>,
    chat: &mut Chat,
    output: &mut Output,
    files: &FileReader,
    has_editor: bool,
) -> Result<Next> {
    match utterance {
        Utterance::Bad { error, .. } => Err(error),
        Utterance::Text(text) if is_blank(text) => Ok(Next::Line),
        Utterance::Text(text) => ask::say(chat, text, output).map(|()| Next::Line),
        Utterance::Line(line) => match parse(line)? {
            Line::Blank => Ok(Next::Line),
            Line::Say(text) => ask::say(chat, text, output).map(|()| Next::Line),
            Line::Command(command) => match command.needs_editor() {
                Some(typed) if !has_editor => Err(Error::NeedsTerminal(typed)),
                _ => match command.run(chat, output)? {
                    Next::File(file) => {
                        let message = files.message(&file)?;
                        ask::say(chat, &message, output).map(|()| Next::Line)
                    }
                    next => Ok(next),
                },
            },
        },
    }
}

/// The text that an utterance says to the model; none if it is a command, nothing,
/// or cannot be used.
pub(super) fn said<'a>(utterance: &Utterance<'a>) -> Option<&'a str> {
    match utterance {
        Utterance::Text(text) => (!is_blank(text)).then_some(text),
        Utterance::Line(line) => match parse(line) {
            Ok(Line::Say(text)) => Some(text),
            _ => None,
        },
        Utterance::Bad { .. } => None,
    }
}

/// Whether the utterance was meant to switch the user.
pub(super) fn is_switch(utterance: &Utterance<'_>) -> bool {
    match utterance {
        Utterance::Line(line) => switches_user(line.as_bytes()),
        Utterance::Bad { head, .. } => switches_user(head),
        Utterance::Text(_) => false,
    }
}

/// Whether the error is about the streams or a signal, not about the line.
pub(super) fn is_final(error: &Error) -> bool {
    matches!(error, Error::Output(_) | Error::Interrupted)
}
