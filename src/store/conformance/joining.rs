//! The log of another machine.

use super::super::join::{Beginning, Join, MessageJoined, SessionJoined, StateJoined};
use super::super::records::Carried;
use super::*;
use crate::domain::{
    Links, MessageRecord, MoveRecord, NamedPlace, Numbered, SessionHead, SessionState,
};

fn at(session: u32, seq: i64) -> Numbered {
    Numbered {
        session: session_id(session),
        seq,
    }
}

fn record(session: u32, seq: i64, content: &str) -> MessageRecord<'_> {
    MessageRecord {
        at: at(session, seq),
        role: Role::User,
        content,
        said_at: Timestamp(seq * 1_000),
        model: None,
        status: Status::Complete,
        usage: None,
        details: ReplyDetails::default(),
        depth: Some(seq),
        links: Links {
            parent: (seq > 1).then(|| at(session, seq - 1)),
            ..Links::NONE
        },
        configured: None,
        origin: None,
    }
}

fn state(session: u32, messages: i64, moves: i64) -> SessionState {
    SessionState {
        session: session_id(session),
        messages,
        moves,
        title: Some("there".into()),
        preview: None,
        model: None,
        archived_at: None,
        origin: None,
        place: NamedPlace {
            head: (messages > 0).then(|| at(session, messages)),
            ..NamedPlace::default()
        },
        depth: messages,
        system: None,
        redo: None,
        import_head: None,
    }
}

fn begin_there(log: &mut Log, join: &mut Join, number: u32) -> SessionJoined {
    let alice = user("alice");
    let head = SessionHead {
        session: session_id(number),
        user: &alice,
        started_at: Timestamp(5),
        persona: None,
        source: None,
        behind: None,
    };
    log.join_session(join, &head).unwrap()
}

/// Joins a session of these messages; gives what came of each, and of the session.
fn join(log: &mut Log, number: u32, said: &[&str]) -> (Vec<MessageJoined>, StateJoined) {
    let mut join = log.begin_join(false).unwrap();
    begin_there(log, &mut join, number);
    let messages = (1..).zip(said).map(|(seq, content)| {
        let record = record(number, seq, content);
        log.join_message(&mut join, &record, Timestamp(900_000))
            .unwrap()
    });
    let messages = messages.collect();
    let count = i64::try_from(said.len()).unwrap();
    assert_eq!(
        log.join_state(&mut join, state(number, count, 0)).unwrap(),
        None
    );
    let state = log.finish_state(&mut join).unwrap();
    log.commit().unwrap();
    (messages, state.unwrap_or_default())
}

const ADDED: MessageJoined = MessageJoined::Added {
    missing: 0,
    session: Beginning::None,
};

pub(super) fn a_log_of_another_machine_comes_once(tenant: &Tenant) {
    let mut log = tenant.log();
    let own = begin(&mut log, "alice", 1);
    say(&mut log, own, Role::User, "here");
    log.commit().unwrap();
    let (messages, there) = join(&mut log, 77, &["one", "two", "three"]);
    assert_eq!(messages, [ADDED; 3]);
    assert_eq!(there, StateJoined::default());
    let (key, owner) = log.named(session_id(77)).unwrap().unwrap();
    assert_eq!(owner, user("alice"));
    assert_eq!(current_context(&mut log, key), ["one", "two", "three"]);
    // It is behind all that was spoken in here.
    let latest = log.find(&user("alice"), Which::Latest, 1).unwrap();
    assert_eq!(latest[0].key, own);
    let (again, there) = join(&mut log, 77, &["one", "two", "three"]);
    assert_eq!(again, [MessageJoined::Known; 3]);
    assert!(there.is_same);
    let mut told = Vec::new();
    let newest = log.newest().unwrap();
    log.records(
        Carried::Range(MessageId(0), newest),
        &mut |message, behind| {
            let parent = behind.links.parent.map(|link| link.at.seq);
            told.push((
                message.content.to_owned(),
                message.source.map(str::to_owned),
                parent,
                behind.depth,
            ));
            Flow::More
        },
    )
    .unwrap();
    let source = || Some("saylog".to_owned());
    assert_eq!(
        told,
        [
            ("here".into(), None, None, Some(1)),
            ("one".into(), source(), None, Some(1)),
            ("two".into(), source(), Some(1), Some(2)),
            ("three".into(), source(), Some(2), Some(3)),
        ]
    );
}

