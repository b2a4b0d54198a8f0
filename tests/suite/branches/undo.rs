//! `/undo` and `/redo` move the end of a context, and so does `/clear`.

use crate::support::run::{NOTHING_MOVED, Saylog, check, feed, without_hints};
use crate::support::script::{before, context, scripted};

/// A session in which these were said, one after the other.
pub(super) fn said(texts: &[&str]) -> Saylog {
    let saylog = scripted();
    before(&saylog, &format!("/start\n{}\n", texts.join("\n")));
    saylog
}

/// Plays lines in that session: what they answer, how many fail, and the context they leave.
#[track_caller]
pub(super) fn moved(saylog: &Saylog, lines: &[&str], stdout: &str, stderr: &str, left: &[&str]) {
    let mut command = saylog.command();
    command.arg("--resume");
    for line in lines {
        command.args(["-c", line]);
    }
    let outcome = feed(command, b"").normal(saylog);
    let code = i32::from(!without_hints(stderr).is_empty());
    check(&outcome, stdout, stderr, code);
    let turns = left
        .iter()
        .flat_map(|text| [format!("user: {text}"), format!("ai: {text}")]);
    assert_eq!(context(saylog), turns.collect::<Vec<_>>());
}

#[test]
fn undo_takes_the_last_turn_out_of_the_context_and_not_out_of_the_log() {
    let saylog = said(&["one", "two", "three"]);
    let log = saylog.log();
    moved(
        &saylog,
        &["/undo"],
        "2 messages left the context (#5, #6); `/redo` brings them back.\n",
        "",
        &["one", "two"],
    );
    assert_eq!(saylog.log(), log);
    // What is said then follows what is left.
    moved(&saylog, &["four"], "four\n", "", &["one", "two", "four"]);
}

#[test]
fn undo_takes_as_many_turns_out_as_are_asked_for() {
    let saylog = said(&["one", "two", "three", "four"]);
    moved(
        &saylog,
        &["/undo 2"],
        "4 messages left the context (#5, #6, #7, #8); `/redo` brings them back.\n",
        "",
        &["one", "two"],
    );
    moved(
        &saylog,
        &["/redo", "/undo 4"],
        "4 messages are back in the context (#5, #6, #7, #8); `/undo 2` takes them out again.\n\
         8 messages left the context (#1 … #8); `/redo` brings them back.\n",
        "",
        &[],
    );
}

#[test]
fn undo_beyond_the_beginning_moves_nothing() {
    let saylog = said(&["one", "two"]);
    moved(
        &saylog,
        &["/undo 3", "/undo 4000000000", "/moves"],
        "",
        &format!(
            "-c:1: `/undo` cannot take 3 turns out: the context has 2 turns; `/undo 2` takes all of it out\n\
             -c:2: `/undo` cannot take 4000000000 turns out: the context has 2 turns; `/undo 2` takes all of it out\n\
             {NOTHING_MOVED}"
        ),
        &["one", "two"],
    );
    moved(
        &saylog,
        &["/undo", "/undo 2", "/undo", "/undo"],
        "2 messages left the context (#3, #4); `/redo` brings them back.\n\
         2 messages left the context (#1, #2); `/redo` brings them back.\n",
        "-c:2: `/undo` cannot take 2 turns out: the context has 1 turn; `/undo 1` takes all of it out\n\
         -c:4: there is nothing to take back; `/moves` lists what was moved\n",
        &[],
    );
}

