//! How listings, help and single lines stand in narrow and in wide windows.

use super::*;

/// A question and a reply of a few blocks, and a turn after it.
const TALK: &str = "/start\n\"\"\"\n# Two *things*\n\n- one that is **long** enough to be broken at \
    one of its words, somewhere\n- 你好你好你好你好你好你好你好你好你好你好你好你好你好你好\n\"\"\"\nand?\n";

/// A window of so many columns after a line; digits of times are zeros.
#[track_caller]
fn shows_in(columns: u16, saylog: &Saylog, arguments: &[&str], line: &str, expected: &str) {
    let mut terminal = Terminal::of_width(columns, saylog, arguments, &[]);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal.types(format!("{CTRL_L}{line}\r"));
    shows_timeless(&terminal, expected);
    leave(terminal);
}

#[test]
fn a_listing_lays_replies_out_as_they_were_when_they_came() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    assert_eq!(saylog.play(TALK).code, 0);
    for (columns, expected) in [
        (
            40,
            "> /history user
alice/<1>  0000-00-00
  00:00:00    #1 user
    # Two *things*

    - one that is **long** enough to be
    broken at one of its words,
    somewhere
    - 你好你好你好你好你好你好你好你好你
    好你好你好你好你好你好
  00:00:00    #2 ai
    Two things

    • one that is long enough to be
      broken at one of its words,
      somewhere
    • 你好你好你好你好你好你好你好你好你
      好你好你好你好你好你好

  00:00:00    #3 user
    and?
  00:00:00    #4 ai
    and?
alice> ▏",
        ),
        (
            80,
            "> /history user
alice/<1>  0000-00-00
  00:00:00    #1 user  # Two *things*

                       - one that is **long** enough to be broken at one of its
                       words, somewhere
                       - 你好你好你好你好你好你好你好你好你好你好你好你好你好你
                       好
  00:00:00    #2 ai    Two things

                       • one that is long enough to be broken at one of its
                         words, somewhere
                       • 你好你好你好你好你好你好你好你好你好你好你好你好你好你
                         好

  00:00:00    #3 user  and?
  00:00:00    #4 ai    and?
alice> ▏",
        ),
        (
            200,
            "> /history user
alice/<1>  0000-00-00
  00:00:00    #1 user  # Two *things*

                       - one that is **long** enough to be broken at one of its words, somewhere
                       - 你好你好你好你好你好你好你好你好你好你好你好你好你好你好
  00:00:00    #2 ai    Two things

                       • one that is long enough to be broken at one of its words, somewhere
                       • 你好你好你好你好你好你好你好你好你好你好你好你好你好你好

  00:00:00    #3 user  and?
  00:00:00    #4 ai    and?
alice> ▏",
        ),
    ] {
        shows_in(columns, &saylog, &[], "/history user", expected);
    }
    // As they are, where that is wanted.
    let expected = "  00:00:00    #2 ai    # Two *things*\n\n                       - one that is";
    let mut terminal = Terminal::of(&saylog, &["--no-markdown"], &[]);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal.types("/history user\r");
    terminal.shows_such("the source", |screen| {
        let screen = screen.replace("  2", "  0");
        screen.contains(&expected[14..])
    });
    leave(terminal);
}

#[test]
fn a_message_is_shown_and_a_session_resumed_in_the_same_way() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let talk = "/start plan\n**one** and\nthe *other*\n";
    assert_eq!(saylog.play(talk).code, 0);
    shows_in(
        80,
        &saylog,
        &[],
        "/show #2",
        "> /show #2
alice/<1>  0000-00-00
  00:00:00    #1 user  **one** and
> 00:00:00    #2 ai    one and
  00:00:00    #3 user  the *other*
alice> ▏",
    );
    shows_in(
        80,
        &saylog,
        &[],
        "/resume plan",
        "> /resume plan
Session <1> “plan” resumed, last used just now, 4 messages, 4 in context.
alice/<1>  0000-00-00
  00:00:00    #1 user  **one** and
  00:00:00    #2 ai    one and

  00:00:00    #3 user  the *other*
  00:00:00    #4 ai    the other
alice/plan> ▏",
    );
}

#[test]
fn help_has_a_column_for_the_commands_where_there_is_room() {
    let saylog = Saylog::new();
    for (columns, expected) in [
        (
            40,
            "\n/user [NAME]\n    makes NAME the current user, new or\n    known; alone: shows who is speaking\n",
        ),
        (
            80,
            "\n/user [NAME]                makes NAME the current user, new or known; alone:\n                            shows who is speaking\n",
        ),
        (
            200,
            "\n/user [NAME]                makes NAME the current user, new or known; alone: shows who is speaking\n",
        ),
        (
            40,
            "\n/history [session|user|global] [N]\n    lists this session's context, all\n    \
             your contexts, or the whole log: all\n    of it, or the last N\n",
        ),
        (
            80,
            "\n/history [session|user|global] [N]\n                            lists this session's \
             context, all your contexts, or\n                            the whole log: all of it, or the last N\n",
        ),
        (
            200,
            "\n/history [session|user|global] [N]\n                            lists this session's \
             context, all your contexts, or the whole log: all of it, or the last N\n",
        ),
    ] {
        let mut terminal = Terminal::of_width(columns, &saylog, &[], &[]);
        terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
        terminal.resizes(200, columns);
        terminal.types("/help\r");
        terminal.shows_such(expected, |screen| screen.contains(expected));
        leave(terminal);
    }
}

