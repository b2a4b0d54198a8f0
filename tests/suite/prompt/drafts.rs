//! What was typed and not sent when the terminal hung up is on the up-arrow.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

/// Waits for the end by a hang-up that a signal tells of.
#[track_caller]
fn hang_up(mut terminal: Terminal) {
    terminal.signals(Signal::HUP);
    assert_eq!(terminal.ends(), "Terminated by Hangup");
}

/// Hangs up a prompt with these variables at which this was typed.
#[track_caller]
fn hang_up_at(saylog: &Saylog, variables: &[(&str, &str)], draft: &str) {
    let mut terminal = prompt_with(saylog, &[], variables);
    terminal.types(draft);
    terminal.shows_at_last(&format!("\nalice> {draft}▏"));
    hang_up(terminal);
}

/// The files in the folder of drafts.
fn files(saylog: &Saylog) -> Vec<std::path::PathBuf> {
    let folder = saylog.folder().join(".local/state/saylog");
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.expect("a file").path()).collect()
}

#[test]
fn a_draft_is_first_on_the_up_arrow_of_the_next_run_and_once() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types("not sent");
    terminal.shows_at_last("\nalice> not sent▏");
    hang_up(terminal);
    let [file] = &files(&saylog)[..] else {
        panic!("one file");
    };
    let mode = file.metadata().expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    // A run that does not look leaves it to the next one.
    leave(prompt(&saylog));
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> not sent▏");
    assert_eq!(files(&saylog).len(), 0);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(CTRL_C);
    leave(terminal);
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(CTRL_C);
    leave(terminal);
    assert_eq!(saylog.said().len(), 8);
}

#[test]
fn a_window_that_is_closed_loses_no_draft() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("not sent");
    terminal.shows_at_last("\nalice> not sent▏");
    assert_eq!(terminal.hangs_up(), "Terminated by Hangup");
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    // The harness has typed a line feed, which the hang-up may have overtaken.
    terminal.shows_such("what was typed", |screen| {
        let with = |rest: &str| screen.ends_with(&format!("\nalice> not sent{rest}▏"));
        with("") || with("⏎\n")
    });
    terminal.types(CTRL_C);
    leave(terminal);
    assert_eq!(saylog.said(), [""; 0]);
}

#[test]
fn a_draft_is_for_its_user_alone() {
    let saylog = two_people();
    let mut terminal = prompt(&saylog);
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nbob> ▏");
    terminal.types("secret of bob");
    terminal.shows_at_last("\nbob> secret of bob▏");
    hang_up(terminal);
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> /user bob▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> alice two▏");
    terminal.types(format!("{CTRL_U}{CTRL_R}secret"));
    terminal.shows_at_last("\n(failed reverse-i-search)`secret': /u▏ser bob");
    terminal.types(CTRL_C);
    terminal.types("/user bob\r");
    terminal.shows_at_last("\nbob> ▏");
    terminal.types(UP);
    terminal.shows_at_last("\nbob> secret of bob▏");
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_draft_is_for_its_store_alone() {
    let stores = [Saylog::new(), Saylog::new()];
    let state = stores[0].folder().join("state");
    let state = [("XDG_STATE_HOME", state.to_str().expect("a name"))];
    hang_up_at(&stores[0], &state, "one");
    let mut terminal = prompt_with(&stores[1], &[], &state);
    terminal.types(format!("{UP}nothing"));
    terminal.shows_at_last("\nalice> nothing▏");
    terminal.types(CTRL_C);
    leave(terminal);
    hang_up_at(&stores[1], &state, "two");
    for (saylog, draft) in stores.iter().zip(["one", "two"]) {
        let mut terminal = prompt_with(saylog, &[], &state);
        terminal.types(UP);
        terminal.shows_at_last(&format!("\nalice> {draft}▏"));
        terminal.types(CTRL_C);
        leave(terminal);
    }
}

#[test]
fn the_lines_of_an_open_block_are_a_draft() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("\"\"\"END\r/clear\r\"\"\"\rand");
    terminal.shows_at_last("\n... and▏");
    hang_up(terminal);
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> /clear⏎\n\"\"\"⏎\nand▏");
    terminal.types("\r");
    terminal.shows_at_last(FIRST);
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: /clear\n\"\"\"\nand"]);
}

#[test]
fn drafts_of_several_windows_are_all_kept() {
    let saylog = Saylog::new();
    hang_up_at(&saylog, &[], "one");
    hang_up_at(&saylog, &[], "two");
    let mut terminal = prompt(&saylog);
    for draft in ["two", "one"] {
        terminal.types(UP);
        terminal.shows_at_last(&format!("\nalice> {draft}▏"));
    }
    terminal.types(CTRL_C);
    leave(terminal);
}

#[test]
fn a_draft_that_was_not_looked_at_waits_on() {
    let saylog = Saylog::new();
    hang_up_at(&saylog, &[], "one");
    hang_up_at(&saylog, &[], "two");
    let mut terminal = prompt(&saylog);
    hang_up_at(&saylog, &[], "three");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> two▏");
    terminal.types(CTRL_C);
    leave(terminal);
    let mut terminal = prompt(&saylog);
    for draft in ["three", "one"] {
        terminal.types(UP);
        terminal.shows_at_last(&format!("\nalice> {draft}▏"));
    }
    terminal.types(CTRL_C);
    leave(terminal);
    assert_eq!(files(&saylog).len(), 0);
}

