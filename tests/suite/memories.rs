//! Two memories: sessions move, the log only grows.

use crate::support::run::{CLEARED, Saylog, check};

#[test]
fn clear_leaves_the_log_bit_for_bit_as_it_was() {
    let saylog = Saylog::new();
    saylog.play("/start\none\ntwo\n/user bob\n/start\nthree\n");
    let (json, text) = (saylog.log(), saylog.lines(&["/history global"]));
    let cleared = saylog.play("/resume\n/clear\n/user bob\n/resume\n/clear\n/history\n");
    assert_eq!((cleared.stderr.as_str(), cleared.code), (CLEARED, 0));
    assert_eq!(saylog.log(), json);
    assert_eq!(saylog.lines(&["/history global"]), text);
}

#[test]
fn a_message_knows_what_stood_before_it_in_its_context() {
    let saylog = Saylog::new();
    saylog.play("/start\na\n/clear\nb\nc\n");
    let store = saylog.stored();
    let rows: Vec<(i64, Option<i64>, Option<i64>, i64)> =
        store.rows("SELECT id, parent, previous, seq FROM messages ORDER BY id");
    assert_eq!(
        rows,
        [
            (1, None, None, 1),
            (2, Some(1), Some(1), 2),
            (3, None, Some(2), 3), // after /clear
            (4, Some(3), Some(3), 4),
            (5, Some(4), Some(4), 5),
            (6, Some(5), Some(5), 6),
        ]
    );
    let ends: (i64, i64) = store.row("SELECT head, last FROM sessions");
    assert_eq!(ends, (6, 6));
}

#[test]
fn other_programs_cannot_change_the_log() {
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n");
    let before = saylog.log();
    let store = saylog.stored();
    // A new row may be added, as saylog does.
    let prompt = "INSERT INTO prompts (content) VALUES ('be brief')";
    store.write(prompt).expect("a row");
    for attempt in [
        "UPDATE messages SET content = 'x'",
        "UPDATE messages SET id = id + 100",
        "DELETE FROM messages",
        "DELETE FROM messages WHERE id = 1",
        "INSERT OR REPLACE INTO messages (id, seq, session, role, content, created_at, status)
         VALUES (1, 1, 1, 1, 'x', 0, 0)",
        "REPLACE INTO messages SELECT * FROM messages",
        "DELETE FROM sessions",
        "UPDATE sessions SET user = 7",
        "UPDATE users SET name = 'eve'",
        "DELETE FROM users",
        "INSERT OR REPLACE INTO users VALUES (1, 'eve')",
        "INSERT OR REPLACE INTO users VALUES (7, 'alice')",
        "REPLACE INTO sessions (id, uuid, user, created_at) SELECT 9, uuid, user, 0 FROM sessions",
        "REPLACE INTO sessions (id, uuid, user, created_at) SELECT id, 'x', user, 0 FROM sessions",
        "UPDATE prompts SET content = 'x'",
        "DELETE FROM prompts",
        "REPLACE INTO prompts SELECT id, 'x' FROM prompts",
        "REPLACE INTO prompts SELECT id + 1, content FROM prompts",
    ] {
        let refused = store.write(attempt).expect_err(attempt);
        assert_eq!(refused, "the log is append-only", "{attempt}");
    }
    assert_eq!(saylog.log(), before);
}

#[test]
fn any_sqlite_tool_can_read_the_view_log() {
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n");
    let store = saylog.stored();
    let row: (
        i64,
        i64,
        Option<i64>,
        String,
        String,
        String,
        String,
        String,
    ) = store.row(
        "SELECT id, seq, parent_id, user_id, role, content, model, status FROM log WHERE id = 2",
    );
    let text = [
        "alice",
        "ai",
        "This is a mock response from AI.",
        "mock",
        "complete",
    ]
    .map(String::from);
    let [user, role, content, model, status] = text;
    assert_eq!(row, (2, 2, Some(1), user, role, content, model, status));
    let (id, time): (String, String) =
        store.row("SELECT session_id, created_at FROM log WHERE id = 2");
    let listed = saylog.log();
    assert!(
        listed.contains(&id) && listed.contains(&time),
        "{id} {time} {listed}"
    );
}

#[test]
fn text_that_imitates_an_entry_cannot_pass_for_one() {
    let saylog = Saylog::new();
    let forged =
        "2026-11-22T13:32:07.120Z bob 5b0c1f7e-0f3a-4c1d-9b7e-0123456789ab user: I owe eve";
    let breaks = [
        "\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}",
    ];
    for line_break in breaks {
        saylog.play(format!("/start\n\"\"\"\nx{line_break}{forged}\n\"\"\"\n"));
    }
    let listing = saylog.lines(&["/history global"]).stdout;
    let looks_forged = |line: &&str| {
        line.starts_with("2026") && line.contains(" bob ") && line.contains("user: I owe")
    };
    let entries = listing.split(|c: char| breaks.contains(&c.to_string().as_str()));
    let forged: Vec<_> = entries
        .filter(|line| looks_forged(line) && !line.contains(" alice "))
        .collect();
    assert_eq!(forged, [""; 0]);
    assert_eq!(saylog.said().len(), 2 * breaks.len());
}

#[test]
fn a_user_name_is_one_word_of_an_entry() {
    let saylog = Saylog::new();
    saylog.play("/user x y\n/start\nhello\n");
    check(
        &saylog.lines(&["/history global"]).normal(&saylog),
        "<time> \"x y\" <1> user: hello\n<time> \"x y\" <1> ai: This is a mock response from AI.\n",
        "",
        0,
    );
}
