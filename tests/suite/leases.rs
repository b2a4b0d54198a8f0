//! Who receives a reply that is coming, and is it still there? A process that
//! stands still is taken for dead after a while; should it go on, what came is in
//! the log once and in order.

use std::process::Command;

use rustix::process::Signal;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{Outcome, STARTED, Saylog, check, feed, has, skipped};
use crate::support::server::{Endpoint, Turn};
use crate::support::wait::until;

/// An hour: nobody is taken for dead in that time.
const LONG: &str = "3600000";

/// A user whose model the test answers for.
struct Asking {
    endpoint: Endpoint,
    saylog: Saylog,
}

impl Asking {
    fn new() -> Self {
        let endpoint = Endpoint::new();
        let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &endpoint.base()]);
        Self { endpoint, saylog }
    }

    /// A process that waits for the rest of a reply; `part` of it has been kept.
    fn hearing(&self, command: Command, part: &str) -> (Peer, Turn) {
        let mut peer = Peer::new(command);
        peer.say("/start");
        peer.say("hello");
        let mut turn = self.endpoint.begun();
        if !part.is_empty() {
            turn.says(part);
        }
        self.until_kept(part);
        (peer, turn)
    }

    #[track_caller]
    fn until_kept(&self, part: &str) {
        until("a part that is kept", || {
            self.saylog.stored().partials() == [part]
        });
    }

    /// Another process looks. One that shows no sign of life for so many
    /// milliseconds is taken for dead by it.
    fn looks(&self, lease: &str) -> Outcome {
        let mut command = self.saylog.command();
        command.env("SAYLOG_TEST_LEASE", lease);
        command.args(["-c", "/user"]);
        feed(command, b"")
    }

    /// Two processes look, one after the other, and the second takes the part over.
    #[track_caller]
    fn taken_over(&self) {
        check(&self.looks(LONG), "alice\n", "", 0);
        // It has seen the process an instant ago, and left that in the store.
        check(&self.looks("0"), "alice\n", &self.cut_off(), 0);
    }

    fn cut_off(&self) -> String {
        let id = self.saylog.stored().sessions().remove(0);
        let short = &id[..8];
        format!("a reply in session {short} was cut off; what had come of it is kept\n")
    }

    fn replies(&self) -> Vec<String> {
        replies(&self.saylog)
    }
}

/// The replies of the log, in its order.
fn replies(saylog: &Saylog) -> Vec<String> {
    let log = events(&saylog.log()).into_iter();
    let replies = log.filter(|event| event["role"] == "ai");
    replies
        .map(|reply| {
            let text = |field: &str| reply[field].as_str().expect("text").to_owned();
            format!("{}|{}", text("content"), text("status"))
        })
        .collect()
}

#[test]
fn what_a_process_that_stood_still_receives_is_there_once_and_in_order() {
    let asking = Asking::new();
    let (peer, mut turn) = asking.hearing(asking.saylog.command(), "The beginning");
    peer.signal(Signal::STOP);
    asking.taken_over();
    // Nobody takes it twice.
    check(&asking.looks("0"), "alice\n", "", 0);
    assert_eq!(asking.replies(), ["The beginning|interrupted"]);
    peer.signal(Signal::CONT);
    turn.says(" and");
    // It begins a part of its own, with no more than the rest.
    asking.until_kept(" and");
    turn.says_at_last(" the rest.");
    let told = "this process stood still, and another one has kept the beginning of this reply as \
                message #2; the rest is message #3\n";
    let printed = format!("{STARTED}The beginning and the rest.\n");
    check(&peer.hang_up(), &printed, told, 0);
    let said = ["The beginning|interrupted", " and the rest.|complete"];
    assert_eq!(asking.replies(), said);
    assert_eq!(asking.saylog.stored().count("partials"), 0);
    // The model is told all of it.
    let mut peer = Peer::new(asking.saylog.command());
    peer.say("/resume");
    peer.say("go on");
    let turn = asking.endpoint.begun();
    assert_eq!(
        turn.told(),
        [
            "user: hello",
            "assistant: The beginning\n\n and the rest.",
            "user: go on"
        ]
    );
    turn.says_at_last("on");
    peer.hang_up();
    assert_eq!(asking.saylog.integrity(), "ok");
}

