use std::ops::ControlFlow;

use super::super::chain::count;
use super::super::conversation::Conversation;
use super::super::tables::made;
use super::super::trial::{Told, broken, said, told};
use super::*;
use crate::domain::{Role, Timestamp, Usage};

/// The tables as the first version made them, and what later ones added.
const OLD: &str = include_str!("old.sql");
/// The tables of threads.
const NEW: &str = include_str!("new.sql");

fn tell(statements: &str) -> Vec<Told> {
    let folder = tempfile::tempdir().unwrap();
    let path = made(folder.path(), statements);
    told(|visit| read(&path, visit))
}

fn at(second: i64) -> Timestamp {
    Timestamp((1_793_701_800 + second) * 1000)
}

/// The conversations that are kept as questions with their answers.
fn old() -> [Conversation; 2] {
    let mut first = Conversation {
        id: "01a".into(),
        title: Some("Names".into()),
        at: Some(at(0)),
        model: Some("gpt-4o".into()),
        messages: vec![
            said("01r1:system", None, Role::System, "Be brief."),
            said("01r1:prompt", Some(0), Role::User, "Wie heißt du?"),
            said("01r1:response", Some(1), Role::Ai, "llm"),
            said(
                "01r2:prompt",
                Some(2),
                Role::User,
                "And this?\n[image: cat.png]\n[file: README.md]",
            ),
            said("01r2:response", Some(3), Role::Ai, "A cat 🙂"),
        ],
        ..Conversation::default()
    };
    for (message, second) in first.messages.iter_mut().zip([0, 0, 0, 5, 5]) {
        message.at = Some(at(second));
    }
    first.messages[2].model = Some("gpt-4o".into());
    first.messages[2].usage = Some(Usage {
        prompt: 12,
        reply: 3,
    });
    first.messages[4].model = Some("o3".into());
    first.messages[4].reasoning = Some("Whiskers".into());
    for kind in ["fragments", "images", "tool calls", "tool results"] {
        first.left_out.count(kind);
    }
    let mut alone = Conversation {
        id: "01r3".into(),
        messages: vec![said("01r3:prompt", None, Role::User, "alone")],
        ..Conversation::default()
    };
    alone.left_out.count("messages without text");
    [first, alone]
}

#[test]
fn questions_with_answers_are_read() {
    let [first, alone] = old();
    let expected = [Told::Conversation(first), Told::Conversation(alone)];
    assert_eq!(tell(OLD), expected);
}

#[test]
fn the_first_tables_had_less() {
    let statements = "CREATE TABLE conversations (id TEXT, name TEXT, model TEXT); \
        CREATE TABLE responses (id TEXT, model TEXT, prompt TEXT, system TEXT, response TEXT, \
        conversation_id TEXT, datetime_utc TEXT); \
        INSERT INTO responses VALUES ('r', 'm', 'hi', NULL, 'hello', 'c', 'once');";
    let mut expected = Conversation {
        id: "c".into(),
        messages: vec![
            said("r:prompt", None, Role::User, "hi"),
            said("r:response", Some(0), Role::Ai, "hello"),
        ],
        ..Conversation::default()
    };
    expected.messages[1].model = Some("m".into());
    assert_eq!(tell(statements), [Told::Conversation(expected)]);
}

#[test]
fn threads_are_read_and_hide_what_they_go_on_with() {
    let mut thread = Conversation {
        id: "01a".into(),
        title: Some("Names".into()),
        at: Some(at(0)),
        messages: vec![
            said("h1", None, Role::System, "Be brief."),
            said("h2", Some(0), Role::User, "Read this: a README, please"),
            said("h5", Some(1), Role::Ai, "Read."),
            said("h6", Some(2), Role::User, "And?\n[image: cat.png]"),
            said("h7", Some(3), Role::Ai, "A cat."),
        ],
        current: Some(4),
        ..Conversation::default()
    };
    for (message, second) in thread.messages.iter_mut().zip([1, 1, 2, 9, 9]) {
        message.at = Some(at(second));
    }
    thread.messages[2].model = Some("gpt-5".into());
    thread.messages[2].usage = Some(Usage {
        prompt: 30,
        reply: 4,
    });
    thread.messages[2].reasoning = Some("Long.".into());
    thread.messages[4].model = Some("o3".into());
    for (kind, times) in [
        ("images", 1),
        ("messages without text", 2),
        ("tool calls", 1),
        ("tool results", 1),
    ] {
        count(&mut thread.left_out, kind, times);
    }
    let mut fork = Conversation {
        id: "02b".into(),
        at: Some(at(20)),
        messages: vec![
            said("h1", None, Role::System, "Be brief."),
            said("h2", Some(0), Role::User, "Read this: a README, please"),
            said("h8", Some(1), Role::Ai, "Too long."),
            said("h9", Some(2), Role::User, "Well?"),
        ],
        current: Some(3),
        ..Conversation::default()
    };
    for message in &mut fork.messages[..3] {
        message.at = Some(at(21));
    }
    fork.messages[2].model = Some("gpt-5".into());
    let [_, alone] = old();
    let expected = [
        Told::Conversation(thread),
        Told::Conversation(fork),
        broken("thread 03c, message l2", "it stands before itself"),
        broken("thread 03c, message gone", "it is missing"),
        broken("thread 03c, message x1", "nobody knows its role"),
    ];
    let told = tell(&format!("{OLD}{NEW}"));
    assert_eq!(told[..5], expected);
    let Told::Conversation(broken) = &told[5] else {
        panic!("{told:?}");
    };
    let ids: Vec<_> = broken.messages.iter().map(|message| &message.id).collect();
    assert_eq!(ids, ["l1", "l2"]);
    assert_eq!(told[6..], [Told::Conversation(alone)]);
    assert_eq!(tell(NEW).len(), 6);
}

#[test]
fn tables_that_are_not_known_are_refused() {
    let why = |statements: &str| match tell(statements).pop() {
        Some(Told::Fault(place, why)) if place == "the database" => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        why("CREATE TABLE x (y)"),
        "it has none of the tables of llm"
    );
    assert_eq!(
        why("CREATE TABLE conversations (id); CREATE TABLE responses (id)"),
        "its tables are of a version of llm that is not known: `conversations` has no column `name`"
    );
    assert_eq!(
        why("CREATE TABLE conversations (id, name, model)"),
        "its tables are of a version of llm that is not known: there is no `responses`"
    );
    assert_eq!(
        why("CREATE TABLE logs (id, prompt, response)"),
        "its tables are of a version of llm before 0.5, which kept no conversations"
    );
    let view = "CREATE TABLE conversations (id, name, model); CREATE VIEW responses AS \
                SELECT 1 AS id, 2 AS model, 3 AS prompt, 4 AS system, 5 AS response, \
                6 AS conversation_id, 7 AS datetime_utc";
    assert!(why(view).ends_with("there is no `responses`"));
}

#[test]
fn who_has_enough_ends_the_reading() {
    let folder = tempfile::tempdir().unwrap();
    for statements in [OLD, &format!("{OLD}{NEW}")] {
        let path = made(folder.path(), statements);
        let mut found = 0;
        let result = read(&path, &mut |_| {
            found += 1;
            ControlFlow::Break(())
        });
        assert!(result.is_ok());
        assert_eq!(found, 1);
        std::fs::remove_file(path).unwrap();
    }
}
