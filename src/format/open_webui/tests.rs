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

#[test]
fn a_chat_is_a_tree_with_thoughts_in_its_texts() {
    let json = r#"{"id":"c","user_id":"u","title":"Sums","chat":{"title":"Sums","models":["","r1"],
        "history":{"currentId":"x","messages":{
            "q":{"id":"q","parentId":null,"childrenIds":["a","b"],"role":"user","timestamp":1700000000,
                "content":"<details type=\"reasoning\">mine</details>","models":["r1","m2"],
                "files":[{"type":"image","url":"data:image/png;base64,AAAA"},{"type":"file","name":"t.csv"}]},
            "b":{"id":"b","parentId":"q","role":"assistant","model":"m2","timestamp":1700000020000,
                "content":"<details type=\"tool_calls\"><summary>x</summary></details>\n255 é",
                "info":{"prompt_eval_count":1,"eval_count":2},"output":[{"type":"message"}]},
            "a":{"id":"a","parentId":"q","role":"assistant","model":"r1","timestamp":1700000010,
                "usage":{"prompt_tokens":7,"completion_tokens":8},
                "content":"<details type=\"reasoning\" done=\"true\"><summary>Thought</summary>\n&gt; 15 &lt; 17\n</details>\n255"},
            "t":{"id":"t","parentId":"b","role":"tool","content":"y"},
            "x":{"id":"x","parentId":"t","role":"assistant","content":"","timestamp":null},
            "p":{"id":"p","parentId":"x","role":"user","content":[{"type":"text","text":"and"},{"type":"image_url","image_url":{"url":"data:"}}]}
        }},"messages":[{"id":"q","role":"user","content":"copy"}]},
        "created_at":1700000000,"updated_at":1700000099,"archived":true}"#;
    let mut question = Utterance::new(
        "q",
        Role::User,
        "<details type=\"reasoning\">mine</details>\n[image]\n[file: t.csv]",
    );
    question.at = Some(Timestamp(1_700_000_000_000));
    let mut thought = Utterance::new("a", Role::Ai, "255");
    thought.parent = Some(0);
    thought.at = Some(Timestamp(1_700_000_010_000));
    thought.model = Some("r1".to_owned());
    thought.reasoning = Some("15 < 17".to_owned());
    thought.usage = Some(Usage {
        prompt: 7,
        reply: 8,
    });
    let mut called = Utterance::new("b", Role::Ai, "255 é");
    called.parent = Some(0);
    called.at = Some(Timestamp(1_700_000_020_000));
    called.model = Some("m2".to_owned());
    called.usage = Some(Usage {
        prompt: 1,
        reply: 2,
    });
    let mut next = Utterance::new("p", Role::User, "and\n[image]");
    next.parent = Some(2);
    let mut left_out = LeftOut::default();
    for kind in [
        "empty messages",
        "files",
        "pictures",
        "pictures",
        "tool calls",
        "tool messages",
    ] {
        left_out.count(kind);
    }
    let expected = Conversation {
        id: "c".to_owned(),
        account: Some("u".to_owned()),
        title: Some("Sums".to_owned()),
        at: Some(Timestamp(1_700_000_000_000)),
        model: Some("r1".to_owned()),
        is_archived: true,
        messages: vec![question, thought, called, next],
        current: Some(2),
        left_out,
    };
    assert_eq!(one(json), expected);
}

#[test]
fn the_chat_alone_and_the_list_before_trees_are_read_too() {
    let found = one(
        r#"{"title":"","history":{"messages":{"b":{"role":"assistant","parentId":"a","content":"2"},
        "a":{"role":"user","parentId":"b","content":"1"}}}}"#,
    );
    let told: Vec<_> = found
        .messages
        .iter()
        .map(|said| (&*said.id, said.parent))
        .collect();
    assert_eq!(told, [("b", None), ("a", Some(0))]);
    let found = one(
        r#"{"id":"l","chat":{"title":"Old","timestamp":1700000000000,"history":null,"messages":[
        {"role":"user","content":"1"},{"role":"assistant","content":"2"}]}}"#,
    );
    let told: Vec<_> = found
        .messages
        .iter()
        .map(|said| (&*said.id, said.parent))
        .collect();
    assert_eq!(told, [("1", None), ("2", Some(0))]);
    assert_eq!(found.title.as_deref(), Some("Old"));
    assert_eq!(found.at, Some(Timestamp(1_700_000_000_000)));
}

#[test]
fn what_is_broken_costs_only_itself() {
    let found = read_all(
        r#"[{"id":"a","title":"Bare","chat":{}},{"chat":7},{"id":"b","title":null,"chat":{"history":{"messages":{
            "x":1,"y":{"content":"no role"},"z":{"role":"user","content":"\ud800z"},
            "z":{"role":"user","content":"again"}}}}}]"#,
    );
    let told = found.iter().map(|one| match one {
        Found::Conversation(one) => format!(
            "{}: {} of {}",
            one.id,
            one.messages[0].content,
            one.messages.len()
        ),
        Found::Broken(Broken { place, why }) => format!("{place}: {why}"),
    });
    let expected = [
        "conversation 1 “Bare”: it has no messages: `history` is not there",
        "conversation 2: it cannot be read: invalid type: integer `7`, expected an object",
        "b: \u{FFFD}z of 1",
        "conversation 3, message 1: it is no object",
        "conversation 3, message 2: it has no role",
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}
