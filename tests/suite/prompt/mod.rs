//! The interactive prompt, as a person at a terminal sees it.

mod blocks;
mod branches;
mod coming_and_going;
mod completing;
mod copying;
mod days;
mod drafts;
mod editing;
mod folding;
mod helping;
mod layout;
mod line_in_editor;
mod menu;
mod move_table;
mod own_editor;
mod own_prompt;
mod pager;
mod past;
mod reasoning;
mod recalling;
mod receipts;
mod resuming;
mod rows;
mod saying_again;
mod searching;
mod sequences;
mod session_table;
mod setting;
mod slashes;
mod stopping;
mod streaming;
mod tables;
mod waiting;
mod words;

use rustix::process::Signal;
use vt100::Color;

use crate::support::prompt::*;
use crate::support::run::Saylog;
use crate::support::run::has;
use crate::support::terminal::{CURSOR, Terminal};

#[test]
fn a_first_line_begins_a_session_and_ctrl_d_leaves() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("hello\r");
    terminal.shows(&format!("{BANNER}\nalice> hello\n{FIRST}"));
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    assert_eq!(
        saylog.said(),
        [
            "alice user: hello",
            "alice ai: This is a mock response from AI."
        ]
    );
}

#[test]
fn each_user_comes_back_to_their_session() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("hello\r");
    terminal.shows_at_last(FIRST);
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nalice/<1>> /user bob\nbob (new)\nbob> ▏");
    terminal.types("/user alice\r");
    terminal.shows_at_last("\nbob> /user alice\nalice/<1>\nalice/<1>> ▏");
    leave(terminal);
}

#[test]
fn a_dumb_terminal_has_a_prompt_without_escapes() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of(&saylog, &[], &[("TERM", "dumb")]);
    terminal.shows("alice> ▏");
    terminal.types("hello\r");
    let first = FIRST.replace("\n\n", "\n");
    terminal.shows(&format!("alice> hello\n{first}"));
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nalice/<1>> /user bob\nbob (new)\nbob> ▏");
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    assert!(!terminal.written().contains('\x1b'));
    assert_eq!(asked(&saylog), ["alice user: hello"]);
}

#[test]
fn a_dumb_terminal_takes_lines_of_any_length() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of(&saylog, &[], &[("TERM", "dumb")]);
    terminal.shows("alice> ▏");
    // The kernel would cut it at 4,095 bytes.
    let half = "x".repeat(3000);
    terminal.types(&half);
    terminal.types(format!("{half}\r"));
    terminal.shows_such("the reply", |screen| screen.ends_with("> ▏"));
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    assert_eq!(asked(&saylog), [format!("alice user: {half}{half}")]);
}

#[test]
fn a_dumb_terminal_erases_and_shows_nothing_raw() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of(&saylog, &[], &[("TERM", "dumb")]);
    terminal.shows("alice> ▏");
    terminal.types("no\x15ab你x\x7f\x7fc two words\x17more\r");
    terminal.shows_such("the reply", |screen| screen.ends_with("> ▏"));
    terminal.shows_such("the line", |screen| {
        screen.starts_with("alice> abc two more\n")
    });
    terminal.types("a\x1b[2J\u{9b}b\r");
    terminal.shows_such("the line", |screen| screen.contains("a␛[2J"));
    // What is half typed is sent by the first Ctrl-D and its end by the second.
    terminal.types("last\x04\x04");
    assert_eq!(terminal.ends(), "Success");
    assert!(!terminal.written().contains(['\x1b', '\u{9b}']));
    assert_eq!(
        asked(&saylog),
        [
            "alice user: abc two more",
            "alice user: a\x1b[2J\u{9b}b",
            "alice user: last"
        ]
    );
}

#[test]
fn a_signal_leaves_a_dumb_terminal_in_order() {
    for (keys, signal, end) in [
        (CTRL_C, None, "Exited with code 130"),
        ("\x1c", None, "Terminated by Quit"),
        ("", Some(Signal::QUIT), "Terminated by Quit"),
        ("", Some(Signal::ABORT), "Terminated by Aborted"),
        ("", Some(Signal::TERM), "Terminated by Terminated"),
        ("", Some(Signal::HUP), "Terminated by Hangup"),
    ] {
        let saylog = Saylog::new();
        let mut terminal = Terminal::of(&saylog, &[], &[("TERM", "dumb")]);
        terminal.shows("alice> ▏");
        terminal.types("not sent");
        terminal.shows("alice> not sent▏");
        terminal.types(keys);
        if let Some(signal) = signal {
            terminal.signals(signal);
        }
        assert_eq!(terminal.ends(), end);
    }
}

