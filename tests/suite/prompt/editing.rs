//! Editing a line, or several, at a real terminal.

use super::*;

#[test]
fn ctrl_c_drops_the_line_and_nothing_else() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("never mind");
    terminal.shows_at_last("\nalice> never mind▏");
    terminal.types(CTRL_C);
    terminal.shows(&format!("{BANNER}\nalice> never mind\nalice> ▏"));
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nalice> never mind\nalice>\nCtrl-D or /quit leaves\nalice> ▏");
    terminal.types(format!("nor this{CTRL_C}kept\r"));
    terminal.shows_at_last(&format!("\nalice> nor this\nalice> kept\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: kept"]);
}

#[test]
fn alt_enter_and_ctrl_j_begin_another_line() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    for newline in ["\x1b\r", "\n"] {
        terminal.types(format!("one{newline}two"));
        terminal.shows_at_last("> one⏎\ntwo▏");
        terminal.types("\r");
        terminal.shows_at_last("\nThis is a mock response from AI.\n\nalice/<1>> ▏");
    }
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: one\ntwo"; 2]);
}

#[test]
fn a_paste_of_several_lines_is_one_message() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    let pasted = "  one\n/clear\n\n\"\"\"\n/quit\n你好\tend ";
    terminal.pastes(&pasted.replace('\n', "\r"));
    terminal.shows_at_last("\nalice>   one⏎\n/clear⏎\n⏎\n\"\"\"⏎\n/quit⏎\n你好    end ▏");
    assert_eq!(asked(&saylog), [""; 0]);
    terminal.types("\r");
    terminal.shows_at_last(FIRST);
    leave(terminal);
    assert_eq!(asked(&saylog), [format!("alice user: {pasted}")]);
}

#[test]
fn pasted_escape_sequences_do_not_reach_the_terminal() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.pastes("a\x1b]52;c;eA==\x07b\x1b[31mc\x1b[2Jd\u{9b}5me\x08\u{202e}f");
    terminal.shows_at_last("\nalice> a52;c;eA==bcd5mef▏");
    // A key in the middle and one at the end are drawn in different ways.
    terminal.types(format!("{LEFT}!{CTRL_E}?"));
    terminal.shows_at_last("\nalice> a52;c;eA==bcd5me!f?▏");
    terminal.types("\r");
    let note = "the line has invisible or control characters; they are kept as they are";
    let lost = "escape sequences in what was pasted are left out";
    terminal.shows_at_last(&format!("\n{lost}\n{note}\n{FIRST}"));
    // The beginning of another paste is one, too.
    terminal.pastes("one\x1b[200~ two");
    terminal.shows_at_last("\nalice/<1>> one two▏");
    terminal.types("\r");
    terminal.shows_at_last(&format!(
        "\n{lost}\nThis is a mock response from AI.\n\nalice/<1>> ▏"
    ));
    terminal.types("/history\r");
    terminal.shows_at_last("\nalice/<1>> ▏");
    assert_harmless(&terminal);
    leave(terminal);
    // The line editor takes an escape sequence in a paste for a key, and drops it.
    let message = "a52;c;eA==\x07bcd\u{9b}5me\x08\u{202e}!f?";
    let first = format!("alice user: {message}");
    assert_eq!(asked(&saylog), [first.as_str(), "alice user: one two"]);
}

#[test]
fn a_block_of_several_lines_is_one_message() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("\"\"\"\r");
    terminal.shows_at_last("\nalice> \"\"\"\n... ▏");
    terminal.types("lost\r");
    terminal.shows_at_last("\n... lost\n... ▏");
    terminal.types(CTRL_C);
    terminal.shows_at_last("\n... lost\n...\nthe block was not sent\nalice> ▏");
    terminal.types("\"\"\"\r one\r/clear\r\"\"\"\r");
    terminal.shows_at_last(&format!(
        "\nalice> \"\"\"\n...  one\n... /clear\n... \"\"\"\n{FIRST}"
    ));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user:  one\n/clear"]);
}

#[test]
fn wide_characters_are_edited_whole() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("你好🙂é");
    terminal.shows_at_last("\nalice> 你好🙂é▏");
    terminal.types(LEFT.repeat(2));
    terminal.shows_at_last("\nalice> 你好▏🙂é");
    terminal.types("\x7f");
    terminal.shows_at_last("\nalice> 你▏🙂é");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice> 你🙂é\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: 你🙂é"]);
}

#[test]
fn lines_typed_ahead_arrive_in_order() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("one\rtwo\r/user bob\rthree\r/user alice\rfour\r/quit\r");
    assert_eq!(terminal.ends(), "Success");
    let expected = [
        "alice user: one",
        "alice user: two",
        "bob user: three",
        "alice user: four",
    ];
    assert_eq!(asked(&saylog), expected);
}

#[test]
fn an_escape_before_a_command_takes_nothing_from_it() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("\x1b/user bob\r");
    terminal.shows_at_last("\nalice> /user bob\nbob (new)\nbob> ▏");
    leave(terminal);
}

#[test]
fn vi_keys_edit_the_line() {
    let saylog = Saylog::new();
    let mut terminal = prompt_with(&saylog, &["--keys", "vi"], &[]);
    terminal.types("hello");
    terminal.shows_at_last("\nalice> hello▏");
    terminal.types("\x1b");
    terminal.shows_at_last("\nalice> hell▏o");
    terminal.types("0x\r");
    terminal.shows_at_last(&format!("\nalice> ello\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: ello"]);
}

#[test]
fn ctrl_l_clears_the_screen_and_keeps_the_line() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types(format!("hello{CTRL_L}"));
    terminal.shows("alice> hello▏");
    terminal.types("\r");
    terminal.shows(&format!("alice> hello\n{FIRST}"));
    leave(terminal);
}

#[test]
fn bytes_that_are_not_utf8_are_an_error_and_the_prompt_stays() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types(b"caf\xe9 ole\r");
    terminal.shows_at_last(
        "\nerror: the line is not UTF-8 and was not sent; the terminal has to send UTF-8\nalice> ▏",
    );
    terminal.types("hello\r");
    terminal.shows_at_last(&format!("> hello\n{FIRST}"));
    leave(terminal);
}
