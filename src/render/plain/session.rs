//! Events of sessions and their contexts.

use super::super::Outbox;
use super::super::phrases::{self, messages, put};
use super::super::receipt::receipt;
use super::super::visible::{push_body, push_line};
use super::line::say;
use super::word::quoted;
use crate::domain::{
    ContextClear, ContextSize, CurrentUser, SessionArchive, SessionFork, SessionMove,
    SessionRename, SessionResume, SessionStart, SystemPrompt,
};

pub(super) fn user(it: &CurrentUser<'_>, out: &mut Vec<u8>) {
    push_line(out, it.user.as_str());
    say(if it.known { "" } else { " (new)" }, out);
}

/// Writes nothing about a session that the first message began.
pub(super) fn start(it: &SessionStart<'_>, outbox: &mut Outbox) {
    if !it.unasked {
        say(phrases::STARTED, outbox.answer());
    }
}

/// Writes nothing about a session that was resumed at launch.
pub(super) fn resume(it: &SessionResume<'_>, outbox: &mut Outbox) {
    if !it.unasked {
        let (session, count) = (it.session, messages(it.count));
        put!(outbox.answer(), "Session {session} resumed, {count}.\n");
    }
}

pub(super) fn fork(it: &SessionFork<'_>, out: &mut Vec<u8>) {
    let (session, origin, at) = (it.session, it.origin, phrases::place(it.at));
    let count = messages(it.count);
    put!(
        out,
        "Session {session} forked from {origin}{at}, {count}.\n"
    );
}

pub(super) fn rename(it: &SessionRename<'_>, out: &mut Vec<u8>) {
    let (session, title) = (it.session, quoted(it.title));
    say(&format!("Session {session} is called {title} now."), out);
}

pub(super) fn archive(it: &SessionArchive<'_>, out: &mut Vec<u8>) {
    let session = format!("Session {}", it.session);
    say(&phrases::archived(&session, it.archived), out);
}

pub(super) fn system(it: &SystemPrompt<'_>, out: &mut Vec<u8>) {
    match it.content {
        content if it.changed => {
            let (session, is_set) = (it.session, content.is_some());
            let became = if is_set { "set" } else { "cleared" };
            say(
                &format!("System prompt of session {session} {became}."),
                out,
            );
        }
        Some(content) => {
            push_body(out, content, "");
            out.push(b'\n');
        }
        None => say(phrases::NO_SYSTEM, out),
    }
}

/// What nobody typed for is no answer to a line.
pub(super) fn moved(it: &SessionMove<'_>, outbox: &mut Outbox) {
    let out = if it.unasked {
        outbox.note()
    } else {
        outbox.answer()
    };
    if let Some(whose) = it.whose {
        push_line(out, whose);
        out.extend_from_slice(b": ");
    }
    say(&receipt(it.moved), out);
}

pub(super) fn clear(it: &ContextClear<'_>, out: &mut Vec<u8>) {
    say(&phrases::cleared(it.session), out);
    say(&phrases::stay(it.count), out);
    if let Some(moved) = it.moved {
        say(&receipt(moved), out);
    }
}

pub(super) fn size(it: &ContextSize<'_>, out: &mut Vec<u8>) {
    say(&phrases::share(it), out);
}