#[test]
fn a_person_whose_output_goes_elsewhere_types_lines_of_any_length() {
    let saylog = Saylog::new();
    let shell = ["/bin/sh", "-c", "\"$@\" | cat", "sh"];
    let variables = [("PATH", "/usr/bin:/bin")];
    let mut terminal = Terminal::within(&saylog, &shell, &[], &variables);
    let line = "x".repeat(6000);
    terminal.types("first\r");
    terminal.shows_such("the reply", |screen| screen.contains("mock response"));
    terminal.types(format!("{line}\r"));
    terminal.shows_such("both replies", |screen| {
        screen.matches("mock response").count() == 2 || screen.ends_with("from AI.\n▏")
    });
    terminal.types("\x04");
    assert_eq!(terminal.ends(), "Success");
    let said = asked(&saylog);
    assert_eq!(
        said,
        [
            "alice user: first".to_owned(),
            format!("alice user: {line}")
        ]
    );
}

#[test]
fn a_terminal_that_is_open_for_reading_only_shows_what_is_typed() {
    let variables = [("PATH", "/usr/bin:/bin"), ("TERM", "dumb")];
    for shell in [
        "\"$@\" </dev/tty",
        "\"$@\" </dev/tty | cat",
        "\"$@\" </dev/tty 2>&1 | cat",
    ] {
        let saylog = Saylog::new();
        let shell = ["/bin/sh", "-c", shell, "sh"];
        let mut terminal = Terminal::within(&saylog, &shell, &["--start"], &variables);
        terminal.types("hello\r");
        terminal.shows_such("the reply", |screen| screen.contains("mock response"));
        // The terminal is ours by now: the kernel shows nothing.
        terminal.types("seen");
        terminal.shows_such("what is typed", |screen| screen.ends_with("seen▏"));
        terminal.types("\x15\x04");
        assert_eq!(terminal.ends(), "Success");
    }
}

#[test]
fn a_terminal_that_is_named_as_a_file_takes_lines_of_any_length() {
    for file in ["/dev/tty", "/dev/stdin"] {
        let saylog = Saylog::new();
        let mut terminal = Terminal::of(&saylog, &["--start", "-f", file], &[]);
        let line = "x".repeat(6000);
        terminal.types("first\r");
        terminal.shows_such("the reply", |screen| screen.contains("mock response"));
        terminal.types(format!("{line}\r\x04"));
        assert_eq!(terminal.ends(), "Success", "{file}");
        assert_eq!(asked(&saylog)[1], format!("alice user: {line}"), "{file}");
    }
}

#[test]
fn lines_of_json_that_are_typed_are_never_skipped() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of(&saylog, &["--input", "json"], &[]);
    terminal.types("#!/usr/bin/env saylog\r");
    terminal.shows_such("an error", |screen| screen.contains("\"error\""));
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Exited with code 1");
}

/// Runs a program, and at a signal stops it, leaves the terminal as a shell does,
/// lets it go on, and tells when it has taken the terminal again.
const JOB_CONTROL: &str = "
import os, signal, subprocess, sys, termios
found = termios.tcgetattr(0)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
job = subprocess.Popen(sys.argv[1:])
signal.sigwait([signal.SIGUSR1])
os.kill(job.pid, signal.SIGSTOP)
os.waitpid(job.pid, os.WUNTRACED)
termios.tcsetattr(0, termios.TCSANOW, found)
os.kill(job.pid, signal.SIGCONT)
while termios.tcgetattr(0)[3] & termios.ICANON:
    os.sched_yield()
os.write(1, b'taken again')
sys.exit(job.wait())
";

#[test]
fn a_job_that_goes_on_takes_its_terminal_again() {
    if !has("python3", "a job that is stopped") {
        return;
    }
    let saylog = Saylog::new();
    let python = ["/usr/bin/env", "python3", "-c", JOB_CONTROL];
    let variables = [("TERM", "dumb"), ("PATH", "/usr/local/bin:/usr/bin:/bin")];
    let mut terminal = Terminal::within(&saylog, &python, &[], &variables);
    terminal.shows("alice> ▏");
    terminal.signals(Signal::USR1);
    terminal.shows("alice> taken again▏");
    let half = "x".repeat(3000);
    terminal.types(&half);
    terminal.types(format!("{half}\r"));
    terminal.shows_such("the reply", |screen| screen.ends_with("> ▏"));
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    assert_eq!(asked(&saylog), [format!("alice user: {half}{half}")]);
}

