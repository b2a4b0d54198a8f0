//! `/follow`: messages as they are written, by whoever writes them.

use std::fs;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::prompt::{leave, prompt};
use crate::support::run::{Saylog, check, echoing};

/// A process that follows what suits, from which a first message has come.
fn following(saylog: &Saylog, line: &str) -> Peer {
    let mut command = saylog.command();
    command.args(["--json", "-c", line]);
    Peer::new(command)
}

fn content(line: Option<String>) -> String {
    let line = line.expect("a message");
    let event: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(event["event"], "message", "{line}");
    event["content"].as_str().expect("a text").to_owned()
}

fn say(saylog: &Saylog, user: &str, text: &str) {
    let mut command = saylog.command_of(user);
    command.args(["--model", "mock:echo", "--start", "-c", text]);
    assert!(command.output().expect("it runs").status.success());
}

#[test]
fn what_others_write_comes_in_its_order_once() {
    let saylog = echoing();
    say(&saylog, "alice", "before");
    // It begins with the last one there is, so that nothing is missed here.
    let mut peer = following(&saylog, "/follow limit:1");
    assert_eq!(content(peer.next_line()), "before");
    let writers = ["first", "second", "third"].map(|text| {
        say(&saylog, "bob", "private");
        say(&saylog, "alice", text);
        text
    });
    for text in writers {
        // What was said, and what was answered.
        assert_eq!(content(peer.next_line()), text);
        assert_eq!(content(peer.next_line()), text);
    }
    peer.signal(Signal::INT);
    let outcome = peer.leave();
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 130));
    assert_eq!(events(&outcome.stdout).len(), 7);
}

#[test]
fn filters_choose_and_a_message_is_named_behind_which_it_begins() {
    let saylog = echoing();
    say(&saylog, "alice", "one");
    say(&saylog, "bob", "two");
    let mut peer = following(&saylog, "/follow in:global role:user after:#1 -user:alice");
    assert_eq!(content(peer.next_line()), "two");
    say(&saylog, "alice", "three");
    say(&saylog, "bob", "four");
    assert_eq!(content(peer.next_line()), "four");
    peer.signal(Signal::TERM);
    assert_eq!(peer.leave().code, 143);
    check(
        &saylog.run(&["-c", "/follow user:bob"]),
        "",
        "-c:1: `/follow` looks among your own messages, and not among those of `bob`; `in:global` \
         looks among everybody's\n",
        1,
    );
}

#[test]
fn it_has_no_end_and_so_no_first_messages() {
    check(
        &echoing().run(&["-c", "/follow after:#1 limit:1"]),
        "",
        "-c:1: `/follow` has no end, so it cannot be the first so many behind a message; name one \
         of `after:` and `limit:`\n",
        1,
    );
}

#[test]
fn in_a_transcript_it_is_the_last_line() {
    let saylog = echoing();
    check(
        &saylog.play("/start\n/follow\nhello\n"),
        "Chat started successfully!\nhello\n",
        "<stdin>:2: `/follow` has to be the last line: it has no end; put it there, or into a \
         process of its own\n",
        1,
    );
    let mut peer = Peer::new(saylog.command());
    peer.pour("/follow limit:1\n\n".into());
    assert!(peer.next_line().expect("a message").ends_with("ai: hello"));
    peer.signal(Signal::INT);
    assert_eq!(peer.leave().code, 130);
}

#[test]
fn a_store_that_goes_or_is_newer_is_told_in_one_sentence() {
    let saylog = echoing();
    say(&saylog, "alice", "one");
    let mut peer = following(&saylog, "/follow limit:1");
    assert_eq!(content(peer.next_line()), "one");
    let newer = "PRAGMA user_version = 99";
    saylog.stored().write(newer).expect("nobody writes");
    assert_eq!(
        events(&peer.leave().stdout)[1]["error"],
        "the store cannot be read: a newer saylog has changed the store meanwhile"
    );
    let moved: fn(&Path) = |store| {
        for end in ["", "-wal", "-shm"] {
            let [from, to] = ["", "-moved"].map(|moved| format!("{}{moved}{end}", store.display()));
            // The last two are gone when nobody writes.
            let _ = fs::rename(from, to);
        }
    };
    let deleted: fn(&Path) = |store| fs::remove_file(store).expect("it was there");
    let replaced: fn(&Path) = |store| {
        let copy = store.with_extension("copy");
        fs::copy(store, &copy).expect("a copy");
        fs::rename(copy, store).expect("a store");
    };
    for (what, how) in [
        // Any of the three may be missed first.
        (moved, None),
        (deleted, Some("was deleted or moved")),
        (replaced, Some("was replaced")),
    ] {
        let saylog = echoing();
        say(&saylog, "alice", "one");
        let mut peer = following(&saylog, "/follow limit:1");
        assert_eq!(content(peer.next_line()), "one");
        what(&saylog.store());
        let outcome = peer.leave();
        let told = &events(&outcome.stdout)[1];
        if let Some(how) = how {
            let file = saylog.store();
            let why = format!("the file `{}` {how} while it was open", file.display());
            assert_eq!(told["error"], format!("the store cannot be read: {why}"));
        }
        assert_eq!((&told["kind"], outcome.code), (&"gone".into(), 1));
    }
}

#[test]
fn at_the_prompt_ctrl_c_comes_back_to_it() {
    let saylog = Saylog::new();
    let mut terminal = prompt(&saylog);
    terminal.types("/follow\r");
    terminal.shows_such("that it waits", |screen| {
        screen.contains("Ctrl-C ends that")
    });
    say(&saylog, "alice", "from elsewhere");
    terminal.shows_such("what was said", |screen| screen.contains("from elsewhere"));
    terminal.types("\x03");
    terminal.shows_such("the prompt", |screen| screen.ends_with("alice> ▏"));
    leave(terminal);
}
