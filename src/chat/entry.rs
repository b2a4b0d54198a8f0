//! Messages that have just been appended to the log.

use crate::domain::{Draft, Message, Receipt, SessionId, UserName};

/// The message that a draft has become.
pub(super) fn message<'a>(
    receipt: &Receipt,
    draft: &Draft<'a>,
    user: &'a UserName,
    session: SessionId,
) -> Message<'a> {
    Message {
        id: receipt.id,
        seq: receipt.seq,
        parent: receipt.parent,
        user,
        session,
        role: draft.role,
        content: draft.content,
        created_at: receipt.created_at,
        said_at: None,
        source: None,
        model: draft.model,
        status: draft.status,
        usage: draft.usage,
        details: draft.details,
    }
}
