//! `--copy`: a whole store, row by row, into an empty one.
//!
//! The source is read in one snapshot, so that what sessions say fits the messages that are
//! copied, however much is said meanwhile. The target is marked, and nobody can use it,
//! until everything was read again on both sides and compared. What was written stays: a
//! copy that was cut off goes on behind it, with a new snapshot.

#![warn(clippy::missing_docs_in_private_items)]

mod digest;
mod ends;
mod table;

use std::ops::ControlFlow;

use super::Result;
use crate::domain::{Problem, ProblemKind, StoreCopied, without_nul};
use digest::Digest;
pub(super) use ends::{Claim, PAGE_BYTES, PAGE_ROWS, Rows, Snapshot, Source, Target};
pub(super) use table::{Cell, Kind, Life, Row, TABLES, Table};
use table::{MESSAGES, PARTIALS, SENT};

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CopyProgress {
    /// It is all there, and compared.
    pub is_check: bool,
    /// The message that it has come to.
    pub done: u64,
    /// The newest message.
    pub total: u64,
}

/// Told now and then how far it is; may stop it.
pub(crate) type TellCopy<'t> = &'t mut dyn FnMut(CopyProgress) -> ControlFlow<()>;

/// Why a copy is not whole.
#[derive(Debug)]
pub(crate) enum CopyStop {
    /// Something went wrong.
    Problem(Problem),
    /// The person has stopped it, at this message of so many; none: nothing was begun.
    Interrupted(Option<(u64, u64)>),
}

impl From<Problem> for CopyStop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What a person does about a copy that is not whole.
const GOES_ON: &str = "the same command goes on with it";

/// Opens the store that becomes the copy.
pub(super) type OpenTarget<'o> = &'o dyn Fn() -> Result<Box<dyn Target>>;

/// Copies a store that a person calls `shown`. The copy is opened, and perhaps made, once
/// the source can be read.
pub(super) fn copy(
    source: &mut dyn Source,
    open: OpenTarget<'_>,
    shown: &str,
    tell: TellCopy<'_>,
) -> std::result::Result<StoreCopied, CopyStop> {
    let snapshot = source.begin()?;
    let mut target = open()?;
    let claim = target.claim(&snapshot, shown)?;
    let mut copying = Copying {
        total: unsigned(snapshot.newest),
        done: 0,
        stage: Stage::Copying,
        tell,
    };
    let copied = copying.run(source, target.as_mut(), &claim);
    copied.map_err(|stop| match stop {
        CopyStop::Problem(problem) => {
            let hint = match &problem.hint {
                Some(question) if question.ends_with('?') => format!("{GOES_ON}; {question}"),
                Some(hint) => format!("{hint}; then {GOES_ON}"),
                None => GOES_ON.to_owned(),
            };
            CopyStop::Problem(problem.with_hint(hint))
        }
        stop @ CopyStop::Interrupted(_) => stop,
    })
}

/// What is done just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Rows are copied.
    Copying,
    /// What was to be copied is read again.
    CheckingSource,
    /// What was written is read.
    CheckingCopy,
}

/// A copy under way.
struct Copying<'t> {
    /// The newest message.
    total: u64,
    /// The message that it has come to.
    done: u64,
    /// What is done just now.
    stage: Stage,
    /// Who is told.
    tell: TellCopy<'t>,
}

