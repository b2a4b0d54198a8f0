//! Blocks with an end mark of the writer's choice, typed at the prompt.

use super::*;

#[test]
fn a_block_with_a_word_ends_with_the_same_line_only() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("\"\"\"END\r\"\"\"\r/clear\r\"\"\"end\r\"\"\"END\r");
    terminal.shows_at_last(&format!(
        "\nalice> \"\"\"END\n... \"\"\"\n... /clear\n... \"\"\"end\n... \"\"\"END\n{FIRST}"
    ));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: \"\"\"\n/clear\n\"\"\"end"]);
}

#[test]
fn ctrl_c_drops_a_block_and_ctrl_d_says_which_was_not_sent() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("\"\"\"END\rone\r");
    terminal.shows_at_last("\n... one\n... ▏");
    terminal.types(CTRL_C);
    terminal.shows_at_last("\n... one\n...\nthe block was not sent\nalice> ▏");
    terminal.types("\"\"\"END\rtwo\r");
    terminal.shows_at_last("\n... two\n... ▏");
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    let written = terminal.written();
    let error = "the input ended in the block `\"\"\"END` that began on line 3; \
                 a block ends with `\"\"\"END` on a line of its own; it was not sent";
    assert!(written.replace("\r\n  ", " ").contains(error), "{written}");
    assert_eq!(saylog.said(), [""; 0]);
}

#[test]
fn nothing_helps_with_commands_in_an_open_block() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("\"\"\"END\r/cle");
    terminal.shows_at_last("\n... /cle▏");
    assert_eq!(terminal.look("/cle"), (Color::Default, false, false));
    // Tab completes nothing, and End takes no hint.
    terminal.types(format!("\t{CTRL_E}x"));
    terminal.shows_at_last("\n... /clex▏");
    terminal.types(format!("{CTRL_U}/clear"));
    terminal.shows_at_last("\n... /clear▏");
    assert_eq!(terminal.look("/clear"), (Color::Default, false, false));
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nalice> ▏");
    terminal.types("/cle");
    terminal.shows_at_last("\nalice> /cle▏ar");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_block_that_looks_like_a_line_is_recalled_as_a_message() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("\"\"\"END\r/clear\r\"\"\"END\r");
    terminal.shows_at_last(FIRST);
    terminal.types("\"\"\"END\r\"\"\"A\r\"\"\"END\r");
    terminal.shows_at_last("\n... \"\"\"END\nThis is a mock response from AI.\n\nalice/<1>> ▏");
    // A line of `"""A` would open a block: it is not offered.
    terminal.types(UP);
    terminal.shows_at_last("\nalice/<1>> //clear▏");
    terminal.types("\r");
    terminal
        .shows_at_last("\nalice/<1>> //clear\nThis is a mock response from AI.\n\nalice/<1>> ▏");
    leave(terminal);
    let expected = [
        "alice user: /clear",
        "alice user: \"\"\"A",
        "alice user: /clear",
    ];
    assert_eq!(asked(&saylog), expected);
    // Nor is it out of the log.
    let mut terminal = prompt(&saylog);
    for _ in 0..3 {
        terminal.types(UP);
    }
    terminal.shows_at_last("\nalice> //clear▏");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_message_is_recalled_into_a_block_as_it_was_said() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start\n//clear\n").code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types(format!("\"\"\"END\r{UP}"));
    terminal.shows_at_last("\n... /clear▏");
    terminal.types("\r\"\"\"END\r");
    terminal.shows_at_last(FIRST);
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: /clear"; 2]);
}

#[test]
fn a_message_that_looks_like_a_mark_can_be_edited() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("\"\"\"END\r\"\"\"A\r\"\"\"END\r/edit\r");
    terminal.shows_at_last("\nedit #1> \"\"\"A▏");
    terminal.types("\r");
    terminal.shows_such("the reply", |screen| {
        screen.contains("\nedit #1> \"\"\"A\n2 messages left") && screen.ends_with("\nalice/<1>> ▏")
    });
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: \"\"\"A"; 2]);
}

#[test]
fn a_first_line_that_a_person_types_is_said() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("#!one\r");
    terminal.shows_at_last(FIRST);
    leave(terminal);
    let mut terminal = Terminal::of(&saylog, &[], &[("TERM", "dumb")]);
    terminal.shows("alice> ▏");
    terminal.types("#!two\r");
    let first = FIRST.replace("\n\n", "\n");
    terminal.shows(&format!("alice> #!two\n{first}"));
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    assert_eq!(asked(&saylog), ["alice user: #!one", "alice user: #!two"]);
}
