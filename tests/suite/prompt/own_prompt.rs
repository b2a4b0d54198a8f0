//! What stands before the line: as it is usually, and by a template.

use super::*;
use crate::support::run::{check, configured, feed};

#[test]
fn the_prompt_has_the_title_of_the_session_or_else_its_id() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("/start a trip to Rome and back\r");
    terminal.shows_at_last("\nChat started successfully! Session <1> “a trip to Rome and back”.\nalice/a trip to Rome and…> ▏");
    terminal.types("/rename 你好\r");
    terminal.shows_at_last("\nalice/你好> ▏");
    terminal.types("/start\r");
    terminal.shows_at_last(
        "\nChat started successfully! Session <2>, in place of <1> “你好”.\nalice/<2>> ▏",
    );
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nbob (new)\nbob> ▏");
    terminal.types("/user alice\r");
    terminal.shows_at_last("> /user alice\nalice/<2>\nalice/<2>> ▏");
    terminal.types("/resume 你好\r");
    terminal.shows_at_last("\nalice/你好> ▏");
    terminal.types("/fork back\r");
    terminal.shows_at_last("\nalice/back> ▏");
    leave(terminal);
}

#[test]
fn a_template_says_what_the_prompt_shows() {
    let template = "prompt = \"{user}{:id}{/title:8} ({model}){ share} {{x}}\\n{persona}> \"\n";
    let template = template.replace("{:id}", "{ #id}");
    let saylog = configured(&format!("{template}[personas.critic]\nsystem = \"No.\"\n"));
    let terminal = Terminal::of(&saylog, &["--window", "100"], &[]);
    let mut terminal = terminal;
    terminal.shows_at_last("\nalice (mock) {x}\n> ▏");
    terminal.types("/start --as critic\r");
    terminal.shows_at_last("\nalice #<1>/<1> (mock) 6% {x}\ncritic> ▏");
    terminal.types("/rename my plan is this\r");
    terminal.shows_at_last("\nalice #<1>/my plan… (mock) 6% {x}\ncritic> ▏");
    leave(terminal);
    for (arguments, variables) in [
        (
            &["--prompt", "{user}$ "][..],
            &[("SAYLOG_PROMPT", "> ")][..],
        ),
        (&[], &[("SAYLOG_PROMPT", "{user}$ ")]),
    ] {
        let terminal = Terminal::of(&saylog, arguments, variables);
        terminal.shows(&format!("{BANNER}\nalice$ ▏"));
        leave(terminal);
    }
}

#[test]
fn a_template_has_colours_and_the_terminal_gets_no_other_sequences() {
    let saylog = Saylog::new();
    let template = "{user}{reset}/{bold}{green}{title}{reset}{dim}> ";
    let mut terminal = Terminal::of(&saylog, &["--prompt", template], &[]);
    terminal.shows_at_last("\nalice/> ▏");
    terminal.types("/start plan\r");
    terminal.shows_at_last("\nalice/plan> ▏");
    assert_eq!(terminal.look("alice"), (Color::Idx(6), false, false));
    assert_eq!(terminal.look("plan"), (Color::Idx(2), true, false));
    assert_eq!(terminal.look("/"), (Color::Default, false, false));
    assert_eq!(terminal.look("> "), (Color::Default, false, true));
    leave(terminal);
    assert_eq!(saylog.play("/start a\x1b[2J\u{202e}b\n").code, 0);
    let terminal = Terminal::of(&saylog, &["--prompt", template, "--resume"], &[]);
    terminal.shows_at_last("\nalice/a␛[2J\\u{202e}b> ▏");
    assert_harmless(&terminal);
    leave(terminal);
    let bare = [("NO_COLOR", "1")];
    let terminal = Terminal::of(&saylog, &["--prompt", template], &bare);
    terminal.shows_at_last("\nalice/> ▏");
    assert_eq!(colours(&terminal.written()), [""; 0]);
    leave(terminal);
}

