use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};

use super::*;
use crate::domain::{ContextMessage, Role, Status};

/// Far longer than any test may take: a guard, never a measure.
const GUARD: Duration = Duration::from_mins(1);

/// Something that programs hold open as long as they live.
struct Witness {
    pipe: PathBuf,
    /// Told when a program has opened the pipe, and when no program has it open any more.
    told: Receiver<()>,
    _folder: tempfile::TempDir,
}

impl Witness {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let (tell, told) = channel();
        let path = pipe.clone();
        thread::spawn(move || {
            let mut reader = fs::File::open(path).unwrap();
            tell.send(()).unwrap();
            io::copy(&mut reader, &mut io::sink()).unwrap();
            let _ = tell.send(());
        });
        Self {
            pipe,
            told,
            _folder: folder,
        }
    }

    /// A script whose processes hold the pipe open.
    fn script(&self, text: &str) -> Process {
        script(&format!("exec 9>'{}'; {text}", self.pipe.display()))
    }

    /// Whether a program has begun; true once.
    fn has_begun(&self) -> bool {
        self.told.try_recv().is_ok()
    }

    /// Waits until a program has begun, and then until all have ended.
    fn wait(&self) {
        self.told.recv_timeout(GUARD).unwrap();
    }
}

/// A shell as the program, with a script as its argument: tests may have one.
fn script(script: &str) -> Process {
    let words = ["sh", "-c", script].map(str::to_owned);
    let environment = [
        ("PATH", "/usr/bin:/bin"),
        ("HOME", "/nowhere"),
        ("LC_ALL", "C"),
        ("OPENAI_API_KEY", "test-key-123"),
        ("SAYLOG_KEY", "test-key-123"),
        ("LANGUAGE", "x"),
    ];
    let environment = environment.map(|(name, value)| (name.into(), value.into()));
    Process::new("p", words.into(), 4096, environment)
}

