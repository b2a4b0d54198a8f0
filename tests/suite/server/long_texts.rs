//! Texts that are longer than an index of the server takes: the terms of searches are cut,
//! and the text decides.

use tempfile::tempdir;

use super::{at, lines, name_of};
use crate::support::cluster::Cluster;
use crate::support::run::{check, feed};

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
        "nothing was found; `in:global` looks among everybody's, `word*` for what begins so\n",
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
