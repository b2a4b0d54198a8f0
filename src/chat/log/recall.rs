//! The up-arrow: what a user said earlier.

use crate::chat::Chat;
use crate::domain::{Result, UserName};
use crate::store::Recall;

/// Begins to recall what a user said, in all their sessions.
pub(crate) fn recall(chat: &mut Chat, user: &UserName) -> Result<Recall> {
    Ok(chat.log.recall(user)?)
}

/// Up to `limit` more of what that user said, newest first.
pub(crate) fn recall_more(
    chat: &mut Chat,
    recall: &mut Recall,
    limit: usize,
) -> Result<Vec<String>> {
    Ok(chat.log.recall_more(recall, limit)?)
}
