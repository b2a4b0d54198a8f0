//! A message as memory holds it: there may be very many.

use std::rc::Rc;

use super::super::rows::{Link, MessageRow};
use crate::domain::{
    Message, MessageId, OwnedReplyDetails, OwnedSent, ReplyDetails, Role, SessionId, SessionKey,
    Status, Timestamp, Usage, UserName,
};

/// A message. What is absent among its links is 0, which no message has.
pub(super) struct StoredMessage {
    pub(super) id: MessageId,
    pub(super) session: SessionKey,
    seq: i64,
    parent: i64,
    previous: i64,
    depth: i64,
    system: i64,
    oldest: i64,
    floor: i64,
    content: Box<str>,
    pub(super) created_at: Timestamp,
    /// None where it was said here, which is nearly everywhere.
    said_at: Option<Box<Timestamp>>,
    /// Shared with the other messages that the same model wrote.
    model: Option<Rc<str>>,
    usage: Option<Box<Usage>>,
    /// None where there are none, which is nearly everywhere.
    details: Option<Box<OwnedReplyDetails>>,
    /// None where the links tell it.
    sent: Option<Box<OwnedSent>>,
    role: Role,
    status: Status,
}

impl StoredMessage {
    /// The exact text.
    pub(super) fn content(&self) -> &str {
        &self.content
    }

    /// What a model thought before it; empty where that is not known.
    pub(super) fn reasoning(&self) -> &str {
        let details = self.details.as_deref().map(OwnedReplyDetails::details);
        details
            .and_then(|details| details.reasoning)
            .unwrap_or_default()
    }

    /// The message of a row, which `model` wrote.
    pub(super) fn new(id: MessageId, row: &MessageRow<'_>, model: Option<Rc<str>>) -> Self {
        let number = |id: Option<MessageId>| id.map_or(0, |id| id.0);
        Self {
            id,
            session: row.session,
            seq: row.seq,
            parent: number(row.parent),
            previous: number(row.previous),
            depth: row.depth.unwrap_or(0),
            system: number(row.system),
            oldest: number(row.oldest),
            floor: number(row.floor),
            content: row.content.into(),
            created_at: row.created_at,
            said_at: row.said_at.map(Box::new),
            model,
            usage: row.usage.map(Box::new),
            details: (row.details != ReplyDetails::default())
                .then(|| Box::new(row.details.to_owned())),
            sent: row.sent.map(|sent| Box::new(sent.to_owned())),
            role: row.role,
            status: row.status,
        }
    }

    /// What it is linked to.
    pub(super) fn link(&self) -> Link {
        let id = |number: i64| (number != 0).then_some(MessageId(number));
        Link {
            id: self.id,
            session: self.session,
            seq: self.seq,
            role: self.role,
            parent: id(self.parent),
            previous: id(self.previous),
            depth: (self.depth != 0).then_some(self.depth),
            system: id(self.system),
            oldest: id(self.oldest),
            floor: id(self.floor),
            is_imported: self.said_at.is_some(),
        }
    }

    /// What a model was sent before it wrote this, where the links do not tell that.
    pub(super) fn sent(&self) -> Option<OwnedSent> {
        self.sent.as_deref().cloned()
    }

    /// It as readers are shown it.
    pub(super) fn shown<'a>(
        &'a self,
        user: &'a UserName,
        session: SessionId,
        source: &'a str,
    ) -> Message<'a> {
        let said_at = self.said_at.as_deref().copied();
        Message {
            id: self.id,
            seq: self.seq,
            parent: self.link().parent,
            user,
            session,
            role: self.role,
            content: &self.content,
            created_at: self.created_at,
            said_at,
            source: said_at.map(|_| source),
            model: self.model.as_deref(),
            status: self.status,
            usage: self.usage.as_deref().copied(),
            details: self
                .details
                .as_deref()
                .map(OwnedReplyDetails::details)
                .unwrap_or_default(),
        }
    }
}