#[test]
fn a_dumb_terminal_has_the_same_prompt_without_colours() {
    let saylog = Saylog::new();
    let arguments = ["--prompt", "{bold}{user}{/title:9}{ share}> "];
    let mut terminal = Terminal::of(&saylog, &arguments, &[("TERM", "dumb")]);
    terminal.shows("alice> ▏");
    terminal.types("/start a long title\r");
    terminal.shows_at_last("\nalice/a long t… 0%> ▏");
    leave(terminal);
}

#[test]
fn the_share_is_100_percent_when_older_messages_are_left_out() {
    let saylog = Saylog::new();
    let arguments = ["--share", "--window", "100", "--model", "mock:echo"];
    let mut terminal = Terminal::of(&saylog, &arguments, &[]);
    terminal.shows_such("a prompt", |screen| screen.ends_with("\nalice> ▏"));
    // Nine tokens, and as many of the reply; a quarter of the window is the reply's.
    let line = "01234567890123456789";
    for share in ["24%", "48%", "72%", "96%", "100%", "100%"] {
        terminal.types(format!("{line}\r"));
        terminal.shows_at_last(&format!("\n{line}\n\nalice/<1> {share}> ▏"));
    }
    leave(terminal);
}

#[test]
fn what_another_window_says_in_the_session_is_told_before_the_next_prompt() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("/start plan\r");
    terminal.shows_at_last("\nalice/plan> ▏");
    let mut other = Terminal::of(&saylog, &["--resume"], &[]);
    other.shows_at_last("\nalice/plan> ▏");
    other.types("from there\r");
    other.shows_at_last("from AI.\n\nalice/plan> ▏");
    terminal.types("/user\r");
    let news = "2 messages came into this session from another window (alice)";
    terminal.shows_at_last(&format!("\nalice/<1>\n{news}\nalice/plan> ▏"));
    terminal.types("from here\r");
    terminal.shows_at_last("> from here\nThis is a mock response from AI.\n\nalice/plan> ▏");
    // What one has said oneself, and what is said elsewhere, is no news.
    assert_eq!(saylog.play("/start other\nhello\n").code, 0);
    terminal.types("/user\r");
    terminal.shows_at_last("> /user\nalice/<1>\nalice/plan> ▏");
    other.types("/user\r");
    other.shows_at_last(&format!("\nalice/<1>\n{news}\nalice/plan> ▏"));
    other.types("/system Be brief.\r");
    other.shows_at_last("\nSystem prompt set.\nalice/plan> ▏");
    terminal.types("/user\r");
    let news = "1 message came into this session from another window (alice)";
    terminal.shows_at_last(&format!("\nalice/<1>\n{news}\nalice/plan> ▏"));
    // Nor is it missed while somebody else speaks here.
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nbob (new)\nbob> ▏");
    other.types("/system Be loud.\r");
    other.shows_at_last(
        "> /system Be loud.\nSystem prompt set, in place of “Be brief.”.\nalice/plan> ▏",
    );
    terminal.types("/user alice\r");
    terminal.shows_at_last(&format!("> /user alice\nalice/<1>\n{news}\nalice/plan> ▏"));
    leave(other);
    leave(terminal);
}

#[test]
fn tokens_and_seconds_are_told_at_a_terminal_to_whoever_has_set_that() {
    let saylog = configured("verbose = true\n");
    let mut terminal = prompt(&saylog);
    terminal.types("hello\r");
    terminal.shows_such("how long it took", |screen| {
        let rule = screen.lines().rev().nth(2).unwrap_or_default();
        screen.ends_with("─\n\nalice/<1>> ▏")
            && rule.starts_with("── ")
            && rule.contains(" · mock · 0.")
    });
    leave(terminal);
}

#[test]
fn a_template_that_makes_no_sense_is_told_with_its_column() {
    let saylog = Saylog::new();
    let told = "the brace at column 3 is never closed; `{{` is a brace\n";
    let wrong = "a {user";
    check(
        &saylog.run(&["--prompt", wrong, "-c", "/user"]),
        "",
        &format!("saylog: --prompt: {told}"),
        2,
    );
    let mut command = saylog.command();
    command.env("SAYLOG_PROMPT", wrong).args(["-c", "/user"]);
    let told = format!("saylog: SAYLOG_PROMPT: {told}");
    check(&feed(command, b""), "", &told, 2);
}
