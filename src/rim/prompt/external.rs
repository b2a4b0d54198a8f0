//! The person's own editor.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::Command;

use super::super::config::variable;
use super::console::Lender;
use crate::domain::{Error, MESSAGE_LIMIT, Result, is_blank};

/// A file for one text, readable by its owner alone and gone when it is dropped.
struct Sheet {
    path: PathBuf,
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
        let sheet = Self { path };
        file.write_all(text.as_bytes())?;
        Ok(sheet)
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        // An editor may have taken it away itself.
        let _ = fs::remove_file(&self.path);
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
    let name = variable("VISUAL").or_else(|| variable("EDITOR"));
    let name = name.unwrap_or_default();
    let mut words = name.split_whitespace();
    let Some(program) = words.next() else {
        return Err(failed(
            "finds neither VISUAL nor EDITOR set".into(),
            "`/edit` puts the message back into the line",
        ));
    };
    let cannot = |error: io::Error| {
        let why = error.to_string();
        let why = why.split(" (os error").next().unwrap_or_default();
        failed(
            format!("cannot run `{program}`: {}", why.to_lowercase()),
            "VISUAL or EDITOR names the editor",
        )
    };
    let sheet = Sheet::new(text).map_err(cannot)?;
    let mut command = Command::new(program);
    command.args(words).arg(&sheet.path);
    let status = lender.lend(|| command.status()).map_err(cannot)?;
    if !status.success() {
        return Ok(None);
    }
    let size = fs::metadata(&sheet.path).map_or(0, |metadata| metadata.len());
    if size > MESSAGE_LIMIT as u64 {
        return Err(Error::TooLong);
    }
    let bytes = fs::read(&sheet.path).map_err(cannot)?;
    let left = String::from_utf8(bytes)
        .map_err(|error| Error::InvalidUtf8(error.utf8_error().valid_up_to() + 1))?;
    if let Some(at) = left.find('\0') {
        return Err(Error::NulByte(at + 1));
    }
    // Editors end the last line; the message had no such end.
    let left = left.strip_suffix('\n').unwrap_or(&left);
    let is_new = left != text.strip_suffix('\n').unwrap_or(text) && !is_blank(left);
    Ok(is_new.then(|| left.to_owned()))
}

fn failed(why: String, hint: &str) -> Error {
    Error::BadArgument {
        command: "/edit --editor".into(),
        why,
        hint: hint.into(),
    }
}
