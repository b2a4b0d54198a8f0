//! The rows of listings that are not messages.

use super::super::time::Utc;
use super::object::Object;
use crate::domain::{CommandHelp, ContextPart, PersonaSummary, SessionSummary, UserSummary};

/// One session.
pub fn session(object: Object<'_>, row: &SessionSummary<'_>, utc: &mut Utc) {
    object
        .field("number", row.number)
        .whose(row.user, row.session)
        .field("title", row.title)
        .field("words", row.words)
        .field("context", row.context)
        .field("messages", row.messages)
        .field("model", row.model)
        .field("persona", row.persona)
        .field("last_at", utc.format(row.last_at))
        .field("current", row.current)
        .end();
}

/// One user.
pub fn user(object: Object<'_>, row: &UserSummary, utc: &mut Utc) {
    object
        .field("user_id", row.user.as_str())
        .field("sessions", row.sessions)
        .field("messages", row.messages)
        .field("last_at", row.last_at.map(|time| utc.format(time)))
        .field("current", row.current)
        .end();
}

/// One part of what a model sees.
pub fn context(object: Object<'_>, row: &ContextPart<'_>) {
    object
        .place("id", row.id)
        .session(row.session)
        .field("role", row.role.word())
        .field("content", row.content)
        .field("tokens", row.tokens)
        .end();
}

/// One persona.
pub fn persona(object: Object<'_>, row: &PersonaSummary<'_>) {
    object
        .field("persona", row.name)
        .field("system", row.system)
        .field("model", row.model)
        .field("default", row.default)
        .end();
}

/// One command.
pub fn help(object: Object<'_>, row: &CommandHelp<'_>) {
    object
        .field("usage", row.usage)
        .field("summary", row.summary)
        .field("aliases", row.aliases)
        .end();
}
