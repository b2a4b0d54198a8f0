//! Which process keeps a partial reply, and whether its number says that it is gone.

use std::fs;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

use rustix::process::{Pid, getpid, test_kill_process};
use uuid::Uuid;

/// A number that this process has not used yet: whoever looks at a reply sees that
/// its process lives. No two replies begin with the same.
pub(crate) fn next_beat() -> i64 {
    static BEATS: AtomicI64 = AtomicI64::new(0);
    BEATS.fetch_add(1, Ordering::Relaxed) + 1
}

/// This process, so that another one can tell whether it is gone: its number, the
/// moment of its start, which a later process of the same number does not share,
/// where numbers and moments mean the same, and something that no other process
/// has, wherever it runs: `PID:TICKS@BOOT/NAMESPACE/NAMESPACE/MACHINE#TOKEN`.
pub(super) fn this_process() -> &'static str {
    static THIS: OnceLock<String> = OnceLock::new();
    THIS.get_or_init(|| {
        let pid = getpid().as_raw_nonzero();
        let ticks = stat("self").map(|stat| stat.ticks).unwrap_or_default();
        format!("{pid}:{ticks}@{}/{}#{}", boot(), place(), Uuid::new_v4())
    })
}

/// A mark of the time since the machine was started; empty where there is none.
pub(super) fn boot() -> &'static str {
    static BOOT: OnceLock<String> = OnceLock::new();
    BOOT.get_or_init(|| {
        let id = fs::read_to_string("/proc/sys/kernel/random/boot_id");
        id.unwrap_or_default().trim().to_owned()
    })
}

/// The clock that durations are counted by: another boot, and another container,
/// may have one of their own.
pub(super) fn clock() -> &'static str {
    static CLOCK: OnceLock<String> = OnceLock::new();
    CLOCK.get_or_init(|| format!("{}/{}", boot(), namespace("time")))
}

/// Whether the process that wrote `writer` is gone for certain. Its number says so
/// only on the same machine, since the same start of it, and among the same
/// processes: those of another container have numbers of their own.
pub(super) fn is_dead(writer: &str) -> bool {
    let Some(Writer { pid, ticks, origin }) = Writer::read(writer) else {
        return false;
    };
    match origin {
        Origin::Before => return true,
        Origin::Elsewhere => return false,
        Origin::Here if !knows_processes() => return false,
        Origin::Here => {}
    }
    match stat(&pid.as_raw_nonzero().to_string()) {
        // Nobody has asked yet how it ended, but it did.
        Some(stat) => stat.is_zombie || (!ticks.is_empty() && stat.ticks != ticks),
        // No process table to read, or not this one: ask whether the number is in use.
        None => test_kill_process(pid) == Err(rustix::io::Errno::SRCH),
    }
}

/// Whether the process that wrote `writer` ran on this machine before that was
/// started anew, as far as the machine's names tell.
pub(super) fn is_of_earlier_boot(writer: &str) -> bool {
    let machine = |place: &str| place.rsplit('/').next().unwrap_or_default().to_owned();
    let (writer, _) = writer.split_once('#').unwrap_or((writer, ""));
    let then = writer
        .split_once('@')
        .and_then(|(_, rest)| rest.split_once('/'));
    then.is_some_and(|(then, there)| {
        let here = machine(place());
        let has_id = !here.starts_with('.');
        let is_known = has_id && !then.is_empty() && !boot().is_empty();
        is_known && then != boot() && machine(there) == here
    })
}

/// A process, as its mark says.
struct Writer<'w> {
    pid: Pid,
    ticks: &'w str,
    origin: Origin,
}

/// Where a process was started.
enum Origin {
    /// Where numbers mean the same as here.
    Here,
    /// In another container, on another machine, or before this one was started anew.
    Elsewhere,
    /// By a release that does not know this store any more.
    Before,
}

impl<'w> Writer<'w> {
    fn read(writer: &'w str) -> Option<Self> {
        let (writer, _) = writer.split_once('#').unwrap_or((writer, ""));
        let (pid, rest) = writer.split_once(':')?;
        let (ticks, origin) = rest.split_once('@').unwrap_or((rest, boot()));
        let origin = match origin.split_once('/') {
            Some((then, there)) if then == boot() && there == place() && is_known(origin) => {
                Origin::Here
            }
            Some(_) => Origin::Elsewhere,
            // Early releases wrote the boot only.
            None if origin == boot() => Origin::Here,
            None => Origin::Before,
        };
        Some(Self {
            pid: Pid::from_raw(pid.parse().ok()?)?,
            ticks,
            origin,
        })
    }
}

