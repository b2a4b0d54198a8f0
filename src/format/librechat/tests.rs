use std::fmt::Write;
use std::ops::ControlFlow;

use super::*;
use crate::domain::Timestamp;

fn read_all(json: &str) -> Result<Vec<Found>, String> {
    let mut found = Vec::new();
    let mut source = json.as_bytes();
    let read = read(&mut source, &mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    });
    match read {
        Ok(()) => Ok(found),
        Err(Fault::Broken(Broken { place, why })) => Err(format!("{place}: {why}")),
        Err(Fault::Io(error)) => panic!("{error}"),
    }
}

fn one(json: &str) -> Conversation {
    match read_all(json).unwrap().remove(0) {
        Found::Conversation(conversation) => conversation,
        Found::Broken(broken) => panic!("{broken:?}"),
    }
}

fn told(conversation: &Conversation) -> Vec<(&str, Option<usize>)> {
    let messages = conversation.messages.iter();
    messages.map(|said| (&*said.content, said.parent)).collect()
}

#[test]
fn replies_lie_in_what_they_follow() {
    let json = r#"{"conversationId":"c","endpoint":"openAI","title":"Shell","exportAt":"13:18:04 GMT-0400",
        "branches":true,"recursive":true,"options":{"model":"gpt-4-turbo","title":"Shell"},"messages":[
        {"messageId":"q","createdAt":"2023-11-14T22:13:20.250Z","isCreatedByUser":true,"model":null,"user":"acc",
         "parentMessageId":"00000000-0000-0000-0000-000000000000","sender":"User","text":"How?","children":[
            {"messageId":"a","createdAt":"2023-11-14T22:13:21Z","isCreatedByUser":false,"model":"gpt-4-turbo",
             "sender":"Software Engineer","text":"So é 🙂.","promptTokens":586,"tokenCount":9,"finish_reason":"stop","children":[]},
            {"messageId":"e","isCreatedByUser":false,"error":true,"sender":"X","text":"{\"type\":\"x\"}","children":[
                {"messageId":"n","isCreatedByUser":true,"sender":"User","text":"again","children":[]}]},
            {"messageId":"b","isCreatedByUser":false,"sender":"User","text":"","model":"o3","children":null,
             "content":[{"type":"think","think":"Hm."},{"type":"tool_call","tool_call":{}},
                {"type":"text","text":"Or"},{"type":"text","text":{"value":"so."}},{"type":"image_file","image_file":{"filename":"p.png"}}],
             "files":[{"filename":"s.sh","type":"text/x-sh"}]}
        ]}]}"#;
    let mut question = Utterance::new("q", Role::User, "How?");
    question.at = Some(Timestamp(1_700_000_000_250));
    let mut again = Utterance::new("n", Role::User, "again");
    again.parent = Some(0);
    let mut other = Utterance::new("b", Role::Ai, "Or\nso.\n[image: p.png]\n[file: s.sh]");
    other.parent = Some(0);
    other.model = Some("o3".to_owned());
    other.reasoning = Some("Hm.".to_owned());
    let mut reply = Utterance::new("a", Role::Ai, "So é 🙂.");
    reply.parent = Some(0);
    reply.at = Some(Timestamp(1_700_000_001_000));
    reply.model = Some("gpt-4-turbo".to_owned());
    reply.usage = Some(Usage {
        prompt: 586,
        reply: 9,
    });
    reply.finish_reason = Some("stop".to_owned());
    let mut left_out = LeftOut::default();
    for kind in ["errors", "files", "pictures", "tool calls"] {
        left_out.count(kind);
    }
    let expected = Conversation {
        id: "c".to_owned(),
        account: Some("acc".to_owned()),
        title: Some("Shell".to_owned()),
        model: Some("gpt-4-turbo".to_owned()),
        messages: vec![question, again, other, reply],
        left_out,
        ..Conversation::default()
    };
    assert_eq!(one(json), expected);
}

