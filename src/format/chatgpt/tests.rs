use std::ops::ControlFlow;

use super::super::{Broken, Found};
use super::*;
use crate::domain::Timestamp;

/// All that is found, and where the reading ended early.
fn read_all(json: &[u8]) -> (Vec<Found>, Option<Broken>) {
    let mut found = Vec::new();
    let mut source = json;
    let read = read(&mut source, &mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    });
    match read {
        Ok(()) => (found, None),
        Err(Fault::Broken(broken)) => (found, Some(broken)),
        Err(Fault::Io(error)) => panic!("{error}"),
    }
}

fn one(json: &str) -> Conversation {
    match read_all(format!("[{json}]").as_bytes()) {
        (mut found, None) if found.len() == 1 => match found.remove(0) {
            Found::Conversation(conversation) => conversation,
            Found::Broken(broken) => panic!("{broken:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn broken(place: &str, why: &str) -> Found {
    Found::Broken(Broken {
        place: place.to_owned(),
        why: why.to_owned(),
    })
}

fn counted(kinds: &[(&'static str, u64)]) -> LeftOut {
    let mut left_out = LeftOut::default();
    for (kind, count) in kinds {
        (0..*count).for_each(|_| left_out.count(kind));
    }
    left_out
}

#[test]
fn a_conversation_is_a_tree_of_which_some_is_hidden() {
    let mut question = Utterance::new(
        "u1",
        Role::User,
        "[image: cat é.png]\nWhat is it?\n[file: notes.pdf]",
    );
    question.at = Some(Timestamp(1_700_000_002_500));
    let mut first = Utterance::new("a1", Role::Ai, "A cat.");
    first.parent = Some(0);
    first.at = Some(Timestamp(1_700_000_009_000));
    first.model = Some("gpt-4o".to_owned());
    first.finish_reason = Some("stop".to_owned());
    let mut second = Utterance::new("a2", Role::Ai, "A cat, 你好 🙂.");
    second.parent = Some(0);
    second.at = Some(Timestamp(1_700_000_020_000));
    second.model = Some("o3".to_owned());
    second.reasoning = Some("It has whiskers.\nIt purrs.".to_owned());
    let mut thanks = Utterance::new("u2", Role::User, "Thanks");
    thanks.parent = Some(2);
    let expected = Conversation {
        id: "c1".to_owned(),
        title: Some("Animals".to_owned()),
        at: Some(Timestamp(1_700_000_000_123)),
        model: Some("gpt-4o".to_owned()),
        is_archived: true,
        messages: vec![question, first, second, thanks],
        current: Some(3),
        left_out: counted(&[
            ("custom instructions", 1),
            ("empty messages", 1),
            ("files", 1),
            ("hidden messages", 2),
            ("memories", 1),
            ("messages to tools", 1),
            ("messages of other roles", 1),
            ("pictures", 1),
            ("recaps of reasoning", 1),
            ("tool messages", 1),
        ]),
        ..Conversation::default()
    };
    assert_eq!(one(include_str!("tree.json")), expected);
}

#[test]
fn what_is_broken_costs_only_itself() {
    let json = r#"{"conversations":[
        {"id":"x","title":"Trip  to\nRome"},
        {"title":null,"mapping":[1]},
        7,
        {"id":"y","title":"","mapping":{
            "a":{"message":{"author":{"role":"user"},"content":{"parts":["a"]}}},
            "b":{"parent":"a","message":{"content":{"parts":["b"]}}},
            "c":{"parent":"b","message":"text"},
            "d":5,
            "e":{"parent":"c","message":{"author":{"role":"assistant"},"content":{"parts":["e"]}}}
        }},
        {"a" 1}
    ]}"#;
    let mut first = Utterance::new("a", Role::User, "a");
    let mut last = Utterance::new("e", Role::Ai, "e");
    (first.parent, last.parent) = (None, Some(0));
    let conversation = Conversation {
        id: "y".to_owned(),
        messages: vec![first, last],
        ..Conversation::default()
    };
    let expected = vec![
        broken(
            "conversation 1 “Trip to Rome”",
            "it has no messages: `mapping` is not there",
        ),
        broken(
            "conversation 2",
            "it cannot be read: invalid type: sequence, expected an object",
        ),
        broken(
            "conversation 3",
            "it cannot be read: invalid type: integer `7`, expected an object",
        ),
        Found::Conversation(conversation),
        broken("conversation 4, message 2", "it has no role"),
        broken("conversation 4, message 3", "it is no object"),
        broken(
            "conversation 4, message 4",
            "it cannot be read: invalid type: integer `5`, expected an object",
        ),
        broken("conversation 5", "it cannot be read: expected `:`"),
    ];
    assert_eq!(read_all(json.as_bytes()), (expected, None));
}

#[test]
fn a_file_that_ends_early_gives_what_came_before() {
    let json = "\u{FEFF}[{\"id\":\"a\",\"mapping\":{}},{\"id\":\"b\",\"map";
    let (found, fault) = read_all(json.as_bytes());
    assert!(matches!(&found[..], [Found::Conversation(one)] if one.id == "a"));
    let fault = fault.unwrap();
    assert_eq!(fault.place, "conversation 2");
    assert_eq!(fault.why, "the file ends in the middle of it");
}

#[test]
fn circles_and_doubled_ids_end() {
    let node = |id: &str, parent: &str, at: &str| {
        format!(
            r#""{id}":{{"parent":{parent},"message":{{"author":{{"role":"user"}},"create_time":{at},"content":{{"parts":["{id}{at}"]}}}}}}"#
        )
    };
    let nodes = [
        node("a", "\"b\"", "3e9"),
        node("b", "\"a\"", "2e9"),
        node("a", "\"b\"", "1"),
        node("c", "\"gone\"", "null"),
    ];
    let found = one(&format!(
        r#"{{"id":"x","current_node":"a","mapping":{{{}}}}}"#,
        nodes.join(",")
    ));
    let told: Vec<_> = found
        .messages
        .iter()
        .map(|said| (&*said.content, said.parent))
        .collect();
    assert_eq!(told, [("cnull", None), ("b2e9", None), ("a3e9", Some(1))]);
    assert_eq!(found.current, Some(2));
    assert_eq!(found.left_out, counted(&[("doubled messages", 1)]));
}

#[test]
fn half_characters_and_bytes_that_are_no_text_are_replaced() {
    let json = br#"[{"id":"x","mapping":{"a":{"message":{"author":{"role":"user"},
        "content":{"content_type":"text","parts":["\ud83d|\u0000|\xff|\\ud83d"]}}}}}]"#;
    let json: Vec<u8> = String::from_utf8_lossy(json)
        .replace("\\xff", "\u{1}")
        .into_bytes();
    let json: Vec<u8> = json
        .into_iter()
        .map(|byte| if byte == 1 { 0xFF } else { byte })
        .collect();
    let (found, fault) = read_all(&json);
    assert_eq!(fault, None);
    let [Found::Conversation(one)] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(one.messages[0].content, "\u{FFFD}|\0|\u{FFFD}|\\ud83d");
}

#[test]
fn a_break_ends_the_reading() {
    let mut count = 0;
    let mut source: &[u8] = br#"[{"mapping":{}},{"mapping":{}},"#;
    let read = read(&mut source, &mut |_| {
        count += 1;
        ControlFlow::Break(())
    });
    assert!(read.is_ok());
    assert_eq!(count, 1);
}

#[test]
fn a_conversation_without_a_name_has_the_same_one_each_time() {
    let id = one(r#"{"mapping":{}}"#).id;
    assert_eq!(one(r#"{"mapping":{}}"#).id, id);
    assert_ne!(one(r#"{"title":"a","mapping":{}}"#).id, id);
}

#[test]
fn depth_costs_one_message() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let json = format!(r#"[{{"id":"x","mapping":{{"a":{{"message":{{"metadata":{deep}}}}}}}}}]"#);
    let (found, fault) = read_all(json.as_bytes());
    assert_eq!((found.len(), fault), (2, None));
    assert_eq!(
        found[1],
        broken(
            "conversation 1, message 1",
            "it cannot be read: recursion limit exceeded"
        )
    );
}
