//! What happens to sessions: which is current, what it is called, who answers in it.

use super::super::words::STARTED;
use super::context;
use super::object::Blank;
use crate::domain::Event;

/// Tells what happened to a session; an event that is none of that goes on to
/// [`context::tell`].
pub fn tell(event: &Event<'_>, blank: Blank<'_>) {
    match event {
        Event::User {
            user,
            session,
            known,
        } => blank
            .object("user")
            .whose(user, *session)
            .field("known", known)
            .end(),
        Event::Start {
            user,
            session,
            title,
            persona,
            unasked: _,
        } => blank
            .object("start")
            .whose(user, *session)
            .field("title", title)
            .field("persona", persona)
            .field("message", STARTED)
            .end(),
        Event::Resume {
            user,
            session,
            title,
            count,
            context,
            unasked: _,
        } => blank
            .object("resume")
            .whose(user, *session)
            .field("title", title)
            .field("count", count)
            .field("context", context)
            .end(),
        Event::Fork {
            user,
            session,
            origin,
            at,
            title,
            count,
        } => blank
            .object("fork")
            .whose(user, *session)
            .text("from_session_id", origin)
            .place("at_id", *at)
            .field("title", title)
            .field("count", count)
            .end(),
        Event::Rename {
            user,
            session,
            title,
        } => blank
            .object("rename")
            .whose(user, *session)
            .field("title", title)
            .end(),
        Event::Model {
            user,
            session,
            model,
        } => blank
            .object("model")
            .whose(user, *session)
            .field("model", model)
            .end(),
        event => context::tell(event, blank),
    }
}
