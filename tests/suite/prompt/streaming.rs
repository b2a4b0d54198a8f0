//! Replies that stream, at a real terminal.

use serde_json::Value;

use super::*;
use crate::support::run::feed;
use crate::support::server::{Endpoint, Turn};
use crate::support::wait::until;

const KEPT: &str = "interrupted; what had come is kept";
const NOTHING: &str = "interrupted before anything came";

/// A prompt at which `x` answers, from an endpoint that waits for the test.
pub(super) struct Talk {
    pub(super) saylog: Saylog,
    endpoint: Endpoint,
    pub(super) terminal: Terminal,
}

impl Talk {
    #[track_caller]
    fn new() -> Self {
        Self::with(&[])
    }

    #[track_caller]
    fn with(arguments: &[&str]) -> Self {
        Self::of_width(80, arguments, &[])
    }

    /// The same in a window of so many columns, with further variables.
    #[track_caller]
    pub(super) fn of_width(columns: u16, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let (saylog, endpoint) = (Saylog::new(), Endpoint::new());
        let base = endpoint.base();
        let all = [&["--model", "x", "--base-url", &base][..], arguments].concat();
        let terminal = Terminal::of_width(columns, &saylog, &all, variables);
        terminal.shows_such("a prompt", |screen| screen.ends_with("alice> ▏"));
        Self {
            saylog,
            endpoint,
            terminal,
        }
    }

    /// Types a line and gives the request that comes of it, agreed to.
    #[track_caller]
    pub(super) fn asks(&mut self, line: &str) -> Turn {
        self.terminal.types(format!("{line}\r"));
        self.endpoint.begun()
    }

    /// Waits until the screen is this after banner, `hello` and the new session. A
    /// spinner that stands there because nothing has come for a while does not matter.
    #[track_caller]
    pub(super) fn shows(&self, expected: &str) {
        let banner = BANNER.replace("mock", "x");
        let expected = format!("{banner}\nalice> hello\nsession <1> begins\n{expected}");
        let what = format!("this screen:\n{expected}");
        self.terminal
            .shows_such(&what, |screen| without_spinner(screen).contains(&expected));
    }

    /// The same for the end of the screen.
    #[track_caller]
    pub(super) fn ends_in(&self, expected: &str) {
        let what = format!("a screen that ends with:\n{expected}");
        self.terminal.shows_such(&what, |screen| {
            let screens = without_spinner(screen);
            screens.iter().any(|screen| screen.ends_with(expected))
        });
    }

    /// Types Ctrl-C and waits until the screen ends with this, although the
    /// endpoint does nothing more.
    #[track_caller]
    fn interrupts(&mut self, expected: &str) {
        self.terminal.types(CTRL_C);
        self.terminal.shows_at_last(expected);
    }

    /// Leaves, and gives the replies in the log as `status: content`.
    #[track_caller]
    fn leaves(self) -> Vec<String> {
        leave(self.terminal);
        replies(&self.saylog)
    }
}

fn replies(saylog: &Saylog) -> Vec<String> {
    let log = saylog.log();
    let events = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let replies = events.filter(|event| event["event"] == "message" && event["role"] == "ai");
    let text = |event: &Value, field| event[field].as_str().expect("text").to_owned();
    replies
        .map(|event| format!("{}: {}", text(&event, "status"), text(&event, "content")))
        .collect()
}

/// Whether this is one of the faces of a spinner.
pub(super) fn is_face(c: char) -> bool {
    ('\u{2800}'..='\u{28ff}').contains(&c)
}

/// The row of a screen in which a spinner stands, from its seconds on.
fn spinner(screen: &str) -> Option<&str> {
    let (_, row) = screen.rsplit_once('\n')?;
    row.strip_prefix(is_face)
}

/// The screen as it may be when the spinner goes that stands below a reply of which
/// nothing came for a while: in an empty row, or below the row that goes on.
fn without_spinner(screen: &str) -> Vec<String> {
    match screen.rsplit_once('\n') {
        Some((before, row)) if row.starts_with(is_face) => {
            vec![format!("{before}{CURSOR}"), format!("{before}\n{CURSOR}")]
        }
        _ => vec![screen.to_owned()],
    }
}

