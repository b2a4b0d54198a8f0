//! The listings of sessions, moves and contexts, as a person sees them.

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::support::run::configured;

/// Types lines in a window of 120 columns at a prompt in alice's latest session.
#[track_caller]
fn looking(saylog: &Saylog) -> Terminal {
    let mut terminal = wide_prompt(saylog, &["--resume"], &[]);
    terminal.types(CTRL_L);
    terminal.shows_such("a bare prompt", |screen| {
        screen.starts_with("alice/") && screen.ends_with("> ▏") && !screen.contains('\n')
    });
    terminal
}

/// The screen after a line is this, but for times.
#[track_caller]
fn shows_after(terminal: &mut Terminal, line: &str, expected: &str) {
    let before = format!("{CTRL_L}{line}\r");
    terminal.types(before);
    shows_timeless(terminal, &format!("> {line}\n{expected}"));
}

/// What stands above one's own sessions.
const OWN: &str = "  context: what the model sees, log: what was said
  no. id       title                                                    context   log answered by          last";

#[test]
fn sessions_are_a_table() {
    let saylog = Saylog::new();
    let alices = "/start my plan\none\ntwo\n/clear\nthree\n/start\n  what is  new?\n/start\n";
    let bobs = "/user bob\n/start\nhello\n";
    assert_eq!(saylog.play(format!("{bobs}/user alice\n{alices}")).code, 0);
    let mut terminal = looking(&saylog);
    shows_after(
        &mut terminal,
        "/sessions",
        &format!(
            "\
{OWN}
*   1 <1> what is new?                                                   2     2 mock                 just now
    2 <2> my plan                                                        2     6 mock                 just now
alice/<1>> ▏"
        ),
    );
    shows_after(
        &mut terminal,
        "/sessions global",
        "  context: what the model sees, log: what was said
  user         id       title                                           context   log answered by          last
* alice        <1> what is new?                                          2     2 mock                 just now
  alice        <2> my plan                                               2     6 mock                 just now
  bob          <3> hello                                                 2     2 mock                 just now
alice/<1>> ▏",
    );
    shows_after(
        &mut terminal,
        "/sessions --all",
        &format!(
            "\
{OWN}
    1 <2>                                                                0     0 -                    just now
*   2 <1> what is new?                                                   2     2 mock                 just now
    3 <3> my plan                                                        2     6 mock                 just now
alice/<1>> ▏"
        ),
    );
    terminal.types("/user carol\r/sessions\r");
    terminal.shows_at_last(
        "\ncarol> /sessions\nyou have no session yet; `/start` begins one\ncarol> ▏",
    );
    leave(terminal);
}

#[test]
fn a_context_is_a_table_with_tokens() {
    let saylog = Saylog::new();
    let lines = "/start\n\"\"\"\none\n  two\n\"\"\"\n/fork\nthree\n/clear\n";
    assert_eq!(saylog.play(lines).code, 0);
    let mut terminal = wide_prompt(&saylog, &["--resume", "--window", "100"], &[]);
    shows_after(
        &mut terminal,
        "/context",
        "mock: 0 messages, 0 of 100 tokens (0 %)\nthe context is empty; `/undo` brings back what was cleared\nalice/<1>> ▏",
    );
    terminal.types("/undo\r");
    shows_after(
        &mut terminal,
        "/context",
        "         id tokens role   text
         #1      7 user   one
                            two
         #2     12 ai     This is a mock response from AI.
         #3      6 user   three
         #4     12 ai     This is a mock response from AI.
mock: 4 messages, 37 of 100 tokens (37 %)
alice/<1>> ▏",
    );
    shows_after(
        &mut terminal,
        "/context at #2",
        "         id tokens role   text
         #1      7 user   one
                            two
mock: 1 message, 7 of 100 tokens (7 %)
alice/<1>> ▏",
    );
    leave(terminal);
}

#[test]
fn a_system_prompt_stands_apart_from_the_word_for_it() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start\n/system be brief\nhello\n").code, 0);
    let mut terminal = looking(&saylog);
    for line in ["/context", "/history global", "/show #1"] {
        terminal.types(format!("{CTRL_L}{line}\r"));
        terminal.shows_such(line, |screen| {
            screen.contains("system ") && screen.contains(" be brief\n") && screen.ends_with("> ▏")
        });
    }
    leave(terminal);
}

