//! A person at a pseudo-terminal: types at the program and waits for what the
//! screen shows.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use vt100::{Color, Parser, Screen};

use super::run::Saylog;
use super::wait::PATIENCE;

/// What stands for the cursor in the text of a screen.
pub(crate) const CURSOR: char = '▏';

const SIZE: PtySize = PtySize {
    rows: 24,
    cols: 80,
    pixel_width: 0,
    pixel_height: 0,
};

/// The program at work in a terminal of its own.
pub(crate) struct Terminal {
    /// None when it has hung up.
    master: Option<Box<dyn MasterPty + Send>>,
    keyboard: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<Seen>,
    /// The settings of the terminal before the start.
    found: String,
}

/// What the program has written, and a bell that rings when there is more.
#[derive(Default)]
struct Seen {
    output: Mutex<Output>,
    more: Condvar,
}

struct Output {
    bytes: Vec<u8>,
    parser: Parser,
    /// Once this has been written the terminal takes no more output.
    barrier: Option<&'static str>,
    /// The terminal hangs up when the program writes something.
    hangs_up: bool,
    ended: bool,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            parser: Parser::new(cells(SIZE.rows), cells(SIZE.cols), 0),
            barrier: None,
            hangs_up: false,
            ended: false,
        }
    }
}

impl Output {
    fn is_stopped(&self) -> bool {
        self.barrier
            .is_some_and(|text| String::from_utf8_lossy(&self.bytes).contains(text))
    }
}

impl Terminal {
    /// Starts the prompt with further arguments and environment variables, in
    /// a terminal that can show colours unless a variable says otherwise.
    pub(crate) fn of(saylog: &Saylog, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start(&prompting(saylog, arguments, variables))
    }

    /// The same in a window of so many columns.
    pub(crate) fn of_width(
        cols: u16,
        saylog: &Saylog,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { cols, ..SIZE };
        Self::start_in(size, &prompting(saylog, arguments, variables))
    }

    /// The same, started by another program: it is given the program under test,
    /// and what that is to be given, as its last arguments.
    pub(crate) fn within(
        saylog: &Saylog,
        program: &[&str],
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let inner = saylog.command();
        let mut command = Command::new(program[0]);
        command.args(&program[1..]).arg(inner.get_program());
        command.args(inner.get_args()).args(arguments).env_clear();
        for (name, value) in inner.get_envs() {
            command.env(name, value.expect("nothing is removed"));
        }
        command
            .current_dir(saylog.folder())
            .env("TERM", "xterm-256color")
            .envs(variables.iter().copied());
        Self::start(&command)
    }

    /// Starts a program that was given all it needs.
    pub(crate) fn start(command: &Command) -> Self {
        Self::start_in(SIZE, command)
    }

    fn start_in(size: PtySize, command: &Command) -> Self {
        let pty = native_pty_system().openpty(size).expect("a terminal");
        let found = settings(&*pty.master);
        let seen = Arc::new(Seen::default());
        let (rows, cols) = (cells(size.rows), cells(size.cols));
        seen.output().parser.screen_mut().set_size(rows, cols);
        let child = pty.slave.spawn_command(builder(command)).expect("a start");
        let screen = pty.master.try_clone_reader().expect("a reader");
        let eyes = Arc::clone(&seen);
        std::thread::spawn(move || eyes.watch(screen));
        Self {
            keyboard: pty.master.take_writer().expect("a writer"),
            master: Some(pty.master),
            child,
            seen,
            found,
        }
    }

    /// Types these bytes, in one go.
    pub(crate) fn types(&mut self, keys: impl AsRef<[u8]>) {
        self.keyboard.write_all(keys.as_ref()).expect("typing");
        self.keyboard.flush().expect("typing");
    }