/// The spinners that were written, in order: face, seconds, and what stands behind them.
fn spinners(written: &str) -> Vec<(char, u64, &str)> {
    let rows = written.split("\r\x1b[K").skip(1);
    rows.filter_map(|row| {
        let (text, face) = (row.strip_prefix(is_face)?, row.chars().next()?);
        let (seconds, why) = text.strip_prefix(' ')?.split_once(" s")?;
        Some((face, seconds.parse().ok()?, why))
    })
    .collect()
}

/// The seconds that were left when a busy endpoint was waited for, as they were drawn.
fn countdown(written: &str) -> Vec<u64> {
    let all = spinners(written).into_iter();
    all.filter_map(|(_, _, why)| {
        let (_, left) = why.split_once(", the endpoint is busy: again in ")?;
        left.split(" s").next()?.parse().ok()
    })
    .collect()
}

#[test]
fn a_reply_is_on_the_screen_while_it_comes() {
    let mut talk = Talk::new();
    let mut turn = talk.asks("hello");
    assert_eq!(turn.request.body["stream"], true);
    assert_eq!(turn.told(), ["user: hello"]);
    turn.says("First");
    turn.says(" block.\n\nSec");
    talk.shows("First block.\n\nSec▏");
    turn.says("ond\n\n");
    talk.shows("First block.\n\nSecond\n▏");
    turn.says("```\ncode\n");
    // The lines of a code block do not wait for its end.
    talk.shows("First block.\n\nSecond\n\n────────\ncode\n▏");
    turn.says("```\n\nThe end.");
    turn.ends();
    talk.shows("First block.\n\nSecond\n\n────────\ncode\n\nThe end.\n\nalice/<1>> ▏");
    assert_eq!(
        talk.leaves(),
        ["complete: First block.\n\nSecond\n\n```\ncode\n```\n\nThe end."]
    );
}

#[test]
fn what_another_process_has_kept_meanwhile_is_shown_once() {
    let mut talk = Talk::new();
    let mut turn = talk.asks("hello");
    turn.says("The beginning");
    until("a part that is kept", || {
        talk.saylog.stored().partials() == ["The beginning"]
    });
    talk.terminal.signals(Signal::STOP);
    // It is taken for dead by whoever has seen it before.
    for lease in ["3600000", "0"] {
        let mut command = talk.saylog.command();
        command.env("SAYLOG_TEST_LEASE", lease);
        command.args(["-c", "/user"]);
        assert_eq!(feed(command, b"").code, 0);
    }
    talk.terminal.signals(Signal::CONT);
    turn.says_at_last(" and the rest.");
    talk.shows(
        "The beginning and the rest.\nthis process stood still, and another one has kept the \
         beginning of this reply\n  as message #2; the rest is message #3\n\nalice/<1>> ▏",
    );
    assert_eq!(
        talk.leaves(),
        ["interrupted: The beginning", "complete:  and the rest."]
    );
}

#[test]
fn the_slow_mock_streams_word_by_word() {
    let saylog = Saylog::new();
    let arguments = ["--model", "mock:slow", "--no-markdown"];
    let mut terminal = Terminal::of(&saylog, &arguments, &[]);
    terminal.shows_at_last("\nalice> ▏");
    terminal.types("hello\r");
    terminal.shows_at_last("\nThis is a mock response from AI.\n\nalice/<1>> ▏");
    terminal.types("again\r");
    terminal.shows_such("the first words", |screen| {
        screen.contains("> again\nThis is ")
    });
    terminal.types(CTRL_C);
    terminal.shows_at_last("\nalice/<1>> ▏");
    let is_stopped = terminal.written().contains(KEPT);
    leave(terminal);
    let replies = replies(&saylog);
    assert_eq!(replies[0], "complete: This is a mock response from AI.");
    // On a busy machine the rest may have come before the first words are seen.
    if is_stopped {
        let kept = replies[1].strip_prefix("interrupted: ").expect("a part");
        assert!("This is a mock response from AI.".starts_with(kept));
    } else {
        assert_eq!(replies[1], replies[0]);
    }
}

