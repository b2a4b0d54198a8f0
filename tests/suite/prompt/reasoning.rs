//! What a person sees of a model that thinks before it answers.

use vt100::Color;

use super::*;
use crate::support::run::{asking, check};
use crate::support::server::{Endpoint, Server, Turn, script};

/// What the model thinks, in pieces, with control sequences and blank lines around it.
const THOUGHTS: [&str; 4] = ["\n\n", "First \x1b[2J", "this,\n", "then that.\n\n"];

/// A prompt at which a model answers that thinks.
struct Talk {
    saylog: Saylog,
    endpoint: Endpoint,
    terminal: Terminal,
}

impl Talk {
    #[track_caller]
    fn new(columns: u16, reasoning: &str, variables: &[(&str, &str)]) -> Self {
        let (saylog, endpoint) = (Saylog::new(), Endpoint::new());
        let base = endpoint.base();
        let mut arguments = vec!["--model", "x", "--base-url", &base];
        if !reasoning.is_empty() {
            arguments.extend(["--reasoning", reasoning]);
        }
        let terminal = Terminal::of(&saylog, &arguments, variables);
        terminal.shows_such("a prompt", |screen| screen.ends_with("alice> ▏"));
        terminal.resizes(24, columns);
        Self {
            saylog,
            endpoint,
            terminal,
        }
    }

    /// Asks, and gives the request, agreed to.
    #[track_caller]
    fn asks(&mut self) -> Turn {
        self.terminal.types("hello\r");
        self.endpoint.begun()
    }

    /// Waits until this is what the screen shows of the turn.
    #[track_caller]
    fn shows(&self, expected: &str) {
        let expected = format!("> hello\nsession <1> begins\n{expected}");
        self.terminal.shows_at_last(&expected);
    }
}

/// The last row of a screen, if it counts the seconds of a model that thinks.
fn counts(screen: &str) -> bool {
    let row = screen.rsplit_once('\n').map_or("", |(_, row)| row);
    let is_face = |c: char| ('\u{2800}'..='\u{28ff}').contains(&c);
    let seconds = row.strip_prefix(is_face);
    let seconds = seconds.and_then(|row| row.strip_prefix(" thinking… "));
    let seconds = seconds.and_then(|row| row.strip_suffix(" s · x · Ctrl-C stops▏"));
    seconds.is_some_and(|seconds| seconds.parse::<u64>().is_ok())
}

#[test]
fn folded_it_is_a_line_that_counts_and_is_gone_when_the_answer_begins() {
    for columns in [40, 80] {
        for reasoning in ["", "fold"] {
            let mut talk = Talk::new(columns, reasoning, &[]);
            let mut turn = talk.asks();
            turn.thinks("Hm.");
            talk.terminal.shows_such("a count", counts);
            let (_, _, is_dim) = talk.terminal.look("thinking");
            assert!(is_dim);
            turn.thinks(" Hm?");
            turn.says("The answer.\n\n");
            talk.shows("The answer.\n▏");
            turn.says_at_last("More.");
            talk.shows("The answer.\n\nMore.\n\nalice/<1>> ▏");
            assert!(!talk.terminal.written().contains("Hm"));
            leave(talk.terminal);
            assert_eq!(talk.saylog.said().len(), 2);
        }
    }
}

#[test]
fn shown_it_stands_above_the_answer() {
    for columns in [40, 80] {
        let mut talk = Talk::new(columns, "show", &[]);
        let mut turn = talk.asks();
        for piece in THOUGHTS {
            turn.thinks(piece);
        }
        let above = "First ␛[2Jthis,\nthen that.";
        talk.shows(&format!("{above}▏"));
        let look = talk.terminal.look("then that.");
        assert_eq!(look, (Color::Default, false, true));
        turn.says_at_last("**an** answer");
        talk.shows(&format!("{above}\n\nan answer\n\nalice/<1>> ▏"));
        assert_harmless(&talk.terminal);
        assert!(!talk.terminal.written().contains("thinking…"));
        leave(talk.terminal);
        let said = talk.saylog.said();
        assert_eq!(said, ["alice user: hello", "alice ai: **an** answer"]);
    }
}

#[test]
fn hidden_there_is_a_spinner_and_no_more() {
    let mut talk = Talk::new(80, "hide", &[]);
    let mut turn = talk.asks();
    turn.thinks("Hm.");
    talk.terminal.shows_such("a spinner", |screen| {
        let row = screen.rsplit_once('\n').map_or("", |(_, row)| row);
        row.starts_with(|c| ('\u{2800}'..='\u{28ff}').contains(&c))
            && row.ends_with(" s · x · Ctrl-C stops▏")
    });
    turn.says_at_last("The answer.");
    talk.shows("The answer.\n\nalice/<1>> ▏");
    let written = talk.terminal.written();
    assert!(!written.contains("Hm") && !written.contains("thinking"));
    leave(talk.terminal);
}

#[test]
fn on_a_dumb_terminal_it_is_plain_text() {
    for (reasoning, above) in [
        ("show", "First ␛[2Jthis,\nthen that.\n\n"),
        ("fold", "thinking…\n"),
        ("hide", ""),
    ] {
        let mut talk = Talk::new(80, reasoning, &[("TERM", "dumb")]);
        let mut turn = talk.asks();
        for piece in THOUGHTS {
            turn.thinks(piece);
        }
        turn.says_at_last("The answer.");
        talk.shows(&format!("{above}The answer.\nalice/<1>> ▏"));
        let written = talk.terminal.written();
        assert!(!written.contains('\x1b'), "{written:?}");
        leave(talk.terminal);
    }
}

#[test]
fn stopped_in_mid_thought_the_screen_is_clean() {
    for (reasoning, above) in [("show", "Hm.\n"), ("fold", ""), ("hide", "")] {
        let mut talk = Talk::new(80, reasoning, &[]);
        let mut turn = talk.asks();
        turn.thinks("Hm.");
        match reasoning {
            "show" => talk.shows("Hm.▏"),
            "fold" => talk.terminal.shows_such("a count", counts),
            _ => talk.terminal.shows_such("a spinner", |screen| {
                screen.ends_with(" s · x · Ctrl-C stops▏")
            }),
        }
        talk.terminal.types(CTRL_C);
        talk.terminal.shows_such("a clean end", |screen| {
            let begins = format!("session <1> begins\n{above}interrupted before anything came");
            screen.contains(&begins) && screen.ends_with("\nalice/<1>> ▏")
        });
        turn.sees_the_end();
        leave(talk.terminal);
    }
}

#[test]
fn on_a_pipe_the_answer_is_all_there_is() {
    for reasoning in ["show", "fold", "hide"] {
        let server = Server::new([script(|mut turn| {
            turn.begins();
            turn.thinks("Hm.\n");
            turn.says_at_last("The answer.");
        })]);
        let saylog = asking(&server).with(&["--reasoning", reasoning]);
        check(&saylog.run(&["hello"]), "The answer.\n", "", 0);
        let log = saylog.log();
        assert!(log.contains(r#""reasoning":"Hm.\n""#), "{log}");
    }
}
