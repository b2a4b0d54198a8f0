//! The terms of messages, which searches ask for.
//!
//! They are worked out by the searches themselves and added in the order of the log, up to
//! the horizon, each step wholly or not at all: what is known is a beginning of the log. An
//! array of terms has an inverted index (GIN); whoever has few of a term is found by that.
//! What is said often is among the newest messages, which are looked at first: the server
//! knows too little of how often a term occurs to choose by itself.

use tokio_postgres::types::{ToSql, Type};

use super::super::Result;
use super::super::backend::MessageQuery;
use super::super::damage::Damage;
use super::super::index::{IndexQuery, Order, Page, Ranked, WantedTerms, terms_of_message};
use super::client::{Ask, Value};
use super::handle::Handle;
use super::messages;
use super::names::Names;
use super::pages::Pages;
use crate::domain::{Flow, MessageId};

/// How many messages are added in a step, and how many bytes of terms.
const ROWS: usize = 4_000;
const BYTES: usize = 8 * 1024 * 1024;

/// How many messages are looked at before the inverted index is asked.
const LOOKED_AT_FIRST: i64 = 1_000;

/// How many of the newest messages that may suit are ranked.
const RANKED: i64 = 200_000;

/// What a term says that is there, and how much longer texts are held against it, as in the
/// index of a file.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// The terms in a database.
pub(super) struct Terms<'p> {
    pub(super) handle: &'p mut Handle,
    pub(super) pages: &'p mut Pages,
    pub(super) names: &'p mut Names,
}

/// Whether this role may use the terms, which are written for all: one that may see only
/// some messages may not.
const MAY_SEARCH: &str = "SELECT has_table_privilege('saylog.terms', 'SELECT')
    AND has_table_privilege('saylog.terms', 'INSERT')";

/// Whether the terms are of use to this role.
pub(super) fn are_of_use(handle: &mut Handle) -> Result<bool> {
    let rows = handle.rows(MAY_SEARCH, &[])?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

impl Terms<'_> {
    pub(super) fn known(&mut self) -> Result<MessageId> {
        let rows = self
            .handle
            .rows("SELECT coalesce(max(id), 0) FROM saylog.terms", &[])?;
        Ok(MessageId(rows.first().map_or(0, |row| row.get(0))))
    }

    pub(super) fn add_next(&mut self, upto: MessageId) -> Result<MessageId> {
        let known = self.known()?;
        let (mut ids, mut times, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        let mut bytes = 0;
        let query = MessageQuery::Range { after: known, upto };
        let mut unused = Damage::default();
        messages::messages(
            self.handle,
            self.pages,
            self.names,
            &mut unused,
            &query,
            &mut |message| {
                let terms = terms_of_message(message);
                bytes += terms.iter().map(String::len).sum::<usize>();
                ids.push(message.id.0);
                times.push(message.time().0);
                entries.push(terms);
                if ids.len() >= ROWS || bytes >= BYTES {
                    Flow::Full
                } else {
                    Flow::More
                }
            },
        )?;
        let Some(last) = ids.last().copied() else {
            // What is left are numbers that were drawn and not used.
            return Ok(upto);
        };
        // An array of arrays has to be a rectangle, so the terms travel as one list, each
        // with the place of its message.
        let places: Vec<i32> = (1_i32..)
            .zip(&entries)
            .flat_map(|(place, terms)| std::iter::repeat_n(place, terms.len()))
            .collect();
        let terms: Vec<String> = entries.into_iter().flatten().collect();
        let values: [Value<'_>; 4] = [
            (&ids, Type::INT8_ARRAY),
            (&times, Type::INT8_ARRAY),
            (&places, Type::INT4_ARRAY),
            (&terms, Type::TEXT_ARRAY),
        ];
        self.handle.rows(
            "INSERT INTO saylog.terms (id, at, terms)
             SELECT m.id, m.at, t.terms
             FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS m (id, at, place)
             JOIN (SELECT u.place, array_agg(u.term) AS terms
                   FROM unnest($3::integer[], $4::text[]) AS u (place, term)
                   GROUP BY u.place) AS t ON t.place = m.place
             ORDER BY m.id
             ON CONFLICT (id) DO NOTHING",
            &values,
        )?;
        Ok(MessageId(last))
    }

    pub(super) fn candidates(&mut self, query: &IndexQuery, page: &Page) -> Result<Vec<MessageId>> {
        let Some(wanted) = Condition::of(query) else {
            return Ok(Vec::new());
        };
        let (low, high) = page.range();
        let order = page.order.word();
        let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
        let condition = &wanted.sql;
        // Those of the first ones that have the terms; then whatever has them behind these.
        let first = format!(
            "SELECT * FROM saylog.terms WHERE id BETWEEN $1 AND $2
             ORDER BY id {order} LIMIT {LOOKED_AT_FIRST}"
        );
        let near = format!(
            "SELECT w.id FROM ({first}) AS w WHERE {condition} ORDER BY w.id {order} LIMIT $3"
        );
        let found = wanted.ids(self.handle, &near, &[low, high, limit])?;
        let left = limit - i64::try_from(found.len()).unwrap_or(0);
        if left <= 0 {
            return Ok(found);
        }
        let behind = match page.order {
            Order::NewestFirst => format!("< (SELECT min(id) FROM ({first}) AS f)"),
            Order::OldestFirst => format!("> (SELECT max(id) FROM ({first}) AS f)"),
        };
        let far = if wanted.is_indexed {
            // Materialized: else the server may walk through all of them in order.
            format!(
                "WITH w AS MATERIALIZED (SELECT w.id FROM saylog.terms AS w WHERE {condition})
                 SELECT id FROM w WHERE id BETWEEN $1 AND $2 AND id {behind}
                 ORDER BY id {order} LIMIT $3"
            )
        } else {
            format!(
                "SELECT w.id FROM saylog.terms AS w
                 WHERE w.id BETWEEN $1 AND $2 AND w.id {behind} AND {condition}
                 ORDER BY w.id {order} LIMIT $3"
            )
        };
        let further = wanted.ids(self.handle, &far, &[low, high, left])?;
        Ok(found.into_iter().chain(further).collect())
    }

    pub(super) fn ranked(&mut self, query: &IndexQuery, limit: usize) -> Result<Ranked> {
        let words = WantedTerms::words(query);
        let Some(wanted) = Condition::of(query) else {
            let (ids, is_cut) = (Vec::new(), false);
            return Ok(Ranked { ids, is_cut });
        };
        if words.is_empty() {
            let ids = self.candidates(query, &Page::newest(limit))?;
            let is_cut = ids.len() >= limit;
            return Ok(Ranked { ids, is_cut });
        }
        // Rarer terms count more, and shorter messages (BM25; how often a message has a
        // term is not known).
        let sql = format!(
            "WITH hits AS MATERIALIZED (
                 SELECT w.id, cardinality(w.terms)::float8 AS length,
                        ARRAY(SELECT t FROM unnest($4::text[]) AS t WHERE w.terms @> ARRAY[t]) AS has
                 FROM saylog.terms AS w WHERE $1 = $2 AND {condition}
                 ORDER BY w.id DESC LIMIT $3),
             counted AS (SELECT count(*)::float8 AS n, avg(length) AS average FROM hits),
             weights AS (
                 SELECT t.term, ln(1 + greatest(c.n - count(h.id) + 0.5, 0) / (count(h.id) + 0.5)) AS weight
                 FROM counted AS c, unnest($4::text[]) AS t (term)
                 LEFT JOIN hits AS h ON t.term = ANY (h.has) GROUP BY t.term, c.n)
             SELECT h.id, (SELECT n FROM counted)
             FROM hits AS h, counted AS c
             ORDER BY (CASE WHEN cardinality($4::text[]) > 1 THEN
                           (SELECT coalesce(sum(w.weight), 0) FROM weights AS w WHERE w.term = ANY (h.has))
                       ELSE 1 END)
                      * ({K1} + 1) / (1 + {K1} * (1 - {B} + {B} * h.length / greatest(c.average, 1))) DESC,
                      h.id DESC
             LIMIT $5",
            condition = wanted.sql_from(6)
        );
        let cut = RANKED + 1;
        let rows_wanted = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut values: Vec<Value<'_>> = vec![
            (&0_i64, Type::INT8),
            (&0_i64, Type::INT8),
            (&cut, Type::INT8),
            (&words, Type::TEXT_ARRAY),
            (&rows_wanted, Type::INT8),
        ];
        values.extend(wanted.values());
        let answers = self.handle.ask(&[Ask::Planned(&sql, &values)])?;
        let rows = answers.into_iter().next().unwrap_or_default();
        let count: f64 = rows.first().map_or(0.0, |row| row.get(1));
        #[allow(clippy::cast_precision_loss, reason = "it is far below what is exact")]
        let is_cut = count > RANKED as f64;
        let ids = rows.iter().map(|row| MessageId(row.get(0))).collect();
        Ok(Ranked { ids, is_cut })
    }
}

