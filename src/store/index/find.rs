//! Which messages may suit.

use rusqlite::{Connection, params};

use super::super::Result;
use super::Index;
use super::expression::{Expression, IndexQuery};
use super::page::{Order, Page};
use crate::domain::{Flow, MessageId};

/// Selects ids between `?1` and `?2`.
const EVERYTHING: &str = "FROM terms_docsize WHERE id BETWEEN ?1 AND ?2";

/// The same, of those that `?3` matches.
const MATCHING: &str = "FROM terms WHERE rowid BETWEEN ?1 AND ?2 AND terms MATCH ?3";

impl Index {
    /// The ids of messages that may suit. Those that do suit are among them; each has
    /// to be looked at.
    ///
    /// # Errors
    /// A sentence about an index that cannot be read.
    pub(crate) fn candidates(&mut self, query: &IndexQuery, page: &Page) -> Result<Vec<MessageId>> {
        let expression = query.expression();
        self.checked(|connection| {
            let mut found = Vec::new();
            let times = query.times();
            times.runs(connection, page.range(), page.order, &mut |low, high| {
                let left = page.limit - found.len();
                select(
                    connection,
                    &expression,
                    (low, high),
                    page.order,
                    left,
                    &mut found,
                )?;
                let is_enough = found.len() >= page.limit;
                Ok(if is_enough { Flow::Full } else { Flow::More })
            })?;
            Ok(found)
        })
    }

    /// How many messages may suit: it is no less than do.
    ///
    /// # Errors
    /// A sentence about an index that cannot be read.
    pub(crate) fn count(&mut self, query: &IndexQuery) -> Result<u64> {
        let expression = query.expression();
        self.checked(|connection| {
            let (mut count, all) = (0, Page::newest(0).range());
            let times = query.times();
            times.runs(connection, all, Order::OldestFirst, &mut |low, high| {
                count += counted(connection, &expression, low, high)?;
                Ok(Flow::More)
            })?;
            Ok(count.unsigned_abs())
        })
    }
}

/// Adds up to `limit` ids of a range.
fn select(
    connection: &Connection,
    expression: &Expression,
    (low, high): (i64, i64),
    order: Order,
    limit: usize,
    found: &mut Vec<MessageId>,
) -> rusqlite::Result<()> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let order = order.word();
    let sql = |from: &str, id: &str| format!("SELECT {id} {from} ORDER BY {id} {order} LIMIT ?4");
    let (sql, terms) = match expression {
        Expression::Nothing => return Ok(()),
        Expression::Everything => (sql(EVERYTHING, "id"), None),
        Expression::Terms(terms) => (sql(MATCHING, "rowid"), Some(terms)),
    };
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![low, high, terms, limit])?;
    while let Some(row) = rows.next()? {
        found.push(MessageId(row.get(0)?));
    }
    Ok(())
}

fn counted(
    connection: &Connection,
    expression: &Expression,
    low: i64,
    high: i64,
) -> rusqlite::Result<i64> {
    let sql = |from: &str| format!("SELECT count(*) {from}");
    match expression {
        Expression::Nothing => Ok(0),
        Expression::Everything => connection
            .prepare_cached(&sql(EVERYTHING))?
            .query_row([low, high], |row| row.get(0)),
        Expression::Terms(terms) => connection
            .prepare_cached(&sql(MATCHING))?
            .query_row(params![low, high, terms], |row| row.get(0)),
    }
}
