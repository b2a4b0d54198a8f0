//! What commands at the prompt say that they have done.

use super::*;

/// What the prompt answers to these lines, one after the other.
#[track_caller]
fn answers(saylog: &Saylog, lines: &[(&str, &str)]) {
    let mut terminal = Terminal::of_width(120, saylog, &[], &[]);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    for (line, answer) in lines {
        // On a screen of its own, so that ids are counted from 1.
        terminal.types(format!("{CTRL_L}{line}\r"));
        terminal.shows_such(&format!("{line}: {answer}"), |screen| {
            let shown = screen.split_once(&format!("> {line}\n"));
            shown.is_some_and(|(_, shown)| {
                let shown = shown.rsplit_once('\n').map_or("", |(shown, _)| shown);
                screen.ends_with("> ▏") && shown == *answer
            })
        });
    }
    leave(terminal);
}

#[test]
fn sessions_are_told_by_id_title_and_what_they_were_before() {
    answers(
        &Saylog::new(),
        &[
            ("/start", "Chat started successfully! Session <1>."),
            (
                "/fork",
                "Session <2> forked from <1>, last used just now, 0 messages.",
            ),
            (
                "/start trip",
                "Chat started successfully! Session <2> “trip”, in place of <1>.",
            ),
            (
                "/fork other way",
                "Session <1> “other way” forked from <2> “trip”, last used just now, 0 messages.",
            ),
            (
                "/rename third",
                "Session <1> is called third now, renamed from “other way”.",
            ),
            ("/rename third", "Session <1> is called third now."),
            (
                "/resume trip",
                "Session <1> “trip” resumed, last used just now, 0 messages, 0 in context.",
            ),
        ],
    );
}

#[test]
fn a_fork_says_where_it_begins_and_a_first_title_takes_nothings_place() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start\none\ntwo\n").code, 0);
    answers(
        &saylog,
        &[
            (
                "/fork at #2 x",
                "Session <1> “x” forked from <2> at #2, last used just now, 2 messages.",
            ),
            (
                "/start",
                "Chat started successfully! Session <1>, in place of <2> “x”.",
            ),
            ("/rename first", "Session <1> is called first now."),
        ],
    );
}

#[test]
fn the_age_of_a_session_is_told() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start trip\none\n").code, 0);
    let store = saylog.stored();
    store.tamper("UPDATE sessions SET touched_at = touched_at - 2 * 3600000 - 60000");
    let mut terminal = prompt(&saylog);
    terminal.types("/resume trip\r");
    terminal.shows_such("how long ago it was", |screen| {
        screen.contains(
            "\nSession <1> “trip” resumed, last used 2 h ago, 2 messages, 2 in context.\n",
        )
    });
    terminal.shows_at_last("\nalice/trip> ▏");
    terminal.types(format!("{CTRL_L}/fork by train\r"));
    terminal.shows(
        "alice/trip> /fork by train
Session <1> “by train” forked from <2> “trip” at #2, last used 2 h
  ago, 2 messages.
alice/by train> ▏",
    );
    leave(terminal);
}

#[test]
fn prompts_and_models_are_told_with_what_they_take_the_place_of() {
    let long = "be ".repeat(30);
    let long = long.trim_end();
    answers(
        &Saylog::new(),
        &[
            ("/model mock:echo", "mock:echo, in place of mock"),
            ("/model", "mock:echo"),
            ("/start", "Chat started successfully! Session <1>."),
            ("/model mock:echo", "mock:echo"),
            ("/model mock", "mock, in place of mock:echo"),
            ("/system be brief", "System prompt set."),
            (
                &format!("/system {long}"),
                "System prompt set, in place of “be brief”.",
            ),
            (
                "/system clear",
                &format!(
                    "System prompt cleared; it was “{}…”.",
                    &"be ".repeat(16)[..46]
                ),
            ),
            ("/system clear", "System prompt cleared."),
        ],
    );
}

#[test]
fn a_receipt_hangs_in_a_narrow_window() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of_width(40, &saylog, &[], &[]);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal.types("/start x\r/system be kind to everybody\r");
    terminal.shows_at_last("\nSystem prompt set.\nalice/x> ▏");
    terminal.types("/system be brief\r");
    terminal
        .shows_at_last("\nSystem prompt set, in place of “be kind\n  to everybody”.\nalice/x> ▏");
    leave(terminal);
}
