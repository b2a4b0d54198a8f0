//! What other programs read in the store: the views, through the tools that
//! people look into databases with.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::manual::page;
use crate::support::run::{Saylog, check, configured, has};
use crate::support::script::before;

/// Session 1 is alice's, with a title, a system prompt of its own and what was
/// cleared; 2 is bob's, as a persona; in 3 nothing was said.
fn three() -> Saylog {
    let persona = "[personas.critic]\nmodel = \"mock\"\nsystem = \"Find fault.\"\n";
    let saylog = configured(persona).exact();
    before(
        &saylog,
        "/start the plan\nhello\n/clear\n/system be brief\n",
    );
    before(&saylog, "/user bob\n/start --as critic\njudge \"this\"\n");
    before(&saylog, "/start empty\n");
    saylog
}

/// What the view `conversations` shows of them, the columns in order.
fn conversations(saylog: &Saylog) -> Value {
    let ids = saylog.stored().sessions();
    let times = ["07.120", "08.120", "09.120"].map(|time| format!("2026-11-22T13:32:{time}Z"));
    json!([
        {
            "session_id": ids[0], "user_id": "alice", "title": "the plan",
            "first_words": "hello", "model": null, "persona": null, "system": "be brief",
            "started_at": times[0], "last_at": times[0], "messages": 3, "context": 0,
            "head_id": null, "last_id": 3, "archived_at": null,
        },
        {
            "session_id": ids[1], "user_id": "bob", "title": null,
            "first_words": "judge \"this\"", "model": "mock", "persona": "critic",
            "system": "Find fault.", "started_at": times[1], "last_at": times[1],
            "messages": 3, "context": 2, "head_id": 6, "last_id": 6, "archived_at": null,
        },
        {
            "session_id": ids[2], "user_id": "alice", "title": "empty", "first_words": null,
            "model": null, "persona": null, "system": null, "started_at": times[2],
            "last_at": times[2], "messages": 0, "context": 0, "head_id": null, "last_id": null,
            "archived_at": null,
        },
    ])
}

/// What the view `log` shows of bob's reply.
fn reply(saylog: &Saylog) -> Value {
    json!({
        "id": 6, "seq": 3, "parent_id": 5, "user_id": "bob",
        "session_id": saylog.stored().sessions()[1], "role": "ai",
        "content": "This is a mock response from AI.", "created_at": "2026-11-22T13:32:08.120Z",
        "model": "mock", "status": "complete", "prompt_tokens": null, "reply_tokens": null,
        "finish_reason": null, "reasoning": null, "citations": null, "title": null,
        "persona": "critic", "said_at": null, "source": null,
    })
}

