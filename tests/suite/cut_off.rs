//! Replies that are stopped in the middle: by a signal, by a kill. What had
//! come is in the log, once.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::thread;

use rustix::process::Signal;
use serde_json::json;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{Outcome, STARTED, Saylog, asking, check, end, feed};
use crate::support::server::{Server, Turn, script};
use crate::support::wait::until;

/// A server that says `part` and then nothing.
fn stuck(part: &'static str) -> Server {
    Server::new(vec![script(move |mut answer| {
        answer.begins();
        answer.says(part);
        answer.hangs();
    })])
}

/// Alice has asked, and `part` of the reply has been printed.
fn hearing(saylog: &Saylog, part: &str) -> Peer {
    let mut peer = Peer::new(saylog.command());
    peer.say("/start");
    peer.say("hello");
    peer.read(STARTED.len() + part.len());
    assert_eq!(peer.printed, format!("{STARTED}{part}"));
    peer
}

/// Role, content, status and model of each message of the log, in its order.
fn messages(saylog: &Saylog) -> Vec<String> {
    events(&saylog.log())
        .iter()
        .filter(|event| event["event"] == "message")
        .map(|event| {
            let text = |field: &str| event[field].as_str().unwrap_or("-").to_owned();
            [text("role"), text("content"), text("status"), text("model")].join("|")
        })
        .collect()
}

/// Waits until what came of a reply is in the store.
#[track_caller]
fn until_kept(saylog: &Saylog, part: &str) {
    until("a part that is kept", || {
        saylog.stored().partials() == [part]
    });
}

/// Runs one line in another process on the same store, as that user.
fn speak_as(saylog: &Saylog, user: &str, line: &str) -> Outcome {
    let mut command = saylog.command_of(user);
    command.args(["-c", line]);
    feed(command, b"")
}

const INTERRUPTED: [&str; 2] = ["user|hello|complete|-", "ai|what came|interrupted|m1"];

#[test]
fn a_signal_in_the_middle_of_a_reply_keeps_what_came() {
    for (signal, code) in [
        (Signal::INT, 130),
        (Signal::QUIT, 128 + 3),
        (Signal::TERM, 128 + 15),
        (Signal::HUP, 128 + 1),
    ] {
        let server = stuck("what came");
        let saylog = asking(&server);
        let mut peer = hearing(&saylog, "what came");
        peer.say("never asked");
        peer.signal(signal);
        check(&peer.leave(), &format!("{STARTED}what came"), "", code);
        assert_eq!(messages(&saylog), INTERRUPTED);
        // It is in the log, so nothing is left to be recovered.
        assert_eq!(speak_as(&saylog, "alice", "/user").stderr, "");
    }
}

#[test]
fn a_signal_after_parts_were_kept_leaves_one_reply() {
    let server = stuck("what came");
    let saylog = asking(&server);
    let peer = hearing(&saylog, "what came");
    until_kept(&saylog, "what came");
    peer.signal(Signal::INT);
    assert_eq!(peer.leave().code, 130);
    assert_eq!(messages(&saylog), INTERRUPTED);
    assert_eq!(saylog.stored().partials(), [""; 0]);
}

#[test]
fn a_signal_before_anything_came_keeps_the_question() {
    let server = Server::new(vec![script(Turn::hangs)]);
    let saylog = asking(&server);
    let mut peer = Peer::new(saylog.command());
    peer.say("/start");
    peer.say("hello");
    server.request();
    peer.signal(Signal::INT);
    let outcome = peer.leave();
    assert_eq!((outcome.stdout.as_str(), outcome.code), (STARTED, 130));
    assert_eq!(
        messages(&saylog),
        ["user|hello|complete|-", "ai||interrupted|m1"]
    );
}

#[test]
fn a_line_in_the_name_of_its_user_makes_good_too() {
    let server = stuck("what came");
    let saylog = asking(&server);
    let peer = hearing(&saylog, "what came");
    until_kept(&saylog, "what came");
    peer.signal(Signal::KILL);
    assert_eq!(peer.leave().code, 128 + 9);

    let id = saylog.stored().sessions().remove(0);
    let lines = [
        json!({"line": "/user", "user": "bob"}),
        json!({"line": "/history", "user": "alice", "session": id}),
        json!({"line": "/history", "user": "alice", "session": id}),
    ];
    let mut command = saylog.command_of("carol");
    command.args(["--input", "json"]);
    let outcome = feed(
        command,
        lines.map(|line| format!("{line}\n")).concat().as_bytes(),
    );
    let notice = format!(
        "a reply in session {} was cut off; what had come of it is kept\n",
        &id[..8]
    );
    assert_eq!((outcome.stderr, outcome.code), (notice, 0));
    let shown = events(&outcome.stdout);
    let shown = shown
        .iter()
        .filter(|event| event["status"] == "interrupted");
    assert_eq!(shown.count(), 2);
    assert_eq!(messages(&saylog), INTERRUPTED);
}

