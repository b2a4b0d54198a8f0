//! Many first starts at once: in a folder where there is no store yet.

use std::process::Command;

use crate::support::run::{MOCK, Saylog, check, feed, has};
use crate::support::strace::strace;

/// As many processes as that, each of another user, say something at once.
fn started_at_once(count: usize, prepared: impl Fn(Command) -> Command + Sync) {
    let saylog = Saylog::new();
    std::thread::scope(|scope| {
        for number in 0..count {
            let mut command = saylog.command_of(&format!("user{number}"));
            command.args(["--start", "-c", "hello"]);
            let prepared = &prepared;
            scope.spawn(move || check(&feed(prepared(command), b""), MOCK, "", 0));
        }
    });
    assert_eq!(saylog.said().len(), 2 * count);
    assert_eq!(saylog.integrity(), "ok");
}

#[test]
fn forty_first_starts_at_once_all_succeed() {
    for _ in 0..3 {
        started_at_once(40, |command| command);
    }
}

#[test]
fn so_they_do_where_the_disk_is_slow() {
    if !has("strace", "a slow disk") {
        return;
    }
    // Each sync takes 20 ms longer.
    let sync = "inject=fsync,fdatasync:delay_exit=20000";
    let options = ["-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", sync];
    started_at_once(40, |command| strace(&command, &options));
}
