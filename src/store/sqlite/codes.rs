//! The numbers that stand for words in the tables.

use crate::domain::{Role, Status};

/// The number of a role.
pub(super) fn of_role(role: Role) -> i64 {
    match role {
        Role::System => 0,
        Role::User => 1,
        Role::Ai => 2,
    }
}

/// The role of a number.
pub(super) fn role(code: i64) -> Role {
    match code {
        0 => Role::System,
        2 => Role::Ai,
        _ => Role::User,
    }
}

/// The number of a status.
pub(super) fn of_status(status: Status) -> i64 {
    match status {
        Status::Complete => 0,
        Status::Interrupted => 1,
        Status::Failed => 2,
    }
}

/// The status of a number.
pub(super) fn status(code: i64) -> Status {
    match code {
        0 => Status::Complete,
        1 => Status::Interrupted,
        _ => Status::Failed,
    }
}
