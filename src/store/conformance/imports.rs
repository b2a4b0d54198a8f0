//! Sessions of other programs.

use super::super::imported::{
    ImportedConversation, ImportedCount, ImportedMessage, ImportedSession,
};
use super::*;

fn message(key: u8, parent: Option<usize>, role: Role, content: &str) -> ImportedMessage<'_> {
    ImportedMessage {
        key: [key; 16],
        parent,
        said_at: Timestamp(i64::from(key) * 1_000),
        draft: Draft {
            model: (role == Role::Ai).then_some("m"),
            ..Draft::new(role, content, Timestamp(900_000))
        },
    }
}

/// A prompt, a question with two replies, and a question to each of these.
fn branching() -> Vec<ImportedMessage<'static>> {
    vec![
        message(1, None, Role::System, "be brief"),
        message(2, Some(0), Role::User, "question"),
        message(3, Some(1), Role::Ai, "first"),
        message(4, Some(1), Role::Ai, "second"),
        message(5, Some(2), Role::User, "to the first"),
        message(6, Some(3), Role::User, "to the second"),
    ]
}

fn import(
    log: &mut Log,
    messages: &[ImportedMessage<'_>],
    current: Option<usize>,
) -> ImportedCount {
    let alice = user("alice");
    let session = ImportedSession {
        user: &alice,
        session: session_id(77),
        title: Some("elsewhere"),
        source: "chatgpt",
        last_at: Timestamp(6_000),
        is_dated: true,
    };
    let conversation = ImportedConversation {
        session,
        messages: messages.to_vec(),
        current,
    };
    let all = [conversation];
    let expected = log.look_at_import(&all).unwrap();
    let count = log.import(&all).unwrap();
    assert_eq!(count, expected);
    log.commit().unwrap();
    count[0]
}

fn key(log: &mut Log) -> SessionKey {
    let id = session_id(77).to_string();
    let found = log.find(&user("alice"), Which::Prefix(&id), 2).unwrap();
    let [found] = found.as_slice() else {
        panic!("{found:?}");
    };
    found.key
}

fn count(is_new: bool, added: u64, known: u64, is_left: bool) -> ImportedCount {
    ImportedCount {
        is_new,
        added,
        known,
        is_left,
    }
}

pub(super) fn a_session_of_another_program_comes_once(tenant: &Tenant) {
    let mut log = tenant.log();
    let own = begin(&mut log, "alice", 1);
    say(&mut log, own, Role::User, "here");
    log.commit().unwrap();
    let first = branching();
    assert_eq!(import(&mut log, &first, Some(4)), count(true, 6, 0, false));
    let session = key(&mut log);
    assert_eq!(
        current_context(&mut log, session),
        ["question", "first", "to the first"]
    );
    let end = log.end(session).unwrap();
    assert_eq!((end.depth, end.count), (3, 6));
    assert!(end.system.is_some());
    // It comes from elsewhere, and is not what was spoken in last here.
    let latest = log.find(&user("alice"), Which::Latest, 1).unwrap();
    assert_eq!(latest[0].key, own);
    let mut told = Vec::new();
    let mut listing = log.list(Selection::LogOfSession(session)).unwrap();
    log.read(&mut listing, &mut |message| {
        told.push((
            message.seq,
            message.time().0,
            message.source.map(str::to_owned),
        ));
        Flow::More
    })
    .unwrap();
    let expected: Vec<_> = (1..=6)
        .map(|n| (n, n * 1_000, Some("chatgpt".to_owned())))
        .collect();
    assert_eq!(told, expected);
    // Once more, it is there.
    assert_eq!(import(&mut log, &first, Some(4)), count(false, 0, 6, false));
    assert_eq!(log.end(session).unwrap(), end);
    assert_eq!(end.touched_at, Timestamp(6_000));
    // Other branches can be forked from; a newer export moves the end.
    let mut newer = first.clone();
    newer.push(message(7, Some(5), Role::Ai, "more"));
    assert_eq!(import(&mut log, &newer, Some(6)), count(false, 1, 6, false));
    assert_eq!(
        current_context(&mut log, session),
        ["question", "second", "to the second", "more"]
    );
    assert_eq!(log.end(session).unwrap().depth, 4);
}

pub(super) fn what_was_said_here_meanwhile_stays_where_it_is(tenant: &Tenant) {
    let mut log = tenant.log();
    let mut messages = branching();
    import(&mut log, &messages, Some(4));
    let session = key(&mut log);
    say(&mut log, session, Role::Ai, "an answer here");
    log.commit().unwrap();
    let here = ["question", "first", "to the first", "an answer here"];
    assert_eq!(current_context(&mut log, session), here);
    messages.push(message(7, Some(4), Role::Ai, "an answer there"));
    assert_eq!(
        import(&mut log, &messages, Some(6)),
        count(false, 1, 6, true)
    );
    assert_eq!(current_context(&mut log, session), here);
    let end = log.end(session).unwrap();
    assert_eq!((end.depth, end.count), (4, 8));
    // The next message is the next of the session, and its own has no time from there.
    say(&mut log, session, Role::User, "and now?");
    log.commit().unwrap();
    let mut last = None;
    let head = head_of(&mut log, session).unwrap();
    log.message(head, &mut |message| {
        last = Some((
            message.seq,
            message.source.map(str::to_owned),
            message.said_at,
        ));
    })
    .unwrap();
    assert_eq!(last, Some((9, None, None)));
    assert_eq!(
        import(&mut log, &messages, Some(6)),
        count(false, 0, 7, false)
    );
}

pub(super) fn conversations_that_come_together_stay_apart(tenant: &Tenant) {
    let mut log = tenant.log();
    let (alice, bob) = (user("alice"), user("bob"));
    let talk = |owner, number: u32, keys: &[u8]| ImportedConversation {
        session: ImportedSession {
            user: owner,
            session: session_id(number),
            title: None,
            source: "llm",
            last_at: Timestamp(1),
            is_dated: true,
        },
        messages: (0_usize..)
            .zip(keys)
            .map(|(at, key)| message(*key, at.checked_sub(1), Role::User, "said"))
            .collect(),
        current: None,
    };
    // The first stands in the source twice, and says more the second time.
    let all = [
        talk(&alice, 81, &[1, 2]),
        talk(&bob, 82, &[3]),
        talk(&alice, 83, &[4, 5, 6]),
        talk(&alice, 81, &[1, 2, 7]),
    ];
    let counts = log.import(&all).unwrap();
    log.commit().unwrap();
    let expected = [
        count(true, 2, 0, false),
        count(true, 1, 0, false),
        count(true, 3, 0, false),
        count(false, 1, 2, false),
    ];
    assert_eq!(counts, expected);
    for (number, owner, depth) in [(81, &alice, 3), (82, &bob, 1), (83, &alice, 3)] {
        let (key, user) = log.named(session_id(number)).unwrap().unwrap();
        let end = log.end(key).unwrap();
        assert_eq!((&user, end.depth, end.count), (owner, depth, depth));
        let said = current_context(&mut log, key).len();
        assert_eq!(i64::try_from(said), Ok(depth));
    }
    // They are listed in the order in which they came.
    let listed = log.find(&alice, Which::All, 9).unwrap();
    let listed: Vec<_> = listed.iter().map(|row| row.session).collect();
    assert_eq!(listed, [session_id(83), session_id(81)]);
    let mut newer = all;
    newer[2]
        .messages
        .push(message(8, Some(2), Role::User, "more"));
    let counts = log.import(&newer).unwrap();
    log.commit().unwrap();
    let expected = [
        count(false, 0, 2, false),
        count(false, 0, 1, false),
        count(false, 1, 3, false),
        count(false, 0, 3, false),
    ];
    assert_eq!(counts, expected);
}

pub(super) fn what_follows_a_prompt_in_the_middle_goes_on_behind_what_that_follows(
    tenant: &Tenant,
) {
    let mut log = tenant.log();
    let mut messages = vec![
        message(1, None, Role::User, "question"),
        message(2, Some(0), Role::Ai, "answer"),
        message(3, Some(1), Role::System, "from now on be brief"),
    ];
    import(&mut log, &messages, None);
    messages.push(message(4, Some(2), Role::User, "and now?"));
    assert_eq!(import(&mut log, &messages, None), count(false, 1, 3, false));
    let session = key(&mut log);
    assert_eq!(
        current_context(&mut log, session),
        ["question", "answer", "and now?"]
    );
    assert_eq!(log.end(session).unwrap().depth, 3);
}

pub(super) fn an_import_that_is_not_committed_is_gone(tenant: &Tenant) {
    let mut log = tenant.log();
    let alice = user("alice");
    let session = ImportedSession {
        user: &alice,
        session: session_id(77),
        title: None,
        source: "llm",
        last_at: Timestamp(1),
        is_dated: true,
    };
    let messages = branching();
    let all = [ImportedConversation {
        session,
        messages: messages.clone(),
        current: None,
    }];
    let expected = [count(true, 6, 0, false)];
    assert_eq!(log.look_at_import(&all).unwrap(), expected);
    // A process does not outlive its memory, and where ids come with the commit it is done.
    if tenant.kind == Kind::Sqlite {
        assert_eq!(log.import(&all).unwrap(), expected);
        drop(log);
        log = tenant.log();
    }
    assert_eq!(import(&mut log, &messages, None), count(true, 6, 0, false));
    let session = key(&mut log);
    // Without a word about which branch is shown it is the last one.
    assert_eq!(
        current_context(&mut log, session),
        ["question", "second", "to the second"]
    );
}

pub(super) fn what_says_something_else_by_a_known_key_stands_beside_it(tenant: &Tenant) {
    let mut log = tenant.log();
    let talk = |texts: &[&'static str]| -> Vec<ImportedMessage<'static>> {
        let said = (1_u8..).zip(texts).map(|(key, text)| {
            let role = if key % 2 == 1 { Role::User } else { Role::Ai };
            message(key, usize::from(key).checked_sub(2), role, text)
        });
        said.collect()
    };
    let old = talk(&["old", "old answer"]);
    assert_eq!(import(&mut log, &old, None), count(true, 2, 0, false));
    let session = key(&mut log);
    // Its name was given to another one. Nothing is put behind what it did not follow.
    let new = talk(&["new", "new answer", "and?", "well"]);
    assert_eq!(import(&mut log, &new, None), count(false, 4, 0, false));
    let context = ["new", "new answer", "and?", "well"];
    assert_eq!(current_context(&mut log, session), context);
    assert_eq!(import(&mut log, &new, None), count(false, 0, 4, false));
    // What was there is as it was, and goes on.
    let older = talk(&["old", "old answer", "and?"]);
    assert_eq!(import(&mut log, &old, None), count(false, 0, 2, false));
    assert_eq!(import(&mut log, &older, None), count(false, 1, 2, false));
    assert_eq!(
        current_context(&mut log, session),
        ["old", "old answer", "and?"]
    );
    // A reply that was half there, of a question that is not asked again.
    let whole = talk(&["old", "old answer, and its end", "and?", "well"]);
    assert_eq!(import(&mut log, &whole, None), count(false, 3, 1, false));
    assert_eq!(import(&mut log, &whole, None), count(false, 0, 4, false));
    assert_eq!(import(&mut log, &new, None), count(false, 0, 4, false));
    assert_eq!(current_context(&mut log, session), context);
    let end = log.end(session).unwrap();
    assert_eq!((end.depth, end.count), (4, 10));
    // The same text of somebody else is something else.
    let mut turned = talk(&["old"]);
    turned[0].draft.role = Role::Ai;
    assert_eq!(import(&mut log, &turned, None), count(false, 1, 0, false));
}

pub(super) fn a_prompt_that_says_something_else_moves_nothing(tenant: &Tenant) {
    let mut log = tenant.log();
    let mut messages = branching();
    import(&mut log, &messages, Some(4));
    let session = key(&mut log);
    let system = log.end(session).unwrap().system;
    messages[0] = message(1, None, Role::System, "be long");
    messages.push(message(7, Some(4), Role::Ai, "more"));
    for (added, known) in [(2, 5), (0, 7)] {
        let expected = count(false, added, known, false);
        assert_eq!(import(&mut log, &messages, Some(6)), expected);
        assert_eq!(
            current_context(&mut log, session),
            ["question", "first", "to the first", "more"]
        );
    }
    assert_eq!(log.end(session).unwrap().system, system);
}

pub(super) fn conversations_of_one_name_stay_apart(tenant: &Tenant) {
    let mut log = tenant.log();
    let alice = user("alice");
    let talk = |texts: [&'static str; 2]| ImportedConversation {
        session: ImportedSession {
            user: &alice,
            session: session_id(77),
            title: None,
            source: "chatgpt",
            last_at: Timestamp(1),
            is_dated: true,
        },
        messages: vec![
            message(1, None, Role::User, texts[0]),
            message(2, Some(0), Role::Ai, texts[1]),
        ],
        current: None,
    };
    // In one source, and the second one once more.
    let all = [
        talk(["rome?", "yes"]),
        talk(["bread?", "yes"]),
        talk(["bread?", "yes"]),
    ];
    let expected = [
        count(true, 2, 0, false),
        count(false, 2, 0, false),
        count(false, 0, 2, false),
    ];
    assert_eq!(log.look_at_import(&all).unwrap(), expected);
    assert_eq!(log.import(&all).unwrap(), expected);
    log.commit().unwrap();
    let session = key(&mut log);
    assert_eq!(current_context(&mut log, session), ["bread?", "yes"]);
    assert_eq!(log.import(&all[..1]).unwrap(), [count(false, 0, 2, false)]);
    log.commit().unwrap();
    assert_eq!(current_context(&mut log, session), ["rome?", "yes"]);
}
