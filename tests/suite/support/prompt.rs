//! The prompt at a pseudo-terminal: keys, what it shows at its start, and how it is left.

use std::process::Command;

use super::run::{SAYLOG, Saylog};
use super::terminal::Terminal;

pub(crate) const BANNER: &str = concat!(
    "saylog ",
    env!("CARGO_PKG_VERSION"),
    ": mock answers alice. /help lists the commands, Ctrl-D leaves."
);

/// What follows the first message of a session.
pub(crate) const FIRST: &str =
    "session <1> begins\nThis is a mock response from AI.\n\nalice/<1>> ▏";

pub(crate) const UP: &str = "\x1b[A";
pub(crate) const DOWN: &str = "\x1b[B";
pub(crate) const LEFT: &str = "\x1b[D";
pub(crate) const CTRL_C: &str = "\x03";
pub(crate) const CTRL_D: &str = "\x04";
pub(crate) const CTRL_E: &str = "\x05";
pub(crate) const CTRL_L: &str = "\x0c";
pub(crate) const CTRL_R: &str = "\x12";
pub(crate) const CTRL_U: &str = "\x15";

/// A store in which alice and bob have said something, each in a session.
pub(crate) fn two_people() -> Saylog {
    let saylog = Saylog::new();
    let begun = "/start\nalice one\n/user bob\n/start\nbob one\n";
    let ended = "/user alice\nalice two\n/user bob\nbob two\n";
    assert_eq!(saylog.play(format!("{begun}{ended}")).code, 0);
    saylog
}

/// The prompt, once it is there.
#[track_caller]
pub(crate) fn prompt(saylog: &Saylog) -> Terminal {
    prompt_with(saylog, &[], &[])
}

/// The prompt with further arguments and environment variables, once it is there.
#[track_caller]
pub(crate) fn prompt_with(
    saylog: &Saylog,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Terminal {
    let terminal = Terminal::of(saylog, arguments, variables);
    terminal.shows(&format!("{BANNER}\nalice> ▏"));
    terminal
}

/// The prompt in a window of 120 columns, for lines that are longer than 80, once it is there.
#[track_caller]
pub(crate) fn wide_prompt(
    saylog: &Saylog,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Terminal {
    let terminal = Terminal::of_width(120, saylog, arguments, variables);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal
}

/// Waits until the screen ends with this: the digits of dates and times are
/// zeros, and of an id only its name is left.
#[track_caller]
pub(crate) fn shows_timeless(terminal: &Terminal, expected: &str) {
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
pub(crate) fn leave(mut terminal: Terminal) {
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
}

/// What people said, without the replies.
pub(crate) fn asked(saylog: &Saylog) -> Vec<String> {
    let said = saylog.said().into_iter();
    said.filter(|line| line.contains(" user: ")).collect()
}

/// The id of the session of this user.
pub(crate) fn session_of(saylog: &Saylog, user: &str) -> String {
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
pub(crate) fn colours(written: &str) -> Vec<&str> {
    let sequences = written.split("\x1b[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        rest[end..].starts_with('m').then_some(&rest[..=end])
    });
    sequences.collect()
}

/// Sets the time of every message, which the store itself does not allow.
pub(crate) fn set_times(saylog: &Saylog, time: i64) {
    let store = saylog.stored();
    store.tamper(&format!("UPDATE messages SET created_at = {time}"));
}

/// None of the control sequences in these tests reached the terminal.
#[track_caller]
pub(crate) fn assert_harmless(terminal: &Terminal) {
    let written = terminal.written();
    for raw in [
        "\x1b]", "\x07", "\x1b[31m", "\x1b[2J", "\u{9b}", "\x08", "\u{202e}",
    ] {
        assert!(!written.contains(raw), "{raw:?} in {written:?}");
    }
}

/// A prompt of alice's that keeps nothing.
pub(crate) fn ephemeral_prompt(saylog: &Saylog) -> Terminal {
    let mut command = Command::new(SAYLOG);
    command
        .env_clear()
        .env("HOME", saylog.folder())
        .env("TERM", "xterm-256color")
        .current_dir(saylog.folder())
        .args(["--user", "alice", "--ephemeral"]);
    let terminal = Terminal::start(&command);
    terminal.shows_at_last("\nalice> ▏");
    terminal
}
