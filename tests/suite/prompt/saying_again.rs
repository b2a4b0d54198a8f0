//! `/edit` at the prompt: the last message is in the line again, and stays in the
//! context until something else is said.

use super::*;
use crate::support::events::log;
use crate::support::run::check;

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

/// The ids of the context of the session that was spoken in last.
fn context(saylog: &Saylog) -> String {
    let outcome = saylog.run(&["--resume", "-c", "/context"]);
    let rows = outcome.stdout.lines().filter_map(|row| row.split_once(' '));
    let ids = rows.filter(|(id, _)| id.starts_with('#'));
    ids.map(|(id, _)| id).collect::<Vec<_>>().join(" ")
}

/// What is said of two messages that an edit takes out.
fn left(first: i64) -> String {
    let last = first + 1;
    format!(
        "2 messages left the context (#{first}, #{last}); `/fork at #{last}` goes back in a new session."
    )
}

#[test]
fn the_last_message_is_in_the_line_and_leaves_only_when_another_is_said() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("one\rtwo\r");
    terminal.shows_at_last(&format!("\nalice/<1>> two{REPLIED}"));
    terminal.types("/edit\r");
    terminal.shows_at_last("\nalice/<1>> /edit\nedit #3> two▏");
    assert_eq!(context(&saylog), "#1 #2 #3 #4");
    terminal.types("!\r");
    terminal.shows_at_last(&format!("\nedit #3> two!\n{}{REPLIED}", left(3)));
    assert_eq!(context(&saylog), "#1 #2 #5 #6");
    leave(terminal);
    // It goes on from where the first one stood.
    assert_eq!(
        asked_after(&saylog),
        texts(&[(None, "one"), (Some(2), "two"), (Some(2), "two!")])
    );
}

#[test]
fn whatever_is_no_message_leaves_it_as_it_was() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("one\r");
    terminal.shows_at_last(FIRST);
    let stays = "#1 stays as it was";
    for (keys, shown) in [
        (CTRL_C, "edit #1> one\n#1 stays as it was\nalice/<1>> ▏"),
        ("\x15\r", "edit #1>\n#1 stays as it was\nalice/<1>> ▏"),
        ("\x15   \r", "edit #1>\n#1 stays as it was\nalice/<1>> ▏"),
        ("\x15\x04", "edit #1>\n#1 stays as it was\nalice/<1>> ▏"),
        (
            "\x15/user\r",
            "edit #1> /user\n#1 stays as it was\nalice/<1>\nalice/<1>> ▏",
        ),
        (
            "\x15/nosuch\r",
            "edit #1> /nosuch\n#1 stays as it was\nerror: unknown command `/nosuch`; \
             `/help` lists the commands; `//nosuch` says\n  `/nosuch`\nalice/<1>> ▏",
        ),
        (
            "\x15\"\"\"\rnot sent\r\x03",
            "edit #1> \"\"\"\n... not sent\n...\nthe block was not sent\n#1 stays as it was\nalice/<1>> ▏",
        ),
    ] {
        terminal.types(format!("{CTRL_L}/edit\r"));
        terminal.shows("alice/<1>> /edit\nedit #1> one▏");
        terminal.types(keys);
        terminal.shows(&format!("alice/<1>> /edit\n{shown}"));
        assert_eq!(context(&saylog), "#1 #2", "{keys:?}: {stays}");
    }
    // Nothing is edited any more.
    terminal.types("two\r");
    terminal.shows_at_last(&format!("\nalice/<1>> two{REPLIED}"));
    assert_eq!(context(&saylog), "#1 #2 #3 #4");
    leave(terminal);
    let nothing =
        "nothing was moved yet; `/undo`, `/clear` and `/edit` move the end of a context\n";
    check(&saylog.run(&["--resume", "-c", "/moves"]), "", nothing, 0);
}

#[test]
fn unchanged_it_is_asked_again() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    // What the line shows of it is not what it is.
    let block = "\"\"\"END\n\"\"\"A\n\"\"\"END";
    for (said, shown) in [
        ("one", "one"),
        ("//clear", "//clear"),
        ("a\x1b[2Jb", "a␛[2Jb"),
        ("help", "help"),
        (block, "\"\"\"A"),
    ] {
        assert_eq!(saylog.play(format!("/start\n{said}\n")).code, 0);
        let mut terminal = Terminal::of(&saylog, &["--resume"], &[]);
        terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
        terminal.types("/edit\r");
        terminal.shows_such(shown, |screen| {
            screen.contains("\nedit #") && screen.ends_with(&format!("> {shown}▏"))
        });
        terminal.types("\r");
        terminal.shows_such("the reply", |screen| {
            screen.contains(" left the context (") && screen.ends_with("\n\nalice/<1>> ▏")
        });
        leave(terminal);
        let asked = asked_after(&saylog);
        let [.., first, second] = &asked[..] else {
            panic!("{asked:?}");
        };
        assert_eq!(first, second);
    }
}

