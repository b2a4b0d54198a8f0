//! What every kind of store does, tried on each of them: SQLite, memory, and
//! memory in which messages get their ids at the commit and every other group
//! is run again.
//!
//! Messages are compared by session and number, which are the same everywhere;
//! ids have gaps in some stores.

mod random;

use tempfile::TempDir;

use super::backend::{Along, Backend, MessageQuery, Plan, SessionQuery, Which};
use super::memory::Memory;
use super::rows::{End, NewSession, Place, SessionRow};
use super::rules::{self, Move};
use super::sqlite::Sqlite;
use super::{Log, Selection};
use crate::domain::{
    Appended, Draft, Flow, MessageId, MoveId, MoveKind, Problem, ProblemKind, Role, SessionId,
    SessionKey, Status, Timestamp, Usage, UserName,
};

/// A store that several handles can be opened on.
struct Tenant {
    kind: Kind,
    memory: Memory,
    folder: TempDir,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Memory,
    MemoryNumberingAtCommit,
}

impl Tenant {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            memory: match kind {
                Kind::MemoryNumberingAtCommit => Memory::numbering_at_commit(),
                _ => Memory::new(),
            },
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn backend(&self) -> Box<dyn Backend> {
        match self.kind {
            Kind::Sqlite => {
                let path = self.folder.path().join("store.db");
                Box::new(Sqlite::open(&path, Box::new(|_| false)).unwrap())
            }
            _ => Box::new(self.memory.clone()),
        }
    }

    fn log(&self) -> Log {
        Log::new(self.backend())
    }
}

