//! A server that stays away or falls silent: an error within its time, never a hang, and
//! whoever presses Ctrl-C leaves at once.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::tempdir;

use super::{IS_IT_RUNNING, at, echoes, lines, name_of, said};
use crate::support::cluster::Cluster;
use crate::support::peer::Peer;
use crate::support::prompt::{CTRL_C, CTRL_D};
use crate::support::run::{STARTED, check};
use crate::support::terminal::Terminal;

/// Processes that stand still for as long as this lives.
struct Frozen(Vec<Pid>);

impl Frozen {
    fn new(processes: Vec<Pid>) -> Self {
        for process in &processes {
            kill_process(*process, Signal::STOP).expect("a process of ours");
        }
        Self(processes)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        for process in &self.0 {
            let _ = kill_process(*process, Signal::CONT);
        }
    }
}

fn pid(text: &str) -> Pid {
    let number = text.trim().parse().expect("the number of a process");
    Pid::from_raw(number).expect("a process")
}

/// The process of the server that serves the program.
fn backend(cluster: &Cluster, database: &str) -> Pid {
    let find = "SELECT pid FROM pg_stat_activity
                WHERE application_name = 'saylog' AND datname = current_database()";
    pid(&cluster.sql(database, find))
}

/// The process of the server that lets others in.
fn doorkeeper(cluster: &Cluster) -> Pid {
    // Its folder is its owner's only, and the tests may be others.
    let told = cluster.sql("postgres", "SELECT pg_read_file('postmaster.pid', 0, 10)");
    pid(told.lines().next().expect("a line"))
}

/// Someone who speaks, and whose server was there until now.
fn speaker(address: &str, silence: &str) -> (tempfile::TempDir, Peer) {
    let home = tempdir().expect("a folder");
    let mut command = at(home.path(), address);
    command.env("SAYLOG_TEST_SERVER", silence);
    let mut peer = Peer::new(command);
    assert_eq!(peer.ask("/start").as_deref(), Some(STARTED.trim_end()));
    assert_eq!(peer.ask("hello").as_deref(), Some("hello"));
    (home, peer)
}

#[test]
fn a_server_that_stays_away_is_told_when_it_is_given_up() {
    let Some(cluster) = Cluster::shared().and_then(|_| Cluster::start("-c fsync=off")) else {
        return;
    };
    let address = cluster.database();
    let (_home, mut peer) = speaker(&address, "500");
    cluster.stop("INT");
    let begun = Instant::now();
    peer.say("are you there?");
    let outcome = peer.hang_up();
    assert!(begun.elapsed() < Duration::from_secs(20));
    let gone = "there is no socket of a server";
    let expected = format!(
        "saylog: {gone}; trying to reach it again\n<stdin>:3: not saved: {gone}; {IS_IT_RUNNING}\n"
    );
    check(&outcome, &format!("{STARTED}hello\n"), &expected, 1);
    cluster.start_again();
    let turns = ["hello".to_owned()];
    assert_eq!(said(&cluster, name_of(&address)), echoes(turns));
}

#[test]
fn whoever_waits_for_a_server_that_is_away_can_leave() {
    let Some(cluster) = Cluster::shared().and_then(|_| Cluster::start("-c fsync=off")) else {
        return;
    };
    let (_home, mut peer) = speaker(&cluster.database(), "600000");
    cluster.stop("INT");
    peer.say("are you there?");
    // It complains that the server is away.
    assert_eq!(peer.next_line(), None);
    let begun = Instant::now();
    peer.signal(Signal::INT);
    let outcome = peer.leave();
    assert!(begun.elapsed() < Duration::from_secs(20));
    let expected = "saylog: there is no socket of a server; trying to reach it again\n";
    check(&outcome, &format!("{STARTED}hello\n"), expected, 130);
}

