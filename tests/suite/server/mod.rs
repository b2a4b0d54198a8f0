//! A store on a PostgreSQL server: how it is found, and what goes wrong on the way there
//! and there.
//!
//! Where PostgreSQL is not installed, there is nothing to try. What takes long and many
//! servers is tried only where `SAYLOG_HEAVY=1` is set, which CI does.

mod connecting;
mod encrypted;
mod engines;
mod faults;
mod held_back;
mod leaving;
mod long_texts;
mod pooler;
mod secrets;
mod standby;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::support::cluster::Cluster;
use crate::support::run::{Outcome, SAYLOG, feed};

/// What most sentences about a server that is not there end with.
const IS_IT_RUNNING: &str = "is the server running, and does the network reach it?";

/// The program as Alice runs it, with nothing in its environment but a home.
fn program(home: &Path) -> Command {
    let mut command = Command::new(SAYLOG);
    command
        .env_clear()
        .env("TZ", "UTC")
        .env("HOME", home)
        .env("SAYLOG_TEST_OLLAMA", "none")
        .env("SAYLOG_PAGER", "")
        .current_dir(home)
        .args(["--user", "alice", "--model", "mock:echo"]);
    command
}

/// The same with a store at this address.
fn at(home: &Path, address: &str) -> Command {
    let mut command = program(home);
    command.args(["--store", address]);
    command
}

/// Runs one line for each of these.
fn lines(mut command: Command, lines: &[&str]) -> Outcome {
    for line in lines {
        command.args(["-c", line]);
    }
    feed(command, b"")
}

/// Everything that was said in a database, in the order of the log, as the server has it.
fn said(cluster: &Cluster, database: &str) -> Vec<String> {
    let rows = cluster.sql(
        database,
        "SELECT CASE role WHEN 1 THEN 'user: ' WHEN 2 THEN 'ai: ' END || content
         FROM saylog.messages ORDER BY id",
    );
    rows.lines().map(str::to_owned).collect()
}

/// These turns as [`said`] lists them: each was said, and repeated, once.
fn echoes(turns: impl IntoIterator<Item = String>) -> Vec<String> {
    let both = |turn: String| [format!("user: {turn}"), format!("ai: {turn}")];
    turns.into_iter().flat_map(both).collect()
}

/// The name of the database at an address.
fn name_of(address: &str) -> &str {
    address.rsplit_once('/').expect("a database").1
}

/// A port on which nobody listens just now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
