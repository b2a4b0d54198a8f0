//! What `/stats` takes, beside one bare statement that counts the same.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use rusqlite::Connection;

use super::bare;
use super::figures::{median, report, row};
use super::saylog::{command, high_water};
use super::search;

const MESSAGES: usize = 1_000_000;

/// Counting all messages, by what they are counted apart.
pub(crate) fn stats(folder: &Path) {
    let (large, small) = (folder.join("a.db"), folder.join("b.db"));
    search::say(&large, MESSAGES);
    search::say(&small, MESSAGES / 10);
    let mut peaks = [0, 0];
    for line in [
        "/stats in:global",
        "/stats by user in:global",
        "/stats by session in:global",
        "/stats by day in:global",
        "/stats heat in:global",
    ] {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let (seconds, peak) = count(&large, line);
            ours.push(seconds);
            peaks[0] = peak.max(peaks[0]);
            theirs.push(spawn_bare(&large));
        }
        peaks[1] = count(&small, line).1.max(peaks[1]);
        let (ours, theirs) = (median(ours), median(theirs));
        let shown = |seconds: f64| format!("{:.0} ms", seconds * 1000.0);
        let name = format!("{line}, {MESSAGES} messages");
        report(&name, &shown(ours), &shown(theirs), theirs / ours, "≥ 0.5");
    }
    let name = "  peak memory, and of a tenth of the messages";
    row(name, &format!("{}, {} KiB", peaks[0], peaks[1]), "");
}

/// Runs one line; seconds, and the most memory it took.
fn count(store: &Path, line: &str) -> (f64, u64) {
    let since = Instant::now();
    let mut command = command(store);
    // Then it waits until its memory has been looked at.
    command.args(["--json"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut stdin, format!("{line}\n").as_bytes()).expect("a line");
    let stdout = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    let lines = std::io::BufRead::lines(stdout).map(|line| line.expect("a line"));
    let ended = lines
        .take_while(|line| !line.starts_with("{\"event\":\"end\""))
        .count();
    assert!(ended > 0);
    let seconds = since.elapsed().as_secs_f64();
    let peak = high_water(&format!("/proc/{}/status", child.id()));
    drop(stdin);
    assert!(child.wait().expect("an end").success());
    (seconds, peak)
}

/// Runs the bare statement in a process of its own; seconds.
fn spawn_bare(store: &Path) -> f64 {
    let since = Instant::now();
    let mut command = bare::command("counts", store);
    assert!(
        command
            .stdout(Stdio::null())
            .status()
            .expect("it runs")
            .success()
    );
    since.elapsed().as_secs_f64()
}

/// Counts everything by session, in one statement.
pub(crate) fn bare(store: &Path) {
    let connection = Connection::open(store).expect("the store opens");
    let mut statement = connection
        .prepare(
            "SELECT session, count(*), sum(role = 1), sum(length(content)), sum(prompt_tokens),
                    sum(reply_tokens), sum(status = 2), max(created_at)
             FROM messages GROUP BY session",
        )
        .expect("the statement");
    let mut rows = statement.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        let counts: (i64, i64, i64) = (row.get_unwrap(1), row.get_unwrap(2), row.get_unwrap(3));
        std::hint::black_box(counts);
    }
}