/// Among which processes numbers mean the same, and on which machine.
fn place() -> &'static str {
    static PLACE: OnceLock<String> = OnceLock::new();
    PLACE.get_or_init(|| {
        let id = fs::read_to_string("/etc/machine-id").unwrap_or_default();
        let name = rustix::system::uname();
        let name = name.nodename().to_string_lossy();
        let machine = format!("{}.{name}", id.trim());
        format!("{}/{}/{machine}", namespace("pid"), namespace("time"))
    })
}

/// In which namespace of a kind this process is; empty where nobody can tell.
fn namespace(kind: &str) -> String {
    match fs::read_link(format!("/proc/self/ns/{kind}")) {
        Ok(link) => link.display().to_string(),
        // A kernel that has no namespaces of this kind.
        Err(_) if fs::exists("/proc/self/ns").unwrap_or(false) => format!("no-{kind}"),
        Err(_) => String::new(),
    }
}

/// Whether a place is told in full: what cannot be told may be anywhere.
fn is_known(origin: &str) -> bool {
    origin.split('/').all(|part| !part.is_empty())
}

/// Whether the process table that can be read is the one of this process: in a
/// namespace of its own it may still be shown that of the machine.
fn knows_processes() -> bool {
    static KNOWS: OnceLock<bool> = OnceLock::new();
    *KNOWS.get_or_init(|| match fs::read_link("/proc/self") {
        Ok(own) => own.to_str() == Some(&getpid().as_raw_nonzero().to_string()),
        Err(_) => false,
    })
}

/// What the process table says of a process (proc(5), `stat`).
struct Stat {
    is_zombie: bool,
    /// When it was started, in the system's own ticks since its start.
    ticks: String,
}

fn stat(process: &str) -> Option<Stat> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is a name in brackets, which may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    Some(Stat {
        is_zombie: matches!(state, "Z" | "X" | "x"),
        ticks: fields.nth(18)?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_another_start_of_it_does_not() {
        let this = this_process();
        assert!(!is_dead(this));
        let (pid, rest) = this.split_once(':').unwrap();
        let (_, here) = rest.split_once('@').unwrap();
        let (here, _) = here.split_once('#').unwrap();
        assert!(is_dead(&format!("{pid}:1@{here}")));
        // As early releases wrote it.
        assert!(is_dead(&format!("{pid}:1@{}", boot())));
        assert!(is_dead(&format!("{pid}:1@another-boot")));
    }

    #[test]
    fn a_number_means_nothing_elsewhere() {
        let this = this_process();
        let (pid, _) = this.split_once(':').unwrap();
        let (pids, rest) = place().split_once('/').unwrap();
        let (times, machine) = rest.split_once('/').unwrap();
        for writer in [
            format!("{pid}:1@another-boot/{}", place()),
            format!("{pid}:1@{}/pid:[1]/{times}/{machine}", boot()),
            format!("{pid}:1@{}/{pids}/time:[1]/{machine}", boot()),
            format!("{pid}:1@{}/{pids}/{times}/another-machine", boot()),
            format!("{pid}:1@{}///{machine}", boot()),
            "nonsense".into(),
            "nonsense:1@2".into(),
        ] {
            assert!(!is_dead(&writer), "{writer}");
        }
    }

    #[test]
    fn a_process_of_this_machine_does_not_outlive_its_boot() {
        let machine = place().rsplit('/').next().unwrap();
        let writer = |boot: &str, machine| format!("7:1@{boot}/pid:[1]/time:[1]/{machine}#x");
        let has_id = !machine.starts_with('.');
        assert_eq!(is_of_earlier_boot(&writer("before", machine)), has_id);
        assert!(!is_of_earlier_boot(&writer("before", "another.machine")));
        assert!(!is_of_earlier_boot(&writer(boot(), machine)));
        assert!(!is_of_earlier_boot(&writer("", machine)));
        assert!(!is_of_earlier_boot(this_process()));
    }
}
