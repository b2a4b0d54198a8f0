//! Benchmarks: saylog beside a bare program that does the same work straight
//! against rusqlite, in the same run, so that each result is a ratio.
//!
//! `cargo bench` runs them all, `cargo bench -- turn` those with `turn` in
//! their name. Nothing here is a test: machines differ and are shared, so the
//! goals are printed beside the results and judged by a person.

#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

mod bare;
mod branches;
mod figures;
mod follow;
mod installed;
mod models;
mod saylog;
mod search;
mod searches;
#[cfg(feature = "postgres")]
mod server;
#[cfg(feature = "postgres")]
mod server_follow;
#[cfg(feature = "postgres")]
mod server_import;
mod shown;
mod stats;
mod texts;
mod transfer;
mod turns;

#[cfg(feature = "postgres")]
#[allow(dead_code)]
#[path = "../suite/support/cluster.rs"]
mod cluster;

// What no command shows by itself is measured from inside.
#[path = "../../src/domain/mod.rs"]
#[allow(warnings, clippy::all, clippy::pedantic)]
mod domain;
#[path = "../../src/query/mod.rs"]
#[allow(warnings, clippy::all, clippy::pedantic)]
mod query;
#[path = "../../src/store/mod.rs"]
#[allow(warnings, clippy::all, clippy::pedantic)]
mod store;

use std::env;
use std::path::Path;
use std::thread;
use std::time::Instant;

use figures::{median, ms, report, row};
use saylog::{Peer, peak_of_listing, play, play_with, start_one_turn};

/// One benchmark: its name, and what it does in a fresh folder.
type Bench = (&'static str, fn(&Path));

const BENCHES: &[Bench] = &[
    ("start", start),
    ("lockstep", lockstep),
    ("piped", piped),
    ("many-users", many_users),
    ("json-input", json_input),
    ("together", together),
    ("turn", turn),
    ("listing", listing),
    ("commands", commands),
    ("branches", branches::branches),
    ("sessions", branches::sessions),
    ("models", models::models),
    ("kept-connection", turns::turns),
    ("shown", shown::shown),
    ("search", search::search),
    ("transfer", transfer::transfer),
    ("follow", follow::follow),
    ("stats", stats::stats),
    #[cfg(feature = "postgres")]
    ("server-start", server::server_start),
    #[cfg(feature = "postgres")]
    ("server-turns", server::server_turns),
    #[cfg(feature = "postgres")]
    ("server-writers", server::server_writers),
    #[cfg(feature = "postgres")]
    ("server-piped", server::server_piped),
    #[cfg(feature = "postgres")]
    ("server-reading", server::server_reading),
    #[cfg(feature = "postgres")]
    ("server-import", server_import::server_import),
    #[cfg(feature = "postgres")]
    ("server-follow", server_follow::server_follow),
];

/// What takes minutes, and is done only if it is named.
const LARGE: Bench = ("large", search::large);

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [role, rest @ ..] = arguments.as_slice()
        && role == "bare"
    {
        return bare::main(rest);
    }
    let programs = tempfile::tempdir().expect("a temporary folder");
    installed::install(programs.path());
    let wanted = arguments.iter().find(|word| !word.starts_with('-'));
    println!(
        "{:<44} {:>12} {:>12} {:>7}  goal",
        "", "saylog", "bare", "ratio"
    );
    if wanted.is_some_and(|wanted| wanted == LARGE.0) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        return LARGE.1(folder.path());
    }
    for &(name, bench) in BENCHES {
        if wanted.is_none_or(|wanted| name.contains(wanted.as_str())) {
            let folder = tempfile::tempdir().expect("a temporary folder");
            bench(folder.path());
        }
    }
}

/// Start, one turn, exit, on a store that exists.
fn start(folder: &Path) {
    let (ours, theirs) = (folder.join("a.db"), folder.join("b.db"));
    start_one_turn(&ours);
    bare::commits(&theirs, 1);
    let (mut saylog, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        saylog.push(start_one_turn(&ours));
        bare.push(bare::spawn_one_turn(&theirs));
    }
    let (saylog, bare) = (median(saylog), median(bare));
    report(
        "start, one turn, exit",
        &ms(saylog),
        &ms(bare),
        saylog / bare,
        "≤ 1.3",
    );
}

