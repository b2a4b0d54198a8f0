//! The index of the log, beside SQLite's own.
//!
//! The index is measured from inside: what lies above it is measured with its commands.

use std::env;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rusqlite::Connection;

use super::figures::{median, ms, report, row};
use super::saylog::high_water;
use super::searches::{beside_a_build, pattern, searches};
use super::texts::Random;
use super::{bare, time};
use crate::domain::{Draft, Role, SessionId, SessionKey, Timestamp, UserName};
use crate::query::Narrowing;
use crate::store::{Address, Index, IndexQuery, Log, NewSession, Order, Page, Waits};

/// How many messages there are, unless this variable says otherwise.
const MESSAGES: usize = 1_000_000;
const VARIABLE: &str = "SAYLOG_BENCH_MESSAGES";

/// How many users say them, each in sessions of 50 messages.
const USERS: usize = 1_000;

/// The Chinese word that is said most, and its last character.
pub(crate) const CHINESE: [&str; 2] = ["喁僨", "僨"];

/// The index, its first build and what is asked of it.
pub(crate) fn search(folder: &Path) {
    let count = env::var(VARIABLE).ok().and_then(|count| count.parse().ok());
    search_in(folder, count.unwrap_or(MESSAGES));
}

/// The same of ten times as many messages.
pub(crate) fn large(folder: &Path) {
    search_in(folder, 10 * MESSAGES);
}

fn search_in(folder: &Path, count: usize) {
    let store = folder.join("a.db");
    say(&store, count);
    build(&store, count);
    questions(&store);
    searches(&store);
    pattern(&store, count);
    newer(&store);
    beside_a_build(&store);
}

/// Says so many messages.
pub(crate) fn say(store: &Path, count: usize) {
    let (mut log, mut random) = (log(store), Random(0x9e37_79b9_7f4a_7c15));
    let mut sessions: Vec<Option<SessionKey>> = vec![None; USERS];
    for number in 0..count {
        let speaker = random.below(USERS as u64);
        let session = match sessions[speaker].filter(|_| random.below(50) > 0) {
            Some(session) => session,
            None => begin(&mut log, speaker, number),
        };
        sessions[speaker] = Some(session);
        let at = Timestamp(1_700_000_000_000 + 1_000 * i64::try_from(number).expect("few"));
        let is_reply = number % 2 == 1;
        let role = if is_reply { Role::Ai } else { Role::User };
        let text = random.text(number);
        let draft = Draft {
            model: is_reply.then_some("mock"),
            ..Draft::new(role, &text, at)
        };
        log.append(session, &draft).expect("a message");
        if number % 4096 == 0 {
            log.commit().expect("a commit");
        }
    }
    log.commit().expect("a commit");
}

fn begin(log: &mut Log, speaker: usize, number: usize) -> SessionKey {
    let user = UserName::new(&format!("u{speaker}")).expect("a name");
    let id = format!("{number:08x}-0f3a-4c1d-9b7e-{speaker:012x}");
    let session = NewSession {
        user: &user,
        session: SessionId::parse(&id).expect("an id"),
        title: None,
        model: None,
        persona: None,
        at: Timestamp(0),
        system: None,
        preview: None,
        origin: None,
    };
    log.start(&session, None).expect("a session")
}

fn log(store: &Path) -> Log {
    let address = Address::File(store.to_owned());
    let waits = Waits {
        is_over: Box::new(|| false),
        tell: Box::new(|_| {}),
        patience: std::time::Duration::MAX,
        silence: std::time::Duration::MAX,
        give_up: std::time::Duration::MAX,
        variable: |_| None,
    };
    crate::store::open(&address, waits).expect("the store opens")
}

