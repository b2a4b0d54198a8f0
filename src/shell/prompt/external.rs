//! The person's own editor.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::Command;

use super::super::environment::variable;
use super::console::Lender;
use crate::domain::{Error, MESSAGE_LIMIT, Result, is_blank};

/// A file for one text, readable by its owner alone and gone when it is dropped,
/// unless it is to be kept.
struct Sheet {
    path: PathBuf,
    is_kept: bool,
}

impl Sheet {
    fn new(text: &str) -> io::Result<Self> {
        let folder = variable("XDG_RUNTIME_DIR").map(PathBuf::from);
        let folder = folder.filter(|folder| folder.is_dir());
        let folder = folder.unwrap_or_else(std::env::temp_dir);
        // A name that nobody can have put a link in the place of.
        let path = folder.join(format!("saylog-{}.md", uuid::Uuid::new_v4()));
        let mut file: File = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let is_kept = false;
        let sheet = Self { path, is_kept };
        file.write_all(text.as_bytes())?;
        Ok(sheet)
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        if !self.is_kept {
            // An editor may have taken it away itself.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Sheet {
    /// What was written, if it can be a message.
    ///
    /// # Errors
    /// Why it cannot; the file is kept then, for nothing written may be lost.
    fn read(&mut self) -> Result<Option<String>> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.keep(&reason(&error))),
        };
        if bytes.len() > MESSAGE_LIMIT {
            return Err(self.keep("a text that is too long"));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to() + 1;
            self.keep(&format!("a text that is not UTF-8 (byte {at})"))
        })?;
        match text.find('\0') {
            Some(at) => Err(self.keep(&format!("a text with a NUL byte (byte {})", at + 1))),
            None => Ok(Some(text)),
        }
    }

    fn keep(&mut self, what: &str) -> Error {
        self.is_kept = true;
        let hint = format!("it is kept in `{}`", self.path.display());
        failed(format!("left {what}; nothing was sent"), &hint)
    }
}

/// Lets `$VISUAL`, or else `$EDITOR`, change a text; none if it stayed as it
/// was, was emptied, or the editor said that it is not to be used.
///
/// The variable's words are the program and its arguments; no shell sees them.
///
/// # Errors
/// If there is no editor, it cannot be run, or what it left is no message.
pub fn edited(text: &str, lender: &Lender) -> Result<Option<String>> {
    let named = |variable_name| variable(variable_name).filter(|name| !name.trim().is_empty());
    let name = named("VISUAL").or_else(|| named("EDITOR"));
    let name = name.unwrap_or_default();
    let mut words = name.split_whitespace();
    let Some(program) = words.next() else {
        return Err(failed(
            "finds neither VISUAL nor EDITOR set".into(),
            "`/edit` puts the message back into the line",
        ));
    };
    let cannot = |error: io::Error| {
        failed(
            format!("cannot run `{program}`: {}", reason(&error)),
            "VISUAL or EDITOR names the editor",
        )
    };
    let mut sheet = Sheet::new(text).map_err(cannot)?;
    let mut command = Command::new(program);
    command.args(words).arg(&sheet.path);
    let status = lender.lend(|| command.status()).map_err(cannot)?;
    if !status.success() {
        return Ok(None);
    }
    let left = sheet.read()?.unwrap_or_default();
    // Editors end the last line; the message had no such end.
    let left = left.strip_suffix('\n').unwrap_or(&left);
    let is_new = left != text.strip_suffix('\n').unwrap_or(text) && !is_blank(left);
    Ok(is_new.then(|| left.to_owned()))
}

/// The system's sentence without the number behind it.
fn reason(error: &io::Error) -> String {
    let why = error.to_string();
    let why = why.split(" (os error").next().unwrap_or_default();
    why.to_lowercase()
}

fn failed(why: String, hint: &str) -> Error {
    Error::BadArgument {
        command: "/edit --editor".into(),
        why,
        hint: hint.into(),
    }
}
