//! A transaction that holds the log back is named, once, to one who follows it.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::tempdir;

use super::{at, lines, name_of};
use crate::support::cluster::Cluster;
use crate::support::peer::Peer;

/// The next event.
fn next(follower: &mut Peer) -> Value {
    let line = follower.next_line().expect("an event");
    serde_json::from_str(&line).expect("JSON")
}

#[test]
fn who_follows_is_told_once_who_holds_the_log_back() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let (home, address) = (tempdir().expect("a folder"), cluster.database());
    let begun = lines(at(home.path(), &address), &["/start", "before"]);
    assert_eq!((begun.stderr.as_str(), begun.code), ("", 0));
    let mut following = at(home.path(), &address);
    // It is told after a third of that.
    following
        .env("SAYLOG_TEST_SERVER", "900")
        .args(["--json", "-c", "/follow in:global after:#1"]);
    let mut follower = Peer::new(following);
    assert_eq!(next(&mut follower)["id"], 2);
    let mut forgotten = cluster
        .psql(name_of(&address))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("psql");
    let mut input = forgotten.stdin.take().expect("a pipe");
    input
        .write_all(b"BEGIN; SELECT nextval('saylog.message_ids');\n")
        .expect("psql reads");
    let mut drawn = String::new();
    let mut output = BufReader::new(forgotten.stdout.take().expect("a pipe"));
    output.read_line(&mut drawn).expect("a number");
    assert_eq!(drawn, "3\n");
    let said = lines(at(home.path(), &address), &["/start", "behind"]);
    assert_eq!((said.stderr.as_str(), said.code), ("", 0));
    let told = next(&mut follower);
    assert_eq!(
        (&told["event"], &told["kind"]),
        (&"error".into(), &"busy".into())
    );
    let told = told["error"].as_str().expect("a sentence").to_owned();
    let before = "the log is shown up to message #2 only: a transaction of `postgres` (process ";
    assert!(told.starts_with(before), "{told}");
    assert!(
        told.ends_with(") may still write something earlier"),
        "{told}"
    );
    // Another round of waiting passes, and nothing is told again: the messages come next.
    // (That nothing happens is no event: a slow machine waits for fewer rounds.)
    cluster.sql(name_of(&address), "SELECT pg_sleep(1)");
    drop(input);
    forgotten.wait().expect("psql ends");
    let behind = [(); 2].map(|()| next(&mut follower)["content"].clone());
    assert_eq!(behind, ["behind", "behind"]);
    follower.signal(Signal::INT);
    assert_eq!(follower.leave().code, 130);
}