#[test]
fn what_has_been_kept_may_be_all() {
    let asking = Asking::new();
    let (peer, turn) = asking.hearing(asking.saylog.command(), "all of it");
    peer.signal(Signal::STOP);
    asking.taken_over();
    peer.signal(Signal::CONT);
    turn.ends();
    let told = "this process stood still, and another one has kept what had come of this reply as \
                message #2; nothing came after it\n";
    check(&peer.hang_up(), &format!("{STARTED}all of it\n"), told, 0);
    assert_eq!(asking.replies(), ["all of it|interrupted"]);
    assert_eq!(asking.saylog.stored().count("partials"), 0);
}

#[test]
fn nothing_is_left_of_a_reply_to_which_nothing_was_added() {
    let asking = Asking::new();
    let mut command = asking.saylog.command();
    // A sign of life every third of a second.
    command.env("SAYLOG_TEST_LEASE", "1000");
    let (peer, mut turn) = asking.hearing(command, "all of it");
    peer.signal(Signal::STOP);
    asking.taken_over();
    peer.signal(Signal::CONT);
    // It has heard of that, and goes on showing that it lives.
    asking.until_kept("");
    until("a sign of life", || {
        asking.saylog.stored().count("partials WHERE taken IS NULL") == 1
    });
    turn.says("\n");
    turn.ends();
    let outcome = peer.hang_up();
    assert_eq!(outcome.code, 0);
    assert_eq!(asking.saylog.stored().count("partials"), 0);
    check(&asking.looks("0"), "alice\n", "", 0);
    assert_eq!(asking.replies(), ["all of it|interrupted"]);
}

#[test]
fn a_part_keeps_its_text_whatever_its_links_say() {
    for columns in [
        "answers = 99",
        "sent_floor = 99",
        "behind = 99",
        "oldest = 99",
    ] {
        let asking = Asking::new();
        let (peer, _turn) = asking.hearing(asking.saylog.command(), "part");
        peer.signal(Signal::KILL);
        peer.leave();
        asking.saylog.stored().tamper(&format!(
            "PRAGMA foreign_keys = OFF; UPDATE partials SET {columns}"
        ));
        check(&asking.looks(LONG), "alice\n", &asking.cut_off(), 0);
        assert_eq!(asking.replies(), ["part|interrupted"], "{columns}");
    }
}

#[test]
fn after_a_restart_of_the_machine_the_next_start_takes_it_over() {
    let id = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    if id.trim().is_empty() {
        let test = "after_a_restart_of_the_machine_the_next_start_takes_it_over";
        skipped(test, "a machine with an id");
        return;
    }
    let asking = Asking::new();
    let (peer, _turn) = asking.hearing(asking.saylog.command(), "part");
    peer.signal(Signal::KILL);
    peer.leave();
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("Linux");
    let earlier = format!(
        "UPDATE partials SET writer = replace(writer, '@{}', '@before')",
        boot.trim()
    );
    asking.saylog.stored().write(&earlier).expect("a change");
    check(&asking.looks(LONG), "alice\n", &asking.cut_off(), 0);
    assert_eq!(asking.replies(), ["part|interrupted"]);
}

#[test]
fn a_script_is_told_both_messages() {
    let asking = Asking::new();
    let mut command = asking.saylog.command();
    command.arg("--json");
    let (peer, turn) = asking.hearing(command, "one");
    peer.signal(Signal::STOP);
    asking.taken_over();
    peer.signal(Signal::CONT);
    turn.says_at_last(" two");
    let outcome = peer.hang_up();
    let told = events(&outcome.stdout).into_iter();
    let told = told.filter(|event| event["event"] == "reply");
    let told: Vec<String> = told
        .map(|event| {
            format!(
                "{} {} {}",
                event["id"], event["parent_id"], event["content"]
            )
        })
        .collect();
    assert_eq!(told, ["2 1 \"one\"", "3 2 \" two\""]);
}