#[test]
fn a_flat_list_names_its_parents_or_is_a_line() {
    let found = one("\u{FEFF}{\"conversationId\":\"c\",\"title\":null,\"recursive\":false,\"messages\":[
        {\"messageId\":\"b\",\"parentMessageId\":\"a\",\"sender\":\"GPT-4\",\"text\":\"2\"},
        {\"messageId\":\"a\",\"parentMessageId\":\"00000000-0000-0000-0000-000000000000\",\"sender\":\"User\",\"text\":\"1\"},
        {\"messageId\":\"r\",\"parentMessageId\":\"00000000-0000-0000-0000-000000000000\",\"sender\":\"User\",\"text\":\"3\"},
        {\"messageId\":\"x\",\"parentMessageId\":\"y\",\"sender\":\"User\",\"text\":\"4\"},
        {\"messageId\":\"y\",\"parentMessageId\":\"x\",\"sender\":\"GPT-4\",\"text\":\"5\"},
        {\"messageId\":\"a\",\"parentMessageId\":\"y\",\"sender\":\"User\",\"text\":\"doubled\"}
        ]} ");
    assert_eq!(
        told(&found),
        [
            ("1", None),
            ("2", Some(0)),
            ("3", None),
            ("4", None),
            ("5", Some(3))
        ]
    );
    let found = one(
        r#"{"messages":[{"sender":"User","text":"1"},{"sender":"tool","text":"x"},{"sender":"GPT","text":"2"}]}"#,
    );
    assert_eq!(told(&found), [("1", None), ("2", Some(0))]);
    assert_eq!(found.messages[1].id, "3");
    assert_eq!(found.id.len(), 32);
}

#[test]
fn a_hundred_thousand_replies_are_as_deep() {
    const COUNT: usize = 100_000;
    let mut json = r#"{"conversationId":"deep","messages":["#.to_owned();
    for number in 0..COUNT {
        let is_user = number % 2 == 0;
        write!(
            json,
            r#"{{"messageId":"{number}","isCreatedByUser":{is_user},"text":"{number}","children":["#
        )
        .unwrap();
    }
    json.push_str(&"]}".repeat(COUNT));
    json.push_str("]}");
    let found = one(&json);
    assert_eq!(found.messages.len(), COUNT);
    let parents = found.messages.iter().map(|said| said.parent);
    assert!(parents.eq((0..COUNT).map(|number| number.checked_sub(1))));
}

#[test]
fn what_is_broken_is_told_by_its_place() {
    let found = read_all(r#"{"title":"T","messages":[7,{"text":"no sender"},{"isCreatedByUser":true,"text":"\ud800"}],"z":1}"#).unwrap();
    let [
        Found::Conversation(kept),
        Found::Broken(first),
        Found::Broken(second),
    ] = &found[..]
    else {
        panic!("{found:?}")
    };
    assert_eq!(told(kept), [("\u{FFFD}", None)]);
    assert_eq!(
        (&*first.place, &*first.why),
        ("conversation 1 “T”, message 1", "it is no object")
    );
    assert_eq!(
        (&*second.place, &*second.why),
        ("conversation 1 “T”, message 2", "it has no sender")
    );
    for (json, expected) in [
        ("", "the beginning: it is no conversation"),
        ("[]", "the beginning: it is no conversation"),
        (
            "{}",
            "the beginning: it is no conversation: `messages` is not there",
        ),
        (
            "{\"messages\":null}",
            "the beginning: it is no conversation: `messages` is not there",
        ),
        (
            "{\"messages\":[]}x",
            "the beginning: something else follows the conversation",
        ),
        (
            "{\"messages\":[",
            "conversation 1, message 1: the file ends in the middle of it",
        ),
        (
            "{\"messages\":[{\"text\":\"a\"",
            "conversation 1, message 1: the file ends in the middle of it",
        ),
        (
            "{\"messages\":[{},{\"text\" 1}]}",
            "conversation 1, message 2: there is no colon behind a key",
        ),
        (
            "{\"messages\":[{} {}]}",
            "conversation 1, message 1: there is no comma between two values",
        ),
        (
            "{\"messages\":[{\"a\":tru}]}",
            "conversation 1, message 1: it cannot be read: expected ident",
        ),
        (
            "{\"messages\":[{\"children\":[]]}",
            "conversation 1, message 1: there is no comma between two values",
        ),
    ] {
        assert_eq!(read_all(json).unwrap_err(), expected, "{json}");
    }
    assert!(one(r#"{"messages":[]}"#).messages.is_empty());
}
