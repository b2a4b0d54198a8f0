//! Messages, alone or in a listing; the rows of the other listings, and the end of each.

use super::super::hit::character_marks;
use super::super::time::Utc;
use super::object::Object;
use crate::domain::{
    CommandHelp, ContextPart, Hit, ListedMove, Message, PersonaSummary, Scope, SessionSummary,
    UserSummary,
};

pub(super) fn message(object: Object<'_>, message: &Message<'_>, utc: &mut Utc) {
    object.message(message, utc).end();
}

/// A message that has just come, and how many requests it took, if any; more may follow.
pub(super) fn reply<'o>(
    object: Object<'o>,
    message: &Message<'_>,
    tries: u32,
    utc: &mut Utc,
) -> Object<'o> {
    let tries = Some(tries).filter(|tries| *tries > 0);
    object.message(message, utc).field("tries", tries)
}

/// A message that was found, and where its words stand.
pub(super) fn hit(object: Object<'_>, hit: &Hit<'_>, utc: &mut Utc) {
    object
        .message(hit.message, utc)
        .field("number", hit.number)
        .field("title", hit.title)
        .field("snippet", hit.snippet)
        .field("marks", character_marks(hit.snippet, hit.marks))
        .end();
}

pub(super) fn session(object: Object<'_>, row: &SessionSummary<'_>, utc: &mut Utc) {
    object
        .field("number", row.number)
        .whose(row.user, row.session)
        .field("title", row.title)
        .field("words", row.preview)
        .field("context", row.context)
        .field("messages", row.messages)
        .field("model", row.model)
        .field("persona", row.persona)
        .field("last_at", utc.format(row.last_at))
        .field("current", row.current)
        .field("answered_by", row.answered_by)
        .session_as("from_session_id", row.origin)
        .field("from_title", row.origin_title)
        .field("archived", row.archived)
        .end();
}

pub(super) fn user(object: Object<'_>, row: &UserSummary, utc: &mut Utc) {
    object
        .field("user_id", row.user.as_str())
        .field("sessions", row.sessions)
        .field("messages", row.messages)
        .field("last_at", row.last_at.map(|time| utc.format(time)))
        .field("current", row.current)
        .end();
}

pub(super) fn step(object: Object<'_>, it: &ListedMove<'_>, utc: &mut Utc) {
    object
        .field("number", it.number)
        .step(it.moved)
        .field("created_at", utc.format(it.at))
        .field("way_now", it.way_now.map(|way| way.to_string()))
        .end();
}

pub(super) fn context(object: Object<'_>, row: &ContextPart<'_>) {
    object
        .place("id", row.ids.first().copied())
        .session(row.session)
        .field("role", row.role.word())
        .field("content", row.content)
        .field("tokens", row.tokens)
        .field("ids", row.ids.iter().map(|id| id.0).collect::<Vec<_>>())
        .end();
}

pub(super) fn persona(object: Object<'_>, row: &PersonaSummary<'_>) {
    object
        .field("persona", row.name)
        .field("system", row.system)
        .field("model", row.model)
        .field("default", row.default)
        .field("current", row.current)
        .end();
}

pub(super) fn model(object: Object<'_>, model: &str, current: bool) {
    object.field("model", model).field("current", current).end();
}

pub(super) fn help(object: Object<'_>, row: &CommandHelp<'_>) {
    object
        .field("usage", row.usage)
        .field("summary", row.summary)
        .field("aliases", row.aliases)
        .end();
}

/// The end of a listing.
pub(super) fn end(object: Object<'_>, scope: Option<Scope>, count: u64, more: bool) {
    object
        .field("scope", scope.map(Scope::word))
        .field("count", count)
        .field("more", more)
        .end();
}
