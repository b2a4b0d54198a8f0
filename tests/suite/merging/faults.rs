//! Files that are broken, cut off, newer, or not what they say.

use std::fs;

use serde_json::json;

use super::{export, file, import, lines};
use crate::support::events::events;
use crate::support::run::{Saylog, check};
use crate::support::script::{before, context, scripted};

/// A log of two people, and the text of its file.
fn written() -> (Saylog, String) {
    let saylog = scripted();
    before(
        &saylog,
        "/start Trip\none\ntwo\n/user bob\n/start\nprivate\n",
    );
    let text = export(&saylog, "in:global");
    (saylog, text)
}

/// Puts another text into the file of a log, and that into a new log.
fn import_changed(saylog: &Saylog, text: &str) -> (Saylog, crate::support::run::Outcome) {
    fs::write(file(saylog), text).expect("a file");
    let other = scripted();
    let outcome = import(saylog, &other);
    (other, outcome)
}

const INCOMPLETE: &str = "-c:1: `log.jsonl` has a record that cannot be read; what could be read \
                          is in the log; the same import goes on from there\n";

#[test]
fn a_file_that_was_cut_off_is_not_called_whole() {
    let (saylog, text) = written();
    let until = text.find("\"seq\":4").expect("the last reply");
    let (other, outcome) = import_changed(&saylog, &text[..until]);
    check(
        &outcome,
        "log.jsonl (saylog): 2 conversations (2 new); 3 messages added for alice (new here), bob \
         (new here).\n",
        &format!(
            "-c:1: log.jsonl, line 7: it cannot be read: EOF while parsing a value, at column 70; \
             left out\n-c:1: log.jsonl, its end: the line is missing that a whole file ends with; \
             left out\n{}",
            INCOMPLETE.replace("a record", "2 records")
        ),
        1,
    );
    // What came stands where it went, and the whole file completes it.
    assert_eq!(context(&other), ["user: one", "ai: one", "user: two"]);
    fs::write(file(&saylog), &text).expect("a file");
    check(
        &import(&saylog, &other),
        "log.jsonl (saylog): 2 conversations (2 with something new); 3 messages added for alice, \
         bob.\n",
        "",
        0,
    );
    assert_eq!(export(&other, "in:global"), text);
}

#[test]
fn what_is_newer_or_no_such_file_is_refused() {
    let (saylog, text) = written();
    for (head, why) in [
        (
            r#"{"type":"saylog","version":2,"scope":"user"}"#,
            "it is of version 2 of the form, which is newer",
        ),
        (
            r#"{"type":"saylog","version":"x"}"#,
            "it cannot be read: invalid type: string \"x\", expected u64, at column 30",
        ),
    ] {
        let (_, rest) = text.split_once('\n').expect("lines");
        let (other, outcome) = import_changed(&saylog, &format!("{head}\n{rest}"));
        check(
            &outcome,
            "",
            &format!(
                "-c:1: `/import` cannot read `log.jsonl`: its first line: {why}; the saylog that \
                 wrote it, or a newer one, can\n"
            ),
            1,
        );
        assert!(other.said().is_empty());
    }
}

