//! What lines may reach outside of the chat.

use super::clipboard::Clipboard;
use super::file_reader::FileReader;

/// What lines may reach outside of the chat.
#[derive(Clone, Default)]
pub(crate) struct Outside {
    /// The files that are said, or written.
    pub(super) files: FileReader,
    /// Where texts are copied to.
    pub(super) clipboard: Clipboard,
}