/// Each check becomes a test of its own on each kind of store.
macro_rules! checks {
    ($($check:ident)*) => {
        mod on_sqlite {
            $(#[test] fn $check() { super::$check(&super::Tenant::new(super::Kind::Sqlite)); })*
        }
        mod on_memory {
            $(#[test] fn $check() { super::$check(&super::Tenant::new(super::Kind::Memory)); })*
        }
        mod on_memory_numbering_at_commit {
            $(#[test] fn $check() {
                super::$check(&super::Tenant::new(super::Kind::MemoryNumberingAtCommit));
            })*
        }
    };
}

checks! {
    a_message_comes_back_as_it_was_said
    a_context_ends_where_it_is_asked_to_whatever_was_said_since
    a_clear_moves_the_head_and_the_log_stays
    what_was_undone_can_be_redone_until_something_is_said
    a_system_prompt_is_in_the_log_and_in_no_context
    sessions_are_listed_from_wherever_the_last_page_ended
    sessions_are_found_by_id_name_and_time
    contexts_are_listed_in_the_order_of_the_log
    a_listing_shows_the_log_as_it_was_when_it_began
    users_come_in_order_with_their_counts
    what_a_user_said_is_recalled_newest_first
    two_logs_on_one_session_make_one_conversation
    a_held_session_stays_where_it_is
    a_failed_read_stops_nothing
    what_is_not_committed_is_gone_with_the_handle
    a_group_that_is_taken_back_leaves_nothing
    a_reply_that_is_coming_is_kept_until_it_is_said
    times_never_fall
}

fn user(name: &str) -> UserName {
    UserName::new(name).unwrap()
}

fn session_id(number: u32) -> SessionId {
    SessionId::parse(&format!("{number:08x}-0f3a-4c1d-9b7e-000000000001")).unwrap()
}

fn begin(log: &mut Log, name: &str, number: u32) -> SessionKey {
    begin_titled(log, name, number, None)
}

fn begin_titled(log: &mut Log, name: &str, number: u32, title: Option<&str>) -> SessionKey {
    log.start(&NewSession {
        user: &user(name),
        session: session_id(number),
        title,
        model: None,
        persona: None,
        at: Timestamp(i64::from(number)),
        system: None,
        preview: None,
    })
    .unwrap()
}

fn say(log: &mut Log, session: SessionKey, role: Role, content: &str) {
    say_at(log, session, role, content, 1_000);
}

fn say_at(log: &mut Log, session: SessionKey, role: Role, content: &str, at: i64) {
    let draft = Draft::new(role, content, Timestamp(at));
    log.append(session, &draft).unwrap();
}

/// The contents of the context that ends with `last`, oldest first.
fn context(log: &mut Log, last: Option<MessageId>) -> Vec<String> {
    let mut said = Vec::new();
    log.context(last, &mut |message| {
        said.push(message.content.to_owned());
        Flow::More
    })
    .unwrap();
    said.reverse();
    said
}

fn head_of(log: &mut Log, session: SessionKey) -> Option<MessageId> {
    log.end(session).unwrap().place.head
}

fn current_context(log: &mut Log, session: SessionKey) -> Vec<String> {
    let head = head_of(log, session);
    context(log, head)
}

/// The contents of a listing, read so many messages at a time.
fn listed(log: &mut Log, selection: Selection, page: usize) -> Vec<String> {
    let mut listing = log.list(selection).unwrap();
    let mut said = Vec::new();
    loop {
        let mut left = page;
        let more = log.read(&mut listing, &mut |message| {
            said.push(message.content.to_owned());
            left -= 1;
            if left == 0 { Flow::Full } else { Flow::More }
        });
        if !more.unwrap() {
            return said;
        }
    }
}

fn step(kind: MoveKind, to: Place, gone: i64, back: i64) -> Move {
    Move {
        kind,
        to,
        gone,
        back,
        at: Timestamp(7),
    }
}

fn clear(log: &mut Log, session: SessionKey) -> End {
    let end = log.end_for_update(session).unwrap();
    let clear = step(MoveKind::Clear, Place::default(), end.depth, 0);
    log.relocate(session, &clear).unwrap();
    end
}

fn a_message_comes_back_as_it_was_said(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    let content = "one\n\ttwo \u{1b}[31m 你好 \u{202e}";
    say(&mut log, session, Role::User, content);
    log.commit().unwrap();
    let asked = head_of(&mut log, session);
    let draft = Draft {
        model: Some("model"),
        status: Status::Interrupted,
        usage: Some(Usage {
            prompt: 3,
            reply: 4,
        }),
        oldest: asked,
        ..Draft::new(Role::Ai, "", Timestamp(2_000))
    };
    let appended = log.append(session, &draft).unwrap();
    log.commit().unwrap();
    let receipts = log.take_receipts();
    let receipt = match appended {
        Appended::Now(receipt) => receipt,
        Appended::AtCommit(ticket) => {
            let found = receipts.iter().find(|(of, _)| *of == ticket);
            found.unwrap().1
        }
    };
    assert_eq!((receipt.seq, receipt.parent), (2, asked));
    assert_eq!(receipt.created_at, Timestamp(2_000));
    let mut log = tenant.log();
    let mut seen = 0;
    log.message(receipt.id, &mut |message| {
        seen += 1;
        assert_eq!(message.user.as_str(), "alice");
        assert_eq!(message.session, session_id(1));
        assert_eq!((message.seq, message.parent), (2, asked));
        assert_eq!((message.role, message.content), (Role::Ai, ""));
        assert_eq!(
            (message.model, message.status),
            (Some("model"), Status::Interrupted)
        );
        assert_eq!(message.usage, draft.usage);
    })
    .unwrap();
    log.message(asked.unwrap(), &mut |message| {
        seen += 1;
        assert_eq!(message.content, content);
    })
    .unwrap();
    let beyond = MessageId(receipt.id.0 + 100);
    log.message(beyond, &mut |_| seen += 1).unwrap();
    assert_eq!(seen, 2);
    let link = log.link(receipt.id).unwrap().unwrap();
    assert_eq!(
        (link.previous, link.depth, link.oldest),
        (asked, Some(2), asked)
    );
    assert_eq!(log.link(beyond).unwrap(), None);
    assert_eq!(log.following(asked.unwrap()).unwrap(), Some(receipt.id));
    assert_eq!(log.following(receipt.id).unwrap(), None);
}

fn a_context_ends_where_it_is_asked_to_whatever_was_said_since(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "cleared");
    clear(&mut log, session);
    say(&mut log, session, Role::User, "one");
    say(&mut log, session, Role::Ai, "two");
    let head = head_of(&mut log, session);
    say(&mut log, session, Role::User, "three");
    assert_eq!(context(&mut log, head), ["one", "two"]);
    assert_eq!(context(&mut log, None), [""; 0]);
    let mut first = Vec::new();
    log.context(head, &mut |message| {
        first.push(message.content.to_owned());
        Flow::Full
    })
    .unwrap();
    assert_eq!(first, ["two"]);
}

