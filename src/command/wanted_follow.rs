//! What `/follow` is to show.

/// Which messages are shown as they are written, until somebody stops it: nothing that
/// comes behind it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantedFollow {
    /// Which messages, in the language of filters; one's own if it is empty.
    pub(crate) filters: String,
}