impl Copying<'_> {
    /// Copies, compares, and takes the mark away.
    fn run(
        &mut self,
        source: &mut dyn Source,
        target: &mut dyn Target,
        claim: &Claim,
    ) -> std::result::Result<StoreCopied, CopyStop> {
        for table in &TABLES {
            let mut after = beginning(table, target, claim)?;
            loop {
                self.look_at(table, after.as_deref())?;
                let mut rows = source.rows(table, after.as_deref())?;
                let Some(last) = rows.last() else { break };
                after = Some(last.iter().take(table.key).cloned().collect());
                for row in &mut rows {
                    if let Some(why) = table.fault(row) {
                        return Err(refused(table, row, &why).into());
                    }
                    if !target.takes_nul() {
                        replace_nul(row);
                    }
                }
                target.put(table, &rows)?;
            }
        }
        self.done = 0;
        let mut copied = StoreCopied {
            newest: self.total,
            goes_on: claim.goes_on,
            is_complete: true,
            ..StoreCopied::default()
        };
        for table in &TABLES {
            self.stage = Stage::CheckingSource;
            let (expected, replaced) = self.digest(table, source, !target.takes_nul())?;
            copied.nul_replaced += replaced;
            self.stage = Stage::CheckingCopy;
            let (found, _) = self.digest(table, target, false)?;
            if expected != found {
                return Err(differs(table, &expected, &found).into());
            }
            copied.tables.push((table.name, found.rows()));
            if table.name == PARTIALS {
                copied.coming = found.rows();
            }
        }
        target.finish()?;
        Ok(copied)
    }

    /// Reads a whole table, as it is or as one that takes no NUL has it; gives in how many
    /// texts one was replaced.
    fn digest(
        &mut self,
        table: &Table,
        rows: &mut (impl Rows + ?Sized),
        is_replaced: bool,
    ) -> std::result::Result<(Digest, u64), CopyStop> {
        let (mut digest, mut replaced) = (Digest::default(), 0);
        let mut after: Option<Row> = None;
        loop {
            self.look_at(table, after.as_deref())?;
            let mut page = rows.rows(table, after.as_deref())?;
            let Some(last) = page.last() else {
                return Ok((digest, replaced));
            };
            after = Some(last.iter().take(table.key).cloned().collect());
            for row in &mut page {
                if is_replaced {
                    replaced += replace_nul(row);
                }
                digest.add(row);
            }
        }
    }

    /// Tells how far it is.
    fn look_at(
        &mut self,
        table: &Table,
        after: Option<&[Cell]>,
    ) -> std::result::Result<(), CopyStop> {
        if table.name == MESSAGES
            && let Some([Cell::Integer(id), ..]) = after
        {
            let read = unsigned(*id).min(self.total);
            self.done = match self.stage {
                Stage::Copying => read,
                // Both sides are read, one after the other.
                Stage::CheckingSource => read / 2,
                Stage::CheckingCopy => u64::midpoint(self.total, read),
            };
        }
        let is_check = self.stage != Stage::Copying;
        let progress = CopyProgress {
            is_check,
            done: self.done,
            total: self.total,
        };
        if (self.tell)(progress).is_continue() {
            return Ok(());
        }
        let done = if is_check { self.total } else { self.done };
        Err(CopyStop::Interrupted(Some((done, self.total))))
    }
}

/// Puts U+FFFD in place of NUL in the texts of a row; gives in how many.
fn replace_nul(row: &mut [Cell]) -> u64 {
    let mut replaced = 0;
    for cell in row {
        if let Cell::Text(text) = cell
            && text.contains('\0')
        {
            *text = without_nul(std::mem::take(text)).into_owned();
            replaced += 1;
        }
    }
    replaced
}

/// Behind which key a table is copied: what can have no gap is not copied again.
fn beginning(table: &Table, target: &mut dyn Target, claim: &Claim) -> Result<Option<Row>> {
    if !claim.goes_on || !table.is_numbered() {
        return Ok(None);
    }
    let settled = match table.name {
        MESSAGES | SENT => claim.settled,
        _ => claim.settled_others,
    };
    let last = target.last(table)?;
    Ok(last.map(|last| vec![Cell::Integer(last.min(settled))]))
}

/// A row that cannot be copied.
pub(super) fn refused(table: &Table, row: &[Cell], why: &str) -> Problem {
    let what = format!("{} cannot be copied: {why}", table.row_name(row));
    Problem::new(ProblemKind::Refused, what).with_hint("mend it in the source")
}

/// What was written is not what was read.
fn differs(table: &Table, expected: &Digest, found: &Digest) -> Problem {
    let (name, rows) = (table.name, expected.rows());
    let what = if rows == found.rows() {
        format!("the copy differs from its source: the {rows} rows of `{name}` are others")
    } else {
        format!(
            "the copy differs from its source: `{name}` has {} rows instead of {rows}",
            found.rows()
        )
    };
    let hint = "somebody else has written there; remove what it holds";
    Problem::new(ProblemKind::Damaged, what).with_hint(hint)
}

/// Where a copy was to be is something else.
pub(super) fn not_empty() -> Problem {
    let what = "the store that is to become the copy is not empty";
    Problem::new(ProblemKind::Refused, what).with_hint("name a new file, or an empty database")
}

/// Both ends are one store.
pub(super) fn same_store() -> Problem {
    let what = "the source and the copy would be the same store";
    Problem::new(ProblemKind::Refused, what).with_hint("name a new file, or an empty database")
}

/// An unfinished copy of another store.
pub(super) fn copy_of_another(shown: &str) -> Problem {
    let what = format!("the store that is to become the copy is an unfinished one of `{shown}`");
    Problem::new(ProblemKind::Refused, what).with_hint("name a new file, or an empty database")
}

/// Another process has gone on with the copy.
pub(super) fn taken_by_another() -> Problem {
    let what = "another saylog has taken this copy over";
    Problem::new(ProblemKind::Busy, what).with_hint("let that one come to its end")
}

/// Whoever opens an unfinished copy.
pub(super) fn unfinished(store: &str) -> Problem {
    let what = format!("{store} is a copy that is not complete");
    Problem::new(ProblemKind::Refused, what)
        .with_hint("the same `saylog --copy FROM TO` goes on with it")
}

/// An id as a count.
fn unsigned(id: i64) -> u64 {
    u64::try_from(id).unwrap_or(0)
}
