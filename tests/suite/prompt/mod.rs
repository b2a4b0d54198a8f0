//! The interactive prompt, as a person at a terminal sees it.

mod branches;
mod completing;
mod editing;
pub mod endpoint;
mod helping;
mod own_editor;
mod recalling;
mod streaming;
mod tables;

use rustix::process::Signal;
use vt100::Color;

use crate::harness::Saylog;
use crate::terminal::Terminal;

pub const BANNER: &str =
    "saylog 0.1.0: mock answers alice. /help lists the commands, Ctrl-D leaves.";

/// What follows the first message of a session.
pub const FIRST: &str = "session <1> begins\nThis is a mock response from AI.\nalice/<1>> ▏";

pub const UP: &str = "\x1b[A";
pub const DOWN: &str = "\x1b[B";
pub const LEFT: &str = "\x1b[D";
pub const CTRL_C: &str = "\x03";
pub const CTRL_D: &str = "\x04";
pub const CTRL_E: &str = "\x05";
pub const CTRL_L: &str = "\x0c";
pub const CTRL_R: &str = "\x12";
pub const CTRL_U: &str = "\x15";

/// A store in which alice and bob have said something, each in a session.
pub fn two_people() -> Saylog {
    let saylog = Saylog::new();
    let begun = "/start\nalice one\n/user bob\n/start\nbob one\n";
    let ended = "/user alice\nalice two\n/user bob\nbob two\n";
    assert_eq!(saylog.play(format!("{begun}{ended}")).code, 0);
    saylog
}

/// The prompt, once it is there.
#[track_caller]
pub fn prompt(saylog: &Saylog) -> Terminal {
    prompt_with(saylog, &[], &[])
}

/// The prompt with further arguments and environment variables, once it is there.
#[track_caller]
pub fn prompt_with(saylog: &Saylog, arguments: &[&str], variables: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::of(saylog, arguments, variables);
    terminal.shows(&format!("{BANNER}\nalice> ▏"));
    terminal
}

/// The prompt in a window of 120 columns, for lines that are longer than 80, once it is there.
#[track_caller]
pub fn wide_prompt(saylog: &Saylog, arguments: &[&str], variables: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::of(saylog, arguments, variables);
    terminal.resizes(24, 120);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal
}

/// Waits until the screen ends with this: the digits of dates and times are
/// zeros, and of an id only its name is left.
#[track_caller]
pub fn shows_timeless(terminal: &Terminal, expected: &str) {
    let what = format!("a screen that ends, but for times, with:\n{expected}");
    terminal.shows_such(&what, |screen| timeless(screen).ends_with(expected));
}

fn timeless(screen: &str) -> String {
    let mut text = String::new();
    let mut rest = screen;
    while let Some(c) = rest.chars().next() {
        let found = [
            ("dddd-dd-dd", "0000-00-00"),
            ("dd:dd:dd", "00:00:00"),
            ("dd:dd\n", "00:00\n"),
            ("-xxxx-xxxx-xxxx-xxxxxxxxxxxx", ""),
        ]
        .into_iter()
        .find(|(pattern, _)| begins_like(rest, pattern));
        if let Some((pattern, instead)) = found {
            text.push_str(instead);
            rest = &rest[pattern.len()..];
        } else {
            text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    text
}

/// Whether a text begins with digits (`d`), hexadecimal digits (`x`) and other characters like these.
fn begins_like(text: &str, pattern: &str) -> bool {
    text.len() >= pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(byte, kind)| match kind {
                b'd' => byte.is_ascii_digit(),
                b'x' => byte.is_ascii_hexdigit(),
                _ => byte == kind,
            })
}

/// Leaves with Ctrl-D.
#[track_caller]
pub fn leave(mut terminal: Terminal) {
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
}

/// What people said, without the replies.
pub fn asked(saylog: &Saylog) -> Vec<String> {
    let said = saylog.said().into_iter();
    said.filter(|line| line.contains(" user: ")).collect()
}

/// The id of the session of this user.
pub fn session_of(saylog: &Saylog, user: &str) -> String {
    let log = saylog.log();
    let events = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    let mut sessions = events.filter_map(|event: serde_json::Value| {
        (event["user_id"] == user).then(|| event["session_id"].as_str().map(str::to_owned))?
    });
    sessions.next().expect("a session")
}

/// The escape sequences that set colours.
pub fn colours(written: &str) -> Vec<&str> {
    let sequences = written.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        rest[end..].starts_with('m').then_some(&rest[..=end])
    });
    sequences.collect()
}

/// Sets the time of every message, which the store itself does not allow.
pub fn set_times(saylog: &Saylog, time: i64) {
    let store = rusqlite::Connection::open(saylog.store()).expect("the store opens");
    store
        .execute_batch("DROP TRIGGER messages_never_change")
        .expect("a trigger");
    store
        .execute("UPDATE messages SET created_at = ?1", [time])
        .expect("messages");
}

/// Nothing of the control sequences in these tests was written.
#[track_caller]
pub fn assert_harmless(terminal: &Terminal) {
    let written = terminal.written();
    for raw in [
        "\x1b]", "\x07", "\x1b[31m", "\x1b[2J", "\u{9b}", "\x08", "\u{202e}",
    ] {
        assert!(!written.contains(raw), "{raw:?} in {written:?}");
    }
}

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
    terminal.shows(&format!("alice> hello\n{FIRST}"));
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nalice/<1>> /user bob\nbob (new)\nbob> ▏");
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    assert!(!terminal.written().contains('\x1b'));
    assert_eq!(asked(&saylog), ["alice user: hello"]);
}

#[test]
fn a_signal_ends_the_prompt_and_leaves_the_terminal_in_order() {
    for (signal, end) in [
        (Signal::TERM, "Terminated by Terminated"),
        (Signal::HUP, "Terminated by Hangup"),
    ] {
        let saylog = Saylog::new();
        let mut terminal = prompt(&saylog);
        terminal.types("hello\rnot sent");
        terminal.shows_at_last("\nalice/<1>> not sent▏");
        terminal.signals(signal);
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
    terminal.shows_at_last("\nerror: interrupted\nalice> ▏");
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
