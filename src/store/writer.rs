//! Which process keeps a partial reply, and whether it is still there.

use std::fs;
use std::sync::OnceLock;

/// This process, so that another one on this machine can tell whether it lives:
/// its number and the moment of its start, which a later process of the same
/// number does not share.
pub(super) fn this_process() -> &'static str {
    static THIS: OnceLock<String> = OnceLock::new();
    THIS.get_or_init(|| {
        let pid = rustix::process::getpid().as_raw_nonzero().get();
        format!("{pid}:{}", start(pid).unwrap_or_default())
    })
}

/// Whether the process that wrote `writer` is still running.
pub(super) fn is_alive(writer: &str) -> bool {
    let Some((pid, started)) = writer.split_once(':') else {
        return false;
    };
    let Ok(pid) = pid.parse() else {
        return false;
    };
    if started.is_empty() {
        // No process table to read: ask whether the number is in use.
        return rustix::process::Pid::from_raw(pid)
            .is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok());
    }
    start(pid).is_some_and(|now| now == started)
}

/// When a process was started, in the system's own ticks since it was booted
/// (proc(5), `stat`, field 22), and a mark of that boot.
fn start(pid: i32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is a name in brackets, which may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = fields.split_whitespace().nth(19)?;
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    Some(format!("{ticks}@{}", boot.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_lives_and_another_start_of_it_does_not() {
        let this = this_process();
        assert!(is_alive(this));
        let (pid, _) = this.split_once(':').unwrap();
        assert!(!is_alive(&format!("{pid}:1@another-boot")));
        assert!(!is_alive("nonsense"));
    }
}
