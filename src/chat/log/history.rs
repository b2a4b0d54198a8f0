//! `/history`: listings of messages.

use crate::chat::Chat;
use crate::chat::ask::foreign_message;
use crate::domain::{Event, Flow, Result, Sink};
use crate::store::{Listing, Selection};

/// Begins a listing of the current session's context.
pub fn list_session(chat: &mut Chat) -> Result<Listing> {
    let session = chat.speakers.current()?;
    chat.log.commit()?;
    Ok(chat.log.list(Selection::Session(session.key))?)
}

/// Begins a listing of the contexts of all the current user's sessions.
pub fn list_user(chat: &mut Chat) -> Result<Listing> {
    chat.log.commit()?;
    let user = chat.user().clone();
    Ok(chat.log.list(Selection::User(user))?)
}

/// Begins a listing of the whole log.
pub fn list_global(chat: &mut Chat) -> Result<Listing> {
    chat.log.commit()?;
    Ok(chat.log.list(Selection::Global)?)
}

/// Tells the next rows of a listing until the sink is full; true if there may
/// be more. A listing that is not global holds messages of the current user
/// only, whatever another program has done to the store.
pub fn read(
    chat: &mut Chat,
    listing: &mut Listing,
    count: &mut u64,
    sink: &mut dyn Sink,
) -> Result<bool> {
    let user = chat.speakers.user();
    let (is_own, mut foreign) = (!listing.is_global(), None);
    let more = chat.log.read(listing, &mut |message| {
        if is_own && message.user != user {
            foreign = Some(message.id);
            return Flow::Full;
        }
        *count += 1;
        sink.tell(&Event::Message(message))
    })?;
    match foreign {
        Some(id) => Err(foreign_message(id, user)),
        None => Ok(more),
    }
}
