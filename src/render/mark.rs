//! What a listing says of a reply that is not all that would have come.

use crate::domain::{Message, Role, Status};

/// Why a reply is not whole, in one word; none if it is, or is no reply.
pub(super) fn mark(message: &Message<'_>) -> Option<&'static str> {
    match (message.role, message.status) {
        (Role::User | Role::System, _) => None,
        (Role::Ai, Status::Complete) => message.details.is_cut_by_length().then_some("length"),
        (Role::Ai, status) => Some(status.word()),
    }
}

/// Whether nothing came of a reply: its row only says that a question got no answer.
pub(super) fn is_unanswered(message: &Message<'_>) -> bool {
    message.is_unanswered() && message.status != Status::Complete
}
