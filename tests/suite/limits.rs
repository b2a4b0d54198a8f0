//! What the system does not give: files that may grow, descriptors, threads,
//! memory, standard streams.

use std::process::{Command, Stdio};

use crate::support::run::{MOCK, Outcome, SAYLOG, STARTED, Saylog, feed, has};

/// Runs the program under a limit and plays a transcript to it. None if the
/// machine cannot set one.
fn limited(saylog: &Saylog, limits: &[&str], transcript: &str) -> Option<Outcome> {
    if !has("prlimit", "a limit") {
        return None;
    }
    let inner = saylog.command();
    let mut command = Command::new("prlimit");
    command.args(limits).arg("--").arg(SAYLOG);
    command.args(inner.get_args()).env_clear();
    for (name, value) in inner.get_envs() {
        command.env(name, value.expect("nothing is removed"));
    }
    command.current_dir(saylog.folder());
    Some(feed(command, transcript.as_bytes()))
}

#[test]
fn a_file_that_may_not_grow_any_more_is_an_error_and_what_was_told_is_kept() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let line = "x".repeat(1000);
    let lines = format!("/start\n{}", format!("{line}\n").repeat(3000));
    let Some(outcome) = limited(&saylog, &["--fsize=2000000"], &lines) else {
        return;
    };
    let (place, what) = outcome.stderr.split_once(": ").expect("a sentence");
    assert!(place.starts_with("<stdin>:"), "{place}");
    let what = match what.split_once(": ") {
        Some((lines, rest)) if lines.starts_with("lines ") => rest,
        _ => what,
    };
    assert_eq!(
        what,
        "not confirmed as saved: the file may not grow any more (a limit on its size)\n"
    );
    assert_eq!(outcome.code, 1);
    let told = outcome.stdout.lines().count() - 1;
    assert!(told > 100, "a part of it fits");
    assert!(saylog.said().len() >= 2 * told);
    // Without the limit it goes on.
    assert_eq!(saylog.lines(&["/start", "and on"]).stderr, "");
}

#[test]
fn a_store_that_may_not_be_made_is_one_sentence() {
    let saylog = Saylog::new();
    let Some(outcome) = limited(&saylog, &["--fsize=1000"], "/start\nhello\n") else {
        return;
    };
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
    let reason = "the file may not grow any more (a limit on its size)";
    assert!(outcome.stderr.contains(reason), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
}

#[test]
fn the_kind_of_a_file_that_may_not_grow_is_full() {
    let saylog = Saylog::new().with(&["--json"]);
    let Some(outcome) = limited(&saylog, &["--fsize=1000"], "/start\n") else {
        return;
    };
    assert!(
        outcome.stdout.contains("\"kind\":\"full\""),
        "{}",
        outcome.stdout
    );
}

#[test]
fn few_descriptors_and_little_memory_are_one_sentence_or_enough() {
    let saylog = Saylog::new();
    let answers = format!("{STARTED}{MOCK}");
    let descriptors = (3..14).map(|count| format!("--nofile={count}"));
    for limit in descriptors {
        let Some(outcome) = limited(&saylog, &[&limit], "/start\nhello\n") else {
            return;
        };
        match outcome.code {
            0 => assert_eq!(
                (&*outcome.stdout, &*outcome.stderr),
                (&*answers, ""),
                "{limit}"
            ),
            // The loader of programs itself finds no descriptor.
            127 => {}
            code => {
                assert_eq!(code, 1, "{limit}: {outcome:?}");
                assert_eq!(outcome.stderr.lines().count(), 1, "{limit}: {outcome:?}");
                let library = ["panicked", "os error", "Os {", "SQLite", "EMFILE"];
                let has_words = library.iter().any(|word| outcome.stderr.contains(word));
                assert!(!has_words, "{limit}: {outcome:?}");
            }
        }
    }
}

#[test]
fn standard_streams_may_be_closed() {
    for (streams, code) in [
        ("<&-", 0),
        (">&-", 0),
        ("2>&-", 0),
        ("<&- >&-", 0),
        ("<&- >&- 2>&-", 0),
    ] {
        let saylog = Saylog::new();
        let inner = saylog.command();
        let mut command = Command::new("/bin/sh");
        let line = format!("exec \"$@\" -c /start -c hello {streams}");
        command.args(["-c", &line, "sh", SAYLOG]);
        command.args(inner.get_args()).stdin(Stdio::null());
        let ended = command.output().expect("a shell");
        let shown = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert_eq!(ended.status.code(), Some(code), "{streams}: {ended:?}");
        if !streams.contains(" >") && !streams.starts_with('>') {
            assert_eq!(shown, format!("{STARTED}{MOCK}"), "{streams}");
        }
        assert_eq!(saylog.said().len(), 2, "{streams}");
    }
}
