//! Lets the person's own editor change a message.

use std::io;
use std::process::Command;

use super::super::environment::variable;
use super::temporary_file::{TemporaryFile, failed};
use super::terminal_guard::TerminalModes;
use crate::domain::{Result, io_reason, is_blank};

/// Opens a text in `$VISUAL`, or else `$EDITOR`, and returns the new text; none
/// if it did not change, is blank, or the editor exited with an error.
///
/// The variable's words are the program and its arguments; no shell expands them.
///
/// # Errors
/// If there is no editor, it cannot be run, or what it left is no message.
pub(super) fn edited(text: &str, terminal: &TerminalModes) -> Result<Option<String>> {
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
            format!("cannot run `{program}`: {}", io_reason(&error)),
            "VISUAL or EDITOR names the editor",
        )
    };
    let mut file = TemporaryFile::new(text).map_err(cannot)?;
    let mut command = Command::new(program);
    command.args(words).arg(file.path());
    let status = terminal.lend(|| command.status()).map_err(cannot)?;
    if !status.success() {
        return Ok(None);
    }
    let left = file.read()?.unwrap_or_default();
    // Editors end the last line with a line feed, which the message did not have.
    let left = left.strip_suffix('\n').unwrap_or(&left);
    let is_new = left != text.strip_suffix('\n').unwrap_or(text) && !is_blank(left);
    Ok(is_new.then(|| left.to_owned()))
}
