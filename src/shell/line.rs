//! Runs one utterance, in the same way from a prompt, a pipe, a file and `-c`.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::exporting;
use super::importing;
use super::output::Output;
use super::outside::Outside;
use crate::chat::moves::EditedTurn;
use crate::chat::{Chat, ask, log};
use crate::command::Command;
use crate::command::action::Next;
use crate::command::line::{Line, parse, switches_user};
use crate::domain::{Error, Event, Result, Sink, TakeFault, TakenText, is_blank};
use crate::transcript::Utterance;

/// How long a file is waited for before others are not kept waiting.
const FILE_PATIENCE: Duration = Duration::from_millis(50);

/// What a person is told before they wait for what comes.
const FOLLOWING: &str = "what comes is shown as it comes; Ctrl-C ends that";

/// Where a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin<'a> {
    /// A script, or somebody without a line editor.
    Script,
    /// A person with a line editor, which some commands need.
    Prompt {
        /// They can be asked what they mean.
        can_ask: bool,
        /// What is said takes the place of this turn.
        edited: Option<&'a EditedTurn>,
    },
}

/// Does what an utterance says. What it needs of the world is `outside`.
///
/// # Errors
/// Whatever the line fails with. The caller has to show it.
pub(super) fn run(
    utterance: Utterance<'_>,
    chat: &mut Chat,
    output: &mut Output,
    outside: &Outside,
    origin: Origin<'_>,
) -> Result<Next> {
    // What prevents it prevents the line, too, or nobody needs to know.
    let _ = ask::look_again(chat, output);
    match utterance {
        Utterance::Bad { error, .. } => Err(error),
        Utterance::Text(text) if is_blank(text) => Ok(Next::Line),
        Utterance::Text(text) => say(text, chat, output, origin),
        Utterance::Line(line) => match parse(line)? {
            Line::Blank => Ok(Next::Line),
            Line::Say(text) => say(text, chat, output, origin),
            Line::Command(command) => match command.needs_editor() {
                Some(typed) if origin == Origin::Script => Err(Error::NeedsTerminal(typed)),
                _ => {
                    let next = asking(command, origin).run(chat, output)?;
                    reach_out(next, chat, output, outside, origin)
                }
            },
        },
    }
}

/// Says a text, in place of a turn if one is edited.
fn say(text: &str, chat: &mut Chat, output: &mut Output, origin: Origin<'_>) -> Result<Next> {
    match origin {
        Origin::Prompt {
            edited: Some(turn), ..
        } => ask::edit_to(chat, Some(turn), text, output)?,
        Origin::Prompt { edited: None, .. } | Origin::Script => ask::say(chat, text, output)?,
    }
    Ok(Next::Line)
}

/// The command, which may ask a person what they mean.
fn asking(command: Command, origin: Origin<'_>) -> Command {
    match origin {
        Origin::Prompt { can_ask: true, .. } => command.asking(),
        Origin::Prompt { .. } | Origin::Script => command,
    }
}

/// Does what a command needs of the world; what is left to do is for the caller.
fn reach_out(
    next: Next,
    chat: &mut Chat,
    output: &mut Output,
    outside: &Outside,
    origin: Origin<'_>,
) -> Result<Next> {
    match next {
        Next::File(file) => {
            let files = outside.files.clone();
            let message = patiently(chat, output, move || files.message(&file))?;
            say(&message, chat, output, origin)?;
        }
        Next::Copy(text) => {
            commit_and_flush(chat, output)?;
            let copied = outside.clipboard.copy(&text.content, output);
            let to = copied.map_err(|error| advised(error, &text))?;
            output.emit(&Event::Copy { text: &text, to });
        }
        Next::Save(text, path) => {
            commit_and_flush(chat, output)?;
            let (files, content) = (outside.files.clone(), text.content.clone());
            let made = patiently(chat, output, move || files.save(&path, &content))?;
            output.emit(&Event::Saved {
                text: &text,
                path: &made.to_string_lossy(),
            });
        }
        Next::Import(wanted) => importing::run(&wanted, chat, output, &outside.files)?,
        Next::Export(wanted) => exporting::run(&wanted, chat, output, &outside.files)?,
        Next::Follow(wanted) if origin != Origin::Script => {
            commit_and_flush(chat, output)?;
            output.emit(&Event::Notice(FOLLOWING));
            log::follow(chat, &wanted.filters, output)?;
        }
        Next::Set(wanted) => {
            outside.settings.run(&wanted, chat, output)?;
        }
        next => return Ok(next),
    }
    Ok(Next::Line)
}

/// Why a text was not copied, and what else may be done with it.
fn advised(error: Error, text: &TakenText) -> Error {
    let is_refused = matches!(
        error,
        Error::Take(TakeFault::NoClipboard(_) | TakeFault::Clipboard(..))
    );
    match (text.message.0, text.number) {
        // What its block of code may be done with is known there.
        _ if !is_refused || text.number.is_some() => error,
        (id @ 2.., _) => error.advised(format!(
            "`/export after:#{} limit:1 FILE.md` writes the message into a file",
            id - 1
        )),
        _ => error.advised("`/export FILE.md` writes your conversations into a file".into()),
    }
}

fn commit_and_flush(chat: &mut Chat, output: &mut Output) -> Result<()> {
    chat.commit(output)?;
    output.flush()
}

/// Does something with a file. Nobody waits with us for one that does not come, as
/// on a network that is gone: what was said so far is stored and shown, and Ctrl-C
/// ends the wait.
fn patiently<T: Send + 'static>(
    chat: &mut Chat,
    output: &mut Output,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = mpsc::channel();
    let working = thread::Builder::new().spawn(move || sender.send(work()));
    working.map_err(Error::Input)?;
    loop {
        match receiver.recv_timeout(FILE_PATIENCE) {
            Ok(done) => return done,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::Input(io::ErrorKind::BrokenPipe.into()));
            }
        }
        commit_and_flush(chat, output)?;
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

/// Whether the utterance says something to the model, be it what is in a file.
pub(super) fn says(utterance: &Utterance<'_>) -> bool {
    match utterance {
        Utterance::Line(line) => matches!(
            parse(line),
            Ok(Line::Say(_) | Line::Command(Command::File(_)))
        ),
        other => said(other).is_some(),
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
