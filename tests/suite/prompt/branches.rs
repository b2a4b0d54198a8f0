//! Moves at the prompt: editing the last message, resuming sessions, and how
//! full the window is.

use super::*;
use crate::support::events::log;

/// The reply, and the prompt after it.
const REPLIED: &str = "\nThis is a mock response from AI.\n\nalice/<1>> ▏";

/// What was asked, each with the message before it in its context.
fn asked_after(saylog: &Saylog) -> Vec<(Option<i64>, String)> {
    let rows = log(saylog).into_iter();
    let questions = rows.filter(|row| row.role == "user");
    questions.map(|row| (row.parent_id, row.content)).collect()
}

fn texts(expected: &[(Option<i64>, &str)]) -> Vec<(Option<i64>, String)> {
    let expected = expected.iter();
    expected
        .map(|(parent, text)| (*parent, (*text).to_owned()))
        .collect()
}

/// The prompt in the session that was spoken in last.
#[track_caller]
fn resumed(saylog: &Saylog) -> Terminal {
    let terminal = Terminal::of(saylog, &["--resume"], &[]);
    terminal.shows_at_last("\nalice/<1>> ▏");
    terminal
}

#[test]
fn edit_puts_the_last_message_back_into_the_line() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("one\rtwo\r");
    terminal.shows_at_last(&format!("\nalice/<1>> two{REPLIED}"));
    terminal.types("/edit\r");
    let receipt = "2 messages left the context (#3, #4); back with `/redo`, later `/fork at #4`.";
    terminal.shows_at_last(&format!("\nalice/<1>> /edit\n{receipt}\nalice/<1>> two▏"));
    terminal.types("!\r");
    terminal.shows_at_last(&format!("\n{receipt}\nalice/<1>> two!{REPLIED}"));
    leave(terminal);
    // It goes on from where the first one stood.
    assert_eq!(
        asked_after(&saylog),
        texts(&[(None, "one"), (Some(2), "two"), (Some(2), "two!")])
    );
}

#[test]
fn edit_puts_several_lines_back_as_one_message() {
    let saylog = Saylog::new();
    let block = "\"\"\"\n/one\n\n  two 你好\n\"\"\"";
    assert_eq!(saylog.play(format!("/start\n{block}\n")).code, 0);
    let mut terminal = resumed(&saylog);
    terminal.types("/edit\r");
    terminal.shows_at_last("\nalice/<1>> /one⏎\n⏎\n  two 你好▏");
    terminal.types("!\r");
    terminal.shows_at_last(&format!("\n  two 你好!{REPLIED}"));
    leave(terminal);
    assert_eq!(
        asked_after(&saylog),
        texts(&[(None, "/one\n\n  two 你好"), (None, "/one\n\n  two 你好!")])
    );
}

#[test]
fn edit_puts_a_message_that_looks_like_a_command_back_as_a_message() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start\n//clear\n").code, 0);
    let mut terminal = resumed(&saylog);
    terminal.types("/edit\r");
    terminal.shows_at_last("\nalice/<1>> //clear▏");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice/<1>> //clear{REPLIED}"));
    leave(terminal);
    assert_eq!(
        asked_after(&saylog),
        texts(&[(None, "/clear"), (None, "/clear")])
    );
}

#[test]
fn an_edit_that_is_dropped_leaves_its_receipt_and_redo_takes_it_back() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("one\r/edit\r");
    let edited = "\
alice/<1>> /edit
2 messages left the context (#1, #2); back with `/redo`, later `/fork at #2`.
alice/<1>> one";
    terminal.shows_at_last(&format!("\n{edited}▏"));
    terminal.types(CTRL_C);
    let dropped = "the turn is still out of the context; `/redo` brings it back";
    let edited = format!("{edited}\n{dropped}");
    terminal.shows_at_last(&format!("\n{edited}\nalice/<1>> ▏"));
    terminal.types("/redo\r");
    terminal.shows_at_last(&format!(
        "\n{edited}\nalice/<1>> /redo\n\
         2 messages are back in the context (#1, #2); `/undo` takes them out again.\nalice/<1>> ▏"
    ));
    terminal.types("two\r");
    terminal.shows_at_last(&format!("\nalice/<1>> two{REPLIED}"));
    leave(terminal);
    assert_eq!(
        asked_after(&saylog),
        texts(&[(None, "one"), (Some(2), "two")])
    );
}

#[test]
fn edit_says_so_where_there_is_nothing_to_edit() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("/edit\r");
    terminal.shows_at_last(
        "\nalice> /edit\nerror: User chat session not found!; `/start` begins one\nalice> ▏",
    );
    let nothing = "error: there is nothing to say differently; say something first";
    terminal.types("/start\r");
    for line in ["/edit", "/edit --editor"] {
        terminal.types(format!("{line}\r"));
        terminal.shows_at_last(&format!("\nalice/<1>> {line}\n{nothing}\nalice/<1>> ▏"));
    }
    leave(terminal);
    assert_eq!(asked(&saylog), [""; 0]);
}