#[test]
fn a_connection_that_falls_silent_is_replaced() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let address = cluster.database();
    let (_home, mut peer) = speaker(&address, "1000");
    let frozen = Frozen::new(vec![backend(cluster, name_of(&address))]);
    peer.say("are you there?");
    assert_eq!(peer.next_line(), None);
    let outcome = peer.hang_up();
    drop(frozen);
    let expected = "saylog: the server does not answer; trying to reach it again\n\
                    saylog: the server is back\n";
    let answers = format!("{STARTED}hello\nare you there?\n");
    check(&outcome, &answers, expected, 0);
    let turns = ["hello", "are you there?"].map(str::to_owned);
    assert_eq!(said(cluster, name_of(&address)), echoes(turns));
}

#[test]
fn a_server_that_falls_silent_is_told_and_can_be_left() {
    let Some(cluster) = Cluster::shared().and_then(|_| Cluster::start("-c fsync=off")) else {
        return;
    };
    let address = cluster.database();
    let (_home, mut peer) = speaker(&address, "1000");
    // Its answer is a moment old, so that it is asked first what was taken for granted then.
    cluster.sql("postgres", "SELECT pg_sleep(0.1)");
    let processes = vec![doorkeeper(&cluster), backend(&cluster, name_of(&address))];
    let frozen = Frozen::new(processes);
    let begun = Instant::now();
    peer.say("are you there?");
    let outcome = peer.hang_up();
    assert!(begun.elapsed() < Duration::from_secs(30));
    let silent = "the server does not answer";
    let expected = format!(
        "saylog: {silent}; trying to reach it again\n\
         <stdin>:3: not saved: {silent}; {IS_IT_RUNNING}\n"
    );
    check(&outcome, &format!("{STARTED}hello\n"), &expected, 1);
    drop(frozen);
    let turns = ["hello".to_owned()];
    assert_eq!(said(&cluster, name_of(&address)), echoes(turns));
}

#[test]
fn what_never_answers_is_told_and_can_be_left() {
    if Cluster::shared().is_none() {
        return;
    }
    // Its system takes connections, and nobody answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = format!("postgres://ann@127.0.0.1:{port}/talk");
    let home = tempdir().unwrap();
    let mut command = at(home.path(), &address);
    command.env("SAYLOG_TEST_SERVER", "300");
    let expected = format!(
        "saylog: the store `{address}` cannot be opened: the server does not answer; \
         {IS_IT_RUNNING}\n"
    );
    check(&lines(command, &["/start"]), "", &expected, 1);

    let mut command = at(home.path(), &address);
    command.env("SAYLOG_TEST_SERVER", "600000");
    let peer = Peer::new(command);
    // The first connection is the other program's.
    drop(listener.accept().unwrap());
    let waiting = listener.accept().unwrap();
    let begun = Instant::now();
    peer.signal(Signal::INT);
    let outcome = peer.leave();
    assert!(begun.elapsed() < Duration::from_secs(20));
    check(&outcome, "", "", 130);
    drop(waiting);
}

#[test]
fn at_the_prompt_ctrl_c_ends_the_wait_for_a_server_and_not_the_program() {
    let Some(cluster) = Cluster::shared().and_then(|_| Cluster::start("-c fsync=off")) else {
        return;
    };
    let address = cluster.database();
    let home = tempdir().unwrap();
    let mut command = at(home.path(), &address);
    command
        .env("TERM", "xterm-256color")
        .env("SAYLOG_TEST_SERVER", "600000");
    let mut terminal = Terminal::start(&command);
    terminal.shows_such("a prompt", |screen| screen.ends_with("alice> ▏"));
    terminal.types("hello\r");
    terminal.shows_such("an answer", |screen| {
        screen.contains("\nhello\n") && screen.ends_with("> ▏")
    });
    cluster.stop("INT");
    terminal.types("are you there?\r");
    terminal.shows_such("a wait", |screen| {
        screen.contains("there is no socket of a server; trying to reach it again")
    });
    terminal.types(CTRL_C);
    terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
    cluster.start_again();
    terminal.types("again\r");
    terminal.shows_such("an answer", |screen| {
        screen.contains("\nagain\n") && screen.ends_with("> ▏")
    });
    terminal.types(CTRL_D);
    terminal.ends();
    let turns = ["hello", "again"].map(str::to_owned);
    assert_eq!(said(&cluster, name_of(&address)), echoes(turns));
}