#[test]
fn an_answer_may_come_after_it_was_said_that_none_came() {
    let asking = Asking::new();
    let (peer, turn) = asking.hearing(asking.saylog.command(), "");
    peer.signal(Signal::STOP);
    check(&asking.looks(LONG), "alice\n", "", 0);
    let told = asking.looks("0").stderr;
    assert!(told.contains(" got no answer; "), "{told}");
    peer.signal(Signal::CONT);
    turn.says_at_last("hi");
    let told = "this process stood still, and another one has said that no answer came, in \
                message #2; the answer is message #3\n";
    check(&peer.hang_up(), &format!("{STARTED}hi\n"), told, 0);
    assert_eq!(asking.replies(), ["|interrupted", "hi|complete"]);
    let mut peer = Peer::new(asking.saylog.command());
    peer.say("/resume");
    peer.say("go on");
    let turn = asking.endpoint.begun();
    let sent = ["user: hello", "assistant: hi", "user: go on"];
    assert_eq!(turn.told(), sent);
    turn.says_at_last("on");
    peer.hang_up();
}

#[test]
fn the_rest_of_a_reply_whose_beginning_left_the_context_stands_behind_it() {
    let asking = Asking::new();
    let (peer, turn) = asking.hearing(asking.saylog.command(), "one");
    peer.signal(Signal::STOP);
    asking.taken_over();
    let undone = asking.saylog.run(&["--resume", "-c", "/undo"]);
    assert_eq!(undone.code, 0, "{}", undone.stderr);
    peer.signal(Signal::CONT);
    turn.says_at_last(" two");
    let outcome = peer.hang_up();
    assert_eq!(outcome.stderr.lines().count(), 2, "{}", outcome.stderr);
    assert_eq!(asking.replies(), ["one|interrupted", " two|complete"]);
    let parents = asking
        .saylog
        .stored()
        .rows::<(i64, i64)>("SELECT id, parent FROM messages WHERE role = 2 ORDER BY id");
    assert_eq!(parents, [(2, 1), (3, 2)]);
    let history = asking.saylog.run(&["--resume", "-c", "/history"]);
    assert_eq!(history.stdout, "");
}

#[test]
fn of_several_replies_each_is_there_once() {
    let asking = Asking::new();
    let mut peer = Peer::new(asking.saylog.command());
    for line in ["/start", "/user bob", "/start", "/each alice,bob hello"] {
        peer.say(line);
    }
    let mut turns = [asking.endpoint.begun(), asking.endpoint.begun()];
    for turn in &mut turns {
        turn.says("a part");
    }
    until("both parts are kept", || {
        asking.saylog.stored().partials() == ["a part", "a part"]
    });
    peer.signal(Signal::STOP);
    asking.taken_over();
    peer.signal(Signal::CONT);
    for turn in turns {
        turn.says_at_last(", and the rest");
    }
    assert_eq!(peer.hang_up().code, 0);
    let mut replies = asking.replies();
    replies.sort();
    assert_eq!(
        replies,
        [
            ", and the rest|complete",
            "a part, and the rest|complete",
            "a part|interrupted"
        ]
    );
}

#[test]
fn a_process_that_lives_shows_it_though_nothing_comes() {
    let asking = Asking::new();
    let mut command = asking.saylog.command();
    command.env("SAYLOG_TEST_LEASE", "100");
    let (peer, turn) = asking.hearing(command, "part");
    let beat = || {
        asking
            .saylog
            .stored()
            .row::<i64>("SELECT beat FROM partials")
    };
    let before = beat();
    until("it shows that it lives", || beat() > before + 2);
    turn.ends();
    check(&peer.hang_up(), &format!("{STARTED}part\n"), "", 0);
}

