//! A server that goes away and comes back, is full, hurries, or can only be read: the
//! program goes on, and everything that was said is kept once and in order.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tempfile::{TempDir, tempdir};

use super::{at, echoes, lines, name_of, said};
use crate::support::cluster::Cluster;
use crate::support::disk::Disk;
use crate::support::peer::Peer;
use crate::support::run::{Outcome, STARTED, check};
use crate::support::wait::until;

/// Ends every connection of the program; gives how many there were.
const KILL: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = 'saylog' AND datname = current_database()";

/// How many connections of the program there are.
const CONNECTED: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'saylog' AND datname = current_database()";

/// So many turns, each of several hundred bytes.
fn turns(count: usize) -> Vec<String> {
    let padding = "word ".repeat(60);
    (0..count)
        .map(|number| format!("{number} {}", padding.trim_end()))
        .collect()
}

/// Plays these turns, does `harm` beside that once the first were answered, and gives what
/// the program did.
fn played(address: &str, turns: &[String], harm: impl FnOnce(&AtomicBool) + Send) -> Outcome {
    let home = tempdir().expect("a folder");
    let mut peer = Peer::new(at(home.path(), address));
    peer.pour(format!("/start\n{}\n", turns.join("\n")));
    peer.read(STARTED.len() + 100);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| harm(&is_over));
        peer.read(usize::MAX);
        is_over.store(true, Ordering::Relaxed);
    });
    peer.leave()
}

/// Everything was answered and kept once; of the server's absence at most is told.
#[track_caller]
fn is_whole(cluster: &Cluster, address: &str, turns: &[String], outcome: &Outcome) {
    let answers = format!("{STARTED}{}\n", turns.join("\n"));
    assert_eq!(outcome.stdout.len(), answers.len(), "{}", outcome.stderr);
    assert!(outcome.stdout == answers);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let losses = [
        "the connection is gone",
        "the server has ended the connection",
        "the server is starting or stopping",
        "there is no socket of a server",
        "no server listens there",
    ];
    for line in outcome.stderr.lines() {
        let is_known = line == "saylog: the server is back"
            || losses
                .iter()
                .any(|loss| line == format!("saylog: {loss}; trying to reach it again"));
        assert!(is_known, "{}", outcome.stderr);
    }
    let kept = said(cluster, name_of(address));
    let expected = echoes(turns.iter().cloned());
    assert_eq!(kept.len(), expected.len());
    assert!(kept == expected);
}

#[test]
fn a_connection_that_was_ended_is_made_again_without_a_word() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let home = tempdir().unwrap();
    let address = cluster.database();
    let mut peer = Peer::new(at(home.path(), &address));
    assert_eq!(peer.ask("/start").as_deref(), Some(STARTED.trim_end()));
    for turn in ["one", "two"] {
        assert_eq!(cluster.sql(name_of(&address), KILL), "1\n");
        assert_eq!(peer.ask(turn).as_deref(), Some(turn));
    }
    check(&peer.hang_up(), &format!("{STARTED}one\ntwo\n"), "", 0);
    let turns = ["one", "two"].map(str::to_owned);
    assert_eq!(said(cluster, name_of(&address)), echoes(turns));
}

#[test]
fn connections_that_are_ended_in_the_midst_of_a_transcript_are_made_again() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let (address, turns) = (cluster.database(), turns(12_000));
    let mut killed = 0;
    let outcome = played(&address, &turns, |is_over| {
        while !is_over.load(Ordering::Relaxed) && killed < 10 {
            if cluster.sql(name_of(&address), KILL) != "0\n" {
                killed += 1;
            }
        }
    });
    is_whole(cluster, &address, &turns, &outcome);
    assert!(killed > 0);
}

