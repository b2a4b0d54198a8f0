//! Which messages suit best.

use std::cmp::Ordering;

use rusqlite::{Connection, params};

use super::super::Result;
use super::Index;
use super::expression::{Expression, IndexQuery};
use super::page::{Order, Page};
use crate::domain::{Flow, MessageId};

/// How many of the newest messages that may suit are ranked.
const NEWEST: usize = 200_000;

/// How much more a term says that is there (as far as it goes: only whether it is
/// there is known), and how much longer texts are held against it. The usual values.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// The messages that may suit, the best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranked {
    pub ids: Vec<MessageId>,
    /// Older ones than the newest 200,000 were not looked at.
    pub is_cut: bool,
}

/// A message that may suit.
#[derive(Clone, Copy, Debug)]
struct Hit {
    id: i64,
    /// How many terms it has.
    length: f64,
    /// How much the terms say that it has of those that are wanted.
    weight: f64,
}

impl Index {
    /// The best of the newest messages that may suit, by BM25, newer ones before
    /// older ones that are as good. How often a message has a term is not known here:
    /// rarer terms count more, and shorter messages.
    ///
    /// # Errors
    /// A sentence about an index that cannot be read.
    pub(crate) fn ranked(&mut self, query: &IndexQuery, limit: usize) -> Result<Ranked> {
        let Expression::Terms(terms) = query.expression() else {
            let ids = self.candidates(query, &Page::newest(limit))?;
            let is_cut = ids.len() >= limit;
            return Ok(Ranked { ids, is_cut });
        };
        self.checked(|connection| {
            let mut hits = hits(connection, query, &terms)?;
            let is_cut = hits.len() > NEWEST;
            hits.truncate(NEWEST);
            let leaves = query.leaves();
            if leaves.len() > 1 {
                weigh(connection, &leaves, &mut hits)?;
            }
            Ok(Ranked {
                ids: best(hits, limit),
                is_cut,
            })
        })
    }
}

/// The newest messages that may suit, newest first, and one more than are ranked.
fn hits(connection: &Connection, query: &IndexQuery, terms: &str) -> rusqlite::Result<Vec<Hit>> {
    let mut statement = connection.prepare_cached(
        "SELECT terms.rowid, sz FROM terms JOIN terms_docsize ON id = terms.rowid
         WHERE terms.rowid BETWEEN ?1 AND ?2 AND terms MATCH ?3
         ORDER BY terms.rowid DESC LIMIT ?4",
    )?;
    let (mut found, all) = (Vec::new(), Page::newest(0).range());
    let times = query.times();
    times.runs(connection, all, Order::NewestFirst, &mut |low, high| {
        let left = i64::try_from(NEWEST + 1 - found.len()).unwrap_or(0);
        let mut rows = statement.query(params![low, high, terms, left])?;
        while let Some(row) = rows.next()? {
            found.push(Hit {
                id: row.get(0)?,
                length: length(row.get_ref(1)?.as_blob()?),
                weight: 1.0,
            });
        }
        let is_enough = found.len() > NEWEST;
        Ok(if is_enough { Flow::Full } else { Flow::More })
    })?;
    Ok(found)
}

/// The number of terms of a message, as FTS5 writes it: seven bits a byte, the last
/// byte without the eighth.
fn length(size: &[u8]) -> f64 {
    let mut length = 0_u32;
    for byte in size.iter().take(4) {
        length = length << 7 | u32::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    f64::from(length)
}

/// Gives each hit the weights of the terms that it has: the rarer one is among the
/// hits' range, the more it says.
fn weigh(connection: &Connection, leaves: &[String], hits: &mut [Hit]) -> rusqlite::Result<()> {
    let (Some(newest), Some(oldest)) = (hits.first(), hits.last()) else {
        return Ok(());
    };
    let (low, high) = (oldest.id, newest.id);
    for hit in &mut *hits {
        hit.weight = 0.0;
    }
    // Nearly every id is a message's: to count them takes longer than all else.
    let count = u32::try_from(high - low + 1).unwrap_or(u32::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT rowid FROM terms WHERE rowid BETWEEN ?1 AND ?2 AND terms MATCH ?3
         ORDER BY rowid DESC",
    )?;
    for leaf in leaves {
        let mut rows = statement.query(params![low, high, leaf])?;
        let (mut have, mut next, mut with_it) = (0_u32, 0, Vec::new());
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            have += 1;
            while hits.get(next).is_some_and(|hit| hit.id > id) {
                next += 1;
            }
            if hits.get(next).is_some_and(|hit| hit.id == id) {
                with_it.push(next);
            }
        }
        let (have, all) = (f64::from(have), f64::from(count));
        let weight = (1.0 + (all - have + 0.5).max(0.0) / (have + 0.5)).ln();
        for at in with_it {
            hits[at].weight += weight;
        }
    }
    Ok(())
}

/// The best hits.
fn best(mut hits: Vec<Hit>, limit: usize) -> Vec<MessageId> {
    let count = u32::try_from(hits.len()).map_or(1.0, f64::from).max(1.0);
    let average = (hits.iter().map(|hit| hit.length).sum::<f64>() / count).max(1.0);
    let score =
        |hit: &Hit| hit.weight * (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * hit.length / average));
    let mut scored: Vec<_> = hits.drain(..).map(|hit| (score(&hit), hit.id)).collect();
    let better =
        |a: &(f64, i64), b: &(f64, i64)| -> Ordering { b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)) };
    if limit < scored.len() {
        scored.select_nth_unstable_by(limit, better);
        scored.truncate(limit);
    }
    scored.sort_unstable_by(better);
    scored.into_iter().map(|(_, id)| MessageId(id)).collect()
}
