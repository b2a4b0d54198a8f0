//! Rows that another program has spoiled.

use crate::support::events::events;
use crate::support::run::{MOCK, Saylog, check};

/// Alice has said something in two sessions: messages 1 to 4, and 5 and 6.
fn spoiled(sql: &str) -> (Saylog, String) {
    let saylog = Saylog::new();
    saylog.play("/start one\na\nb\n/start two\nc\n");
    let listing = saylog.lines(&["/log"]).stdout;
    saylog.stored().tamper(sql);
    (saylog, listing)
}

/// What is wrong with a row, and how it can have come there.
const SPOILED: [(&str, &str); 5] = [
    ("UPDATE messages SET role = 7 WHERE id = 3", "its role is 7"),
    (
        "UPDATE messages SET status = -1 WHERE id = 3",
        "its status is -1",
    ),
    (
        "UPDATE messages SET session = 99 WHERE id = 3",
        "its session is not there",
    ),
    (
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT', ''), 'NOT NULL', '')
         WHERE name = 'messages';
         PRAGMA writable_schema = RESET;
         UPDATE messages SET created_at = NULL WHERE id = 3",
        "a value is not of the kind that belongs there",
    ),
    (
        "INSERT INTO sessions (uuid, user, created_at) VALUES ('not a uuid', 1, 0);
         UPDATE messages SET session = 3 WHERE id = 3",
        "the id of its session is not a UUID",
    ),
];

#[test]
fn a_spoiled_row_costs_that_row() {
    for (sql, why) in SPOILED {
        let (saylog, listing) = spoiled(sql);
        let rows: Vec<&str> = listing.split_inclusive('\n').collect();
        let rest = [&rows[..2], &rows[3..]].concat().concat();
        let told = "-c:1: 1 message cannot be read (#3): the store was changed by another program, \
                    or is damaged; `/show #3 global` says what is wrong\n";
        check(&saylog.lines(&["/log"]), &rest, told, 1);
        let told =
            format!("-c:1: the store cannot be read: message #3 is not as it was written: {why}\n");
        check(&saylog.lines(&["/show #3 global"]), "", &told, 1);
        // What goes on beside it is not touched: this is no damage of the file.
        let outcome = saylog.lines(&["/log", "/resume two", "d"]);
        assert!(outcome.stdout.ends_with(MOCK), "{sql}");
    }
}

#[test]
fn text_that_is_not_utf_8_is_shown_as_well_as_it_can_be() {
    let sql = "UPDATE messages SET content = CAST(x'61ff62' AS TEXT), model = CAST(x'ff' AS TEXT)
               WHERE id = 3";
    let (saylog, _) = spoiled(sql);
    let outcome = saylog.run(&["--json", "-c", "/log"]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let third = &events(&outcome.stdout)[2];
    let texts = [&third["content"], &third["model"]].map(|text| text.as_str());
    assert_eq!(texts, [Some("a\u{fffd}b"), Some("\u{fffd}")]);
}

#[test]
fn a_context_that_is_tied_in_a_knot_is_listed_up_to_there() {
    let (saylog, listing) = spoiled("UPDATE messages SET parent = 4 WHERE id = 3");
    let rows: Vec<&str> = listing.split_inclusive('\n').collect();
    let told = "-c:1: what stands before #3 in a context cannot be reached: the store was changed by \
                another program, or is damaged; the sqlite3 shell's `.recover` saves what can be read\n";
    check(
        &saylog.lines(&["/history user"]),
        &rows[2..].concat(),
        told,
        1,
    );
    check(&saylog.lines(&["/log"]), &listing, "", 0);
}

#[test]
fn a_huge_id_is_an_id() {
    let sql = "INSERT INTO messages (id, seq, session, role, content, created_at, status)
               VALUES (9223372036854775806, 5, 1, 1, 'huge', 0, 0)";
    let (saylog, listing) = spoiled(sql);
    let outcome = saylog.lines(&["/log"]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert!(outcome.stdout.starts_with(&listing) && outcome.stdout.ends_with(" user: huge\n"));
}

#[test]
fn a_spoiled_session_costs_that_session() {
    let sql = "UPDATE sessions SET uuid = 'not a uuid' WHERE id = 1";
    let (saylog, _) = spoiled(sql);
    let told = "1 session cannot be read: the store was changed by another program, or is damaged; \
                the sqlite3 shell's `.recover` saves what can be read";
    for (line, count) in [("/sessions", 1), ("/sessions global", 1)] {
        let outcome = saylog.lines(&[line]);
        assert_eq!(
            (outcome.stderr, outcome.code),
            (format!("-c:1: {told}\n"), 1)
        );
        assert_eq!(
            outcome
                .stdout
                .lines()
                .filter(|row| row.contains("two"))
                .count(),
            count,
            "{line}"
        );
    }
    let outcome = saylog.lines(&["/resume one"]);
    assert_eq!(
        (outcome.stderr, outcome.code),
        (format!("-c:1: {told}\n"), 1)
    );
    let outcome = saylog.lines(&["/resume two"]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
}

#[test]
fn a_user_whose_name_is_no_text_is_nobody() {
    let sql = "INSERT INTO users (name) VALUES (CAST(x'ff' AS TEXT))";
    let (saylog, _) = spoiled(sql);
    let outcome = saylog.lines(&["/users"]);
    let told = "-c:1: 1 user cannot be read: the store was changed by another program, or is damaged; \
                the sqlite3 shell's `.recover` saves what can be read\n";
    assert_eq!((outcome.stderr.as_str(), outcome.code), (told, 1));
    assert_eq!(outcome.stdout.lines().count(), 1);
}

#[test]
fn a_message_that_is_gone_is_missed() {
    let (saylog, listing) = spoiled("DELETE FROM messages WHERE id = 3");
    let rows: Vec<&str> = listing.split_inclusive('\n').collect();
    let rest = [&rows[..2], &rows[3..]].concat().concat();
    let told = "-c:1: 1 message cannot be read (#3): the store was changed by another program, or is \
                damaged; the sqlite3 shell's `.recover` saves what can be read\n";
    check(&saylog.lines(&["/log"]), &rest, told, 1);
}
