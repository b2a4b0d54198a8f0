//! The newest message of all, whoever asks.

use tokio_postgres::Row;

use super::super::backend::Newest;
use crate::domain::{MessageId, Timestamp};

/// Selects it; no row if there is none. Only where a login sees nothing but its own a
/// function is asked, which costs each new process of the server a while.
pub(super) const NEWEST: &str = "(SELECT id, created_at FROM saylog.messages
         WHERE NOT row_security_active('saylog.messages') ORDER BY id DESC LIMIT 1)
        UNION ALL
        SELECT id, created_at FROM saylog.newest_message()
        WHERE row_security_active('saylog.messages')";

/// Reads it from two columns that may be NULL, from `at` on.
pub(super) fn read(row: &Row, at: usize) -> Newest {
    match (row.get(at), row.get(at + 1)) {
        (Some(id), Some(time)) => Newest {
            id: MessageId(id),
            at: Timestamp(time),
        },
        _ => Newest::NONE,
    }
}
