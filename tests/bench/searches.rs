//! Searches as a person types them: whole processes, beside bare statements on the same
//! tables; a pattern beside a bare scan; and what others notice of a build.

use std::path::Path;
use std::process::Stdio;

use regex::Regex;
use rusqlite::Connection;

use super::figures::{median, ms, report, row};
use super::saylog::{Peer, command};
use super::search::{CHINESE, index_of, remove};
use super::{bare, time};

/// How often each is done.
const ROUNDS: usize = 21;

/// A pattern that no index narrows, and nothing suits.
const PATTERN: &str = "[0-9]{9}";

/// What is typed, what FTS5 is asked for the same, and what it is called here.
const SEARCHES: [(&str, &str, &str); 6] = [
    ("rare word", "needle", "\"needle\""),
    ("common word", "w1", "\"w1\""),
    ("two common words", "w1 w2", "\"w1\" AND \"w2\""),
    ("two Chinese characters", CHINESE[0], "\"喁僨\""),
    ("one", CHINESE[1], "\"僨\"*"),
    (
        "common word of a user",
        "user:u7 w1",
        "\"w1\" AND \"\u{E000}uu7\"",
    ),
];

/// The newest 20 of what is searched, less the start of the program.
pub(crate) fn searches(store: &Path) {
    let start = median(rounds(|| play(store, &["-c", "/user"])));
    let shown = ms(start);
    row("the program starts, and says who speaks", &shown, "");
    for (name, typed, terms) in SEARCHES {
        let sql = "SELECT rowid FROM terms WHERE terms MATCH ?1 ORDER BY rowid DESC LIMIT 20";
        let bare = rounds(|| statement(store, sql, &[&terms]));
        let query = format!("in:global {typed}");
        let ours = rounds(|| play(store, &["--search", &query]));
        compare(name, median(ours) - start, median(bare), 5.0);
    }
    // A day of the log, at a message a second; the ids of its messages are known here.
    let sql = "SELECT rowid FROM terms_docsize WHERE id <= ?1 ORDER BY id DESC LIMIT 20";
    let bare = rounds(|| statement(store, sql, &[&500_000]));
    let day = "in:global since:2023-11-20 before:2023-11-21";
    let ours = rounds(|| play(store, &["--utc", "--search", day]));
    compare("a page of a day", median(ours) - start, median(bare), 5.0);
    // The best of the newest 200,000.
    let low = "SELECT min(rowid) FROM (SELECT rowid FROM terms WHERE terms MATCH '\"w1\"'
               ORDER BY rowid DESC LIMIT 200000)";
    let low: i64 = open(store)
        .query_row(low, [], |row| row.get(0))
        .expect("a range");
    let sql = "SELECT rowid FROM terms WHERE terms MATCH '\"w1\"' AND rowid >= ?1
               ORDER BY rank LIMIT 20";
    let bare = rounds(|| statement(store, sql, &[&low]));
    let ours = rounds(|| play(store, &["-c", "/search --rank in:global w1"]));
    let (ours, bare) = (median(ours) - start, median(bare));
    let goal = "≤ 1.5, ≤ 150 ms";
    report(
        "common word, best 20",
        &ms(ours),
        &ms(bare),
        ours / bare,
        goal,
    );
}

/// A pattern that no index narrows, beside a bare scan of the texts.
pub(crate) fn pattern(store: &Path, count: usize) {
    let query = format!("in:global /{PATTERN}/");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        ours.push(play(store, &["--search", &query]));
        theirs.push(time(|| {
            let mut scan = bare::command("scan", store);
            assert!(scan.status().expect("it runs").success());
        }));
    }
    let rate = |seconds: f64| count as f64 / seconds;
    let (ours, theirs) = (rate(median(ours)), rate(median(theirs)));
    let shown = |rate: f64| format!("{:.2} M/s", rate / 1_000_000.0);
    let name = "a pattern without a literal, messages";
    report(name, &shown(ours), &shown(theirs), ours / theirs, "≥ 0.7");
}

/// A process that looks for the pattern in all texts, newest first.
pub(crate) fn scan(store: &Path) {
    let connection = Connection::open(store).expect("the store opens");
    let regex = Regex::new(PATTERN).expect("a pattern");
    let mut statement = connection
        .prepare("SELECT content FROM messages ORDER BY id DESC")
        .expect("the statement");
    let mut rows = statement.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        let text = row.get_ref(0).expect("a text").as_str().expect("UTF-8");
        assert!(!regex.is_match(text));
    }
}

/// The slowest turns of a program while another process makes the index, and as many
/// without that.
pub(crate) fn beside_a_build(store: &Path) {
    let mut peer = Peer::new(store);
    peer.ask("/start");
    let (mut beside, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        remove(&index_of(store));
        let mut build = bare::command("index", store);
        let mut build = build.stdout(Stdio::null()).spawn().expect("it starts");
        while build.try_wait().expect("a state").is_none() {
            beside.push(time(|| peer.ask("hello")));
        }
        for _ in 0..beside.len() - alone.len() {
            alone.push(time(|| peer.ask("hello")));
        }
    }
    println!("{:<44} {:>12} {:>12}", "", "with", "without");
    let name = format!("turns while the index is made, {} each", alone.len());
    beside.sort_by(f64::total_cmp);
    alone.sort_by(f64::total_cmp);
    let last = alone.len() - 1;
    for (name, at, goal) in [
        (name.as_str(), last / 2, ""),
        ("  slower than 99 of 100", last - last / 100, ""),
        ("  the slowest", last, "≤ 2"),
    ] {
        let (with, without) = (beside[at], alone[at]);
        report(name, &ms(with), &ms(without), with / without, goal);
    }
}

fn rounds(mut work: impl FnMut() -> f64) -> Vec<f64> {
    (0..ROUNDS).map(|_| work()).collect()
}

/// How long the program takes with these arguments.
fn play(store: &Path, arguments: &[&str]) -> f64 {
    let mut command = command(store);
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    time(|| assert!(command.status().expect("it runs").success()))
}

fn open(store: &Path) -> Connection {
    Connection::open(index_of(store)).expect("the index opens")
}

/// How long a statement takes on the tables of the index, just opened.
fn statement(store: &Path, sql: &str, values: &[&dyn rusqlite::ToSql]) -> f64 {
    let connection = open(store);
    time(|| {
        let mut statement = connection.prepare(sql).expect("the statement");
        let ids = statement.query_map(values, |row| row.get::<_, i64>(0));
        assert!(ids.expect("ids").count() > 0);
    })
}

/// What is taken more than the start, beside the bare statement: so many milliseconds
/// more than half as much again are allowed.
fn compare(name: &str, ours: f64, bare: f64, more: f64) {
    let limit = 1.5 * bare + more / 1000.0;
    let goal = format!("≤ {}", ms(limit));
    report(name, &ms(ours.max(0.0)), &ms(bare), ours / bare, &goal);
}
