//! Models that are programs: `cmd:PROGRAM ARGS…`.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;

use crate::support::events::events;
use crate::support::peer::Peer;
use crate::support::run::{STARTED, Saylog, check, feed};

/// A store whose model is a shell script in the same folder.
fn answering(script: &str) -> Saylog {
    let saylog = Saylog::new();
    fs::write(saylog.folder().join("answer.sh"), script).expect("a script");
    // The program is started in the folder of the store.
    saylog.with(&["--model", "cmd:/bin/sh answer.sh"])
}

/// A pipe with a name, through which a script is told to go on.
fn gate(saylog: &Saylog) -> PathBuf {
    let path = saylog.folder().join("gate");
    let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo");
    assert!(made.success());
    path
}

fn go_on(gate: PathBuf) {
    let mut gate = fs::File::options().write(true).open(gate).expect("a pipe");
    gate.write_all(b"\n").expect("somebody reads");
}

#[test]
fn a_program_is_told_the_conversation_as_json_lines() {
    let saylog = answering("cat >> told; echo said").with(&["--system", "be brief"]);
    check(
        &saylog.play("/start\nhello\n\"\"\"\nhow \"are\"\nyou?\n\"\"\"\n"),
        &format!("{STARTED}said\nsaid\n"),
        "",
        0,
    );
    assert_eq!(
        fs::read_to_string(saylog.folder().join("told")).expect("it was told"),
        r#"{"role":"system","content":"be brief"}
{"role":"user","content":"hello"}
{"role":"system","content":"be brief"}
{"role":"user","content":"hello"}
{"role":"assistant","content":"said"}
{"role":"user","content":"how \"are\"\nyou?"}
"#
    );
    let reply = &events(&saylog.log())[1];
    assert_eq!(reply["model"], "cmd:/bin/sh answer.sh");
    assert!(reply["prompt_tokens"].is_null() && reply["reply_tokens"].is_null());
}

#[test]
fn what_a_program_writes_is_shown_as_it_comes() {
    let saylog = answering("printf 'one '; read line < gate; printf 'two\\n'");
    let gate = gate(&saylog);
    let mut peer = Peer::new(saylog.command());
    peer.say("/start");
    peer.say("hello");
    peer.read(STARTED.len() + 4);
    assert_eq!(peer.printed, format!("{STARTED}one "));
    go_on(gate);
    check(&peer.hang_up(), &format!("{STARTED}one two\n"), "", 0);
}

#[test]
fn a_signal_ends_the_program_and_keeps_what_came() {
    let saylog = answering("echo $$ > number; printf 'what came'; read line < gate");
    gate(&saylog);
    let mut peer = Peer::new(saylog.command());
    peer.say("/start");
    peer.say("hello");
    peer.read(STARTED.len() + 9);
    peer.signal(Signal::INT);
    check(&peer.leave(), &format!("{STARTED}what came"), "", 130);
    let reply = &events(&saylog.log())[1];
    assert_eq!(reply["content"], "what came");
    assert_eq!(reply["status"], "interrupted");
    let number = fs::read_to_string(saylog.folder().join("number")).expect("a number");
    let gone = !fs::exists(format!("/proc/{}/cmdline", number.trim())).expect("an answer");
    assert!(gone, "the program is still running");
}

#[test]
fn a_nul_of_a_program_is_kept_as_what_stands_for_it() {
    let saylog = answering("printf '<think>h\\000m</think>a\\000b\\000\\n'");
    let reply = "a\u{fffd}b\u{fffd}";
    check(
        &saylog.play("/start\nhello\n"),
        &format!("{STARTED}{reply}\n"),
        "a character of the reply came damaged; `\u{fffd}` stands for it\n",
        0,
    );
    let log = events(&saylog.log());
    assert_eq!(log[1]["content"], reply);
    assert_eq!(log[1]["reasoning"], "h\u{fffd}m");
}

