//! Where the time and new ids come from: the system, or a test.
//!
//! Seven environment variables, which `--help` does not tell of, make what the
//! program prints the same in every run, however busy the machine is:
//!
//! * `SAYLOG_TEST_CLOCK=1795354327120+1`: the clock stands at this time,
//!   milliseconds since 1970, and goes on by one at each look; without `+1` it
//!   stands still.
//! * `SAYLOG_TEST_SEED=7`: session ids are made from this number and a counter.
//!   They are version 4 UUIDs, but two processes with the same seed draw the
//!   same ones, which one store does not take.
//! * `SAYLOG_TEST_PATIENCE=0`: so many milliseconds pass before a wait is told, or
//!   how far an import or export is, or an Ollama given up.
//! * `SAYLOG_TEST_SERVER=15000`: a server that says nothing for so many milliseconds is
//!   gone, and it is tried twice as long to reach it again.
//! * `SAYLOG_TEST_FIRST_WAIT=0`: so many milliseconds at most pass before a request
//!   to a model is sent for the second time.
//! * `SAYLOG_TEST_LEASE=0`: a process that receives a reply is taken for dead after
//!   so many milliseconds without a sign of life.
//! * `SAYLOG_TEST_OLLAMA=127.0.0.1:1`: an Ollama is looked for at this address, and
//!   if this is none, nobody is told how to choose a model.
//!
//! Another value that cannot be read counts as none.

use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::chat::Sources;
use crate::domain::{SessionId, Timestamp};

/// The next time that a test's clock shows, and by how much it goes on at each look.
static TIME: AtomicI64 = AtomicI64::new(0);
static STEP: AtomicI64 = AtomicI64::new(0);

/// The seed of a test, which grows with every id.
static SEED: AtomicU64 = AtomicU64::new(0);

/// A server of a store may be silent for so long.
const PATIENCE_FOR_SERVER: Duration = Duration::from_secs(15);

/// A wait for another process that uses the store is silent for so long.
const PATIENCE_FOR_STORE: Duration = Duration::from_secs(2);

/// A wait for the end of standard input is silent for so long.
const PATIENCE_FOR_INPUT: Duration = Duration::from_secs(1);

/// An Ollama on this machine is waited for so long at a first start.
const PATIENCE_FOR_OLLAMA: Duration = Duration::from_millis(100);

/// An import or export is silent for so long.
const QUIET: Duration = Duration::from_millis(500);

/// The port of Ollama.
const OLLAMA_PORT: u16 = 11434;

/// The system's clock and random ids, unless the environment says otherwise.
pub(crate) fn sources() -> Sources {
    let mut sources = Sources {
        clock: now,
        is_system_clock: true,
        draw: || SessionId::new(uuid::Uuid::new_v4()),
        quiet: quiet(),
    };
    if let Some((time, step)) = variable("SAYLOG_TEST_CLOCK")
        .as_deref()
        .and_then(time_and_step)
    {
        TIME.store(time, Ordering::Relaxed);
        STEP.store(step, Ordering::Relaxed);
        sources.is_system_clock = false;
        sources.clock = || {
            let step = STEP.load(Ordering::Relaxed);
            Timestamp(TIME.fetch_add(step, Ordering::Relaxed))
        };
    }
    if let Some(seed) = variable("SAYLOG_TEST_SEED").and_then(|seed| seed.parse().ok()) {
        // Far apart, so that neighbouring seeds share no id.
        SEED.store(mixed(seed), Ordering::Relaxed);
        sources.draw = || drawn(SEED.fetch_add(1, Ordering::Relaxed));
    }
    sources
}

/// The same clock, to look at it only: a test's does not go on by that.
pub(crate) fn clock() -> fn() -> Timestamp {
    match variable("SAYLOG_TEST_CLOCK")
        .as_deref()
        .and_then(time_and_step)
    {
        Some(_) => || Timestamp(TIME.load(Ordering::Relaxed)),
        None => now,
    }
}

