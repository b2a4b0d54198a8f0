//! Which ids may have the times that are wanted.

use rusqlite::{Connection, Result};

use super::page::Order;
use crate::domain::{Flow, Message, Timestamp};

/// How many ids are in a block.
const BLOCK: i64 = 1024;

/// The times of messages that go by in the order of their ids, a block at a time.
#[derive(Default)]
pub(super) struct BlockTimes {
    open: Option<(i64, i64, i64)>,
}

impl BlockTimes {
    /// Takes a message.
    pub(super) fn take(&mut self, connection: &Connection, message: &Message<'_>) -> Result<()> {
        let (block, at) = (message.id.0.div_euclid(BLOCK), message.time().0);
        match &mut self.open {
            Some((open, min, max)) if *open == block => {
                *min = at.min(*min);
                *max = at.max(*max);
            }
            _ => {
                self.write(connection)?;
                self.open = Some((block, at, at));
            }
        }
        Ok(())
    }

    /// Writes what was taken since the last block was full.
    pub(super) fn write(&mut self, connection: &Connection) -> Result<()> {
        if let Some((block, min, max)) = self.open.take() {
            connection
                .prepare_cached(
                    "INSERT INTO blocks (block, min_at, max_at) VALUES (?1, ?2, ?3)
                     ON CONFLICT (block) DO UPDATE
                     SET min_at = min(min_at, ?2), max_at = max(max_at, ?3)",
                )?
                .execute([block, min, max])?;
        }
        Ok(())
    }
}

/// Times that are wanted: from the first up to the second, without that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) since: Option<Timestamp>,
    pub(super) before: Option<Timestamp>,
}

impl Times {
    /// Whether that is every time.
    pub(super) fn are_all(self) -> bool {
        self == Self::default()
    }

    /// Visits the runs of ids between `low` and `high` (both wanted) among which such
    /// times may be, in this order.
    pub(super) fn runs(
        self,
        connection: &Connection,
        (low, high): (i64, i64),
        order: Order,
        visit: &mut dyn FnMut(i64, i64) -> Result<Flow>,
    ) -> Result<()> {
        if low > high {
            return Ok(());
        }
        if self.are_all() {
            return visit(low, high).map(|_| ());
        }
        let sql = format!(
            "SELECT block FROM blocks
             WHERE block BETWEEN ?1 AND ?2 AND max_at >= ?3 AND min_at < ?4 ORDER BY block {}",
            order.word()
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([
            low.div_euclid(BLOCK),
            high.div_euclid(BLOCK),
            self.since.map_or(i64::MIN, |time| time.0),
            self.before.map_or(i64::MAX, |time| time.0),
        ])?;
        let mut visit = |first: i64, last: i64| {
            let end = last.saturating_mul(BLOCK).saturating_add(BLOCK - 1);
            visit(low.max(first.saturating_mul(BLOCK)), high.min(end))
        };
        let mut run: Option<(i64, i64)> = None;
        while let Some(row) = rows.next()? {
            let block: i64 = row.get(0)?;
            run = match run {
                Some((first, last)) if last + 1 == block => Some((first, block)),
                Some((first, last)) if first - 1 == block => Some((block, last)),
                Some((first, last)) => {
                    if visit(first, last)? == Flow::Full {
                        return Ok(());
                    }
                    Some((block, block))
                }
                None => Some((block, block)),
            };
        }
        match run {
            Some((first, last)) => visit(first, last).map(|_| ()),
            None => Ok(()),
        }
    }
}
