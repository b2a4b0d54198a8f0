//! What was typed before: suggested, searched by its beginning, and remembered.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

const RIGHT: &str = "\x1b[C";
const END: &str = "\x1b[F";
const CTRL_RIGHT: &str = "\x1b[1;5C";

#[test]
fn what_was_said_before_is_suggested_and_taken() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    for (keys, line) in [
        ("al", "al▏ice two"),
        (CTRL_RIGHT, "alice▏ two"),
        (RIGHT, "alice two▏"),
    ] {
        terminal.types(keys);
        terminal.shows_at_last(&format!("\nalice> {line}"));
    }
    terminal.types(format!("{CTRL_U}alice o"));
    terminal.shows_at_last("\nalice> alice o▏ne");
    assert_eq!(terminal.look("alice o"), (Color::Default, false, false));
    assert_eq!(terminal.look("ne"), (Color::Default, false, true));
    terminal.types(END);
    terminal.shows_at_last("\nalice> alice one▏");
    terminal.types(format!("{CTRL_U}al{CTRL_E}"));
    terminal.shows_at_last("\nalice> alice two▏");
    // Amid the line there is none, and what nobody sees is not taken.
    terminal.types(format!("{CTRL_U}al{LEFT}"));
    terminal.shows_at_last("\nalice> a▏l");
    terminal.types(RIGHT);
    terminal.shows_at_last("\nalice> al▏");
    terminal.types(RIGHT);
    terminal.shows_at_last("\nalice> al▏ice two");
    // What is not taken is not sent.
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice> al\n{FIRST}"));
    // Nobody else's words.
    terminal.types("bo");
    terminal.shows_at_last("> bo▏");
    terminal.types(CTRL_C);
    leave(terminal);
    assert_eq!(
        asked(&saylog).last().map(String::as_str),
        Some("alice user: al")
    );
}

#[test]
fn the_up_arrow_searches_by_what_is_typed() {
    let saylog = Saylog::new();
    let lines = "/start\napple pie\nbanana\napple tart\ncherry\n";
    assert_eq!(saylog.play(lines).code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types("app");
    for (keys, line) in [
        (UP, "apple tart▏"),
        (UP, "apple pie▏"),
        (UP, "apple pie▏"),
        (DOWN, "apple tart▏"),
        (DOWN, "app▏le tart"),
        (DOWN, "app▏le tart"),
    ] {
        terminal.types(keys);
        terminal.shows_at_last(&format!("\nalice> {line}"));
    }
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_changed_line_stays_changed_and_so_does_what_was_typed() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    for (keys, line) in [
        (UP, "alice two▏"),
        (UP, "alice one▏"),
        ("!", "alice one!▏"),
        (DOWN, "alice two▏"),
        ("?", "alice two?▏"),
        (UP, "alice one!▏"),
        (DOWN, "alice two?▏"),
        (DOWN, "▏"),
    ] {
        terminal.types(keys);
        terminal.shows_at_last(&format!("\nalice> {line}"));
    }
    // With the next line the past is as it was.
    terminal.types(CTRL_C);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn ctrl_c_keeps_the_draft_on_the_up_arrow() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types(format!("one\ntwo{CTRL_C}"));
    terminal.shows_at_last("\nalice> one⏎\ntwo\nalice> ▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> one⏎\ntwo▏");
    // It is not there twice.
    terminal.types(CTRL_C);
    terminal.types(format!("{UP}{UP}{UP}"));
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(CTRL_C);
    leave(terminal);
}

/// The files of commands in the folder of drafts.
fn command_files(saylog: &Saylog) -> Vec<std::path::PathBuf> {
    let folder = saylog.folder().join(".local/state/saylog");
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("a file").path());
    let is_of_commands = |path: &std::path::PathBuf| path.to_string_lossy().contains("/commands-");
    paths.filter(is_of_commands).collect()
}