/// A wait for another process that uses the store is silent for so long, unless
/// the environment says otherwise.
pub(crate) fn patience_for_store() -> Duration {
    patience().unwrap_or(PATIENCE_FOR_STORE)
}

/// A server of a store may be silent for so long, unless the environment says otherwise.
pub(crate) fn patience_for_server() -> Duration {
    milliseconds("SAYLOG_TEST_SERVER").unwrap_or(PATIENCE_FOR_SERVER)
}

/// A variable of the server's own programs, if it is set and not empty.
pub(crate) fn server_variable(name: &str) -> Option<String> {
    variable(name).filter(|value| !value.is_empty())
}

/// A wait for the end of standard input is silent for so long, unless the
/// environment says otherwise.
pub(crate) fn patience_for_input() -> Duration {
    patience().unwrap_or(PATIENCE_FOR_INPUT)
}

/// How long an import, an export or a copy may take before it is told how far it is, unless the
/// environment says otherwise.
pub(crate) fn quiet() -> Duration {
    patience().unwrap_or(QUIET)
}

/// The longest wait before a request to a model is sent for the second time, if the
/// environment says so.
pub(crate) fn first_wait() -> Option<Duration> {
    milliseconds("SAYLOG_TEST_FIRST_WAIT")
}

/// How long a process that receives a reply may show no sign of life, if the
/// environment says so.
pub(crate) fn lease() -> Option<Duration> {
    milliseconds("SAYLOG_TEST_LEASE")
}

/// Where an Ollama listens, and how long its answer is waited for, unless the
/// environment says otherwise.
pub(crate) fn ollama() -> Option<(SocketAddr, Duration)> {
    let address = match variable("SAYLOG_TEST_OLLAMA") {
        Some(address) => address.parse().ok()?,
        None => SocketAddr::from((Ipv4Addr::LOCALHOST, OLLAMA_PORT)),
    };
    Some((address, patience().unwrap_or(PATIENCE_FOR_OLLAMA)))
}

fn patience() -> Option<Duration> {
    milliseconds("SAYLOG_TEST_PATIENCE")
}

fn milliseconds(name: &str) -> Option<Duration> {
    Some(Duration::from_millis(variable(name)?.parse().ok()?))
}

fn variable(name: &str) -> Option<String> {
    env::var_os(name)?.into_string().ok()
}

/// A time and a step, of `TIME+STEP` or `TIME`.
fn time_and_step(text: &str) -> Option<(i64, i64)> {
    let (time, step) = text.split_once('+').unwrap_or((text, "0"));
    Some((time.parse().ok()?, step.parse().ok()?))
}

/// Milliseconds since 1970 by the system's clock.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Timestamp(since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }))
}

/// The id that belongs to a number: it looks as if it were drawn at random.
fn drawn(number: u64) -> SessionId {
    let halves = [mixed(number), mixed(!number)].map(u64::to_be_bytes);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(halves.as_flattened());
    SessionId::new(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// SplitMix64: every number becomes another one that looks random.
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_ids_are_version_4_and_differ() {
        let ids: Vec<String> = (0..100).map(|number| drawn(number).to_string()).collect();
        for (at, id) in ids.iter().enumerate() {
            assert_eq!((&id[14..15], SessionId::parse(id).is_some()), ("4", true));
            assert!("89ab".contains(&id[19..20]), "{id}");
            assert!(!ids[..at].contains(id), "{id}");
        }
    }

    #[test]
    fn a_clock_has_a_time_and_may_have_a_step() {
        assert_eq!(
            time_and_step("1795354327120+1"),
            Some((1_795_354_327_120, 1))
        );
        assert_eq!(time_and_step("1795354327120"), Some((1_795_354_327_120, 0)));
        assert_eq!(time_and_step("-5+10"), Some((-5, 10)));
        for text in ["", "noon", "1+", "+1+1"] {
            assert_eq!(time_and_step(text), None, "{text}");
        }
    }
}
