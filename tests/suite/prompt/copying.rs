//! `/copy` at a terminal: what the terminal, or a program, is given.

use std::fs;

use serde_json::json;

use super::own_editor::write_program;
use super::*;
use crate::support::events::events;

/// A session of alice's with a reply that holds code, by an echo.
fn replied(reply: &str) -> Saylog {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let outcome = saylog.play(format!("/start t\n\"\"\"END\n{reply}\n\"\"\"END\n"));
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    saylog
}

const REPLY: &str = "x\n```rs\nlet é;\n```\n```\nb\u{1b}\r\nc\n```";

/// The prompt in that session.
#[track_caller]
fn prompt_in(saylog: &Saylog, variables: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::of_width(120, saylog, &["--resume"], variables);
    terminal.shows_at_last("\nalice/t> ▏");
    terminal
}

/// What the terminal was told to keep, in base64.
fn kept(terminal: &Terminal) -> Vec<String> {
    let written = terminal.written();
    let sequences = written.split("\x1b]52;c;").skip(1);
    let texts = sequences.map(|text| text.split_once('\x07').expect("its end").0.to_owned());
    texts.collect()
}

#[test]
fn the_terminal_is_told_what_to_keep() {
    let saylog = replied(REPLY);
    let mut terminal = prompt_in(&saylog, &[]);
    for (line, receipt) in [
        (
            "/copy",
            "#2: 8 lines, 33 bytes sent to the terminal's clipboard; 2 control or invisible characters are in it as they are.",
        ),
        (
            "/copy code 1",
            "Block 1 of #2 (rs): 1 line, 8 bytes sent to the terminal's clipboard.",
        ),
        (
            "/copy code",
            "Block 2 of #2: 2 lines, 6 bytes sent to the terminal's clipboard; 2 control or invisible characters are in it as they\n  are.",
        ),
        ("/copy #1", "#1: 8 lines, 33 bytes"),
    ] {
        terminal.types(format!("{line}\r"));
        terminal.shows_such(receipt, |screen| {
            let (before, _) = screen.rsplit_once("\nalice/t> ▏").unwrap_or_default();
            let (_, answer) = before
                .rsplit_once(&format!("> {line}\n"))
                .unwrap_or_default();
            answer.starts_with(receipt)
        });
    }
    leave_in(&mut terminal);
    // `base64` of each text.
    assert_eq!(
        kept(&terminal)[1..3],
        ["bGV0IMOpOwo=".to_owned(), "YhsNCmMK".to_owned()]
    );
    assert_eq!(kept(&terminal)[0], kept(&terminal)[3]);
}

#[track_caller]
fn leave_in(terminal: &mut Terminal) {
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
}

#[test]
fn inside_a_multiplexer_it_is_passed_on() {
    let saylog = replied("```\nb\n```");
    let mut terminal = prompt_in(&saylog, &[("STY", "1.a")]);
    terminal.types("/copy code\r");
    terminal.writes_such("a wrapped sequence", |written| {
        written.contains("\x1bP\x1b]52;c;Ygo=\x07\x1b\\")
    });
    leave_in(&mut terminal);
    let mut terminal = prompt_in(&saylog, &[("STY", "1.a"), ("TMUX", "x")]);
    terminal.types("/copy code\r");
    terminal.shows_at_last(
        "Block 1 of #2: 1 line, 2 bytes sent to the terminal's clipboard, which tmux lets through if \
         `set-clipboard` is `on`.\nalice/t> ▏",
    );
    let written = terminal.written();
    assert!(written.contains("\x1b]52;c;Ygo=\x07") && !written.contains("\x1bP"));
    leave_in(&mut terminal);
}

/// A folder that is the whole path, with these programs in it.
fn tools(saylog: &Saylog, programs: &[(&str, &str)]) -> String {
    let folder = saylog.folder().join("tools");
    fs::create_dir(&folder).expect("a folder");
    for (name, script) in programs {
        write_program(&folder.join(name), script);
    }
    folder.to_str().expect("UTF-8").to_owned()
}

#[test]
fn a_long_text_is_given_to_a_program() {
    let code = format!("{}\n", "é$(id);\u{1b}[2J ".repeat(10_000));
    let saylog = replied(&format!("```\n{code}```"));
    let copied = saylog.folder().join("copied");
    let place = copied.display();
    let path = tools(
        &saylog,
        &[
            // It is there, and its clipboard is not.
            ("wl-copy", "exit 1"),
            ("xsel", "exit 1"),
            (
                "xclip",
                &format!("echo \"$@\" > {place}.words; /bin/cat > {place}"),
            ),
        ],
    );
    let mut terminal = prompt_in(&saylog, &[("PATH", &path)]);
    terminal.types("/copy code\r");
    let bytes = code.len();
    let receipt = format!("\nBlock 1 of #2: 1 line, {bytes} bytes copied by xclip; 10000 control");
    terminal.shows_such("a receipt", |screen| screen.contains(&receipt));
    leave_in(&mut terminal);
    assert_eq!(kept(&terminal), [""; 0]);
    assert_eq!(fs::read_to_string(&copied).expect("a copy"), code);
    let words = fs::read_to_string(saylog.folder().join("copied.words"));
    assert_eq!(words.expect("words"), "-selection clipboard\n");
}

