use super::*;
use crate::domain::{SessionId, UserName};
use crate::store::rows::UNSETTLED;

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
        origin: None,
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

#[test]
fn what_came_from_elsewhere_is_behind_all_others_and_in_the_order_of_its_times() {
    let times = [
        i64::MIN,
        -62_135_596_800_000,
        0,
        1_795_354_327_120,
        i64::MAX,
    ];
    let ranks = times.map(|at| rank_elsewhere(Timestamp(at)));
    assert!(ranks.is_sorted());
    assert!(ranks[1] < ranks[2] && ranks[2] < ranks[3]);
    let from_elsewhere = |touched, count| {
        let end = End {
            count,
            touched,
            ..fresh()
        };
        end.is_from_elsewhere()
    };
    for rank in ranks {
        assert!(rank < UNSETTLED && from_elsewhere(rank, 1));
    }
    // One that is on its way, or was begun here, is not; one of earlier versions is.
    assert!(!from_elsewhere(UNSETTLED, 1) && !from_elsewhere(MessageId(0), 0));
    assert!(!from_elsewhere(MessageId(1), 1) && from_elsewhere(MessageId(0), 1));
}