#[test]
fn a_reply_that_is_whole_leaves_no_part_behind() {
    let (go_on, wait) = std::sync::mpsc::channel();
    let server = Server::new(vec![script(move |mut answer| {
        answer.begins();
        answer.says("what came");
        wait.recv().expect("the test goes on");
        answer.ends();
    })]);
    let saylog = asking(&server);
    let peer = hearing(&saylog, "what came");
    until_kept(&saylog, "what came");
    go_on.send(()).expect("the server waits");
    check(&peer.hang_up(), &format!("{STARTED}what came\n"), "", 0);
    assert_eq!(saylog.stored().partials(), [""; 0]);
    assert_eq!(messages(&saylog)[1], "ai|what came|complete|m1");
    assert_eq!(speak_as(&saylog, "alice", "/user").stderr, "");
}

#[test]
fn a_kill_in_the_middle_of_a_reply_is_made_good_at_the_next_start() {
    let server = stuck("what came");
    let saylog = asking(&server);
    let peer = hearing(&saylog, "what came");
    until_kept(&saylog, "what came");

    // While the first process still receives the reply, no other takes the part.
    check(&speak_as(&saylog, "alice", "/user"), "alice\n", "", 0);
    assert_eq!(saylog.stored().partials(), ["what came"]);
    assert_eq!(messages(&saylog), INTERRUPTED[..1]);

    peer.signal(Signal::KILL);
    assert_eq!(peer.leave().code, 128 + 9);

    // Another user's process does not take it either.
    check(&speak_as(&saylog, "bob", "/user"), "bob (new)\n", "", 0);
    assert_eq!(saylog.stored().partials(), ["what came"]);

    let id = saylog.stored().sessions().remove(0);
    let notice = format!(
        "a reply in session {} was cut off; what had come of it is kept\n",
        &id[..8]
    );
    check(&speak_as(&saylog, "alice", "/user"), "alice\n", &notice, 0);
    check(&speak_as(&saylog, "alice", "/user"), "alice\n", "", 0);
    assert_eq!(messages(&saylog), INTERRUPTED);
    assert_eq!(saylog.stored().partials(), [""; 0]);
    assert_eq!(saylog.integrity(), "ok");
}

#[test]
fn a_reply_that_was_cut_off_is_part_of_the_context() {
    let server = Server::new(vec![
        script(|mut answer| {
            answer.begins();
            answer.says("what came");
            answer.hangs();
        }),
        script(|mut answer| {
            answer.begins();
            answer.says("more");
            answer.ends();
        }),
    ]);
    let saylog = asking(&server);
    let peer = hearing(&saylog, "what came");
    until_kept(&saylog, "what came");
    peer.signal(Signal::KILL);
    peer.leave();
    let outcome = saylog.play("/resume\ngo on\n");
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    server.request();
    assert_eq!(
        server.request().messages(),
        ["user: hello", "assistant: what came", "user: go on"]
    );
    assert_eq!(messages(&saylog).len(), 4);
}

#[test]
fn a_switch_to_the_user_makes_it_good_too() {
    let server = stuck("what came");
    let saylog = asking(&server);
    let peer = hearing(&saylog, "what came");
    until_kept(&saylog, "what came");
    peer.signal(Signal::KILL);
    peer.leave();
    let outcome = speak_as(&saylog, "bob", "/user alice");
    assert!(
        outcome.stderr.starts_with("a reply in session "),
        "{outcome:?}"
    );
    assert_eq!(messages(&saylog), INTERRUPTED);
}

#[test]
fn of_many_starts_at_once_one_makes_it_good() {
    let server = stuck("what came");
    let saylog = asking(&server);
    let peer = hearing(&saylog, "what came");
    until_kept(&saylog, "what came");
    peer.signal(Signal::KILL);
    peer.leave();
    let told: usize = thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| speak_as(&saylog, "alice", "/user")))
            .collect();
        let outcomes = starts
            .into_iter()
            .map(|start| start.join().expect("an end"));
        outcomes
            .map(|outcome| {
                assert_eq!((outcome.stdout.as_str(), outcome.code), ("alice\n", 0));
                outcome.stderr.lines().count()
            })
            .sum()
    });
    assert_eq!(told, 1);
    assert_eq!(messages(&saylog), INTERRUPTED);
}

#[test]
fn a_part_is_told_as_an_event_of_the_log() {
    let server = stuck("what came");
    let saylog = asking(&server).with(&["--json"]);
    let mut peer = Peer::new(saylog.command());
    peer.say("/start");
    peer.say("hello");
    server.request();
    until_kept(&saylog, "what came");
    peer.signal(Signal::INT);
    let outcome = peer.leave();
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 130));
    let history = saylog.lines(&["/history global"]).stdout;
    let reply = &events(&history)[1];
    assert_eq!(
        (&reply["content"], &reply["status"]),
        (&json!("what came"), &json!("interrupted"))
    );
}