#[test]
fn what_was_sent_or_dropped_is_no_draft() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("sent\r");
    terminal.shows_at_last(FIRST);
    terminal.types(format!("dropped{CTRL_C}"));
    terminal.shows_at_last("dropped\nalice/<1>> ▏");
    terminal.types(format!("\"\"\"END\rdropped\r{CTRL_C}"));
    terminal.shows_at_last("\nthe block was not sent\nalice/<1>> ▏");
    hang_up(terminal);
    let mut terminal = prompt(&saylog);
    terminal.types("terminated");
    terminal.shows_at_last("\nalice> terminated▏");
    terminal.signals(Signal::TERM);
    assert_eq!(terminal.ends(), "Terminated by Terminated");
    assert_eq!(files(&saylog).len(), 0);
}

#[test]
fn a_run_that_keeps_nothing_keeps_no_draft() {
    let saylog = Saylog::new();
    let mut terminal = ephemeral_prompt(&saylog);
    terminal.types("not sent");
    terminal.shows_at_last("\nalice> not sent▏");
    hang_up(terminal);
    assert_eq!(files(&saylog).len(), 0);
}

#[test]
fn a_state_directory_may_be_named() {
    let saylog = Saylog::new();
    let state = saylog.folder().join("state");
    let state = state.to_str().expect("a name");
    let mut terminal = prompt_with(&saylog, &[], &[("XDG_STATE_HOME", state)]);
    terminal.types("/nope");
    terminal.shows_at_last("\nalice> /nope▏");
    hang_up(terminal);
    let drafts = fs::read_dir(format!("{state}/saylog")).expect("a folder");
    assert_eq!((drafts.count(), files(&saylog).len()), (1, 0));
}

#[test]
fn a_line_that_is_not_utf8_is_on_the_up_arrow_up_to_that_byte() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    let error = "error: the line is not UTF-8 and was not sent; the terminal has to send UTF-8";
    terminal.types(b"long text, caf\xe9\r");
    terminal.shows_at_last(&format!("{error}\nalice> ▏"));
    terminal.types(UP);
    terminal.shows_at_last("\nalice> long text, caf▏");
    // A paste that breaks off comes in where the cursor was.
    terminal.types(format!("{CTRL_U}ab{LEFT}"));
    terminal.shows_at_last("\nalice> a▏b");
    terminal.types(b"\x1b[200~1\r2\xe9 3\r4\x1b[201~");
    terminal.shows_at_last(&format!("{error}\nalice> ▏"));
    terminal.types(UP);
    terminal.shows_at_last("\nalice> a1⏎\n2b▏");
    // In a block, which stays open, it is text.
    terminal.types(format!("{CTRL_C}\"\"\"\rone\r"));
    terminal.shows_at_last("\n... one\n... ▏");
    terminal.types(b"/x\xff");
    terminal.shows_at_last(&format!("{error}\n... ▏"));
    terminal.types(UP);
    terminal.shows_at_last("\n... /x▏");
    terminal.types("\r\"\"\"\r");
    terminal.shows_at_last(&format!("\n... /x\n... \"\"\"\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: one\n/x"]);
}

#[test]
fn nothing_of_a_paste_that_is_not_utf8_is_sent() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    // More than the line editor reads at once, and less than a terminal takes at once.
    let lines = "/nope\rone line of the paste\r".repeat(100);
    let paste = [b"\x1b[200~caf\xe9 ", lines.as_bytes(), b"\x1b[201~"].concat();
    terminal.types(paste);
    let error = "error: the line is not UTF-8 and was not sent; the terminal has to send UTF-8";
    terminal.shows_at_last(&format!("\n{error}\nalice> ▏"));
    terminal.types(UP);
    terminal.shows(&format!("{BANNER}\nalice>\n{error}\nalice> caf▏"));
    terminal.types(format!("{CTRL_U}hello\r"));
    terminal.shows(&format!("{BANNER}\nalice>\n{error}\nalice> hello\n{FIRST}"));
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: hello"]);
}

#[test]
fn what_was_refused_for_nul_is_on_the_up_arrow() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    let error = |byte| format!("error: the line has a NUL byte (byte {byte}) and was not sent");
    terminal.types("a\x16\0b\r");
    terminal.shows_such("an error", |screen| {
        screen.contains(&error(2)) && screen.ends_with("\nalice> ▏")
    });
    terminal.types(UP);
    terminal.shows_at_last("\nalice> a␀b▏");
    terminal.types(CTRL_U);
    terminal.pastes("1\r2\0");
    terminal.types("\r");
    terminal.shows_such("an error", |screen| {
        screen.contains(&error(4)) && screen.ends_with("\nalice> ▏")
    });
    terminal.types(UP);
    terminal.shows_at_last("\nalice> 1⏎\n2␀▏");
    // All of a block, whichever line of it was refused.
    terminal.types(format!(
        "{CTRL_U}{CTRL_C}\"\"\"\rone\rt\x16\0wo\rthree\r\"\"\"\r"
    ));
    terminal.shows_at_last("\n... three\n... \"\"\"\nalice> ▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> one⏎\nt␀wo⏎\nthree▏");
    terminal.types(CTRL_C);
    leave(terminal);
    assert_eq!(saylog.said(), [""; 0]);
}

#[test]
fn a_block_that_was_left_is_on_the_up_arrow() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("\"\"\"\rline one\rline");
    terminal.shows_at_last("\n... line one\n... line▏");
    terminal.types(CTRL_C);
    terminal.shows_at_last("\n... line\nthe block was not sent\nalice> ▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> line one⏎\nline▏");
    // Ctrl-D ends the program: the next run has it.
    terminal.types(format!("{CTRL_C}\"\"\"END\r/two\r"));
    terminal.shows_at_last("\n... /two\n... ▏");
    leave(terminal);
    let mut terminal = prompt(&saylog);
    terminal.types(UP);
    terminal.shows_at_last("\nalice> //two▏");
    terminal.types(CTRL_C);
    leave(terminal);
    assert_eq!(files(&saylog).len(), 0);
}
