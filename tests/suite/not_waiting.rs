//! `O_NONBLOCK`, left on a stream by another program, is no matter.

use std::fs::{self, File};
use std::io::{PipeReader, Read, Write, pipe};
use std::os::fd::AsFd;
use std::process::Stdio;
use std::thread;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use crate::support::run::{Saylog, check, echoing, end};

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
