//! `/show`: one message with its neighbours.

use crate::chat::Chat;
use crate::chat::listing::list;
use crate::domain::{Error, Event, Flow, Message, MessageId, Result, Scope, Sink};
use crate::store::Log;

/// Tells one message whole, with the ones before and after it in its session.
/// With the global scope it may be anybody's.
pub(crate) fn show(
    chat: &mut Chat,
    id: MessageId,
    scope: Scope,
    sink: &mut dyn Sink,
) -> Result<()> {
    let is_own = scope != Scope::Global;
    // If it cannot be read, nothing beside it is shown either.
    if is_own {
        chat.own_message(id, &mut |_| {})?;
    } else {
        chat.log.message(id, &mut |_| {})?;
    }
    list(chat, Some(scope), sink, &mut |chat, rows| {
        let link = chat.log.link(id)?.ok_or(Error::NobodysMessage(id))?;
        let following = chat.log.following(id)?;
        let user = chat.speakers.user();
        let mut show = |message: &Message<'_>| {
            // A neighbour is the same user's, unless another program has put it there.
            if is_own && message.user != user {
                return;
            }
            rows.emit(&if message.id == id {
                Event::Shown(message)
            } else {
                Event::Neighbour(message)
            });
        };
        // The first message after a clear has no parent; it is shown with what was said before.
        show_if_readable(&mut chat.log, link.parent.or(link.previous), &mut show)?;
        chat.log.message(id, &mut show)?;
        show_if_readable(&mut chat.log, following, &mut show)?;
        Ok(false)
    })
}

/// Shows a neighbour, unless it cannot be read.
fn show_if_readable(
    log: &mut Log,
    neighbour: Option<MessageId>,
    show: &mut dyn FnMut(&Message<'_>),
) -> Result<()> {
    let neighbour: Vec<MessageId> = neighbour.into_iter().collect();
    log.messages(&neighbour, &mut |message| {
        show(message);
        Flow::More
    })?;
    Ok(())
}
