//! What a role of a server may do to the log.

use super::UserName;

/// The rights that a role was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    /// The role, as the server knows it.
    pub role: String,
    /// The only user that it speaks as, if it is bound to one.
    pub user: Option<UserName>,
    /// It reads the views, and that is all.
    pub reads: bool,
}
