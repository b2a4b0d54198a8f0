use super::super::chain::count;
use super::super::tables::made;
use super::super::trial::{Told, broken, is_read_to_an_end, said, tell_all, told};
use super::*;
use crate::domain::{Role, Usage};

/// One list over many lines, as it is written to be read.
const LIST: &[u8] = include_bytes!("messages.json");

fn trip() -> Conversation {
    let mut trip = Conversation {
        id: "dbb86adf-7f75-50ee-a15f-5cd3057539aa".into(),
        messages: vec![
            said("1", None, Role::System, "Be brief."),
            said(
                "2",
                Some(0),
                Role::User,
                "What is this?\n[image: forum.jpg]",
            ),
            said("run-1", Some(1), Role::Ai, "The Forum 🙂\n\u{fffd}"),
            said("7", Some(2), Role::User, "Grazie"),
            said("8", Some(3), Role::Ai, "Prego"),
        ],
        ..Conversation::default()
    };
    let answer = &mut trip.messages[2];
    answer.model = Some("gpt-4o".into());
    answer.finish_reason = Some("stop".into());
    answer.reasoning = Some("A ruin?".into());
    answer.usage = Some(Usage {
        prompt: 30,
        reply: 5,
    });
    for (kind, times) in [
        ("images", 1),
        ("messages without text", 1),
        ("removals", 1),
        ("tool calls", 2),
        ("tool messages", 1),
    ] {
        count(&mut trip.left_out, kind, times);
    }
    trip
}

#[test]
fn a_list_is_a_conversation() {
    let expected = [
        broken("message 10", "it has no data"),
        broken("message 11", "nobody knows the type `narrator`"),
        broken("message 12", "it has no type"),
        Told::Conversation(trip()),
    ];
    assert_eq!(tell_all(read, LIST), expected);
}

#[test]
fn a_list_on_a_line_is_one_too() {
    let list: Value = serde_json::from_slice(&without_half(LIST)).unwrap();
    let lines = format!("\u{feff}{list}\n\n{{\n[]\n{{\"session_id\":\"s\",\"messages\":[]}}\n7\n");
    let told = tell_all(read, lines.as_bytes());
    assert_eq!(told[0], broken("line 1, message 10", "it has no data"));
    let Told::Conversation(first) = &told[3] else {
        panic!("{told:?}");
    };
    assert_eq!(first.messages[3], trip().messages[3]);
    let empty = |id: &str| {
        Told::Conversation(Conversation {
            id: id.to_owned(),
            ..Conversation::default()
        })
    };
    let why = "it is no JSON: EOF while parsing an object, at column 1";
    assert_eq!(told[4], broken("line 3", why));
    assert_eq!(told[6], empty("s"));
    assert_eq!(told[7], broken("line 6", "it has no `messages`"));
    assert_eq!(told.len(), 8);
}

/// The same without the half of a character, which no other reader takes.
fn without_half(json: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(json)
        .replace("\\ud800", "x")
        .into_bytes()
}

#[test]
fn a_list_of_conversations_has_their_names() {
    let hello = |id: &str| {
        Told::Conversation(Conversation {
            id: id.to_owned(),
            messages: vec![said("1", None, Role::User, "hi")],
            ..Conversation::default()
        })
    };
    let message = r#"{"type":"human","data":{"content":"hi"}}"#;
    let of = |id: &str| format!("{{\"session_id\":\"{id}\",\"messages\":[{message}]}}");
    let expected = [hello("a"), hello("b")];
    let on_a_line = format!("[{},{}]", of("a"), of("b"));
    assert_eq!(tell_all(read, on_a_line.as_bytes()), expected);
    let on_lines = format!("[\n{},\n{}\n]", of("a"), of("b"));
    assert_eq!(tell_all(read, on_lines.as_bytes()), expected);
    let lines = format!("{}\n{}", of("a"), of("b"));
    assert_eq!(tell_all(read, lines.as_bytes()), expected);
    let many = of("a").replacen('{', "{\n", 1);
    assert_eq!(tell_all(read, many.as_bytes()), [hello("a")]);
    let cut = format!("[\n{message},\n{}", of("a"));
    let told = tell_all(read, &cut.as_bytes()[..cut.len() - 1]);
    assert!(matches!(&told[0], Told::Conversation(found) if found.messages.len() == 1));
    let fault = Told::Fault("item 2".into(), "the file ends before it does".into());
    assert_eq!(told[1..], [fault]);
}

#[test]
fn a_table_has_a_row_for_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = made(
        folder.path(),
        r#"CREATE TABLE message_store (id INTEGER PRIMARY KEY, session_id TEXT, message TEXT);
        INSERT INTO message_store VALUES
        (1, 'b', '{"type":"human","data":{"content":"hi","type":"human"}}'),
        (2, 'a é', '{"type":"human","data":{"content":"x"}}'),
        (3, 'b', '{"type":"ai","data":{"content":"hello","id":"run-1"}}'),
        (4, 'b', '{"type":'), (5, 'b', NULL);"#,
    );
    let first = Conversation {
        id: "a é".into(),
        messages: vec![said("2", None, Role::User, "x")],
        ..Conversation::default()
    };
    let second = Conversation {
        id: "b".into(),
        messages: vec![
            said("1", None, Role::User, "hi"),
            said("3", Some(0), Role::Ai, "hello"),
        ],
        ..Conversation::default()
    };
    let expected = [
        Told::Conversation(first),
        broken(
            "row 4",
            "it is no JSON: EOF while parsing a value, at column 8",
        ),
        broken("row 5", "it has no message"),
        Told::Conversation(second),
    ];
    assert_eq!(told(|visit| read_database(&path, visit)), expected);
}

#[test]
fn another_table_is_refused() {
    for (statements, why) in [
        ("CREATE TABLE x (y)", "it has no table `message_store`"),
        (
            "CREATE TABLE message_store (id, session)",
            "its table `message_store` has no column `session_id`",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = made(folder.path(), statements);
        let fault = Told::Fault("the database".into(), why.into());
        assert_eq!(told(|visit| read_database(&path, visit)), [fault]);
    }
}

#[test]
fn whatever_is_read_there_is_an_end() {
    is_read_to_an_end(read, LIST);
    let line = r#"{"session_id":"s","messages":[{"type":"ai","data":{"content":["a","b"]}}]}"#;
    is_read_to_an_end(read, format!("{line}\n[]\n{line}\n").as_bytes());
}
