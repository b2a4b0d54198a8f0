//! What a server and a network do to a store, and what many writers do to each other.

mod guessing;
mod importing;
mod pages;
mod proxy;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::super::Log;
use super::super::Selection;
use super::super::conformance::cluster::Cluster;
use super::super::rows::NewSession;
use super::super::waits::Waits;
use super::open;
use crate::domain::{
    Draft, Flow, MessageId, ProblemKind, Role, SessionId, SessionKey, Timestamp, UserName,
};
use proxy::{Proxy, random};

/// A log at an address, and what it tells a person.
fn log_at(address: &str, waits: Waits) -> Log {
    Log::new(open(address, &|_| None, waits).unwrap())
}

fn address(folder: &Path, database: &str) -> String {
    let folder = folder.display().to_string().replace('/', "%2F");
    format!("postgres://postgres@{folder}/{database}")
}

/// An empty database, what stands before its server, and a log through that; none without
/// PostgreSQL.
fn through_proxy() -> Option<(&'static Cluster, String, Proxy, Log)> {
    let cluster = Cluster::shared()?;
    let database = cluster.database();
    let proxy = Proxy::to(cluster.folder());
    let through = address(&proxy.folder(), name_of(&database));
    let log = log_at(&through, Waits::for_tests());
    Some((cluster, database, proxy, log))
}

/// The name of the database at an address.
fn name_of(address: &str) -> &str {
    address.rsplit_once('/').unwrap().1
}

fn begin(log: &mut Log, name: &str) -> SessionKey {
    let user = UserName::new(name).unwrap();
    let session = NewSession {
        user: &user,
        session: SessionId::new(uuid::Uuid::new_v4()),
        title: None,
        model: None,
        persona: None,
        at: Timestamp(0),
        system: None,
        preview: None,
        origin: None,
    };
    log.start(&session, None).unwrap()
}

fn say(log: &mut Log, session: SessionKey, content: &str) {
    let draft = Draft::new(Role::User, content, Timestamp(0));
    log.append(session, &draft).unwrap();
}

/// Everything that was said, in the order of the log.
fn said(log: &mut Log) -> Vec<String> {
    let (mut said, mut listing) = (Vec::new(), log.list(Selection::Global).unwrap());
    let more = log.read(&mut listing, &mut |message| {
        said.push(message.content.to_owned());
        Flow::More
    });
    assert_eq!(more, Ok(false));
    said
}

/// So many, unless the environment says otherwise: CI has more time.
fn count(name: &str, usual: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|set| set.parse().ok()).unwrap_or(usual)
}

#[test]
fn a_commit_whose_answer_is_lost_happens_once() {
    happens_once(9_000, count("SAYLOG_CUTS", 40), || 1 + random(4));
}

#[test]
fn many_rows_are_copied_in_and_few_are_not() {
    let Some((_, _, proxy, mut log)) = through_proxy() else {
        return;
    };
    let session = begin(&mut log, "alice");
    let many = super::columns::MANY;
    for (count, is_copied) in [(many - 1, false), (many, true)] {
        proxy.look_out_for("COPY saylog.messages");
        for number in 0..count {
            say(&mut log, session, &number.to_string());
        }
        log.commit().unwrap();
        assert_eq!(proxy.was_seen(), is_copied, "{count}");
    }
    assert_eq!(said(&mut log).len(), 2 * many - 1);
}

#[test]
fn rows_that_are_copied_in_while_the_connection_is_lost_are_there_once() {
    let many = super::columns::MANY;
    happens_once(60_000, count("SAYLOG_CUTS", 40) / 4, || many + random(many));
}

/// Says things in groups, while connections are cut within so many bytes, until so many were.
fn happens_once(within: usize, wanted: usize, messages: impl Fn() -> usize) {
    let Some((cluster, database, proxy, mut log)) = through_proxy() else {
        return;
    };
    let sessions = [begin(&mut log, "alice"), begin(&mut log, "bob")];
    let mut expected = Vec::new();
    proxy.cut_within(within);
    proxy.hang_up();
    while proxy.cuts() < wanted {
        for _ in 0..messages() {
            let content = format!("{}", expected.len());
            say(&mut log, sessions[random(2)], &content);
            expected.push(content);
        }
        // Where nothing was written, the next commit writes it.
        while let Err(problem) = log.commit() {
            assert_eq!(problem.kind, ProblemKind::Busy, "{problem:?}");
        }
        assert_eq!(log.pending(), 0);
    }
    drop(log);
    proxy.cut_within(0);
    let mut direct = log_at(&database, Waits::for_tests());
    assert_eq!(said(&mut direct), expected);
    for session in sessions {
        let end = direct.end(session).unwrap();
        assert_eq!((end.count, end.place.head), (end.depth, end.last));
    }
    let holes = "SELECT count(*) FROM (SELECT seq, row_number() OVER (PARTITION BY session
                 ORDER BY id) AS place FROM saylog.messages) AS m WHERE seq <> place";
    assert_eq!(cluster.sql(name_of(&database), holes), "0\n");
}