    /// Pastes a text, as a terminal does that was asked to mark pastes.
    pub(crate) fn pastes(&mut self, text: &str) {
        self.types(format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Waits until the whole screen is this, the cursor among it. Short ids of
    /// sessions are `<1>`, `<2>`, … in the order in which they are seen.
    #[track_caller]
    pub(crate) fn shows(&self, expected: &str) {
        self.wait_until(&format!("this screen:\n{expected}"), |output| {
            text(output.parser.screen()) == expected
        });
    }

    /// Waits until the screen ends with this, the cursor among it.
    #[track_caller]
    pub(crate) fn shows_at_last(&self, expected: &str) {
        self.wait_until(&format!("a screen that ends with:\n{expected}"), |output| {
            text(output.parser.screen()).ends_with(expected)
        });
    }

    /// Waits until the text of the screen, the cursor among it, meets a condition.
    #[track_caller]
    pub(crate) fn shows_such(&self, what: &str, condition: impl Fn(&str) -> bool) {
        self.wait_until(what, |output| condition(&text(output.parser.screen())));
    }

    /// Waits until all that was written so far, screens that are gone among it,
    /// meets a condition: what is shown for a moment only may never be seen.
    #[track_caller]
    pub(crate) fn writes_such(&self, what: &str, condition: impl Fn(&str) -> bool) {
        self.wait_until(what, |output| {
            condition(&String::from_utf8_lossy(&output.bytes))
        });
    }

    /// Gives the window another size.
    pub(crate) fn resizes(&self, rows: u16, cols: u16) {
        let size = PtySize { rows, cols, ..SIZE };
        let mut output = self.seen.output();
        let screen = output.parser.screen_mut();
        screen.set_size(cells(rows), cells(cols));
        self.master().resize(size).expect("another size");
    }

    /// Types these keys and waits until the program has written `barrier`. From
    /// then on the terminal takes no more output, and the program gets stuck.
    #[track_caller]
    pub(crate) fn types_and_stops_at(&mut self, keys: &str, barrier: &'static str) {
        self.seen.output().barrier = Some(barrier);
        self.types(keys);
        self.wait_until(barrier, Output::is_stopped);
    }

    /// Takes output again.
    pub(crate) fn goes_on(&self) {
        self.seen.output().barrier = None;
        self.seen.more.notify_all();
    }

    /// How this word looks in the row where the cursor is: colour, bold, dim.
    #[track_caller]
    pub(crate) fn look(&self, word: &str) -> (Color, bool, bool) {
        let output = self.seen.output();
        let screen = output.parser.screen();
        let row = screen.cursor_position().0;
        let line = screen.contents_between(row, 0, row, SIZE.cols);
        let column = line.find(word).expect("the word is in the row");
        let looks: Vec<_> = (column..column + word.len())
            .filter_map(|column| screen.cell(row, u16::try_from(column).expect("a column")))
            .map(|cell| (cell.fgcolor(), cell.bold(), cell.dim()))
            .collect();
        assert!(looks.iter().all(|look| *look == looks[0]), "{looks:?}");
        looks[0]
    }

    /// The whole screen as it is now, with its colours.
    pub(crate) fn screen(&self) -> Screen {
        self.seen.output().parser.screen().clone()
    }

    /// Everything that was written so far, byte for byte.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&self.seen.output().bytes).into_owned()
    }

    /// Sends the program a signal.
    pub(crate) fn signals(&self, signal: Signal) {
        let pid = self.child.process_id().expect("a process");
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a number"), signal).expect("the process is there");
    }

    /// Waits for the end of the program and of its output, which must leave the
    /// terminal as it was found. `Success`, or what was wrong.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> String {
        self.wait_until("the end", |output| output.ended);
        assert_eq!(settings(self.master()), self.found);
        self.child.wait().expect("an end").to_string()
    }

    /// Closes the window, as it were. Before that a line feed is typed, as
    /// `portable_pty` does when it closes a keyboard, and what answers it is awaited.
    #[track_caller]
    pub(crate) fn hangs_up(&mut self) -> String {
        self.seen.output().hangs_up = true;
        self.keyboard = Box::new(std::io::sink());
        self.wait_until("the end", |output| output.ended);
        self.master = None;
        self.child.wait().expect("an end").to_string()
    }

