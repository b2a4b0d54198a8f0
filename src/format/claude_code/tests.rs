use serde_json::json;

use super::super::trial::{Told, broken, is_read_to_an_end, said, tell_all, told};
use super::*;
use crate::domain::Timestamp;

const SESSION: &[u8] = include_bytes!("session.jsonl");

const NAME: &str = "0b8a5d0e-53a1-4f0e-8f0a-3d1c8a4b7e21";

fn at(second: i64) -> Timestamp {
    Timestamp((1_793_701_800 + second) * 1000)
}

#[test]
fn what_says_something_else_by_a_name_that_was_there_is_counted() {
    let line = |uuid: &str, text: &str| {
        let message = json!({"role": "user", "content": text});
        json!({"type": "user", "uuid": uuid, "message": message}).to_string()
    };
    let lines = [line("u1", "one"), line("u1", "one"), line("u1", "other")];
    let text = lines.join("\n");
    let told = told(|visit| read(&mut text.as_bytes(), NAME, visit));
    let mut expected = Conversation {
        id: NAME.into(),
        messages: vec![said("u1", None, Role::User, "one")],
        ..Conversation::default()
    };
    count(&mut expected.left_out, "doubled messages", 1);
    assert_eq!(told, [Told::Conversation(expected)]);
}

#[test]
fn a_session_is_read_with_every_trap() {
    let mut expected = Conversation {
        id: NAME.into(),
        title: Some("Greet in Rust".into()),
        at: Some(at(0)),
        messages: vec![
            said("u1", None, Role::User, "Write a greeting."),
            said("a1", Some(0), Role::Ai, "I look first.\nThen I write."),
            said("a5", Some(1), Role::Ai, "Done: grüß dich 🙂"),
            said("u6", Some(2), Role::User, "Thanks\n[image: image/png]"),
            said("u7", Some(2), Role::User, "No, shorter \u{fffd}"),
            said("a8", Some(4), Role::Ai, "Hi"),
        ],
        ..Conversation::default()
    };
    let seconds = [1, 3, 6, 7, 8, 9];
    for (message, second) in expected.messages.iter_mut().zip(seconds) {
        message.at = Some(at(second));
    }
    expected.at = Some(at(1));
    let first = &mut expected.messages[1];
    first.reasoning = Some("What is there?".into());
    for place in [1, 2, 5] {
        expected.messages[place].model = Some("claude-opus-4-5".into());
    }
    expected.messages[1].finish_reason = Some("tool_use".into());
    expected.messages[1].usage = Some(Usage {
        prompt: 10 + 20 + 300,
        reply: 42,
    });
    expected.messages[2].finish_reason = Some("end_turn".into());
    for (kind, times) in [
        ("hidden thoughts", 1),
        ("images", 1),
        ("local commands", 2),
        ("messages of side chains", 2),
        ("messages without text", 1),
        ("notes of the program", 4),
        ("summaries of contexts", 1),
        ("thoughts without a reply", 1),
        ("tool calls", 3),
        ("tool results", 3),
    ] {
        count(&mut expected.left_out, kind, times);
    }
    let told = told(|visit| {
        let mut source = SESSION;
        read(&mut source, &format!("{NAME}.jsonl"), visit)
    });
    let expected = [
        broken(
            "line 15",
            "it is no JSON: EOF while parsing a string, at column 26",
        ),
        broken("line 25", "it has no uuid"),
        broken("line 26", "it has no message"),
        broken("line 27", "it has no type"),
        Told::Conversation(expected),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_file_that_is_called_otherwise_has_the_name_of_its_session() {
    let line = br#"{"type":"user","uuid":"u","sessionId":"s","message":{"content":"hi"}}"#;
    let Told::Conversation(conversation) = &tell_all(read, line)[0] else {
        panic!("no conversation");
    };
    assert_eq!(conversation.id, "s");
}

#[test]
fn a_file_of_summaries_alone_holds_no_conversation() {
    let lines = b"{\"type\":\"summary\",\"summary\":\"x\",\"leafUuid\":\"y\"}\n";
    assert_eq!(tell_all(read, lines), []);
    assert_eq!(tell_all(read, b""), []);
}

#[test]
fn whatever_is_read_there_is_an_end() {
    is_read_to_an_end(read, SESSION);
}
