//! What `/import` says of what it cannot put into the log: no more than is true.

use std::fs;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::json;

use crate::support::run::check;
use crate::support::script::{play, scripted};

/// What ChatGPT would write of a conversation with one question.
fn asked(id: &str) -> serde_json::Value {
    json!({"id": id, "title": id, "current_node": "q", "mapping": {"q": {
        "id": "q", "parent": null, "children": [],
        "message": {"author": {"role": "user"}, "recipient": "all",
                    "content": {"content_type": "text", "parts": ["hello"]}}}}})
}

#[test]
fn what_became_of_the_rest_is_told_as_it_is() {
    let saylog = scripted();
    let write = |name: &str, text: &str| {
        fs::write(saylog.folder().join(name), text).expect("a file");
    };
    let two = json!([asked("one"), {"title": "Broken"}]).to_string();
    write("whole.json", &two);
    write("cut.json", &two[..two.len() - 1]);
    write("nothing.json", "{\"mapping\":{}}");
    write("broken.json", "[{\"title\":\"Broken\",\"mapping\":7}]");
    let play = |line: &str| play(&saylog, &format!("/import --format chatgpt {line}\n"));
    let broken = "conversation 2 \u{201c}Broken\u{201d}: it has no messages: `mapping` is not there; left out";
    check(
        &play("--dry-run whole.json"),
        "whole.json (chatgpt): 1 conversation (1 new); 1 message would be added for alice; nothing \
         was written.\n",
        &format!(
            "<stdin>:1: whole.json, {broken}\n\
             <stdin>:1: `whole.json` has a record that cannot be read; nothing was written\n"
        ),
        1,
    );
    let outcome = play("--dry-run cut.json");
    assert!(
        outcome.stderr.ends_with("; nothing was written\n"),
        "{outcome:?}"
    );
    assert_eq!(saylog.said().len(), 0);
    for dry in ["", "--dry-run "] {
        let outcome = play(&format!("{dry}nothing.json"));
        assert_eq!(
            outcome.stderr,
            "<stdin>:1: `nothing.json` cannot be read from the beginning on: it is no list of \
             conversations\n"
        );
        let outcome = play(&format!("{dry}broken.json"));
        assert!(
            outcome
                .stderr
                .ends_with("`broken.json` has a record that cannot be read\n"),
            "{outcome:?}"
        );
    }
    let outcome = play("whole.json");
    assert!(
        outcome
            .stderr
            .ends_with("; what could be read is in the log; the same import goes on from there\n"),
        "{outcome:?}"
    );
}

#[test]
fn nothing_is_said_of_what_can_be_said() {
    let saylog = scripted();
    let pipe = saylog.folder().join("pipe");
    mknodat(CWD, pipe, FileType::Fifo, Mode::RUSR, 0).expect("a pipe");
    let why = "only a regular file can be read; put what comes out of it into one";
    check(
        &play(&saylog, "/import /dev/null\n/import pipe\n"),
        "",
        &format!(
            "<stdin>:1: `/dev/null` is a device; {why}\n<stdin>:2: `pipe` is a named pipe; {why}\n"
        ),
        1,
    );
}

#[test]
fn a_conversation_without_messages_is_counted() {
    let saylog = scripted();
    let mut hidden = asked("hidden");
    hidden["mapping"]["q"]["message"]["recipient"] = json!("python");
    let all = json!([asked("one"), {"title": "empty", "mapping": {}}, hidden]);
    fs::write(saylog.folder().join("talks.json"), all.to_string()).expect("a file");
    fs::write(
        saylog.folder().join("talks.jsonl"),
        "{\"messages\":[]}\n{\"messages\":[]}\n",
    )
    .expect("a file");
    check(
        &play(
            &saylog,
            "/import talks.json\n/import --format openai talks.jsonl\n",
        ),
        "talks.json (chatgpt): 1 conversation (1 new); 1 message added for alice.\n  \
         without: conversations without messages (2), messages to tools (1)\n\
         talks.jsonl (openai): no conversation.\n  \
         without: conversations without messages (2)\n",
        "",
        0,
    );
}