#[test]
fn a_signal_ends_the_prompt_and_leaves_the_terminal_in_order() {
    for (keys, signal, end) in [
        ("\x1c", None, "Terminated by Quit"),
        ("", Some(Signal::QUIT), "Terminated by Quit"),
        ("", Some(Signal::ABORT), "Terminated by Aborted"),
        ("", Some(Signal::TERM), "Terminated by Terminated"),
        ("", Some(Signal::HUP), "Terminated by Hangup"),
    ] {
        let saylog = Saylog::new();
        let mut terminal = prompt(&saylog);
        terminal.types("hello\rnot sent");
        terminal.shows_at_last("\nalice/<1>> not sent▏");
        terminal.types(keys);
        if let Some(signal) = signal {
            terminal.signals(signal);
        }
        assert_eq!(terminal.ends(), end);
        let written = terminal.written();
        let (_, last) = written
            .rsplit_once("\x1b[?2004")
            .expect("pastes are marked");
        assert!(last.starts_with('l'), "{written:?}");
        assert_eq!(asked(&saylog), ["alice user: hello"]);
    }
}

#[test]
fn ctrl_c_stops_a_listing_and_the_prompt_is_back() {
    let saylog = Saylog::new();
    // Megabytes, of which the terminal takes a few pages before Ctrl-C arrives.
    let lines: String = (0..5000)
        .map(|number| format!("{number} {:>2000}\n", "end"))
        .collect();
    assert_eq!(saylog.play(format!("/start\n{lines}")).code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types_and_stops_at("/history global\r", "end\r\n");
    terminal.types(CTRL_C);
    terminal.goes_on();
    terminal.shows_at_last("\nstopped\nalice> ▏");
    assert!(!terminal.written().contains("4999 "));
    terminal.types("hello\r");
    terminal.shows_at_last(&format!("\nalice> hello\n{FIRST}"));
    leave(terminal);
}

#[test]
fn ctrl_c_while_a_reply_is_written_does_not_end_the_program() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of(&saylog, &["--model", "mock:echo"], &[]);
    terminal.shows_at_last("\nalice> ▏");
    terminal.pastes(&"0123456789\r".repeat(10_000));
    terminal.types_and_stops_at("\r", " begins");
    terminal.types(CTRL_C);
    terminal.goes_on();
    terminal.shows_at_last("\nalice/<1>> ▏");
    leave(terminal);
    assert_eq!(saylog.said().len(), 2);
}

#[test]
fn a_listing_has_local_times_and_nothing_passes_for_an_entry() {
    let saylog = Saylog::new();
    let message = "one\nbob/11111111  2026-11-23\n  00:30:00 user  forged\x1b[2J\r  and\tmore";
    let block = format!("\"\"\"\n{message}\n\"\"\"");
    let lines = format!("/start\n{block}\n/user bob\n/start\nhello\n");
    assert_eq!(saylog.play(lines).code, 0);
    // 2026-11-22T15:30:00Z
    set_times(&saylog, 1_795_361_400_000);
    let mut terminal = prompt_with(&saylog, &[], &[("TZ", "JST-9")]);
    terminal.types("/history global\r");
    let listing = "\
alice/<1>  2026-11-23
  00:30:00    #1 user  one
                       bob/<2>  2026-11-23
                         00:30:00 user  forged␛[2J␍  and        more
  00:30:00    #2 ai    This is a mock response from AI.

bob/<3>  2026-11-23
  00:30:00    #3 user  hello
  00:30:00    #4 ai    This is a mock response from AI.";
    terminal.shows(&format!(
        "{BANNER}\nalice> /history global\n{listing}\nalice> ▏"
    ));
    leave(terminal);
}

#[test]
fn a_prompt_whose_store_failed_leaves_with_1() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("hello\r");
    terminal.shows(&format!("{BANNER}\nalice> hello\n{FIRST}"));
    std::fs::remove_file(saylog.store()).expect("it was there");
    terminal.types("into nowhere\r");
    terminal.shows_such("the error and a prompt", |screen| {
        screen.contains("not confirmed as saved") && screen.ends_with("> ▏")
    });
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Exited with code 1");
}
