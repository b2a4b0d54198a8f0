//! `/search` at the prompt: what it shows, and what completes it.

use super::*;
use crate::support::script::scripted;

/// A store with a session about Rome.
fn about_rome() -> Saylog {
    let saylog = scripted();
    let long = "I think that we should go by train, since the way is a part of the journey, and Rome \
                is far; what do you think of it, and of the price of \x1b[2J all that?";
    let talk = format!("/start Trip to Rome\n{long}\n/user bob\n/start\nhi\n");
    assert_eq!(saylog.play(talk).code, 0);
    saylog
}

#[test]
fn a_hit_says_where_it_is_and_shows_its_words() {
    let saylog = about_rome();
    let narrow = "\
> /search rome limit:1
  1 alice/Trip to Rome #2 ai, 2026-11-22
    13:32:07
    I think that we should go by train,
    since the way is a part of the
    journey, and Rome is far; what do
    you think of it, and of the price of
    ␛[2J all that?
alice> ▏";
    let wide = "\
> /search rome limit:1
  1 alice/Trip to Rome #2 ai, 2026-11-22 13:32:07
    I think that we should go by train, since the way is a part of the journey,
    and Rome is far; what do you think of it, and of the price of ␛[2J all that?
alice> ▏";
    for (columns, expected) in [(40, narrow), (80, wide)] {
        let arguments = ["--color", "never"];
        let mut terminal = Terminal::of_width(columns, &saylog, &arguments, &[]);
        terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
        terminal.types("/search rome limit:1\r");
        terminal.shows_at_last(expected);
        leave(terminal);
    }
}

#[test]
fn words_are_marked_and_nothing_raw_is_shown() {
    let saylog = about_rome();
    let mut terminal = Terminal::of(&saylog, &[], &[]);
    terminal.shows_at_last("\nalice> ▏");
    terminal.types("/search rome\r");
    terminal.shows_such("two hits", |screen| screen.ends_with("all that?\nalice> ▏"));
    assert!(terminal.written().contains("\x1b[1;33mRome\x1b[0m"));
    assert!(!terminal.written().contains("\x1b[2J all"));
    terminal.types("/search romeo\r");
    terminal.shows_at_last(
        "\nnothing was found; `in:global` looks among everybody's, `word*` for what begins\n  so, `/resume WORDS` in titles\nalice> ▏",
    );
    leave(terminal);
}

#[test]
fn filters_and_their_values_are_completed() {
    let saylog = about_rome();
    let mut terminal = Terminal::of(&saylog, &[], &[]);
    terminal.shows_at_last("\nalice> ▏");
    for (typed, completed) in [
        ("/search rome si", "/search rome since:"),
        ("/search -mo", "/search -model:"),
        ("/search role:a", "/search role:ai"),
        ("/search in:g", "/search in:global"),
        ("/search in:global user:b", "/search in:global user:bob"),
        ("/search --r", "/search --rank"),
        ("/search source:cha", "/search source:chatgpt"),
        ("/log --", "/log --utc"),
        ("/log --utc gl", "/log --utc global"),
        ("/log se", "/log session"),
        ("/log user sin", "/log user since:"),
        ("/log role:ai gl", "/log role:ai gl"),
        ("/search roman", "/search roman"),
    ] {
        terminal.types(format!("{typed}\tx"));
        terminal.shows_at_last(&format!("\nalice> {completed}x▏"));
        terminal.types(CTRL_U);
        terminal.shows_at_last("\nalice> ▏");
    }
    leave(terminal);
}
