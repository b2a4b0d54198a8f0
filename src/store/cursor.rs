//! Where a listing of messages stands.

use super::smallest::SmallestIds;
use crate::domain::{MessageId, SessionKey, UserName};

/// Which messages a listing shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// The context of one session.
    Session(SessionKey),
    /// The contexts of all sessions of one user.
    User(UserName),
    /// Every message of every user.
    Global,
}

/// Where a listing of messages stands. It shows the log up to the moment it was begun.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(super) selection: Selection,
    /// The newest message when the listing began.
    pub(super) upto: MessageId,
    /// The last message that was shown.
    pub(super) after: MessageId,
    /// For contexts: the ids that come next, as far as they have been looked up.
    ///
    /// A context is linked from its end to its beginning and a listing goes the
    /// other way: it is walked once, and its ids are kept for the rest of the
    /// listing, or for as much of it as fits.
    pub(super) next: Option<SmallestIds>,
}

impl Listing {
    /// Whether it shows everybody's messages.
    pub(crate) fn is_global(&self) -> bool {
        self.selection == Selection::Global
    }
}
