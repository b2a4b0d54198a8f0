//! An archive that is imported into a log on a server, beside a bare COPY of the same rows.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::cluster::Cluster;
use super::figures::{median, report, row};
use super::saylog::{command, high_water};
use super::texts::Random;
use super::transfer::conversation;

/// How many messages the archive has.
const MESSAGES: usize = 1_000_000;

/// The shortest conversation, and how much longer the longest is.
const SHORTEST: usize = 20;
const LONGER: u64 = 81;

/// How many messages are carried in saylog's own form.
const JOINED: usize = 20_000;

/// The most memory that an import may take, in KiB.
const MEMORY: u64 = 64 * 1024;

/// How often each is done.
const ROUNDS: usize = 3;

pub(crate) fn server_import(folder: &Path) {
    // As durable as a server is by default.
    let Some(cluster) = Cluster::start("-c shared_buffers=512MB -c max_wal_size=4GB") else {
        println!("skipped: PostgreSQL is not installed");
        return;
    };
    let archive = folder.join("conversations.json");
    write_archive(&archive, MESSAGES);
    let (mut ours, mut theirs, mut again) = (Vec::new(), Vec::new(), Vec::new());
    let mut peak = 0;
    for _ in 0..ROUNDS {
        let address = cluster.database();
        let name = name_of(&address);
        cluster.sql("postgres", "CHECKPOINT");
        let imported = import(&address, &archive);
        assert_eq!(count(&cluster, name), MESSAGES);
        ours.push(imported.took);
        peak = peak.max(imported.peak_kib);
        let rows = copy_out(&cluster, name, folder);
        again.push(import(&address, &archive).took);
        assert_eq!(count(&cluster, name), MESSAGES);
        cluster.sql("postgres", &format!("DROP DATABASE {name}"));
        theirs.push(copy_in(&cluster, &rows));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let rate = |seconds: f64| format!("{:.0}/s", MESSAGES as f64 / seconds);
    report(
        "server: import of 1,000,000, beside COPY",
        &rate(ours),
        &rate(theirs),
        theirs / ours,
        "≥ 0.5",
    );
    row("  once more", &rate(median(again)), "");
    let limit = format!("≤ {MEMORY} KiB");
    row("  peak memory", &format!("{peak} KiB"), &limit);
    joins(&cluster, folder);
}

/// What is imported in saylog's own form.
fn joins(cluster: &Cluster, folder: &Path) {
    let archive = folder.join("some.json");
    write_archive(&archive, JOINED);
    let address = cluster.database();
    import(&address, &archive);
    let export = folder.join("export.jsonl");
    let line = format!("--format saylog in:global {}", export.display());
    let mut exporting = command(Path::new(&address));
    exporting.args(["--export", &line]).stdout(Stdio::null());
    assert!(exporting.status().expect("it runs").success());
    let other = cluster.database();
    let joined = import(&other, &export);
    assert_eq!(count(cluster, name_of(&other)), JOINED);
    let rate = |seconds: f64| format!("{:.0}/s", JOINED as f64 / seconds);
    row(
        &format!("server: import of saylog's, {JOINED}"),
        &rate(joined.took),
        "",
    );
    let again = import(&other, &export);
    row("  once more", &rate(again.took), "");
}

/// What an import took.
struct Taken {
    took: f64,
    /// The most memory that it had resident.
    peak_kib: u64,
}

/// Imports a file.
fn import(address: &str, file: &Path) -> Taken {
    let mut command = command(Path::new(address));
    command.args(["--import", &file.display().to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let since = Instant::now();
    let mut child = command.spawn().expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait().expect("a state") {
            break ended;
        }
        peak_kib = high_water(&status).max(peak_kib);
        thread::sleep(Duration::from_millis(5));
    };
    assert!(ended.success());
    Taken {
        took: since.elapsed().as_secs_f64(),
        peak_kib,
    }
}

/// The rows of a log, as files for COPY.
fn copy_out(cluster: &Cluster, database: &str, folder: &Path) -> [(&'static str, PathBuf); 2] {
    ["messages", "origins"].map(|table| {
        let file = folder.join(table);
        let copy = format!("\\copy saylog.{table} TO '{}'", file.display());
        let copied = cluster.psql(database).args(["-c", &copy]).status();
        assert!(copied.expect("psql").success());
        (table, file)
    })
}

/// How long psql takes to copy these rows into the empty tables of another log, with their
/// indexes: a COPY of messages and one of origins, each committed by itself, and nothing else.
fn copy_in(cluster: &Cluster, rows: &[(&'static str, PathBuf); 2]) -> f64 {
    let address = cluster.database();
    let name = name_of(&address);
    let mut making = command(Path::new(&address));
    making.args(["-c", "/users"]).stdout(Stdio::null());
    assert!(making.status().expect("it starts").success());
    cluster.sql("postgres", "CHECKPOINT");
    let mut psql = cluster.psql(name);
    for (table, file) in rows {
        let copy = format!("\\copy saylog.{table} FROM '{}'", file.display());
        psql.args(["-c", &copy]);
    }
    let since = Instant::now();
    assert!(psql.status().expect("psql").success());
    let took = since.elapsed().as_secs_f64();
    assert_eq!(count(cluster, name), MESSAGES);
    cluster.sql("postgres", &format!("DROP DATABASE {name}"));
    took
}

/// How many messages a log has.
fn count(cluster: &Cluster, database: &str) -> usize {
    let counted = cluster.sql(database, "SELECT count(*) FROM saylog.messages");
    counted.trim().parse().expect("a number")
}

fn name_of(address: &str) -> &str {
    address.rsplit_once('/').expect("a name").1
}

/// Writes so many messages in conversations of different lengths, as ChatGPT exports them.
fn write_archive(file: &Path, messages: usize) {
    let mut out = BufWriter::new(File::create(file).expect("a file"));
    let (mut random, mut left, mut number) = (Random(23), messages, 0);
    let mut comma = "[";
    while left > 0 {
        let length = (SHORTEST + random.below(LONGER)).min(left);
        let texts: Vec<String> = (0..length).map(|place| random.text(place)).collect();
        let conversation = conversation(number, &texts);
        write!(out, "{comma}{conversation}").expect("it is written");
        (left, number, comma) = (left - length, number + 1, ",");
    }
    out.write_all(b"]").expect("it is written");
    out.flush().expect("it is written");
    let size = fs::metadata(file).expect("a file").len();
    assert!(size > 0);
}