    fn master(&self) -> &dyn MasterPty {
        &**self.master.as_ref().expect("it has not hung up")
    }

    #[track_caller]
    fn wait_until(&self, what: &str, condition: impl Fn(&Output) -> bool) {
        let end = Instant::now() + PATIENCE;
        let mut output = self.seen.output();
        while !condition(&output) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || (output.ended && what != "the end") {
                let shown = text(output.parser.screen());
                // The lock must not be poisoned: the reader still needs it.
                drop(output);
                panic!("waited for {what}\n--- but the screen is:\n{shown}\n---");
            }
            (output, _) = (self.seen.more.wait_timeout(output, left)).expect("a sound lock");
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.goes_on();
        // It has ended unless the test failed.
        let _ = self.child.kill();
    }
}

impl Seen {
    fn output(&self) -> MutexGuard<'_, Output> {
        self.output.lock().expect("a sound lock")
    }

    /// Takes what the program writes, until it has ended.
    fn watch(&self, mut screen: Box<dyn Read + Send>) {
        let mut bytes = [0; 4096];
        loop {
            let count = screen.read(&mut bytes).unwrap_or(0);
            let mut output = self.output();
            output.bytes.extend_from_slice(&bytes[..count]);
            output.parser.process(&bytes[..count]);
            output.ended = count == 0 || output.hangs_up;
            if output.ended {
                // Closed before anybody learns of it.
                drop(screen);
                self.more.notify_all();
                return;
            }
            self.more.notify_all();
            while output.is_stopped() {
                output = self.more.wait(output).expect("a sound lock");
            }
        }
    }
}

fn prompting(saylog: &Saylog, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = saylog.command();
    command
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied())
        .args(arguments);
    command
}

/// The same command for a pseudo-terminal.
fn builder(command: &Command) -> CommandBuilder {
    let mut builder = CommandBuilder::new(command.get_program());
    builder.env_clear();
    builder.args(command.get_args());
    for (name, value) in command.get_envs() {
        builder.env(name, value.expect("nothing is removed"));
    }
    builder.cwd(command.get_current_dir().expect("a folder"));
    builder
}

fn settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().expect("settings"))
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a size")
}

/// The text of a screen up to its last line that is not empty, the cursor in its place.
fn text(screen: &Screen) -> String {
    let (row, column) = screen.cursor_position();
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let mut lines: Vec<String> = (0..rows)
        .map(|line| {
            let before = screen.contents_between(line, 0, line, column);
            if line == row {
                let after = screen.contents_between(line, column, line, columns);
                let width = usize::from(column) - wide(screen, row, column);
                let line = format!("{before:width$}{CURSOR}{after}");
                return line.trim_end().to_owned();
            }
            let all = screen.contents_between(line, 0, line, columns);
            all.trim_end().to_owned()
        })
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    name_sessions(&lines.join("\n"))
}

/// How many cells before the cursor are the second halves of wide characters.
fn wide(screen: &Screen, row: u16, column: u16) -> usize {
    (0..column)
        .filter_map(|column| screen.cell(row, column))
        .filter(|cell| cell.is_wide_continuation())
        .count()
}

/// Words of eight hexadecimal digits become `<1>`, `<2>`, …
fn name_sessions(text: &str) -> String {
    let mut ids: Vec<&str> = Vec::new();
    let mut named = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let id = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_id = id.len() == 8 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_id {
            let known = ids.iter().position(|known| *known == id);
            let number = known.unwrap_or_else(|| {
                ids.push(id);
                ids.len() - 1
            });
            named.push_str(&format!("<{}>{}", number + 1, &word[id.len()..]));
        } else {
            named.push_str(word);
        }
    }
    named
}