#[test]
fn a_program_that_fails_says_why() {
    let saylog = answering("printf 'half'; echo 'no such thing' >&2; exit 3");
    check(
        &saylog.play("/start\nhello\n/user\n"),
        &format!("{STARTED}half\nalice\n"),
        "<stdin>:2: the program `/bin/sh` failed (exit 3): no such thing; `/continue` asks for the \
         rest, `/retry` for another reply\n",
        1,
    );
    let log = events(&saylog.log());
    assert_eq!(log[1]["content"], "half");
    assert_eq!(log[1]["status"], "failed");
}

#[test]
fn a_program_that_fails_without_a_word_leaves_no_reply() {
    let saylog = answering("exit 1");
    check(
        &saylog.play("/start\nhello\n"),
        STARTED,
        "<stdin>:2: the program `/bin/sh` failed (exit 1); `/retry` asks again\n",
        1,
    );
    assert_eq!(saylog.said(), ["alice user: hello", "alice ai: "]);
}

#[test]
fn a_program_that_is_not_there() {
    let saylog = Saylog::new().with(&["--model", "cmd:/nowhere/at-all x"]);
    check(
        &saylog.play("/start\nhello\n"),
        STARTED,
        "<stdin>:2: the program `/nowhere/at-all` was not found; \
         give its whole path, or check PATH; then `/retry`\n",
        1,
    );
    assert_eq!(saylog.said(), ["alice user: hello", "alice ai: "]);
    check(
        &Saylog::new().lines(&["/model cmd:"]),
        "",
        "-c:1: the model names no program; write `cmd:PROGRAM ARGS…`\n",
        1,
    );
}

#[test]
fn a_program_does_not_get_the_keys() {
    let saylog = answering("env").with(&["--key-variable", "SOME_KEY"]);
    let mut command = saylog.command();
    for name in ["SOME_KEY", "OPENAI_API_KEY", "SAYLOG_SYSTEM", "LANGUAGE"] {
        command.env(name, "test-key-123");
    }
    command.env("PATH", "/usr/bin:/bin").env("LC_ALL", "C");
    let outcome = feed(command, b"/start\nhello\n");
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let shown = &outcome.stdout;
    assert!(!shown.contains("test-key-123"), "{shown}");
    for allowed in ["LC_ALL=C\n", "TZ=UTC\n", "PATH=/usr/bin:/bin\n", "HOME="] {
        assert!(shown.contains(allowed), "{allowed}: {shown}");
    }
}

#[test]
fn a_program_that_only_the_store_names_is_not_run() {
    let saylog = Saylog::new();
    let model = "/model cmd:tee ran";
    let told = format!("/start\n{model}\nhello\n");
    let mut command = saylog.command();
    command.env("PATH", "/usr/bin:/bin");
    assert_eq!(feed(command, told.as_bytes()).code, 0);
    let ran = saylog.folder().join("ran");
    fs::remove_file(&ran).expect("it was run where it was asked for");
    let refusal = "the session asks for the program `cmd:tee ran`, which this run was not told of; \
                   `/model cmd:tee ran` lets it answer";
    for line in ["hello", "/retry", "/edit again", "/each hello"] {
        let outcome = saylog.run(&["--resume", "-c", line]);
        assert!(
            outcome.stderr.ends_with(&format!("{refusal}\n")),
            "{line}: {}",
            outcome.stderr
        );
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1), "{line}");
    }
    assert!(!ran.exists());
    // Listing models must not run the program.
    let looked = saylog.run(&["--resume", "-c", "/context", "-c", "/system"]);
    assert_eq!((looked.stderr.as_str(), looked.code), ("", 0));
    assert!(!ran.exists());
    let mut command = saylog.command();
    command
        .env("PATH", "/usr/bin:/bin")
        .args(["--resume", "-c", model, "-c", "hello"]);
    assert_eq!(feed(command, b"").code, 0);
    assert!(ran.exists());
}
