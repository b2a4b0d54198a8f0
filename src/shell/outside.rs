//! What lines may reach outside of the chat.

use super::clipboard::Clipboard;
use super::file_reader::FileReader;
use super::set::SettingsDesk;

/// What lines may reach outside of the chat.
#[derive(Clone)]
pub(crate) struct Outside {
    /// The files that are said, or written.
    pub(super) files: FileReader,
    /// Where texts are copied to.
    pub(super) clipboard: Clipboard,
    /// The settings.
    pub(super) settings: SettingsDesk,
}
