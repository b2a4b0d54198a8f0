//! Groups: what lasts, what does not, and what a failure means.

use super::*;

pub(super) fn two_logs_on_one_session_make_one_conversation(tenant: &Tenant) {
    let (mut one, mut two) = (tenant.log(), tenant.log());
    let session = begin(&mut one, "alice", 1);
    one.commit().unwrap();
    for round in 0..6 {
        say(&mut one, session, Role::User, &format!("one {round}"));
        if tenant.numbers_at_commit() {
            // Both at the same time: whoever commits first stands first.
            say(&mut two, session, Role::User, &format!("two {round}"));
            one.commit().unwrap();
        } else {
            one.commit().unwrap();
            say(&mut two, session, Role::User, &format!("two {round}"));
        }
        two.commit().unwrap();
        let receipts = [one.take_receipts(), two.take_receipts()];
        if tenant.numbers_at_commit() {
            let [first, second] = receipts.map(|receipts| receipts[0].1);
            assert_eq!(second.parent, Some(first.id));
            assert_eq!((first.seq, second.seq), (2 * round + 1, 2 * round + 2));
        }
    }
    let end = one.end(session).unwrap();
    assert_eq!((end.count, end.depth, end.last), (12, 12, end.place.head));
    let said = current_context(&mut one, session);
    assert_eq!(said, listed(&mut two, Selection::Global, 100));
    assert_eq!(said[..3], ["one 0", "two 0", "one 1"]);
}

pub(super) fn what_others_say_in_a_session_is_news_once(tenant: &Tenant) {
    let (mut one, mut two) = (tenant.log(), tenant.log());
    let session = begin(&mut one, "alice", 1);
    let other = begin(&mut one, "alice", 2);
    say(&mut one, session, Role::User, "before anybody asked");
    assert_eq!(one.news_of(session), Ok(0));
    say(&mut one, session, Role::User, "one's own");
    assert_eq!(one.news_of(session), Ok(0));
    for content in ["a", "b"] {
        say(&mut two, session, Role::User, content);
    }
    say(&mut two, other, Role::User, "elsewhere");
    two.commit().unwrap();
    say(&mut one, session, Role::User, "one's own, between");
    clear(&mut one, session);
    assert_eq!(one.news_of(session), Ok(2));
    assert_eq!(one.news_of(session), Ok(0));
    assert_eq!(one.news_of(other), Ok(0));
    say(&mut two, other, Role::Ai, "c");
    say(&mut two, session, Role::Ai, "d");
    two.commit().unwrap();
    assert_eq!(one.news_of(other), Ok(1));
    // What was said while one was elsewhere is news when one comes back.
    say(&mut one, session, Role::User, "one's own, again");
    one.commit().unwrap();
    assert_eq!(one.news_of(session), Ok(1));
    assert_eq!(one.news_of(other), Ok(0));
}

pub(super) fn a_failed_read_stops_nothing(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "one");
    log.commit().unwrap();
    let failed = log.end(SessionKey(99)).unwrap_err();
    assert_eq!(
        failed.what,
        "the store cannot be read: something that it points to is missing"
    );
    assert!(log.move_made(MoveId(99)).is_err());
    assert!(log.end_for_update(SessionKey(99)).is_err());
    assert!(
        log.context(Some(MessageId(99)), &mut |_| Flow::More)
            .is_err()
    );
    assert!(!log.is_stopped());
    say(&mut log, session, Role::User, "two");
    log.commit().unwrap();
    assert_eq!(current_context(&mut log, session), ["one", "two"]);
}

pub(super) fn what_is_not_committed_is_gone_with_the_handle(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "one");
    log.commit().unwrap();
    assert_eq!(log.pending(), 0);
    say(&mut log, session, Role::User, "two");
    say(&mut log, session, Role::User, "three");
    assert_eq!(log.pending(), 2);
    if tenant.kind == Kind::Memory {
        // A process does not outlive its memory.
        return;
    }
    drop(log);
    let mut log = tenant.log();
    assert_eq!(listed(&mut log, Selection::Global, 9), ["one"]);
    assert_eq!(log.end(session).unwrap().count, 1);
}

