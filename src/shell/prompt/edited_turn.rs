//! `/edit`: the last message again, in the line or in the person's own editor. It
//! stays in the context until something is said in its place.

use super::super::exit_reason::Step;
use super::Prompt;
use super::external_editor::{During, edited};
use super::typed_text::as_typed;
use crate::chat::ask;
use crate::chat::moves::EditedTurn;
use crate::domain::{Error, Event, MessageId, Sink, is_blank, preview_of};

/// How much of a message from the person's editor is shown, in characters.
const PREVIEW_LENGTH: usize = 60;

/// The notice when an editor left nothing new.
const UNCHANGED: &str = "the editor left nothing new; nothing was sent";

/// A turn whose question stands in the line.
pub(super) struct Editing {
    turn: EditedTurn,
    /// What the line began with.
    initial: String,
}

impl Editing {
    pub(super) fn new(turn: EditedTurn) -> Self {
        let initial = as_typed(&turn.said);
        Self { turn, initial }
    }

    pub(super) fn turn(&self) -> &EditedTurn {
        &self.turn
    }

    /// What the line begins with.
    pub(super) fn initial(&self) -> &str {
        &self.initial
    }

    /// The message that is edited.
    pub(super) fn question(&self) -> MessageId {
        self.turn.question
    }

    /// What was said, if the line is as it began.
    pub(super) fn unchanged(&self, typed: &str) -> Option<String> {
        (typed == self.initial).then(|| self.turn.said.clone())
    }

    /// The notice when nothing is said in its place.
    pub(super) fn left(&self) -> String {
        format!("#{} stays as it was", self.turn.question)
    }
}

impl Prompt {
    /// Leaves what was to be edited as it is; says whether something was.
    pub(super) fn leave_edit(&mut self) -> bool {
        let Some(editing) = self.editing.take() else {
            return false;
        };
        self.output.emit(&Event::Notice(&editing.left()));
        true
    }

    /// Opens the last message in the person's editor and replaces it with the result.
    pub(super) fn edit(&mut self, turn: &EditedTurn) -> Step {
        let said = &turn.said;
        self.commit_and_flush()?;
        let left = edited(said, &self.terminal, During::Pause);
        // A Ctrl-C that was pressed in the editor was meant for it.
        self.heed_signal()?;
        let left = left.map_err(|trouble| Error::BadArgument {
            command: "/edit --editor".into(),
            why: trouble.why,
            hint: trouble.hint,
        });
        let result = left.and_then(|left| {
            let old = said.strip_suffix('\n').unwrap_or(said);
            let is_new = |text: &str| text != old && !is_blank(text);
            let Some(text) = left.text().filter(|text| is_new(text.as_str())) else {
                self.output.emit(&Event::Notice(UNCHANGED));
                return Ok(());
            };
            let user = self.chat.borrow().user().clone();
            self.editor.remember_message(&user, &text);
            let preview = preview_of(&text, PREVIEW_LENGTH);
            let note = format!("you say: {preview}");
            self.output.emit(&Event::Notice(&note));
            let chat = &mut self.chat.borrow_mut();
            ask::edit_to(chat, Some(turn), &text, &mut self.output)
        });
        result.or_else(|error| self.failed(&error))
    }
}
