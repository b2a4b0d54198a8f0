//! What a person may change about a chat while it goes on.

use super::Chat;
use crate::domain::Result;

impl Chat {
    /// From now on each reply is followed by its tokens and seconds, or not.
    pub(crate) fn set_verbose(&mut self, is_verbose: bool) {
        self.settings.verbose = is_verbose;
    }

    /// From now on so many models are asked at the same time.
    pub(crate) fn set_parallel(&mut self, parallel: usize) {
        self.settings.parallel = parallel;
    }

    /// Something about a model was changed: it holds from the next question on.
    pub(crate) fn model_has_changed(&mut self) -> Result<()> {
        self.answering.reopen()
    }
}