#[test]
fn single_lines_are_broken_at_words_and_hang() {
    let saylog = Saylog::new();
    let receipt = |end: &str| format!("2 messages came back into the context{end}\nalice/<1>> ▏");
    for (columns, error, back) in [
        (
            40,
            "error: unknown command `/nonsense`;\n  `/help` lists the commands;\n  `//nonsense` \
             says `/nonsense`\nalice/<1>> ▏",
            "\n  (#1, #2); `/undo` takes that back.",
        ),
        (
            80,
            "error: unknown command `/nonsense`; `/help` lists the commands; `//nonsense`\n  \
             says `/nonsense`\nalice/<1>> ▏",
            " (#1, #2); `/undo` takes that back.",
        ),
        (
            200,
            "error: unknown command `/nonsense`; `/help` lists the commands; `//nonsense` \
             says `/nonsense`\nalice/<1>> ▏",
            " (#1, #2); `/undo` takes that back.",
        ),
    ] {
        let mut terminal = Terminal::of_width(columns, &saylog, &[], &[]);
        terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
        terminal.types("/start\r/nonsense\r");
        terminal.shows_at_last(error);
        terminal.types("hello\r/undo\r/redo\r");
        let back = receipt(&back.replace("#1", "#A").replace("#2", "#B"));
        terminal.shows_such(&back, |screen| {
            let ids: Vec<&str> = screen.split('#').skip(1).collect();
            let number = |at: usize| -> Option<&str> {
                let id = ids.get(ids.len().checked_sub(at)?)?;
                id.split(|c: char| !c.is_ascii_digit()).next()
            };
            let (Some(one), Some(two)) = (number(2), number(1)) else {
                return false;
            };
            let expected = back.replace("#A", &format!("#{one}"));
            screen.ends_with(&expected.replace("#B", &format!("#{two}")))
        });
        leave(terminal);
    }
}

#[test]
fn a_rule_tells_what_a_turn_took() {
    let saylog = Saylog::new();
    for columns in [40, 80, 200] {
        let mut terminal = Terminal::of_width(columns, &saylog, &["--verbose"], &[]);
        terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
        terminal.types("hello\r");
        let text = "── 00:00:00 · mock · 0.0 s ";
        let rest = usize::from(columns) - text.chars().count();
        let rule = format!("{text}{}", "─".repeat(rest));
        let expected = format!("This is a mock response from AI.\n{rule}\n\nalice/<1>> ▏");
        shows_timeless(&terminal, &expected);
        leave(terminal);
    }
}

#[test]
fn a_dumb_terminal_shows_lines_as_they_are() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    assert_eq!(saylog.play("/start\n**one**\ntwo\n").code, 0);
    let dumb = [("TERM", "dumb")];
    let mut terminal = Terminal::of_width(40, &saylog, &["--verbose"], &dumb);
    terminal.shows("alice> ▏");
    terminal.types("/history user\r");
    shows_timeless(
        &terminal,
        "> /history user
alice/<1>  0000-00-00
  00:00:00    #1 user  **one**
  00:00:00    #2 ai    **one**
  00:00:00    #3 user  two
  00:00:00    #4 ai    two
alice> ▏",
    );
    terminal.types("/nonsense\r");
    terminal.shows_at_last(
        "\nerror: unknown command `/nonsense`; `/he\nlp` lists the commands; `//nonsense` say\n\
         s `/nonsense`\nalice> ▏",
    );
    terminal.types("hi\r");
    terminal.shows_at_last("> hi\nsession <2> begins\nhi\n0.0 s\nalice/<2>> ▏");
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Exited with code 1");
}

#[test]
fn notes_that_go_elsewhere_are_not_broken() {
    let saylog = Saylog::new();
    let shell = ["/bin/sh", "-c", "\"$@\" 2>notes", "sh"];
    let variables = [("PATH", "/usr/bin:/bin")];
    let mut terminal = Terminal::within(&saylog, &shell, &[], &variables);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    terminal.types("/nonsense\r/user\r");
    terminal.shows_at_last("\nalice (new)\nalice> ▏");
    leave(terminal);
    let notes = std::fs::read_to_string(saylog.folder().join("notes")).expect("the notes");
    let whole =
        "unknown command `/nonsense`; `/help` lists the commands; `//nonsense` says `/nonsense`\n";
    assert!(notes.contains(whole), "{notes}");
}

#[test]
fn what_is_said_before_the_prompt_is_broken_at_words_too() {
    let saylog = crate::support::run::configured("[users.x]\npersona = \"nobody\"\n");
    let terminal = Terminal::of_width(40, &saylog, &[], &[]);
    terminal.shows_such("a warning that hangs, and a prompt", |screen| {
        let first = screen.starts_with("saylog: ");
        let rows = screen
            .split("\nsaylog 0")
            .next()
            .unwrap_or_default()
            .lines();
        let hangs = |row: &str| row.starts_with("  ") && !row.starts_with("   ");
        first && rows.skip(1).all(hangs) && screen.ends_with("\nalice> ▏")
    });
    leave(terminal);
}

#[test]
fn the_arguments_are_explained_as_wide_as_the_window() {
    let saylog = Saylog::new();
    for (columns, expected) in [
        (
            40,
            "\r\n  -c, --command <LINE>\r\n        Run LINE, then exit; may be\r\n        repeated\r\n",
        ),
        (
            56,
            "\r\n  -c, --command <LINE>  Run LINE, then exit; may be\r\n\
             \u{20}                       repeated\r\n",
        ),
        (
            80,
            "\r\n  -c, --command <LINE>  Run LINE, then exit; may be repeated\r\n",
        ),
    ] {
        let bare = [("NO_COLOR", "1")];
        let mut terminal = Terminal::of_width(columns, &saylog, &["-h"], &bare);
        assert_eq!(terminal.ends(), "Success");
        let written = terminal.written();
        assert!(written.contains(expected), "{written}");
        let widest = written.lines().map(|line| line.trim_end().len()).max();
        assert!(widest <= Some(columns.into()), "{widest:?}");
    }
}