/// A program on the other side of two pipes, one line at a time.
fn lockstep(folder: &Path) {
    const TURNS: u32 = 3000;
    let (mut saylog, mut bare, mut piped) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..5 {
        let mut peer = Peer::new(&folder.join(format!("a{round}.db")));
        peer.ask("/start");
        saylog.push(per_second(TURNS, || {
            for _ in 0..TURNS {
                peer.ask("hello");
            }
        }));
        let path = folder.join(format!("b{round}.db"));
        bare.push(per_second(TURNS, || bare::commits(&path, TURNS)));
        let mut other = Peer::bare(&folder.join(format!("c{round}.db")));
        piped.push(per_second(TURNS, || {
            for _ in 0..TURNS {
                other.ask("hello");
            }
        }));
    }
    let (saylog, bare, piped) = (median(saylog), median(bare), median(piped));
    let shown = |rate: f64| format!("{rate:.0} /s");
    report(
        "lockstep turns, bare without pipes",
        &shown(saylog),
        &shown(bare),
        saylog / bare,
        "≥ 0.8",
    );
    report(
        "lockstep turns, bare behind pipes too",
        &shown(saylog),
        &shown(piped),
        saylog / piped,
        "",
    );
}

fn per_second(count: u32, work: impl FnOnce()) -> f64 {
    let since = Instant::now();
    work();
    f64::from(count) / since.elapsed().as_secs_f64()
}

/// A hundred thousand turns of one session through a pipe.
fn piped(folder: &Path) {
    let script = saylog::one_session(100_000);
    compare("100,000 piped turns, one session", folder, &script, "≥ 0.6");
}

/// The same by a thousand users at random.
fn many_users(folder: &Path) {
    let script = saylog::many_users(100_000, 1_000, 20);
    compare(
        "100,000 piped turns, 1,000 users at random",
        folder,
        &script,
        "≥ 0.5",
    );
}

/// The same turns as lines of JSON and as plain lines, both answered in JSON.
fn json_input(folder: &Path) {
    const TURNS: usize = 100_000;
    let (plain, json) = (saylog::one_session(TURNS), saylog::as_json(TURNS));
    let (mut lines, mut values) = (Vec::new(), Vec::new());
    for round in 0..5 {
        let rate = |kind: &str, script: &str, arguments: &[&str]| {
            let path = folder.join(format!("{kind}{round}.db"));
            TURNS as f64 / play_with(&path, script, arguments).as_secs_f64()
        };
        lines.push(rate("a", &plain, &["--json"]));
        values.push(rate("b", &json, &["--input", "json"]));
    }
    let (lines, values) = (median(lines), median(values));
    let shown = |rate: f64| format!("{:.0} k/s", rate / 1000.0);
    println!("{:<44} {:>12} {:>12}", "", "JSON lines", "plain lines");
    report(
        "100,000 piped turns, answered in JSON",
        &shown(values),
        &shown(lines),
        values / lines,
        "≥ 0.7",
    );
}

fn compare(name: &str, folder: &Path, script: &str, goal: &str) {
    let rows = bare::Rows::of(script);
    let (mut saylog, mut bare) = (Vec::new(), Vec::new());
    for round in 0..5 {
        let messages = rows.messages() as f64;
        let time = play(&folder.join(format!("a{round}.db")), script);
        saylog.push(messages / time.as_secs_f64());
        let path = folder.join(format!("b{round}.db"));
        let since = Instant::now();
        rows.write(&path);
        bare.push(messages / since.elapsed().as_secs_f64());
    }
    let (saylog, bare) = (median(saylog), median(bare));
    let shown = |rate: f64| format!("{:.0} k/s", rate / 1000.0);
    report(name, &shown(saylog), &shown(bare), saylog / bare, goal);
}

