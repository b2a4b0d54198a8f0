//! Sessions as branches: what it costs to move a pointer, to look at a window,
//! and to list sessions, beside a log that is long.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use super::figures::{median, ms, report, row};
use super::saylog::{self, Peer, play};
use super::{bare, time};

/// How often each line is measured.
const ROUNDS: usize = 100;

/// A window that tells a context of 6,000 tokens: a quarter is left for the reply.
const WINDOW: &str = "8000";

/// Each line, the lines that put things back, and the event that ends its answer.
const LINES: [(&str, &[&str], &str); 7] = [
    ("/resume long", &[], "end"),
    ("/undo", &["/redo"], "move"),
    ("/undo 3", &["/redo"], "move"),
    ("/clear", &["/undo"], "clear"),
    ("/fork", &["/resume long"], "fork"),
    ("/context", &[], "end"),
    ("/context at #20", &[], "end"),
];

/// Moves and looks in a session of a million messages, and of ten thousand.
pub(crate) fn branches(folder: &Path) {
    let (short, long) = (folder.join("short.db"), folder.join("long.db"));
    for (path, turns) in [(&short, 5_000), (&long, 500_000)] {
        let script = saylog::one_session(turns).replacen("/start\n", "/start long\n", 1);
        play(path, &script);
    }
    let with = |path: &Path| Peer::json(path, &["--window", WINDOW]);
    let (mut near, mut far) = (with(&short), with(&long));
    near.hear("/resume long", "end");
    far.hear("/resume long", "end");
    let sync = median(bare::syncs(&folder.join("sync"), 200));
    row("one sync", &ms(sync), "");
    println!("{:<44} {:>12} {:>12}", "", "at 1,000,000", "at 10,000");
    for (line, back, end) in LINES {
        let (mut short, mut long) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for (peer, times) in [(&mut near, &mut short), (&mut far, &mut long)] {
                times.push(time(|| peer.hear(line, end)));
                for line in back {
                    let end = if line.starts_with("/resume") {
                        "end"
                    } else {
                        "move"
                    };
                    peer.hear(line, end);
                }
            }
        }
        let (short, long) = (median(short), median(long));
        let goal = "≤ 5 ms beside one sync, the same";
        report(line, &ms(long), &ms(short), long / short, goal);
    }
    let walk = median((0..ROUNDS).map(|_| bare::walk(&long, 6_000)).collect());
    row(
        "  the same walk without saylog",
        &ms(walk),
        "beside /context",
    );
    let (short, long) = (near.peak_kib(), far.peak_kib());
    println!(
        "{:<44} {long:>8} KiB {short:>8} KiB {:>13}",
        "peak memory", "the same"
    );
    drop((near, far));
    turns(&short_and_long(folder));
}

fn short_and_long(folder: &Path) -> [std::path::PathBuf; 2] {
    [folder.join("short.db"), folder.join("long.db")]
}

/// A turn of a model that is told a window: a program that counts what it gets.
fn turns(paths: &[std::path::PathBuf; 2]) {
    let mut peers = paths
        .each_ref()
        .map(|path| Peer::json(path, &["--window", WINDOW, "-m", "cmd:wc -c"]));
    for peer in &mut peers {
        peer.hear("/resume long", "end");
    }
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (peer, times) in peers.iter_mut().zip(&mut times) {
            times.push(time(|| peer.hear("hello", "reply")));
        }
    }
    let [short, long] = times.map(median);
    let name = "a turn with a window of 8,000 tokens";
    report(name, &ms(long), &ms(short), long / short, "≤ 1.2");
}

/// The list of sessions.
pub(crate) fn sessions(folder: &Path) {
    let (own, others) = (folder.join("own.db"), folder.join("others.db"));
    let (mut of_one, mut of_many) = (String::new(), String::new());
    for session in 0..20_000 {
        let _ = writeln!(of_one, "/start\nhello, this is session {session}");
        let user = session % 1_000;
        let _ = writeln!(
            of_many,
            "/user u{user}\n/start\nhello, this is session {session}"
        );
    }
    play(&own, &of_one);
    play(&others, &of_many);
    let mut peer = Peer::json(&others, &[]);
    peer.hear("/user u7", "user");
    let times = (0..ROUNDS).map(|_| time(|| peer.hear("/sessions", "end")));
    let took = median(times.collect());
    row("/sessions, 20 of 20,000", &ms(took), "≤ 20 ms");
    let mut peer = Peer::new(&own);
    let (mut ours, mut theirs, mut first) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..30 {
        let since = Instant::now();
        peer.ask("/sessions");
        first.push(since.elapsed().as_secs_f64());
        // Nineteen thousand nine hundred and ninety-nine more.
        peer.skip(19_999);
        ours.push(since.elapsed().as_secs_f64());
        theirs.push(bare::sessions(&own));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let name = "/sessions, all 20,000 of one user";
    report(name, &ms(ours), &ms(theirs), theirs / ours, "≤ 20 ms");
    row("  its first row", &ms(median(first)), "");
    row("  its peak memory", &format!("{} KiB", peer.peak_kib()), "");
}
