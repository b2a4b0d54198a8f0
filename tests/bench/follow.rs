//! How soon `/follow` shows what ten writers say, and what it costs while nobody does.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::figures::{report, row};
use super::saylog::{Peer, command, start_one_turn};

const WRITERS: usize = 10;

/// How many turns each writes: two messages each.
const TURNS: usize = 5_000;

/// For so long it is watched while nothing comes.
const IDLE: Duration = Duration::from_secs(5);

pub(crate) fn follow(folder: &Path) {
    let store = folder.join("f.db");
    start_one_turn(&store);
    let mut command = command(&store);
    command.args(["--json", "-c", "/follow in:global after:#2"]);
    let mut follower = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let lines = BufReader::new(follower.stdout.take().expect("a pipe")).lines();
    let wanted = WRITERS * TURNS * 2;
    let (done, when_done) = channel();
    thread::spawn(move || {
        let mut lags = Vec::with_capacity(wanted);
        let (mut next, mut missed) = (3, 0_u64);
        for line in lines {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let event: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
            let id = event["id"].as_u64().expect("an id");
            missed += u64::from(id != next);
            next = id + 1;
            let at: jiff::Timestamp = event["created_at"]
                .as_str()
                .expect("a time")
                .parse()
                .expect("a time");
            let at = Duration::from_millis(u64::try_from(at.as_millisecond()).expect("later"));
            lags.push(now.expect("a clock").saturating_sub(at));
            if lags.len() == wanted {
                break;
            }
        }
        done.send((lags, missed)).expect("somebody waits");
    });
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let store = store.clone();
            thread::spawn(move || {
                let mut peer = Peer::new(&store);
                peer.ask("/start");
                let turn = |_| {
                    let since = Instant::now();
                    peer.ask("hello");
                    since.elapsed()
                };
                (0..TURNS).map(turn).collect::<Vec<_>>()
            })
        })
        .collect();
    let turns = writers
        .into_iter()
        .flat_map(|writer| writer.join().expect("it ends"));
    let turns = p99(turns.collect());
    let (lags, missed) = when_done.recv().expect("it is followed");
    let ms = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1000.0);
    let lag = p99(lags);
    let goal = "≤ 3, or 200 ms";
    let name = "follow, slowest of 100 beside 10";
    report(
        name,
        &ms(lag),
        &ms(turns),
        lag.as_secs_f64() / turns.as_secs_f64(),
        goal,
    );
    row("  missed, or out of order", &missed.to_string(), "0");
    let before = used(&follower);
    thread::sleep(IDLE);
    let share = (used(&follower) - before) / IDLE.as_secs_f64() * 100.0;
    row(
        "  of a core while nothing comes",
        &format!("{share:.2} %"),
        "≤ 1 %",
    );
    let _ = kill_process(Pid::from_child(&follower), Signal::INT);
    follower.wait().expect("it ends");
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

/// How many seconds of processors a process has used.
fn used(child: &Child) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).expect("its state");
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let fields = fields.split_whitespace().skip(11).take(2);
    let ticks: f64 = fields
        .map(|ticks| ticks.parse::<f64>().expect("a number"))
        .sum();
    ticks / 100.0
}
