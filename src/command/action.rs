//! What every command has: a description, a parser and an effect.

use super::argument::Arguments;
use super::named_file::NamedFile;
use super::spec::Spec;
use super::wanted_export::WantedExport;
use super::wanted_follow::WantedFollow;
use super::wanted_import::WantedImport;
use super::wanted_setting::WantedSetting;
use crate::chat::Chat;
use crate::chat::moves::EditedTurn;
use crate::domain::{Result, SessionChoices, Sink, TakenText};

/// A command with its arguments, parsed and ready to run.
pub(crate) trait Action: Sized {
    const SPEC: Spec;

    /// Parses what was typed after the name. It sees the text only, neither
    /// the chat nor the store.
    ///
    /// # Errors
    /// What is wrong with the arguments, with what to type instead.
    fn parse(arguments: Arguments<'_>) -> Result<Self>;

    /// The command as typed, if it can only run where a person has a line
    /// editor. Elsewhere it is refused before it runs.
    fn needs_editor(&self) -> Option<&'static str> {
        None
    }

    /// The same command from a person who can be asked what they mean.
    #[must_use]
    fn asking(self) -> Self {
        self
    }

    /// Does what the command says and tells the sink what happened.
    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next>;
}

/// What the caller does after a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Read the next line.
    Line,
    /// Read the next line, which begins with the text of this turn and takes its place.
    Edit(EditedTurn),
    /// Open the text of this turn in the person's editor, and say what they make of
    /// it in its place.
    Editor(EditedTurn),
    /// Ask which of these sessions is meant, and return to that.
    Choose(SessionChoices),
    /// Read this file and say what is in it.
    File(NamedFile),
    /// Put this text into the person's clipboard.
    Copy(TakenText),
    /// Write this block of code into a new file of that path.
    Save(TakenText, String),
    /// Write messages into a file.
    Export(WantedExport),
    /// Read conversations out of these files.
    Import(WantedImport),
    /// Show messages as they are written. Nothing that comes behind it is done.
    Follow(WantedFollow),
    /// Show, change or save a setting.
    Set(WantedSetting),
    /// Leave.
    Leave,
}
