use std::ops::ControlFlow;

use super::super::trial::{Told, broken, is_read_to_an_end, said, tell_all};
use super::*;

const LINES: &str = concat!(
    "\u{feff}",
    r#"{"id":"trip","title":"Trip to Rome","model":"gpt-4o","created_at":1700000000,"messages":["#,
    r#"{"role":"developer","content":"Be brief."},"#,
    r#"{"role":"user","content":[{"type":"text","text":"What is this?"},"#,
    r#"{"type":"image_url","image_url":{"url":"https://x.example/forum.jpg"}}]},"#,
    r#"{"role":"assistant","content":null,"tool_calls":[{"id":"1"},{"id":"2"}]},"#,
    r#"{"role":"tool","content":"a ruin"},"#,
    r#"{"role":"assistant","content":"The Forum.","reasoning_content":"A ruin?","weight":1}]}"#,
    "\n\n",
    r#"{"messages":[{"role":"user","content":"hi \ud83d"},{"role":"assistant","content":"你好"}]}"#,
    "\r\n{\"messages\":\n",
    r#"{"messages":[{"role":"user","content":"a"},{"role":"narrator","content":"b"},"#,
    r#"{"content":"c"},7,{"role":"assistant","content":""}]}"#,
    "\n[]\n{\"text\":\"x\"}\n",
    r#"{"id":7,"conversations":[{"from":"system","value":"s"},{"from":"human","value":"h"},"#,
    r#"{"from":"gpt","value":"g"},{"from":"observation","value":"o"}]}"#,
);

#[test]
fn lines_are_read_with_every_trap() {
    let mut trip = Conversation {
        id: "trip".into(),
        title: Some("Trip to Rome".into()),
        model: Some("gpt-4o".into()),
        at: Some(crate::domain::Timestamp(1_700_000_000_000)),
        messages: vec![
            said("1", None, Role::System, "Be brief."),
            said(
                "2",
                Some(0),
                Role::User,
                "What is this?\n[image: forum.jpg]",
            ),
            said("5", Some(1), Role::Ai, "The Forum."),
        ],
        ..Conversation::default()
    };
    trip.messages[2].reasoning = Some("A ruin?".into());
    for kind in ["images", "tool calls", "tool calls", "tool messages"] {
        trip.left_out.count(kind);
    }
    let hello = Conversation {
        id: "f3361e00-e5b9-5a9d-a35b-380c25825d6d".into(),
        messages: vec![
            said("1", None, Role::User, "hi \u{fffd}"),
            said("2", Some(0), Role::Ai, "你好"),
        ],
        ..Conversation::default()
    };
    let mut half = Conversation {
        id: "a04d790b-657b-5b07-8e25-36bf0e686ead".into(),
        messages: vec![said("1", None, Role::User, "a")],
        ..Conversation::default()
    };
    half.left_out.count("messages without text");
    let mut shared = Conversation {
        id: "7".into(),
        messages: vec![
            said("1", None, Role::System, "s"),
            said("2", Some(0), Role::User, "h"),
            said("3", Some(1), Role::Ai, "g"),
        ],
        ..Conversation::default()
    };
    shared.left_out.count("tool messages");
    let nothing = "it has neither `messages` nor `conversations`";
    let expected = [
        Told::Conversation(trip),
        Told::Conversation(hello),
        broken(
            "line 4",
            "it is no JSON: EOF while parsing a value, at column 12",
        ),
        broken("line 5, message 2", "nobody knows the role `narrator`"),
        broken("line 5, message 3", "it has no role"),
        broken("line 5, message 4", "it has no role"),
        Told::Conversation(half),
        broken("line 6", nothing),
        broken("line 7", nothing),
        Told::Conversation(shared),
    ];
    assert_eq!(tell_all(read, LINES.as_bytes()), expected);
}

#[test]
fn a_list_is_read_item_by_item() {
    let list = "[\n {\"id\": \"a\", \"conversations\": [\n  {\"from\": \"human\", \"value\": \"x]\"}]},\n\
                {\"conversations\": 1}, {bad}, {\"id\":\"b\",\"messages\":[]}, {\"id\"";
    let a = Conversation {
        id: "a".into(),
        messages: vec![said("1", None, Role::User, "x]")],
        ..Conversation::default()
    };
    let b = Conversation {
        id: "b".into(),
        ..Conversation::default()
    };
    let expected = [
        Told::Conversation(a),
        broken(
            "conversation 2",
            "it has neither `messages` nor `conversations`",
        ),
        broken(
            "conversation 3",
            "it is no JSON: key must be a string, at column 2",
        ),
        Told::Conversation(b),
        Told::Fault(
            "conversation 5".into(),
            "the file ends before it does".into(),
        ),
    ];
    assert_eq!(tell_all(read, list.as_bytes()), expected);
}

#[test]
fn the_same_conversation_has_the_same_name_wherever_it_stands() {
    let line = r#"{"messages":[{"role":"user","content":"hi"}]}"#;
    let shared = r#"[{"conversations":[{"from":"human","value":"hi"}],"source":"x"}]"#;
    assert_eq!(
        tell_all(read, line.as_bytes()),
        tell_all(read, shared.as_bytes())
    );
}

#[test]
fn a_conversation_may_be_written_over_many_lines() {
    let line = r#"{"messages":[{"role":"user","content":"hi"}]}"#;
    let many = "\u{feff}{ \n\"messages\": [\n{\"role\": \"user\", \"content\": \"hi\"}\n]\n}\n";
    let one = tell_all(read, line.as_bytes());
    assert_eq!(tell_all(read, many.as_bytes()), one);
    assert_eq!(
        tell_all(
            read,
            [many, line].concat().replace('\u{feff}', "").as_bytes()
        )
        .len(),
        2
    );
}

#[test]
fn who_has_enough_ends_the_reading() {
    let mut found = 0;
    let mut source = LINES.as_bytes();
    let read = read(&mut source, "x", &mut |_| {
        found += 1;
        ControlFlow::Break(())
    });
    assert!(read.is_ok());
    assert_eq!(found, 1);
}

#[test]
fn whatever_is_read_there_is_an_end() {
    is_read_to_an_end(read, LINES.as_bytes());
}
