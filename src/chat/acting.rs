//! One line in somebody else's name, or in another session.

use super::speakers::CurrentSession;
use super::{Chat, ask};
use crate::domain::{QUOTED_CHARACTERS, Result, SessionId, Sink, UserName, ValueError, preview_of};
use crate::store::Which;

/// How long the id of a session is when it is written out.
const ID_BYTES: usize = 36;

/// Who a line is by, and in which session, where that is not the current one.
#[derive(Clone, Copy, Default)]
pub(crate) struct Speaker<'a> {
    pub(crate) user: Option<&'a str>,
    /// The whole id of a session of that user.
    pub(crate) session: Option<&'a str>,
}

/// Does something as that speaker. Afterwards, whatever happened, the user who
/// was speaking speaks. If a session is named, that of its user is as before,
/// too; where only a user is named, a session that they begin or return to is theirs.
///
/// # Errors
/// If there can be no such user, or the session is not theirs, nothing is done;
/// else what `act` fails with.
pub(crate) fn acting_as<S: Sink, T>(
    chat: &mut Chat,
    speaker: Speaker<'_>,
    sink: &mut S,
    act: impl FnOnce(&mut Chat, &mut S) -> Result<T>,
) -> Result<T> {
    let before = chat.user().clone();
    if let Some(name) = speaker.user {
        chat.speakers.switch_to(UserName::new(name)?);
    }
    let acted = match speaker.session {
        Some(session) => in_session(chat, session, sink, act),
        None => as_present(chat, sink, act),
    };
    chat.speakers.switch_to(before);
    acted
}

/// As the current user in whatever session is theirs.
fn as_present<S: Sink, T>(
    chat: &mut Chat,
    sink: &mut S,
    act: impl FnOnce(&mut Chat, &mut S) -> Result<T>,
) -> Result<T> {
    if chat.speakers.session().is_none() {
        ask::recover(chat, sink)?;
    }
    act(chat, sink)
}

/// As the current user in this session.
fn in_session<S: Sink, T>(
    chat: &mut Chat,
    typed: &str,
    sink: &mut S,
    act: impl FnOnce(&mut Chat, &mut S) -> Result<T>,
) -> Result<T> {
    let session = own_session(chat, typed, sink)?;
    let visit = chat.speakers.visit(session);
    let acted = act(chat, sink);
    chat.speakers.leave(visit);
    acted
}

/// The session of the current user that has this id. Somebody else's is told
/// like one that does not exist.
fn own_session(chat: &mut Chat, typed: &str, sink: &mut dyn Sink) -> Result<CurrentSession> {
    let missing = || ValueError::NoSuchSession(preview_of(typed, QUOTED_CHARACTERS));
    let id = SessionId::parse(typed).filter(|_| typed.len() == ID_BYTES);
    let id = id.ok_or_else(missing)?;
    if let Some(session) = chat.speakers.visited(id) {
        return Ok(session);
    }
    ask::recover(chat, sink)?;
    let user = chat.speakers.user();
    let found = chat.log.find(user, Which::Prefix(&id.to_string()), 1)?;
    let session = CurrentSession::from(found.first().ok_or_else(missing)?);
    chat.speakers.note_visited(session.clone());
    Ok(session)
}
