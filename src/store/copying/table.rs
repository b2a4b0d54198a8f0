//! The tables of a store, as every tenant has them: what is copied, in which order.

#![warn(clippy::missing_docs_in_private_items)]

use std::fmt::Write as _;

/// A table, with the columns that every tenant has.
pub(in crate::store) struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns; those of the key come first.
    pub columns: &'static [Column],
    /// How many columns are the key, by which the rows are ordered.
    pub key: usize,
    /// What becomes of its rows.
    pub life: Life,
}

/// A column: its name, and what it holds.
pub(in crate::store) type Column = (&'static str, Kind);

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    /// A number.
    Integer,
    /// A number from 0 to 2 that stands for a word.
    Code,
    /// Yes or no.
    Bool,
    /// A text.
    Text,
    /// A UUID, as a text.
    Uuid,
    /// Bytes.
    Blob,
}

/// What becomes of rows in a store that is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Life {
    /// They stay as they were written.
    Stays,
    /// They stay, and what they say changes.
    Changes,
    /// They may go again.
    Passes,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::store) enum Cell {
    /// Nothing.
    Null,
    /// A number.
    Integer(i64),
    /// Yes or no.
    Bool(bool),
    /// A text; also a UUID.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// The values of the columns of a table.
pub(in crate::store) type Row = Vec<Cell>;

use Kind::{Blob, Bool, Code, Integer, Text, Uuid};

/// What is copied, in this order: what a row refers to is there before it.
pub(in crate::store) const TABLES: [Table; 10] = [
    Table {
        name: "users",
        columns: &[("id", Integer), ("name", Text)],
        key: 1,
        life: Life::Stays,
    },
    Table {
        name: "prompts",
        columns: &[("id", Integer), ("content", Text)],
        key: 1,
        life: Life::Stays,
    },
    Table {
        name: MESSAGES,
        columns: &[
            ("id", Integer),
            ("session", Integer),
            ("seq", Integer),
            ("parent", Integer),
            ("previous", Integer),
            ("depth", Integer),
            ("system", Integer),
            ("floor", Integer),
            ("oldest", Integer),
            ("created_at", Integer),
            ("said_at", Integer),
            ("prompt_tokens", Integer),
            ("reply_tokens", Integer),
            ("role", Code),
            ("status", Code),
            ("content", Text),
            ("model", Text),
            ("finish_reason", Text),
            ("reasoning", Text),
            ("citations", Text),
        ],
        key: 1,
        life: Life::Stays,
    },
    Table {
        name: "sessions",
        columns: &[
            ("id", Integer),
            ("uuid", Uuid),
            ("user", Integer),
            ("head", Integer),
            ("last", Integer),
            ("count", Integer),
            ("depth", Integer),
            ("base", Integer),
            ("redo", Integer),
            ("floor", Integer),
            ("system", Integer),
            ("touched", Integer),
            ("touched_at", Integer),
            ("created_at", Integer),
            ("archived_at", Integer),
            ("origin", Integer),
            ("title", Text),
            ("words", Text),
            ("model", Text),
            ("persona", Text),
            ("answered_by", Text),
        ],
        key: 1,
        life: Life::Changes,
    },
    Table {
        name: "moves",
        columns: &[
            ("id", Integer),
            ("session", Integer),
            ("why", Text),
            ("from_head", Integer),
            ("to_head", Integer),
            ("from_base", Integer),
            ("to_base", Integer),
            ("from_floor", Integer),
            ("to_floor", Integer),
            ("redo", Integer),
            ("gone", Integer),
            ("back", Integer),
            ("moved_at", Integer),
        ],
        key: 1,
        life: Life::Stays,
    },
    Table {
        name: SENT,
        columns: &[
            ("reply", Integer),
            ("answers", Integer),
            ("floor", Integer),
            ("system", Integer),
            ("prompt", Integer),
        ],
        key: 1,
        life: Life::Stays,
    },
    Table {
        name: "imports",
        columns: &[
            ("session", Integer),
            ("source", Text),
            ("head", Integer),
            ("behind", Integer),
            ("is_mixed", Bool),
            ("is_renumbered", Bool),
            ("model", Text),
        ],
        key: 1,
        life: Life::Passes,
    },
    Table {
        name: "origins",
        columns: &[("source", Blob), ("message", Integer)],
        key: 1,
        life: Life::Stays,
    },
    Table {
        name: "windows",
        columns: &[
            ("endpoint", Text),
            ("model", Text),
            ("tokens", Integer),
            ("configured", Integer),
        ],
        key: 2,
        life: Life::Passes,
    },
    Table {
        name: PARTIALS,
        columns: &[
            ("session", Integer),
            ("writer", Text),
            ("content", Text),
            ("model", Text),
            ("reasoning", Text),
            ("oldest", Integer),
            ("answers", Integer),
            ("sent_floor", Integer),
            ("sent_system", Integer),
            ("sent_prompt", Integer),
            ("behind", Integer),
            ("beat", Integer),
            ("seen_beat", Integer),
            ("seen_at", Integer),
            ("seen_boot", Text),
            ("taken", Integer),
        ],
        key: 2,
        life: Life::Passes,
    },
];

/// The table that is the log.
pub(in crate::store) const MESSAGES: &str = "messages";

/// The table whose key is a message, too.
pub(in crate::store) const SENT: &str = "sent";

/// The table of replies that are still coming.
pub(in crate::store) const PARTIALS: &str = "partials";

impl Table {
    /// The names of the columns from one on, as SQL has them, each behind this prefix.
    pub(in crate::store) fn names(&self, prefix: &str) -> String {
        joined(self.columns, |(name, _)| format!("{prefix}\"{name}\""))
    }

    /// The columns of the key.
    pub(in crate::store) fn key_columns(&self) -> &'static [Column] {
        self.columns.split_at(self.key).0
    }

    /// What an upsert does about a row that is there already.
    pub(in crate::store) fn on_conflict(&self) -> String {
        let key = joined(self.key_columns(), |(name, _)| format!("\"{name}\""));
        match self.life {
            Life::Stays => format!("ON CONFLICT ({key}) DO NOTHING"),
            Life::Passes => String::new(),
            Life::Changes => {
                // Whose it is, and what it is called, never changes.
                let changing = self.columns.split_at(self.key + 2).1;
                let set = joined(changing, |(name, _)| {
                    format!("\"{name}\" = excluded.\"{name}\"")
                });
                format!("ON CONFLICT ({key}) DO UPDATE SET {set}")
            }
        }
    }

    /// Whether the rows are numbered, each new one higher.
    pub(in crate::store) fn is_numbered(&self) -> bool {
        self.life == Life::Stays
            && self
                .columns
                .first()
                .is_some_and(|(_, kind)| *kind == Integer)
    }

    /// How a person finds a row: `row 7 of messages`.
    pub(in crate::store) fn row_name(&self, row: &[Cell]) -> String {
        let key = row.iter().take(self.key);
        let key: Vec<String> = key.map(Cell::shown).collect();
        format!("row {} of `{}`", key.join(", "), self.name)
    }

    /// Why a value can be in no store, whatever holds it.
    pub(in crate::store) fn fault(&self, row: &[Cell]) -> Option<String> {
        let mut values = self.columns.iter().zip(row);
        values.find_map(|((name, kind), cell)| {
            let why = match (kind, cell) {
                (Code, Cell::Integer(code)) if !(0..=2).contains(code) => {
                    format!("is {code}, which stands for nothing")
                }
                (Uuid, Cell::Text(text)) => {
                    let is_uuid =
                        uuid::Uuid::try_parse(text).is_ok_and(|id| id.to_string() == *text);
                    (!is_uuid).then(|| "is no UUID as saylog writes it".to_owned())?
                }
                _ => return None,
            };
            Some(format!("its `{name}` {why}"))
        })
    }
}

impl Cell {
    /// About how many bytes it takes.
    pub(in crate::store) fn len(&self) -> usize {
        8 + match self {
            Self::Text(text) => text.len(),
            Self::Blob(bytes) => bytes.len(),
            Self::Null | Self::Integer(_) | Self::Bool(_) => 0,
        }
    }

    /// As a sentence has it.
    fn shown(&self) -> String {
        match self {
            Self::Null => "without a number".to_owned(),
            Self::Integer(number) => number.to_string(),
            Self::Bool(is) => is.to_string(),
            Self::Text(text) => format!("`{text}`"),
            Self::Blob(bytes) => bytes.iter().fold(String::new(), |mut hex, byte| {
                // Writing into a text cannot fail.
                let _ = write!(hex, "{byte:02x}");
                hex
            }),
        }
    }
}

/// Columns as a list of SQL.
fn joined(columns: &[Column], one: impl Fn(&Column) -> String) -> String {
    columns.iter().map(one).collect::<Vec<_>>().join(", ")
}
