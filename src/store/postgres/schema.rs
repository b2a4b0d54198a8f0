//! The tables of a store, and the steps from one version of them to the next.

use tokio_postgres::Row;
use tokio_postgres::error::SqlState;

use super::super::copying;
use super::client::{Ask, Patience};
use super::trouble::Trouble;
use crate::domain::{Problem, ProblemKind};

/// The version of the tables that this program writes.
pub(super) const VERSION: i32 = 1;

/// The version of a copy that is not complete: no program takes it for a log of its own.
pub(super) const COPYING: i32 = i32::MAX;

/// What a log is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// To be used: it is made if there is none.
    Use,
    /// To be copied: nothing is made.
    Source,
    /// To become a copy, which it may be in part.
    Copy,
}

/// `STEPS[n]` brings a database from version `n` to `n + 1`.
const STEPS: [&str; 1] = [concat!(
    include_str!("schema/1.sql"),
    include_str!("schema/1-rights.sql"),
    include_str!("schema/1-views.sql"),
)];

/// Whoever makes or changes tables holds this lock of the database: `saylog` in ASCII.
pub(super) const LOCK: i64 = 0x0073_6179_6c6f_6700;
const GET_LOCK: &str = "SELECT pg_advisory_xact_lock(x'007361796c6f6700'::bigint)";

/// Asks the server something.
type Asking<'s> = &'s mut dyn FnMut(Patience, &[Ask<'_>]) -> Result<Vec<Vec<Row>>, Trouble>;

/// The version of the tables; none if there are none.
const GET_VERSION: &str = "SELECT version FROM saylog.store";

/// Makes the tables if there are none, and brings those of an older version up.
pub(super) fn bring_up(
    opening: Opening,
    version: Option<i32>,
    ask: Asking<'_>,
) -> Result<(), Trouble> {
    match version {
        Some(VERSION) => Ok(()),
        Some(COPYING) if opening == Opening::Copy => Ok(()),
        Some(newer) if newer > VERSION => Err(taken_over(newer)),
        _ if opening == Opening::Source => Err(Trouble::Unusable(Box::new(nothing_to_copy()))),
        _ => migrate(ask),
    }
}

/// Waits until nobody else makes or changes tables; nobody does until the transaction ends.
pub(super) fn lock<'a>() -> Ask<'a> {
    Ask::Query(GET_LOCK, &[])
}

/// Fails if a newer program has changed the tables, whose version that is.
pub(super) fn check(version: Option<i32>) -> Result<(), Trouble> {
    match version {
        Some(newer) if newer > VERSION => Err(taken_over(newer)),
        _ => Ok(()),
    }
}

/// Asks for what [`check`] looks at.
pub(super) fn get_version<'a>() -> Ask<'a> {
    Ask::Query(GET_VERSION, &[])
}

/// The version of tables that are there.
fn version(ask: Asking<'_>) -> Result<Option<i32>, Trouble> {
    let answers = ask(Patience::Look, &[get_version()])?;
    let row = answers.first().and_then(|rows| rows.first());
    Ok(row.map(|row| row.get(0)))
}

/// One transaction, so it happens wholly or not at all; others wait for it.
fn migrate(ask: Asking<'_>) -> Result<(), Trouble> {
    let begin = format!(
        "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '10s';
            SET LOCAL synchronous_commit = on; SELECT pg_advisory_xact_lock({LOCK})"
    );
    ask(Patience::Look, &[Ask::Batch(&begin)])?;
    let migrated = (|| {
        // Somebody else may have done it meanwhile.
        let known = ask(
            Patience::Look,
            &[Ask::Query(
                "SELECT to_regclass('saylog.store') IS NOT NULL",
                &[],
            )],
        )?;
        let is_there = known.first().and_then(|rows| rows.first());
        let from = if is_there.is_some_and(|row| row.get(0)) {
            version(ask)?.unwrap_or(0)
        } else {
            0
        };
        let set = format!(
            "INSERT INTO saylog.store (version) SELECT {VERSION}
             WHERE NOT EXISTS (SELECT 1 FROM saylog.store);
             UPDATE saylog.store SET version = {VERSION} WHERE version < {VERSION}; COMMIT"
        );
        let done = usize::try_from(from).unwrap_or(0);
        let steps = STEPS.iter().skip(done).map(|step| Ask::Batch(step));
        let mut all: Vec<Ask<'_>> = steps.collect();
        all.push(Ask::Batch(&set));
        ask(Patience::Commit, &all)
    })();
    match migrated {
        Ok(_) => Ok(()),
        Err(trouble) => {
            // If even this fails, the server takes it back when the connection ends.
            let _ = ask(Patience::Look, &[Ask::Batch("ROLLBACK")]);
            Err(match trouble {
                Trouble::Refused(code) if code == SqlState::INSUFFICIENT_PRIVILEGE => {
                    Trouble::Unusable(Box::new(no_right()))
                }
                other => other,
            })
        }
    }
}

fn no_right() -> Problem {
    let what = "there is no log in this database, and this role may not make one";
    let hint = "a role with CREATE on the database opens it first (`GRANT CREATE ON DATABASE …`)";
    Problem::new(ProblemKind::Refused, what).with_hint(hint)
}

/// A newer program has brought the store to its version.
fn taken_over(version: i32) -> Trouble {
    if version == COPYING {
        return Trouble::Unusable(Box::new(copying::unfinished("the log in this database")));
    }
    let what = "a newer saylog has changed the store";
    let problem = Problem::new(ProblemKind::Newer, what);
    let problem = problem.with_hint("leave, and use the newer program");
    Trouble::Unusable(Box::new(problem))
}

/// There is no log where one was to be copied.
fn nothing_to_copy() -> Problem {
    let what = "there is no log in this database";
    Problem::new(ProblemKind::Gone, what).with_hint("name the database that has one")
}
