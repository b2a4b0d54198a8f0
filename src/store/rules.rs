//! The rules of the log, without a log: what a message or a move makes of the
//! session that it happens in.
//!
//! Every function takes where a session stands and gives the row to be added,
//! or where the session stands afterwards. Nothing here reads or writes.

#![warn(clippy::missing_docs_in_private_items)]

use super::rows::{End, MessageRow, MoveRow, NewSession, Partial, Place};
use crate::domain::{
    Draft, MessageId, MoveId, MoveKind, OwnedSent, ReplyDetails, Role, Sent, SessionKey, Status,
    Timestamp, preview_of, shows_nothing,
};

/// How much of the first thing said in a session its row keeps, in characters.
pub(super) const PREVIEW_KEPT: usize = 200;

/// A move of a session's head that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Move {
    /// Why it is made.
    pub kind: MoveKind,
    /// Where it leads. The base of a clear is the clear itself, whatever is said here.
    pub to: Place,
    /// How many messages leave the context.
    pub gone: i64,
    /// How many come back into it.
    pub back: i64,
    /// When it is made.
    pub at: Timestamp,
}

/// Where a session stands that has just begun, when `newest` is the newest
/// message of the log.
pub(super) fn begun(session: &NewSession<'_>, newest: MessageId) -> End {
    End {
        place: Place::default(),
        depth: 0,
        last: None,
        count: 0,
        system: session.system,
        redo: None,
        has_preview: session.preview.is_some(),
        touched: newest,
        touched_at: session.at,
    }
}

/// The rank of a session that came from elsewhere, while nothing has been said in it here:
/// behind all in which something was, or which were begun here, and among its like in the
/// order of the times of what was said last.
pub(super) fn rank_elsewhere(said_at: Timestamp) -> MessageId {
    // Milliseconds of 280,000 years: no time comes near it, so these are all below zero.
    const BEHIND: i64 = 1 << 53;
    MessageId(said_at.0.clamp(-BEHIND / 2, BEHIND / 2) - BEHIND)
}

/// Takes note of when something was said elsewhere in a session, unless somebody has spoken
/// in it here, or it was said before what is known of it.
pub(super) fn touch_elsewhere(end: &mut End, said_at: Timestamp) {
    let rank = rank_elsewhere(said_at);
    if end.is_from_elsewhere() && (end.has_no_rank() || end.touched < rank) {
        (end.touched, end.touched_at) = (rank, said_at);
    }
}

/// The row of a message that is said in a session and continues its context.
///
/// Its time is what the clock said, and decides nothing: ids are the order.
pub(super) fn message<'a>(session: SessionKey, end: &End, draft: &Draft<'a>) -> MessageRow<'a> {
    MessageRow {
        depth: Some(end.depth.saturating_add(1)),
        ..outside_context(session, end, draft)
    }
}

/// The row of a reply whose question has left the context while it was coming.
/// It belongs to the log and to its session, and not to the context: it stands
/// behind what its model was sent, so that a fork goes on from there.
pub(super) fn late_reply<'a>(
    session: SessionKey,
    end: &End,
    draft: &Draft<'a>,
    sent: &Sent<'a>,
) -> MessageRow<'a> {
    let as_sent = End {
        place: Place {
            head: draft.behind.or(Some(sent.last)),
            floor: sent.floor,
            ..end.place
        },
        system: sent.system,
        ..*end
    };
    outside_context(session, &as_sent, draft)
}

/// The row of a system prompt or a summary. It belongs to the log and to its
/// session, and not to the context.
pub(super) fn outside_context<'a>(
    session: SessionKey,
    end: &End,
    draft: &Draft<'a>,
) -> MessageRow<'a> {
    MessageRow {
        session,
        seq: end.count.saturating_add(1),
        parent: end.place.head,
        previous: end.last,
        depth: None,
        system: end.system,
        role: draft.role,
        content: draft.content,
        created_at: draft.at,
        said_at: None,
        model: draft.model,
        status: draft.status,
        usage: draft.usage,
        details: draft.details,
        oldest: draft.oldest,
        floor: end.place.floor,
        sent: draft.sent.filter(|sent| !is_told_by_links(sent, end)),
    }
}

