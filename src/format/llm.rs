//! The `logs.db` of `llm`.
//!
//! Until 0.31 it has a row for a question with its answer; since then messages form a
//! tree in which equal beginnings are one, and threads point into it. Newer versions
//! have both kinds of tables. A thread has the name of the conversation that it goes on
//! with, and holds all of it: so where there is a thread, it is read.

mod responses;
mod threads;

use std::ops::ControlFlow;
use std::path::Path;

use super::source::{Broken, Fault, Visit};
use super::tables::Tables;

/// Reads all conversations of the database at a path.
///
/// # Errors
/// It cannot be read, or its tables are none that are known.
pub(crate) fn read(path: &Path, visit: &mut Visit<'_>) -> Result<(), Fault> {
    let tables = Tables::open(path)?;
    let has_responses = has(&tables, &responses::NEEDED)?;
    let has_threads = has(&tables, &threads::NEEDED)?;
    if !has_responses && !has_threads {
        let is_old = ["log", "logs"].iter().try_fold(false, |is_old, table| {
            let columns = tables.columns(table)?;
            Ok::<_, Fault>(is_old || !columns.is_empty())
        })?;
        return Err(refusal(if is_old {
            "its tables are of a version of llm before 0.5, which kept no conversations"
        } else {
            "it has none of the tables of llm"
        }));
    }
    if has_threads && threads::read(&tables, visit)? == ControlFlow::Break(()) {
        return Ok(());
    }
    if has_responses {
        let _ = responses::read(&tables, has_threads, visit)?;
    }
    Ok(())
}

/// Whether there are tables with what is needed of each; none of them is no mistake,
/// some of them, or too little in one, is a version that is not known.
fn has(tables: &Tables, needed: &[(&str, &[&str])]) -> Result<bool, Fault> {
    let mut missing = Vec::new();
    for (table, columns) in needed {
        let found = tables.columns(table)?;
        if found.is_empty() {
            missing.push(*table);
            continue;
        }
        if let Some(column) = columns
            .iter()
            .find(|column| !found.iter().any(|c| c == *column))
        {
            let why = format!(
                "its tables are of a version of llm that is not known: \
                 `{table}` has no column `{column}`"
            );
            return Err(refusal(&why));
        }
    }
    match missing.first() {
        None => Ok(true),
        Some(_) if missing.len() == needed.len() => Ok(false),
        Some(table) => {
            let why = format!(
                "its tables are of a version of llm that is not known: there is no `{table}`"
            );
            Err(refusal(&why))
        }
    }
}

fn refusal(why: &str) -> Fault {
    Fault::Broken(Broken {
        place: "the database".to_owned(),
        why: why.to_owned(),
    })
}

#[cfg(test)]
mod tests;
