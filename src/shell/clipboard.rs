//! The person's clipboard: behind the terminal, or a program's.
//!
//! A terminal is told by OSC 52 what to keep. The text is in base64, so that nothing of
//! it reaches the terminal as it is. No terminal answers, and many take no long text.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::environment::variable;
use super::output::Output;
use crate::domain::{CopyWay, Error, Result, TakeFault, io_reason};

/// The longest text, in bytes, that is sent to a terminal: more than that is not known
/// to get through.
const TERMINAL_LIMIT: usize = 74_000;

/// The programs that take longer ones, each with its arguments.
const TOOLS: [(&str, &[&str]); 4] = [
    ("wl-copy", &[]),
    ("xclip", &["-selection", "clipboard"]),
    ("xsel", &["-ib"]),
    ("pbcopy", &[]),
];

/// How long such programs may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How many bytes GNU screen passes on at a time.
const SCREEN_PIECE: usize = 250;

/// Where texts are copied to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Clipboard {
    /// Nobody is looking.
    #[default]
    None,
    /// A program has it: the terminal can only show text.
    Tools,
    /// The terminal has it.
    Terminal,
}

impl Clipboard {
    /// The clipboard of whoever looks at standard output.
    pub(super) fn new(is_watched: bool, is_dumb: bool) -> Self {
        match (is_watched, is_dumb) {
            (false, _) => Self::None,
            (true, true) => Self::Tools,
            (true, false) => Self::Terminal,
        }
    }

    /// Copies a text, and says where to. All that was told before must be written out.
    pub(super) fn copy(self, text: &str, output: &mut Output) -> Result<CopyWay> {
        match self {
            Self::None => Err(TakeFault::NeedsTerminal.into()),
            Self::Terminal if text.len() <= TERMINAL_LIMIT => {
                let is_in_tmux = variable("TMUX").is_some();
                let is_in_screen = !is_in_tmux && variable("STY").is_some();
                output.tell_terminal(&sequence(text, is_in_screen))?;
                Ok(if is_in_tmux {
                    CopyWay::Tmux
                } else {
                    CopyWay::Terminal
                })
            }
            Self::Terminal | Self::Tools => by_tool(text, output),
        }
    }
}

/// What tells a terminal to keep a text.
fn sequence(text: &str, is_in_screen: bool) -> String {
    let bare = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    if !is_in_screen {
        return bare;
    }
    // Screen knows nothing of it, and passes on what stands in these marks.
    let pieces = bare.as_bytes().chunks(SCREEN_PIECE);
    let pieces = pieces.map(|piece| format!("\x1bP{}\x1b\\", String::from_utf8_lossy(piece)));
    pieces.collect()
}

/// Gives a text to the first of the programs that is there and takes it. One may be
/// there whose clipboard is not.
fn by_tool(text: &str, output: &Output) -> Result<CopyWay> {
    let until = Instant::now() + PATIENCE;
    let mut refused = None;
    for (tool, arguments) in TOOLS {
        let mut command = Command::new(tool);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // What stays behind to serve the text is not ended by our Ctrl-C.
            .process_group(0);
        let given = match command.spawn() {
            Ok(child) => give(text, tool, child, until, output),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => Err(TakeFault::Clipboard(tool, io_reason(&error)).into()),
        };
        match given {
            Err(error @ Error::Take(_)) => refused = refused.or(Some(error)),
            given => return given,
        }
        if Instant::now() >= until {
            break;
        }
    }
    Err(refused.unwrap_or_else(|| TakeFault::NoClipboard(text.len()).into()))
}

/// Gives a text to a program that was started for it, and waits for its end.
fn give(
    text: &str,
    tool: &'static str,
    mut child: Child,
    until: Instant,
    output: &Output,
) -> Result<CopyWay> {
    let failed = |why: &str| Error::from(TakeFault::Clipboard(tool, why.to_owned()));
    let (sender, written) = mpsc::channel();
    if let Some(mut input) = child.stdin.take() {
        let text = text.to_owned();
        let writing = move || {
            let result = input.write_all(text.as_bytes());
            drop(input);
            let _ = sender.send(result);
        };
        // Nothing is written if no thread begins: then nothing is received.
        let _ = thread::Builder::new().spawn(writing);
    }
    let status = loop {
        let trouble = match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if output.signals().caught().is_some() => Error::Interrupted,
            Ok(None) if Instant::now() >= until => failed("it does not end"),
            Ok(None) => {
                thread::sleep(LOOK_EVERY);
                continue;
            }
            Err(error) => failed(&io_reason(&error)),
        };
        let _ = child.kill();
        // Another thread waits for it, however long it takes.
        let _ = thread::Builder::new().spawn(move || child.wait());
        return Err(trouble);
    };
    if !status.success() {
        return Err(failed(&status.to_string()));
    }
    let left = until.saturating_duration_since(Instant::now());
    match written.recv_timeout(left) {
        Ok(Ok(())) => Ok(CopyWay::Tool(tool)),
        Ok(Err(error)) => Err(failed(&io_reason(&error))),
        Err(_) => Err(failed("it did not read all of it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_text_reaches_the_terminal_as_it_is() {
        let hostile = "\x1b[2J\x07\x1b\\é你\n";
        let bare = sequence(hostile, false);
        assert_eq!(
            bare,
            "\x1b]52;c;G1syShsbXMOp5L2gCg==\x07"
                .replace("G1syShsbXMOp5L2gCg==", &STANDARD.encode(hostile))
        );
        let inner = &bare["\x1b]52;c;".len()..bare.len() - 1];
        assert!(inner.bytes().all(|byte| byte.is_ascii_graphic()));
        assert_eq!(STANDARD.decode(inner).unwrap(), hostile.as_bytes());
    }

    #[test]
    fn screen_gets_it_in_pieces_that_it_passes_on() {
        let text = "x".repeat(1000);
        let wrapped = sequence(&text, true);
        let pieces: Vec<&str> = wrapped.split_terminator("\x1b\\").collect();
        let inner: String = pieces
            .iter()
            .map(|piece| piece.strip_prefix("\x1bP").unwrap())
            .collect();
        assert_eq!(inner, sequence(&text, false));
        assert!(pieces.len() == 6 && pieces.iter().all(|piece| piece.len() <= 252));
    }
}
