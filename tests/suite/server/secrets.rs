//! A password is nowhere to be seen.

use std::fs;

use tempfile::tempdir;

use super::connecting::open_server;
use super::{at, lines, program};
use crate::support::peer::Peer;
use crate::support::run::check;

const IN_AN_ARGUMENT: &str = "saylog: --store: a password does not belong in an argument, which \
    everybody on this machine can see; SAYLOG_STORE, PGPASSWORD, PGPASSFILE, ~/.pgpass, a \
    service file or the configuration may hold it\n";

#[test]
fn a_password_in_an_argument_is_refused_and_not_repeated() {
    let Some((_, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    for address in [
        format!("postgres://ann:s3cret@127.0.0.1:{port}/talk"),
        format!("postgres://ann@127.0.0.1:{port}/talk?password=s3cret"),
        format!("postgresql://ann@127.0.0.1:{port}/talk?sslmode=disable&pass%77ord=s3cret"),
    ] {
        let outcome = lines(at(home.path(), &address), &["/start"]);
        check(&outcome, "", IN_AN_ARGUMENT, 2);
    }
}

#[test]
fn a_password_in_a_variable_works_and_is_shown_nowhere() {
    let Some((cluster, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let mut command = program(home.path());
    command.env(
        "SAYLOG_STORE",
        format!("postgres://ann:s3cret@127.0.0.1:{port}/talk"),
    );
    let mut peer = Peer::new(command);
    assert!(peer.ask("/start").is_some());
    assert_eq!(peer.ask("hello").as_deref(), Some("hello"));
    let process = peer.process().as_raw_nonzero();
    let arguments = fs::read(format!("/proc/{process}/cmdline")).unwrap();
    let arguments = String::from_utf8_lossy(&arguments).into_owned();
    for line in ["/info", "/log global", "/sessions", "/nonsense"] {
        peer.say(line);
    }
    let outcome = peer.hang_up();
    let told = format!("store: postgres://ann@127.0.0.1:{port}/talk\n");
    assert!(outcome.stdout.contains(&told), "{}", outcome.stdout);
    let seen = [arguments, outcome.stdout, outcome.stderr].concat();
    assert!(!seen.contains("s3cret"), "{seen}");
    let log = fs::read_to_string(cluster.folder().join("log")).unwrap();
    assert!(!log.contains("s3cret"), "{log}");

    // Nor in what is told of a store that cannot be opened.
    let mut command = program(home.path());
    let address = format!("postgres://ann:wr0ng@127.0.0.1:{port}/talk?password=wr0ng2");
    command.env("SAYLOG_STORE", address);
    let outcome = lines(command, &["/start"]);
    let told = format!(
        "saylog: the store `postgres://ann@127.0.0.1:{port}/talk` cannot be opened: the server \
         does not let this user in; is the name right, and the password (PGPASSWORD, PGPASSFILE \
         or ~/.pgpass)?\n"
    );
    check(&outcome, "", &told, 1);
}
