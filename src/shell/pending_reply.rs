//! A reply that waits for its place in the log.

use crate::domain::{
    Message, OwnedReplyDetails, Receipt, Role, SessionId, Status, Ticket, Usage, UserName,
};
use crate::render::Outbox;

/// Everything that has to be known to show the reply once it has a place.
pub(super) struct PendingReply {
    /// What was told before it, since the last one that waits.
    pub(super) before: Outbox,
    pub(super) ticket: Ticket,
    /// The number of the line that it answers.
    pub(super) line: u64,
    /// What that line is called by, in JSON.
    pub(super) reference: Vec<u8>,
    user: UserName,
    session: SessionId,
    role: Role,
    content: String,
    model: Option<String>,
    status: Status,
    usage: Option<Usage>,
    details: OwnedReplyDetails,
}

impl PendingReply {
    pub(super) fn new(
        reply: &Message<'_>,
        ticket: Ticket,
        line: u64,
        reference: &[u8],
        before: Outbox,
    ) -> Self {
        Self {
            before,
            ticket,
            line,
            reference: reference.to_owned(),
            user: reply.user.clone(),
            session: reply.session,
            role: reply.role,
            content: reply.content.to_owned(),
            model: reply.model.map(str::to_owned),
            status: reply.status,
            usage: reply.usage,
            details: reply.details.to_owned(),
        }
    }

    /// About how many bytes it will be.
    pub(super) fn len(&self) -> usize {
        self.before.len() + self.reference.len() + self.content.len()
    }

    /// The reply in its place.
    pub(super) fn placed(&self, receipt: &Receipt) -> Message<'_> {
        Message {
            id: receipt.id,
            seq: receipt.seq,
            parent: receipt.parent,
            user: &self.user,
            session: self.session,
            role: self.role,
            content: &self.content,
            created_at: receipt.created_at,
            said_at: None,
            source: None,
            model: self.model.as_deref(),
            status: self.status,
            usage: self.usage,
            details: self.details.details(),
        }
    }
}
