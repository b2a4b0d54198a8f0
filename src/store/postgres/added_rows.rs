//! Rows that are added to a copy, many at once.

use tokio_postgres::types::{ToSql, Type};

use super::super::copying::{Cell, Kind, Row, Table};
use super::client::Value;

/// The statement that adds rows, a list for each column.
pub(super) fn insert(table: &Table) -> String {
    let (mut lists, mut given) = (Vec::new(), Vec::new());
    for (at, (name, kind)) in table.columns.iter().enumerate() {
        let list = match kind {
            Kind::Integer | Kind::Code => "bigint",
            Kind::Bool => "boolean",
            Kind::Text | Kind::Uuid => "text",
            Kind::Blob => "bytea",
        };
        lists.push(format!("${}::{list}[]", at + 1));
        given.push(match kind {
            Kind::Code => format!("\"{name}\"::smallint"),
            Kind::Uuid => format!("\"{name}\"::uuid"),
            _ => format!("\"{name}\""),
        });
    }
    let (mut names, mut given) = (table.names(""), given.join(", "));
    if matches!(table.name, "messages" | "moves") {
        // No group that is settled has this one.
        names.push_str(", nonce");
        given.push_str(", 0");
    }
    format!(
        "INSERT INTO saylog.{} ({names}) OVERRIDING SYSTEM VALUE
         SELECT {given} FROM unnest({}) AS given ({}) {}",
        table.name,
        lists.join(", "),
        table.names(""),
        table.on_conflict()
    )
}

/// The values of a column.
pub(super) enum Column<'r> {
    Integers(Vec<Option<i64>>),
    Bools(Vec<Option<bool>>),
    Texts(Vec<Option<&'r str>>),
    Blobs(Vec<Option<&'r [u8]>>),
}

impl<'r> Column<'r> {
    pub(super) fn of(kind: Kind, rows: &'r [Row], at: usize) -> Self {
        let cells = rows.iter().map(|row| row.get(at));
        match kind {
            Kind::Integer | Kind::Code => Self::Integers(
                cells
                    .map(|cell| match cell {
                        Some(Cell::Integer(number)) => Some(*number),
                        _ => None,
                    })
                    .collect(),
            ),
            Kind::Bool => Self::Bools(
                cells
                    .map(|cell| match cell {
                        Some(Cell::Bool(is)) => Some(*is),
                        _ => None,
                    })
                    .collect(),
            ),
            Kind::Text | Kind::Uuid => Self::Texts(
                cells
                    .map(|cell| match cell {
                        Some(Cell::Text(text)) => Some(text.as_str()),
                        _ => None,
                    })
                    .collect(),
            ),
            Kind::Blob => Self::Blobs(
                cells
                    .map(|cell| match cell {
                        Some(Cell::Blob(bytes)) => Some(bytes.as_slice()),
                        _ => None,
                    })
                    .collect(),
            ),
        }
    }

    pub(super) fn value(&self) -> Value<'_> {
        match self {
            Self::Integers(list) => (list as &(dyn ToSql + Sync), Type::INT8_ARRAY),
            Self::Bools(list) => (list, Type::BOOL_ARRAY),
            Self::Texts(list) => (list, Type::TEXT_ARRAY),
            Self::Blobs(list) => (list, Type::BYTEA_ARRAY),
        }
    }
}
