//! Runs one utterance, in the same way from a prompt, a pipe, a file and `-c`.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::file_reader::FileReader;
use super::output::Output;
use crate::chat::{Chat, ask};
use crate::command::Command;
use crate::command::action::Next;
use crate::command::line::{Line, parse, switches_user};
use crate::command::named_file::NamedFile;
use crate::domain::{Error, Result, Sink, is_blank};
use crate::transcript::Utterance;

/// How long a file is waited for before others are not kept waiting.
const FILE_PATIENCE: Duration = Duration::from_millis(50);

/// Where a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A script, or somebody without a line editor.
    Script,
    /// A person with a line editor, which some commands need.
    Prompt {
        /// They can be asked what they mean.
        can_ask: bool,
    },
}

/// Does what an utterance says. A file that it names is read by `files`.
///
/// # Errors
/// Whatever the line fails with. The caller has to show it.
pub(super) fn run(
    utterance: Utterance<'_>,
    chat: &mut Chat,
    output: &mut Output,
    files: &FileReader,
    origin: Origin,
) -> Result<Next> {
    // What prevents it prevents the line, too, or nobody needs to know.
    let _ = ask::look_again(chat, output);
    match utterance {
        Utterance::Bad { error, .. } => Err(error),
        Utterance::Text(text) if is_blank(text) => Ok(Next::Line),
        Utterance::Text(text) => ask::say(chat, text, output).map(|()| Next::Line),
        Utterance::Line(line) => match parse(line)? {
            Line::Blank => Ok(Next::Line),
            Line::Say(text) => ask::say(chat, text, output).map(|()| Next::Line),
            Line::Command(command) => match command.needs_editor() {
                Some(typed) if origin == Origin::Script => Err(Error::NeedsTerminal(typed)),
                _ => match asking(command, origin).run(chat, output)? {
                    Next::File(file) => {
                        let message = read(files, file, chat, output)?;
                        ask::say(chat, &message, output).map(|()| Next::Line)
                    }
                    next => Ok(next),
                },
            },
        },
    }
}

/// The command, which may ask a person what they mean.
fn asking(command: Command, origin: Origin) -> Command {
    match origin {
        Origin::Prompt { can_ask: true } => command.asking(),
        Origin::Prompt { can_ask: false } | Origin::Script => command,
    }
}

/// Reads a file into a message. Nobody waits with us for a file that does not
/// come, as on a network that is gone: what was said so far is stored and shown,
/// and Ctrl-C ends the wait.
fn read(
    files: &FileReader,
    file: NamedFile,
    chat: &mut Chat,
    output: &mut Output,
) -> Result<String> {
    let (sender, receiver) = mpsc::channel();
    let files = files.clone();
    let reading = thread::Builder::new().spawn(move || sender.send(files.message(&file)));
    reading.map_err(Error::Input)?;
    loop {
        match receiver.recv_timeout(FILE_PATIENCE) {
            Ok(message) => return message,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::Input(io::ErrorKind::BrokenPipe.into()));
            }
        }
        chat.commit(output)?;
        output.flush()?;
        if output.signals().caught().is_some() {
            return Err(Error::Interrupted);
        }
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
