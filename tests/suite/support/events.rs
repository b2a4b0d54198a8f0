//! What `--json` printed: events, and the messages of the log among them.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::run::Saylog;

/// The objects of JSON lines.
pub(crate) fn events(json: &str) -> Vec<Value> {
    json.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The messages of JSON lines, as `user role: content`.
pub(crate) fn said(json: &str) -> Vec<String> {
    json.lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .filter(|event| event["event"] == "message")
        .map(|event| {
            let text = |field: &str| event[field].as_str().expect("text").to_owned();
            format!("{} {}: {}", text("user_id"), text("role"), text("content"))
        })
        .collect()
}

/// The kind of an error with that code, as far as the code alone says it.
pub(crate) fn kind_of(code: &str) -> &'static str {
    match code {
        // A model that is not there, among them; where one fails there are other kinds.
        "session_not_found" | "session_ambiguous" | "message_not_found" | "nothing_to_do"
        | "needs_terminal" | "responder" => "refused",
        "store" | "input" | "output" | "interrupted" => "other",
        _ => "usage",
    }
}

/// A message of the log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Row {
    pub id: i64,
    pub seq: i64,
    pub parent_id: Option<i64>,
    pub user_id: String,
    pub session_id: String,
    pub role: String,
    pub content: String,
}

/// The log, as a new process lists it.
pub(crate) fn log(saylog: &Saylog) -> Vec<Row> {
    saylog
        .log()
        .lines()
        .filter(|line| line.starts_with(r#"{"event":"message""#))
        .map(|line| serde_json::from_str(line).expect("a message"))
        .collect()
}

/// The log, after checking its order: ids (which have gaps on a server, where a turn may
/// have to be said again) and numbers in a session grow by one, every message follows the one before it in its session or begins a
/// context, and every echo directly follows what it repeats.
#[track_caller]
pub(crate) fn ordered(saylog: &Saylog) -> Vec<Row> {
    let rows = log(saylog);
    let mut ends = HashMap::new();
    let (has_gaps, mut before) = (super::run::on_server().is_some(), 0);
    for (at, row) in rows.iter().enumerate() {
        let grows = row.id == before + 1 || (has_gaps && row.id > before);
        assert!(grows, "ids grow by one: {row:?}");
        before = row.id;
        let (last, seq) = ends
            .insert(&row.session_id, (row.id, row.seq))
            .unwrap_or_default();
        assert_eq!(row.seq, seq + 1, "no gap in a session: {row:?}");
        if at % 2 == 0 {
            assert_eq!(row.role, "user", "{row:?}");
            assert!(row.parent_id.is_none_or(|parent| parent == last), "{row:?}");
        } else {
            let question = &rows[at - 1];
            assert_eq!(
                (row.role.as_str(), row.parent_id),
                ("ai", Some(question.id))
            );
            assert_eq!(row.session_id, question.session_id);
            assert_eq!(row.content, question.content);
        }
    }
    assert!(
        rows.len().is_multiple_of(2),
        "a question has its reply: {:?}",
        rows.last()
    );
    assert_eq!(saylog.integrity(), "ok");
    rows
}

/// What was said in these messages, each turn once.
pub(crate) fn turns(rows: &[Row]) -> Vec<&str> {
    rows.iter()
        .step_by(2)
        .map(|row| row.content.as_str())
        .collect()
}
