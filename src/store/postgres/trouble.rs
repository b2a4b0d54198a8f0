//! What goes wrong between this process and a server, and the sentence for it: none of the
//! server's own words reach a person, which may quote what somebody said.

use std::time::Duration;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::domain::{Problem, ProblemKind};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The connection is gone, or there is none to be had just now; the same may succeed
    /// over another one.
    Lost(&'static str),
    /// The server is starting, or stopping.
    Starting,
    /// The server says nothing.
    Silent,
    /// A person wants to leave.
    Interrupted,
    /// The server has refused, by its code, which says why.
    Refused(SqlState),
    /// What it takes to connect is missing or wrong: a sentence, and what to do about it.
    Unusable(Box<Problem>),
    /// An answer that was not foreseen.
    Foreign,
}

impl Trouble {
    /// What an error of the client means.
    pub(super) fn of(error: Error, is_closed: bool) -> Self {
        match error.code() {
            Some(code) if *code == SqlState::CANNOT_CONNECT_NOW => return Self::Starting,
            Some(code) if is_end(code) => {
                return Self::Lost("the server has ended the connection");
            }
            Some(code) => return Self::Refused(code.clone()),
            None => {}
        }
        let is_gone = is_closed || error.is_closed();
        let source = error.into_source();
        if is_gone || source.is_some_and(|source| source.is::<std::io::Error>()) {
            Self::Lost("the connection is gone")
        } else {
            Self::Foreign
        }
    }

    /// Whether the same may succeed over another connection.
    pub(super) fn is_loss(&self) -> bool {
        match self {
            Self::Lost(_) | Self::Starting | Self::Silent => true,
            // A standby: the primary is elsewhere now.
            Self::Refused(code) => *code == SqlState::READ_ONLY_SQL_TRANSACTION,
            Self::Interrupted | Self::Unusable(_) | Self::Foreign => false,
        }
    }

    /// Whether others were in the way, so that the group has to be run again.
    pub(super) fn is_collision(&self) -> bool {
        let Self::Refused(code) = self else {
            return false;
        };
        [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::UNIQUE_VIOLATION,
        ]
        .contains(code)
    }

    /// The sentence.
    pub(super) fn problem(&self) -> Problem {
        match self {
            Self::Lost(what) => Problem::new(ProblemKind::Busy, *what)
                .with_hint("is the server running, and does the network reach it?"),
            Self::Starting => Problem::new(ProblemKind::Busy, "the server is starting or stopping")
                .with_hint("try again in a moment"),
            Self::Silent => Problem::new(ProblemKind::Busy, "the server does not answer")
                .with_hint("is the server running, and does the network reach it?"),
            Self::Interrupted => Problem::new(ProblemKind::Busy, "it was interrupted"),
            Self::Unusable(problem) => (**problem).clone(),
            Self::Foreign => Problem::new(
                ProblemKind::Other,
                "the server answered in a way that was not foreseen",
            ),
            Self::Refused(code) => refusal(code),
        }
    }
}

/// Whether a code says that the connection is over.
fn is_end(code: &SqlState) -> bool {
    [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::IDLE_SESSION_TIMEOUT,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        SqlState::CONNECTION_FAILURE,
        SqlState::CONNECTION_EXCEPTION,
        SqlState::CONNECTION_DOES_NOT_EXIST,
        SqlState::PROTOCOL_VIOLATION,
    ]
    .contains(code)
}

/// The sentence for a refusal of the server.
fn refusal(code: &SqlState) -> Problem {
    let (kind, what, hint) = match code.code() {
        "28P01" | "28000" => (
            ProblemKind::Refused,
            "the server does not let this user in",
            "is the name right, and the password (PGPASSWORD, PGPASSFILE or ~/.pgpass)?",
        ),
        "3D000" => (
            ProblemKind::Refused,
            "the server has no such database",
            "`createdb NAME` makes one",
        ),
        "3F000" | "42P01" | "42703" => (
            ProblemKind::Gone,
            "the database has no tables of saylog's",
            "a role that may create them has to open the store first",
        ),
        "42501" => (
            ProblemKind::Refused,
            "this role may not do that",
            "whoever made the store can run `saylog --grant ROLE`",
        ),
        "53300" => (
            ProblemKind::Busy,
            "the server has too many connections",
            "try again later, or raise its max_connections",
        ),
        "53100" => (
            ProblemKind::Full,
            "the disk of the server is full",
            "nothing is lost; say it again once there is room",
        ),
        "53200" => (
            ProblemKind::Full,
            "the server has not enough memory",
            "try again later",
        ),
        "25006" => (
            ProblemKind::ReadOnly,
            "the server can only be read",
            "name the primary, or several hosts with target_session_attrs=read-write",
        ),
        "40001" | "40P01" | "55P03" => (
            ProblemKind::Busy,
            "other processes kept writing to the same session",
            "try again",
        ),
        "57014" => (
            ProblemKind::Busy,
            "the server has stopped the work",
            "its statement_timeout may be too short",
        ),
        "54000" | "54001" | "22001" => (
            ProblemKind::Other,
            "the text is longer than the server takes",
            "say it in parts",
        ),
        "22021" | "22P05" => (
            ProblemKind::Other,
            "the database cannot hold this text",
            "its encoding has to be UTF8",
        ),
        "23001" | "23502" | "23503" | "23505" | "23514" => (
            ProblemKind::Other,
            "it contradicts what is stored",
            "another program may have written there",
        ),
        _ => {
            let what = format!("the server refused (code {})", code.code());
            return Problem::new(ProblemKind::Other, what);
        }
    };
    Problem::new(kind, what).with_hint(hint)
}

/// Something about the address of a server is wrong.
pub(super) fn wrong(what: &str) -> Problem {
    Problem::new(ProblemKind::Other, what)
}

/// A wait in whole seconds, as a sentence has it.
pub(super) fn seconds(waited: Duration) -> String {
    match waited.as_secs() {
        1 => "1 second".into(),
        seconds => format!("{seconds} seconds"),
    }
}
