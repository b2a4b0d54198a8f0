use std::ops::ControlFlow;

use super::super::{Broken, Found};
use super::*;
use crate::domain::Timestamp;

fn read_all(json: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut source = json.as_bytes();
    let read = read(&mut source, &mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    });
    assert!(read.is_ok(), "{read:?}");
    found
}

fn one(json: &str) -> Conversation {
    match read_all(&format!("[{json}]")).remove(0) {
        Found::Conversation(conversation) => conversation,
        Found::Broken(broken) => panic!("{broken:?}"),
    }
}

/// The texts and what each follows.
fn told(conversation: &Conversation) -> Vec<(&str, Option<usize>)> {
    let messages = conversation.messages.iter();
    messages.map(|said| (&*said.content, said.parent)).collect()
}

#[test]
fn a_conversation_is_a_line_of_messages() {
    let mut question = Utterance::new(
        "m1",
        Role::User,
        "Read this\n[file: a.txt]\none\ntwo\n[image: cat.png]\n[file: b.bin]",
    );
    question.at = Some(Timestamp(1_700_000_000_250));
    let mut reply = Utterance::new("m2", Role::Ai, "First.\nThen é 🙂.");
    reply.parent = Some(0);
    reply.at = Some(Timestamp(1_700_000_001_000));
    reply.reasoning = Some("Which tool?\n\nNow I know.".to_owned());
    let mut old = Utterance::new("3", Role::User, "only `text`");
    old.parent = Some(1);
    let mut left_out = LeftOut::default();
    for kind in [
        "empty messages",
        "files",
        "pictures",
        "tool calls",
        "tool results",
    ] {
        left_out.count(kind);
    }
    let json = r#"{"uuid":"c","name":"Reading","summary":"","account":{"uuid":"acc"},
        "created_at":"2023-11-14T22:13:20.250000Z","updated_at":"2023-11-14T22:14:20Z","chat_messages":[
        {"uuid":"m1","sender":"human","text":"","created_at":"2023-11-14T22:13:20.250000Z",
            "content":[{"type":"text","text":"Read this","citations":[]}],
            "attachments":[{"file_name":"a.txt","file_type":"txt","extracted_content":"one\ntwo"}],
            "files":[{"file_name":"cat.png","file_kind":"image"},{"file_name":"b.bin"}]},
        {"uuid":"t","sender":"assistant","text":"This block is not supported.","content":[
            {"type":"thinking","thinking":"Which tool?"},
            {"type":"tool_use","name":"x","input":{}},{"type":"tool_result","content":[]}]},
        {"uuid":"m2","sender":"assistant","text":"other","created_at":"2023-11-14T23:13:21+01:00","content":[
            {"type":"thinking","thinking":"Now I know."},
            {"type":"text","text":"First."},{"type":"text","text":"Then é 🙂."}]},
        {"sender":"human","text":"only `text`","created_at":null,"content":[{"type":"text","text":""}]}
        ]}"#;
    old.id = "4".to_owned();
    let expected = Conversation {
        id: "c".to_owned(),
        account: Some("acc".to_owned()),
        title: Some("Reading".to_owned()),
        at: Some(Timestamp(1_700_000_000_250)),
        messages: vec![question, reply, old],
        left_out,
        ..Conversation::default()
    };
    assert_eq!(one(json), expected);
}

#[test]
fn doubled_ids_do_not_bend_the_line() {
    let found = one(r#"{"uuid":"c","name":"","chat_messages":[
        {"uuid":"a","sender":"human","text":"1"},{"uuid":"b","sender":"assistant","text":"2"},
        {"uuid":"a","sender":"human","text":"3"},{"uuid":"d","sender":"assistant","text":"4"}]}"#);
    assert_eq!(told(&found), [("1", None), ("2", Some(0)), ("4", Some(1))]);
    assert_eq!(found.title, None);
    let left_out: Vec<_> = found.left_out.kinds().collect();
    assert_eq!(left_out, [("doubled messages", 1)]);
}

#[test]
fn branches_are_read_if_they_are_told() {
    let found = one(
        r#"{"uuid":"c","name":null,"current_leaf_message_uuid":"c","model":"claude-x","chat_messages":[
        {"uuid":"c","parent_message_uuid":"a","sender":"assistant","text":"3","created_at":1700000003},
        {"uuid":"b","parent_message_uuid":"a","sender":"assistant","text":"2","created_at":1700000002000},
        {"uuid":"a","parent_message_uuid":"00000000-0000-4000-8000-000000000000","sender":"human","text":"1"},
        {"uuid":"x","parent_message_uuid":"x","sender":"tool","text":"0"}]}"#,
    );
    assert_eq!(told(&found), [("1", None), ("2", Some(0)), ("3", Some(0))]);
    assert_eq!(found.current, Some(2));
    assert_eq!(found.model.as_deref(), Some("claude-x"));
}

#[test]
fn what_is_broken_costs_only_itself() {
    let found = read_all(
        r#"[{"uuid":"a","name":"Bare"},{"chat_messages":{}},{"uuid":"b","name":"N","chat_messages":[
            1,{"text":"no sender"},{"sender":"narrator","text":"x"},{"uuid":"u","sender":"human","text":"\udc00"}]}]"#,
    );
    let told = found.iter().map(|one| match one {
        Found::Conversation(one) => format!("{}: {}", one.id, one.messages[0].content),
        Found::Broken(Broken { place, why }) => format!("{place}: {why}"),
    });
    let expected = [
        "conversation 1 “Bare”: it has no messages: `chat_messages` is not there",
        "conversation 2: it cannot be read: invalid type: map, expected a sequence",
        "b: \u{FFFD}",
        "conversation 3 “N”, message 1: it is no object",
        "conversation 3 “N”, message 2: it has no sender",
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}