/// The first build in a process of its own, beside one `INSERT … SELECT`; both by
/// the processor's time, which others on the machine change least.
fn build(store: &Path, count: usize) {
    let (mut ours, mut theirs, mut peak) = (Vec::new(), Vec::new(), 0.0);
    for _ in 0..3 {
        for file in [index_of(store), builtin_of(store)] {
            remove(&file);
        }
        let [seconds, kib] = in_own_process("index", store);
        ours.push(count as f64 / seconds);
        peak = kib.max(peak);
        let [seconds, _] = in_own_process("builtin", store);
        theirs.push(count as f64 / seconds);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let shown = |rate: f64| format!("{:.0} k/s", rate / 1000.0);
    let name = format!("first build of the index, {count} messages");
    report(&name, &shown(ours), &shown(theirs), ours / theirs, "≥ 0.5");
    row("  its peak memory", &format!("{peak} KiB"), "≤ 131072 KiB");
    println!("{:<44} {:>12} {:>12}", "", "the index", "the log");
    let size = |path: &Path| fs::metadata(path).expect("a file").len() as f64;
    let (index, log) = (size(&index_of(store)), size(store));
    let mib = |bytes: f64| format!("{:.1} MiB", bytes / 1024.0 / 1024.0);
    report("  its size", &mib(index), &mib(log), index / log, "≤ 0.7");
}

/// Removes a database.
pub(crate) fn remove(file: &Path) {
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", file.display()));
    }
}

pub(crate) fn index_of(store: &Path) -> PathBuf {
    PathBuf::from(format!("{}-index", store.display()))
}

fn builtin_of(store: &Path) -> PathBuf {
    PathBuf::from(format!("{}-builtin", store.display()))
}

fn in_own_process(role: &str, store: &Path) -> [f64; 2] {
    let mut command = bare::command(role, store);
    let output = command.stderr(Stdio::inherit()).output().expect("it runs");
    assert!(output.status.success());
    let told = String::from_utf8(output.stdout).expect("numbers");
    let numbers: Vec<f64> = told
        .split_whitespace()
        .map(|n| n.parse().expect("a number"))
        .collect();
    numbers.try_into().expect("two of them")
}

/// A process that makes the index of a store.
pub(crate) fn index(store: &Path) {
    let mut log = log(store);
    let before = processor_seconds();
    catch_up(&mut open(store), &mut log);
    tell(before);
}

/// A process that makes what SQLite makes of the same texts.
pub(crate) fn builtin(store: &Path) {
    let connection = Connection::open(builtin_of(store)).expect("a file");
    let attach = format!("ATTACH '{}' AS log", store.display());
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
        .and_then(|()| connection.execute_batch(&attach))
        .expect("the settings");
    let before = processor_seconds();
    connection
        .execute_batch(
            "CREATE VIRTUAL TABLE f USING fts5(content, content='');
             INSERT INTO f (rowid, content) SELECT id, content FROM log.messages ORDER BY id",
        )
        .expect("an index");
    tell(before);
}

fn tell(before: f64) {
    let seconds = processor_seconds() - before;
    println!("{seconds} {}", high_water("/proc/self/status"));
}

/// What this process has had of the processor.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("a process");
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks = |at: usize| fields[at].parse::<f64>().expect("ticks");
    (ticks(11) + ticks(12)) / 100.0
}

fn open(store: &Path) -> Index {
    Index::open(store).expect("the index opens")
}

fn catch_up(index: &mut Index, log: &mut Log) {
    let reached = index.catch_up(log, &mut |_, _| ControlFlow::Continue(()));
    assert!(reached.expect("it can be written"));
}

