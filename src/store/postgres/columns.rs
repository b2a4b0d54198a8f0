//! Rows that are to be added, column by column: as arrays that a statement unnests, or copied
//! in.
//!
//! To unnest arrays costs the server much of what it takes to add rows, so many rows are
//! copied (PostgreSQL's manual, "COPY", the binary format); few are not, since
//! a copy takes a round trip more. A server copies nothing into tables of which a role sees
//! only rows of its own.

use tokio_postgres::types::{ToSql, Type};

/// So many rows are worth a copy.
pub(super) const MANY: usize = 64;

/// One column of some rows. Where those of one that may be NULL end, NULL follows.
#[derive(Clone, Copy)]
pub(super) enum Column<'a> {
    /// The same in each row.
    Same(&'a i64),
    Numbers(&'a Vec<i64>),
    MaybeNumbers(&'a Vec<Option<i64>>),
    Codes(&'a Vec<i16>),
    Texts(&'a Vec<String>),
    MaybeTexts(&'a Vec<Option<String>>),
    Blobs(&'a Vec<Vec<u8>>),
}

impl<'a> Column<'a> {
    /// The value that a statement takes for all rows, and its type.
    pub(super) fn whole(self) -> (&'a (dyn ToSql + Sync), Type) {
        match self {
            Self::Same(value) => (value, Type::INT8),
            Self::Numbers(values) => (values, Type::INT8_ARRAY),
            Self::MaybeNumbers(values) => (values, Type::INT8_ARRAY),
            Self::Codes(values) => (values, Type::INT2_ARRAY),
            Self::Texts(values) => (values, Type::TEXT_ARRAY),
            Self::MaybeTexts(values) => (values, Type::TEXT_ARRAY),
            Self::Blobs(values) => (values, Type::BYTEA_ARRAY),
        }
    }

    /// The type that its value has in each row.
    fn type_of_cell(self) -> Type {
        match self {
            Self::Same(_) | Self::Numbers(_) | Self::MaybeNumbers(_) => Type::INT8,
            Self::Codes(_) => Type::INT2,
            Self::Texts(_) | Self::MaybeTexts(_) => Type::TEXT,
            Self::Blobs(_) => Type::BYTEA,
        }
    }

    /// Its value in a row that it has.
    fn cell(self, row: usize) -> &'a (dyn ToSql + Sync) {
        match self {
            Self::Same(value) => value,
            Self::Numbers(values) => &values[row],
            Self::MaybeNumbers(values) => values.get(row).unwrap_or(&None),
            Self::Codes(values) => &values[row],
            Self::Texts(values) => &values[row],
            Self::MaybeTexts(values) => values.get(row).unwrap_or(&None),
            Self::Blobs(values) => &values[row],
        }
    }
}

/// Rows that are copied in.
pub(super) struct CopiedRows<'a> {
    /// `COPY … FROM STDIN (FORMAT binary)`
    pub(super) statement: &'a str,
    /// As many columns as that names.
    pub(super) columns: &'a [Column<'a>],
    /// How many rows they have.
    pub(super) count: usize,
}

impl<'a> CopiedRows<'a> {
    /// The types of the columns.
    pub(super) fn types(&self) -> Vec<Type> {
        self.columns
            .iter()
            .map(|column| column.type_of_cell())
            .collect()
    }

    /// Row by row.
    pub(super) fn rows(&self) -> impl Iterator<Item = Vec<&'a (dyn ToSql + Sync)>> {
        (0..self.count).map(|row| self.columns.iter().map(|column| column.cell(row)).collect())
    }
}
