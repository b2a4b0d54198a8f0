//! The program is stopped as a job of a shell, and goes on.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::*;
use crate::support::run::is_there;
use crate::support::server::Endpoint;

const CTRL_Z: &str = "\x1a";

/// dash at a terminal: it leaves the terminal as its jobs leave it. None if there is none.
fn dash(saylog: &Saylog) -> Option<Terminal> {
    // It knows no `--version`.
    let answers = Command::new("dash").args(["-c", ":"]).status();
    if !is_there(answers, "dash", "a stopped job") {
        return None;
    }
    let inner = saylog.command();
    let mut command = Command::new("dash");
    command.arg("-i").env_clear();
    for (name, value) in inner.get_envs() {
        command.env(name, value.expect("nothing is removed"));
    }
    command
        .current_dir(saylog.folder())
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("PS1", "dash$ ")
        .env("SAYLOG", inner.get_program());
    Some(Terminal::start(&command))
}

/// Starts the program in a shell, in a terminal of a kind.
fn start(terminal: &mut Terminal, kind: &str, arguments: &str) {
    start_at(terminal, "dash$ ▏", kind, arguments);
}

/// The same when the screen is this.
fn start_at(terminal: &mut Terminal, screen: &str, kind: &str, arguments: &str) {
    terminal.shows(screen);
    let line = format!("TERM={kind} \"$SAYLOG\" -u alice --store saylog.db {arguments}\r");
    terminal.types(line);
    terminal.shows_at_last("alice> ▏");
}

/// Waits for the shell, which must find the terminal as it knows it.
#[track_caller]
fn is_stopped(terminal: &mut Terminal) {
    terminal.shows_such("a stopped job", |screen| {
        screen.contains("Stopped") && screen.ends_with("dash$ ▏")
    });
    let modes = "stty -a | tr ' ' '\\n' | grep -xe icanon -e echo -e icrnl | tr '\\n' .";
    terminal.types(format!("{modes}\r"));
    terminal.shows_at_last("\nicrnl.icanon.echo.dash$ ▏");
}

fn leave_both(mut terminal: Terminal) {
    terminal.types(CTRL_D);
    terminal.shows_at_last("dash$ ▏");
    terminal.types("exit\r");
    assert_eq!(terminal.ends(), "Success");
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_the_line_is_there_again() {
    let saylog = Saylog::new();
    let Some(mut terminal) = dash(&saylog) else {
        return;
    };
    start(&mut terminal, "xterm", "");
    terminal.types("to be");
    terminal.shows_at_last("\nalice> to be▏");
    for _ in 0..2 {
        terminal.types(CTRL_Z);
        is_stopped(&mut terminal);
        let written = terminal.written();
        let (_, last) = written.rsplit_once("\x1b[?2004").expect("marked pastes");
        assert!(last.starts_with('l'), "{written:?}");
        terminal.types("fg\r");
        terminal.shows_such("the line", |screen| screen.ends_with("\nalice> to be▏"));
    }
    terminal.pastes(" said\ragain");
    terminal.shows_such("both lines", |screen| screen.ends_with("again▏"));
    terminal.types("\r");
    terminal.shows_at_last("\nThis is a mock response from AI.\n\nalice/<1>> ▏");
    leave_both(terminal);
    assert_eq!(asked(&saylog), ["alice user: to be said\nagain"]);
}

#[test]
fn ctrl_z_at_several_lines_leaves_what_the_shell_wrote() {
    let saylog = Saylog::new();
    let Some(mut terminal) = dash(&saylog) else {
        return;
    };
    start(&mut terminal, "xterm", "");
    terminal.types("one\ntwo\nthree");
    terminal.shows_at_last("\nalice> one⏎\ntwo⏎\nthree▏");
    terminal.types(UP);
    terminal.shows_at_last("\nalice> one⏎\ntwo▏⏎\nthree");
    terminal.types(CTRL_Z);
    is_stopped(&mut terminal);
    terminal.types("fg\r");
    terminal.shows_such("the lines below the shell's", |screen| {
        let below = screen.rsplit_once("dash$ fg\n").map(|(_, below)| below);
        below.is_some_and(|below| {
            below.contains("saylog") && below.ends_with("\nalice> one⏎\ntwo▏⏎\nthree")
        })
    });
    terminal.types("\r");
    terminal.shows_at_last("\nThis is a mock response from AI.\n\nalice/<1>> ▏");
    leave_both(terminal);
    assert_eq!(asked(&saylog), ["alice user: one\ntwo\nthree"]);
}

#[test]
fn ctrl_z_while_a_reply_comes_stops_the_program_and_it_goes_on() {
    let saylog = Saylog::new();
    let Some(mut terminal) = dash(&saylog) else {
        return;
    };
    let endpoint = Endpoint::new();
    let arguments = format!("-m x --base-url {}", endpoint.base());
    start(&mut terminal, "xterm", &arguments);
    terminal.types("hello\r");
    let mut turn = endpoint.begun();
    turn.says("One.\n\n");
    terminal.shows_such("a part", |screen| screen.contains("One."));
    terminal.types(CTRL_Z);
    is_stopped(&mut terminal);
    terminal.types("fg\r");
    turn.says("Two.");
    turn.ends();
    terminal.shows_such("the rest", |screen| screen.ends_with("\nalice/<1>> ▏"));
    leave_both(terminal);
    assert_eq!(saylog.said()[1], "alice ai: One.\n\nTwo.");
}

#[test]
fn ctrl_z_gives_a_dumb_terminal_back() {
    let saylog = Saylog::new();
    let Some(mut terminal) = dash(&saylog) else {
        return;
    };
    start(&mut terminal, "dumb", "");
    terminal.types("to be ");
    terminal.shows_at_last("alice> to be ▏");
    terminal.types(CTRL_Z);
    is_stopped(&mut terminal);
    terminal.types("fg\r");
    terminal.types("said\r");
    terminal.shows_such("the reply", |screen| screen.ends_with("> ▏"));
    leave_both(terminal);
    assert_eq!(asked(&saylog), ["alice user: to be said"]);
}

#[test]
fn ctrl_z_stops_nothing_where_no_shell_could_let_it_go_on() {
    for kind in ["xterm-256color", "dumb"] {
        let saylog = Saylog::new();
        let mut terminal = Terminal::of(&saylog, &[], &[("TERM", kind)]);
        terminal.shows_at_last("alice> ▏");
        terminal.types("hel");
        terminal.shows_at_last("alice> hel▏");
        terminal.types(CTRL_Z);
        terminal.types("lo\r");
        let apart = if kind == "dumb" { "" } else { "\n" };
        let screen = format!("This is a mock response from AI.\n{apart}alice/<1>> ▏");
        terminal.shows_at_last(&screen);
        leave(terminal);
        assert_eq!(asked(&saylog), ["alice user: hello"], "{kind}");
    }
}

#[test]
fn an_editor_that_stops_stops_the_program_with_it() {
    let saylog = Saylog::new();
    let Some(mut terminal) = dash(&saylog) else {
        return;
    };
    let script = "#!/bin/sh\nkill -TSTP 0\necho edited >\"$1\"\n";
    let editor = saylog.folder().join("editor");
    fs::write(&editor, script).expect("a file");
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&editor, mode).expect("a mode");
    terminal.shows("dash$ ▏");
    terminal.types("export EDITOR=./editor\r");
    start_at(
        &mut terminal,
        "dash$ export EDITOR=./editor\ndash$ ▏",
        "xterm",
        "",
    );
    terminal.types("hello\r");
    terminal.shows_at_last("\nalice/<1>> ▏");
    terminal.types("/edit --editor\r");
    is_stopped(&mut terminal);
    terminal.types("fg\r");
    terminal.shows_such("the reply", |screen| {
        screen.contains("\nyou say: edited\n") && screen.ends_with("\nalice/<1>> ▏")
    });
    leave_both(terminal);
    assert_eq!(asked(&saylog), ["alice user: hello", "alice user: edited"]);
}

