//! Logs in saylog's own form: written without loss, and joined with others.

mod faults;
mod machines;
mod parts;
mod random;

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::events::events;
use crate::support::run::{Outcome, Saylog, check};
use crate::support::script::{before, context, ids, run, scripted};

/// The file that a log is written into, for others to read.
fn file(saylog: &Saylog) -> PathBuf {
    saylog.folder().join("log.jsonl")
}

/// Writes what filters choose of a log into its file; gives the text.
#[track_caller]
fn export(saylog: &Saylog, filters: &str) -> String {
    let path = file(saylog);
    let line = format!("--force {filters} {}", path.display());
    let outcome = saylog.run(&["--export", &line]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    fs::read_to_string(path).expect("the file")
}

/// Puts a log that was written into another one.
fn import(from: &Saylog, into: &Saylog) -> Outcome {
    let path = file(from).display().to_string();
    let mut outcome = into.run(&["--import", &path]);
    for text in [&mut outcome.stdout, &mut outcome.stderr] {
        *text = text.replace(&path, "log.jsonl");
    }
    outcome
}

/// The same, of everything in it.
#[track_caller]
fn merge(from: &Saylog, into: &Saylog) -> String {
    export(from, "in:global");
    let outcome = import(from, into);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    outcome.stdout
}

/// The lines of a file, as values.
fn lines(text: &str) -> Vec<Value> {
    events(text)
}

#[test]
fn a_log_is_written_a_line_for_each_thing() {
    let saylog = scripted();
    before(
        &saylog,
        "/start Trip\n/system be brief\nby \"train\"?\n/undo\nby boat?\n/fork\n/rename Boats\n",
    );
    before(&saylog, "/user bob\n/start\nprivate\n");
    let written = export(&saylog, "");
    let ids = ids(&saylog);
    let mut expected = String::from(
        r#"{"type":"saylog","version":1,"scope":"user"}
{"type":"session","session_id":"<1>","user_id":"alice","started_at":"2026-11-22T13:32:07.120Z"}
{"type":"session","session_id":"<2>","user_id":"alice","started_at":"2026-11-22T13:32:07.120Z"}
{"type":"message","session_id":"<1>","seq":1,"role":"system","content":"be brief","at":"2026-11-22T13:32:07.120Z"}
{"type":"message","session_id":"<1>","seq":2,"role":"user","content":"by \"train\"?","at":"2026-11-22T13:32:07.120Z","depth":1,"system":1}
{"type":"message","session_id":"<1>","seq":3,"role":"ai","content":"by \"train\"?","at":"2026-11-22T13:32:07.120Z","model":"mock:echo","parent":2,"depth":2,"system":1}
{"type":"message","session_id":"<1>","seq":4,"role":"user","content":"by boat?","at":"2026-11-22T13:32:07.120Z","depth":1,"system":1}
{"type":"message","session_id":"<1>","seq":5,"role":"ai","content":"by boat?","at":"2026-11-22T13:32:07.120Z","model":"mock:echo","parent":4,"depth":2,"system":1}
{"type":"state","session_id":"<1>","messages":5,"moves":1,"title":"Trip","first_words":"by \"train\"?","head":5,"context":2,"system":1,"redo":1}
{"type":"move","session_id":"<1>","why":"undo","from":{"head":3},"to":{},"gone":2,"back":0,"at":"2026-11-22T13:32:07.120Z"}
{"type":"state","session_id":"<2>","messages":0,"moves":1,"title":"Boats","first_words":"by \"train\"?","fork_of":"<1>","head":["<1>",5],"context":2,"system":["<1>",1]}
{"type":"move","session_id":"<2>","why":"fork","from":{},"to":{"head":["<1>",5]},"gone":0,"back":2,"at":"2026-11-22T13:32:07.120Z"}
{"type":"end","sessions":2,"messages":5,"moves":2}
"#,
    );
    for (number, id) in (1..).zip(&ids) {
        expected = expected.replace(&format!("<{number}>"), id);
    }
    assert_eq!(written, expected);
}

#[test]
fn a_log_goes_to_a_new_machine_with_everybody_in_it() {
    let (here, there) = (scripted(), scripted());
    before(
        &here,
        "/start Trip\nby train?\n/start Books\nwhich?\n/archive\n",
    );
    before(&here, "/user bob\n/start\nprivate\n");
    let written = export(&here, "in:global");
    check(
        &import(&here, &there),
        "log.jsonl (saylog): 3 conversations (3 new); 6 messages added for alice (new here), \
         bob (new here).\n",
        "",
        0,
    );
    assert_eq!(export(&there, "in:global"), written);
    // It is what it was: whose, where it stands, what lists leave out.
    check(
        &run(&there, &["--resume", "Trip", "-c", "/sessions"]),
        "1 <1…> 2 2 mock:echo <time> \"Trip\" current\n",
        "",
        0,
    );
}

#[test]
fn a_session_that_went_on_elsewhere_goes_on_here() {
    let (laptop, desk) = (scripted(), scripted());
    before(&laptop, "/start Trip\nby train?\n");
    merge(&laptop, &desk);
    let later = desk.run(&["--resume", "Trip", "-c", "by boat?", "-c", "/rename Sea"]);
    assert_eq!(later.code, 0, "{}", later.stderr);
    assert_eq!(
        merge(&desk, &laptop),
        "log.jsonl (saylog): 1 conversation (1 with something new); 2 messages added for alice.\n"
    );
    let all = [
        "user: by train?",
        "ai: by train?",
        "user: by boat?",
        "ai: by boat?",
    ];
    assert_eq!(context(&laptop), all);
    // What it is called here is not changed in silence.
    assert!(export(&laptop, "").contains(r#""title":"Trip""#));
    assert_eq!(
        merge(&desk, &laptop),
        "log.jsonl (saylog): 1 conversation (1 as before); 0 messages added for alice.\n"
    );
    // Where the person has moved it meanwhile, it stays.
    let moved = laptop.run(&["--resume", "Trip", "-c", "/undo"]);
    assert_eq!(moved.code, 0, "{}", moved.stderr);
    let later = desk.run(&["--resume", "Sea", "-c", "by air?"]);
    assert_eq!(later.code, 0, "{}", later.stderr);
    assert_eq!(
        merge(&desk, &laptop),
        "log.jsonl (saylog): 1 conversation (1 with something new); 2 messages added for alice.\n  \
         1 conversation has gone on here: what is new of it is in the log, and not in its context\n"
    );
    assert_eq!(context(&laptop), all[..2]);
}

#[test]
fn what_went_on_differently_becomes_a_session_of_its_own() {
    let (laptop, desk) = (scripted(), scripted());
    before(&laptop, "/start Trip\nby train?\n");
    merge(&laptop, &desk);
    for (machine, text) in [(&laptop, "by boat?"), (&desk, "by air?")] {
        let said = machine.run(&["--resume", "Trip", "-c", text]);
        assert_eq!(said.code, 0, "{}", said.stderr);
    }
    let told = "; 2 messages added for alice.\n  1 conversation went on differently here: what was \
                said there is a session of its own\n";
    let of = |conversations: &str| format!("log.jsonl (saylog): {conversations}{told}");
    assert_eq!(merge(&desk, &laptop), of("1 conversation (1 new)"));
    let common = ["user: by train?", "ai: by train?"];
    let here = [common[0], common[1], "user: by boat?", "ai: by boat?"];
    assert_eq!(context(&laptop), here);
    // What was said on the desk goes on from the same question.
    let branch = ids(&laptop)[1].clone();
    let resumed = laptop.run(&["--json", "--resume", &branch[..8], "-c", "/history"]);
    let there: Vec<_> = events(&resumed.stdout)
        .iter()
        .filter(|event| event["event"] == "message")
        .map(|event| event["content"].clone())
        .collect();
    assert_eq!(there, ["by train?", "by train?", "by air?", "by air?"]);
    assert_eq!(resumed.code, 0);
    // Everything is on both, once.
    let both = "2 conversations (1 new, 1 as before)";
    assert_eq!(merge(&laptop, &desk), of(both));
    for (from, into) in [(&laptop, &desk), (&desk, &laptop)] {
        let again = merge(from, into);
        assert!(again.contains("; 0 messages added for alice.\n"), "{again}");
    }
    assert_eq!((laptop.said().len(), desk.said().len()), (6, 6));
}

#[test]
fn moves_of_what_went_on_differently_are_news_once() {
    let (laptop, desk) = (scripted(), scripted());
    before(&laptop, "/start Trip\nby train?\n/clear\nby bus?\n");
    merge(&laptop, &desk);
    let say = |machine: &Saylog, line: &str| {
        let said = machine.run(&["--resume", "Trip", "-c", line]);
        assert_eq!(said.code, 0, "{}", said.stderr);
    };
    say(&laptop, "by boat?");
    say(&desk, "by air?");
    merge(&desk, &laptop);
    let of = |conversations: &str| {
        format!(
            "log.jsonl (saylog): 1 conversation ({conversations}); 0 messages added for alice.\n"
        )
    };
    let branch = ids(&laptop)[1].clone();
    let context = || {
        let shown = laptop.run(&["--resume", &branch[..8], "-c", "/history"]);
        shown.stdout.lines().count()
    };
    let without = "  without: moves (1)\n";
    for _ in 0..2 {
        assert_eq!(merge(&desk, &laptop), of("1 as before") + without);
    }
    assert_eq!(context(), 4);
    // Where it stands there now is taken over, and that once.
    say(&desk, "/undo");
    let without = "  without: moves (2)\n";
    assert_eq!(merge(&desk, &laptop), of("1 with something new") + without);
    assert_eq!(context(), 2);
    for _ in 0..2 {
        assert_eq!(merge(&desk, &laptop), of("1 as before") + without);
    }
    assert_eq!(context(), 2);
}

#[test]
fn filters_choose_a_part_and_missing_links_are_counted() {
    let saylog = scripted();
    before(&saylog, "/start\n/system be brief\none\ntwo\n");
    let path = file(&saylog).display().to_string();
    let outcome = saylog.run(&["--json", "--export", &format!("role:ai {path}")]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert_eq!(
        events(&outcome.stdout),
        [
            json!({"event": "export", "line": 1, "file": path, "format": "saylog",
                "conversations": 1, "messages": 2, "left_out": {}, "missing_links": 5, "secrets": {}, "made": true})
        ]
    );
    let written = fs::read_to_string(&path).expect("the file");
    let lines = lines(&written);
    assert_eq!(lines[0]["scope"], "part");
    let replies: Vec<_> = lines
        .iter()
        .filter(|line| line["type"] == "message")
        .map(|line| (&line["content"], &line["parent"], &line["depth"]))
        .collect();
    assert_eq!(
        replies,
        [
            (&json!("one"), &Value::Null, &json!(2)),
            (&json!("two"), &Value::Null, &json!(4))
        ]
    );
    // It is a conversation of these elsewhere, once.
    let other = scripted();
    for (count, kind) in [(2, "new"), (0, "as before")] {
        check(
            &import(&saylog, &other),
            &format!(
                "log.jsonl (saylog): 1 conversation (1 {kind}); {count} messages added for \
                 alice{}.\n",
                if count == 2 { " (new here)" } else { "" }
            ),
            "",
            0,
        );
    }
    // What does not follow on it is no context.
    assert_eq!(context(&other), ["ai: two"]);
}

#[test]
fn a_store_of_the_fifth_version_is_brought_up_to_date() {
    let (here, there) = (scripted(), scripted());
    before(&here, "/start Trip\nby train?\n");
    merge(&here, &there);
    let written = export(&there, "in:global");
    // As the program before this one had it.
    there.stored().tamper(
        "DROP VIEW log; CREATE VIEW log AS SELECT 1 AS id;
         DROP INDEX imports_behind; DROP INDEX origins_of_messages;
         ALTER TABLE imports DROP COLUMN behind; ALTER TABLE imports DROP COLUMN is_mixed;
         ALTER TABLE imports DROP COLUMN is_renumbered; ALTER TABLE imports DROP COLUMN model;
         PRAGMA user_version = 5;",
    );
    assert_eq!(export(&there, "in:global"), written);
    assert_eq!(
        (there.stored().version(), there.integrity().as_str()),
        (6, "ok")
    );
    let sources: Vec<String> = there.stored().rows("SELECT source FROM log");
    assert_eq!(sources, ["saylog", "saylog"]);
}
