//! `O_NONBLOCK`, left on a stream by another program, is no matter.

use std::fs::{self, File};
use std::io::{PipeReader, Read, Write, pipe};
use std::os::fd::AsFd;
use std::process::Stdio;
use std::thread;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::support::run::{Saylog, check, echoing, end, has};
use crate::support::terminal::Terminal;

/// How many lines and how long they are: ten megabytes, far more than a pipe holds.
const LINES: usize = 10_000;
const LINE: usize = 1_000;

fn does_not_wait(fd: impl AsFd) -> bool {
    let flags = fcntl_getfl(fd).expect("flags");
    flags.contains(OFlags::NONBLOCK)
}

/// Sets the flag, which all who share the stream then have.
fn stop_waiting(fd: impl AsFd) {
    let flags = fcntl_getfl(&fd).expect("flags");
    fcntl_setfl(&fd, flags | OFlags::NONBLOCK).expect("a flag");
}

/// A transcript of ten megabytes.
fn transcript() -> String {
    let line = "x".repeat(LINE - 1) + "\n";
    line.repeat(LINES)
}

/// Reads to the end, a little at a time.
fn read_slowly(mut reader: PipeReader) -> String {
    let (mut text, mut piece) = (Vec::new(), [0; 5000]);
    loop {
        match reader.read(&mut piece).expect("a pipe") {
            0 => return String::from_utf8(text).expect("UTF-8"),
            count => text.extend_from_slice(&piece[..count]),
        }
        thread::yield_now();
    }
}

/// Plays a file; both its outputs do not wait, and are one pipe.
fn played(saylog: &Saylog, script: &str) -> (String, bool) {
    let file = saylog.folder().join("script");
    fs::write(&file, script).expect("a file");
    let (reader, writer) = pipe().expect("a pipe");
    stop_waiting(&writer);
    let mut command = saylog.command();
    command
        .stdin(File::open(file).expect("the file"))
        .stdout(writer.try_clone().expect("the pipe"))
        .stderr(writer.try_clone().expect("the pipe"))
        .arg("--start");
    let mut child = command.spawn().expect("the program starts");
    drop(command);
    let kept = writer.try_clone().expect("the pipe");
    drop(writer);
    let reading = thread::spawn(move || read_slowly(reader));
    let well = child.wait().expect("an end").success();
    assert!(does_not_wait(&kept), "the flag is not ours to clear");
    drop(kept);
    (reading.join().expect("all is read"), well)
}

#[test]
fn a_slow_reader_gets_all_of_standard_output() {
    let saylog = echoing();
    let script = transcript();
    let (printed, well) = played(&saylog, &script);
    assert!(printed == script, "{} of {}", printed.len(), script.len());
    assert!(well);
}

#[test]
fn a_slow_reader_gets_all_of_standard_error() {
    let saylog = echoing();
    let script = "/nothing of this kind\n".repeat(20_000);
    let (printed, well) = played(&saylog, &script);
    assert_eq!(printed.lines().count(), 20_000);
    assert!(printed.lines().all(|line| line.contains("unknown command")));
    assert!(!well);
}

#[test]
fn a_slow_writer_is_waited_for() {
    let saylog = echoing();
    let (reader, mut writer) = pipe().expect("a pipe");
    stop_waiting(&reader);
    let mut command = saylog.command();
    command
        .arg("--start")
        .stdin(reader.try_clone().expect("the pipe"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    drop(command);
    let mut printed = child.stdout.take().expect("a pipe");
    let mut answer = [0; 4];
    for line in ["one\n", "two\n"] {
        // Half of it, then nothing, then the rest.
        let (half, rest) = line.split_at(2);
        writer.write_all(half.as_bytes()).expect("half a line");
        thread::yield_now();
        writer.write_all(rest.as_bytes()).expect("the rest");
        printed.read_exact(&mut answer).expect("an answer");
        assert_eq!(answer, line.as_bytes());
    }
    assert!(does_not_wait(&reader), "the flag is not ours to clear");
    drop(writer);
    check(&end(child), "", "", 0);
}

/// Sets the flag on its terminal, runs a program there, and tells whether the
/// flag is still set then.
const ON_A_TERMINAL: &str = "
import fcntl, os, subprocess, sys
flags = fcntl.fcntl(0, fcntl.F_GETFL)
fcntl.fcntl(0, fcntl.F_SETFL, flags | os.O_NONBLOCK)
code = subprocess.call(sys.argv[1:])
kept = bool(fcntl.fcntl(0, fcntl.F_GETFL) & os.O_NONBLOCK)
fcntl.fcntl(0, fcntl.F_SETFL, flags)
print(f'code {code}, kept {kept}', flush=True)
";

#[test]
fn a_terminal_is_waited_for_and_left_as_it_was() {
    if !has("python3", "a terminal that does not wait") {
        return;
    }
    for term in ["xterm-256color", "dumb"] {
        let saylog = echoing();
        let python = ["/usr/bin/env", "python3", "-c", ON_A_TERMINAL];
        let variables = [("TERM", term), ("PATH", "/usr/local/bin:/usr/bin:/bin")];
        let mut terminal = Terminal::within(&saylog, &python, &[], &variables);
        terminal.shows_such("a prompt", |screen| screen.ends_with("> ▏"));
        terminal.types("hello\r");
        terminal.shows_such("the reply", |screen| {
            screen.contains("\nhello\n") && screen.ends_with("> ▏")
        });
        terminal.types("\x04");
        terminal.shows_such("what became of the flag", |screen| {
            screen.contains("code 0, kept True")
        });
        assert_eq!(terminal.ends(), "Success");
        assert_eq!(saylog.said().len(), 2);
    }
}
