//! Rows that are copied, read page by page.

use tokio_postgres::Row as Answer;
use tokio_postgres::types::Type;

use super::super::Result;
use super::super::copying::{Cell, Kind, PAGE_ROWS, Row, Table};
use super::client::{Ask, Value};
use super::fitting::fitting;
use super::trouble::Trouble;

/// The next rows of a table. How long texts are is known without reading them.
pub(super) fn read(
    table: &Table,
    after: Option<&[Cell]>,
    ask: impl FnOnce(Ask<'_>) -> std::result::Result<Vec<Vec<Answer>>, Trouble>,
) -> Result<Vec<Row>> {
    let key: Vec<String> = (table.key_columns().iter())
        .map(|(name, kind)| match kind {
            Kind::Text => format!("\"{name}\" COLLATE \"C\""),
            _ => format!("\"{name}\""),
        })
        .collect();
    let key = key.join(", ");
    let behind = match after {
        None => String::new(),
        Some(after) => {
            let places: Vec<String> = (1..=after.len()).map(|at| format!("${at}")).collect();
            format!("AND ({key}) > ({})", places.join(", "))
        }
    };
    let columns: Vec<String> = (table.columns.iter())
        .map(|(name, kind)| match kind {
            Kind::Uuid => format!("\"{name}\"::text AS \"{name}\""),
            Kind::Code => format!("\"{name}\"::bigint AS \"{name}\""),
            _ if is_prompt(table, name) => format!("{} AS \"{name}\"", first_alike(name)),
            _ => format!("\"{name}\""),
        })
        .collect();
    let texts = table.columns.iter().filter(|(_, kind)| *kind == Kind::Text);
    let bytes: Vec<String> = texts
        .map(|(name, _)| format!("coalesce(octet_length(\"{name}\"), 0)"))
        .collect();
    let bytes = if bytes.is_empty() {
        "0".to_owned()
    } else {
        bytes.join(" + ")
    };
    let (names, only) = (table.names(""), only(table));
    let columns = columns.join(", ");
    let rows = format!(
        "SELECT {columns} FROM saylog.{} AS t WHERE {only} {behind}
         ORDER BY {key} LIMIT {PAGE_ROWS}",
        table.name
    );
    let sql = fitting(&names, &rows, &bytes, &key, "");
    let values: Vec<Value<'_>> = after.unwrap_or_default().iter().map(value).collect();
    let answers = ask(Ask::Query(&sql, &values))
        .map_err(|trouble| trouble.problem().preventing("the log cannot be read"))?;
    let rows = answers.into_iter().next().unwrap_or_default();
    Ok(rows.iter().map(|row| cells(table, row)).collect())
}

/// Two processes may have added the same prompt at the same moment. It is copied once.
fn only(table: &Table) -> &'static str {
    match table.name {
        "prompts" => {
            "NOT EXISTS (SELECT 1 FROM saylog.prompts AS p WHERE md5(p.content) = md5(t.content)
                 AND p.content = t.content AND p.id < t.id)"
        }
        // What logins have learned that speak as one user they learn again.
        "windows" => "t.\"user\" = 0",
        _ => "true",
    }
}

/// Whether a column names a prompt.
fn is_prompt(table: &Table, name: &str) -> bool {
    matches!(
        (table.name, name),
        ("sent", "prompt") | ("partials", "sent_prompt")
    )
}

/// The first of the prompts that say the same as one. What is not there stays as it is.
fn first_alike(name: &str) -> String {
    format!(
        "coalesce((SELECT min(alike.id) FROM saylog.prompts AS p JOIN saylog.prompts AS alike
             ON md5(alike.content) = md5(p.content) AND alike.content = p.content
             WHERE p.id = t.\"{name}\"), t.\"{name}\")"
    )
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Null => (&None::<i64>, Type::INT8),
        Cell::Integer(number) => (number, Type::INT8),
        Cell::Bool(is) => (is, Type::BOOL),
        Cell::Text(text) => (text, Type::TEXT),
        Cell::Blob(bytes) => (bytes, Type::BYTEA),
    }
}

fn cells(table: &Table, row: &Answer) -> Row {
    let cells = table.columns.iter().enumerate().map(|(at, (_, kind))| {
        let cell = match kind {
            Kind::Integer | Kind::Code => row.get::<_, Option<i64>>(at).map(Cell::Integer),
            Kind::Bool => row.get::<_, Option<bool>>(at).map(Cell::Bool),
            Kind::Text | Kind::Uuid => row.get::<_, Option<String>>(at).map(Cell::Text),
            Kind::Blob => row.get::<_, Option<Vec<u8>>>(at).map(Cell::Blob),
        };
        cell.unwrap_or(Cell::Null)
    });
    cells.collect()
}
