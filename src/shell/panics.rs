//! What happens at a mistake of the program itself: it is told, and the program ends.
//!
//! A release does not unwind, which would take a twelfth of its size: whoever has a
//! terminal puts it back before the mistake is told, and the rest is as after a kill.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::process;

use super::note::say;
use super::patient::Patient;

/// What a program exits with that panics by itself.
const EXIT_CODE: i32 = 101;

/// From here on a panic ends the program, whichever thread's it is.
#[expect(clippy::exit, reason = "there is nobody left who could return")]
pub(crate) fn end_at_panics() {
    panic::set_hook(Box::new(|what| {
        say(&sentence(what));
        // Only if `RUST_BACKTRACE` asks for it.
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            let _ = write!(Patient(io::stderr()), "{trace}");
        }
        process::exit(EXIT_CODE);
    }));
}

/// Does this before a panic is told. It must not wait for a lock, which the panic may have
/// left taken.
pub(super) fn before_panics(work: impl Fn() + Send + Sync + 'static) {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |what| {
        work();
        tell(what);
    }));
}

fn sentence(what: &PanicHookInfo<'_>) -> String {
    let place = what
        .location()
        .map_or_else(|| "somewhere".into(), ToString::to_string);
    let why = what.payload_as_str().unwrap_or("it is not said why");
    format!("a mistake of saylog itself: {place} panicked: {why}; what was shown is in the log")
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::process::Command;
    use std::thread;

    use super::{before_panics, end_at_panics};

    /// What tells the test below that it is the process which is to end.
    const ENDS: &str = "SAYLOG_TEST_PANICS";

    fn panic_on_a_thread() {
        end_at_panics();
        before_panics(|| {
            let _ = rustix::io::write(std::io::stderr(), b"put back\n");
        });
        let _ = thread::spawn(|| panic!("what \u{1b}[2Jsomebody typed")).join();
    }

    #[test]
    fn a_panic_of_any_thread_is_told_visibly_and_ends_the_program() {
        if env::var_os(ENDS).is_some() {
            return panic_on_a_thread();
        }
        let name =
            "shell::panics::tests::a_panic_of_any_thread_is_told_visibly_and_ends_the_program";
        let output = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", name, "--nocapture", "--quiet"])
            .env_remove("RUST_BACKTRACE")
            .env(ENDS, "1")
            .output()
            .expect("the test runs");
        assert_eq!(output.status.code(), Some(101));
        let told = String::from_utf8(output.stderr).expect("text");
        let (before, after) = told.split_once("src/shell/panics.rs:").expect("the place");
        assert_eq!(before, "put back\nsaylog: a mistake of saylog itself: ");
        let (_, why) = after.split_once(' ').expect("a reason");
        assert_eq!(
            why,
            "panicked: what ␛[2Jsomebody typed; what was shown is in the log\n"
        );
    }
}
