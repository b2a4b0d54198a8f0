//! Many processes that move and write one session at once: whatever order they
//! come in, it is one order, and every move starts where the session stood.

mod invariants;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::thread;

use serde_json::Value;

use invariants::StoreInvariants;

use crate::support::dice::Dice;
use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{Saylog, check, end};
use crate::support::script::ids;

/// How many processes there are at once.
const MANY: usize = 10;

/// What one process does with the session.
fn line(dice: &mut Dice, number: usize, at: usize) -> String {
    match dice.below(20) {
        0..8 => format!("process {number} line {at}"),
        8..11 => "/undo".into(),
        11 => "/undo 2".into(),
        12..15 => "/redo".into(),
        15 => "/clear".into(),
        16 | 17 => "/retry".into(),
        _ => format!("/edit process {number} instead of {at}"),
    }
}

/// A store with one session in it, whose program prints events.
fn begun(model: &str) -> (Saylog, String) {
    let saylog = Saylog::new().with(&["--json", "--model", model]);
    assert_eq!(saylog.lines(&["/start together"]).code, 0);
    let id = ids(&saylog).remove(0);
    (saylog, id)
}

/// Lines fail only because another process had already done the move.
#[track_caller]
fn fails_only_for_want(shown: &[Value], seed: u64) {
    for event in shown.iter().filter(|event| event["event"] == "error") {
        let code = event["code"].as_str().expect("a word");
        assert!(
            ["nothing_to_do", "bad_argument"].contains(&code),
            "seed {seed}: {event}"
        );
    }
}

/// Ten processes at once, each of which says `count` lines one by one and waits
/// for the answer; returns the events, and what was written to standard error.
fn line_by_line(saylog: &Saylog, id: &str, count: usize, seed: u64) -> (Vec<Value>, String) {
    let ready = &Barrier::new(MANY);
    let notices = |number: usize| saylog.folder().join(format!("notices-{number}"));
    let speak = move |number: usize| {
        let mut dice = Dice::new(seed.wrapping_add(number as u64));
        let mut command = saylog.command();
        command.args(["--resume", id]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(File::create(notices(number)).expect("a file"));
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut shown = String::new();
        ready.wait();
        for at in 1..=count {
            let line = line(&mut dice, number, at);
            // However many events the line has, the answer to `/user` comes last.
            writeln!(stdin, "{line}\n/user").expect("it listens");
            let mut from = shown.len();
            while !shown[from..].starts_with(r#"{"event":"user""#) {
                from = shown.len();
                let read = stdout.read_line(&mut shown).expect("UTF-8");
                assert!(read > 0, "seed {seed}, process {number}: {line}");
            }
        }
        drop(stdin);
        let code = child.wait().expect("it ends").code();
        assert!([Some(0), Some(1)].contains(&code), "seed {seed}: {code:?}");
        events(&shown)
    };
    let shown = all(speak);
    let read = |number| std::fs::read_to_string(notices(number)).expect("a file");
    (shown, (0..MANY).map(read).collect())
}

/// Ten processes at once, each of which plays a file; now and then it forks the
/// session, says something there and returns.
fn in_bulk(saylog: &Saylog, id: &str, count: usize, seed: u64) -> Vec<Value> {
    let ready = &Barrier::new(MANY);
    let play = move |number: usize| {
        let mut dice = Dice::new(seed.wrapping_add(number as u64));
        let lines = (1..=count).map(|at| match dice.below(40) {
            0 => format!("/fork\naside\n/undo\n/resume {id}\n"),
            _ => line(&mut dice, number, at) + "\n",
        });
        let script = saylog.folder().join(format!("script-{number}"));
        std::fs::write(&script, lines.collect::<String>()).expect("a script");
        let mut command = saylog.command();
        command.args(["--resume", id]);
        command.stdin(File::open(script).expect("a script"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        ready.wait();
        let outcome = end(command.spawn().expect("the program starts"));
        for notice in outcome.stderr.lines() {
            assert!(
                notice.starts_with("its context is empty"),
                "seed {seed}: {notice}"
            );
        }
        assert!(
            [0, 1].contains(&outcome.code),
            "seed {seed}: {}",
            outcome.code
        );
        events(&outcome.stdout)
    };
    all(play)
}

/// Runs ten of these at once and collects their events.
fn all(work: impl Fn(usize) -> Vec<Value> + Sync) -> Vec<Value> {
    let work = &work;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..MANY)
            .map(|number| scope.spawn(move || work(number)))
            .collect();
        let shown = workers
            .into_iter()
            .map(|worker| worker.join().expect("no failure"));
        shown.flatten().collect()
    })
}