/// What the terms `w` of a message have to be, as a condition with values from `$4` on.
struct Condition {
    sql: String,
    wanted: WantedTerms,
    since: i64,
    before: i64,
    /// The inverted index narrows it.
    is_indexed: bool,
}

impl Condition {
    /// None if nothing suits.
    fn of(query: &IndexQuery) -> Option<Self> {
        let wanted = WantedTerms::of(query);
        if wanted.is_nothing {
            return None;
        }
        let mut condition = Self {
            sql: String::new(),
            is_indexed: !(wanted.all.is_empty() && wanted.any.is_empty()),
            since: query.since.map_or(i64::MIN, |time| time.0),
            before: query.before.map_or(i64::MAX, |time| time.0),
            wanted,
        };
        condition.sql = condition.sql_from(4);
        Some(condition)
    }

    /// The condition, its values from this one on.
    fn sql_from(&self, first: usize) -> String {
        let mut sql = format!(
            "(w.at >= ${} AND w.at < ${} AND w.terms @> ${}::text[] AND NOT w.terms && ${}::text[]",
            first,
            first + 1,
            first + 2,
            first + 3
        );
        for at in 0..self.wanted.any.len() {
            use std::fmt::Write;
            // Writing into a text cannot fail.
            let _ = write!(sql, " AND w.terms && ${}::text[]", first + 4 + at);
        }
        sql.push(')');
        sql
    }

    fn values(&self) -> Vec<Value<'_>> {
        let mut values: Vec<Value<'_>> = vec![
            (&self.since, Type::INT8),
            (&self.before, Type::INT8),
            (&self.wanted.all, Type::TEXT_ARRAY),
            (&self.wanted.none, Type::TEXT_ARRAY),
        ];
        for any in &self.wanted.any {
            values.push((any as &(dyn ToSql + Sync), Type::TEXT_ARRAY));
        }
        values
    }

    /// The ids that a statement finds with three numbers before the values.
    fn ids(&self, handle: &mut Handle, sql: &str, numbers: &[i64; 3]) -> Result<Vec<MessageId>> {
        let mut values: Vec<Value<'_>> = Vec::new();
        for number in numbers {
            values.push((number, Type::INT8));
        }
        values.extend(self.values());
        let answers = handle.ask(&[Ask::Planned(sql, &values)])?;
        let rows = answers.first().map(Vec::as_slice).unwrap_or_default();
        Ok(rows.iter().map(|row| MessageId(row.get(0))).collect())
    }
}