/// Whether what a model was sent is what the links of a message tell that is
/// appended here: nobody else has moved the session while the reply was coming.
fn is_told_by_links(sent: &Sent<'_>, end: &End) -> bool {
    Some(sent.last) == end.place.head
        && sent.floor == end.place.floor
        && sent.system == end.system
        && sent.configured.is_none()
}

/// Where a session stands after a message of its context was added as `id`.
pub(super) fn appended(end: &End, row: &MessageRow<'_>, id: MessageId) -> End {
    End {
        place: Place {
            head: Some(id),
            ..end.place
        },
        depth: end.depth.saturating_add(1),
        has_preview: end.has_preview || row.role == Role::User,
        ..logged(end, row, id)
    }
}

/// Where a session stands after a system prompt was added as `id` and is its own.
pub(super) fn prompted(end: &End, row: &MessageRow<'_>, id: MessageId) -> End {
    End {
        system: Some(id),
        ..logged(end, row, id)
    }
}

/// Where a session stands after its system prompt was taken away.
pub(super) fn unprompted(end: &End) -> End {
    End {
        system: None,
        ..*end
    }
}

/// Where a session stands whose part of the log has grown by a message, and
/// whose context is as before.
pub(super) fn logged(end: &End, row: &MessageRow<'_>, id: MessageId) -> End {
    End {
        last: Some(id),
        count: row.seq,
        touched: id,
        touched_at: row.created_at,
        ..*end
    }
}

/// The message that becomes of a reply when the process that received it has ended.
pub(super) fn cut_off(partial: &Partial, now: Timestamp) -> Draft<'_> {
    Draft {
        model: Some(&partial.model),
        status: Status::Interrupted,
        oldest: partial.oldest,
        sent: partial.sent.as_ref().map(OwnedSent::sent),
        behind: partial.behind,
        details: ReplyDetails {
            reasoning: partial.reasoning.as_deref(),
            ..ReplyDetails::default()
        },
        ..Draft::new(Role::Ai, &partial.content, now)
    }
}

/// What a session's row keeps of the first thing that its user said, if this is it.
pub(super) fn first_said(end: &End, row: &MessageRow<'_>) -> Option<String> {
    let is_first = !end.has_preview && row.role == Role::User;
    is_first.then(|| preview_of(row.content, PREVIEW_KEPT))
}

/// The model that a message shows to have answered, if it is a reply with words in it.
pub(super) fn answered_by<'a>(row: &MessageRow<'a>) -> Option<&'a str> {
    let is_reply = row.role == Role::Ai && !shows_nothing(row.content);
    row.model.filter(|_| is_reply)
}

/// A move as it is written down, and where the session stands after it.
/// `redoable` is what could be redone before it.
pub(super) fn moved(
    end: &End,
    id: MoveId,
    step: &Move,
    redoable: Option<&MoveRow>,
) -> (MoveRow, End) {
    let base = match step.kind {
        MoveKind::Clear => Some(id),
        _ => step.to.base,
    };
    let to = Place { base, ..step.to };
    let row = MoveRow {
        id,
        kind: step.kind,
        from: end.place,
        to,
        redo: redoable.map(|undone| undone.id),
        gone: step.gone,
        back: step.back,
        at: step.at,
    };
    let redo = match step.kind {
        // A clear and a summary are taken back by undoing them; a fork has
        // nothing before it.
        MoveKind::Clear | MoveKind::Fork | MoveKind::Compact => None,
        // What could be redone when that was undone can be redone again.
        MoveKind::Redo => redoable.and_then(|undone| undone.redo),
        MoveKind::Undo | MoveKind::Retry | MoveKind::Edit => Some(id),
    };
    let after = End {
        place: to,
        depth: end
            .depth
            .saturating_sub(step.gone)
            .saturating_add(step.back),
        redo,
        ..*end
    };
    (row, after)
}

/// Whether a move that was undone last can be redone: only from where it led.
pub(super) fn can_redo(end: &End, undone: &MoveRow) -> bool {
    end.redo == Some(undone.id) && end.place == undone.to
}

/// The move that takes another one back.
pub(crate) fn redo_of(undone: &MoveRow, at: Timestamp) -> Move {
    Move {
        kind: MoveKind::Redo,
        to: undone.from,
        gone: undone.back,
        back: undone.gone,
        at,
    }
}

#[cfg(test)]
mod tests;