/// Prints the seed of the lines if the checks that follow fail.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if thread::panicking() {
            let note = format!("seed {}\n", self.0);
            let _ = std::io::stderr().write_all(note.as_bytes());
        }
    }
}

#[track_caller]
fn hangs_together(saylog: &Saylog, shown: &[Value], seed: u64) {
    let _seed = Seed(seed);
    fails_only_for_want(shown, seed);
    let invariants = StoreInvariants::of(saylog);
    invariants.log_is_in_order();
    invariants.moves_are_what_they_say();
    invariants.is_what_was_shown(shown);
    for session in 1..=ids(saylog).len() {
        invariants.is_one_story(i64::try_from(session).expect("few sessions"));
    }
}

#[test]
fn ten_programs_move_and_write_one_session_line_by_line() {
    let (saylog, id) = begun("mock:echo");
    let seed = Dice::seed();
    let (shown, notices) = line_by_line(&saylog, &id, 100, seed);
    assert_eq!(notices, "", "seed {seed}");
    hangs_together(&saylog, &shown, seed);
}

#[test]
fn ten_long_transcripts_move_and_write_one_session() {
    let (saylog, id) = begun("mock:echo");
    let seed = Dice::seed();
    let shown = in_bulk(&saylog, &id, 1200, seed);
    hangs_together(&saylog, &shown, seed);
}

/// While a model is waited for others may clear the context or take the
/// question out of it: the reply stands outside of the context then.
#[test]
fn ten_programs_that_wait_for_their_model_move_and_write_one_session() {
    let (saylog, id) = begun("cmd:/bin/echo yes");
    let seed = Dice::seed();
    let (shown, _) = line_by_line(&saylog, &id, 12, seed);
    hangs_together(&saylog, &shown, seed);
}

#[test]
fn a_reply_that_comes_after_a_clear_is_not_what_the_next_question_follows() {
    let saylog = Saylog::new();
    let script = "printf 'one '; read line < gate; echo two";
    std::fs::write(saylog.folder().join("answer.sh"), script).expect("a script");
    let gate = saylog.folder().join("gate");
    let made = Command::new("mkfifo").arg(&gate).status().expect("mkfifo");
    assert!(made.success());
    let open = || std::fs::write(&gate, "\n").expect("somebody reads");
    assert_eq!(saylog.lines(&["/start"]).code, 0);
    let saylog = saylog.with(&["--resume", "latest", "--model", "cmd:/bin/sh answer.sh"]);
    let mut peer = Peer::new(saylog.command());
    peer.say("hello");
    peer.read("one ".len());
    assert_eq!(saylog.lines(&["/clear"]).code, 0);
    open();
    peer.say("hello again");
    peer.read("one two\none ".len());
    open();
    let late = "the question left the context while its reply was coming: the reply is message \
                #2 in the log, and not in the context; `/fork at #2` goes on from it\n";
    check(&peer.hang_up(), "one two\none two\n", late, 0);
    let context = saylog.run(&["-c", "/context"]).stdout;
    assert!(
        context.starts_with("#3 user 7 tokens: hello again\n#4 ai "),
        "{context}"
    );
}
