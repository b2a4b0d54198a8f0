//! Stores that many write to give messages their ids only at the commit, with
//! gaps, and may have to run a group again. There is none yet, but
//! `memory:at-commit` is like them: nobody can tell it from `--ephemeral`, but
//! for the ids.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::support::events::events;
use crate::support::normal::normalise;
use crate::support::run::{Outcome, check, configured, exact, feed};

const AT_ONCE: &[&str] = &["--ephemeral"];
const AT_COMMIT: &[&str] = &["--store", "memory:at-commit"];

const PERSONAS: &str = "[personas.critic]\nmodel = \"mock:echo\"\nsystem = \"Find fault.\"\n";

/// Three people. `{3}` stands for the id of the third message of the log; the
/// line above the first of them shows all messages that are meant.
const TRANSCRIPT: &str = "\
/user alice
nobody listens yet
/start the plan
hello
what next?
/system be brief
and now?
/history
/undo
/redo
/redo
/undo 2
/moves
so I say this instead
/retry
/retry mock
/context
/clear
/undo
/undo
/user bob
/start
hello from bob
/model mock
repeat this
/rename bob's own
/each alice are you there?
/each bob and you?
/system say less
/system
/system clear
/history user
/user carol
/start --as critic a second look
judge this
/fork the other way
on another path
/sessions
/resume the plan
/resume a second look
/context
/user alice
/history
/edit better words
/moves
/sessions global --all
/users
/history global
/show #{3}
/show #{12} global
/fork at #{3} from there
one more on the branch
/context
/context at #{10}
/undo 99
/undo
/redo
/fork
/quote #{1} #{9}
and what of that?
/quote #{12}
/resume the plan
/clear
/edit again
/moves
/retry mock:echo
//slashed
/show #999999
/history user
/sessions --all
/sessions global
/users
/history global
";

/// Several at once: nobody knows who ends first. Before that each session is
/// seen once, so that they always get the same numbers.
const SIDE_BY_SIDE: &str = "\
/start
one
/history
/user bob
/start
/model mock
two
/history
/user carol
/start --as critic
three
/history
/each what do you think?
/each alice,bob and you?
/each --personas critic is that so?
/history user
/history global
/sessions global
/users
";

/// Plays a transcript from a file, so that all of it is there at once. The clock
/// goes on at each look.
fn played(store: &[&str], json: bool, transcript: &str) -> Outcome {
    let saylog = configured(PERSONAS);
    fs::write(saylog.folder().join("script"), transcript).expect("a file");
    let mut command = std::process::Command::new(crate::support::run::SAYLOG);
    let [(clock, begin), seed] = exact(0);
    command
        .env_clear()
        .env("HOME", saylog.folder())
        .current_dir(saylog.folder())
        .envs([(clock, format!("{begin}+1")), seed])
        .args(["--user", "alice", "--model", "mock:echo", "-f", "script"])
        .args(store)
        .args(json.then_some("--json"));
    feed(command, b"")
}

/// The transcript with the ids that this store gives. They are the same in
/// every run, because nothing in it depends on time.
fn with_ids(store: &[&str]) -> String {
    let (known, _) = TRANSCRIPT.split_once('{').expect("an id");
    let (known, _) = known.rsplit_once('\n').expect("lines");
    let ids = ids(&played(store, true, &format!("{known}\n")));
    let of_alice = ids.iter().zip(1..);
    of_alice.fold(TRANSCRIPT.to_owned(), |transcript, (id, number)| {
        transcript.replace(&format!("{{{number}}}"), &id.to_string())
    })
}

/// The ids of all messages that were shown as JSON, in the order of the log.
fn ids(outcome: &Outcome) -> Vec<i64> {
    let messages = events(&outcome.stdout).into_iter();
    let messages = messages.filter(|event| event["event"] == "message");
    let ids: BTreeSet<_> = messages
        .map(|event| event["id"].as_i64().expect("an id"))
        .collect();
    ids.into_iter().collect()
}

/// The text with the place in `ids` for each id behind a `#`.
fn numbered(text: &str, ids: &[i64]) -> String {
    let mut parts = text.split('#');
    let mut numbered = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_digit());
        let (id, rest) = part.split_at(digits.unwrap_or(part.len()));
        let place = id.parse().ok().and_then(|id| place(id, ids));
        let place = place.map_or_else(|| id.to_owned(), |place| place.to_string());
        numbered.push_str(&format!("#{place}{rest}"));
    }
    numbered
}

/// The place of an id among all, from 1.
fn place(id: i64, ids: &[i64]) -> Option<usize> {
    ids.iter().position(|known| *known == id).map(|at| at + 1)
}

/// The same for ids in the fields of an event.
fn number(value: &mut Value, field: &str, ids: &[i64]) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                number(value, name, ids);
            }
        }
        Value::Array(values) => {
            for value in values {
                number(value, field, ids);
            }
        }
        Value::String(text) => *text = numbered(text, ids),
        Value::Number(_) if field == "ids" || field == "id" || field.ends_with("_id") => {
            let id = value.as_i64().and_then(|id| place(id, ids));
            *value = id.expect("the id of a message").into();
        }
        _ => {}
    }
}

/// The outcome with numbers for ids and words for times.
fn normal(outcome: Outcome, ids: &[i64], json: bool) -> Outcome {
    let Outcome {
        stdout,
        stderr,
        code,
    } = outcome;
    let stdout = if json {
        let mut events = events(&stdout);
        for event in &mut events {
            number(event, "", ids);
        }
        events.iter().map(|event| format!("{event}\n")).collect()
    } else {
        numbered(&stdout, ids)
    };
    Outcome {
        stdout: normalise(&stdout, &mut Vec::new()),
        stderr: numbered(&stderr, ids),
        code,
    }
}

/// What comes of the transcript with ids in that store.
fn told(store: &[&str], json: bool) -> Outcome {
    let transcript = with_ids(store);
    let ids = ids(&played(store, true, &transcript));
    normal(played(store, json, &transcript), &ids, json)
}

#[track_caller]
fn same(json: bool) {
    let expected = told(AT_ONCE, json);
    let lines = expected.stdout.lines().count();
    assert!(lines > TRANSCRIPT.lines().count(), "{expected:?}");
    let late = told(AT_COMMIT, json);
    check(&late, &expected.stdout, &expected.stderr, expected.code);
}

#[test]
fn ids_at_the_commit_make_no_difference() {
    same(false);
}

#[test]
fn ids_at_the_commit_make_no_difference_to_scripts() {
    same(true);
}

#[test]
fn ids_at_the_commit_have_gaps() {
    let count = |store| {
        let ids = ids(&played(store, true, &with_ids(store)));
        (
            ids.len(),
            usize::try_from(ids[ids.len() - 1]).expect("an id"),
        )
    };
    let (messages, newest) = count(AT_ONCE);
    assert_eq!(messages, newest);
    let (late, newest) = count(AT_COMMIT);
    assert_eq!(late, messages);
    assert!(newest > messages);
}

#[test]
fn ids_at_the_commit_make_no_difference_to_replies_side_by_side() {
    let told = |store| {
        let mut outcome = played(store, false, SIDE_BY_SIDE);
        let ids = ids(&played(store, true, SIDE_BY_SIDE));
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        outcome.stdout = normalise(&outcome.stdout, &mut Vec::new());
        let mut lines: Vec<_> = outcome.stdout.lines().map(str::to_owned).collect();
        lines.sort();
        (ids.len(), lines)
    };
    assert_eq!(told(AT_COMMIT), told(AT_ONCE));
}
