//! `/resume`: back to an earlier session, whatever one calls it.

use crate::support::events::events;
use crate::support::run::{Outcome, Saylog, check};
use crate::support::script::{before, ids, play, scripted};

/// Alice's sessions 1 to 3, the last two with titles; bob's session 4.
pub(super) fn four() -> Saylog {
    let saylog = scripted();
    before(&saylog, "/start\nwhat is a monad?\n");
    before(&saylog, "/start plan a\nshort\n");
    before(&saylog, "/start plan b\none\ntwo\nthree\n");
    before(&saylog, "/user bob\n/start bobs own\nmy secret\n");
    saylog
}

pub(super) const FIRST: &str = "Session <1> resumed, 2 messages.\n\
                     <time> alice <1> user: what is a monad?\n\
                     <time> alice <1> ai: what is a monad?\n";
pub(super) const SECOND: &str = "Session <2> resumed, 2 messages.\n\
                      <time> alice <2> user: short\n<time> alice <2> ai: short\n";
const THIRD: &str = "Session <3> resumed, 6 messages.\n\
                     <time> alice <3> user: two\n<time> alice <3> ai: two\n\
                     <time> alice <3> user: three\n<time> alice <3> ai: three\n";

/// Resumes by this name and by nothing else.
pub(super) fn resume(saylog: &Saylog, which: &str) -> Outcome {
    play(saylog, &format!("/resume {which}\n"))
}

/// The error for a name that fits none of the user's own sessions.
pub(super) fn missing(line: usize, typed: &str) -> String {
    format!(
        "<stdin>:{line}: no session of yours is `{typed}`; an id or its first four characters or \
         more, a title, a number, or `latest`; `/sessions` lists them\n"
    )
}

#[test]
fn alone_or_as_latest_it_is_the_one_spoken_in_last() {
    let saylog = four();
    before(&saylog, "/start never used\n");
    for line in ["/resume\n", "/resume latest\n", "/resume  \n"] {
        check(&play(&saylog, line), THIRD, "", 0);
    }
    before(&saylog, "/resume plan a\nagain\n");
    check(
        &play(&saylog, "/resume\n"),
        "Session <2> resumed, 4 messages.\n\
         <time> alice <2> user: short\n<time> alice <2> ai: short\n\
         <time> alice <2> user: again\n<time> alice <2> ai: again\n",
        "",
        0,
    );
}

#[test]
fn by_its_id_or_the_first_four_digits_or_more() {
    let saylog = four();
    let id = ids(&saylog)[1].clone();
    for length in [4, 7, 8, 9, 13, 35, 36] {
        check(&resume(&saylog, &id[..length]), SECOND, "", 0);
        let upper = id[..length].to_uppercase();
        check(&resume(&saylog, &upper), SECOND, "", 0);
    }
}

#[test]
fn by_its_title_whole_or_cut_with_an_ellipsis() {
    let saylog = four();
    check(&resume(&saylog, "plan a"), SECOND, "", 0);
    check(&resume(&saylog, "  plan b "), THIRD, "", 0);
    check(&resume(&saylog, "plan b…"), THIRD, "", 0);
    check(&resume(&saylog, "plan"), "", &missing(1, "plan"), 1);
    before(&saylog, "/start plan\n");
    check(
        &resume(&saylog, "plan"),
        "Session <5> resumed, 0 messages.\n",
        "",
        0,
    );
}

#[test]
fn by_the_first_words_if_it_has_no_title() {
    let saylog = four();
    check(&resume(&saylog, "what is a monad?"), FIRST, "", 0);
    check(&resume(&saylog, "what is…"), FIRST, "", 0);
    check(&resume(&saylog, "what is"), "", &missing(1, "what is"), 1);
    // They are no name of one that has a title.
    check(&resume(&saylog, "short"), "", &missing(1, "short"), 1);
}

#[test]
fn by_the_words_that_the_list_shows() {
    let saylog = scripted();
    let said = "twelve letters ".repeat(10);
    before(&saylog, &format!("/start\n{said}\n"));
    before(&saylog, "/start\nother\n");
    let row = saylog.lines(&["/sessions"]).stdout;
    let name = row.split('"').nth(3).expect("two names");
    assert!(name.ends_with('…'), "{row}");
    check(
        &resume(&saylog, name),
        &format!(
            "Session <1> resumed, 2 messages.\n\
             <time> alice <1> user: {said}\n<time> alice <1> ai: {said}\n"
        ),
        "",
        0,
    );
}

#[test]
fn by_its_number_in_the_list_that_was_shown_last() {
    let saylog = four();
    // The list there would be now.
    check(&resume(&saylog, "1"), THIRD, "", 0);
    check(&resume(&saylog, "3"), FIRST, "", 0);
    check(&resume(&saylog, "4"), "", &missing(1, "4"), 1);
    // The list that was shown, though it would be another one since.
    let outcome = play(
        &saylog,
        "/sessions\n/resume 3\nlatest now\n/resume 3\n/resume 1\n/sessions --all\n/resume 2\n",
    );
    let lines: Vec<_> = outcome.stdout.lines().collect();
    let resumed: Vec<_> = lines
        .iter()
        .filter(|line| line.contains("resumed"))
        .collect();
    assert_eq!(
        resumed,
        [
            &"Session <1> resumed, 2 messages.",
            &"Session <1> resumed, 4 messages.",
            &"Session <3> resumed, 6 messages.",
            &"Session <3> resumed, 6 messages.",
        ]
    );
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
}

