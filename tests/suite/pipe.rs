//! Pipes: a program that waits for an answer gets it at once; a file is committed in large groups.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::support::peer::Peer;
use crate::support::run::{MOCK, STARTED, Saylog, check};

#[test]
fn a_program_on_the_other_side_gets_each_answer_before_its_next_line() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let mut peer = Peer::new(saylog.command());
    // If an answer were held back, this would wait for ever.
    let mut ask = |line: &str| peer.ask(line).expect("an answer");
    assert_eq!(ask("/start"), STARTED.trim_end());
    for turn in 0..200 {
        let line = format!("turn {turn}");
        assert_eq!(ask(&line), line);
        if turn % 50 == 0 {
            assert_eq!(
                saylog.said().len(),
                2 * (turn + 1),
                "what was shown is on disk"
            );
        }
    }
    assert_eq!(peer.hang_up().code, 0);
}

#[test]
fn half_a_line_is_waited_for() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let mut child = saylog
        .command()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut answer = String::new();
    stdin
        .write_all(b"/start\n\xe4\xbd")
        .expect("half a character");
    stdout.read_line(&mut answer).expect("an answer");
    stdin
        .write_all(b"\xa0\xe5\xa5\xbd")
        .expect("the other half");
    drop(stdin);
    stdout.read_line(&mut answer).expect("an answer");
    assert_eq!(answer, format!("{STARTED}你好\n"));
    assert!(child.wait().expect("an end").success());
}

#[test]
fn a_large_file_is_played_whole_and_in_order() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let lines: String = (0..50_000).map(|line| format!("line {line}\n")).collect();
    check(
        &saylog.play(format!("/start\n{lines}")),
        &format!("{STARTED}{lines}"),
        "",
        0,
    );
    let said = saylog.said();
    assert_eq!(said.len(), 100_000);
    assert_eq!(said[99_999], "alice ai: line 49999");
}

#[test]
fn answers_and_errors_keep_their_order_on_one_stream() {
    let saylog = Saylog::new();
    let script = format!(
        "printf '/foo\\n/start\\nhello\\n/bar\\nhello\\n' | '{}' --user alice --store '{}' 2>&1",
        crate::support::run::SAYLOG,
        saylog.store().display()
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]);
    check(
        &crate::support::run::feed(command, b""),
        &format!(
            "<stdin>:1: unknown command `/foo`; `/help` lists the commands; `//foo` says `/foo`\n\
             {STARTED}{MOCK}\
             <stdin>:4: unknown command `/bar`; `/help` lists the commands; `//bar` says `/bar`\n\
             {MOCK}"
        ),
        "",
        1,
    );
}