#[test]
fn lines_that_cannot_be_read_are_left_out_by_their_numbers() {
    let (saylog, text) = written();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines[4] = lines[4].replace("\"role\":\"ai\"", "\"role\":\"tool\"");
    lines.insert(6, r#"{"type":"picture","of":"a cat"}"#.into());
    lines.insert(7, r#"{"type":"message","seq":1}"#.into());
    lines.insert(8, "nonsense".into());
    let (other, outcome) = import_changed(&saylog, &(lines.join("\n") + "\n"));
    assert_eq!(outcome.code, 1);
    assert_eq!(
        outcome.stderr.lines().take(3).collect::<Vec<_>>(),
        [
            "-c:1: log.jsonl, line 5: its role is not known; left out",
            "-c:1: log.jsonl, line 8: it has no role; left out",
            "-c:1: log.jsonl, line 9: it cannot be read: expected ident, at column 2; left out",
        ]
    );
    assert_eq!(
        outcome.stdout,
        "log.jsonl (saylog): 2 conversations (2 new); 5 messages added for alice (new here), bob \
         (new here).\n  without: lines of an unknown kind (1), links to messages that are not \
         there (1)\n"
    );
    // What followed the one that is left out follows the one before.
    assert_eq!(context(&other), ["user: one", "user: two", "ai: two"]);
}

#[test]
fn nobody_elses_words_come_into_a_context() {
    let (saylog, text) = written();
    let lines = lines(&text);
    let bobs = lines
        .iter()
        .find(|line| line["type"] == "session" && line["user_id"] == "bob")
        .expect("his session")["session_id"]
        .clone();
    // Alice's second question is said to follow what bob was told, and her session to stand there.
    let forged: String = lines
        .iter()
        .map(|line| {
            let mut line = line.clone();
            if line["content"] == "two" && line["role"] == "user" {
                line["parent"] = json!([bobs, 2]);
                line["system"] = json!([bobs, 1]);
                line["oldest"] = json!([bobs, 1]);
            }
            if line["type"] == "state" && line["title"] == "Trip" {
                line["head"] = json!([bobs, 2]);
                line["floor"] = json!([bobs, 1]);
                line["system"] = json!([bobs, 1]);
                line["fork_of"] = bobs.clone();
            }
            format!("{line}\n")
        })
        .collect();
    let (other, outcome) = import_changed(&saylog, &forged);
    assert!(
        outcome
            .stdout
            .contains("links to messages that are not there (6)"),
        "{outcome:?}"
    );
    let history = other.run(&["--resume", "Trip", "-c", "/context", "-c", "/history"]);
    assert!(!history.stdout.contains("private"), "{}", history.stdout);
    assert_eq!(history.code, 0);
    // A session of bob's does not become hers because a file says so.
    let stolen = text.replace("\"user_id\":\"bob\"", "\"user_id\":\"alice\"");
    fs::write(file(&saylog), stolen).expect("a file");
    let outcome = import(&saylog, &other);
    assert_eq!(
        outcome.stderr,
        format!(
            "-c:1: log.jsonl, line 3: a session of that id is another user's here; left out\n{INCOMPLETE}"
        )
    );
    assert!(
        outcome
            .stdout
            .contains("messages of other users' sessions (2)"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn a_file_names_nobody_who_is_asked() {
    let (saylog, text) = written();
    let named = text.replace(
        r#""first_words":"one""#,
        r#""first_words":"one","model":"mock""#,
    );
    let (other, outcome) = import_changed(&saylog, &named);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    // The bare mock would answer with its own sentence.
    let said = other.run(&["--resume", "Trip", "-c", "who?"]);
    assert!(said.stdout.ends_with("who?\n"), "{}", said.stdout);
    // Yet it is not lost on the way.
    let there = scripted();
    fs::write(file(&saylog), &named).expect("a file");
    import(&saylog, &there);
    assert_eq!(export(&there, "in:global"), named);
}

#[test]
fn what_it_would_be_is_told_without_writing() {
    let (saylog, _) = written();
    before(&saylog, "/user carol\n/start\nhi\n");
    export(&saylog, "in:global");
    let other = scripted();
    let path = file(&saylog).display().to_string();
    let dry = format!("--dry-run {path}");
    for (told, is_there) in [
        ("3 conversations (3 new); 8 messages would be added", false),
        (
            "3 conversations (3 as before); 0 messages would be added",
            true,
        ),
    ] {
        if is_there {
            import(&saylog, &other);
        }
        let outcome = other.run(&["--import", &dry]);
        assert!(outcome.stdout.contains(told), "{}", outcome.stdout);
        assert_eq!(other.said().is_empty(), !is_there);
    }
    let json = other.run(&["--json", "--import", &dry]);
    let told = &events(&json.stdout)[0];
    assert_eq!(
        (&told["users"], &told["same"], &told["known"]),
        (
            &json!({"alice": true, "bob": true, "carol": true}),
            &json!(3),
            &json!(8)
        )
    );
}
