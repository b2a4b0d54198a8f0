//! Moves of sessions' heads.

use super::*;
use crate::domain::Late;

pub(super) fn a_clear_moves_the_head_and_the_log_stays(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "one");
    say(&mut log, session, Role::Ai, "two");
    let before = clear(&mut log, session);
    let end = log.end(session).unwrap();
    assert_eq!((end.place.head, end.depth, end.count), (None, 0, 2));
    assert_eq!(end.last, before.last);
    assert_eq!(listed(&mut log, Selection::Session(session), 9), [""; 0]);
    assert_eq!(listed(&mut log, Selection::Global, 9), ["one", "two"]);
    let base = end.place.base.unwrap();
    let made = log.move_made(base).unwrap().unwrap();
    assert_eq!(
        (made.kind, made.from, made.gone),
        (MoveKind::Clear, before.place, 2)
    );
    let mut moves = Vec::new();
    log.moves(session, None, &mut |row| {
        moves.push(row.id);
        Flow::More
    })
    .unwrap();
    assert_eq!(moves, [base]);
    log.moves(session, Some(base), &mut |_| {
        panic!("there is no later one")
    })
    .unwrap();
}

pub(super) fn what_was_undone_can_be_redone_until_something_is_said(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "one");
    let one = log.end(session).unwrap().place;
    say(&mut log, session, Role::User, "two");
    log.end_for_update(session).unwrap();
    log.relocate(session, &step(MoveKind::Undo, one, 1, 0))
        .unwrap();
    log.commit().unwrap();
    assert_eq!(current_context(&mut log, session), ["one"]);
    let end = log.end_for_update(session).unwrap();
    let undone = log.redoable(&end).unwrap().unwrap();
    let redo = rules::redo_of(&undone, Timestamp(8));
    log.relocate(session, &redo).unwrap();
    assert_eq!(current_context(&mut log, session), ["one", "two"]);
    let end = log.end(session).unwrap();
    assert_eq!(log.redoable(&end).unwrap(), None);
    log.relocate(session, &step(MoveKind::Undo, one, 1, 0))
        .unwrap();
    say(&mut log, session, Role::User, "else");
    let end = log.end(session).unwrap();
    assert_eq!(log.redoable(&end).unwrap(), None);
    assert_eq!((end.depth, end.count), (2, 3));
}

pub(super) fn a_held_session_stays_where_it_is(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "one");
    let held = log.end_for_update(session).unwrap();
    assert_eq!(held.count, 1);
    let row = log
        .relocate(session, &step(MoveKind::Clear, Place::default(), 1, 0))
        .unwrap();
    assert_eq!(row.from, held.place);
    say(&mut log, session, Role::User, "two");
    let end = log.end(session).unwrap();
    assert_eq!((end.place.base, end.depth, end.count), (Some(row.id), 1, 2));
    log.commit().unwrap();
    assert_eq!(log.end(session).unwrap(), end);
}

pub(super) fn a_late_reply_stays_outside_the_context(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "one");
    say(&mut log, session, Role::Ai, "yes");
    let one = log.end(session).unwrap().place;
    say(&mut log, session, Role::User, "two");
    let two = head_of(&mut log, session).unwrap();
    let reply = Draft {
        sent: Some(Sent {
            last: two,
            floor: None,
            system: None,
            configured: Some("be brief"),
        }),
        ..Draft::new(Role::Ai, "late", Timestamp(0))
    };
    log.end_for_update(session).unwrap();
    log.relocate(session, &step(MoveKind::Undo, one, 1, 0))
        .unwrap();
    for said_since in [false, true] {
        if said_since {
            say(&mut log, session, Role::User, "else");
        }
        let before = log.end(session).unwrap();
        let receipt = log.append_placed(session, &reply).unwrap();
        assert_eq!(
            (receipt.parent, receipt.late),
            (Some(two), Some(Late::Unasked))
        );
        let after = log.end(session).unwrap();
        assert_eq!((after.place, after.depth), (before.place, before.depth));
        assert_eq!(
            (after.last, after.count),
            (Some(receipt.id), before.count + 1)
        );
        assert_eq!(log.redoable(&after).unwrap().is_some(), !said_since);
        assert_eq!(
            context(&mut log, Some(receipt.id)),
            ["one", "yes", "two", "late"]
        );
        // Whoever goes on from it counts it.
        let place = Place {
            head: Some(receipt.id),
            ..Place::default()
        };
        assert_eq!(log.depth(place).unwrap(), 4);
        let sent = log.sent(receipt.id).unwrap();
        assert_eq!(sent.as_ref().map(OwnedSent::sent), reply.sent);
    }
    assert_eq!(current_context(&mut log, session), ["one", "yes", "else"]);
    clear(&mut log, session);
    let receipt = log.append_placed(session, &reply).unwrap();
    assert_eq!(receipt.late, Some(Late::Unasked));
    assert_eq!(head_of(&mut log, session), None);
}

pub(super) fn a_second_reply_stays_outside_the_context(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    let ask = |log: &mut Log, text| {
        say(log, session, Role::User, text);
        head_of(log, session).unwrap()
    };
    let reply = |last, text, status| Draft {
        status,
        sent: Some(Sent {
            last,
            floor: None,
            system: None,
            configured: None,
        }),
        ..Draft::new(Role::Ai, text, Timestamp(0))
    };
    let complete = |last, text| reply(last, text, Status::Complete);
    let late = |log: &mut Log, draft: &Draft<'_>| {
        let receipt = log.append_placed(session, draft).unwrap();
        (receipt.id, receipt.late)
    };
    let one = ask(&mut log, "one");
    // That none came is no reply.
    assert_eq!(late(&mut log, &reply(one, "", Status::Failed)).1, None);
    // Nor does another question make one of two.
    ask(&mut log, "two");
    assert_eq!(late(&mut log, &complete(one, "yes")).1, None);
    let second = late(&mut log, &complete(one, "no")).1;
    assert_eq!(second, Some(Late::Answered));
    // The rest of what another process has made a message of comes behind that,
    // unless that has left the context, or has been continued there.
    let three = ask(&mut log, "three");
    let part = late(&mut log, &complete(three, "part")).0;
    let rest = |text| Draft {
        behind: Some(part),
        ..complete(three, text)
    };
    assert_eq!(late(&mut log, &rest("rest")).1, None);
    ask(&mut log, "four");
    assert_eq!(late(&mut log, &complete(part, "more")).1, None);
    assert_eq!(late(&mut log, &rest("late")).1, Some(Late::Answered));
    assert_eq!(
        current_context(&mut log, session),
        [
            "one", "", "two", "yes", "three", "part", "rest", "four", "more"
        ]
    );
    log.end_for_update(session).unwrap();
    let to = Place {
        head: Some(three),
        ..Place::default()
    };
    log.relocate(session, &step(MoveKind::Retry, to, 4, 0))
        .unwrap();
    assert_eq!(late(&mut log, &rest("later")).1, Some(Late::Begun));
}
