//! What stands before the line that a person types.

use crate::domain::{SessionId, UserName};

/// Stands before the further lines of a `"""` block.
pub(super) const CONTINUATION: &str = "... ";

/// `alice/5b0c1f7e 12%> `: the user, their session, and how much of the model's
/// window the context takes, if that is to be shown.
pub(super) fn prompt_text(
    user: &UserName,
    session: Option<SessionId>,
    share: Option<usize>,
) -> String {
    let session = session.map_or_else(String::new, |session| format!("/{}", session.short()));
    let share = share.map_or_else(String::new, |percent| format!(" {percent}%"));
    format!("{user}{session}{share}> ")
}
