//! Long texts: they are longer than an index of the server takes, so that the terms of
//! searches are cut and the text decides, and a page of them is short.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use tempfile::tempdir;

use super::{at, lines, name_of};
use crate::support::cluster::Cluster;
use crate::support::run::{check, feed};

#[test]
fn a_log_of_long_messages_is_listed_without_much_memory() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let (home, address) = (tempdir().expect("a folder"), cluster.database());
    let outcome = lines(at(home.path(), &address), &["/start"]);
    assert_eq!(outcome.code, 0);
    // Short ones come first, so that it reads ahead; then 400 MiB.
    let sql =
        "INSERT INTO saylog.messages (id, session, seq, created_at, nonce, role, status, content)
        SELECT nextval('saylog.message_ids'), 1, n, n, 0, 1, 0,
               repeat('.', CASE WHEN n <= 3000 THEN 10 ELSE 2 * 1024 * 1024 END)
        FROM generate_series(1, 3200) AS n";
    cluster.sql(name_of(&address), sql);
    let mut command = at(home.path(), &address);
    command
        .args(["--json", "-c", "/log"])
        .stdout(Stdio::piped());
    let mut listing = command.spawn().expect("it starts");
    let mut output = BufReader::new(listing.stdout.take().expect("a pipe"));
    let (mut line, mut count, mut peak) = (Vec::new(), 0, 0);
    while count < 3_200 {
        line.clear();
        let read = output.read_until(b'\n', &mut line).expect("a line");
        assert!(read > 0, "it ended behind {count} messages");
        count += 1;
        // More is to come than a pipe holds, so it is still there.
        if count < 3_199 {
            peak = peak.max(peak_of(listing.id()));
        }
    }
    std::io::copy(&mut output, &mut std::io::sink()).expect("the end");
    assert!(listing.wait().expect("an end").success());
    assert!(peak < 64 * 1024, "{peak} KiB");
}

/// The peak of a process's memory in KiB.
fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = line.and_then(|line| line.split_whitespace().next());
    peak.expect("a peak").parse().expect("a number")
}

#[test]
fn a_message_of_16_mib_without_a_blank_is_kept_and_found() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let (home, address) = (tempdir().expect("a folder"), cluster.database());
    let words = ["a".repeat(16 * 1024 * 1024), "漢".repeat(64 * 1024)];
    let command = at(home.path(), &address);
    let transcript = format!("/start\n{}\n{}\nneedle\n", words[0], words[1]);
    let outcome = feed(command, transcript.as_bytes());
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let found = |query: &str| {
        let told = lines(at(home.path(), &address), &[query]);
        assert_eq!((told.stderr.as_str(), told.code), ("", 0), "{query}");
        told.stdout
    };
    assert!(found("/search needle").contains(" #5 user -: needle\n"));
    assert!(found("/search aaa* role:user").contains(" #1 user "));
    assert!(found("/search 漢漢").contains(" #3 user "));
    // The beginning of a word suits no longer than what is wanted does.
    let longer = format!("/search {}b", "a".repeat(100));
    check(
        &lines(at(home.path(), &address), &[&longer]),
        "",
        "nothing was found; `in:global` looks among everybody's, `word*` for what begins so, `/resume WORDS` in titles\n",
        0,
    );
    let kept = "SELECT octet_length(content) FROM saylog.messages WHERE role = 1 ORDER BY id";
    assert_eq!(
        cluster.sql(name_of(&address), kept),
        "16777216\n196608\n6\n"
    );
    let longest = "SELECT max(octet_length(t)) FROM saylog.terms, unnest(terms) AS t";
    assert_eq!(cluster.sql(name_of(&address), longest), "64\n");
}