/// Runs a program as a job; at SIGUSR1 sends it SIGTSTP, tells how it stopped and
/// how it left the terminal, and lets it go on.
const JOB_CONTROL: &str = "
import os, signal, subprocess, sys, termios
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = subprocess.Popen(sys.argv[1:], preexec_fn=lambda: os.setpgid(0, 0))
os.tcsetpgrp(0, job.pid)
signal.sigwait([signal.SIGUSR1])
os.kill(job.pid, signal.SIGTSTP)
_, status = os.waitpid(job.pid, os.WUNTRACED)
os.tcsetpgrp(0, os.getpid())
cooked = termios.ICANON | termios.ECHO
is_cooked = termios.tcgetattr(0)[3] & cooked == cooked
is_stop = os.WIFSTOPPED(status) and os.WSTOPSIG(status) == signal.SIGTSTP
os.write(1, b'\\r\\nstopped: %d, cooked: %d\\r\\n' % (is_stop, is_cooked))
os.tcsetpgrp(0, job.pid)
os.kill(job.pid, signal.SIGCONT)
code = job.wait()
os.tcsetpgrp(0, os.getpid())
sys.exit(code)
";

#[test]
fn a_prompt_that_somebody_else_stopped_draws_its_line_again() {
    if !has("python3", "a job that is stopped") {
        return;
    }
    let saylog = Saylog::new();
    let python = ["/usr/bin/env", "python3", "-c", JOB_CONTROL];
    let variables = [("PATH", "/usr/local/bin:/usr/bin:/bin")];
    let mut terminal = Terminal::within(&saylog, &python, &[], &variables);
    terminal.shows_at_last("\nalice> ▏");
    terminal.types("hel");
    terminal.shows_at_last("\nalice> hel▏");
    terminal.signals(Signal::USR1);
    terminal.shows_at_last("\nstopped: 1, cooked: 1\nalice> hel▏");
    terminal.types("lo\r");
    terminal.shows_at_last("\nThis is a mock response from AI.\n\nalice/<1>> ▏");
    leave(terminal);
    assert_eq!(asked(&saylog), ["alice user: hello"]);
}
