//! The numbers that stand for words in the tables.

use crate::domain::{Role, Status};

/// The number of a role.
pub(super) fn of_role(role: Role) -> i16 {
    match role {
        Role::System => 0,
        Role::User => 1,
        Role::Ai => 2,
    }
}

/// The role of a number; none if another program has written something else.
pub(super) fn role(code: i64) -> Option<Role> {
    match code {
        0 => Some(Role::System),
        1 => Some(Role::User),
        2 => Some(Role::Ai),
        _ => None,
    }
}

/// The number of a status.
pub(super) fn of_status(status: Status) -> i16 {
    match status {
        Status::Complete => 0,
        Status::Interrupted => 1,
        Status::Failed => 2,
    }
}

/// The status of a number; none if another program has written something else.
pub(super) fn status(code: i64) -> Option<Status> {
    match code {
        0 => Some(Status::Complete),
        1 => Some(Status::Interrupted),
        2 => Some(Status::Failed),
        _ => None,
    }
}
