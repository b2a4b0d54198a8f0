//! Events of sessions and their contexts.

use colored::Colorize;

use super::super::Outbox;
use super::super::phrases::{self, messages, put};
use super::super::receipt::receipt;
use super::super::visible::{push_body, visible_line};
use super::line::{aside, say};
use super::listing::ListingDisplay;
use super::name;
use crate::domain::{
    ContextClear, ContextSize, CurrentUser, SessionArchive, SessionFork, SessionMove,
    SessionRename, SessionResume, SessionStart, SystemPrompt,
};

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
        say(phrases::STARTED.green(), outbox);
    }
}

/// What nobody typed for is no answer to a line.
pub(super) fn moved(it: &SessionMove<'_>, outbox: &mut Outbox) {
    let did = receipt(it.moved);
    match it.whose {
        Some(whose) => aside(&format!("{}: {did}", visible_line(whose)), outbox),
        None if it.unasked => aside(&did, outbox),
        None => say(did, outbox),
    }
}

/// An empty context is not mentioned again at the end of the listing: a notice says it.
pub(super) fn resume(it: &SessionResume<'_>, listing: &mut ListingDisplay, out: &mut Vec<u8>) {
    listing.has_summary();
    let title = it.title.map(|title| format!(" “{}”", visible_line(title)));
    put!(
        out,
        "Session {}{} resumed, {}, {} in its context.\n",
        it.session.short(),
        title.unwrap_or_default(),
        messages(it.count),
        it.context
    );
}

pub(super) fn fork(it: &SessionFork<'_>, out: &mut Vec<u8>) {
    let forked = phrases::forked(it.session.short(), it.origin.short(), it.at);
    put!(out, "{}, {}.\n", forked.green(), messages(it.count));
}

pub(super) fn rename(it: &SessionRename<'_>, outbox: &mut Outbox) {
    let title = visible_line(it.title);
    say(phrases::renamed(it.session.short(), title.bold()), outbox);
}

pub(super) fn archive(it: &SessionArchive<'_>, outbox: &mut Outbox) {
    let title = it.title.map(|title| format!(" “{}”", visible_line(title)));
    let session = format!("{}{}", it.session.short(), title.unwrap_or_default());
    say(phrases::archived(session, it.archived), outbox);
}

pub(super) fn system(it: &SystemPrompt<'_>, outbox: &mut Outbox) {
    match it.content {
        content if it.changed => say(phrases::system("", content.is_some()).green(), outbox),
        Some(content) => {
            let out = outbox.answer();
            push_body(out, content, "");
            out.push(b'\n');
        }
        None => say(phrases::NO_SYSTEM, outbox),
    }
}

pub(super) fn clear(it: &ContextClear<'_>, outbox: &mut Outbox) {
    say(phrases::cleared(it.session).green(), outbox);
    say(phrases::stay(it.count), outbox);
    if let Some(moved) = it.moved {
        say(receipt(moved), outbox);
    }
}

pub(super) fn size(it: &ContextSize<'_>, listing: &mut ListingDisplay, outbox: &mut Outbox) {
    listing.has_summary();
    let share = format!("{}: {}", visible_line(it.model), phrases::share(it));
    say(share.dimmed(), outbox);
}
