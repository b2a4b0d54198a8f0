//! Words of a model on their way to the screen, at a pseudo-terminal.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::figures::{median, ms, row};

const WINDOW: PtySize = PtySize {
    rows: 24,
    cols: 80,
    pixel_width: 0,
    pixel_height: 0,
};

/// How many words are waited for, one after the other.
const WORDS: usize = 200;

/// How many come as fast as they can be taken.
const MANY: usize = 100_000;

/// How long one of them is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// From a word that a model writes to the same word at the terminal.
pub(crate) fn shown(folder: &Path) {
    let pipe = folder.join("words");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let mut screen = Screen::new(folder, &pipe);
    let mut words = OpenOptions::new()
        .write(true)
        .open(&pipe)
        .expect("a reader");
    let mut times = Vec::new();
    for number in 0..WORDS {
        // Words of paragraphs, of lists, and of bold text, like those that models write.
        let before = match number % 40 {
            0 => "\n\n",
            20 => "\n- ",
            _ => " ",
        };
        let word = format!("word{number}");
        let since = Instant::now();
        write!(words, "{before}{word}").expect("a reader");
        screen.waits_for(&word);
        times.push(since.elapsed().as_secs_f64());
    }
    row(
        "from a word of a model to the screen",
        &ms(median(times)),
        "≤ 50 ms",
    );
    let since = Instant::now();
    for number in 0..MANY {
        let before = if number % 100 == 0 { "\n\n" } else { " " };
        write!(words, "{before}**many** {number}").expect("a reader");
    }
    write!(words, " the-last").expect("a reader");
    screen.waits_for("the-last");
    let rate = MANY as f64 / since.elapsed().as_secs_f64() / 1000.0;
    row(
        "words of a model at a terminal",
        &format!("{rate:.0} k/s"),
        "",
    );
}

/// What the program writes to its terminal.
struct Screen {
    pieces: Receiver<Vec<u8>>,
    /// What was written since the last word that was waited for.
    written: Vec<u8>,
    /// A terminal that is closed hangs up.
    keyboard: Box<dyn Write + Send>,
}

impl Screen {
    /// Asks a question that a program answers with what comes out of a pipe.
    fn new(folder: &Path, pipe: &Path) -> Self {
        let pty = native_pty_system().openpty(WINDOW).expect("a terminal");
        let mut command = CommandBuilder::new(super::installed::saylog());
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color");
        command.env("HOME", folder);
        command.cwd(folder);
        command.args(["--ephemeral", "--model"]);
        command.arg(format!("cmd:cat {}", pipe.display()));
        let child = pty.slave.spawn_command(command).expect("a start");
        let mut reader = pty.master.try_clone_reader().expect("a reader");
        let keyboard = pty.master.take_writer().expect("a writer");
        let (sender, pieces) = channel();
        thread::spawn(move || {
            // Both are kept until the program ends.
            let (_master, _child) = (pty.master, child);
            let mut bytes = vec![0; 65536];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let mut screen = Self {
            pieces,
            written: Vec::new(),
            keyboard,
        };
        screen.waits_for("> ");
        let typed = screen.keyboard.write_all(b"hello\r");
        typed.expect("a terminal");
        screen
    }

    fn waits_for(&mut self, word: &str) {
        while memchr::memmem::find(&self.written, word.as_bytes()).is_none() {
            let piece = self.pieces.recv_timeout(PATIENCE).expect("the word");
            let kept = self.written.len().saturating_sub(word.len());
            self.written.drain(..kept);
            self.written.extend(piece);
        }
        self.written.clear();
    }
}