#[test]
fn a_process_that_goes_on_looks_again() {
    let asking = Asking::new();
    let (peer, turn) = asking.hearing(asking.saylog.command(), "part");
    peer.signal(Signal::STOP);
    let mut command = asking.saylog.command();
    command.env("SAYLOG_TEST_LEASE", "500");
    let mut other = Peer::new(command);
    until("it takes the part over", || {
        other.say("/user");
        asking.saylog.stored().count("messages") == 2
    });
    assert_eq!(other.hang_up().stderr, asking.cut_off());
    peer.signal(Signal::CONT);
    turn.ends();
    peer.hang_up();
    assert_eq!(asking.replies(), ["part|interrupted"]);
}

#[test]
fn a_process_that_nobody_waited_for_is_dead_at_once() {
    let asking = Asking::new();
    let (peer, _turn) = asking.hearing(asking.saylog.command(), "part");
    // It stays in the table of processes until this one asks how it ended.
    peer.signal(Signal::KILL);
    let told = asking.cut_off();
    until("its part is taken over", || {
        let outcome = asking.looks(LONG);
        assert!(outcome.stderr.is_empty() || outcome.stderr == told);
        !outcome.stderr.is_empty()
    });
    assert_eq!(peer.leave().code, 128 + 9);
    assert_eq!(asking.replies(), ["part|interrupted"]);
}

/// The command in a namespace of processes of its own, which end with it.
fn contained(command: &Command) -> Command {
    within(
        &["--pid", "--fork", "--mount-proc", "--kill-child"],
        command,
    )
}

/// The same in namespaces of its own.
fn within(namespaces: &[&str], command: &Command) -> Command {
    let mut contained = Command::new("unshare");
    contained
        .args(namespaces)
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(command.get_current_dir().expect("a folder"))
        .env_clear()
        .env("PATH", "/usr/bin:/bin");
    for (name, value) in command.get_envs() {
        contained.env(name, value.expect("a value"));
    }
    contained
}

#[test]
fn the_number_of_a_process_in_another_container_means_nothing() {
    let test = "the_number_of_a_process_in_another_container_means_nothing";
    if !has("unshare", test) {
        return;
    }
    let asking = Asking::new();
    let mut works = contained(&asking.saylog.command());
    if feed(
        {
            works.args(["-c", "/users"]);
            works
        },
        b"",
    )
    .code
        != 0
    {
        skipped(test, "the right to a container");
        return;
    }
    // It lives, whatever process has its number here.
    let (peer, mut turn) = asking.hearing(contained(&asking.saylog.command()), "part");
    check(&asking.looks(LONG), "alice\n", "", 0);
    check(&asking.looks(LONG), "alice\n", "", 0);
    turn.says(" and");
    turn.says_at_last(" rest");
    check(&peer.hang_up(), &format!("{STARTED}part and rest\n"), "", 0);
    assert_eq!(asking.replies(), ["part and rest|complete"]);

    let asking = Asking::new();
    let (peer, _turn) = asking.hearing(contained(&asking.saylog.command()), "part");
    peer.signal(Signal::KILL);
    peer.leave();
    check(&asking.looks(LONG), "alice\n", "", 0);
    assert_eq!(asking.replies(), [""; 0]);
    check(&asking.looks("0"), "alice\n", &asking.cut_off(), 0);
    assert_eq!(asking.replies(), ["part|interrupted"]);
}

#[test]
fn the_start_of_a_process_with_another_clock_means_nothing() {
    let test = "the_start_of_a_process_with_another_clock_means_nothing";
    if !has("unshare", test) {
        return;
    }
    let clock = ["--time", "--boottime", "100000", "--fork", "--kill-child"];
    let asking = Asking::new();
    let mut works = within(&clock, &asking.saylog.command());
    works.args(["-c", "/users"]);
    if feed(works, b"").code != 0 {
        skipped(test, "the right to a clock of its own");
        return;
    }
    let (peer, turn) = asking.hearing(within(&clock, &asking.saylog.command()), "part");
    check(&asking.looks(LONG), "alice\n", "", 0);
    turn.says_at_last(" and rest");
    check(&peer.hang_up(), &format!("{STARTED}part and rest\n"), "", 0);
    assert_eq!(asking.replies(), ["part and rest|complete"]);
}
