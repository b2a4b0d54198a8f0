//! The up-arrow and Ctrl-R: the user's own messages and nobody else's.

use super::*;

#[test]
fn the_up_arrow_brings_back_ones_own_messages() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> alice one▏");
    terminal.types(format!("{UP}!"));
    terminal.shows_at_last("\nalice> alice one!▏");
    terminal.types(DOWN);
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(CTRL_C);
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nbob> ▏");
    terminal.types(UP);
    terminal.shows_at_last("\nbob> bob two▏");
    terminal.types(UP);
    terminal.shows_at_last("\nbob> bob one▏");
    terminal.types(CTRL_C);
    leave(terminal);
    assert_eq!(saylog.said().len(), 8);
}

#[test]
fn commands_are_remembered_for_who_typed_them() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types("/help quit\r/user bob\r");
    terminal.shows_at_last("\nbob> ▏");
    terminal.types(UP);
    terminal.shows_at_last("\nbob> bob two▏");
    terminal.types(CTRL_C);
    terminal.types("/user alice\r");
    terminal.shows_at_last("\nalice> ▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> /user bob▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> /help quit▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_recalled_message_is_a_message_again() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start\n//clear\n").code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> //clear▏");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice> //clear\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: /clear"; 2]);
}

#[test]
fn a_recalled_message_that_ends_with_a_newline_is_a_message_again() {
    let saylog = Saylog::new();
    let lines = "/start\n\"\"\"\n/clear\n\n\"\"\"\n";
    assert_eq!(saylog.play(lines).code, 0);
    assert_eq!(asked(&saylog), ["alice user: /clear\n"]);
    let mut terminal = prompt(&saylog);
    terminal.types(format!("{UP}\r"));
    terminal.shows_at_last(FIRST);
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: /clear\n"; 2]);
}

#[test]
fn ctrl_r_finds_ones_own_messages_only() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types(format!("{CTRL_R}ne"));
    terminal.shows_at_last("\n(reverse-i-search)`ne': alice o▏ne");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice> alice one\n{FIRST}"));
    terminal.types(format!("{CTRL_R}bob"));
    terminal.shows_at_last("\n(failed reverse-i-search)`bob': ▏");
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nalice/<1>> ▏");
    leave(terminal);
    assert_eq!(
        asked(&saylog).last().map(String::as_str),
        Some("alice user: alice one")
    );
    assert_eq!(asked(&saylog).len(), 5);
}

#[test]
fn recalled_control_characters_do_not_reach_the_terminal() {
    let saylog = Saylog::new();
    let message = "a\x1b]52;c;eA==\x07b\x1b[31mc\u{9b}5md\x08e";
    assert_eq!(saylog.play(format!("/start\n{message}\n")).code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> a␛]52;c;eA==␇b␛[31mc\\x9b5md␈e▏");
    terminal.types(format!("{CTRL_U}{CTRL_R}eA"));
    terminal.shows_at_last("(reverse-i-search)`eA': a␛]52;c;▏eA==␇b␛[31mc\\x9b5md␈e");
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nalice> ▏");
    assert_harmless(&terminal);
    leave(terminal);
}

#[test]
fn branches_and_system_prompts_add_nothing_to_the_past() {
    let saylog = two_people();
    let lines = "/resume\n/system be brief\n/fork\nalice three\n/undo\n/fork at #2\n/clear\n";
    assert_eq!(saylog.play(lines).code, 0);
    let mut terminal = prompt(&saylog);
    for said in ["alice three", "alice two", "alice one", "alice one"] {
        terminal.types(UP);
        terminal.shows_at_last(&format!("\nalice> {said}▏"));
    }
    terminal.types("!");
    terminal.shows_at_last("\nalice> alice one!▏");
    terminal.types(CTRL_C);
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nbob> ▏");
    for said in ["bob two", "bob one"] {
        terminal.types(UP);
        terminal.shows_at_last(&format!("\nbob> {said}▏"));
    }
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn what_was_undone_or_forked_a_moment_ago_is_recalled_like_any_line() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types("/resume\rthree\r/fork\r/undo\r");
    terminal.shows_at_last("`/redo` takes that back.\nalice/<2>> ▏");
    for said in [
        "/undo",
        "/fork",
        "three",
        "/resume",
        "alice two",
        "alice one",
    ] {
        terminal.types(UP);
        // A hint may stand behind a command.
        terminal.shows_such(said, |screen| {
            let (_, line) = screen.rsplit_once('\n').expect("lines");
            line.starts_with(&format!("alice/<2>> {said}▏"))
        });
    }
    terminal.types(CTRL_C);
    leave(terminal);
}
