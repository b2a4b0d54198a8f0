//! `/export`: makes the file, and has the chat write into it.

use super::export_file::ExportFile;
use super::file_reader::FileReader;
use super::output::Output;
use crate::chat::Chat;
use crate::chat::log::export;
use crate::command::wanted_export::{STANDARD_OUTPUT, WantedExport};
use crate::domain::{Error, Event, Exported, Result, SaveFault, Sink, TakeFault};

/// Writes what is wanted, and tells what was written.
///
/// # Errors
/// If it cannot be read or written: no file is left then. If something in the log cannot
/// be read, the rest is written, and this is told behind it.
pub(super) fn run(
    wanted: &WantedExport,
    chat: &mut Chat,
    output: &mut Output,
    files: &FileReader,
) -> Result<()> {
    let unsaved =
        |fault: SaveFault| -> Error { TakeFault::Unsaved(wanted.path.clone(), fault).into() };
    // Whatever is wrong with the file is told before anything is read.
    let mut file = match wanted.path.as_str() {
        STANDARD_OUTPUT => None,
        path => Some(ExportFile::begin(files, path, wanted.is_forced).map_err(unsaved)?),
    };
    let mut write = |text: &str, sink: &mut dyn Sink| match &mut file {
        Some(file) => file.write(text.as_bytes()).map_err(unsaved),
        None => {
            sink.emit(&Event::ExportedText(text));
            sink.flush()
        }
    };
    let written = export(chat, &wanted.filters, wanted.form, &mut write, output)?;
    let is_nothing = written.messages == 0 && written.conversations == 0;
    // What is there already is worth more than nothing.
    let is_made = !is_nothing || !file.as_ref().is_some_and(ExportFile::replaces_another);
    let file = match file {
        Some(_) if !is_made => wanted.path.clone(),
        Some(file) => {
            let made = file.finish().map_err(unsaved)?;
            made.to_string_lossy().into_owned()
        }
        None => STANDARD_OUTPUT.to_owned(),
    };
    output.emit(&Event::Exported(&Exported {
        file,
        is_made,
        form: wanted.form.word(),
        conversations: written.conversations,
        messages: written.messages,
        left_out: written.left_out,
        missing: written.missing,
        secrets: written.secrets,
    }));
    match written.damage {
        Some(problem) => Err(problem.into()),
        None => Ok(()),
    }
}
