//! A standby: it is passed over for who takes writes, it can be read, and once it has taken
//! over, nothing that was confirmed is lost.

use std::thread;

use tempfile::tempdir;

use super::{IS_IT_RUNNING, at, echoes, lines, name_of, said};
use crate::support::cluster::{Cluster, Wanted};
use crate::support::peer::Peer;
use crate::support::run::{STARTED, check};
use crate::support::wait::until;

/// A server and its standby, if there is time for them.
fn pair() -> Option<(Cluster, Cluster)> {
    if std::env::var_os("SAYLOG_HEAVY").is_none_or(|heavy| heavy != "1") {
        return None;
    }
    Cluster::shared()?;
    let primary = Cluster::start("-c fsync=off")?;
    let standby = Cluster::wanted(&Wanted {
        options: "-c fsync=off",
        primary: Some(&primary),
        ..Wanted::default()
    })?;
    let streams = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
    until("the standby follows", || {
        primary.sql("postgres", streams) == "1\n"
    });
    Some((primary, standby))
}

/// The address of a database that is on one of these, the first of them first.
fn address_of(clusters: [&Cluster; 2], database: &str) -> String {
    let hosts = clusters.map(|cluster| {
        let folder = cluster.folder().display().to_string();
        folder.replace('/', "%2F")
    });
    format!("postgres://postgres@{}/{database}", hosts.join(","))
}

#[test]
fn a_standby_is_read_and_passed_over_for_writes() {
    let Some((primary, standby)) = pair() else {
        return;
    };
    let home = tempdir().unwrap();
    let database = primary.database();
    let name = name_of(&database);
    let both = address_of([&standby, &primary], name);
    let wanting = format!("{both}?target_session_attrs=read-write");
    let caught_up = "SELECT count(*) FROM pg_stat_replication
                     WHERE replay_lsn >= pg_current_wal_lsn()";
    until("the standby has the database", || {
        primary.sql("postgres", caught_up) == "1\n"
    });
    let outcome = lines(at(home.path(), &wanting), &["/start", "hello"]);
    check(&outcome, &format!("{STARTED}hello\n"), "", 0);
    until("the standby has it all", || {
        primary.sql("postgres", caught_up) == "1\n"
    });
    let alone = standby.address(name);
    let outcome = lines(at(home.path(), &alone), &["/log global", "/start"]);
    let hint = "name the primary, or several hosts with target_session_attrs=read-write";
    let expected = format!("-c:2: not saved: the server can only be read; {hint}\n");
    assert_eq!(outcome.stderr, expected);
    assert_eq!((outcome.stdout.lines().count(), outcome.code), (2, 1));
    let alone = format!("{alone}?target_session_attrs=read-write");
    let expected = format!(
        "saylog: the store `{alone}` cannot be opened: no server answers that takes writes; \
         {IS_IT_RUNNING}\n"
    );
    let outcome = lines(at(home.path(), &alone), &["/start"]);
    check(&outcome, "", &expected, 1);
}

#[test]
fn a_standby_that_takes_over_has_everything_that_was_confirmed() {
    let Some((primary, standby)) = pair() else {
        return;
    };
    primary.sql(
        "postgres",
        "ALTER SYSTEM SET synchronous_standby_names = '*'",
    );
    primary.sql("postgres", "SELECT pg_reload_conf()");
    let synchronous = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
    until("commits wait for the standby", || {
        primary.sql("postgres", synchronous) == "1\n"
    });
    let database = primary.database();
    let name = name_of(&database);
    let both = address_of([&primary, &standby], name);
    let address = format!("{both}?target_session_attrs=read-write");
    let home = tempdir().unwrap();
    let turns: Vec<String> = (0..20_000).map(|number| format!("turn {number}")).collect();
    let mut peer = Peer::new(at(home.path(), &address));
    peer.pour(format!("/start\n{}\n", turns.join("\n")));
    peer.read(STARTED.len() + 1_000);
    let (outcome, kept_then) = thread::scope(|scope| {
        let failover = scope.spawn(|| {
            let kept = primary.sql(name, "SELECT count(*) FROM saylog.messages");
            primary.stop("QUIT");
            standby.sql("postgres", "SELECT pg_promote()");
            kept
        });
        (
            peer.leave(),
            failover.join().expect("the standby takes over"),
        )
    });
    let kept_then: usize = kept_then.trim().parse().expect("a count");
    assert!(
        (1..2 * turns.len()).contains(&kept_then),
        "it was in the midst: {kept_then}"
    );
    let answers = format!("{STARTED}{}\n", turns.join("\n"));
    assert!(outcome.stdout == answers, "{}", outcome.stderr);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let kept = said(&standby, name);
    assert_eq!(kept.len(), 2 * turns.len());
    assert!(kept == echoes(turns));
}
