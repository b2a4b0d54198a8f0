//! `/edit --editor`: the last message in the person's own editor.

use super::super::exit_reason::Step;
use super::Prompt;
use super::external_editor::{During, edited};
use crate::chat::ask;
use crate::domain::{Error, Event, Sink, is_blank, preview_of};

/// How much of a message from the person's editor is shown, in characters.
const PREVIEW_LENGTH: usize = 60;

/// The notice when an editor left nothing new.
const UNCHANGED: &str = "the editor left nothing new; nothing was sent";

impl Prompt {
    /// Opens the last message in the person's editor and replaces it with the result.
    pub(super) fn edit(&mut self, said: &str) -> Step {
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
            let is_new =
                |text: &str| text != said.strip_suffix('\n').unwrap_or(said) && !is_blank(text);
            let Some(text) = left.text().filter(|text| is_new(text.as_str())) else {
                self.output.emit(&Event::Notice(UNCHANGED));
                return Ok(());
            };
            let user = self.chat.borrow().user().clone();
            self.editor.remember_message(&user, &text);
            let preview = preview_of(&text, PREVIEW_LENGTH);
            let note = format!("you say: {preview}");
            self.output.emit(&Event::Notice(&note));
            ask::edit_to(&mut self.chat.borrow_mut(), &text, &mut self.output)
        });
        result.or_else(|error| self.failed(&error))
    }
}
