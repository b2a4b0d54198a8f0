//! Help while a line is typed: completion, hints, colours.

use super::*;

#[test]
fn tab_completes_commands_and_their_arguments() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types("/his\t");
    terminal.shows_at_last("\nalice> /history ▏[session|user|global] [N]");
    terminal.types("g\t");
    terminal.shows_at_last("\nalice> /history global▏");
    terminal.types(format!("{CTRL_U}/user al\t"));
    terminal.shows_at_last("\nalice> /user alice▏");
    terminal.types(format!("{CTRL_U}/user \t"));
    terminal.shows_at_last("\nalice> /user ▏\n  alice\n  bob");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn tab_offers_ones_own_sessions_only() {
    let saylog = two_people();
    let own = session_of(&saylog, "alice");
    let other = session_of(&saylog, "bob");
    let mut terminal = prompt(&saylog);
    terminal.types("/resume \t");
    terminal.shows_at_last("\nalice> /resume <1>▏");
    assert!(terminal.written().contains(&own[..8]));
    // The `x` shows that the Tab before it has been dealt with.
    terminal.types(format!("{CTRL_U}/resume {}\tx", &other[..7]));
    terminal.shows_at_last(&format!("\nalice> /resume {}x▏", &other[..7]));
    assert!(!terminal.written().contains(&other));
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_dim_hint_shows_what_a_command_takes() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("/us");
    terminal.shows_at_last("\nalice> /us▏er [NAME]");
    assert_eq!(terminal.look("/us"), (Color::Default, false, false));
    assert_eq!(terminal.look("er [NAME]"), (Color::Default, false, true));
    terminal.types("er");
    terminal.shows_at_last("\nalice> /user▏ [NAME]");
    assert_eq!(terminal.look("/user"), (Color::Idx(6), true, false));
    assert_eq!(terminal.look("[NAME]"), (Color::Default, false, true));
    terminal.types("z");
    terminal.shows_at_last("\nalice> /userz▏");
    assert_eq!(terminal.look("/userz"), (Color::Idx(1), false, false));
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn there_are_no_colours_where_none_are_wanted() {
    assert!(is_colourful(&[], &[]));
    assert!(is_colourful(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!is_colourful(&["--color", "never"], &[]));
    assert!(!is_colourful(&[], &[("NO_COLOR", "1")]));
}

/// Whether anything is coloured when everything that has a colour is shown.
fn is_colourful(arguments: &[&str], variables: &[(&str, &str)]) -> bool {
    let saylog = Saylog::new();
    let mut terminal = prompt_with(&saylog, arguments, variables);
    terminal.types("/user bob\rhello\r/nonsense\r/history global\r/us");
    terminal.shows_at_last("\nbob/<1>> /us▏er [NAME]");
    terminal.types(CTRL_C);
    let written = terminal.written();
    leave(terminal);
    !colours(&written).is_empty()
}

#[test]
fn ctrl_c_while_completions_are_offered_drops_no_later_line() {
    let saylog = Saylog::new();
    let lines: String = (0..150)
        .map(|number| format!("/user u{number}\n/start\nhello\n"))
        .collect();
    assert_eq!(saylog.play(lines).code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types("/user u\t");
    // Half of the window, however many there are.
    terminal.shows_such("a menu", |screen| {
        let rows = screen.split_once("\nalice> /user u▏\n  u0\n");
        rows.is_some_and(|(_, rows)| rows.lines().count() == 11 && rows.ends_with("… 139 more"))
    });
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nalice> /user u\nalice> ▏");
    terminal.types("hello\r");
    terminal.shows_at_last(&format!("> hello\n{FIRST}"));
    leave(terminal);
}
