//! Lets the person's own editor change a text.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, ExitStatus};

use rustix::fs::{Mode, OFlags, open};

use super::super::environment::variable;
use super::editor_folder::EditorFolder;
use super::terminal_guard::TerminalModes;
use crate::domain::{MESSAGE_LIMIT, io_reason};

/// The editors that are looked for if no variable names one.
const USUAL: [&str; 3] = ["sensible-editor", "vi", "nano"];

/// The name of the file, by which editors know what kind of text it is.
const FILE: &str = "message.md";

/// The hint where there is none.
const NAMED_BY: &str = "VISUAL or EDITOR names the editor";

/// What came of a text in an editor.
pub(super) enum Edited {
    /// The editor left this.
    Text(String),
    /// The editor ended with an error and had saved nothing, or removed its file.
    Nothing,
}

impl Edited {
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Nothing => None,
        }
    }
}

/// Why there is no text: what happened, and what helps.
pub(super) struct EditorTrouble {
    /// What the command does, or the editor.
    pub(super) why: String,
    pub(super) hint: String,
    /// The editor that cannot be run, and why.
    unrun: Option<(String, String)>,
}

impl EditorTrouble {
    fn new(why: String, hint: impl Into<String>) -> Self {
        Self {
            why,
            hint: hint.into(),
            unrun: None,
        }
    }

    /// The notice for whose line was to be edited.
    pub(super) fn notice(&self) -> String {
        let Self { why, hint, unrun } = self;
        match unrun {
            Some((program, why)) => {
                format!("the editor `{program}` cannot be run: {why}; {hint}")
            }
            None => format!("the editor {why}; {hint}"),
        }
    }
}

/// Where the terminal is lent from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum During {
    /// Between two lines.
    Pause,
    /// A line that is being typed.
    Line,
}

/// Opens a text in `$VISUAL`, or else `$EDITOR`, or else a usual editor.
///
/// The variable's words are the program and its arguments, split as a shell does
/// it; but none runs, and nothing is expanded.
///
/// # Errors
/// If there is no editor, it cannot be run, or what it left is no message.
pub(super) fn edited(
    text: &str,
    terminal: &TerminalModes,
    during: During,
) -> Result<Edited, EditorTrouble> {
    let named = ["VISUAL", "EDITOR"].into_iter().find_map(|name| {
        let value = variable(name).filter(|value| !value.trim().is_empty())?;
        Some((name, value))
    });
    let trouble = |program: &str, error: &io::Error| {
        let why = io_reason(error);
        EditorTrouble {
            unrun: Some((program.to_owned(), why.clone())),
            ..EditorTrouble::new(format!("cannot run `{program}`: {why}"), NAMED_BY)
        }
    };
    let candidates = match &named {
        Some((name, value)) => vec![words(name, value)?],
        None => USUAL.map(|program| vec![program.to_owned()]).to_vec(),
    };
    let program = named.map_or_else(|| USUAL[0].to_owned(), |_| candidates[0][0].clone());
    let mut folder = EditorFolder::new().map_err(|error| trouble(&program, &error))?;
    let path = folder.path().join(FILE);
    write(&path, text).map_err(|error| trouble(&program, &error))?;
    for words in &candidates {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg(&path);
        let run = || -> io::Result<ExitStatus> { command.status() };
        let place = Some(folder.path().to_owned());
        let ended = match during {
            During::Pause => terminal.lend(place, run),
            During::Line => terminal.lend_amid_line(place, run),
        };
        match ended {
            Ok(status) if !status.success() => return given_up(text, status, &path, &mut folder),
            Ok(_) => return read(&path, &mut folder),
            Err(error) if error.kind() == io::ErrorKind::NotFound && candidates.len() > 1 => {}
            Err(error) => return Err(trouble(&words[0], &error)),
        }
    }
    let usual = USUAL.join(", ");
    Err(EditorTrouble::new(
        format!("finds no editor, neither in VISUAL or EDITOR nor {usual}"),
        NAMED_BY,
    ))
}

/// The program and its arguments, as a shell would split them.
fn words(name: &str, value: &str) -> Result<Vec<String>, EditorTrouble> {
    let words = shell_words::split(value).unwrap_or_default();
    if words.first().is_none_or(String::is_empty) {
        return Err(EditorTrouble::new(
            format!("cannot read {name}, `{value}`: a quote is not closed"),
            "its words are a program and its arguments",
        ));
    }
    Ok(words)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}

/// What is left by an editor that ended with an error: whoever has it end so gives up,
/// and the text stays as it was. What was saved before is kept for them.
fn given_up(
    text: &str,
    status: ExitStatus,
    path: &Path,
    folder: &mut EditorFolder,
) -> Result<Edited, EditorTrouble> {
    let saved = saved(path).unwrap_or_default();
    // Many editors end the last line of whatever they save.
    let lines = |bytes: &[u8]| bytes.strip_suffix(b"\n").unwrap_or(bytes).to_vec();
    if saved.trim_ascii().is_empty() || lines(&saved) == lines(text.as_bytes()) {
        return Ok(Edited::Nothing);
    }
    Err(kept(&format!("ended with an error ({status})"), folder))
}

/// Keeps what the editor saved, and says so.
fn kept(what: &str, folder: &mut EditorFolder) -> EditorTrouble {
    folder.keep();
    let path = folder.path().join(FILE);
    EditorTrouble::new(
        format!("{what}; nothing was sent"),
        format!("what it saved is kept in `{}`", path.display()),
    )
}

/// What is in the file, up to a byte more than a message may have. A pipe in its place
/// is not waited for.
fn saved(path: &Path) -> io::Result<Vec<u8>> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = File::from(open(path, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("what is no regular file"));
    }
    let mut bytes = Vec::new();
    file.take(MESSAGE_LIMIT as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text that the editor left, without the line feed that editors put at the end.
///
/// If it can be no message, the folder is kept, so that nothing that was written
/// is lost.
fn read(path: &Path, folder: &mut EditorFolder) -> Result<Edited, EditorTrouble> {
    let mut keep = |what: &str| kept(&format!("left {what}"), folder);
    let bytes = match saved(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Edited::Nothing),
        Err(error) => return Err(keep(&io_reason(&error))),
    };
    if bytes.len() > MESSAGE_LIMIT {
        return Err(keep("a text that is too long"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to() + 1;
        keep(&format!("a text that is not UTF-8 (byte {at})"))
    })?;
    if let Some(at) = text.find('\0') {
        return Err(keep(&format!("a text with a NUL byte (byte {})", at + 1)));
    }
    let left = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Edited::Text(left.to_owned()))
}