#[test]
fn whoever_follows_misses_nothing_beside_many_writers() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let mut first = log_at(&database, Waits::for_tests());
    // Two writers in each session, and some that have one to themselves.
    let sessions: Vec<SessionKey> = (0..5).map(|_| begin(&mut first, "alice")).collect();
    let (writers, groups) = (8, count("SAYLOG_GROUPS", 60));
    let is_over = Arc::new(AtomicBool::new(false));
    let follower = {
        let (database, is_over) = (database.clone(), Arc::clone(&is_over));
        thread::spawn(move || {
            let mut log = log_at(&database, Waits::for_tests());
            let (mut seen, mut after) = (Vec::new(), MessageId(0));
            loop {
                let was_over = is_over.load(Ordering::SeqCst);
                let upto = log.newest_now().unwrap();
                let mut listing = log.list(Selection::Global).unwrap();
                (listing.after, listing.upto) = (after, upto);
                let read = log.read(&mut listing, &mut |message| {
                    seen.push((message.id, message.content.to_owned()));
                    Flow::More
                });
                assert_eq!(read, Ok(false));
                after = upto;
                if was_over {
                    return seen;
                }
            }
        })
    };
    let writers: Vec<_> = (0..writers)
        .map(|writer| {
            let (database, session) = (database.clone(), sessions[writer % sessions.len()]);
            thread::spawn(move || {
                let mut log = log_at(&database, Waits::for_tests());
                for group in 0..groups {
                    for one in 0..2 {
                        say(&mut log, session, &format!("{writer}.{group}.{one}"));
                    }
                    log.commit().unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    is_over.store(true, Ordering::SeqCst);
    let seen = follower.join().unwrap();
    assert!(seen.is_sorted_by(|one, next| one.0 < next.0));
    let seen: Vec<String> = seen.into_iter().map(|(_, content)| content).collect();
    assert_eq!(seen.len(), 8 * groups * 2);
    assert_eq!(seen, said(&mut first));
}

#[test]
fn groups_that_touch_the_same_sessions_in_another_order_do_not_stop_each_other() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let mut first = log_at(&database, Waits::for_tests());
    let sessions = [begin(&mut first, "alice"), begin(&mut first, "alice")];
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let database = database.clone();
            thread::spawn(move || {
                let mut log = log_at(&database, Waits::for_tests());
                for _ in 0..30 {
                    for turn in 0..2 {
                        say(&mut log, sessions[(writer + turn) % 2], "x");
                    }
                    log.commit().unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let counts = sessions.map(|session| first.end(session).unwrap().count);
    assert_eq!(counts, [120, 120]);
}

#[test]
fn a_group_takes_few_round_trips_however_long_it_is() {
    let Some((_, _, proxy, mut log)) = through_proxy() else {
        return;
    };
    let sessions: Vec<SessionKey> = (0..20).map(|_| begin(&mut log, "alice")).collect();
    for round in 0..4 {
        for number in 0..1_000 {
            say(&mut log, sessions[number % 20], "a line");
        }
        proxy.take_trips();
        log.commit().unwrap();
        let trips = proxy.take_trips();
        assert!(trips <= 8, "{trips} in round {round}");
    }
}

#[test]
fn a_transaction_that_holds_the_log_back_is_named() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let patient = || Waits {
        silence: Duration::from_millis(1_500),
        ..Waits::for_tests()
    };
    let mut log = log_at(&database, patient());
    let session = begin(&mut log, "alice");
    say(&mut log, session, "before");
    log.commit().unwrap();
    assert_eq!(said(&mut log), ["before"]);
    let mut forgotten = cluster.psql(name_of(&database));
    forgotten.stdin(std::process::Stdio::piped());
    forgotten.stdout(std::process::Stdio::piped());
    let mut forgotten = forgotten.spawn().unwrap();
    let mut input = forgotten.stdin.take().unwrap();
    let mut output = std::io::BufReader::new(forgotten.stdout.take().unwrap());
    let drawn = "BEGIN; SELECT nextval('saylog.message_ids'); SELECT pg_backend_pid();\n";
    std::io::Write::write_all(&mut input, drawn.as_bytes()).unwrap();
    let mut lines = [String::new(), String::new()];
    for line in &mut lines {
        std::io::BufRead::read_line(&mut output, line).unwrap();
    }
    say(&mut log, session, "behind");
    log.commit().unwrap();
    // A session is not held back: nothing can appear in it any more.
    let mut listing = log.list(Selection::LogOfSession(session)).unwrap();
    let mut of_session = Vec::new();
    let read = log.read(&mut listing, &mut |message| {
        of_session.push(message.content.to_owned());
        Flow::More
    });
    assert_eq!((read, of_session.len()), (Ok(false), 2));
    assert_eq!(log.take_damage(), None);
    assert_eq!(said(&mut log), ["before"]);
    let told = log.take_damage().unwrap();
    let process = lines[1].trim();
    let expected = format!(
        "the log is shown up to message #1 only: a transaction of `postgres` (process {process}, \
         psql, open for 0 seconds) may still write something earlier"
    );
    assert_eq!(told.kind, ProblemKind::Busy);
    let what = told
        .what
        .replace("open for 1 second)", "open for 0 seconds)");
    assert_eq!(what, expected);
    drop(input);
    forgotten.wait().unwrap();
    assert_eq!(said(&mut log), ["before", "behind"]);
    assert_eq!(log.take_damage(), None);
}

#[test]
fn a_server_that_says_nothing_is_an_error_and_no_hang() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let proxy = Proxy::to(cluster.folder());
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let waits = Waits {
        silence: Duration::from_millis(300),
        give_up: Duration::from_millis(500),
        tell: Box::new(move |what| heard.lock().unwrap().push(what.to_owned())),
        ..Waits::for_tests()
    };
    let mut log = log_at(&address(&proxy.folder(), name_of(&database)), waits);
    let session = begin(&mut log, "alice");
    say(&mut log, session, "one");
    log.commit().unwrap();
    proxy.be_silent(true);
    let since = Instant::now();
    let problem = log.end(session).unwrap_err();
    assert_eq!(
        problem.what,
        "the store cannot be read: the server does not answer"
    );
    assert_eq!(problem.kind, ProblemKind::Busy);
    assert!(since.elapsed() < Duration::from_secs(15));
    say(&mut log, session, "two");
    assert_eq!(log.commit().unwrap_err().kind, ProblemKind::Busy);
    let expected = "the server does not answer; trying to reach it again";
    assert_eq!(told.lock().unwrap()[0], expected);
    proxy.be_silent(false);
    // What waits is written once the server is back.
    log.commit().unwrap();
    assert_eq!(said(&mut log), ["one", "two"]);
    assert_eq!(told.lock().unwrap().last().unwrap(), "the server is back");
}

#[test]
fn a_connection_that_the_server_has_ended_is_made_again() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let mut log = log_at(&database, Waits::for_tests());
    let session = begin(&mut log, "alice");
    let end_all = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for number in 0..3 {
        cluster.sql(name_of(&database), end_all);
        say(&mut log, session, &number.to_string());
        log.commit().unwrap();
        cluster.sql(name_of(&database), end_all);
        assert_eq!(log.end(session).unwrap().count, number + 1);
    }
    // In a group that has begun, too: it is run again.
    let end = log.end_for_update(session).unwrap();
    cluster.sql(name_of(&database), end_all);
    let undo = super::super::rules::Move {
        kind: crate::domain::MoveKind::Clear,
        to: super::super::rows::Place::default(),
        gone: end.depth,
        back: 0,
        at: Timestamp(0),
    };
    log.relocate(session, &undo).unwrap();
    assert_eq!(log.end(session).unwrap().depth, 0);
    assert_eq!(said(&mut log), ["0", "1", "2"]);
}

#[test]
fn many_may_open_an_empty_database_at_once() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let openers: Vec<_> = (0..8)
        .map(|number| {
            let database = database.clone();
            thread::spawn(move || {
                let mut log = log_at(&database, Waits::for_tests());
                let session = begin(&mut log, "alice");
                say(&mut log, session, &number.to_string());
                log.commit().unwrap();
            })
        })
        .collect();
    for opener in openers {
        opener.join().unwrap();
    }
    let mut said = said(&mut log_at(&database, Waits::for_tests()));
    said.sort();
    assert_eq!(said, ["0", "1", "2", "3", "4", "5", "6", "7"]);
    let users = cluster.sql(name_of(&database), "SELECT count(*) FROM saylog.users");
    assert_eq!(users, "1\n");
}

#[test]
fn a_newer_program_has_the_last_word() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let mut log = log_at(&database, Waits::for_tests());
    let session = begin(&mut log, "alice");
    cluster.sql(name_of(&database), "UPDATE saylog.store SET version = 99");
    say(&mut log, session, "one");
    let problem = log.commit().unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Newer);
    assert_eq!(
        problem.what,
        "not saved: a newer saylog has changed the store"
    );
    let mut other = log_at(&database, Waits::for_tests());
    assert_eq!(other.newest_now().unwrap_err().kind, ProblemKind::Newer);
}

#[test]
fn the_log_is_append_only_for_everybody() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let mut log = log_at(&database, Waits::for_tests());
    let session = begin(&mut log, "alice");
    say(&mut log, session, "one");
    log.commit().unwrap();
    for statement in [
        "UPDATE saylog.messages SET content = 'x'",
        "DELETE FROM saylog.messages",
        "TRUNCATE saylog.messages",
        "DELETE FROM saylog.moves",
        "UPDATE saylog.users SET name = 'x'",
        "DELETE FROM saylog.sessions",
        "UPDATE saylog.sessions SET uuid = gen_random_uuid()",
        "UPDATE saylog.sessions SET \"user\" = 1",
    ] {
        let refused = cluster.try_sql(name_of(&database), statement);
        assert_eq!(refused, Err("the log is append-only".into()), "{statement}");
    }
    assert_eq!(said(&mut log), ["one"]);
}
