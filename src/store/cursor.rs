//! Where a listing of messages stands.

use super::backend::Along;
use super::smallest::SmallestIds;
use crate::domain::{MessageId, SessionKey, UserName};

/// Which messages a listing shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// The context of one session.
    Session(SessionKey),
    /// The contexts of all sessions of one user.
    User(UserName),
    /// Everything that was ever said in one session.
    LogOfSession(SessionKey),
    /// Everything that was ever said in the sessions of one user.
    LogOfUser(UserName),
    /// Every message of every user.
    Global,
}

/// Where a listing of messages stands. It shows the log up to the moment it was begun.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(super) selection: Selection,
    /// The newest message when the listing began.
    pub(super) upto: MessageId,
    /// The last message that was shown, or that comes before the first one.
    pub(super) after: MessageId,
    /// Older ones than were asked for are left out.
    pub(super) leaves_out_older: bool,
    /// For contexts and sessions: the ids that come next, as far as they have been
    /// looked up.
    ///
    /// Both are linked from its end to its beginning and a listing goes the
    /// other way: they are walked once, and its ids are kept for the rest of the
    /// listing, or for as much of it as fits.
    pub(super) next: Option<SmallestIds>,
}

impl Listing {
    /// Whether it shows everybody's messages.
    pub(crate) fn is_global(&self) -> bool {
        self.selection == Selection::Global
    }

    /// Whether there are older messages than it shows.
    pub(crate) fn leaves_out_older(&self) -> bool {
        self.leaves_out_older
    }

    /// Along which links its messages are found.
    pub(super) fn along(&self) -> Along {
        match self.selection {
            Selection::LogOfSession(_) | Selection::LogOfUser(_) => Along::Session,
            Selection::Session(_) | Selection::User(_) | Selection::Global => Along::Context,
        }
    }
}
