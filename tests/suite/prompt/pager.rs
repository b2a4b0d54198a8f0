//! Listings that are longer than the window, and the pager that shows them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;

use crate::support::run::{Saylog, has};
use crate::support::script::{before, scripted};
use crate::support::terminal::Terminal;

/// A store with a session of forty turns, of which a window of 24 rows shows a part,
/// and a program in its folder to show it with.
fn paged(pager: &str) -> Saylog {
    let saylog = scripted();
    let said: String = (1..=40).map(|number| format!("line {number}\n")).collect();
    before(&saylog, &format!("/start plans\n{said}"));
    program(&saylog, "pager", pager);
    saylog
}

/// Puts a program of the shell into the folder.
fn program(saylog: &Saylog, name: &str, body: &str) {
    let path = saylog.folder().join(name);
    fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("a program");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its mode");
}

/// What the pager was given.
fn given(saylog: &Saylog) -> String {
    fs::read_to_string(saylog.folder().join("given")).expect("what it was given")
}

/// The rows of the forty turns, as a terminal shows them.
fn rows() -> String {
    let turn = |number: usize| {
        let (asked, answered) = (number * 2 - 1, number * 2);
        let said = format!("line {number}");
        format!(
            "  13:32:07{asked:>6} user  {said}\n  13:32:07{answered:>6} ai    {said}\n\n",
            asked = format!("#{asked}"),
            answered = format!("#{answered}")
        )
    };
    let turns: String = (1..=40).map(turn).collect();
    format!("alice/a706dd2f  2026-11-22\n{}\n", turns.trim_end())
}

const RESUMED: &str =
    "Session a706dd2f “plans” resumed, last used just now, 80 messages, 80 in\n  context.\n";

/// A pager that keeps what it is given.
const KEEPS: &str = "cat > given; echo shown";

/// Starts the prompt with this pager, in the session with the forty turns.
fn prompt(saylog: &Saylog, variables: &[(&str, &str)]) -> Terminal {
    let arguments = ["--resume", "--prompt", "> ", "--color", "never"];
    let terminal = Terminal::of(saylog, &arguments, variables);
    terminal.shows_at_last("\n> ▏");
    terminal
}

#[test]
fn a_listing_that_is_longer_than_the_window_is_given_to_the_pager_whole() {
    let saylog = paged(KEEPS);
    let mut terminal = prompt(&saylog, &[("SAYLOG_PAGER", "./pager"), ("PAGER", "no")]);
    terminal.types("/history\r");
    terminal.shows_at_last("> /history\nshown\n> ▏");
    assert_eq!(given(&saylog), rows());
    // What fits is written as ever.
    fs::remove_file(saylog.folder().join("given")).expect("a file");
    terminal.types("/help users\r");
    let help = "/users                      lists every user with sessions, messages and last\n                            time";
    terminal.shows_at_last(&format!("> /help users\n{help}\n> ▏"));
    assert!(!saylog.folder().join("given").exists());
    terminal.types("/quit\r");
    assert_eq!(terminal.ends(), "Success");
}

#[test]
fn what_is_in_use_is_paged_like_a_listing_where_the_window_is_small() {
    let saylog = paged(KEEPS);
    let mut terminal = prompt(&saylog, &[("SAYLOG_PAGER", "./pager")]);
    terminal.resizes(8, 100);
    terminal.types("/info\r");
    terminal.shows_at_last("> /info\nshown\n> ▏");
    let given = given(&saylog);
    assert!(given.starts_with("version: saylog "), "{given}");
    assert!(
        given.ends_with("\nendpoint: none\nwindow: 8192 tokens\n"),
        "{given}"
    );
    terminal.types("/quit\r");
    assert_eq!(terminal.ends(), "Success");
}

#[test]
fn on_the_command_line_too() {
    let saylog = paged(KEEPS);
    let arguments = [
        "--resume", "--color", "never", "-c", "/history", "-c", "/user",
    ];
    let mut command = saylog.command();
    command.env_remove("SAYLOG_PAGER").env("PAGER", "./pager");
    command.env("TERM", "xterm").args(arguments);
    let mut terminal = Terminal::start(&command);
    assert_eq!(terminal.ends(), "Success");
    terminal.shows_at_last("shown\nalice/<1>\n▏");
    assert_eq!(given(&saylog), rows());
}

