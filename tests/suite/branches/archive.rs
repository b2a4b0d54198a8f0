//! `/archive`: sessions out of the lists, and back. Nothing leaves the log.

use serde_json::json;

use super::resume::{FIRST, SECOND, four, missing, resume};
use crate::support::events::events;
use crate::support::run::{Saylog, check};
use crate::support::script::{before, ids, play, run};

/// Plays a transcript that has to go well; what it answers.
#[track_caller]
fn played(saylog: &Saylog, transcript: &str) -> String {
    let outcome = play(saylog, transcript);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    outcome.stdout
}

/// What is said where nothing is archived.
const NONE_ARCHIVED: &str =
    "no session of yours is archived; `/archive` archives the current one\n";

fn archived(number: usize) -> String {
    format!("Session <{number}> is archived; `/archive --undo` brings it back.\n")
}

fn listed(number: usize) -> String {
    format!("Session <{number}> is in the lists again; `/archive` archives it.\n")
}

#[test]
fn lists_leave_out_what_is_archived_until_it_is_brought_back() {
    let saylog = four();
    let all = "1 <3…> 6 6 mock:echo <time> \"plan b\"\n\
               2 <2…> 2 2 mock:echo <time> \"plan a\"\n\
               3 <1…> 2 2 mock:echo <time> \"what is a monad?\"\n";
    assert_eq!(played(&saylog, "/sessions\n"), all);
    assert_eq!(played(&saylog, "/archive plan b\n"), archived(3));
    assert_eq!(
        played(&saylog, "/sessions\n"),
        "1 <2…> 2 2 mock:echo <time> \"plan a\"\n\
         2 <1…> 2 2 mock:echo <time> \"what is a monad?\"\n"
    );
    assert_eq!(played(&saylog, "/sessions --all\n").lines().count(), 2);
    assert_eq!(
        played(&saylog, "/sessions --archived\n"),
        "1 <3…> 6 6 mock:echo <time> \"plan b\"\n"
    );
    // Neither does another user's list show it, nor everybody's.
    check(
        &play(&saylog, "/user bob\n/sessions --archived\n"),
        "bob\n",
        NONE_ARCHIVED,
        0,
    );
    assert!(!played(&saylog, "/sessions global\n").contains("plan b"));
    assert!(played(&saylog, "/sessions global --archived\n").contains("plan b"));
    // The latest is now another one, and everything is in the log.
    assert_eq!(played(&saylog, "/resume\n"), SECOND);
    assert_eq!(saylog.said().len(), 12);
    assert_eq!(played(&saylog, "/archive --undo\n"), listed(3));
    assert_eq!(played(&saylog, "/sessions\n"), all);
}

#[test]
fn alone_it_archives_the_current_one_in_which_nobody_is_then() {
    let saylog = four();
    let begun = "Chat started successfully!\nhello\n";
    check(
        &play(
            &saylog,
            "/start new\nhello\n/archive\nlost?\n/start\nhello\n",
        ),
        &format!("{begun}{}{begun}", archived(5)),
        "<stdin>:4: User chat session not found!; `/start` begins one\n",
        1,
    );
    check(
        &play(&saylog, "/archive\n"),
        "",
        "<stdin>:1: User chat session not found!; `/start` begins one\n",
        1,
    );
}

#[test]
fn whoever_had_to_leave_it_is_back_in_it_unless_they_are_elsewhere() {
    let saylog = four();
    let lines = "/resume plan a\n/archive\n/archive --undo\nagain\n/history 1\n";
    let told = played(&saylog, lines);
    assert!(
        told.ends_with("again\n<time> alice <2> ai: again\n"),
        "{told}"
    );
    let lines = "/resume plan a\n/archive\n/start\n/archive --undo plan a\nhere\n/history 1\n";
    let told = played(&saylog, lines);
    assert!(
        told.ends_with("here\n<time> alice <5> ai: here\n"),
        "{told}"
    );
}

#[test]
fn what_is_archived_is_still_found_by_its_name_and_says_so() {
    let saylog = four();
    before(&saylog, "/archive plan a\n");
    check(
        &resume(&saylog, "plan a"),
        SECOND,
        "it is archived; `/archive --undo` puts it into the lists again\n",
        0,
    );
    // Of two of that name it is the one that is listed.
    before(&saylog, "/start plan a\nnew\n");
    check(
        &resume(&saylog, "plan a"),
        "Session <5> resumed, 2 messages.\n<time> alice <5> user: new\n<time> alice <5> ai: new\n",
        "",
        0,
    );
    assert_eq!(played(&saylog, "/archive --undo plan a\n"), listed(2));
    check(&resume(&saylog, "bobs own"), "", &missing(1, "bobs own"), 1);
}