fn ask(
    process: &mut Process,
    message: &str,
    mut hear: impl FnMut(Progress<'_>) -> ControlFlow<()>,
) -> (String, Ending) {
    let context = [ContextMessage {
        role: Role::Ai,
        content: "é\n\"".into(),
    }];
    let question = Ask {
        system: Some("be brief"),
        context: &context,
        message,
    };
    let mut text = String::new();
    let ending = process.respond(&question, &mut |progress| {
        if let Progress::Delta(delta) = progress {
            text.push_str(delta);
        }
        hear(progress)
    });
    (text, ending)
}

fn run(text: &str) -> (String, Status, String) {
    let (text, ending) = ask(&mut script(text), "hello", |_| ControlFlow::Continue(()));
    let what = ending.problem.map_or(String::new(), |problem| problem.what);
    (text, ending.status, what)
}

fn complete(text: &str) -> (String, Status, String) {
    (text.into(), Status::Complete, String::new())
}

#[test]
fn it_is_told_the_conversation_as_json_lines() {
    let told = "{\"role\":\"system\",\"content\":\"be brief\"}\n\
                {\"role\":\"assistant\",\"content\":\"é\\n\\\"\"}\n\
                {\"role\":\"user\",\"content\":\"hello\"}";
    assert_eq!(run("cat"), complete(told));
}

#[test]
fn it_has_a_name_and_a_window() {
    let process = Process::new("cmd:a 'b c'", vec!["a".into(), "b c".into()], 7, []);
    assert_eq!(process.model(), "cmd:a 'b c'");
    assert_eq!(process.window(), Window::Tokens(7));
    assert!(process.waits());
}

#[test]
fn the_last_line_end_is_no_part_of_the_reply() {
    assert_eq!(run("echo 'é 你'; echo; echo 👋"), complete("é 你\n\n👋"));
    assert_eq!(run("printf 'a\\r\\n'"), complete("a"));
}

#[test]
fn a_program_without_a_word_has_failed() {
    for (text, what) in [
        ("true", "the program answered nothing"),
        ("echo; echo '  '", "the program answered nothing"),
        (
            "echo '<think>hm</think>'",
            "the program thought, but did not answer",
        ),
        (
            "echo '<think>hm'",
            "the program thought, but did not answer",
        ),
    ] {
        assert_eq!(run(text), (String::new(), Status::Failed, what.into()));
    }
}

#[test]
fn what_it_thinks_is_no_part_of_the_reply() {
    let mut thought = String::new();
    let mut thinking = script("printf '<thi'; printf 'nk>\nhm\n</think>\n\na <think>b'");
    let (text, ending) = ask(&mut thinking, "", |progress| {
        if let Progress::Reasoning(piece) = progress {
            thought.push_str(piece);
        }
        ControlFlow::Continue(())
    });
    assert_eq!((text.as_str(), thought.as_str()), ("a <think>b", "hm"));
    assert_eq!(ending.status, Status::Complete);
    assert_eq!(run("printf '<thi'"), complete("<thi"));
}

#[test]
fn keys_are_not_passed_on() {
    let (text, status, _) = run("env");
    assert_eq!(status, Status::Complete);
    assert!(text.contains("HOME=/nowhere") && text.contains("LC_ALL=C"));
    assert!(
        !text.contains("test-key") && !text.contains("LANGUAGE"),
        "{text}"
    );
}

#[test]
fn there_is_no_shell_in_between() {
    let words = ["printf", "%s", "$HOME; `id` *"].map(str::to_owned);
    let path = ("PATH".into(), "/usr/bin:/bin".into());
    let (text, ending) = ask(&mut Process::new("p", words.into(), 1, [path]), "", |_| {
        ControlFlow::Continue(())
    });
    assert_eq!(text, "$HOME; `id` *");
    assert_eq!(ending.status, Status::Complete);
}

#[test]
fn output_streams() {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    // The program goes on once its first word has been heard.
    let waiting = format!(
        "printf a; until [ -e '{}' ]; do sleep 0.01; done; printf b",
        heard.display()
    );
    let mut deltas = Vec::new();
    ask(&mut script(&waiting), "", |progress| {
        if let Progress::Delta(delta) = progress {
            deltas.push(delta.to_owned());
            std::fs::write(&heard, "").unwrap();
        }
        ControlFlow::Continue(())
    });
    assert_eq!(deltas, ["a", "b"]);
}

#[test]
fn a_failure_is_told_with_what_the_program_complained_about() {
    let (text, status, what) = run("printf part; echo 'it\nbroke' >&2; exit 3");
    assert_eq!((text.as_str(), status), ("part", Status::Failed));
    assert_eq!(what, "the program `sh` failed (exit 3): it broke");
    assert_eq!(run("kill -9 $$").2, "the program `sh` failed (signal 9)");
    let (_, _, what) = run("yes complaint | head -c 1000000 >&2; echo end >&2; exit 1");
    assert!(what.len() < 4200 && what.ends_with("complaint end"));
}

#[test]
fn a_complaint_of_a_program_that_does_not_fail_is_nothing() {
    assert_eq!(run("echo x >&2; echo y"), complete("y"));
}

#[test]
fn output_that_is_no_text_fails_and_keeps_what_came() {
    let (text, status, what) = run("printf 'ab\\377cd'; sleep 60");
    assert_eq!((text.as_str(), status), ("ab", Status::Failed));
    assert_eq!(what, "the output of the program is not UTF-8 (byte 3)");
    let (text, status, _) = run("printf 'ab\\303'");
    assert_eq!((text.as_str(), status), ("ab", Status::Failed));
}

#[test]
fn output_without_end_is_ended() {
    let (text, status, what) = run("yes 123456789");
    assert_eq!((text.len(), status), (MESSAGE_LIMIT, Status::Failed));
    assert_eq!(what, "the reply is longer than 16 MiB");
}

#[test]
fn a_program_need_not_read() {
    let long = "x".repeat(4 * 1024 * 1024);
    for text in ["echo a", "exec <&-; echo a; sleep 0.1"] {
        let (text, ending) = ask(&mut script(text), &long, |_| ControlFlow::Continue(()));
        assert_eq!((text.as_str(), ending.status), ("a", Status::Complete));
    }
}

#[test]
fn what_outlives_a_program_does_not_hold_us() {
    let witness = Witness::new();
    let ended = witness.pipe.with_file_name("ended");
    let outliving = format!("(sleep 60; touch '{}') & echo a; exit 0", ended.display());
    let (text, ending) = ask(&mut witness.script(&outliving), "", |_| {
        ControlFlow::Continue(())
    });
    assert_eq!((text.as_str(), ending.status), ("a", Status::Complete));
    witness.wait();
    witness.wait();
    assert!(!ended.exists(), "it was waited for, not ended");
    assert_eq!(run("echo a; exec >&- 2>&-; sleep 0.1"), complete("a"));
}

#[test]
fn a_missing_program_has_its_sentence() {
    let problem = |word: &str| {
        let mut process = Process::new("p", vec![word.into()], 1, []);
        let (_, ending) = ask(&mut process, "", |_| ControlFlow::Continue(()));
        ending.problem.unwrap().what
    };
    assert_eq!(
        problem("no-such-program"),
        "the program `no-such-program` was not found"
    );
    assert_eq!(
        problem("/etc/passwd"),
        "the program `/etc/passwd` may not be run"
    );
    let (_, ending) = ask(&mut Process::new("p", vec![], 1, []), "", |_| {
        ControlFlow::Continue(())
    });
    assert_eq!(ending.problem.unwrap().what, "no program is named");
}

#[test]
fn it_stops_with_everything_it_started() {
    for text in [
        "sleep 600",
        "printf a; sleep 600 & wait",
        "trap '' TERM; printf a; while :; do sleep 600; done",
        "while :; do echo a; done",
    ] {
        let witness = Witness::new();
        let (mut has_begun, mut has_broken) = (false, false);
        let (_, ending) = ask(&mut witness.script(text), "", |_| {
            assert!(!has_broken, "a listener that broke is left alone");
            has_begun |= witness.has_begun();
            has_broken = has_begun;
            if has_begun {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!(ending.status, Status::Interrupted, "{text}");
        witness.wait();
    }
}
