//! Plays transcripts about sessions; in the outcome sessions have numbers instead of ids.

use super::events::events;
use super::run::{Outcome, Saylog, echoing, without_hints};

/// The ids of all sessions, in the order in which they began.
pub(crate) fn ids(saylog: &Saylog) -> Vec<String> {
    saylog.stored().sessions()
}

/// The same outcome with sessions called `<1>`, `<2>`, … in the order in which
/// they began, `<1…>` where eight digits stand for one, and times `<time>`.
pub(crate) fn named(mut outcome: Outcome, saylog: &Saylog) -> Outcome {
    for (id, number) in ids(saylog).iter().zip(1..) {
        for text in [&mut outcome.stdout, &mut outcome.stderr] {
            *text = text
                .replace(id, &format!("<{number}>"))
                .replace(&id[..8], &format!("<{number}…>"));
        }
    }
    outcome.normal(saylog)
}

/// Plays a transcript.
pub(crate) fn play(saylog: &Saylog, transcript: &str) -> Outcome {
    named(saylog.play(transcript), saylog)
}

/// Runs with these arguments.
pub(crate) fn run(saylog: &Saylog, arguments: &[&str]) -> Outcome {
    named(saylog.run(arguments), saylog)
}

/// A store whose replies tell which line they answer, and whose clock and ids
/// are the same whenever a test is run.
pub(crate) fn scripted() -> Saylog {
    echoing().exact()
}

/// Plays a transcript that has to go well; whatever comes next is later.
#[track_caller]
pub(crate) fn before(saylog: &Saylog, transcript: &str) {
    assert!(saylog.is_exact(), "the clock of this test is the system's");
    let outcome = saylog.play(transcript);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
}

/// Everything that the store holds, a row a line.
pub(crate) fn dump(saylog: &Saylog) -> Vec<String> {
    saylog.stored().dump()
}

/// The rows of `/history`, each as `role: content`, of the session that was spoken in last.
pub(crate) fn context(saylog: &Saylog) -> Vec<String> {
    context_of(saylog, &["--resume"])
}

/// The same of the session that is gone on with by these arguments.
pub(crate) fn context_of(saylog: &Saylog, resume: &[&str]) -> Vec<String> {
    let arguments = [&["--json"], resume, &["-c", "/history"]].concat();
    let outcome = saylog.run(&arguments);
    let told = without_hints(&outcome.stderr);
    assert_eq!((told.as_str(), outcome.code), ("", 0));
    let text =
        |event: &serde_json::Value, field: &str| event[field].as_str().expect("text").to_owned();
    events(&outcome.stdout)
        .iter()
        .filter(|event| event["event"] == "message")
        .map(|event| format!("{}: {}", text(event, "role"), text(event, "content")))
        .collect()
}