#[test]
fn undo_brings_back_the_current_one_the_one_that_is_named_or_the_last() {
    let saylog = four();
    let id = ids(&saylog)[0].clone();
    before(&saylog, &format!("/archive {id}\n"));
    before(&saylog, "/archive plan a\n");
    before(&saylog, "/archive 1\n");
    check(
        &play(&saylog, "/sessions\n"),
        "",
        "your sessions are archived; `/sessions --archived` lists them\n",
        0,
    );
    assert_eq!(
        played(&saylog, "/archive --undo\n/archive --undo plan a\n"),
        format!("{}{}", listed(3), listed(2))
    );
    let outcome = play(
        &saylog,
        &format!("/archive plan a\n/resume {id}\n/archive --undo\n"),
    );
    assert_eq!(
        outcome.stdout,
        format!("{}{FIRST}{}", archived(2), listed(1))
    );
    assert_eq!(
        played(&saylog, "/sessions --archived\n/archive --undo 1\n"),
        format!("1 <2…> 2 2 mock:echo <time> \"plan a\"\n{}", listed(2))
    );
}

#[test]
fn what_cannot_be_archived_or_brought_back_is_said() {
    let saylog = four();
    before(&saylog, "/archive plan a\n");
    check(
        &play(
            &saylog,
            "/archive plan a\n/archive nope\n/archive bobs own\n/archive --undo plan b\n\
             /archive --undo bobs own\n/archive --und\n/user bob\n/archive --undo\n\
             /sessions --archived\n",
        ),
        "bob\n",
        &format!(
            "<stdin>:1: session <2> is archived already; `/sessions --archived` lists such\n\
             {}{}\
             <stdin>:4: no archived session of yours is `plan b`; `/sessions --archived` lists such\n\
             <stdin>:5: no archived session of yours is `bobs own`; `/sessions --archived` lists such\n\
             <stdin>:6: `/archive` does not know `--und`; did you mean `/archive --undo`?\n\
             <stdin>:8: no session of yours is archived; `/archive` archives the current one\n\
             {NONE_ARCHIVED}",
            missing(2, "nope"),
            missing(3, "bobs own"),
        ),
        1,
    );
}

#[test]
fn a_program_is_told_in_json() {
    let saylog = four();
    let outcome = run(
        &saylog,
        &[
            "--json",
            "-c",
            "/archive plan a",
            "-c",
            "/sessions --archived",
            "-c",
            "/archive --undo",
        ],
    );
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let told = events(&outcome.stdout);
    let archive = |line: u64, archived: bool| {
        json!({
            "event": "archive", "line": line, "user_id": "alice", "session_id": "<2>",
            "title": "plan a", "archived": archived,
        })
    };
    assert_eq!(told[0], archive(1, true));
    assert_eq!(
        (&told[1]["event"], &told[1]["archived"]),
        (&json!("session_row"), &json!(true))
    );
    assert_eq!(told[3], archive(3, false));
    let codes = |line: &str| {
        let outcome = run(&saylog, &["--json", "-c", line]);
        let error = events(&outcome.stdout).remove(0);
        (error["code"].clone(), error["kind"].clone())
    };
    assert_eq!(
        codes("/archive --undo"),
        (json!("nothing_to_do"), json!("refused"))
    );
    assert_eq!(
        codes("/archive --undo plan a"),
        (json!("session_not_found"), json!("refused"))
    );
}

#[test]
fn whoever_has_only_archived_ones_is_told_so() {
    let saylog = four();
    before(
        &saylog,
        "/archive plan a\n/archive plan b\n/archive what is a monad?\n",
    );
    let only = "your sessions are archived; `/sessions --archived` lists them\n";
    check(
        &play(&saylog, "/resume\n/archive latest\n/sessions\n"),
        "",
        &format!("<stdin>:1: {only}<stdin>:2: {only}{only}"),
        1,
    );
    check(
        &run(&saylog, &["--resume", "-c", "/history"]),
        "",
        &format!("saylog: {only}"),
        1,
    );
    // Where one may be begun it is.
    let outcome = run(&saylog, &["--resume", "--start", "-c", "hello"]);
    check(&outcome, "hello\n", "", 0);
}
