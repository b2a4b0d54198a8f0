//! `/history`: listings of messages.

use crate::chat::Chat;
use crate::chat::ask::foreign_message;
use crate::chat::listing::list;
use crate::domain::{Event, Flow, Result, Scope, Sink};
use crate::store::Selection;

/// Tells the context of the current session, the contexts of all sessions of
/// the current user, or the whole log.
///
/// A listing that is not global holds messages of the current user only,
/// whatever another program has done to the store.
pub(crate) fn history(chat: &mut Chat, scope: Scope, sink: &mut dyn Sink) -> Result<()> {
    let selection = match scope {
        Scope::Session => Selection::Session(chat.speakers.current()?.key),
        Scope::User => Selection::User(chat.user().clone()),
        Scope::Global => Selection::Global,
    };
    let mut listing = chat.log.list(selection)?;
    list(chat, Some(scope), sink, &mut |chat, rows| {
        let user = chat.speakers.user();
        let mut foreign = None;
        let has_more = chat.log.read(&mut listing, &mut |message| {
            if scope != Scope::Global && message.user != user {
                foreign = Some(message.id);
                return Flow::Full;
            }
            rows.emit(&Event::Message(message))
        })?;
        match foreign {
            Some(id) => Err(foreign_message(id, user)),
            None => Ok(has_more),
        }
    })
}
