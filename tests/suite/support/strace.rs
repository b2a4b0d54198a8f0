//! The program under strace, which can look at single system calls, let them
//! fail, and kill the program at them.

use std::fs;
use std::process::Command;

use super::run::{Outcome, Saylog};

/// The same program under strace with these options.
pub(crate) fn strace(program: &Command, options: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .envs(
            program
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(program.get_current_dir().expect("the folder"))
        .args(["-f", "-qq"])
        .args(options)
        .arg(program.get_program())
        .args(program.get_args());
    command
}

/// The program, with `what` done to the `nth` system call of a kind.
pub(crate) fn tampered(saylog: &Saylog, call: &str, what: &str, nth: &str) -> Command {
    let trace = format!("trace={call}");
    let inject = format!("inject={call}:{what}:when={nth}");
    strace(
        &saylog.command(),
        &["-o", "/dev/null", "-e", &trace, "-e", &inject],
    )
}

/// Runs the program and returns a trace of its calls of these kinds.
pub(crate) fn traced(
    saylog: &Saylog,
    calls: &str,
    run: impl FnOnce(Command) -> Outcome,
) -> (Outcome, String) {
    let file = saylog.folder().join("trace");
    let (name, trace) = (file.to_str().expect("UTF-8"), format!("trace={calls}"));
    let options = ["-y", "-s", "0", "-o", name, "-e", &trace];
    let outcome = run(strace(&saylog.command(), &options));
    (outcome, fs::read_to_string(file).expect("a trace"))
}