#[test]
fn what_no_program_takes_is_told() {
    let saylog = replied(&"x".repeat(74_001));
    let path = tools(&saylog, &[]);
    let hint = "`/export after:#1 limit:1 FILE.md` writes the message into a file";
    let mut terminal = prompt_in(&saylog, &[("PATH", &path)]);
    terminal.types("/copy\r");
    let sentence = format!(
        "error: there is no program that takes a text of 74001 bytes: neither wl-copy, xclip, xsel nor pbcopy; {hint}"
    );
    terminal.shows_such(&sentence, |screen| {
        screen.replace("\n  ", " ").contains(&sentence)
    });
    let failing = std::path::Path::new(&path).join("wl-copy");
    write_program(&failing, "exec /bin/cat > /dev/null; exit 3");
    write_program(&failing, "/bin/cat > /dev/null; exit 3");
    terminal.types("/copy\r");
    let sentence = format!("error: `wl-copy` did not take it: exit status: 3; {hint}");
    terminal.shows_such(&sentence, |screen| {
        screen.replace("\n  ", " ").contains(&sentence)
    });
    // It does: that is #2, and nothing else.
    terminal.types("/export after:#1 limit:1 FILE.md\r");
    let receipt = "\n1 message of 1 conversation written to FILE.md (markdown).\n";
    terminal.shows_such(receipt, |screen| screen.contains(receipt));
    terminal.types("/copy #1\r");
    let hint = "`/export FILE.md` writes your conversations into a file";
    terminal.shows_such(hint, |screen| screen.replace("\n  ", " ").contains(hint));
    leave_in(&mut terminal);
    assert_eq!(kept(&terminal), [""; 0]);
    let written = fs::read_to_string(saylog.folder().join("FILE.md")).expect("a file");
    assert!(written.contains(&"x".repeat(74_001)) && !written.contains("**user"));
}

#[test]
fn what_no_program_takes_of_code_can_be_written_into_a_file() {
    let saylog = replied(&format!("```\n{}\n```", "x".repeat(74_001)));
    let path = tools(&saylog, &[]);
    let hint = "`/code N FILE` writes a block of code into a file";
    let mut terminal = prompt_in(&saylog, &[("PATH", &path)]);
    terminal.types("/copy code\r");
    terminal.shows_such(hint, |screen| screen.replace("\n  ", " ").contains(hint));
    leave_in(&mut terminal);
}

#[test]
fn a_program_that_does_not_end_is_stopped_by_ctrl_c() {
    let saylog = replied(&"x".repeat(74_001));
    let path = tools(&saylog, &[("xclip", "echo > begun; exec /bin/sleep 60")]);
    let mut terminal = prompt_in(&saylog, &[("PATH", &path)]);
    terminal.types("/copy\r");
    let begun = saylog.folder().join("begun");
    crate::support::wait::until("xclip begins", || begun.exists());
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nstopped\nalice/t> ▏");
    leave_in(&mut terminal);
}

#[test]
fn a_dumb_terminal_is_sent_nothing() {
    let saylog = replied("```\nb\n```");
    let path = tools(&saylog, &[("wl-copy", "/bin/cat > copied")]);
    let variables = [("TERM", "dumb"), ("PATH", path.as_str())];
    let mut terminal = Terminal::of(&saylog, &["--resume"], &variables);
    terminal.shows_at_last("alice/t> ▏");
    terminal.types("/copy code\r");
    terminal.shows_at_last("Block 1 of #2: 1 line, 2 bytes copied by wl-copy.\nalice/t> ▏");
    leave_in(&mut terminal);
    assert!(!terminal.written().contains('\x1b'));
    let copied = fs::read_to_string(saylog.folder().join("copied"));
    assert_eq!(copied.expect("a copy"), "b\n");
}

#[test]
fn json_at_a_terminal_tells_what_was_copied() {
    let saylog = replied(REPLY);
    let lines = ["--json", "--resume", "-c", "/copy code 1"];
    let mut terminal = Terminal::of_width(200, &saylog, &lines, &[]);
    assert_eq!(terminal.ends(), "Success");
    let written = terminal.written().replace('\r', "");
    let bare = written.replacen("\x1b]52;c;bGV0IMOpOwo=\x07", "", 1);
    assert_ne!(bare, written);
    assert_eq!(
        events(&bare).pop().expect("an event"),
        json!({"event": "copy", "line": 1, "id": 2, "number": 1, "language": "rs", "lines": 1,
               "bytes": 8, "control": 0, "way": "terminal"})
    );
}

#[test]
fn code_is_listed_and_shown_for_eyes() {
    let saylog = replied(REPLY);
    let mut terminal = prompt_in(&saylog, &[]);
    terminal.types("/code\r");
    terminal.shows_at_last(
        "\nalice/t> /code\n  1 rs             1 line   let é;\n  2                2 lines  b␛\nalice/t> ▏",
    );
    terminal.types("/code 2\r");
    terminal.shows_at_last("\nalice/t> /code 2\nb␛␍\nc\nalice/t> ▏");
    terminal.types("/code \t");
    terminal.shows_such("two blocks", |screen| {
        screen.contains("1  rs  1 line") && screen.contains("2  ") && screen.contains("2 lines")
    });
    terminal.types(format!("{CTRL_U}/code 1 sayl\tx"));
    terminal.shows_at_last("\nalice/t> /code 1 saylog.dbx▏");
    terminal.types(format!("{CTRL_U}/copy c\tx"));
    terminal.shows_at_last("\nalice/t> /copy codex▏");
    terminal.types(CTRL_U);
    leave_in(&mut terminal);
}