#[test]
fn a_number_is_of_ones_own_list() {
    let saylog = four();
    // Bob's list has one row, whatever alice has seen.
    check(
        &play(&saylog, "/sessions\n/user bob\n/resume 2\n/resume 1\n"),
        "1 <3…> 6 6 mock:echo <time> \"plan b\"\n\
         2 <2…> 2 2 mock:echo <time> \"plan a\"\n\
         3 <1…> 2 2 mock:echo <time> \"what is a monad?\"\n\
         bob\n\
         Session <4> resumed, 2 messages.\n\
         <time> bob <4> user: my secret\n<time> bob <4> ai: my secret\n",
        &missing(3, "2"),
        1,
    );
}

#[test]
fn a_number_of_the_list_counts_whatever_a_name_begins_with() {
    let saylog = scripted();
    before(&saylog, "/start\n1 + 1 is what?\n");
    before(&saylog, "/start\nhello\n");
    check(
        &play(&saylog, "/sessions\n/resume 1\n"),
        "1 <2…> 2 2 mock:echo <time> \"hello\"\n\
         2 <1…> 2 2 mock:echo <time> \"1 + 1 is what?\"\n\
         Session <2> resumed, 2 messages.\n\
         <time> alice <2> user: hello\n<time> alice <2> ai: hello\n",
        "",
        0,
    );
}

#[test]
fn as_events_the_last_turns_follow_and_an_end() {
    let saylog = four().with(&["--json"]);
    let outcome = resume(&saylog, "plan b");
    let told: Vec<_> = events(&outcome.stdout)
        .iter()
        .map(|event| {
            let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
            (
                text("event"),
                text("role"),
                text("content"),
                event["id"].clone(),
            )
        })
        .collect();
    let message = |id: i64, role: &str, content: &str| {
        (
            "message".to_owned(),
            role.to_owned(),
            content.to_owned(),
            serde_json::json!(id),
        )
    };
    assert_eq!(told[0].0, "resume");
    assert_eq!(
        told[1..5],
        [
            message(7, "user", "two"),
            message(8, "ai", "two"),
            message(9, "user", "three"),
            message(10, "ai", "three"),
        ]
    );
    let lines: Vec<_> = outcome.stdout.lines().collect();
    assert_eq!(
        [lines[0], lines[5]],
        [
            r#"{"event":"resume","line":1,"user_id":"alice","session_id":"<3>","title":"plan b","count":6,"context":6,"last_at":"<time>"}"#,
            r#"{"event":"end","line":1,"scope":"session","count":4,"more":false}"#,
        ]
    );
    assert_eq!(
        (lines.len(), outcome.stderr.as_str(), outcome.code),
        (6, "", 0)
    );
}

#[test]
fn as_events_an_empty_context_has_its_end_too() {
    let saylog = Saylog::new().exact().with(&["--json"]);
    before(&saylog, "/start\n");
    check(
        &play(&saylog, "/resume\n"),
        "{\"event\":\"resume\",\"line\":1,\"user_id\":\"alice\",\"session_id\":\"<1>\",\"title\":null,\
         \"count\":0,\"context\":0,\"last_at\":\"<time>\"}\n\
         {\"event\":\"end\",\"line\":1,\"scope\":\"session\",\"count\":0,\"more\":false}\n",
        "",
        0,
    );
}

#[test]
fn an_empty_context_is_said_with_what_brings_it_back() {
    let saylog = four();
    before(&saylog, "/resume plan a\n/clear\n");
    check(
        &play(&saylog, "/resume plan a\n/undo\n"),
        "Session <2> resumed, 2 messages.\n\
         2 messages are back in the context (#3, #4); `/redo` takes them out again.\n",
        "its context is empty; `/undo` brings back what was cleared\n",
        0,
    );
}

#[test]
fn an_empty_context_of_a_fork_is_said_with_what_brings_it_back() {
    let saylog = four();
    before(&saylog, "/resume plan a\n/fork the fork\n/clear\n");
    check(
        &play(&saylog, "/resume the fork\n/undo\n"),
        "Session <5> resumed, 0 messages.\n\
         2 messages are back in the context (#3, #4); `/redo` takes them out again.\n",
        "its context is empty; `/undo` brings back what was cleared\n",
        0,
    );
}

#[test]
fn an_empty_context_has_no_hint_that_does_not_help() {
    // Turns were taken out, or nothing but a system prompt was ever there.
    let saylog = scripted();
    before(&saylog, "/start taken out\nhello\n/undo\n");
    before(&saylog, "/start prompted\n/system be brief\n");
    for which in ["taken out", "prompted"] {
        let outcome = saylog.play(format!("/resume {which}\n/undo\n"));
        assert!(
            !outcome.stderr.contains("`/undo` brings back") || outcome.code == 0,
            "{which}: {}",
            outcome.stderr
        );
    }
}

#[test]
fn the_last_turns_are_at_most_six_messages() {
    let saylog = scripted();
    let quotes = "/quote #1\n".repeat(8);
    before(&saylog, &format!("/start\nhello\n{quotes}"));
    let outcome = play(&saylog, "/resume\n");
    let rows: Vec<_> = outcome
        .stdout
        .lines()
        .filter(|line| line.starts_with("<time>"))
        .collect();
    // Each of them is a turn without a reply.
    assert_eq!(rows, ["<time> alice <1> user: #1 user, session <1>:"; 2]);
}
