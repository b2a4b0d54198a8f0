//! `/show`: one message with its neighbours.

use crate::chat::Chat;
use crate::chat::listing::list;
use crate::domain::{Error, Event, Flow, Message, MessageId, Result, Scope, Sink};
use crate::store::Log;

/// Tells one message whole, with so many before and after it in its session.
/// With the global scope it may be anybody's.
pub(crate) fn show(
    chat: &mut Chat,
    id: MessageId,
    scope: Scope,
    around: u64,
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
        let before = before(&mut chat.log, id, around)?;
        let after = after(&mut chat.log, id, around)?;
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
        show_if_readable(&mut chat.log, &before, &mut show)?;
        chat.log.message(id, &mut show)?;
        show_if_readable(&mut chat.log, &after, &mut show)?;
        Ok(false)
    })
}

/// Up to so many messages before one, oldest first. The first message after a clear
/// has no parent; it is shown with what was said before.
fn before(log: &mut Log, id: MessageId, count: u64) -> Result<Vec<MessageId>> {
    let mut found = Vec::new();
    let mut link = log.link(id)?.ok_or(Error::NobodysMessage(id))?;
    for left in (0..count).rev() {
        let Some(before) = link.parent.or(link.previous) else {
            break;
        };
        found.push(before);
        if left == 0 {
            break;
        }
        // What cannot be read is told when it is to be shown.
        match log.link(before) {
            Ok(Some(further)) => link = further,
            Ok(None) | Err(_) => break,
        }
    }
    found.reverse();
    Ok(found)
}

/// Up to so many messages after one, in the log of its session.
fn after(log: &mut Log, id: MessageId, count: u64) -> Result<Vec<MessageId>> {
    let (mut found, mut at) = (Vec::new(), id);
    for _ in 0..count {
        let Some(following) = log.following(at)? else {
            break;
        };
        found.push(following);
        at = following;
    }
    Ok(found)
}

/// Shows neighbours, but for those that cannot be read.
fn show_if_readable(
    log: &mut Log,
    neighbours: &[MessageId],
    show: &mut dyn FnMut(&Message<'_>),
) -> Result<()> {
    log.messages(neighbours, &mut |message| {
        show(message);
        Flow::More
    })?;
    Ok(())
}