#[test]
fn a_script_a_program_and_whoever_wants_none_get_the_listing_itself() {
    let saylog = paged(KEEPS);
    let last = "  13:32:07   #80 ai    line 40\n> ▏";
    for (arguments, variables) in [
        (&["--no-pager"][..], &[("SAYLOG_PAGER", "./pager")][..]),
        (&[], &[("SAYLOG_PAGER", "cat"), ("PAGER", "./pager")]),
        (&[], &[("SAYLOG_PAGER", " "), ("PAGER", "./pager")]),
    ] {
        let mut all = vec!["--resume", "--prompt", "> ", "--color", "never"];
        all.extend(arguments);
        let mut terminal = Terminal::of(&saylog, &all, variables);
        terminal.types("/history\r");
        terminal.shows_at_last(last);
        terminal.types("/quit\r");
        assert_eq!(terminal.ends(), "Success");
    }
    let variables = [("SAYLOG_PAGER", "./pager")];
    let json = ["--resume", "--json", "-c", "/history"];
    let mut terminal = Terminal::of(&saylog, &json, &variables);
    assert_eq!(terminal.ends(), "Success");
    let lines = saylog.folder().join("lines");
    fs::write(&lines, "/history\n").expect("a file");
    let file = ["--resume", "-f", "lines"];
    let mut terminal = Terminal::of(&saylog, &file, &variables);
    assert_eq!(terminal.ends(), "Success");
    assert!(!saylog.folder().join("given").exists());
}

#[test]
fn the_last_turns_of_a_session_are_no_listing() {
    let saylog = paged(KEEPS);
    let long = "word ".repeat(600);
    before(&saylog, &format!("/start long\n{long}\n"));
    let mut terminal = prompt(&saylog, &[("SAYLOG_PAGER", "./pager")]);
    terminal.types("/start\r");
    terminal.types("/resume long\r");
    terminal.shows_at_last("word word word\n> ▏");
    assert!(!saylog.folder().join("given").exists());
    terminal.types("/quit\r");
    assert_eq!(terminal.ends(), "Success");
}

#[test]
fn colours_go_to_the_pagers_that_show_them_and_links_to_none() {
    let saylog = scripted();
    let said = "**bold** and [here](https://example.com)\n".repeat(20);
    before(&saylog, &format!("/start\n{said}"));
    program(&saylog, "less", KEEPS);
    program(&saylog, "more", KEEPS);
    for (pager, is_bold) in [("./less", true), ("./more -x", false)] {
        let variables = [("SAYLOG_PAGER", pager), ("TERM", "xterm-kitty")];
        let arguments = ["--resume", "-c", "/history"];
        let mut terminal = Terminal::of(&saylog, &arguments, &variables);
        assert_eq!(terminal.ends(), "Success");
        let given = given(&saylog);
        assert_eq!(given.contains("\x1b[1m"), is_bold, "{given}");
        assert!(!given.contains("\x1b]"), "{given}");
        assert_eq!(given.contains('\x1b'), is_bold, "{given}");
        assert!(given.contains("bold"), "{given}");
    }
}

#[test]
fn whoever_leaves_the_pager_early_is_back_at_once_and_nothing_is_an_error() {
    let saylog = scripted();
    let said = format!(
        "/start\n{}",
        format!("{}\n", "word ".repeat(200)).repeat(2000)
    );
    before(&saylog, &said);
    program(&saylog, "pager", "head -c 20 > given; exec true");
    let mut terminal = prompt(&saylog, &[("SAYLOG_PAGER", "./pager")]);
    terminal.types("/history\r");
    terminal.shows_at_last("> /history\n> ▏");
    terminal.types("/user\r");
    terminal.shows_at_last("> /user\nalice/<1>\n> ▏");
    terminal.types("/quit\r");
    assert_eq!(terminal.ends(), "Success");
    let arguments = ["--resume", "-c", "/history", "-c", "/user"];
    let mut terminal = Terminal::of(&saylog, &arguments, &[("SAYLOG_PAGER", "./pager")]);
    assert_eq!(terminal.ends(), "Success");
    terminal.shows_at_last("alice/<1>\n▏");
}

#[test]
fn while_the_pager_runs_ctrl_c_is_its_own() {
    // A shell looks for signals before it reads and then waits for a line, whatever came
    // in between: so a line follows each Ctrl-C, and nothing is echoed beside the answers.
    let pager = "trap 'echo heard' INT\ncat > given\nstty -echo < /dev/tty\necho ready\n\
                 until read key < /dev/tty && [ \"$key\" = q ]; do :; done\n\
                 stty echo < /dev/tty";
    let saylog = paged(pager);
    let mut terminal = prompt(&saylog, &[("SAYLOG_PAGER", "./pager")]);
    terminal.types("/history\r");
    terminal.shows_at_last("> /history\nready\n▏");
    let mut shown = String::from("ready\n");
    for _ in 0..3 {
        terminal.types("\x03\r");
        shown += "heard\n";
        terminal.shows_at_last(&format!("> /history\n{shown}▏"));
    }
    terminal.types("q\r");
    terminal.shows_at_last(&format!("{shown}> ▏"));
    terminal.types("/user\r");
    terminal.shows_at_last("> /user\nalice/<1>\n> ▏");
    terminal.types("/quit\r");
    assert_eq!(terminal.ends(), "Success");

    let arguments = ["--resume", "-c", "/history", "-c", "/user"];
    let mut terminal = Terminal::of(&saylog, &arguments, &[("SAYLOG_PAGER", "./pager")]);
    terminal.shows_at_last("ready\n▏");
    for heard in ["ready\nheard\n▏", "ready\nheard\nheard\n▏"] {
        terminal.types("\x03\r");
        terminal.shows_at_last(heard);
    }
    terminal.types("q\r");
    assert_eq!(terminal.ends(), "Success");
    terminal.shows_at_last("heard\nheard\nalice/<1>\n▏");
}