/// Ten programs in one session, each of which speaks line by line.
///
/// SQLite's own busy timeout, with which those who have waited longest wait
/// longest, makes the slowest turn take 1.0 to 1.6 s.
fn together(folder: &Path) {
    let path = folder.join("a.db");
    play(&path, &saylog::one_session(1));
    let mut times: Vec<f64> = thread::scope(|scope| {
        let speakers: Vec<_> = (0..10)
            .map(|_| {
                scope.spawn(|| {
                    let mut peer = Peer::resumed(&path);
                    let turns = (0..200).map(|_| time(|| peer.ask("hello")));
                    turns.collect::<Vec<_>>()
                })
            })
            .collect();
        let all = speakers
            .into_iter()
            .flat_map(|speaker| speaker.join().expect("its end"));
        all.collect()
    });
    times.sort_by(f64::total_cmp);
    let slowest = times[times.len() - 1];
    row("a turn beside nine others", &ms(median(times)), "");
    row("  the slowest of 2,000", &ms(slowest), "≤ 1 s");
}

/// The cost of a turn in a short and in a very long session.
fn turn(folder: &Path) {
    let (short, long) = (folder.join("short.db"), folder.join("long.db"));
    play(&short, &saylog::one_session(5));
    play(&long, &saylog::one_session(500_000));
    let (mut near, mut far) = (Peer::resumed(&short), Peer::resumed(&long));
    let (mut short, mut long) = (Vec::new(), Vec::new());
    for _ in 0..4000 {
        long.push(time(|| far.ask("hello")));
        short.push(time(|| near.ask("hello")));
    }
    let (short, long) = (median(short), median(long));
    println!("{:<44} {:>12} {:>12}", "", "at 1,000,000", "at 10");
    report(
        "a turn in a session of so many messages",
        &ms(long),
        &ms(short),
        long / short,
        "≤ 1.2",
    );
}

fn time(work: impl FnOnce()) -> f64 {
    let since = Instant::now();
    work();
    since.elapsed().as_secs_f64()
}

/// The whole log as JSON.
fn listing(folder: &Path) {
    let (large, small) = (folder.join("large.db"), folder.join("small.db"));
    play(&large, &saylog::many_users(500_000, 1_000, 20));
    play(&small, &saylog::many_users(5_000, 1_000, 1));
    let (mut saylog, mut bare, mut first) = (Vec::new(), Vec::new(), Vec::new());
    let mut peak = 0;
    for _ in 0..5 {
        let listing = peak_of_listing(&large);
        saylog.push(listing.took.as_secs_f64());
        first.push(listing.first_row.as_secs_f64());
        peak = peak.max(listing.peak_kib);
        bare.push(bare::spawn_listing(&large));
    }
    let (saylog, bare) = (median(saylog), median(bare));
    report(
        "/history global --json, 1,000,000 messages",
        &ms(saylog),
        &ms(bare),
        bare / saylog,
        "≥ 0.7",
    );
    row("  its first row", &ms(median(first)), "≤ 50 ms");
    row("  its peak memory", &format!("{peak} KiB"), "≤ 32768 KiB");
    let small = peak_of_listing(&small).peak_kib;
    row(
        "  its peak memory for 10,000 messages",
        &format!("{small} KiB"),
        "the same",
    );
}

/// Moving pointers beside a million messages.
fn commands(folder: &Path) {
    let path = folder.join("a.db");
    play(&path, &saylog::one_session(500_000));
    let mut peer = Peer::resumed(&path);
    let sync = median(bare::syncs(&folder.join("sync"), 200));
    for (name, before, line) in [
        ("/clear at 1,000,000 messages", "hello", "/clear"),
        ("/user at 1,000,000 messages", "/user bob", "/user alice"),
        ("/start at 1,000,000 messages", "hello", "/start"),
    ] {
        let mut times = Vec::new();
        for _ in 0..200 {
            peer.ask(before);
            times.push(time(|| peer.ask_all(line)));
        }
        let took = median(times);
        report(
            name,
            &ms(took),
            &ms(sync),
            took / sync,
            "≤ 5 ms beside one sync",
        );
    }
}
