//! `/show`: one message with its neighbours.

use crate::chat::Chat;
use crate::domain::{Error, Event, MessageId, Result, Scope, Sink};

/// Tells one message whole, with the ones before and after it in its session.
/// With the global scope it may be anybody's.
pub fn show(chat: &mut Chat, id: MessageId, scope: Scope, sink: &mut dyn Sink) -> Result<()> {
    let is_own = scope != Scope::Global;
    chat.log.commit()?;
    if is_own {
        chat.own_message(id, &mut |_| {})?;
    }
    let link = chat.log.link(id)?.ok_or(Error::NobodysMessage(id))?;
    let following = chat.log.following(id)?;
    // The first message after a clear has no parent; it is shown with what was said before.
    let rows = [
        (link.parent.or(link.previous), false),
        (Some(id), true),
        (following, false),
    ];
    let mut count = 0;
    for (row, is_shown) in rows {
        let Some(row) = row else { continue };
        let user = chat.speakers.user();
        chat.log.message(row, &mut |message| {
            // A neighbour is the same user's, unless another program has put it there.
            if is_own && message.user != user {
                return;
            }
            count += 1;
            sink.tell(&if is_shown {
                Event::Shown(message)
            } else {
                Event::Neighbour(message)
            });
        })?;
    }
    let scope = Some(scope);
    sink.tell(&Event::End { scope, count });
    sink.drain()
}
