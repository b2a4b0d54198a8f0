//! A summary in place of the oldest turns: put there, taken back, put there again.

use super::step::{Counts, relocate_to_summary};
use super::walk::Walk;
use crate::chat::Chat;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Draft, Inverse, MessageId, MoveKind, Moved, Result};
use crate::store::{End, Place};

/// Puts a summary in place of the `covered` oldest messages of a context; gives
/// what that did. The draft names the first message that stays as its oldest.
pub(in crate::chat) fn put_summary(
    chat: &mut Chat,
    session: &CurrentSession,
    end: &End,
    summary: &Draft<'_>,
    covered: i64,
) -> Result<Moved> {
    let counts = Counts {
        gone: covered,
        back: 1,
    };
    let floor = relocate_to_summary(chat, session, end.place, summary, counts)?;
    summary_moved(chat, MoveKind::Compact, end.place, floor, covered)
}

/// What a move did that put the summary `floor` in place of `count` messages or
/// brought them back. `full` is the context with those messages.
pub(super) fn summary_moved(
    chat: &mut Chat,
    kind: MoveKind,
    full: Place,
    floor: MessageId,
    count: i64,
) -> Result<Moved> {
    let first = chat.log.first_kept(Some(floor))?;
    // The newest of them stand right before what the summary leaves.
    let before = match (first, full.head) {
        // Everything that it left has been taken out since.
        (Some(first), Some(head)) if head < first => Some(head),
        (Some(first), _) => chat.log.link(first)?.and_then(|link| link.parent),
        (None, head) => head,
    };
    let covered = Place {
        head: before,
        ..full
    };
    let ids = Walk::named(covered, count, &mut chat.log)?.ids();
    let (gone, back, inverse) = match kind {
        MoveKind::Undo => (1, count, Inverse::Redo),
        _ => (count, 1, Inverse::Undo(1)),
    };
    Ok(Moved {
        kind,
        from: full.head,
        to: full.head,
        gone,
        back,
        ids,
        inverse: Some(inverse),
    })
}