#[test]
fn ctrl_c_in_mid_stream_keeps_what_had_come() {
    let mut talk = Talk::new();
    for number in 1..=3 {
        let mut turn = talk.asks(&format!("question {number}"));
        turn.says(&format!("Part {number}.\n\nHal"));
        talk.ends_in(&format!("\nPart {number}.\n\nHal▏"));
        let screen = format!("\nPart {number}.\n\nHal\n{KEPT}\n\nalice/<1>> ▏");
        talk.interrupts(&screen);
        turn.sees_the_end();
    }
    let turn = talk.asks("go on");
    assert_eq!(
        turn.told(),
        [
            "user: question 1",
            "assistant: Part 1.\n\nHal",
            "user: question 2",
            "assistant: Part 2.\n\nHal",
            "user: question 3",
            "assistant: Part 3.\n\nHal",
            "user: go on"
        ]
    );
    turn.says_at_last("I do.");
    talk.terminal
        .shows_at_last("\nalice/<1>> go on\nI do.\n\nalice/<1>> ▏");
    assert_eq!(
        talk.leaves(),
        [
            "interrupted: Part 1.\n\nHal",
            "interrupted: Part 2.\n\nHal",
            "interrupted: Part 3.\n\nHal",
            "complete: I do."
        ]
    );
}

#[test]
fn ctrl_c_while_nothing_comes_leaves_no_spinner() {
    let mut talk = Talk::new();
    for (answers, before) in [
        (false, "session <1> begins"),
        (true, "> hello"),
        (true, "> hello"),
    ] {
        talk.terminal.types("hello\r");
        let mut turn = talk.endpoint.turn();
        if answers {
            turn.begins();
        }
        talk.terminal
            .shows_such("a spinner", |screen| spinner(screen).is_some());
        let screen = format!("{before}\n{NOTHING}\n\nalice/<1>> ▏");
        talk.interrupts(&screen);
        turn.sees_the_end();
    }
    talk.asks("hello").says_at_last("At last.");
    talk.shows(&format!(
        "{NOTHING}\n\nalice/<1>> hello\n{NOTHING}\n\nalice/<1>> hello\n{NOTHING}\n\n\
         alice/<1>> hello\nAt last.\n\nalice/<1>> ▏"
    ));
    assert_eq!(
        talk.leaves(),
        [
            "interrupted: ",
            "interrupted: ",
            "interrupted: ",
            "complete: At last."
        ]
    );
}

#[test]
fn a_spinner_turns_until_the_reply_begins() {
    let mut talk = Talk::new();
    talk.terminal.types("hello\r");
    let mut turn = talk.endpoint.turn();
    talk.terminal.writes_such("a second", |written| {
        spinners(written)
            .iter()
            .any(|(_, seconds, _)| *seconds >= 1)
    });
    turn.begins();
    turn.says("Here.\n\n");
    talk.shows("Here.\n▏");
    turn.ends();
    talk.shows("Here.\n\nalice/<1>> ▏");
    let written = talk.terminal.written();
    let (before, after) = written.rsplit_once("Here.").expect("the reply");
    assert!(
        before.ends_with("\r\x1b[K") && !after.contains(is_face),
        "{written:?}"
    );
    let drawn = spinners(before);
    assert!(
        drawn.is_sorted_by_key(|(_, seconds, _)| *seconds),
        "{drawn:?}"
    );
    let faces: String = drawn.iter().map(|(face, ..)| *face).collect();
    let round = "⠙⠹⠸⠼⠴⠦⠧⠇⠏⠋";
    assert!(
        faces.starts_with('⠙') && round.repeat(faces.len()).starts_with(&faces),
        "{faces}"
    );
    // The next wait has a spinner again, although nothing was drawn meanwhile.
    talk.terminal.types("hello\r");
    let turn = talk.endpoint.turn();
    talk.terminal
        .shows_such("a spinner", |screen| spinner(screen).is_some());
    drop(turn);
    // It is asked again, and then no more.
    drop(talk.endpoint.turn());
    drop(talk.endpoint.turn());
    assert_eq!(talk.leaves(), ["complete: Here.\n\n", "failed: "]);
}