pub(super) fn a_group_that_is_taken_back_leaves_nothing(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "one");
    log.commit().unwrap();
    drop(log);
    let mut backend = tenant.backend();
    let before = backend.end(session).unwrap();
    let plan = Plan {
        sessions: &[session],
        messages: 1,
    };
    backend.begin(&plan).unwrap();
    assert!(backend.is_in_group());
    let other = NewSession {
        user: &user("bob"),
        session: session_id(2),
        title: None,
        model: None,
        persona: None,
        at: Timestamp(0),
        system: None,
        preview: None,
        origin: None,
    };
    backend.add_session(&other, MessageId(1)).unwrap();
    let draft = Draft::new(Role::User, "two", Timestamp(0));
    let row = rules::message(session, &before, &draft);
    let id = backend.add_message(&row).unwrap();
    let moved = rules::appended(&before, &row, id);
    let change = super::super::rows::SessionChange::End {
        end: &moved,
        words: Some("words"),
        answered_by: Some("model"),
    };
    backend.set_session(session, &change).unwrap();
    backend.rollback();
    assert!(!backend.is_in_group());
    assert_eq!(backend.end(session).unwrap(), before);
    assert!(!backend.has_user(&user("bob")).unwrap());
    let mut said = Vec::new();
    let everything = MessageQuery::Range {
        after: MessageId(0),
        upto: MessageId(i64::MAX),
    };
    backend
        .messages(&everything, &mut |message| {
            said.push(message.content.to_owned());
            Flow::More
        })
        .unwrap();
    assert_eq!(said, ["one"]);
    let mut chained = 0;
    backend
        .chain(id, Along::Session, &mut |_| {
            chained += 1;
            Flow::More
        })
        .unwrap();
    assert_eq!(chained, 0);
}

pub(super) fn a_reply_that_is_coming_is_kept_until_it_is_said(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "question");
    for came in ["", "ha", "half"] {
        let reply = Draft {
            model: Some("model"),
            ..Draft::new(Role::Ai, came, Timestamp(0))
        };
        let part = Part {
            session,
            reply,
            beat: 1,
        };
        assert_eq!(log.keep_partials_now(&[part]).unwrap(), [None]);
    }
    assert_eq!(listed(&mut log, Selection::Global, 9), ["question"]);
    // Its process lives: nobody else takes it.
    let alice = user("alice");
    assert_eq!(tenant.log().recover(&alice, Timestamp(0)).unwrap(), []);
    say(&mut log, session, Role::Ai, "half a reply");
    log.commit().unwrap();
    assert_eq!(tenant.backend().partials(&alice).unwrap(), []);
    let question = head_of(&mut log, session);
    // Of a process that is gone the part is kept, once.
    let gone = super::super::rows::PartialRow {
        session,
        writer: "1:0@another-boot/pid:[1]/machine",
        content: "cut",
        reasoning: Some("thought"),
        model: "model",
        oldest: question,
        sent: Some(Sent {
            last: question.unwrap(),
            floor: None,
            system: None,
            configured: Some("be brief"),
        }),
        behind: None,
        beat: 1,
    };
    let mut backend = tenant.backend();
    loop {
        backend.begin(&Plan::default()).unwrap();
        backend.put_partial(&gone).unwrap();
        if backend.commit().unwrap() == super::super::backend::Commit::Done {
            break;
        }
    }
    drop(backend);
    // It may live, until it has shown no sign of that for long.
    assert_eq!(log.recover(&alice, Timestamp(5_000)).unwrap(), []);
    log.set_lease(std::time::Duration::ZERO);
    let recovered = log.recover(&alice, Timestamp(5_000)).unwrap();
    assert_eq!(recovered.len(), 1);
    assert_eq!(
        (
            recovered[0].partial.session,
            recovered[0].partial.content.as_str()
        ),
        (session_id(1), "cut")
    );
    log.commit().unwrap();
    assert_eq!(tenant.log().recover(&alice, Timestamp(0)).unwrap(), []);
    let head = head_of(&mut log, session).unwrap();
    log.message(head, &mut |message| {
        assert_eq!(
            (message.content, message.status),
            ("cut", Status::Interrupted)
        );
        assert_eq!(message.details.reasoning, Some("thought"));
    })
    .unwrap();
    let sent = log.sent(head).unwrap();
    assert_eq!(sent.as_ref().map(OwnedSent::sent), gone.sent);
    // Should it come back it finds what was made of it.
    let taken = tenant.backend().taken(session, gone.writer).unwrap();
    assert_eq!(taken, Some(head));
}

