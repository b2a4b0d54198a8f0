//! Goes through a table in the order of its ids, past what cannot be read.
//!
//! A page that is damaged hides the rows on it, and one between the root and
//! the leaves hides all below it; whatever looks for one of these fails. Where
//! the next row is that can be read is found by trying one id after the other.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Result, Row};

use super::super::damage::Why;
use super::problem::{is_damage, why};
use crate::domain::Flow;

/// How many ids are tried one after the other before the steps grow: more than
/// one page between the root and the leaves hides, and a fraction of a second.
const IDS_TRIED: i64 = 64 * 1024;

/// A wider gap between two ids is none: another program has chosen the second.
const WIDEST_GAP: i64 = 1 << 32;

/// The tables whose rows can be passed over. Their ids have no gaps: no row of
/// them ever goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Messages,
    Sessions,
    Users,
    Moves,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Sessions => "sessions",
            Self::Users => "users",
            Self::Moves => "moves",
        }
    }

    /// An index that has every row, if there is one.
    fn index(self) -> Option<&'static str> {
        match self {
            Self::Messages => None,
            Self::Sessions => Some("sqlite_autoindex_sessions_1"),
            Self::Users => Some("sqlite_autoindex_users_1"),
            Self::Moves => Some("moves_of_session"),
        }
    }
}

/// What to go through.
pub(super) struct Scan<'a> {
    pub(super) table: Table,
    /// Selects the id first, of rows with `id >= ?1 AND id <= ?2`, in the order of
    /// `id`. (Behind `id > 7` SQLite looks on the page of 7.)
    pub(super) sql: &'a str,
    pub(super) after: i64,
    /// The last id there is, or that is wanted.
    pub(super) upto: i64,
}

/// Rows that were passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Missed {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) why: Why,
}

impl Scan<'_> {
    /// Visits every row that can be read. What `visit` fails with because of
    /// damage, or of what stands in the row, costs that row.
    pub(super) fn run(
        &self,
        connection: &Connection,
        miss: &mut dyn FnMut(Missed),
        visit: &mut dyn FnMut(&Row<'_>) -> Result<Flow>,
    ) -> Result<Flow> {
        let mut statement = connection.prepare_cached(self.sql)?;
        let mut after = self.after;
        loop {
            match self.part(&mut statement, &mut after, miss, visit) {
                Ok(Part::Full) => return Ok(Flow::Full),
                Ok(Part::End) if after >= self.upto || self.upto == i64::MAX => {
                    return Ok(Flow::More);
                }
                Ok(Part::End | Part::Disordered) => {}
                Err(error) if is_damage(&error) => {}
                Err(error) => return Err(error),
            }
            let next = next_readable(connection, self.table, after, self.upto)?;
            // The row behind the last one is found, and it cannot be read: it
            // lies on several pages.
            let (last, seen) = match next {
                Some(next) if next == after + 1 => (next, next),
                Some(next) => (next - 1, next - 1),
                None => (self.upto, self.upto),
            };
            miss(Missed {
                first: after + 1,
                last,
                why: Why::Damaged,
            });
            after = seen;
            if after >= self.upto {
                return Ok(Flow::More);
            }
        }
    }

    /// Visits rows until one cannot be reached.
    fn part(
        &self,
        statement: &mut CachedStatement<'_>,
        after: &mut i64,
        miss: &mut dyn FnMut(Missed),
        visit: &mut dyn FnMut(&Row<'_>) -> Result<Flow>,
    ) -> Result<Part> {
        let mut rows = statement.query([after.saturating_add(1), self.upto])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            // On a damaged page anything may stand in place of an id.
            if id <= *after || id > self.upto {
                return Ok(Part::Disordered);
            }
            if (2..WIDEST_GAP).contains(&(id - *after)) {
                miss(Missed {
                    first: *after + 1,
                    last: id - 1,
                    why: Why::Gone,
                });
            }
            match visit(row) {
                Ok(Flow::Full) => {
                    *after = id;
                    return Ok(Part::Full);
                }
                Ok(Flow::More) => {}
                Err(error) => match why(&error) {
                    Some(why) => miss(Missed {
                        first: id,
                        last: id,
                        why,
                    }),
                    None => return Err(error),
                },
            }
            *after = id;
        }
        Ok(Part::End)
    }
}

/// How a part of a scan came to its end.
enum Part {
    /// The visitor has enough.
    Full,
    /// There are no more rows.
    End,
    /// A row stood where it cannot be.
    Disordered,
}

/// The id of the next row that can be found, behind one that cannot.
fn next_readable(
    connection: &Connection,
    table: Table,
    after: i64,
    upto: i64,
) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id FROM {} WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT 1",
        table.name()
    ))?;
    let mut first_from = |from: i64| {
        let found = statement.query_row([from, upto], |row| row.get(0));
        match found.optional() {
            Ok(found) => Ok(found.filter(|id| (from..=upto).contains(id))),
            Err(error) if is_damage(&error) => Ok(None),
            Err(error) => Err(error),
        }
    };
    let (mut tried, mut step) = (after, 1);
    for count in 1.. {
        if tried >= upto {
            return Ok(None);
        }
        if count > IDS_TRIED {
            step = i64::saturating_mul(step, 2);
        }
        let from = tried.saturating_add(step).min(upto);
        if let Some(found) = first_from(from)? {
            return halved(tried, (from, found), &mut first_from).map(Some);
        }
        tried = from;
    }
    Ok(None)
}

/// The first row that is found between an id from which none is and one from
/// which one is.
fn halved(
    mut without: i64,
    (mut with, mut found): (i64, i64),
    first_from: &mut dyn FnMut(i64) -> Result<Option<i64>>,
) -> Result<i64> {
    while with - without > 1 {
        let middle = without + (with - without) / 2;
        match first_from(middle)? {
            Some(first) => (with, found) = (middle, first),
            None => without = middle,
        }
    }
    Ok(found)
}

/// The last id of a table; if nobody can tell, the largest there can be.
pub(super) fn last_id(connection: &Connection, table: Table) -> Result<i64> {
    let by_index = table.index().map(|index| format!(" INDEXED BY {index}"));
    let ways = [Some(String::new()), by_index];
    for way in ways.iter().flatten() {
        let sql = format!("SELECT max(id) FROM {}{way}", table.name());
        let last = connection
            .prepare_cached(&sql)
            .and_then(|mut select| select.query_row([], |row| row.get::<_, Option<i64>>(0)));
        match last {
            Ok(last) => return Ok(last.unwrap_or(0)),
            Err(error) if is_damage(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(i64::MAX)
}