#[test]
fn a_reader_that_goes_away_stops_the_reply() {
    let (go_on, wait) = std::sync::mpsc::channel();
    let server = Server::new(vec![script(move |mut answer| {
        answer.begins();
        answer.says("what came");
        wait.recv().expect("the test goes on");
        answer.says(" unread");
        answer.hangs();
    })]);
    let saylog = asking(&server);
    let mut child = saylog
        .command()
        .args(["--start", "-c", "hello", "-c", "/user"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut printed = [0; 9];
    stdout.read_exact(&mut printed).expect("a part");
    assert_eq!(&printed, b"what came");
    drop(stdout);
    go_on.send(()).expect("the server waits");
    check(&end(child), "", "", 0);
    assert_eq!(
        messages(&saylog),
        [INTERRUPTED[0], "ai|what came unread|interrupted|m1"]
    );
}

/// The reader of standard output goes away while a reply is waited for, of which
/// nothing more comes; another line is there to be played.
fn left_alone(arguments: &[&str], reader: impl Read, stdout: Stdio) {
    let server = stuck("what came");
    let saylog = asking(&server);
    // The store is there when it is looked into.
    assert_eq!(saylog.run(&["-c", "/users"]).code, 0);
    let mut command = saylog.command();
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(stdout)
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // It holds a copy of the other end of the stream.
    drop(command);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(b"hello\nnever said\n/start\nnor this\n")
        .expect("a transcript");
    until_kept(&saylog, "what came");
    drop(reader);
    check(&end(child), "", "", 0);
    assert_eq!(messages(&saylog), INTERRUPTED, "{arguments:?}");
    assert_eq!(saylog.stored().count("sessions"), 1);
}

#[test]
fn nothing_more_is_played_when_the_reader_goes_away_in_mid_reply() {
    for arguments in [&["--start"][..], &["--start", "--json"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        left_alone(arguments, reader, writer.into());
        let (reader, writer) = UnixStream::pair().expect("a socket");
        left_alone(arguments, reader, OwnedFd::from(writer).into());
    }
}

#[test]
fn a_reader_that_goes_away_when_the_reply_ends_hears_of_nothing_more() {
    let (go_on, wait) = std::sync::mpsc::channel();
    let server = Server::new(vec![script(move |mut answer| {
        answer.begins();
        wait.recv().expect("the test goes on");
        answer.says_at_last("all of it");
    })]);
    let saylog = asking(&server);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = saylog.command();
    command
        .args(["--start", "--json", "-c", "hello", "-c", "never said"])
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
    drop(command);
    server.request();
    drop(reader);
    go_on.send(()).expect("the server waits");
    check(&end(child), "", "", 0);
    let said = messages(&saylog);
    assert!(said.len() <= 2, "{said:?}");
    assert_eq!(said[0], INTERRUPTED[0]);
}

#[test]
fn a_kill_before_anything_came_says_that_there_is_no_answer() {
    let server = Server::new(vec![script(Turn::hangs)]);
    let saylog = asking(&server);
    let mut peer = Peer::new(saylog.command());
    peer.say("/start");
    peer.say("hello");
    server.request();
    until_kept(&saylog, "");
    peer.signal(Signal::KILL);
    assert_eq!(peer.leave().code, 128 + 9);
    assert_eq!(saylog.stored().partials(), [""]);
    let id = saylog.stored().sessions().remove(0);
    let outcome = saylog.lines(&["/user"]);
    assert_eq!(
        outcome.stderr,
        format!(
            "a question in session {} got no answer; `/retry` there asks it again\n",
            &id[..8]
        )
    );
    assert_eq!(
        messages(&saylog),
        ["user|hello|complete|-", "ai||interrupted|m1"]
    );
}

#[test]
fn a_clock_that_goes_back_keeps_nobody_from_keeping() {
    let (go_on, wait) = std::sync::mpsc::channel();
    let server = Server::new(vec![script(move |mut answer| {
        answer.begins();
        answer.says("what came");
        wait.recv().expect("the test goes on");
        answer.says(" and more");
        wait.recv().expect("the test goes on");
        answer.ends();
    })]);
    let saylog = asking(&server).with(&["--verbose"]);
    let mut command = saylog.command();
    // By an hour at each look.
    command.env("SAYLOG_TEST_CLOCK", "1795354327120+-3600000");
    let mut peer = Peer::new(command);
    peer.ask("/start").expect("an answer");
    peer.say("hello");
    until_kept(&saylog, "what came");
    go_on.send(()).expect("the server waits");
    until_kept(&saylog, "what came and more");
    go_on.send(()).expect("the server waits");
    let outcome = peer.hang_up();
    assert_eq!(outcome.code, 0);
    // It took nearly a second until more was kept.
    // What follows is about the clock.
    let first = outcome.stderr.lines().next().expect("a line");
    let seconds = first.strip_suffix(" s").expect("seconds");
    assert!(seconds.parse::<f64>().is_ok_and(|it| it > 0.0), "{seconds}");
}