const MARKDOWN: &str = "\
# Title

Some **bold** and *slanted* `code`.

- one
- two

```rust
let x = 1;
```

| 名前 | n |
|---|--:|
| 你好 | 1 |
| a | 22 |
";

#[test]
fn markdown_is_laid_out_and_kept_as_it_came() {
    let mut talk = Talk::new();
    let mut turn = talk.asks("hello");
    for piece in MARKDOWN.split_inclusive(' ') {
        turn.says(piece);
    }
    turn.ends();
    talk.shows(
        "\
Title

Some bold and slanted code.

• one
• two

──────── rust
let x = 1;

名前 │  n
─────┼───
你好 │  1
a    │ 22

alice/<1>> ▏",
    );
    let written = talk.terminal.written();
    let code = if cfg!(feature = "code-colors") {
        "\x1b[35mlet\x1b[0m x = \x1b[36m1\x1b[0m;"
    } else {
        "\r\nlet x = 1;\r\n"
    };
    for look in [
        "\x1b[1;4mTitle\x1b[0m",
        "\x1b[1mbold\x1b[0m",
        "\x1b[3mslanted\x1b[0m",
        "\x1b[36mcode\x1b[0m",
        "\x1b[2m──────── rust\x1b[0m",
        code,
    ] {
        assert!(written.contains(look), "{look:?} in {written:?}");
    }
    assert_eq!(talk.leaves(), [format!("complete: {MARKDOWN}")]);
}

#[test]
fn without_markdown_a_reply_is_shown_as_it_comes() {
    let mut talk = Talk::with(&["--no-markdown"]);
    let mut turn = talk.asks("hello");
    turn.says("# Ti");
    talk.shows("# Ti▏");
    turn.says("tle\n\nSome **bo");
    talk.shows("# Title\n\nSome **bo▏");
    turn.ends();
    talk.shows("# Title\n\nSome **bo\n\nalice/<1>> ▏");
    let turn = talk.asks("table");
    turn.says_at_last(MARKDOWN);
    let (_, table) = MARKDOWN.split_once("```\n\n").expect("a table");
    talk.terminal
        .shows_at_last(&format!("\n```\n\n{table}\n\nalice/<1>> ▏"));
    assert_eq!(
        talk.leaves(),
        [
            "complete: # Title\n\nSome **bo".to_owned(),
            format!("complete: {MARKDOWN}")
        ]
    );
}

#[test]
fn ctrl_c_without_markdown_ends_the_line() {
    let mut talk = Talk::with(&["--no-markdown"]);
    let mut turn = talk.asks("hello");
    turn.says("one\ntw");
    talk.shows("one\ntw▏");
    talk.interrupts(&format!("\none\ntw\n{KEPT}\n\nalice/<1>> ▏"));
    turn.sees_the_end();
    assert_eq!(talk.leaves(), ["interrupted: one\ntw"]);
}

#[test]
fn the_window_may_change_its_size_in_mid_stream() {
    let mut talk = Talk::new();
    let mut turn = talk.asks("hello");
    turn.says("Before.\n\nHalf a ");
    talk.shows("Before.\n\nHalf a▏");
    talk.terminal.resizes(20, 30);
    turn.says("line in the narrow window.\n\n");
    let narrow = "\nBefore.\n\nHalf a line in the narrow\nwindow.\n";
    talk.ends_in(&format!("{narrow}▏"));
    talk.terminal.resizes(20, 60);
    turn.says("|a|你好|\n|-|-|\n|1|2|\n");
    turn.ends();
    let table = "\na │ 你好\n──┼─────\n1 │ 2\n";
    talk.terminal
        .shows_at_last(&format!("{narrow}{table}\nalice/<1>> ▏"));
    // The editor knows the new width: what is typed goes on in the next row.
    talk.terminal.types("0123456789".repeat(5));
    talk.terminal.shows_at_last(&format!(
        "{table}\nalice/<1>> {}0123\n456789▏",
        "0123456789".repeat(4)
    ));
    talk.terminal.types(CTRL_C);
    talk.terminal.shows_at_last("456789\nalice/<1>> ▏");
    assert_eq!(
        talk.leaves(),
        ["complete: Before.\n\nHalf a line in the narrow window.\n\n|a|你好|\n|-|-|\n|1|2|\n"]
    );
}