#[test]
fn edit_needs_a_terminal_with_a_line_editor() {
    let saylog = Saylog::new();
    let mut terminal = Terminal::of(&saylog, &[], &[("TERM", "dumb")]);
    terminal.resizes(24, 120);
    let replied = REPLIED.replace("\n\n", "\n");
    terminal.shows("alice> ▏");
    terminal.types("hello\r");
    terminal.shows_at_last(&replied);
    terminal.types("/edit\r");
    terminal.shows_at_last(
        "\nalice/<1>> /edit\nerror: `/edit` needs a terminal to edit in; \
         `/edit TEXT` says TEXT in place of what was said last\nalice/<1>> ▏",
    );
    terminal.types("/edit hallo\r");
    terminal.shows_at_last(&replied);
    terminal.types(CTRL_D);
    // As in a transcript, the exit code is 1 because a line failed.
    assert_eq!(terminal.ends(), "Exited with code 1");
    assert_eq!(
        asked_after(&saylog),
        texts(&[(None, "hello"), (None, "hallo")])
    );
}

#[test]
fn the_prompt_shows_how_much_of_the_window_is_taken() {
    let saylog = Saylog::new();
    let arguments = ["--share", "--window", "100"];
    let mut terminal = Terminal::of(&saylog, &arguments, &[]);
    terminal.shows(&format!("{BANNER}\nalice> ▏"));
    terminal.types("hello\r");
    // Six tokens and twelve: a quarter for each character, four for each message. A
    // quarter of the window is the reply's.
    terminal.shows_at_last("\nThis is a mock response from AI.\n\nalice/<1> 24%> ▏");
    terminal.types("hello\r");
    terminal.shows_at_last("\nThis is a mock response from AI.\n\nalice/<1> 48%> ▏");
    terminal.types("/undo\r");
    terminal.shows_at_last("\nalice/<1> 24%> ▏");
    terminal.types("/clear\r");
    terminal.shows_at_last("\nalice/<1> 0%> ▏");
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nbob (new)\nbob> ▏");
    leave(terminal);
}

#[test]
fn the_configuration_may_ask_for_the_share() {
    let saylog = crate::support::run::configured("share = true\n");
    let mut terminal = prompt(&saylog);
    terminal.types("/start\r");
    terminal.shows_at_last("\nChat started successfully! Session <1>.\nalice/<1> 0%> ▏");
    leave(terminal);
}

#[test]
fn a_session_that_is_resumed_at_launch_shows_its_last_turns() {
    let saylog = Saylog::new();
    let lines = "/start my plan\none\ntwo\nthree\n/clear\nfour\nfive\nsix\n";
    assert_eq!(saylog.play(lines).code, 0);
    for arguments in [
        &["--resume"][..],
        &["--resume", "latest"],
        &["--resume", "my plan"],
    ] {
        let terminal = wide_prompt(&saylog, arguments, &[]);
        shows_timeless(
            &terminal,
            &format!(
                "{BANNER}\n\
Session <1> “my plan” resumed, last used just now, 12 messages, 6 in context.
alice/<1>  0000-00-00
  00:00:00    #9 user  five
  00:00:00   #10 ai    This is a mock response from AI.

  00:00:00   #11 user  six
  00:00:00   #12 ai    This is a mock response from AI.
alice/my plan> ▏"
            ),
        );
        leave(terminal);
    }
}

#[test]
fn a_cleared_session_is_resumed_with_a_word_on_how_to_go_back() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start\none\n/clear\n").code, 0);
    let mut terminal = wide_prompt(&saylog, &["--resume"], &[]);
    shows_timeless(
        &terminal,
        &format!(
            "{BANNER}\n\
Session <1> resumed, last used just now, 2 messages, 0 in context.
its context is empty; `/undo` brings back what was cleared
alice/<1>> ▏"
        ),
    );
    terminal.types("/undo\r");
    terminal.shows_at_last(
        "\n2 messages are back in the context (#1, #2); `/redo` takes them out again.\nalice/<1>> ▏",
    );
    leave(terminal);
}

#[test]
fn a_session_that_is_not_there_is_an_error_and_the_prompt_stays() {
    let saylog = two_people();
    let bobs = session_of(&saylog, "bob");
    // Another user's session is reported like one that does not exist.
    for which in ["nosuch", &bobs] {
        let mut terminal = Terminal::of(&saylog, &["--resume", which], &[]);
        terminal.resizes(24, 200);
        let shown = if which == "nosuch" {
            which.to_owned()
        } else {
            "<1>".to_owned()
        };
        shows_timeless(
            &terminal,
            &format!(
                "{BANNER}\nerror: no session of yours is `{shown}`; an id or its first four \
                 characters or more, a title, a number, or `latest`; `/sessions` lists them\nalice> ▏"
            ),
        );
        terminal.types("/user\r");
        terminal.shows_at_last("\nalice> /user\nalice\nalice> ▏");
        leave(terminal);
    }
}
