//! What is typed and not sent yet, so that it is not lost when the terminal hangs up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::draft_folder::DraftFolder;
use super::folds::Folds;
use super::typed_text::doubled;
use crate::domain::{MESSAGE_LIMIT, UserName, is_blank};
use crate::transcript::is_mark;

/// The line that is being typed, and the lines of an open block before it. The
/// line editor keeps it up to date, key by key; the thread that waits for
/// signals can write it out while the editor waits.
#[derive(Clone, Default)]
pub(crate) struct Draft(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    folder: Option<DraftFolder>,
    user: Option<UserName>,
    /// The lines of the open block so far, each with a line feed.
    block: Option<String>,
    /// The line, as far as it is not folded.
    line: String,
    folds: Folds,
}

impl Draft {
    /// A draft that is kept in this folder, or nowhere.
    pub(crate) fn new(folder: Option<DraftFolder>) -> Self {
        let state = State {
            folder,
            ..State::default()
        };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Where drafts are kept.
    pub(super) fn folder(&self) -> Option<DraftFolder> {
        self.state().folder.clone()
    }

    /// The texts that are folded in the line.
    pub(super) fn folds(&self) -> Folds {
        self.state().folds.clone()
    }

    /// `user` begins a line.
    pub(super) fn begin(&self, user: &UserName) {
        self.state().user = Some(user.clone());
    }

    /// The line is this now.
    pub(super) fn set_line(&self, line: &str) {
        let mut state = self.state();
        state.line.clear();
        state.line.push_str(line);
    }

    /// The line, as far as it is not folded.
    pub(super) fn line(&self) -> String {
        self.state().line.clone()
    }

    /// Takes what is not sent, as it has to be typed.
    pub(super) fn take(&self) -> Option<String> {
        self.state().take_text()
    }

    /// The lines that were taken belong to a block that is still open: nothing
    /// of it is sent yet.
    pub(super) fn add_to_block(&self, lines: Option<&str>) {
        let mut state = self.state();
        let block = state.block.get_or_insert_default();
        if let Some(lines) = lines
            && block.len() + lines.len() < MESSAGE_LIMIT
        {
            block.push_str(lines);
            block.push('\n');
        }
    }

    /// No block is open any more.
    pub(super) fn end_block(&self) {
        self.state().block = None;
    }

    /// Writes the draft out, once; a thread that comes second waits for the
    /// first. Nobody can be told if that fails: the terminal is gone.
    pub(crate) fn keep(&self) {
        let mut state = self.state();
        let text = state.take_text();
        if let (Some(folder), Some(user), Some(text)) = (&state.folder, &state.user, text) {
            let _ = folder.keep(user, &text);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The draft as it has to be typed, if there is one.
    fn take_text(&mut self) -> Option<String> {
        let line = self.folds.expand(&std::mem::take(&mut self.line));
        let text = match self.block.take() {
            None => line,
            Some(mut block) => {
                if line.is_empty() {
                    block.pop();
                }
                block.push_str(&line);
                // As a line of its own it would open another block.
                if is_mark(&block) {
                    return None;
                }
                doubled(&block).into_owned()
            }
        };
        (!is_blank(&text)).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(block: Option<&[&str]>, line: &str) -> Option<String> {
        let draft = Draft::default();
        draft.set_line(line);
        if let Some(lines) = block {
            draft.add_to_block(None);
            for lines in lines {
                draft.add_to_block(Some(lines));
            }
        }
        draft.state().take_text()
    }

    #[test]
    fn a_draft_is_the_line_as_typed() {
        assert_eq!(text(None, "/clear").as_deref(), Some("/clear"));
        assert_eq!(text(None, "\"\"\"END").as_deref(), Some("\"\"\"END"));
        assert_eq!(text(None, " "), None);
    }

    #[test]
    fn a_draft_of_a_block_is_a_message() {
        let of = |lines: &[&str], line: &str| text(Some(lines), line);
        assert_eq!(of(&["/a", ""], "b").as_deref(), Some("/a\n\nb"));
        assert_eq!(of(&["a", "b\nc"], "").as_deref(), Some("a\nb\nc"));
        assert_eq!(of(&["/clear"], "").as_deref(), Some("//clear"));
        assert_eq!(of(&[], "/clear").as_deref(), Some("//clear"));
        assert_eq!(of(&["\"\"\""], ""), None);
        assert_eq!(of(&[], ""), None);
    }

    #[test]
    fn a_draft_is_taken_once() {
        let draft = Draft::default();
        draft.set_line("a");
        draft.add_to_block(Some("b"));
        assert_eq!(draft.state().take_text().as_deref(), Some("b\na"));
        assert_eq!(draft.state().take_text(), None);
    }
}