#[test]
fn of_very_many_the_newest_is_named() {
    let texts: Vec<String> = (1..=40).map(|number| number.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let saylog = said(&texts);
    moved(
        &saylog,
        &["/undo 16", "/redo", "/undo 40", "/redo", "/clear", "/undo"],
        "32 messages left the context (#49 … #80); `/redo` brings them back.\n\
         32 messages are back in the context (#49 … #80); `/undo 16` takes them out again.\n\
         80 messages left the context (… #80); `/redo` brings them back.\n\
         80 messages are back in the context (… #80); `/undo 40` takes them out again.\n\
         Session <1> cleared!\n\
         80 messages stay in the log.\n\
         80 messages left the context (… #80); `/undo` brings them back.\n\
         80 messages are back in the context (… #80); `/redo` takes them out again.\n",
        "",
        &texts,
    );
}

#[test]
fn undo_brings_back_what_was_cleared() {
    let saylog = said(&["one", "two"]);
    let cleared = "Session <1> cleared!\n4 messages stay in the log.\n\
                   4 messages left the context (#1, #2, #3, #4); `/undo` brings them back.\n";
    let back =
        "4 messages are back in the context (#1, #2, #3, #4); `/redo` takes them out again.\n";
    moved(
        &saylog,
        &["/clear", "/undo"],
        &format!("{cleared}{back}"),
        "",
        &["one", "two"],
    );
    // It is as if it had not been cleared.
    moved(
        &saylog,
        &["/redo", "/undo", "/undo"],
        &format!(
            "4 messages left the context (#1, #2, #3, #4); `/undo` brings them back.\n{back}\
             2 messages left the context (#3, #4); `/redo` brings them back.\n"
        ),
        "",
        &["one"],
    );
}

#[test]
fn undo_brings_it_back_once_what_was_said_since_is_out() {
    let saylog = said(&["one"]);
    before(&saylog, "/resume\n/clear\ntwo\nthree\n");
    moved(
        &saylog,
        &["/undo 3", "/undo 2", "/undo 2", "/undo", "four"],
        "4 messages left the context (#3, #4, #5, #6); `/redo` brings them back.\n\
         2 messages are back in the context (#1, #2); `/redo` takes them out again.\n\
         four\n",
        "-c:1: `/undo` cannot take 3 turns out: the context has 2 turns; `/undo 2` takes all of it out\n\
         -c:3: `/undo` cannot take 2 turns out: the context has 0 turns; `/undo` alone brings back what was cleared\n",
        &["one", "four"],
    );
}

#[test]
fn several_clears_are_taken_back_one_by_one_and_made_again() {
    let saylog = said(&["one"]);
    before(&saylog, "/resume\n/clear\ntwo\n/clear\n/clear\nthree\n");
    let steps = ["/undo", "/undo", "/undo", "/undo", "/undo"];
    moved(
        &saylog,
        &steps,
        "2 messages left the context (#5, #6); `/redo` brings them back.\n\
         2 messages are back in the context (#3, #4); `/redo` takes them out again.\n\
         2 messages left the context (#3, #4); `/redo` brings them back.\n\
         2 messages are back in the context (#1, #2); `/redo` takes them out again.\n\
         2 messages left the context (#1, #2); `/redo` brings them back.\n",
        "",
        &[],
    );
    moved(
        &saylog,
        &["/undo", "/redo"],
        "2 messages are back in the context (#1, #2); `/undo` takes them out again.\n",
        "-c:1: there is nothing to take back; `/moves` lists what was moved\n",
        &["one"],
    );
    moved(
        &saylog,
        &["/redo", "/redo", "/redo", "/redo"],
        "2 messages left the context (#1, #2); `/undo` brings them back.\n\
         2 messages are back in the context (#3, #4); `/undo` takes them out again.\n\
         2 messages left the context (#3, #4); `/undo` brings them back.\n\
         2 messages are back in the context (#5, #6); `/undo` takes them out again.\n",
        "",
        &["three"],
    );
    moved(
        &saylog,
        &["/redo"],
        "",
        "-c:1: nothing was undone since the last message; `/redo` follows `/undo`, before anything \
         else is said; `/moves` lists what was moved\n",
        &["three"],
    );
}

#[test]
fn redo_is_over_once_something_was_said_or_cleared() {
    let refused = |line: usize| {
        format!(
            "-c:{line}: nothing was undone since the last message; `/redo` follows `/undo`, before \
             anything else is said; `/moves` lists what was moved\n"
        )
    };
    let saylog = said(&["one", "two"]);
    moved(
        &saylog,
        &["/redo", "/undo", "else", "/redo"],
        "2 messages left the context (#3, #4); `/redo` brings them back.\nelse\n",
        &(refused(1) + &refused(4)),
        &["one", "else"],
    );
    let saylog = said(&["one", "two"]);
    moved(
        &saylog,
        &["/undo", "/clear", "/redo"],
        "2 messages left the context (#3, #4); `/redo` brings them back.\n\
         Session <1> cleared!\n4 messages stay in the log.\n\
         2 messages left the context (#1, #2); `/undo` brings them back.\n",
        &refused(3),
        &[],
    );
    // What moves nothing is no obstacle, and neither is another process.
    let saylog = said(&["one", "two"]);
    before(
        &saylog,
        "/resume\n/undo\n/history\n/context\n/system be brief\n/rename x\n/show #1\n",
    );
    moved(
        &saylog,
        &["/redo"],
        "2 messages are back in the context (#3, #4); `/undo` takes them out again.\n",
        "",
        &["one", "two"],
    );
}

#[test]
fn an_undo_after_a_redo_can_be_redone_again() {
    let saylog = said(&["one", "two", "three"]);
    let out = "2 messages left the context (#5, #6); `/redo` brings them back.\n";
    let back = "2 messages are back in the context (#5, #6); `/undo` takes them out again.\n";
    moved(
        &saylog,
        &["/undo", "/redo", "/undo", "/redo", "/undo"],
        &format!("{out}{back}{out}{back}{out}"),
        "",
        &["one", "two"],
    );
}