#[test]
fn one_message_is_shown_whole_between_glances_at_its_neighbours() {
    let saylog = Saylog::new();
    let long = "word ".repeat(20);
    let block = format!("\"\"\"\n{long}\nsecond line\n\"\"\"");
    let lines = format!("/start\n{block}\n{block}\nlast\n/user bob\n/start\nbobs\n");
    assert_eq!(saylog.play(lines).code, 0);
    let mut terminal = looking(&saylog);
    shows_after(
        &mut terminal,
        "/show #3",
        "\
alice/<1>  0000-00-00
  00:00:00    #2 ai    This is a mock response from AI.
> 00:00:00    #3 user  word word word word word word word word word word word word word word word word word word word
                       word
                       second line
  00:00:00    #4 ai    This is a mock response from AI.
alice/<1>> ▏",
    );
    shows_after(
        &mut terminal,
        "/show #2",
        "\
alice/<1>  0000-00-00
  00:00:00    #1 user  word word word word word word word word word w…
> 00:00:00    #2 ai    This is a mock response from AI.
  00:00:00    #3 user  word word word word word word word word word w…
alice/<1>> ▏",
    );
    // Another user's message does not exist, except with `global`.
    let none = "`/context` shows the ids of a session\nalice/<1>> ▏";
    for id in [7, 70] {
        shows_after(
            &mut terminal,
            &format!("/show #{id}"),
            &format!("error: no message of yours is #{id}; {none}"),
        );
    }
    shows_after(
        &mut terminal,
        "/show #8 global",
        "\
bob/<2>  0000-00-00
  00:00:00    #7 user  bobs
> 00:00:00    #8 ai    This is a mock response from AI.
alice/<1>> ▏",
    );
    leave(terminal);
}

const HOSTILE: &str = "a\x1b]52;c;eA==\x07b\x1b[31mc\x1b[2Jd\u{9b}5me\x08\u{202e}f";
const MADE_VISIBLE: &str = "a␛]52;c;eA==␇b␛[31mc␛[2Jd\\x9b5me␈\\u{202e}f";

#[test]
fn control_characters_in_titles_contents_and_personas_do_not_reach_the_terminal() {
    let name = HOSTILE.escape_unicode().to_string();
    // In TOML control characters are written as escapes.
    let name = name.split("\\u{").skip(1);
    let name: String = name
        .map(|code| format!("\\U{:0>8}", code.trim_end_matches('}')))
        .collect();
    let saylog = configured(&format!(
        "[personas.\"{name}\"]\nsystem = \"{name}\"\nmodel = \"cmd:{name}\"\n"
    ));
    let lines = format!(
        "/start --as {HOSTILE} {HOSTILE}\n/system {HOSTILE}\n/model mock:echo\n{HOSTILE}\n/user bob\n/start\n{HOSTILE}\n"
    );
    assert_eq!(saylog.play(lines).code, 0);
    let mut terminal = wide_prompt(&saylog, &["--resume"], &[]);
    for line in [
        "/personas",
        "/sessions",
        "/sessions global",
        "/context",
        "/show #3",
        "/show #4",
        "/system",
        "/history global",
        "/start --as nobody",
        "/resume a",
        "/each --personas nobody hi",
    ] {
        terminal.types(format!("{line}\r"));
        terminal.shows_such(line, |screen| {
            screen.contains(&format!("> {line}\n")) && screen.ends_with("> ▏")
        });
    }
    let written = terminal.written();
    assert_harmless(&terminal);
    assert!(written.matches(MADE_VISIBLE).count() >= 10, "{written:?}");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn wide_characters_in_a_title_keep_the_columns() {
    let saylog = Saylog::new();
    let lines = "/start 你好🙂é\none\n/start plain\none\n";
    assert_eq!(saylog.play(lines).code, 0);
    let mut terminal = looking(&saylog);
    shows_after(
        &mut terminal,
        "/sessions",
        &format!(
            "\
{OWN}
*   1 <1> plain                                                          2     2 mock                 just now
    2 <2> 你好🙂é                                                        2     2 mock                 just now
alice/plain> ▏"
        ),
    );
    leave(terminal);
}

#[test]
fn a_long_title_of_wide_characters_keeps_the_columns() {
    let saylog = Saylog::new();
    let long = "你好".repeat(20);
    assert_eq!(
        saylog
            .play(format!("/start {long}\none\n/start plain\none\n"))
            .code,
        0
    );
    let mut terminal = looking(&saylog);
    terminal.types("/sessions\r");
    terminal.shows_such("two rows of the same columns", |screen| {
        let columns: Vec<usize> = screen
            .lines()
            .filter_map(|row| row.split_once(" mock "))
            .map(|(before, _)| before.width())
            .collect();
        columns.len() == 2 && columns[0] == columns[1] && screen.contains("你")
    });
    leave(terminal);
}