#[test]
fn a_restart_in_the_midst_of_a_transcript_loses_and_doubles_nothing() {
    for signal in ["INT", "QUIT"] {
        let Some(cluster) = Cluster::shared().and_then(|_| Cluster::start("-c fsync=off")) else {
            return;
        };
        let (address, turns) = (cluster.database(), turns(12_000));
        let outcome = played(&address, &turns, |_| {
            cluster.stop(signal);
            cluster.start_again();
        });
        is_whole(&cluster, &address, &turns, &outcome);
    }
}

#[test]
fn a_server_that_can_only_be_read_is_read() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let home = tempdir().unwrap();
    let address = cluster.database();
    check(
        &lines(at(home.path(), &address), &["/start", "hello"]),
        &format!("{STARTED}hello\n"),
        "",
        0,
    );
    let name = name_of(&address);
    cluster.sql(
        name,
        &format!("ALTER DATABASE {name} SET default_transaction_read_only = on"),
    );
    let why = "not saved: the server can only be read";
    let hint = "name the primary, or several hosts with target_session_attrs=read-write";
    let outcome = lines(at(home.path(), &address), &["/start", "/log global"]);
    assert_eq!(outcome.stderr, format!("-c:1: {why}; {hint}\n"));
    assert_eq!((outcome.stdout.lines().count(), outcome.code), (2, 1));
    let mut command = at(home.path(), &address);
    command.arg("--json");
    let event = format!(
        r#"{{"event":"error","line":1,"code":"store","error":"{why}","hint":"{hint}","kind":"read_only","tries":null}}"#
    );
    check(&lines(command, &["/start"]), &format!("{event}\n"), "", 1);
    // What is asked for has to be there.
    let address = format!("{address}?target_session_attrs=read-write");
    let expected = format!(
        "saylog: the store `{address}` cannot be opened: no server answers that takes writes; {}\n",
        super::IS_IT_RUNNING
    );
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, "", &expected, 1);
}

