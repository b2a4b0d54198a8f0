//! What a model was sent before it answered.

use super::MessageId;

/// What a model was sent before it answered, by what the log holds. The session
/// may stand elsewhere when the reply has come: other processes move it, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sent<'a> {
    /// The last message: the question, or the reply that is continued.
    pub last: MessageId,
    /// The summary that stood before the messages.
    pub floor: Option<MessageId>,
    /// The session's system prompt.
    pub system: Option<MessageId>,
    /// The system prompt of the configuration, if that was sent.
    pub configured: Option<&'a str>,
}

/// The same, owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnedSent {
    /// The last message.
    pub last: MessageId,
    /// The summary that stood before the messages.
    pub floor: Option<MessageId>,
    /// The session's system prompt.
    pub system: Option<MessageId>,
    /// The system prompt of the configuration, if that was sent.
    pub configured: Option<String>,
}

impl Sent<'_> {
    /// A copy that owns its text.
    pub(crate) fn to_owned(self) -> OwnedSent {
        OwnedSent {
            last: self.last,
            floor: self.floor,
            system: self.system,
            configured: self.configured.map(str::to_owned),
        }
    }
}

impl OwnedSent {
    /// The same, borrowed.
    pub(crate) fn sent(&self) -> Sent<'_> {
        Sent {
            last: self.last,
            floor: self.floor,
            system: self.system,
            configured: self.configured.as_deref(),
        }
    }
}
