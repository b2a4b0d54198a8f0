//! The two ends of a copy: what a tenant has to be able to do to be copied, and to hold a
//! copy.

use super::super::Result;
use super::table::{Cell, Row, Table};

/// So many rows are read and written at once.
pub(in crate::store) const PAGE_ROWS: usize = 4096;

/// And about so many bytes.
pub(in crate::store) const PAGE_BYTES: usize = 2 * 1024 * 1024;

/// Reads rows.
pub(in crate::store) trait Rows {
    /// The next rows of a table in the order of its key, behind a key: at most
    /// [`PAGE_ROWS`], and no further ones once these have [`PAGE_BYTES`]. None: it is read.
    ///
    /// # Errors
    /// If they cannot be read; a row that no saylog has written is named.
    fn rows(&mut self, table: &Table, after: Option<&[Cell]>) -> Result<Vec<Row>>;
}

/// A store that is copied.
pub(in crate::store) trait Source: Rows {
    /// Takes a snapshot: whatever others write from now on is not seen.
    ///
    /// # Errors
    /// If it cannot be read, or is not as this program writes it.
    fn begin(&mut self) -> Result<Snapshot>;
}

/// What is copied.
pub(in crate::store) struct Snapshot {
    /// What the store is known by, wherever it is asked from.
    pub identity: String,
    /// The newest message.
    pub newest: i64,
    /// No message with a smaller number can appear any more, nor one with this.
    pub settled: i64,
    /// The same for what has other numbers.
    pub settled_others: i64,
}

/// A store that becomes a copy.
pub(in crate::store) trait Target: Rows {
    /// Marks the store as an unfinished copy, which nobody can use, or goes on with one. Of
    /// an earlier try everything may be there but rows that pass. Whoever went on with it
    /// until now is shut out.
    ///
    /// # Errors
    /// If it is neither empty nor an unfinished copy of this source, or is the source.
    fn claim(&mut self, source: &Snapshot, shown: &str) -> Result<Claim>;

    /// The largest number of a table, whose rows are numbered.
    ///
    /// # Errors
    /// If it cannot be read.
    fn last(&mut self, table: &Table) -> Result<Option<i64>>;

    /// Whether a text may hold a NUL character; else another one is written in its place.
    fn takes_nul(&self) -> bool;

    /// Adds rows, durably. Those that are there already stay, or change.
    ///
    /// # Errors
    /// If they cannot be written; a row that cannot be is named, and those before it may
    /// have been added.
    fn put(&mut self, table: &Table, rows: &[Row]) -> Result<()>;

    /// What was copied is whole: further rows get numbers behind those that are there, and
    /// the mark goes.
    ///
    /// # Errors
    /// If it cannot be written: the mark stays.
    fn finish(&mut self) -> Result<()>;
}

/// What was found where the copy is to be.
pub(in crate::store) struct Claim {
    /// Of the first try: no message up to this can have appeared since.
    pub settled: i64,
    /// The same for what has other numbers.
    pub settled_others: i64,
    /// There was an earlier try.
    pub goes_on: bool,
}
