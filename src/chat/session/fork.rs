//! `/fork`: a session with the past of another.

use std::rc::Rc;

use crate::chat::Chat;
use crate::chat::speakers::CurrentSession;
use crate::domain::{
    Error, Event, MessageId, MoveKind, Result, Role, SessionFork, SessionKey, Sink,
};
use crate::store::{Move, NewSession, Place, Which};

/// What a fork goes on from.
struct ForkPoint {
    /// The session whose past is taken over.
    session: SessionKey,
    place: Place,
    /// How many messages the context has there.
    depth: i64,
    system: Option<MessageId>,
}

/// Starts a session with the past of the current one and makes it current.
pub(crate) fn fork(chat: &mut Chat, title: Option<&str>, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    let end = chat.log.end(session.key)?;
    let point = ForkPoint {
        session: session.key,
        place: end.place,
        depth: end.depth,
        system: end.system,
    };
    fork_from(chat, &point, title, sink)
}

/// The same with the past of any session of the current user, up to a message.
pub(crate) fn fork_at(
    chat: &mut Chat,
    id: MessageId,
    title: Option<&str>,
    sink: &mut dyn Sink,
) -> Result<()> {
    chat.own_message(id, &mut |_| {})?;
    let link = chat.log.link(id)?.ok_or(Error::NoSuchMessage(id))?;
    let is_summary = link.role == Role::System && link.oldest.is_some();
    if link.role == Role::System && !is_summary {
        return Err(Error::BadArgument {
            command: "/fork".into(),
            why: format!("cannot go on from #{id}: it is a system prompt"),
            hint: "name a message of the conversation".into(),
        });
    }
    // With a summary it goes on from where that was put below the context.
    let place = Place {
        head: if is_summary { link.parent } else { Some(id) },
        base: None,
        floor: if is_summary { Some(id) } else { link.floor },
    };
    let point = ForkPoint {
        session: link.session,
        place,
        depth: chat.log.depth(place)?,
        system: link.system,
    };
    fork_from(chat, &point, title, sink)
}

fn fork_from(
    chat: &mut Chat,
    point: &ForkPoint,
    title: Option<&str>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let user = chat.speakers.user();
    let origin = chat.log.find(user, Which::Key(point.session), 1)?.pop();
    let origin = origin.ok_or(Error::SessionNotFound)?;
    // A session is called by its first words. If those have been cleared they
    // are no name for what goes on from here.
    let is_whole = chat.log.end(origin.key)?.place.base.is_none();
    let preview = origin.preview.as_deref().filter(|_| is_whole);
    let (id, at) = (chat.settings.draw_id(), chat.settings.now());
    let session = NewSession {
        user,
        session: id,
        title,
        model: origin.model.as_deref(),
        persona: origin.persona.as_deref(),
        at,
        system: point.system,
        preview,
        origin: Some(origin.key),
    };
    let past = Move {
        kind: MoveKind::Fork,
        to: point.place,
        gone: 0,
        back: point.depth,
        at,
    };
    let key = chat.log.fork(&session, &past)?;
    chat.speakers.enter(CurrentSession {
        key,
        id,
        model: origin.model.map(Rc::from),
        persona: origin.persona.map(Rc::from),
        answered_by: origin.answered_by,
    });
    sink.emit(&Event::Fork(SessionFork {
        user: chat.user(),
        session: id,
        origin: origin.session,
        origin_title: origin.title.as_deref(),
        origin_age: at.0 - origin.touched_at.0,
        at: point.place.head,
        title,
        count: point.depth,
    }));
    Ok(())
}
