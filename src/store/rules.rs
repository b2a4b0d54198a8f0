//! The rules of the log, without a log: what a message or a move makes of the
//! session that it happens in.
//!
//! Every function takes where a session stands and gives the row to be added,
//! or where the session stands afterwards. Nothing here reads or writes.

#![warn(clippy::missing_docs_in_private_items)]

use super::rows::{End, MessageRow, MoveRow, NewSession, Partial, Place};
use crate::domain::{
    Draft, MessageId, MoveId, MoveKind, OwnedSent, ReplyDetails, Role, Sent, SessionKey, Status,
    Timestamp, preview_of,
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

/// The row of a message that is said in a session and continues its context.
///
/// Its time is what the clock said, and decides nothing: ids are the order.
pub(super) fn message<'a>(session: SessionKey, end: &End, draft: &Draft<'a>) -> MessageRow<'a> {
    MessageRow {
        depth: Some(end.depth + 1),
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
        seq: end.count + 1,
        parent: end.place.head,
        previous: end.last,
        depth: None,
        system: end.system,
        role: draft.role,
        content: draft.content,
        created_at: draft.at,
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
        depth: end.depth + 1,
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
        depth: end.depth - step.gone + step.back,
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
mod tests {
    use super::*;
    use crate::domain::{SessionId, UserName};

    const SESSION: SessionKey = SessionKey(7);

    fn fresh() -> End {
        let session = NewSession {
            user: &UserName::new("alice").unwrap(),
            session: SessionId::parse("5b0c1f7e-0f3a-4c1d-9b7e-000000000001").unwrap(),
            title: None,
            model: None,
            persona: None,
            at: Timestamp(5),
            system: None,
            preview: None,
        };
        begun(&session, MessageId(2))
    }

    fn say(end: &End, role: Role, content: &str, id: i64) -> End {
        let draft = Draft::new(role, content, Timestamp(10 * id));
        let row = message(SESSION, end, &draft);
        appended(end, &row, MessageId(id))
    }

    fn step(kind: MoveKind, to: Place, gone: i64, back: i64) -> Move {
        let at = Timestamp(99);
        Move {
            kind,
            to,
            gone,
            back,
            at,
        }
    }

    #[test]
    fn a_message_stands_behind_the_head_and_behind_the_last() {
        let end = say(&fresh(), Role::User, "one", 3);
        let draft = Draft::new(Role::Ai, "two", Timestamp(40));
        let row = message(SESSION, &end, &draft);
        assert_eq!(
            (row.parent, row.previous),
            (Some(MessageId(3)), Some(MessageId(3)))
        );
        assert_eq!((row.seq, row.depth), (2, Some(2)));
        let end = appended(&end, &row, MessageId(8));
        assert_eq!(
            (end.place.head, end.last),
            (Some(MessageId(8)), Some(MessageId(8)))
        );
        assert_eq!(
            (end.count, end.depth, end.touched_at),
            (2, 2, Timestamp(40))
        );
    }

    #[test]
    fn a_session_is_touched_by_its_messages_whatever_the_clock_says() {
        let begun = fresh();
        assert_eq!(
            (begun.touched, begun.touched_at),
            (MessageId(2), Timestamp(5))
        );
        let draft = Draft::new(Role::User, "early", Timestamp(3));
        let row = message(SESSION, &begun, &draft);
        let end = appended(&begun, &row, MessageId(7));
        assert_eq!((end.touched, end.touched_at), (MessageId(7), Timestamp(3)));
    }

    #[test]
    fn only_the_first_thing_a_user_says_names_a_session() {
        let first = |end: &End, role, content| {
            let draft = Draft::new(role, content, Timestamp(0));
            first_said(end, &message(SESSION, end, &draft))
        };
        assert_eq!(
            first(&fresh(), Role::User, " hi\nyou").as_deref(),
            Some("hi you")
        );
        assert_eq!(first(&fresh(), Role::Ai, "hi"), None);
        let end = say(&fresh(), Role::User, "hi", 1);
        assert!(end.has_preview);
        assert_eq!(first(&end, Role::User, "again"), None);
    }

    #[test]
    fn a_system_prompt_is_in_the_log_and_in_no_context() {
        let end = say(&fresh(), Role::User, "one", 1);
        let draft = Draft::new(Role::System, "be brief", Timestamp(0));
        let row = outside_context(SESSION, &end, &draft);
        assert_eq!((row.seq, row.depth), (2, None));
        let after = prompted(&end, &row, MessageId(2));
        assert_eq!(
            (after.system, after.last),
            (Some(MessageId(2)), Some(MessageId(2)))
        );
        assert_eq!((after.place, after.depth), (end.place, end.depth));
        assert_eq!(unprompted(&after).system, None);
    }

    #[test]
    fn a_late_reply_stands_behind_its_question_and_outside_the_context() {
        let asked = say(&fresh(), Role::User, "one", 3);
        let sent = Sent {
            last: MessageId(3),
            floor: None,
            system: None,
            configured: None,
        };
        let draft = Draft {
            sent: Some(sent),
            ..Draft::new(Role::Ai, "late", Timestamp(0))
        };
        let undo = step(MoveKind::Undo, Place::default(), 1, 0);
        let (_, undone) = moved(&asked, MoveId(1), &undo, None);
        let row = late_reply(SESSION, &undone, &draft, &sent);
        assert_eq!(
            (row.parent, row.previous, row.seq, row.depth),
            (Some(MessageId(3)), Some(MessageId(3)), 2, None)
        );
        // Its links tell what was sent.
        assert_eq!(row.sent, None);
        let after = logged(&undone, &row, MessageId(4));
        assert_eq!((after.place, after.depth), (undone.place, 0));
        assert_eq!((after.last, after.count), (Some(MessageId(4)), 2));
    }

    #[test]
    fn a_clear_stands_on_itself_and_an_undo_of_it_leads_back() {
        let end = say(&fresh(), Role::User, "one", 1);
        let clear = step(MoveKind::Clear, Place::default(), 1, 0);
        let (row, cleared) = moved(&end, MoveId(4), &clear, None);
        assert_eq!((row.from, row.to.base), (end.place, Some(MoveId(4))));
        assert_eq!(
            (cleared.place.head, cleared.depth, cleared.redo),
            (None, 0, None)
        );
        assert_eq!((cleared.last, cleared.count), (end.last, end.count));
        let (undo, undone) = moved(
            &cleared,
            MoveId(5),
            &step(MoveKind::Undo, row.from, 0, 1),
            None,
        );
        assert_eq!((undone.place, undone.depth), (end.place, 1));
        assert!(can_redo(&undone, &undo));
    }

    #[test]
    fn a_redo_is_only_from_where_the_undo_led_and_gives_the_earlier_one_back() {
        let one = say(&fresh(), Role::User, "one", 1);
        let two = say(&one, Role::User, "two", 2);
        let (first, after) = moved(
            &two,
            MoveId(1),
            &step(MoveKind::Undo, one.place, 1, 0),
            None,
        );
        let out = step(MoveKind::Undo, Place::default(), 1, 0);
        let (second, after) = moved(&after, MoveId(2), &out, Some(&first));
        assert_eq!(second.redo, Some(MoveId(1)));
        assert!(can_redo(&after, &second) && !can_redo(&after, &first));
        let again = redo_of(&second, Timestamp(7));
        let (_, after) = moved(&after, MoveId(3), &again, Some(&second));
        assert_eq!(
            (after.place, after.depth, after.redo),
            (one.place, 1, Some(MoveId(1)))
        );
        assert!(can_redo(&after, &first));
        assert!(!can_redo(&say(&after, Role::User, "else", 9), &first));
    }
}