const HOSTILE: &str =
    "a\x1b]52;c;eA==\x07b\x1b[31mc\x1b[2Jd\u{9b}5me\x08\u{202e}f\rg\x1b[?2004h\x7f";

#[test]
fn control_sequences_of_a_reply_do_not_reach_the_terminal() {
    let shown = "a␛]52;c;eA==␇b␛[31mc␛[2Jd\\x9b5me␈\\u{202e}f";
    for (arguments, shown) in [
        (&[][..], format!("{shown}\ng␛[?2004h␡")),
        (&["--no-markdown"][..], format!("{shown}␍g␛[?2004h␡")),
    ] {
        let mut talk = Talk::with(arguments);
        let mut turn = talk.asks("hello");
        // Each character comes alone, so that no piece is a sequence.
        for c in HOSTILE.chars() {
            turn.says(&c.to_string());
        }
        turn.ends();
        talk.shows(&format!("{shown}\n\nalice/<1>> ▏"));
        assert_harmless(&talk.terminal);
        // The same in the sentence of an error, and in code.
        talk.terminal.types("hello\r");
        let said = serde_json::json!({ "error": { "message": HOSTILE } }).to_string();
        talk.endpoint.turn().refuses("400 Bad Request", "", &said);
        talk.terminal.shows_such("an error", |screen| {
            screen.contains("\nerror: ") && screen.ends_with("\nalice/<1>> ▏")
        });
        let mut turn = talk.asks("some code");
        turn.says("```\x1b[31m\n\x1b[2Jcode\n```\n");
        turn.ends();
        talk.terminal.shows_such("code", |screen| {
            screen.contains("␛[2Jcode\n") && screen.ends_with("\nalice/<1>> ▏")
        });
        assert_harmless(&talk.terminal);
        assert_eq!(talk.leaves()[0], format!("complete: {HOSTILE}"));
    }
}

#[test]
fn what_is_typed_ahead_waits_and_is_not_echoed() {
    let mut talk = Talk::new();
    let mut turn = talk.asks("hello");
    turn.says("One.\n\n");
    talk.shows("One.\n▏");
    talk.terminal.types("typed ahead\rhalf");
    turn.says("Two.\n\n");
    talk.shows("One.\n\nTwo.\n▏");
    turn.ends();
    let next = talk.endpoint.begun();
    assert_eq!(
        next.told(),
        [
            "user: hello",
            "assistant: One.\n\nTwo.\n\n",
            "user: typed ahead"
        ]
    );
    talk.shows("One.\n\nTwo.\n\nalice/<1>> typed ahead\n▏");
    next.says_at_last("Three.");
    let screen = "One.\n\nTwo.\n\nalice/<1>> typed ahead\nThree.\n\nalice/<1>> half▏";
    talk.shows(screen);
    // Nor does Ctrl-C throw it away.
    let mut turn = talk.asks(" a line");
    turn.says("Four.\n\n");
    talk.ends_in("\nFour.\n▏");
    talk.terminal.types(format!("after{CTRL_C}"));
    talk.terminal.shows_at_last(&format!(
        "> half a line\nFour.\n{KEPT}\n\nalice/<1>> after▏"
    ));
    talk.terminal.types(CTRL_U);
    leave(talk.terminal);
    assert_eq!(
        asked(&talk.saylog),
        [
            "alice user: hello",
            "alice user: typed ahead",
            "alice user: half a line"
        ]
    );
}

