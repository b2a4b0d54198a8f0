//! How soon `/follow` shows what sixteen writers say on a server, and whether it shows all.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::cluster::Cluster;
use super::figures::{report, row};
use super::saylog::{Peer, command, start_one_turn};

const WRITERS: usize = 16;

/// How many turns each writes: two messages each.
const TURNS: usize = 1_563;

/// For so long what is still missing is waited for once all writers have ended.
const PATIENCE: Duration = Duration::from_secs(30);

/// A message as it was shown.
struct Shown {
    id: u64,
    /// How long after it was said.
    delay: Duration,
}

pub(crate) fn server_follow(_: &Path) {
    // As durable as a server is by default.
    let Some(cluster) = Cluster::start("-c shared_buffers=512MB -c max_wal_size=4GB") else {
        println!("skipped: PostgreSQL is not installed");
        return;
    };
    let address = cluster.database();
    let store = Path::new(&address);
    start_one_turn(store);
    let (mut follower, shown) = follow(store);
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let address = address.clone();
            thread::spawn(move || turns(Path::new(&address)))
        })
        .collect();
    let turns = writers
        .into_iter()
        .flat_map(|writer| writer.join().expect("it ends"));
    let turns = p99(turns.collect());
    let wanted = WRITERS * TURNS * 2;
    let (mut seen, mut doubled, mut unordered) = (HashSet::new(), 0_u64, 0_u64);
    let (mut delays, mut last) = (Vec::with_capacity(wanted), 0);
    while seen.len() < wanted {
        let Ok(message) = shown.recv_timeout(PATIENCE) else {
            break;
        };
        doubled += u64::from(!seen.insert(message.id));
        unordered += u64::from(message.id < last);
        last = message.id;
        delays.push(message.delay);
    }
    let delay = p99(delays);
    let ms = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1000.0);
    report(
        "server: follow, slowest of 100 beside 16",
        &ms(delay),
        &ms(turns),
        delay.as_secs_f64() / turns.as_secs_f64(),
        "≤ 3, or 200 ms",
    );
    let missed = wanted - seen.len();
    row(&format!("  missed of {wanted}"), &missed.to_string(), "0");
    row("  doubled", &doubled.to_string(), "0");
    row("  out of order", &unordered.to_string(), "0");
    let _ = kill_process(Pid::from_child(&follower), Signal::INT);
    follower.wait().expect("it ends");
}

/// Follows everything that is said from now on.
fn follow(store: &Path) -> (Child, Receiver<Shown>) {
    let mut command = command(store);
    command.args(["--json", "-c", "/follow in:global after:#2"]);
    let mut follower = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let lines = BufReader::new(follower.stdout.take().expect("a pipe")).lines();
    let (show, shown) = channel();
    thread::spawn(move || {
        for line in lines {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let event: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
            let said = event["created_at"].as_str().expect("a time");
            let said: jiff::Timestamp = said.parse().expect("a time");
            let said = u64::try_from(said.as_millisecond()).expect("later");
            let delay = now
                .expect("a clock")
                .saturating_sub(Duration::from_millis(said));
            let id = event["id"].as_u64().expect("an id");
            if show.send(Shown { id, delay }).is_err() {
                break;
            }
        }
    });
    (follower, shown)
}

/// How long each turn of a writer takes.
fn turns(store: &Path) -> Vec<Duration> {
    let mut peer = Peer::new(store);
    peer.ask("/start");
    let turn = |_| {
        let since = Instant::now();
        peer.ask("hello");
        since.elapsed()
    };
    (0..TURNS).map(turn).collect()
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 99 / 100]
}
