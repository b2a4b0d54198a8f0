//! What a table holds, in few bytes.

#![warn(clippy::missing_docs_in_private_items)]

use std::hash::{DefaultHasher, Hash, Hasher};

use super::table::Row;

/// A count and a digest of rows in their order. It is compared with others of the same
/// process only, so it may differ from one version of Rust to the next. It finds errors and
/// no forgeries.
#[derive(Clone, Debug, Default)]
pub(super) struct Digest {
    /// How many rows there were.
    rows: u64,
    /// The digest so far.
    hasher: DefaultHasher,
}

impl Digest {
    /// Adds a row.
    pub(super) fn add(&mut self, row: &Row) {
        self.rows += 1;
        row.hash(&mut self.hasher);
    }

    /// How many rows there were.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows && self.hasher.finish() == other.hasher.finish()
    }
}