pub(super) fn what_went_on_differently_is_a_session_of_its_own(tenant: &Tenant) {
    let mut log = tenant.log();
    join(&mut log, 77, &["one", "two"]);
    let (key, _) = log.named(session_id(77)).unwrap().unwrap();
    say(&mut log, key, Role::User, "here");
    log.commit().unwrap();
    let (messages, _) = join(&mut log, 77, &["one", "two", "there", "more"]);
    let apart = MessageJoined::Added {
        missing: 0,
        session: Beginning::Apart,
    };
    let known = MessageJoined::Known;
    assert_eq!(messages, [known, known, apart, ADDED]);
    assert_eq!(current_context(&mut log, key), ["one", "two", "here"]);
    let alice = user("alice");
    let records = log.session_records(Some(&alice), key, 9).unwrap();
    let [branch] = records.as_slice() else {
        panic!("{records:?}");
    };
    assert_eq!(
        current_context(&mut log, branch.row.key),
        ["one", "two", "there", "more"]
    );
    assert_eq!(branch.row.origin.as_ref().unwrap().session, session_id(77));
    assert_eq!(branch.end.count, 2);
    // Once more, and with more of it.
    let (again, there) = join(&mut log, 77, &["one", "two", "there", "more", "last"]);
    assert_eq!(again, [known, known, known, known, ADDED]);
    assert!(there.is_changed && !there.is_left);
    assert_eq!(
        current_context(&mut log, branch.row.key),
        ["one", "two", "there", "more", "last"]
    );
}

pub(super) fn moves_come_behind_where_a_session_stands(tenant: &Tenant) {
    let mut log = tenant.log();
    join(&mut log, 77, &["one", "two"]);
    let (key, _) = log.named(session_id(77)).unwrap().unwrap();
    let cleared = MoveRecord {
        session: session_id(77),
        kind: MoveKind::Clear,
        from: state(77, 2, 0).place,
        to: NamedPlace {
            base: Some(at(77, 1)),
            ..NamedPlace::default()
        },
        redo: None,
        gone: 2,
        back: 0,
        at: Timestamp(7),
    };
    for _ in 0..2 {
        let mut join = log.begin_join(false).unwrap();
        begin_there(&mut log, &mut join, 77);
        let there = SessionState {
            place: cleared.to,
            depth: 0,
            ..state(77, 2, 1)
        };
        log.join_state(&mut join, there).unwrap();
        log.join_move(&mut join, &cleared).unwrap();
        log.finish_state(&mut join).unwrap();
        log.commit().unwrap();
        let end = log.end(key).unwrap();
        let base = log.named_move(end.place.base).unwrap();
        assert_eq!(
            (end.place.head, end.depth, base),
            (None, 0, Some(at(77, 1)))
        );
        assert_eq!(log.count_moves(key).unwrap(), 1);
    }
}

pub(super) fn lines_that_are_taken_together_come_once(tenant: &Tenant) {
    let mut log = tenant.log();
    let own = begin(&mut log, "alice", 1);
    say(&mut log, own, Role::User, "here");
    log.commit().unwrap();
    let sessions = [71, 72, 73];
    for expected in [ADDED, MessageJoined::Known] {
        let before = log.begin_join(false).unwrap();
        let (mut join, mut came, mut runs) = (before.clone(), Vec::new(), 0);
        let taken: Result<(), Problem> = log.together(&mut |log| {
            join.clone_from(&before);
            (came, runs) = (Vec::new(), runs + 1);
            let alice = user("alice");
            for number in sessions {
                let head = SessionHead {
                    session: session_id(number),
                    user: &alice,
                    started_at: Timestamp(5),
                    persona: None,
                    source: None,
                    behind: None,
                };
                log.join_session(&mut join, &head)?;
                for (seq, content) in (1..).zip(["one", "two", "three"]) {
                    let record = record(number, seq, content);
                    came.push(log.join_message(&mut join, &record, Timestamp(900_000))?);
                }
                log.join_state(&mut join, state(number, 3, 0))?;
            }
            log.finish_state(&mut join)?;
            Ok(())
        });
        taken.unwrap();
        log.commit().unwrap();
        assert_eq!(came, vec![expected; 9]);
        assert!(runs == 1 || tenant.kind == Kind::MemoryNumberingAtCommit);
    }
    for number in sessions {
        let (key, _) = log.named(session_id(number)).unwrap().unwrap();
        assert_eq!(current_context(&mut log, key), ["one", "two", "three"]);
        assert_eq!(log.end(key).unwrap().count, 3);
    }
}

pub(super) fn what_fails_in_the_middle_leaves_nothing_of_what_was_taken_together(tenant: &Tenant) {
    let mut log = tenant.log();
    if !log.may_run_again() {
        return;
    }
    let mut join = log.begin_join(false).unwrap();
    let taken: Result<(), Problem> = log.together(&mut |log| {
        begin_there(log, &mut join, 77);
        let record = record(77, 1, "one");
        log.join_message(&mut join, &record, Timestamp(900_000))?;
        Err(Problem::new(ProblemKind::Other, "it is enough"))
    });
    assert_eq!(taken.unwrap_err().what, "it is enough");
    assert_eq!(log.named(session_id(77)), Ok(None));
    // Others, and this log itself, go on as if nothing had been.
    let mut other = tenant.log();
    let session = begin(&mut other, "alice", 2);
    say(&mut other, session, Role::User, "there");
    other.commit().unwrap();
    assert_eq!(listed(&mut log, Selection::Global, 9), ["there"]);
    say(&mut log, session, Role::Ai, "and here");
    log.commit().unwrap();
    assert_eq!(current_context(&mut log, session), ["there", "and here"]);
}
