use super::super::trial::{Told, broken, is_read_to_an_end, said, tell_all};
use super::*;
use crate::domain::Timestamp;

const ROLLOUT: &[u8] = include_bytes!("rollout.jsonl");

fn at(second: i64) -> Timestamp {
    Timestamp((1_793_701_800 + second) * 1000)
}

#[test]
fn a_rollout_is_read_with_every_trap() {
    let mut expected = Conversation {
        id: "019a1b2c-0000-7000-8000-000000000001".into(),
        at: Some(at(0)),
        messages: vec![
            said("6", None, Role::User, "Wie heißt du? 🙂"),
            said("msg_1", Some(0), Role::Ai, "Codex."),
            said("17", Some(1), Role::System, "Be brief."),
            said(
                "18",
                Some(2),
                Role::User,
                "And \u{fffd}\n[image: image/png]",
            ),
            said("24", Some(3), Role::Ai, "Yes."),
        ],
        ..Conversation::default()
    };
    for (message, second) in expected.messages.iter_mut().zip([3, 5, 9, 10, 14]) {
        message.at = Some(at(second));
    }
    expected.messages[1].model = Some("gpt-5-codex".into());
    expected.messages[1].reasoning = Some("**Naming**\n\nWhat am I?".into());
    expected.messages[4].model = Some("gpt-5.1".into());
    for (kind, times) in [
        ("hidden thoughts", 1),
        ("images", 1),
        ("notes of the program", 2),
        ("summaries of contexts", 1),
        ("thoughts without a reply", 1),
        ("tool calls", 2),
        ("tool results", 2),
        ("unknown items", 1),
    ] {
        count(&mut expected.left_out, kind, times);
    }
    let expected = [
        broken(
            "line 12",
            "it is no JSON: EOF while parsing an object, at column 27",
        ),
        broken("line 19", "nobody knows the role `narrator`"),
        broken("line 20", "it has no role"),
        broken("line 21", "it has no type"),
        broken("line 22", "it has no type"),
        Told::Conversation(expected),
    ];
    assert_eq!(tell_all(read, ROLLOUT), expected);
}

#[test]
fn the_first_versions_wrote_payloads_alone() {
    let lines = concat!(
        r#"{"id":"old","timestamp":"2025-05-01T08:00:00.000Z","instructions":null}"#,
        "\n{\"record_type\":\"state\"}\n",
        r#"{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}"#,
        "\n",
        r#"{"type":"function_call","name":"shell","arguments":"{}","call_id":"1"}"#,
    );
    let mut expected = Conversation {
        id: "old".into(),
        at: Some(Timestamp(1_746_086_400_000)),
        messages: vec![said("3", None, Role::User, "hi")],
        ..Conversation::default()
    };
    expected.left_out.count("tool calls");
    let expected = [Told::Conversation(expected)];
    assert_eq!(tell_all(read, lines.as_bytes()), expected);
}

#[test]
fn a_session_without_a_name_has_that_of_its_file() {
    let line = br#"{"type":"message","role":"user","content":"hi"}"#;
    let Told::Conversation(conversation) = &tell_all(read, line)[0] else {
        panic!("no conversation");
    };
    assert_eq!(conversation.id, "source");
    assert_eq!(tell_all(read, b"{\"type\":\"session_meta\"}"), []);
}

#[test]
fn whatever_is_read_there_is_an_end() {
    is_read_to_an_end(read, ROLLOUT);
}