#[test]
fn a_signal_that_ends_the_program_ends_the_pager_first() {
    // It sleeps shortly, again and again: a shell that waits for a line may have looked for
    // signals before this one came.
    let pager = "trap 'echo ended > end; exit' TERM\necho ready\nwhile :; do sleep 0.1; done";
    let saylog = paged(pager);
    let mut terminal = prompt(&saylog, &[("SAYLOG_PAGER", "./pager")]);
    terminal.types("/history\r");
    terminal.shows_at_last("ready\n▏");
    terminal.signals(Signal::TERM);
    assert_eq!(terminal.ends(), "Terminated by Terminated");
    let end = fs::read_to_string(saylog.folder().join("end"));
    assert_eq!(end.expect("its end"), "ended\n");
}

#[test]
fn a_pager_that_cannot_start_is_done_without_and_one_that_fails_is_told() {
    let saylog = paged(&format!("{KEEPS}; exit 3"));
    let last = "  13:32:07   #80 ai    line 40\n";
    let without = |value: &str, told: &str| {
        let arguments = ["--resume", "--color", "never", "-c", "/history"];
        let mut terminal = Terminal::of(&saylog, &arguments, &[("SAYLOG_PAGER", value)]);
        assert_eq!(terminal.ends(), "Success");
        let written = terminal.written().replace("\r\n", "\n");
        assert_eq!(written, format!("{RESUMED}{told}{}", rows()));
    };
    without(
        "no-such-pager -x",
        "saylog: cannot run `no-such-pager -x` of SAYLOG_PAGER: no such file or directory; \
         shown without a pager\n",
    );
    without(
        "less '-x",
        "saylog: cannot read SAYLOG_PAGER, `less '-x`: a quote is not closed; shown without a \
         pager\n",
    );
    // The usual one may be missing without a word.
    let mut command = saylog.command();
    command.env_remove("SAYLOG_PAGER");
    command.env("TERM", "xterm").env("PATH", saylog.folder());
    command.args(["--resume", "--color", "never", "-c", "/history"]);
    let mut terminal = Terminal::start(&command);
    assert_eq!(terminal.ends(), "Success");
    terminal.shows_at_last(&format!("{last}▏"));
    let written = terminal.written().replace("\r\n", "\n");
    assert_eq!(written, format!("{RESUMED}{}", rows()));

    let mut terminal = prompt(&saylog, &[("SAYLOG_PAGER", "./pager")]);
    terminal.types("/history\r");
    terminal.shows_at_last(
        "> /history\nshown\nsaylog: the pager `./pager` ended with 3; `--no-pager` does without it\n> ▏",
    );
    terminal.types("/quit\r");
    assert_eq!(terminal.ends(), "Success");
}

#[test]
fn less_shows_it_and_leaves_what_was_seen() {
    if !has("less", "a listing in less") {
        return;
    }
    let saylog = paged(KEEPS);
    let mut command = saylog.command();
    command.env_remove("SAYLOG_PAGER").env("TERM", "xterm");
    command.args(["--resume", "--prompt", "> ", "--color", "never"]);
    let mut terminal = Terminal::start(&command);
    terminal.shows_at_last("\n> ▏");
    terminal.types("/history\r");
    terminal.shows_such("the first page of less", |screen| {
        screen.ends_with("\nq leaves, the space bar goes on▏")
    });
    terminal.types("G");
    terminal.shows_such("the end in less", |screen| {
        screen.contains("#80 ai    line 40") && screen.ends_with("\n(END) q leaves▏")
    });
    terminal.types("q");
    terminal.shows_such("the prompt again", |screen| {
        screen.contains("#80 ai    line 40") && screen.ends_with("\n> ▏")
    });
    terminal.types("/quit\r");
    assert_eq!(terminal.ends(), "Success");
}
