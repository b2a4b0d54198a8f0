//! A file that was cut short beside a write-ahead log that waits: that may be
//! the work of a checkpoint that was killed, so it is read.

use std::fs;

use rustix::process::Signal;

use crate::support::peer::Peer;
use crate::support::run::Saylog;

#[test]
fn a_store_cut_short_beside_a_log_shows_what_is_there_and_says_what_is_not() {
    let saylog = Saylog::new();
    let turns = (1..=150).map(|turn| format!("question {turn}\n"));
    saylog.play(format!("/start\n{}", turns.collect::<String>()));
    let mut peer = Peer::new(saylog.command());
    for line in ["/start", "hello"] {
        peer.ask(line).expect("an answer");
    }
    peer.signal(Signal::KILL);
    peer.leave();
    let log = saylog.folder().join("saylog.db-wal");
    let (whole, waiting) = (
        fs::read(saylog.store()).expect("it"),
        fs::read(&log).expect("its log"),
    );
    assert!(!waiting.is_empty());
    let restore = |size: usize| {
        let _ = fs::remove_file(saylog.folder().join("saylog.db-shm"));
        fs::write(saylog.store(), &whole[..size]).expect("the store");
        fs::write(&log, &waiting).expect("its log");
    };
    restore(whole.len());
    let listing = saylog.lines(&["/log"]).stdout;
    let rows: Vec<&str> = listing.lines().collect();
    assert_eq!(rows.len(), 302);
    for size in (4096..whole.len()).step_by(1111) {
        restore(size);
        let outcome = saylog.lines(&["/log"]);
        let mut rest = rows.iter();
        // There are no checksums: what is left of the row that the cut went
        // through may be taken for one.
        let mut halves = 0;
        for shown in outcome.stdout.lines() {
            let known = rest.clone().position(|row| *row == shown);
            match known {
                Some(at) => rest = rest.as_slice()[at + 1..].iter(),
                None => halves += 1,
            }
        }
        assert!(halves <= 1, "{size} bytes: {}", outcome.stdout);
        let is_whole = outcome.stdout == listing;
        let told = outcome.stderr.lines().count();
        assert_eq!(
            (told, outcome.code),
            if is_whole { (0, 0) } else { (1, 1) },
            "{size} bytes: {}",
            outcome.stderr
        );
        assert!(
            is_whole
                || outcome.stderr.contains(" cannot be read")
                || outcome.stderr.contains("is damaged")
        );
    }
}
