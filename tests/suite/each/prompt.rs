//! `/each` at a terminal: whose reply is whose, and Ctrl-C.

use super::questions;
use super::side_by_side::TwoUsers;
use crate::support::prompt::{CTRL_C, leave};
use crate::support::run::{Saylog, configured};
use crate::support::terminal::Terminal;

/// The prompt of bob, who has a session as alice has.
#[track_caller]
fn two_at_a_terminal(saylog: &Saylog) -> Terminal {
    let mut terminal = Terminal::of(saylog, &[], &[]);
    terminal.shows_at_last("\nalice> ▏");
    let lines = "/start\r/system alice's\r/user bob\r/start\r/system bob's\r";
    terminal.types(lines);
    terminal.shows_at_last("> /system bob's\nSystem prompt set.\nbob/<2>> ▏");
    terminal
}

#[test]
fn each_reply_stands_under_the_name_of_its_user() {
    let users = TwoUsers::new();
    let mut terminal = two_at_a_terminal(&users.saylog);
    terminal.types("/each what do *you* think?\r");
    let (mut alice, mut bob) = users.both();
    alice.says("I, ");
    bob.says("Me, **bob**.\n\n- one\n");
    bob.ends();
    terminal.shows_such("bob's reply", |screen| {
        screen.contains("> /each what do *you* think?\nbob/<2>\nMe, bob.\n\n• one\n")
    });
    alice.says_at_last("alice.");
    terminal.shows_at_last(
        "> /each what do *you* think?\nbob/<2>\nMe, bob.\n\n• one\nalice/<1>\nI, alice.\n\nbob/<2>> ▏",
    );
    leave(terminal);
    assert_eq!(
        questions(&users.saylog),
        ["alice: what do *you* think?", "bob: what do *you* think?"]
    );
}

#[test]
fn personas_are_named_beside_the_user() {
    let saylog = configured("[personas.poet]\n[personas.\"c\\u001b[2J\"]\n");
    let mut terminal = Terminal::of(&saylog, &[], &[]);
    terminal.shows_at_last("\nalice> ▏");
    // Nobody has a session as one of them: they are begun.
    terminal.types("/each --personas poet hi\r");
    terminal.shows_at_last(
        "> /each --personas poet hi\nsession <1> begins\nalice/<1> as poet\n\
         This is a mock response from AI.\n\nalice/<1>> ▏",
    );
    let name = "c\u{1b}[2J";
    assert_eq!(saylog.play(format!("/start --as {name}\nhello\n")).code, 0);
    terminal.types("/resume latest\r/each hi\r");
    terminal.shows_at_last(
        "> /each hi\nalice/<2> as c␛[2J\nThis is a mock response from AI.\n\nalice/<2>> ▏",
    );
    leave(terminal);
}

#[test]
fn one_that_fails_is_told_by_name_and_the_prompt_stays() {
    let users = TwoUsers::new();
    let mut terminal = two_at_a_terminal(&users.saylog);
    terminal.types("/each hello\r");
    let (mut alice, mut bob) = users.both();
    alice.says("Half");
    drop(alice);
    bob.says("Whole.");
    terminal.shows_such("the failed reply", |screen| {
        screen.contains("\nalice/<1>\nHalf\n")
    });
    bob.ends();
    terminal.shows_at_last(
        "> /each hello\nalice/<1>\nHalf\nbob/<2>\nWhole.\n\
         error: alice: the reply was cut off; `/continue` asks for the rest, `/retry` for\n  another reply\n\nbob/<2>> ▏",
    );
    leave(terminal);
    assert_eq!(
        users.replies(),
        ["alice failed: Half", "bob complete: Whole."]
    );
}

#[test]
fn ctrl_c_stops_all_and_keeps_what_had_come() {
    let users = TwoUsers::new();
    let mut terminal = two_at_a_terminal(&users.saylog);
    terminal.types("/each hello\r");
    let (mut alice, mut bob) = users.both();
    let kept = users.talks_on(&mut alice, &mut bob);
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nbob/<2>> ▏");
    alice.sees_the_end();
    bob.sees_the_end();
    terminal.shows_such("both parts, each with a note", |screen| {
        // They are longer than a line of the screen.
        let screen = screen.replace('\n', "");
        screen.contains(&format!("alice/<1>{}", kept[0]))
            && screen.contains(&format!("bob/<2>{}", kept[1]))
            && screen.matches("interrupted; what had come is kept").count() == 2
            && !screen.contains("error")
    });
    let replies = users.replies();
    assert_eq!(replies.len(), 2, "{replies:?}");
    assert!(
        replies[0].starts_with(&format!("alice interrupted: {}", kept[0])),
        "{replies:?}"
    );
    assert!(
        replies[1].starts_with(&format!("bob interrupted: {}", kept[1])),
        "{replies:?}"
    );
    // The conversations go on from there.
    terminal.types("go on\r");
    let turn = users.endpoint.begun();
    assert_eq!(turn.told()[..2], ["system: bob's", "user: hello"]);
    assert!(
        turn.told()[2].starts_with("assistant: z"),
        "{:?}",
        turn.told()
    );
    turn.says_at_last("I do.");
    terminal.shows_at_last("\nbob/<2>> go on\nI do.\n\nbob/<2>> ▏");
    leave(terminal);
}

