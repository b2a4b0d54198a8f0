//! `/resume`: back to an earlier session.

use super::find::find;
use crate::chat::Chat;
use crate::chat::listing::list_in_passing;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Event, Flow, MessageId, Result, Role, Scope, SessionKey, SessionResume, Sink};
use crate::store::SessionRow;

/// How much of a session is shown: its last turns, at most so many messages.
const RECAP_TURNS: usize = 2;
const RECAP_MESSAGES: usize = 6;

/// Makes an earlier session of the current user theirs again and tells its
/// last turns. `which` is the beginning of its id, its title, its number in
/// the list, or `latest`.
pub(crate) fn resume(chat: &mut Chat, which: &str, sink: &mut dyn Sink) -> Result<()> {
    let found = find(chat, which)?;
    resume_found(chat, &found, sink)
}

/// The same with a session that was found already.
pub(super) fn resume_found(chat: &mut Chat, found: &SessionRow, sink: &mut dyn Sink) -> Result<()> {
    enter(chat, found, false, sink);
    show_last_turns(chat, found.key, sink)
}

/// The same where a person asked for it. If they are in it already they are told so.
pub(super) fn resume_or_stay(
    chat: &mut Chat,
    found: &SessionRow,
    sink: &mut dyn Sink,
) -> Result<()> {
    let current = chat.speakers.session().map(|session| session.key);
    if current != Some(found.key) {
        return resume_found(chat, found, sink);
    }
    let title = found.title.as_ref().map(|title| format!(" “{title}”"));
    let (session, title) = (found.session.short(), title.unwrap_or_default());
    let notice = format!("you are in session {session}{title} already");
    sink.emit(&Event::Notice(&notice));
    tell_if_archived(found, sink);
    show_last_turns(chat, found.key, sink)
}

fn show_last_turns(chat: &mut Chat, session: SessionKey, sink: &mut dyn Sink) -> Result<()> {
    let place = chat.log.end(session)?.place;
    let recap = match place.head {
        Some(last) => recap(chat, last)?,
        None => Vec::new(),
    };
    if place.head.is_none() && place.base.is_some() {
        let notice = "its context is empty; `/undo` brings back what was cleared";
        sink.emit(&Event::Notice(notice));
    }
    list_in_passing(chat, Some(Scope::Session), sink, &mut |chat, rows| {
        for id in &recap {
            chat.own_message(*id, &mut |message| {
                rows.emit(&Event::Message(message));
            })?;
        }
        Ok(false)
    })
}

/// The same at launch, without the last turns.
pub(crate) fn resume_unasked(chat: &mut Chat, which: &str, sink: &mut dyn Sink) -> Result<()> {
    // Where it stands is read when something is said: there is more to do in a session
    // of which that cannot be read.
    let found = find(chat, which)?;
    enter(chat, &found, true, sink);
    Ok(())
}

fn enter(chat: &mut Chat, found: &SessionRow, unasked: bool, sink: &mut dyn Sink) {
    chat.speakers.enter(CurrentSession::from(found));
    let age = chat.settings.now().0 - found.touched_at.0;
    sink.emit(&Event::Resume(SessionResume {
        user: chat.user(),
        session: found.session,
        title: found.title.as_deref(),
        count: found.count,
        context: found.depth,
        last_at: found.touched_at,
        age,
        unasked,
    }));
    tell_if_archived(found, sink);
}

fn tell_if_archived(found: &SessionRow, sink: &mut dyn Sink) {
    if found.archived_at.is_some() {
        let notice = "it is archived; `/archive --undo` puts it into the lists again";
        sink.emit(&Event::Notice(notice));
    }
}

/// The messages of the last turns that end with `last`, oldest first.
fn recap(chat: &mut Chat, last: MessageId) -> Result<Vec<MessageId>> {
    let (mut ids, mut turns) = (Vec::new(), 0);
    chat.log.context(Some(last), &mut |message| {
        ids.push(message.id);
        turns += usize::from(message.role == Role::User);
        if turns < RECAP_TURNS && ids.len() < RECAP_MESSAGES {
            Flow::More
        } else {
            Flow::Full
        }
    })?;
    ids.reverse();
    Ok(ids)
}