#[test]
fn a_full_disk_of_the_server_is_told_and_nothing_is_kept_in_part() {
    let place = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
    let Some(disk) = Disk::in_memory(place.path()) else {
        return;
    };
    disk.grow();
    // A server that cannot write its tables out makes no databases for other tests, either, so
    // this one has its own. What cleans up by itself would write to that disk at any time.
    let options = "-c fsync=off -c autovacuum=off";
    let Some(cluster) = Cluster::shared().and_then(|_| Cluster::start(options)) else {
        return;
    };
    let folder = place.path().join("rows");
    std::fs::create_dir(&folder).unwrap();
    let owner = std::fs::metadata(cluster.folder().join("data")).unwrap();
    for path in [place.path(), &folder] {
        use std::os::unix::fs::MetadataExt;
        std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
    }
    let location = folder.display();
    cluster.sql(
        "postgres",
        &format!("CREATE TABLESPACE small LOCATION '{location}'"),
    );
    cluster.sql("postgres", "CREATE DATABASE full_one TABLESPACE small");
    let address = cluster.address("full_one");
    let home = tempdir().unwrap();
    let outcome = lines(at(home.path(), &address), &["/start", "first"]);
    check(&outcome, &format!("{STARTED}first\n"), "", 0);
    disk.fill();
    let mut command = at(home.path(), &address);
    command.arg("--resume");
    let outcome = lines(command, &[&random_text(100_000)]);
    let why = "not saved: the disk of the server is full; nothing is lost; say it \
               again once there is room";
    assert_eq!(outcome.stderr, format!("-c:1: {why}\n"));
    assert_eq!(outcome.code, 1);
    assert_eq!(said(&cluster, "full_one"), echoes(["first".to_owned()]));
    disk.empty();
    let mut command = at(home.path(), &address);
    command.arg("--resume");
    let outcome = lines(command, &["second"]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let turns = ["first", "second"].map(str::to_owned);
    assert_eq!(said(&cluster, "full_one"), echoes(turns));
}

/// Text that does not become smaller in a table.
fn random_text(length: usize) -> String {
    let mut text = String::with_capacity(length + 32);
    while text.len() < length {
        text.push_str(&uuid::Uuid::new_v4().simple().to_string());
    }
    text
}

/// A database in which a turn was said, and the home of who said it.
fn after_a_turn(cluster: &Cluster) -> (TempDir, String) {
    let home = tempdir().expect("a folder");
    let address = cluster.database();
    let outcome = lines(at(home.path(), &address), &["/start", "hello"]);
    check(&outcome, &format!("{STARTED}hello\n"), "", 0);
    (home, address)
}

#[test]
fn a_read_that_others_were_in_the_way_of_is_asked_again() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let (home, address) = after_a_turn(cluster);
    let name = name_of(&address);
    // Somebody locks the table that a read has come to, and then the one that it has already.
    // The server ends that by refusing whoever looks for circles first: the read.
    let mut psql = cluster.psql(name);
    psql.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut other = psql.spawn().expect("psql");
    let mut asked = other.stdin.take().expect("its input");
    let mut told = BufReader::new(other.stdout.take().expect("its output")).lines();
    let lock = "SET deadlock_timeout = '20s'; BEGIN; LOCK saylog.users; SELECT 'locked';";
    writeln!(asked, "{lock}").expect("it listens");
    assert_eq!(told.next().expect("an answer").expect("text"), "locked");
    let mut command = at(home.path(), &address);
    command.args(["--resume", "-c", "/history"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let reading = command.spawn().expect("the program starts");
    until("the table is waited for", || {
        let waits = "SELECT count(*) FROM pg_locks
            WHERE relation = 'saylog.users'::regclass AND NOT granted";
        cluster.sql(name, waits) != "0\n"
    });
    writeln!(asked, "LOCK saylog.sessions; COMMIT;").expect("it listens");
    let read = reading.wait_with_output().expect("it ends");
    let shown = String::from_utf8_lossy(&read.stdout);
    let shown: Vec<_> = shown
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect();
    assert!(
        matches!(shown[..], [(_, "hello"), (_, "hello")]),
        "{shown:?}"
    );
    assert_eq!(read.status.code(), Some(0));
    drop(asked);
    other.wait().expect("it ends");
}

#[test]
fn work_that_the_server_stops_is_told() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let (home, address) = after_a_turn(cluster);
    let name = name_of(&address);
    cluster.sql(
        name,
        &format!(
            "CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
             CREATE TRIGGER rest BEFORE INSERT ON saylog.messages
                 FOR EACH ROW EXECUTE FUNCTION rest();
             ALTER DATABASE {name} SET statement_timeout = '2s'"
        ),
    );
    let mut command = at(home.path(), &address);
    command.arg("--resume");
    let outcome = lines(command, &["again"]);
    let why = "the server has stopped the work; its statement_timeout may be too short";
    check(&outcome, "", &format!("-c:1: not saved: {why}\n"), 1);
    cluster.sql(name, "DROP TRIGGER rest ON saylog.messages");
    assert_eq!(said(cluster, name), echoes(["hello".to_owned()]));
}

#[test]
fn idle_time_outs_of_the_server_are_not_noticed() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let home = tempdir().unwrap();
    let address = cluster.database();
    let name = name_of(&address);
    cluster.sql(
        name,
        &format!(
            "ALTER DATABASE {name} SET idle_session_timeout = '1s';
             ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '1ms'"
        ),
    );
    let mut peer = Peer::new(at(home.path(), &address));
    assert_eq!(peer.ask("/start").as_deref(), Some(STARTED.trim_end()));
    for turn in ["one", "two"] {
        until("the server ends the connection", || {
            cluster.sql(name, CONNECTED) == "0\n"
        });
        assert_eq!(peer.ask(turn).as_deref(), Some(turn));
    }
    check(&peer.hang_up(), &format!("{STARTED}one\ntwo\n"), "", 0);
    let turns = ["one", "two"].map(str::to_owned);
    assert_eq!(said(cluster, name), echoes(turns));
}