/// Questions, each beside the bare statement on the same tables.
fn questions(store: &Path) {
    let mut index = open(store);
    let bare = Connection::open(index_of(store)).expect("the index");
    let term = |term: &str| Narrowing::Term(term.into());
    let both = Narrowing::All(vec![term("w1"), term("w2")]);
    let newest = "ORDER BY rowid DESC LIMIT 20";
    for (name, words, terms, goal) in [
        (
            "rare word, newest 20",
            term("needle"),
            "\"needle\"",
            "≤ 5 ms",
        ),
        ("common word, newest 20", term("w1"), "\"w1\"", "≤ 5 ms"),
        (
            "two common words, newest 20",
            both,
            "\"w1\" AND \"w2\"",
            "≤ 5 ms",
        ),
        (
            "two Chinese characters, newest 20",
            term(CHINESE[0]),
            "\"喁僨\"",
            "≤ 10 ms",
        ),
        (
            "one, newest 20",
            Narrowing::Prefix(CHINESE[1].into()),
            "\"僨\"*",
            "≤ 10 ms",
        ),
    ] {
        let query = IndexQuery::new(words);
        let page = Page::newest(20);
        let ours = || index.candidates(&query, &page).expect("ids").len();
        compare(name, ours, &bare, terms, newest, goal);
    }
    let common = IndexQuery::new(term("w1"));
    let sql = "SELECT count(*) FROM terms WHERE terms MATCH ?1";
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..11 {
        ours.push(time(|| assert!(index.count(&common).expect("a count") > 0)));
        theirs.push(time(|| {
            let count: i64 = bare
                .query_row(sql, ["\"w1\""], |row| row.get(0))
                .expect("a count");
            assert!(count > 0);
        }));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    report(
        "common word, count",
        &ms(ours),
        &ms(theirs),
        ours / theirs,
        "≤ 100 ms",
    );
    let either = IndexQuery::new(Narrowing::Any(vec![term("w1"), term("w3")]));
    let ranked =
        (0..11).map(|_| time(|| assert!(!index.ranked(&either, 20).expect("ids").ids.is_empty())));
    row(
        "one of two common words, best 20",
        &ms(median(ranked.collect())),
        "≤ 150 ms",
    );
    let opened = (0..101).map(|_| time(|| drop(open(store))));
    row(
        "the index is opened and closed",
        &ms(median(opened.collect())),
        "",
    );
}

/// Asks the same in both ways.
fn compare(
    name: &str,
    mut ours: impl FnMut() -> usize,
    bare: &Connection,
    terms: &str,
    order: &str,
    goal: &str,
) {
    let sql = format!("SELECT rowid FROM terms WHERE terms MATCH ?1 {order}");
    let (mut saylog, mut limit) = (Vec::new(), Vec::new());
    for _ in 0..101 {
        let mut found = 0;
        saylog.push(time(|| found = ours()));
        limit.push(time(|| {
            let mut statement = bare.prepare_cached(&sql).expect("the statement");
            let ids = statement.query_map([terms], |row| row.get::<_, i64>(0));
            assert_eq!(ids.expect("ids").count(), found);
        }));
        assert!(found > 0, "{name}");
    }
    let (saylog, limit) = (median(saylog), median(limit));
    report(name, &ms(saylog), &ms(limit), saylog / limit, goal);
}

/// What a hundred new messages cost the next question, beside one `INSERT … SELECT` of them.
fn newer(store: &Path) {
    let (mut log, mut index) = (log(store), open(store));
    let builtin = Connection::open(builtin_of(store)).expect("the other index");
    let attach = format!("ATTACH '{}' AS log", store.display());
    builtin.execute_batch(&attach).expect("the log");
    builtin
        .execute_batch("PRAGMA synchronous = NORMAL")
        .expect("the setting");
    let sql = "INSERT INTO f (rowid, content)
               SELECT id, content FROM log.messages WHERE id > ?1 ORDER BY id";
    let (mut ours, mut theirs, mut random) = (Vec::new(), Vec::new(), Random(7));
    for _ in 0..31 {
        let session = begin(
            &mut log,
            0,
            usize::try_from(random.next() >> 33).expect("few"),
        );
        let last = index.upto().expect("how far it goes");
        for number in 0..100 {
            let text = random.text(number);
            let draft = Draft::new(Role::User, &text, Timestamp(1_800_000_000_000));
            log.append(session, &draft).expect("a message");
        }
        log.commit().expect("a commit");
        ours.push(time(|| catch_up(&mut index, &mut log)));
        theirs.push(time(|| {
            assert_eq!(builtin.execute(sql, [last.0]).expect("they are added"), 100);
        }));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    report(
        "catching up 100 messages",
        &ms(ours),
        &ms(theirs),
        ours / theirs,
        "≤ 5 ms",
    );
    let page = Page {
        order: Order::OldestFirst,
        ..Page::newest(1)
    };
    let first = index.candidates(&IndexQuery::new(Narrowing::Everything), &page);
    assert_eq!(first.expect("ids").len(), 1);
}