pub(super) fn a_reply_whose_end_could_not_be_said_is_not_lost_to_the_next(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    let part = |content| Part {
        session,
        reply: Draft::new(Role::Ai, content, Timestamp(0)),
        beat: 1,
    };
    let alice = user("alice");
    say(&mut log, session, Role::User, "one");
    log.keep_partials_now(&[part("first")]).unwrap();
    log.leave_partial(session);
    log.keep_partials_now(&[part("second")]).unwrap();
    let recovered = log.recover(&alice, Timestamp(0)).unwrap();
    assert_eq!(recovered.len(), 1);
    assert_eq!(recovered[0].partial.content, "first");
    log.commit().unwrap();
    // From then on parts are kept again, and wait for their end.
    log.keep_partials_now(&[part("third")]).unwrap();
    assert_eq!(log.recover(&alice, Timestamp(0)).unwrap(), []);
    assert_eq!(tenant.backend().partials(&alice).unwrap().len(), 1);
    say(&mut log, session, Role::Ai, "third and last");
    log.commit().unwrap();
    assert_eq!(tenant.backend().partials(&alice).unwrap(), []);
    assert_eq!(
        listed(&mut log, Selection::Global, 9),
        ["one", "first", "third and last"]
    );
}

/// A store that says whatever it is told to say.
#[test]
fn a_write_that_failed_stops_the_log_and_a_busy_store_does_not() {
    let tenant = Tenant::new(Kind::Sqlite);
    let path = tenant.folder.path().join("store.db");
    let mut log = Log::new(sqlite::open(&path, false, Box::new(|_| true)).unwrap());
    let session = begin(&mut log, "alice", 1);
    log.commit().unwrap();
    let other = rusqlite_lock(&path);
    let draft = Draft::new(Role::User, "one", Timestamp(0));
    let busy = log.append(session, &draft).unwrap_err();
    assert_eq!(
        busy,
        Problem::new(
            ProblemKind::Busy,
            "not saved: another process kept the store to itself"
        )
    );
    assert!(!log.is_stopped());
    drop(other);
    log.append(session, &draft).unwrap();
    log.commit().unwrap();
    log.append(session, &draft).unwrap();
    std::fs::rename(&path, tenant.folder.path().join("elsewhere.db")).unwrap();
    let gone = log.commit().unwrap_err();
    assert_eq!(gone.kind, ProblemKind::Gone);
    assert!(
        gone.what.starts_with("not confirmed as saved: the file"),
        "{gone:?}"
    );
    assert!(log.is_stopped());
    let stopped = log.append(session, &draft).unwrap_err();
    assert!(
        stopped
            .what
            .starts_with("the store takes no more messages: the file")
    );
    // It went with the file, where it can still be read.
    assert_eq!(current_context(&mut log, session), ["one", "one"]);
}

/// Keeps the store to itself until it is dropped.
pub(super) fn rusqlite_lock(path: &std::path::Path) -> Box<dyn Backend> {
    let mut other = sqlite::open(path, false, Box::new(|_| true)).unwrap();
    other.begin(&Plan::default()).unwrap();
    other
}