#[test]
fn a_busy_endpoint_is_asked_again_after_a_countdown() {
    let mut talk = Talk::new();
    talk.terminal.types("hello\r");
    let busy = r#"{"error":{"message":"too fast"}}"#;
    talk.endpoint
        .turn()
        .refuses("429 Too Many Requests", "Retry-After: 2\r\n", busy);
    let turn = talk.endpoint.begun();
    assert_eq!(turn.told(), ["user: hello"]);
    // On a busy machine not every second of it is drawn.
    let left = countdown(&talk.terminal.written());
    let counts_down = left.is_sorted_by(|one, next| one >= next);
    assert!(
        counts_down && left.iter().all(|left| (1..=2).contains(left)),
        "{left:?}"
    );
    turn.says_at_last("Now.");
    talk.shows("Now.\n\nalice/<1>> ▏");
    // Ctrl-C ends such a wait, too.
    talk.terminal.types("hello\r");
    talk.endpoint
        .turn()
        .refuses("429 Too Many Requests", "Retry-After: 29\r\n", busy);
    talk.terminal.writes_such("a longer countdown", |written| {
        countdown(written).last() > Some(&2)
    });
    talk.interrupts(&format!("> hello\n{NOTHING}\n\nalice/<1>> ▏"));
    assert_eq!(talk.leaves(), ["complete: Now.", "interrupted: "]);
}

#[test]
fn on_a_dumb_terminal_what_is_waited_for_is_a_line_and_nothing_is_cleared() {
    let (saylog, endpoint) = (Saylog::new(), Endpoint::new());
    let base = endpoint.base();
    let arguments = ["--model", "x", "--base-url", &base];
    let mut terminal = Terminal::of(&saylog, &arguments, &[("TERM", "dumb")]);
    terminal.shows("alice> ▏");
    terminal.types("hello\r");
    let busy = r#"{"error":{"message":"too fast"}}"#;
    let turn = endpoint.turn();
    turn.refuses("429 Too Many Requests", "Retry-After: 2\r\n", busy);
    endpoint.begun().says_at_last("Now.");
    terminal.shows_such("the reply", |screen| screen.ends_with("Now.\nalice/<1>> ▏"));
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), "Success");
    let written = terminal.written();
    assert!(!written.contains(['\x1b', '⠙']), "{written:?}");
    let told = written.matches("the endpoint is busy: again in ").count();
    assert_eq!(told, 1, "{written:?}");
}

#[test]
fn a_failed_reply_is_one_sentence_and_the_prompt_stays() {
    let mut talk = Talk::new();
    talk.terminal.types("hello\r");
    let body = r#"{"error":{"message":"out of order"}}"#;
    for _ in 0..3 {
        let turn = talk.endpoint.turn();
        turn.refuses("500 Internal Server Error", "", body);
    }
    let failed = "error: the endpoint failed (500): out of order (asked 3 times); the fault is on\n  its side; `/retry` asks again\n";
    talk.shows(&format!("{failed}\nalice/<1>> ▏"));
    // A reply that breaks off is kept.
    let mut turn = talk.asks("and?");
    turn.says("Half.\n\nA");
    drop(turn);
    let cut = "Half.\n\nA\nerror: the reply was cut off; `/continue` asks for the rest, `/retry` for\n  another reply\n";
    talk.shows(&format!("{failed}\nalice/<1>> and?\n{cut}\nalice/<1>> ▏"));
    let turn = talk.asks("again");
    turn.says_at_last("Whole.");
    talk.shows(&format!(
        "{failed}\nalice/<1>> and?\n{cut}\nalice/<1>> again\nWhole.\n\nalice/<1>> ▏"
    ));
    assert_eq!(
        talk.leaves(),
        ["failed: ", "failed: Half.\n\nA", "complete: Whole."]
    );
}

#[test]
fn an_endpoint_that_is_not_there_is_one_sentence() {
    let saylog = Saylog::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = port.local_addr().expect("an address").to_string();
    drop(port);
    let base = format!("http://{address}/v1");
    let arguments = ["--model", "x", "--base-url", &base];
    let mut terminal = Terminal::of(&saylog, &arguments, &[]);
    terminal.shows_at_last("\nalice> ▏");
    terminal.types("hello\r");
    terminal.shows_such("an error", |screen| {
        let said = format!("error: nothing answers at {address} (asked 3 times); start the ");
        screen.contains(&format!("\nsession <1> begins\n{said}"))
            && screen.ends_with("base URL; then `/retry`\n\nalice/<1>> ▏")
    });
    leave(terminal);
    assert_eq!(saylog.said(), ["alice user: hello", "alice ai: "]);
}
