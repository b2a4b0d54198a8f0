//! Listings of the newest rows only: `/history 10`, `/log user 20`, `/sessions 5`.

use crate::support::run::{Saylog, check, feed};
use crate::support::script::{before, play, run, scripted};

/// Alice has said a1 (cleared), a2 in a session, a3 in its fork, and a4 in the first
/// again; bob has said b1 before that.
fn spoken() -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start\na1\n/clear\na2\n");
    before(&saylog, "/resume latest\n/fork\na3\n");
    before(&saylog, "/user bob\n/start\nb1\n");
    before(&saylog, "/resume 2\na4\n");
    saylog
}

/// What a line lists in alice's latest session, a text a line.
fn listed(saylog: &Saylog, line: &str) -> String {
    let mut command = saylog.command();
    command.args(["--resume", "latest", "-c", line]);
    let outcome = feed(command, b"");
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0), "{line}");
    let rows = outcome.stdout.lines().map(|row| {
        let (_, said) = row.split_once(": ").expect("an entry");
        said
    });
    rows.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_newest_messages_come_oldest_first() {
    let saylog = spoken();
    for (line, expected) in [
        ("/history", "a2 a2 a4 a4"),
        ("/history 3", "a2 a4 a4"),
        ("/history 1", "a4"),
        ("/history 4", "a2 a2 a4 a4"),
        ("/history 99999999999999999999", "a2 a2 a4 a4"),
        ("/history session 2", "a4 a4"),
        ("/history user", "a2 a2 a3 a3 a4 a4"),
        ("/history user 5", "a2 a3 a3 a4 a4"),
        ("/history 3 user", "a3 a4 a4"),
        ("/history global 5", "a3 b1 b1 a4 a4"),
        ("/log", "a1 a1 a2 a2 a3 a3 b1 b1 a4 a4"),
        ("/log global", "a1 a1 a2 a2 a3 a3 b1 b1 a4 a4"),
        ("/log 3", "b1 a4 a4"),
        ("/log 100", "a1 a1 a2 a2 a3 a3 b1 b1 a4 a4"),
        // What was cleared was said, too, and what a fork took over was not said in it.
        ("/log session", "a1 a1 a2 a2 a4 a4"),
        ("/log session 5", "a1 a2 a2 a4 a4"),
        ("/log user", "a1 a1 a2 a2 a3 a3 a4 a4"),
        ("/log user 4", "a3 a3 a4 a4"),
    ] {
        assert_eq!(listed(&saylog, line), expected, "{line}");
    }
}

#[test]
fn the_end_says_whether_older_ones_are_left_out() {
    let saylog = spoken().with(&["--json"]);
    let ends = |lines: &[&str]| {
        let mut arguments = vec!["--resume", "latest"];
        arguments.extend(lines.iter().flat_map(|line| ["-c", line]));
        let listed = run(&saylog, &arguments).stdout;
        let ends = listed
            .lines()
            .filter(|row| row.contains(r#""event":"end""#));
        ends.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        ends(&["/history 3", "/history 4", "/log user 1", "/log 10"]),
        [
            r#"{"event":"end","line":1,"scope":"session","count":3,"more":true}"#,
            r#"{"event":"end","line":2,"scope":"session","count":4,"more":false}"#,
            r#"{"event":"end","line":3,"scope":"user","count":1,"more":true}"#,
            r#"{"event":"end","line":4,"scope":"global","count":10,"more":false}"#,
        ]
    );
    assert_eq!(
        ends(&["/sessions 1", "/sessions 2", "/sessions global 2 --all"]),
        [
            r#"{"event":"end","line":1,"scope":"user","count":1,"more":true}"#,
            r#"{"event":"end","line":2,"scope":"user","count":2,"more":false}"#,
            r#"{"event":"end","line":3,"scope":"global","count":2,"more":true}"#,
        ]
    );
}

#[test]
fn the_latest_sessions_have_the_numbers_that_resume_takes() {
    let saylog = spoken();
    check(
        &play(&saylog, "/sessions 1\n/sessions global 2\n/resume 1\n"),
        "1 <1…> 4 6 mock:echo <time> \"a1\"\n\
         alice <1…> 4 6 mock:echo <time> \"a1\"\n\
         bob <3…> 2 2 mock:echo <time> \"b1\"\n\
         Session <1> resumed, 6 messages.\n\
         <time> alice <1> user: a2\n<time> alice <1> ai: a2\n\
         <time> alice <1> user: a4\n<time> alice <1> ai: a4\n",
        "",
        0,
    );
    // A number that was not shown names nothing.
    let outcome = play(&saylog, "/sessions 1\n/resume 2\n");
    assert!(outcome.stderr.contains("no session of yours is `2`"));
}

#[test]
fn numbers_that_are_none_are_told() {
    let saylog = scripted();
    check(
        &play(
            &saylog,
            "/history 0\n/history -1\n/history x\n/log 1 2\n/log user session\n/sessions 1.5\n/history\n/log user 3\n/sessions 3\n",
        ),
        "",
        "<stdin>:1: `/history` takes a number from 1 on, not `0`; `/history 10` lists the last 10\n\
         <stdin>:2: `/history` takes a number from 1 on, not `-1`; `/history 10` lists the last 10\n\
         <stdin>:3: `/history` does not know `x`; one of session, user, global, or a number\n\
         <stdin>:4: `/log` takes one number, not `1 2`; `/log 10` lists the last 10\n\
         <stdin>:5: `/log` takes one of its words, not `user session`; `/log [--utc] [global|user|session] [N]|FILTERS`\n\
         <stdin>:6: `/sessions` takes a number from 1 on, not `1.5`; `/sessions 10` lists the last 10\n\
         <stdin>:7: User chat session not found!; `/start` begins one\n\
         you have said nothing yet; `/start` begins a session\n\
         you have no session yet; `/start` begins one\n",
        1,
    );
}
