//! A message that waits for the commit to be given its id.

use crate::domain::{
    Draft, MessageId, OwnedReplyDetails, OwnedSent, Role, Sent, SessionKey, Status, Ticket,
    Timestamp, Usage,
};

/// Everything that has to be known to add the message later.
#[derive(Clone, Debug)]
pub(super) struct WaitingMessage {
    /// Stands for its receipt.
    pub ticket: Ticket,
    /// The session that it is said in.
    pub session: SessionKey,
    role: Role,
    content: String,
    at: Timestamp,
    model: Option<String>,
    status: Status,
    usage: Option<Usage>,
    details: OwnedReplyDetails,
    oldest: Option<MessageId>,
    sent: Option<OwnedSent>,
    behind: Option<MessageId>,
}

impl WaitingMessage {
    /// Keeps a copy of the draft.
    pub(super) fn new(ticket: Ticket, session: SessionKey, draft: &Draft<'_>) -> Self {
        Self {
            ticket,
            session,
            role: draft.role,
            content: draft.content.to_owned(),
            at: draft.at,
            model: draft.model.map(str::to_owned),
            status: draft.status,
            usage: draft.usage,
            details: draft.details.to_owned(),
            oldest: draft.oldest,
            sent: draft.sent.map(Sent::to_owned),
            behind: draft.behind,
        }
    }

    /// The draft that was kept.
    pub(super) fn draft(&self) -> Draft<'_> {
        Draft {
            role: self.role,
            content: &self.content,
            at: self.at,
            model: self.model.as_deref(),
            status: self.status,
            usage: self.usage,
            details: self.details.details(),
            oldest: self.oldest,
            sent: self.sent.as_ref().map(OwnedSent::sent),
            behind: self.behind,
        }
    }
}
