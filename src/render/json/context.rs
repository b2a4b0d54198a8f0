//! What happens to the context of a session, and how large it is.

use super::super::words::{cleared, percent};
use super::object::Blank;
use crate::domain::Event;

/// Tells what happened to a context. It is asked last, so it names what has
/// been told before: whoever adds an event has to say here who tells it.
pub fn tell(event: &Event<'_>, blank: Blank<'_>) {
    match event {
        Event::System {
            user,
            session,
            id,
            content,
            changed,
        } => blank.object("system")
            .whose(user, *session)
            .place("id", *id)
            .field("content", content)
            .field("changed", changed)
            .end(),
        Event::Move {
            user,
            session,
            moved,
        } => blank.object("move").whose(user, *session).step(moved).end(),
        Event::Clear {
            user,
            session,
            count,
            moved,
        } => blank.object("clear")
            .whose(user, *session)
            .field("count", count)
            .field("gone", moved.map_or(0, |moved| moved.gone))
            .messages(*moved)
            .field("message", cleared(*session))
            .end(),
        Event::Context {
            user,
            session,
            model,
            tokens,
            window,
            count,
            left_out,
        } => blank.object("context")
            .whose(user, *session)
            .field("model", model)
            .field("tokens", tokens)
            .field("window", window)
            .field("percent", percent(*tokens, *window))
            .field("count", count)
            .field("left_out", left_out)
            .end(),
        // Of a session.
        Event::User { .. }
        | Event::Start { .. }
        | Event::Resume { .. }
        | Event::Fork { .. }
        | Event::Rename { .. }
        | Event::Model { .. }
        // Of neither.
        | Event::Message(_)
        | Event::Shown(_)
        | Event::Neighbour(_)
        | Event::Reply(_)
        | Event::Tagged { .. }
        | Event::Quote(_)
        | Event::SessionRow(_)
        | Event::UserRow(_)
        | Event::ContextRow(_)
        | Event::PersonaRow(_)
        | Event::MoveRow { .. }
        | Event::ModelRow { .. }
        | Event::Help(_)
        | Event::End { .. }
        | Event::Cost { .. }
        | Event::Error(_)
        | Event::Notice(_) => {}
    }
}