/// What a tool prints, as JSON.
#[track_caller]
fn printed(tool: &str, arguments: &[&str], saylog: &Saylog) -> Value {
    let mut command = Command::new(tool);
    // Its settings are not the person's.
    command.env("HOME", saylog.folder()).args(arguments);
    let output = command.output().expect("the tool runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {arguments:?}: {stderr}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn path(saylog: &Saylog) -> String {
    saylog.store().to_str().expect("UTF-8").to_owned()
}

#[test]
fn a_conversation_costs_a_few_lookups_however_long_it_is() {
    let saylog = three();
    let plan: Vec<(i64, i64, i64, String)> =
        (saylog.stored()).rows("EXPLAIN QUERY PLAN SELECT * FROM conversations");
    let scans: Vec<&str> = (plan.iter())
        .filter_map(|(_, _, _, step)| step.strip_prefix("SCAN "))
        .collect();
    assert_eq!(scans, ["s"], "{plan:?}");
}

#[test]
fn what_came_from_another_program_has_the_time_at_which_it_was_said_there() {
    let saylog = three();
    let store = saylog.stored();
    let came = "INSERT INTO messages (seq, session, role, content, created_at, status, said_at)
                VALUES (1, 3, 1, 'long ago', 1795354327120, 0, 1000000000001)";
    store.write(came).expect("an append is allowed to anybody");
    let times: (String, String) = store.row("SELECT created_at, said_at FROM log WHERE id = 7");
    let expected = ["2026-11-22T13:32:07.120Z", "2001-09-09T01:46:40.001Z"].map(String::from);
    assert_eq!(times, expected.into());
}

#[test]
fn small_tables_say_what_they_refer_to() {
    let saylog = three();
    before(
        &saylog,
        "/start long\none\ntwo\nthree\nfour\nfive\n/compact\n",
    );
    let store = saylog.stored();
    let references: Vec<String> = store.rows(
        "SELECT t.name || '.' || f.\"from\" || ' ' || f.\"table\"
         FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f
         WHERE t.type = 'table' ORDER BY 1",
    );
    assert_eq!(
        references,
        [
            "imports.head messages",
            "imports.session sessions",
            "moves.from_floor messages",
            "moves.session sessions",
            "moves.to_floor messages",
            "origins.message messages",
            "partials.answers messages",
            "partials.oldest messages",
            "partials.sent_floor messages",
            "partials.sent_prompt prompts",
            "partials.sent_system messages",
            "partials.session sessions",
            "sent.answers messages",
            "sent.floor messages",
            "sent.prompt prompts",
            "sent.reply messages",
            "sent.system messages",
            "sessions.user users",
        ]
    );
    assert_eq!(store.count("moves WHERE to_floor IS NOT NULL"), 1);
    let broken: Vec<String> = store.rows("SELECT \"table\" FROM pragma_foreign_key_check");
    assert_eq!(broken, [""; 0]);
}

#[test]
fn the_page_names_the_columns_of_both() {
    let page = page("docs/store.md");
    let saylog = three();
    let store = saylog.stored();
    for view in ["log", "conversations"] {
        let row = page
            .text
            .lines()
            .find(|line| line.starts_with(&format!("| `{view}` | a ")));
        let columns = row.and_then(|row| row.split('|').nth(3)).expect("its row");
        // What stands in brackets explains.
        let mut named = Vec::new();
        for part in columns.split(')') {
            let before = part.split('(').next().unwrap_or_default();
            named.extend(before.split('`').skip(1).step_by(2).map(str::to_owned));
        }
        let query = format!("SELECT name FROM pragma_table_info('{view}') ORDER BY cid");
        assert_eq!(named, store.rows::<String>(&query), "{view}");
    }
}

/// The first row, which is the only one.
fn only(rows: &Value) -> &Value {
    assert_eq!(rows.as_array().expect("rows").len(), 1, "{rows}");
    &rows[0]
}

#[test]
fn the_sqlite3_shell_reads_the_views() {
    if !has("sqlite3", "the views in the sqlite3 shell") {
        return;
    }
    let saylog = three();
    let store = path(&saylog);
    let read = |query: &str| printed("sqlite3", &["-readonly", "-json", &store, query], &saylog);
    let rows = read("SELECT * FROM conversations ORDER BY started_at");
    assert_eq!(rows, conversations(&saylog));
    let rows = read("SELECT * FROM log WHERE persona = 'critic' AND role = 'ai'");
    assert_eq!(*only(&rows), reply(&saylog));
}

#[test]
fn sqlite_utils_reads_the_views() {
    if !has("sqlite-utils", "the views in sqlite-utils") {
        return;
    }
    let saylog = three();
    let store = path(&saylog);
    let rows = printed("sqlite-utils", &["rows", &store, "conversations"], &saylog);
    assert_eq!(rows, conversations(&saylog));
    let arguments = ["rows", &store, "log", "--where", "id = 6"];
    let rows = printed("sqlite-utils", &arguments, &saylog);
    assert_eq!(*only(&rows), reply(&saylog));
}

#[test]
fn datasette_reads_the_views() {
    if !has("datasette", "the views in datasette") {
        return;
    }
    let saylog = three();
    let store = path(&saylog);
    let get = |page: &str| {
        let page = format!("/saylog/{page}&_shape=array");
        printed("datasette", &[&store, "--get", &page], &saylog)
    };
    let rows = get("conversations.json?_sort=started_at");
    assert_eq!(rows, conversations(&saylog));
    assert_eq!(*only(&get("log.json?id=6")), reply(&saylog));
    // Looking changed nothing.
    let users = "alice 2 3 2026-11-22T13:32:07.120Z current\nbob 1 3 2026-11-22T13:32:08.120Z\n";
    check(&saylog.lines(&["/users"]), users, "", 0);
}