#[test]
fn ctrl_c_before_anything_came_leaves_the_questions() {
    let users = TwoUsers::new();
    let mut terminal = two_at_a_terminal(&users.saylog);
    terminal.types("/each hello\r");
    let (alice, bob) = users.both();
    terminal.types(CTRL_C);
    terminal.shows_such("a note for each", |screen| {
        screen.contains("\nalice: interrupted before anything came\n")
            && screen.contains("\nbob: interrupted before anything came\n")
            && screen.ends_with("\nbob/<2>> ▏")
            && !screen.contains("error")
    });
    alice.sees_the_end();
    bob.sees_the_end();
    leave(terminal);
    assert_eq!(
        users.replies(),
        ["alice interrupted: ", "bob interrupted: "]
    );
    assert_eq!(questions(&users.saylog), ["alice: hello", "bob: hello"]);
}

#[test]
fn a_busy_endpoint_is_called_busy_only_until_it_is_asked_again() {
    let users = TwoUsers::new();
    let mut terminal = two_at_a_terminal(&users.saylog);
    terminal.types("/each hello\r");
    let (one, two) = (users.endpoint.turn(), users.endpoint.turn());
    let (alice, mut bob) = if one.told()[0] == "system: alice's" {
        (one, two)
    } else {
        (two, one)
    };
    bob.begins();
    let busy = r#"{"error":{"message":"too fast"}}"#;
    alice.refuses("429 Too Many Requests", "Retry-After: 2\r\n", busy);
    terminal.shows_such("a countdown", |screen| {
        screen.contains(" s, the endpoint is busy: again in ")
    });
    let alice = users.endpoint.begun();
    assert_eq!(alice.told(), ["system: alice's", "user: hello"]);
    // Nobody has said anything yet: the wait goes on without the notice.
    terminal.shows_such("a plain spinner", |screen| {
        screen.ends_with(" s · alice, bob · Ctrl-C stops▏") && !screen.contains("busy")
    });
    alice.says_at_last("I, now.");
    bob.says_at_last("Me.");
    terminal.shows_such("both replies", |screen| {
        screen.contains("\nalice/<1>\nI, now.\n") && screen.contains("\nbob/<2>\nMe.\n")
    });
    terminal.shows_at_last("\nbob/<2>> ▏");
    leave(terminal);
}

/// The last row of a screen, with its face as `*` and its seconds as `N`, and these.
fn waiting(screen: &str) -> Option<(String, u64)> {
    let (_, row) = screen.rsplit_once('\n')?;
    let row = row.strip_prefix(|c| ('\u{2800}'..='\u{28ff}').contains(&c))?;
    let (seconds, rest) = row.strip_prefix(' ')?.split_once(' ')?;
    Some((format!("* N {rest}"), seconds.parse().ok()?))
}

#[track_caller]
fn waits(terminal: &Terminal, at_least: u64, expected: &str) {
    terminal.shows_such(expected, |screen| {
        waiting(screen).is_some_and(|(row, seconds)| row == expected && seconds >= at_least)
    });
}

#[test]
fn the_spinner_says_who_has_answered_by_one_clock() {
    for (columns, rows) in [
        (
            80,
            [
                "* N s · alice, bob · Ctrl-C stops▏",
                "* N s · alice (bob has answered) · Ctrl-C stops▏",
            ],
        ),
        (
            40,
            [
                "* N s · alice, bob · Ctrl-C stops▏",
                "* N s · alice (1 of 2 a… · Ctrl-C stops▏",
            ],
        ),
    ] {
        let users = TwoUsers::new();
        let mut terminal = Terminal::of_width(columns, &users.saylog, &[], &[]);
        terminal.shows_at_last("\nalice> ▏");
        let lines = "/start\r/system alice's\r/user bob\r/start\r/system bob's\r";
        terminal.types(lines);
        terminal.shows_at_last("> /system bob's\nSystem prompt set.\nbob/<2>> ▏");
        terminal.types("/each hello\r");
        let (alice, bob) = users.both();
        waits(&terminal, 1, rows[0]);
        bob.says_at_last("I, bob.");
        // It has not begun again.
        waits(&terminal, 1, rows[1]);
        terminal.shows_such("bob's reply", |screen| {
            screen.contains("\nbob/<2>\nI, bob.\n")
        });
        alice.says_at_last("I, alice.");
        terminal.shows_at_last("\nalice/<1>\nI, alice.\n\nbob/<2>> ▏");
        leave(terminal);
    }
}
