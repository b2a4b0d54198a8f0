//! The up-arrow: what a user said earlier.

use crate::chat::Chat;
use crate::domain::{Flow, MessageId, Result, Role, UserName, preview_of};
use crate::store::Recall;

/// How much of a message stands for it in a list, in characters.
const FIRST_WORDS: usize = 60;

/// Begins to recall what a user said, in all their sessions.
pub(crate) fn recall(chat: &mut Chat, user: &UserName) -> Result<Recall> {
    Ok(chat.log.recall(user)?)
}

/// Up to `limit` more of what that user said, newest first.
pub(crate) fn recall_more(
    chat: &mut Chat,
    recall: &mut Recall,
    limit: usize,
) -> Result<Vec<(MessageId, String)>> {
    Ok(chat.log.recall_more(recall, limit)?)
}

/// The newest message of the log; 0 if there is none.
pub(crate) fn newest(chat: &mut Chat) -> Result<MessageId> {
    Ok(chat.log.newest()?)
}

/// A message that can be named by its number.
pub(crate) struct RecentMessage {
    pub(crate) id: MessageId,
    pub(crate) role: Role,
    /// Its first words.
    pub(crate) words: String,
}

/// Up to `limit` messages that the current user may name: those of their context,
/// newest first, and then what else they said, newest first.
pub(crate) fn recent(chat: &mut Chat, limit: usize) -> Result<Vec<RecentMessage>> {
    let mut found: Vec<RecentMessage> = Vec::new();
    if let Some(session) = chat.speakers.session().map(|session| session.key) {
        let last = chat.log.end(session)?.place.head;
        let user = chat.speakers.user();
        chat.log.context(last, &mut |message| {
            // Another program may have put somebody else's there.
            if message.user != user {
                return Flow::Full;
            }
            found.push(RecentMessage {
                id: message.id,
                role: message.role,
                words: preview_of(message.content, FIRST_WORDS),
            });
            if found.len() < limit {
                Flow::More
            } else {
                Flow::Full
            }
        })?;
    }
    let user = chat.speakers.user().clone();
    let mut past = recall(chat, &user)?;
    let in_context: Vec<_> = found.iter().map(|message| message.id).collect();
    for (id, text) in recall_more(chat, &mut past, limit)? {
        if found.len() < limit && !in_context.contains(&id) {
            found.push(RecentMessage {
                id,
                role: Role::User,
                words: preview_of(&text, FIRST_WORDS),
            });
        }
    }
    Ok(found)
}