#[test]
fn commands_are_remembered_between_the_messages_of_their_time() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("hello\r/history user\rworld\r/context\r/quit\r");
    assert_eq!(terminal.ends(), "Success");
    let files = command_files(&saylog);
    let [file] = &files[..] else {
        panic!("one file, not {files:?}");
    };
    let mode = file.metadata().expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // No message is in it.
    let text = fs::read_to_string(file).expect("text");
    assert!(!text.contains("hello") && !text.contains("world"));
    let mut terminal = prompt(&saylog);
    for line in ["/context", "world", "/history user", "hello"] {
        terminal.types(UP);
        terminal.shows_such(line, |screen| screen.contains(&format!("\nalice> {line}▏")));
    }
    terminal.types(format!("{CTRL_C}/user bob\r"));
    terminal.shows_at_last("\nbob> ▏");
    // They are alice's.
    terminal.types(format!("{UP}nothing"));
    terminal.shows_at_last("\nbob> nothing▏");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_command_that_tells_a_text_is_not_remembered() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    for line in [
        "secret one",
        "/edit secret two",
        "/each secret three",
        "/system secret four",
        "/file nothing.txt secret five",
        "/file nothing.txt",
        "/system clear",
        "/compact secret six",
    ] {
        terminal.types(format!("{line}\r"));
        terminal.shows_such(line, |screen| {
            screen.contains(&format!("> {line}\n")) && screen.ends_with("> ▏")
        });
    }
    leave(terminal);
    let files = command_files(&saylog);
    let [file] = &files[..] else {
        panic!("one file, not {files:?}");
    };
    let text = fs::read_to_string(file).expect("text");
    assert!(!text.contains("secret"), "{text}");
    assert!(text.contains(" /file nothing.txt\n"), "{text}");
}

#[test]
fn a_run_that_keeps_nothing_remembers_no_command() {
    let saylog = Saylog::new();
    let mut terminal = ephemeral_prompt(&saylog);
    terminal.types("/history user\r");
    terminal.shows_such("an answer", |screen| screen.ends_with("\nalice> ▏"));
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    assert_eq!(command_files(&saylog).len(), 0);
}

#[test]
fn vi_goes_through_the_past_and_shows_its_mode_by_the_cursor() {
    let saylog = two_people();
    let mut terminal = prompt_with(&saylog, &["--keys", "vi"], &[]);
    let shapes = |terminal: &Terminal| {
        let written = terminal.written();
        let shapes = written.split("\x1b[").filter_map(|rest| rest.get(..3));
        let shapes: Vec<_> = shapes.filter(|rest| rest.ends_with(" q")).collect();
        shapes.iter().map(|shape| &shape[..1]).collect::<String>()
    };
    assert_eq!(shapes(&terminal), "6");
    terminal.types("x\x1b");
    terminal.writes_such("a block", |written| {
        written.ends_with("\x1b[?2026l") && written.contains("\x1b[2 q")
    });
    for (keys, line) in [
        ("k", "alice two▏"),
        ("k", "alice one▏"),
        ("j", "alice two▏"),
    ] {
        terminal.types(keys);
        terminal.shows_at_last(&format!("\nalice> {line}"));
    }
    terminal.types("A!");
    terminal.shows_at_last("\nalice> alice two!▏");
    assert_eq!(shapes(&terminal), "626");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice> alice two!\n{FIRST}"));
    leave(terminal);
}

#[test]
fn a_signal_gives_the_cursor_its_shape_back() {
    let saylog = Saylog::new();
    for (signal, end) in [
        (Signal::TERM, "Terminated by Terminated"),
        (Signal::HUP, "Terminated by Hangup"),
    ] {
        let mut terminal = prompt_with(&saylog, &["--keys", "vi"], &[]);
        terminal.signals(signal);
        assert_eq!(terminal.ends(), end);
        let written = terminal.written();
        assert!(written.contains("\x1b[6 q"));
        assert!(written.rfind("\x1b[0 q") > written.rfind("\x1b[6 q"));
    }
    // The console of Linux would show the end of such a sequence.
    let mut terminal = Terminal::of(&saylog, &["--keys", "vi"], &[("TERM", "linux")]);
    terminal.shows_at_last("alice> ▏");
    terminal.types("x\x1b");
    terminal.shows_at_last("alice> ▏x");
    terminal.types(CTRL_C);
    let written = terminal.written();
    leave(terminal);
    assert!(!written.contains(" q"));
}
