//! Listings that have nothing to show: no error, and a hint that says what to type.

use crate::support::prompt::prompt;
use crate::support::run::{
    CLEARED, CONTEXTS_EMPTY, NO_PERSONAS, NO_SESSIONS, NONE_SPOKEN, NOTHING_MOVED, NOTHING_SAID,
    SESSION_SILENT, STARTED, Saylog, UNDONE, UNUSED, USER_SILENT, check, feed,
};

#[test]
fn who_has_said_nothing_is_told_how_to_begin() {
    let saylog = Saylog::new();
    for (line, hint) in [
        ("/sessions", NO_SESSIONS),
        ("/sessions --all", NO_SESSIONS),
        ("/sessions global 5", NOTHING_SAID),
        ("/history user", USER_SILENT),
        ("/history global", NOTHING_SAID),
        ("/log", NOTHING_SAID),
        ("/log user 3", USER_SILENT),
        ("/personas", NO_PERSONAS),
    ] {
        check(&saylog.lines(&[line]), "", hint, 0);
        let json = saylog.run(&["--json", "-c", line]);
        assert_eq!((json.stderr.as_str(), json.code), (hint, 0), "{line}");
        assert!(
            json.stdout.starts_with(r#"{"event":"end","line":1,"#),
            "{line}"
        );
        assert!(
            json.stdout.ends_with("\"count\":0,\"more\":false}\n"),
            "{line}"
        );
        assert_eq!(json.stdout.lines().count(), 1, "{line}");
    }
    // Somebody is always there to be listed, and to answer.
    check(&saylog.lines(&["/users"]), "alice 0 0 - current\n", "", 0);
    assert_eq!(saylog.lines(&["/models"]).stderr, "");
}

#[test]
fn where_filters_find_nothing_the_hint_is_about_them_and_not_about_words() {
    let saylog = Saylog::new();
    for line in [
        "/stats",
        "/stats by day",
        "/stats heat",
        "/stats since:today",
        "/search role:ai",
    ] {
        check(&saylog.lines(&[line]), "", USER_SILENT, 0);
    }
    check(&saylog.lines(&["/log user:zed"]), "", NOTHING_SAID, 0);
    let told = saylog.lines(&["/start", "/stats in:session"]);
    check(&told, STARTED, SESSION_SILENT, 0);
    assert_eq!(saylog.play("/start\nhello\n").code, 0);
    let fewer = "nothing was found; fewer filters find more";
    for (line, hint) in [
        (
            "/log user:zed",
            "nothing was found of that user; `/users` lists all users",
        ),
        (
            "/log since:tomorrow",
            "nothing was found at that time; `/stats by day in:global` shows when something was said",
        ),
        (
            "/stats by user before:2001-01-01",
            "nothing was found at that time; `/stats by day` shows when something was said",
        ),
        ("/log model:none", fewer),
        (
            "/search model:none",
            "nothing was found; fewer filters find more, `in:global` looks among everybody's",
        ),
        // Where words were looked for, they are what can be said differently.
        (
            "/log since:tomorrow rome",
            "nothing was found; `word*` finds what begins so",
        ),
    ] {
        check(&saylog.lines(&[line]), "", &format!("{hint}\n"), 0);
        let json = saylog.run(&["--json", "-c", line]);
        assert_eq!((json.stderr, json.code), (format!("{hint}\n"), 0), "{line}");
        assert!(
            json.stdout.ends_with("\"count\":0,\"more\":false}\n"),
            "{line}"
        );
    }
    let mut carol = saylog.command_of("carol");
    carol.args(["-c", "/stats"]);
    check(&feed(carol, b""), "", USER_SILENT, 0);
}

#[test]
fn a_session_in_which_nothing_was_said_says_so() {
    let saylog = Saylog::new();
    check(
        &saylog.play("/start\n/history\n/log session\n/moves\n"),
        STARTED,
        &format!("{UNUSED}{SESSION_SILENT}{NOTHING_MOVED}"),
        0,
    );
    check(
        &saylog.play("/start\n/context\n"),
        &format!("{STARTED}0 messages, 0 of 8192 tokens (0 %)\n"),
        UNUSED,
        0,
    );
    check(&saylog.lines(&["/sessions"]), "", NONE_SPOKEN, 0);
}

#[test]
fn an_empty_context_says_what_brings_something_back() {
    let saylog = Saylog::new();
    let hint = |lines: &str| {
        let outcome = saylog.play(format!("/start\none\n{lines}\n/history\n"));
        assert_eq!(outcome.code, 0);
        outcome.stderr
    };
    assert_eq!(hint("/clear"), CLEARED);
    assert_eq!(hint("/undo"), UNDONE);
    assert_eq!(hint("/undo\n/system brief"), UNDONE);
    // In a fork of it nothing was moved.
    assert_eq!(hint("/undo\n/fork"), UNUSED);
    check(&saylog.lines(&["/history user"]), "", CONTEXTS_EMPTY, 0);
}

#[test]
fn at_a_terminal_the_hint_is_a_dim_line() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    for (line, hint) in [
        ("/sessions", NO_SESSIONS),
        ("/log 5", NOTHING_SAID),
        ("/personas", NO_PERSONAS),
    ] {
        terminal.types(format!("{line}\r"));
        terminal.shows_at_last(&format!("\nalice> {line}\n{hint}alice> ▏"));
        let dim = format!("\x1b[2m{}\x1b[0m", hint.trim_end());
        assert!(terminal.written().contains(&dim), "{line}");
    }
    terminal.types("\x04");
    assert_eq!(terminal.ends(), "Success");
}
