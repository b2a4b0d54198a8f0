//! Slashes that were forgotten at the prompt, and blanks before them.

use super::*;

#[test]
fn a_command_without_its_slash_is_asked_about_and_said_when_it_comes_twice() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    for (word, command) in [
        ("help", "/help"),
        ("quit", "/quit"),
        ("exit", "/exit"),
        (":q", "/quit"),
        ("?", "/help"),
    ] {
        terminal.types(format!("{word}\r"));
        terminal.shows_at_last(&format!(
            "\nalice> {word}\n`{word}` was not sent: `{command}` is the command; `{word}` once more says it\nalice> ▏"
        ));
    }
    terminal.types("delete\r");
    terminal.shows_at_last(
        "\nalice> delete\n\
         `delete` was not sent: there is no `/delete`: nothing leaves the log; `/archive`\n  \
         keeps a session out of lists, `/clear` empties the context; `delete` once more\n  \
         says it\nalice> ▏",
    );
    assert_eq!(asked(&saylog), [""; 0]);
    terminal.types(format!("help\r{UP}"));
    terminal.shows_at_last("\nalice> help▏");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice> help\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: help"]);
    // A pipe says what it is given.
    assert_eq!(saylog.play("/start\nexit\n /clear\n").code, 0);
    let said = [
        "alice user: help",
        "alice user: exit",
        "alice user:  /clear",
    ];
    assert_eq!(asked(&saylog), said);
}

#[test]
fn blanks_before_a_command_are_forgiven_and_no_text_becomes_one() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/start\n /clear\n").code, 0);
    let mut terminal = prompt(&saylog);
    terminal.types("  /user\r");
    terminal.shows_at_last("\nalice>   /user\nalice\nalice> ▏");
    // What was said in a pipe is said again, not run.
    terminal.types(UP);
    terminal.types(UP);
    terminal.shows_at_last("\nalice>  //clear▏");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\nalice>  //clear\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user:  /clear"; 2]);
}
