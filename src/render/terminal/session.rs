//! Events of sessions and their contexts.

use colored::Colorize;

use super::super::Outbox;
use super::super::age::age_in_words;
use super::super::phrases::{self, messages, put};
use super::super::receipt::told;
use super::super::visible::{push_body, visible_line};
use super::line::{aside, say};
use super::name;
use crate::domain::{
    ContextClear, ContextSize, CurrentModel, CurrentUser, SessionArchive, SessionFork, SessionId,
    SessionMove, SessionRename, SessionResume, SessionStart, SystemPrompt, preview_of,
};

/// How much of a system prompt that is gone is shown, in characters.
const PREVIEW_CHARACTERS: usize = 46;

/// `Session 5b0c1f7e “trip to Rome”`
fn named(session: SessionId, title: Option<&str>) -> String {
    format!("Session {}", id_and_title(session, title))
}

fn id_and_title(session: SessionId, title: Option<&str>) -> String {
    let title = title.map(|title| format!(" “{}”", visible_line(title)));
    format!("{}{}", session.short(), title.unwrap_or_default())
}

pub(super) fn user(it: &CurrentUser<'_>, out: &mut Vec<u8>) {
    let session = it.session.map(|id| format!("/{}", id.short()));
    let session = session.unwrap_or_default();
    let new = if it.known { "" } else { " (new)" };
    put!(out, "{}{session}{new}\n", name::user(it.user));
}

pub(super) fn start(it: &SessionStart<'_>, outbox: &mut Outbox) {
    if it.unasked {
        aside(&format!("session {} begins", it.session.short()), outbox);
    } else {
        let session = named(it.session, it.title);
        let left = it.left.map(|left| id_and_title(left, it.left_title));
        let left = left.map_or_else(String::new, |left| format!(", in place of {left}"));
        say(
            format!("{} {session}{left}.", phrases::STARTED.green()),
            outbox,
        );
    }
}

/// What nobody typed for is no answer to a line.
pub(super) fn moved(it: &SessionMove<'_>, outbox: &mut Outbox) {
    let did = told(it.moved);
    match it.whose {
        Some(whose) => aside(&format!("{}: {did}", visible_line(whose)), outbox),
        None if it.unasked => aside(&did, outbox),
        None => say(did, outbox),
    }
}

pub(super) fn resume(it: &SessionResume<'_>, out: &mut Vec<u8>) {
    put!(
        out,
        "{} resumed, last used {}, {}, {} in context.\n",
        named(it.session, it.title),
        age_in_words(it.age),
        messages(it.count),
        it.context
    );
}

pub(super) fn fork(it: &SessionFork<'_>, out: &mut Vec<u8>) {
    let (session, count) = (named(it.session, it.title), messages(it.count));
    let origin = id_and_title(it.origin, it.origin_title);
    let at = phrases::place(it.at);
    let forked = format!("{session} forked from {origin}{at}");
    let age = age_in_words(it.origin_age);
    put!(out, "{}, last used {age}, {count}.\n", forked.green());
}

pub(super) fn rename(it: &SessionRename<'_>, outbox: &mut Outbox) {
    let (session, title) = (it.session.short(), visible_line(it.title));
    let before = it.previous.filter(|previous| *previous != it.title);
    let before = before.map(|before| format!(", renamed from “{}”", visible_line(before)));
    let before = before.unwrap_or_default();
    say(
        format!("Session {session} is called {} now{before}.", title.bold()),
        outbox,
    );
}

pub(super) fn archive(it: &SessionArchive<'_>, outbox: &mut Outbox) {
    say(
        phrases::archived(&named(it.session, it.title), it.archived),
        outbox,
    );
}

pub(super) fn system(it: &SystemPrompt<'_>, outbox: &mut Outbox) {
    match it.content {
        content if it.changed => {
            let (did, before) = match content {
                Some(_) => ("set", ", in place of"),
                None => ("cleared", "; it was"),
            };
            let before = it.previous.map(|previous| {
                let previous = preview_of(previous, PREVIEW_CHARACTERS);
                format!("{before} “{}”", visible_line(&previous))
            });
            let did = format!("System prompt {did}{}.", before.unwrap_or_default());
            say(did.green(), outbox);
        }
        Some(content) => {
            let out = outbox.answer();
            push_body(out, content, "");
            out.push(b'\n');
        }
        None => say(phrases::NO_SYSTEM, outbox),
    }
}

pub(super) fn model(it: &CurrentModel<'_>, outbox: &mut Outbox) {
    let before = it.previous.filter(|previous| *previous != it.model);
    let before = before.map(|before| format!(", in place of {}", visible_line(before)));
    let model = visible_line(it.model);
    say(
        format!("{}{}", model.bold(), before.unwrap_or_default()),
        outbox,
    );
}

pub(super) fn clear(it: &ContextClear<'_>, outbox: &mut Outbox) {
    let cleared = phrases::cleared(it.session.short()).green();
    say(format!("{cleared} {}", phrases::stay(it.count)), outbox);
    if let Some(moved) = it.moved {
        say(told(moved), outbox);
    }
}

pub(super) fn size(it: &ContextSize<'_>, outbox: &mut Outbox) {
    let share = format!("{}: {}", visible_line(it.model), phrases::share(it));
    say(share.dimmed(), outbox);
}
