//! `/show`: one message with its neighbours.

use crate::chat::Chat;
use crate::chat::listing::list;
use crate::domain::{Error, Event, MessageId, Result, Scope, Sink};

/// Tells one message whole, with the ones before and after it in its session.
/// With the global scope it may be anybody's.
pub(crate) fn show(
    chat: &mut Chat,
    id: MessageId,
    scope: Scope,
    sink: &mut dyn Sink,
) -> Result<()> {
    let is_own = scope != Scope::Global;
    if is_own {
        chat.own_message(id, &mut |_| {})?;
    }
    let link = chat.log.link(id)?.ok_or(Error::NobodysMessage(id))?;
    let following = chat.log.following(id)?;
    // The first message after a clear has no parent; it is shown with what was said before.
    let shown = [link.parent.or(link.previous), Some(id), following];
    list(chat, Some(scope), sink, &mut |chat, rows| {
        for row in shown.into_iter().flatten() {
            let user = chat.speakers.user();
            chat.log.message(row, &mut |message| {
                // A neighbour is the same user's, unless another program has put it there.
                if is_own && message.user != user {
                    return;
                }
                rows.emit(&if row == id {
                    Event::Shown(message)
                } else {
                    Event::Neighbour(message)
                });
            })?;
        }
        Ok(false)
    })
}