fn a_clear_moves_the_head_and_the_log_stays(tenant: &Tenant) {
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

fn what_was_undone_can_be_redone_until_something_is_said(tenant: &Tenant) {
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

fn a_system_prompt_is_in_the_log_and_in_no_context(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    let draft = Draft::new(Role::System, "be brief", Timestamp(1_000));
    let id = log.set_system(session, Some(&draft)).unwrap();
    say(&mut log, session, Role::User, "one");
    let end = log.end(session).unwrap();
    assert_eq!((end.system, end.depth, end.count), (id, 1, 2));
    assert_eq!(current_context(&mut log, session), ["one"]);
    assert_eq!(listed(&mut log, Selection::Global, 1), ["be brief", "one"]);
    assert_eq!(log.set_system(session, None).unwrap(), None);
    assert_eq!(log.end(session).unwrap().system, None);
}

/// The sessions of a query, so many at a time.
fn paged(
    log: &mut Log,
    owner: Option<&UserName>,
    which: Which<'_>,
    page: usize,
) -> Vec<SessionRow> {
    let mut rows: Vec<SessionRow> = Vec::new();
    loop {
        let after = rows.last().map(|row| (row.touched_at, row.key));
        let query = SessionQuery {
            user: owner,
            which,
            after,
        };
        let mut left = page;
        log.sessions(&query, &mut |row| {
            rows.push(row.clone());
            left -= 1;
            if left == 0 { Flow::Full } else { Flow::More }
        })
        .unwrap();
        if left > 0 {
            return rows;
        }
    }
}

fn sessions_are_listed_from_wherever_the_last_page_ended(tenant: &Tenant) {
    let mut log = tenant.log();
    for number in 1..=7 {
        let name = if number == 4 { "bob" } else { "alice" };
        let session = begin(&mut log, name, number);
        if number != 6 {
            say_at(
                &mut log,
                session,
                Role::User,
                "hi",
                5_000 + i64::from(number % 3),
            );
        }
    }
    let alice = user("alice");
    let ids = |rows: Vec<SessionRow>| rows.iter().map(|row| row.session).collect::<Vec<_>>();
    let all = ids(paged(&mut log, Some(&alice), Which::All, 100));
    assert_eq!(all.len(), 6);
    assert_eq!(all.last(), Some(&session_id(6)), "nothing was said in it");
    for page in 1..4 {
        assert_eq!(ids(paged(&mut log, Some(&alice), Which::All, page)), all);
        let spoken = ids(paged(&mut log, Some(&alice), Which::Spoken, page));
        assert_eq!(spoken, all[..5]);
        let everybodys = paged(&mut log, None, Which::All, page);
        assert_eq!(everybodys.len(), 7);
        let is_sorted =
            everybodys.is_sorted_by_key(|row| std::cmp::Reverse((row.touched_at, row.key)));
        assert!(is_sorted);
        assert!(everybodys.iter().any(|row| row.user == user("bob")));
        // From the middle, without having visited what stands before.
        let rows = paged(&mut tenant.log(), Some(&alice), Which::All, 100);
        let query = SessionQuery {
            user: Some(&alice),
            which: Which::All,
            after: Some((rows[2].touched_at, rows[2].key)),
        };
        let mut rest = Vec::new();
        tenant
            .log()
            .sessions(&query, &mut |row| {
                rest.push(row.session);
                Flow::More
            })
            .unwrap();
        assert_eq!(rest, all[3..]);
    }
}

fn sessions_are_found_by_id_name_and_time(tenant: &Tenant) {
    let mut log = tenant.log();
    let plan = begin_titled(&mut log, "alice", 0xabc1, Some("plan"));
    let planning = begin_titled(&mut log, "alice", 0xabc2, Some("planning"));
    let words = begin(&mut log, "alice", 0xdef);
    begin_titled(&mut log, "bob", 0xabc3, Some("plan"));
    say_at(&mut log, plan, Role::User, "x", 100_000);
    say_at(&mut log, words, Role::User, "  plan\n b ", 200_000);
    log.rename(planning, "planning 2").unwrap();
    log.set_model(planning, "model").unwrap();
    let alice = user("alice");
    let mut find = |which, limit| {
        let found = log.find(&alice, which, limit).unwrap();
        found.iter().map(|row| row.key).collect::<Vec<_>>()
    };
    assert_eq!(find(Which::Prefix("0000abc"), 9), [plan, planning]);
    assert_eq!(find(Which::Name("plan"), 9), [plan, words, planning]);
    assert_eq!(find(Which::Name("plan"), 1), [plan]);
    assert_eq!(find(Which::Name("planning 2"), 9), [planning]);
    assert_eq!(
        find(Which::Name("x"), 9),
        [],
        "a title goes before first words"
    );
    assert_eq!(find(Which::Latest, 9), [words]);
    assert_eq!(find(Which::Key(plan), 9), [plan]);
    assert_eq!(find(Which::Prefix("'; --"), 9), []);
    let row = log.find(&alice, Which::Key(planning), 1).unwrap().remove(0);
    assert_eq!(row.title.as_deref(), Some("planning 2"));
    assert_eq!(row.model.as_deref(), Some("model"));
    let row = log.find(&alice, Which::Key(words), 1).unwrap().remove(0);
    assert_eq!((row.preview.as_deref(), row.count), (Some("plan b"), 1));
    assert_eq!(log.find(&user("bob"), Which::Key(plan), 1).unwrap(), []);
}

fn contexts_are_listed_in_the_order_of_the_log(tenant: &Tenant) {
    let mut log = tenant.log();
    let one = begin(&mut log, "alice", 1);
    let two = begin(&mut log, "alice", 2);
    let bobs = begin(&mut log, "bob", 3);
    for number in 0..10 {
        say(&mut log, one, Role::User, &format!("one {number}"));
        say(&mut log, bobs, Role::User, &format!("bob {number}"));
        say(&mut log, two, Role::Ai, &format!("two {number}"));
    }
    clear(&mut log, two);
    say(&mut log, two, Role::User, "after");
    let mut expected: Vec<String> = (0..10).map(|number| format!("one {number}")).collect();
    for page in [1, 3, 100] {
        assert_eq!(listed(&mut log, Selection::Session(one), page), expected);
    }
    expected.push("after".into());
    for page in [1, 4, 11, 100] {
        let alice = Selection::User(user("alice"));
        assert_eq!(listed(&mut log, alice, page), expected);
    }
    assert_eq!(listed(&mut log, Selection::Global, 7).len(), 31);
    assert_eq!(listed(&mut log, Selection::User(user("eve")), 7), [""; 0]);
}

fn a_listing_shows_the_log_as_it_was_when_it_began(tenant: &Tenant) {
    let (mut log, mut other) = (tenant.log(), tenant.log());
    let session = begin(&mut log, "alice", 1);
    for content in ["one", "two", "three"] {
        say(&mut log, session, Role::User, content);
    }
    for selection in [Selection::Global, Selection::Session(session)] {
        let mut listing = log.list(selection).unwrap();
        let mut said = Vec::new();
        loop {
            let more = log.read(&mut listing, &mut |message| {
                said.push(message.content.to_owned());
                Flow::Full
            });
            say(&mut other, session, Role::User, "later");
            other.commit().unwrap();
            if !more.unwrap() {
                break;
            }
        }
        assert_eq!(said[..3], ["one", "two", "three"]);
        assert!(said.iter().all(|said| said != "later") || said.len() > 3);
        // The second round begins with what the first one added.
        let added = said.len() - 3;
        assert_eq!(said[3..], vec!["later"; added]);
    }
}

fn users_come_in_order_with_their_counts(tenant: &Tenant) {
    let mut log = tenant.log();
    for (number, name) in (1..).zip(["bob", "alice", "Zoë", "bob"]) {
        let session = begin(&mut log, name, number);
        if name == "bob" {
            say_at(&mut log, session, Role::User, "hi", 9_000);
        }
    }
    assert!(log.knows(&user("alice")).unwrap() && !log.knows(&user("eve")).unwrap());
    let like = |log: &mut Log, prefix, limit| {
        let names = log.users_like(prefix, limit).unwrap();
        names.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(like(&mut log, "", 9), ["Zoë", "alice", "bob"]);
    assert_eq!(like(&mut log, "", 2), ["Zoë", "alice"]);
    assert_eq!(like(&mut log, "b", 9), ["bob"]);
    assert_eq!(like(&mut log, "%", 9), [""; 0]);
    let mut counts = Vec::new();
    log.users(Some(&user("Zoë")), &mut |row| {
        counts.push((
            row.user.to_string(),
            row.sessions,
            row.messages,
            row.last_at,
        ));
        Flow::More
    })
    .unwrap();
    let expected = [
        ("alice".to_owned(), 1, 0, None),
        ("bob".to_owned(), 2, 2, Some(Timestamp(9_000))),
    ];
    assert_eq!(counts, expected);
}

fn what_a_user_said_is_recalled_newest_first(tenant: &Tenant) {
    let mut log = tenant.log();
    let one = begin(&mut log, "alice", 1);
    let two = begin(&mut log, "alice", 2);
    let bobs = begin(&mut log, "bob", 3);
    for (session, content) in [(one, "a"), (two, "b"), (bobs, "no"), (one, "c"), (one, "d")] {
        say(&mut log, session, Role::User, content);
        say(&mut log, session, Role::Ai, "reply");
    }
    clear(&mut log, one);
    say(&mut log, two, Role::User, "e");
    for limit in [1, 2, 3, 100] {
        let mut recall = log.recall(&user("alice")).unwrap();
        let mut said = Vec::new();
        loop {
            let page = log.recall_more(&mut recall, limit).unwrap();
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= limit);
            said.extend(page);
        }
        assert_eq!(said, ["e", "d", "c", "b", "a"]);
    }
    let mut recall = log.recall(&user("eve")).unwrap();
    assert_eq!(log.recall_more(&mut recall, 9).unwrap(), [""; 0]);
}

fn two_logs_on_one_session_make_one_conversation(tenant: &Tenant) {
    let (mut one, mut two) = (tenant.log(), tenant.log());
    let session = begin(&mut one, "alice", 1);
    one.commit().unwrap();
    for round in 0..6 {
        say(&mut one, session, Role::User, &format!("one {round}"));
        if tenant.kind == Kind::MemoryNumberingAtCommit {
            // Both at the same time: whoever commits first stands first.
            say(&mut two, session, Role::User, &format!("two {round}"));
            one.commit().unwrap();
        } else {
            one.commit().unwrap();
            say(&mut two, session, Role::User, &format!("two {round}"));
        }
        two.commit().unwrap();
        let receipts = [one.take_receipts(), two.take_receipts()];
        if tenant.kind == Kind::MemoryNumberingAtCommit {
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

fn a_held_session_stays_where_it_is(tenant: &Tenant) {
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

fn a_failed_read_stops_nothing(tenant: &Tenant) {
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

fn what_is_not_committed_is_gone_with_the_handle(tenant: &Tenant) {
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

fn a_group_that_is_taken_back_leaves_nothing(tenant: &Tenant) {
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
    let turn = backend.begin(&plan).unwrap();
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
    };
    backend.add_session(&other).unwrap();
    let draft = Draft::new(Role::User, "two", Timestamp(0));
    let row = rules::message(session, &before, &draft, turn.newest_at);
    let id = backend.add_message(&row).unwrap();
    let moved = rules::appended(&before, &row, id);
    let change = super::rows::SessionChange::End(&moved, Some("words"));
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

fn a_reply_that_is_coming_is_kept_until_it_is_said(tenant: &Tenant) {
    let mut log = tenant.log();
    let session = begin(&mut log, "alice", 1);
    say(&mut log, session, Role::User, "question");
    log.keep_partial(session, "ha", "model").unwrap();
    log.keep_partial(session, "half", "model").unwrap();
    assert_eq!(listed(&mut log, Selection::Global, 9), ["question"]);
    // Its process lives: nobody else takes it.
    let alice = user("alice");
    assert_eq!(tenant.log().recover(&alice, Timestamp(0)).unwrap(), []);
    say(&mut log, session, Role::Ai, "half a reply");
    log.commit().unwrap();
    assert_eq!(tenant.backend().partials(&alice).unwrap(), []);
    // Of a process that is gone the part is kept, once.
    let gone = super::rows::PartialRow {
        session,
        writer: "1:0@another-boot",
        content: "cut",
        model: "model",
    };
    let mut backend = tenant.backend();
    loop {
        backend.begin(&Plan::default()).unwrap();
        backend.put_partial(&gone).unwrap();
        if backend.commit().unwrap() == super::backend::Commit::Done {
            break;
        }
    }
    drop(backend);
    let recovered = log.recover(&alice, Timestamp(5_000)).unwrap();
    assert_eq!(recovered.len(), 1);
    assert_eq!(
        (recovered[0].session, recovered[0].content.as_str()),
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
    })
    .unwrap();
}

fn times_never_fall(tenant: &Tenant) {
    let (mut one, mut two) = (tenant.log(), tenant.log());
    let session = begin(&mut one, "alice", 1);
    say_at(&mut one, session, Role::User, "late", 9_000);
    one.commit().unwrap();
    let draft = Draft::new(Role::User, "early", Timestamp(10));
    let receipt = two.append_placed(session, &draft).unwrap();
    two.commit().unwrap();
    assert_eq!(receipt.created_at, Timestamp(9_000));
    assert_eq!(one.end(session).unwrap().touched_at, Timestamp(9_000));
}

/// A store that says whatever it is told to say.
#[test]
fn a_write_that_failed_stops_the_log_and_a_busy_store_does_not() {
    let tenant = Tenant::new(Kind::Sqlite);
    let path = tenant.folder.path().join("store.db");
    let mut log = Log::new(Box::new(Sqlite::open(&path, Box::new(|_| true)).unwrap()));
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
    std::fs::rename(&path, tenant.folder.path().join("elsewhere.db")).unwrap();
    log.append(session, &draft).unwrap();
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
    assert_eq!(current_context(&mut log, session), ["one"]);
}

/// Keeps the store to itself until it is dropped.
fn rusqlite_lock(path: &std::path::Path) -> Box<dyn Backend> {
    let mut other = Sqlite::open(path, Box::new(|_| true)).unwrap();
    other.begin(&Plan::default()).unwrap();
    Box::new(other)
}