#[test]
fn several_lines_a_block_a_file_and_a_paste_can_take_its_place() {
    let saylog = Saylog::new();
    let block = "\"\"\"\n/one\n\n  two 你好\n\"\"\"";
    assert_eq!(saylog.play(format!("/start\n{block}\n")).code, 0);
    std::fs::write(saylog.folder().join("notes.txt"), "noted\n").expect("a file");
    let mut terminal = resumed(&saylog);
    terminal.types("/edit\r");
    terminal.shows_at_last("\nedit #1> /one⏎\n⏎\n  two 你好▏");
    terminal.types("!\r");
    terminal.shows_at_last(&format!("\n{}{REPLIED}", left(1)));
    terminal.types(format!(
        "/edit\r{CTRL_U}{CTRL_U}{CTRL_U}{CTRL_U}{CTRL_U}\"\"\"\r"
    ));
    terminal.shows_at_last("\n... ▏");
    terminal.types("/clear\rb\r\"\"\"\r");
    terminal.shows_at_last(&format!("\n{}{REPLIED}", left(3)));
    terminal.types("/edit\r");
    terminal.shows_at_last("\nedit #5> /clear⏎\nb▏");
    terminal.types(format!("{CTRL_U}{CTRL_U}{CTRL_U}/file notes.txt\r"));
    terminal.shows_at_last(&format!("\n{}{REPLIED}", left(5)));
    let long = "pasted\n".repeat(50);
    terminal.types("/edit\r");
    terminal.shows_such("the file", |screen| screen.contains("\nedit #7> "));
    terminal.types("\x05");
    terminal.pastes(&long);
    terminal.types("\r");
    terminal.shows_at_last(&format!("\n{}{REPLIED}", left(7)));
    leave(terminal);
    let asked = asked_after(&saylog);
    assert_eq!(
        asked[..3],
        texts(&[
            (None, "/one\n\n  two 你好"),
            (None, "/one\n\n  two 你好!"),
            (None, "/clear\nb"),
        ])
    );
    assert!(asked[3].1.contains("noted") && asked[3].0.is_none());
    assert!(asked[4].1.contains(long.trim_end()) && asked[4].0.is_none());
    assert_eq!(asked.len(), 5);
}

#[test]
fn a_message_that_is_too_tall_for_the_line_is_said_again_whole() {
    let saylog = Saylog::new();
    let tall = "one line of many\n".repeat(200);
    let block = format!("\"\"\"END\n{tall}\"\"\"END\n");
    assert_eq!(saylog.play(format!("/start\n{block}")).code, 0);
    let mut terminal = resumed(&saylog);
    terminal.types(format!("{CTRL_L}/edit\r"));
    terminal.shows("alice/<1>> /edit\nedit #1> [pasted: 200 lines, 3.3 KiB]▏");
    terminal.types("\r");
    terminal.shows_at_last(&format!("\n{}{REPLIED}", left(1)));
    terminal.types("/edit\r!\r");
    terminal.shows_at_last(&format!("\n{}{REPLIED}", left(3)));
    leave(terminal);
    // Its last line end is the block's.
    let tall = tall.trim_end();
    let changed = format!("{tall}!");
    assert_eq!(
        asked_after(&saylog),
        texts(&[(None, tall), (None, tall), (None, &changed)])
    );
}

#[test]
fn a_file_that_is_missing_changes_nothing() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("one\r");
    terminal.shows_at_last(FIRST);
    terminal.types(format!("/edit\r{CTRL_U}/file nosuch\r"));
    terminal.shows_such("an error", |screen| {
        screen.contains("\nerror: `nosuch` ") && screen.ends_with("\nalice/<1>> ▏")
    });
    assert_eq!(context(&saylog), "#1 #2");
    leave(terminal);
}

#[test]
fn what_another_window_has_said_meanwhile_is_not_taken_out() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("one\r");
    terminal.shows_at_last(FIRST);
    terminal.types("/edit\r");
    terminal.shows_at_last("\nedit #1> one▏");
    let other = saylog.run(&["--resume", "-c", "from there"]);
    assert_eq!(other.code, 0, "{}", other.stderr);
    terminal.types(" more\r");
    terminal.shows_at_last(
        "\nedit #1> one more
error: nothing was changed: another window has gone on in this session; the
  up-arrow has your text; `/edit` begins with what was said last now

2 messages came into this session from another window (alice)
alice/<1>> ▏",
    );
    assert_eq!(context(&saylog), "#1 #2 #3 #4");
    terminal.types(UP);
    terminal.shows_at_last("\nalice/<1>> one more▏");
    terminal.types(format!("{CTRL_U}/edit\r"));
    terminal.shows_at_last("\nedit #3> from there▏");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_quotation_is_never_what_is_edited() {
    let saylog = Saylog::new();
    assert_eq!(
        saylog.play("/start\none\n/quote #1\n/quote #2 #1\n").code,
        0
    );
    let mut terminal = resumed(&saylog);
    terminal.types("/edit\r");
    terminal.shows_at_last("\nedit #1> one▏");
    terminal.types("!\r");
    terminal.shows_at_last(&format!(
        "\n4 messages left the context (#1, #2, #3, #4); `/fork at #4` goes back in a new\n  session.{REPLIED}"
    ));
    terminal.types("/clear\r/quote #1\r/edit\r");
    let nothing = "error: the context has only quotations, and nothing that you said; say something\n  \
                   first";
    terminal.shows_at_last(&format!("\nalice/<1>> /edit\n{nothing}\nalice/<1>> ▏"));
    for line in ["/edit x", "/edit --editor"] {
        terminal.types(format!("{line}\r"));
        terminal.shows_at_last(&format!("\nalice/<1>> {line}\n{nothing}\nalice/<1>> ▏"));
    }
    leave(terminal);
}

#[test]
fn a_draft_of_an_edit_waits_when_the_terminal_hangs_up() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("one\r");
    terminal.shows_at_last(FIRST);
    terminal.types("/edit\r!");
    terminal.shows_at_last("\nedit #1> one!▏");
    terminal.hangs_up();
    assert_eq!(context(&saylog), "#1 #2");
    let mut terminal = resumed(&saylog);
    terminal.types(UP);
    // A line feed is the terminal's, if the program has seen it.
    terminal.shows_such("the draft", |screen| {
        screen.ends_with("\nalice/<1>> one!▏") || screen.ends_with("\nalice/<1>> one!⏎\n▏")
    });
    terminal.types(CTRL_C);
    leave(terminal);
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
