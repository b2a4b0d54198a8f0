//! Users.

use tokio_postgres::types::Type;

use super::super::Result;
use super::client::Value;
use super::handle::Handle;
use crate::domain::{Flow, Timestamp, UserName, UserSummary};

/// How many users a page has.
const PAGE: i64 = 200;

/// Whether there is such a user.
pub(super) fn has(handle: &mut Handle, user: &UserName) -> Result<bool> {
    let rows = handle.rows(
        "SELECT 1 FROM saylog.users WHERE name = $1",
        &[(&user.as_str(), Type::TEXT)],
    )?;
    Ok(!rows.is_empty())
}

/// Visits names that begin with `prefix`, in order.
pub(super) fn names(
    handle: &mut Handle,
    prefix: &str,
    visit: &mut dyn FnMut(&UserName) -> Flow,
) -> Result<()> {
    let (mut after, mut is_first) = (prefix.to_owned(), true);
    loop {
        let values: [Value<'_>; 4] = [
            (&after, Type::TEXT),
            (&is_first, Type::BOOL),
            (&prefix, Type::TEXT),
            (&PAGE, Type::INT8),
        ];
        let rows = handle.rows(
            "SELECT name FROM saylog.users
             WHERE (name > $1 OR $2 AND name = $1) AND starts_with(name, $3)
             ORDER BY name LIMIT $4",
            &values,
        )?;
        for row in &rows {
            let name: &str = row.get(0);
            if visit(&UserName::stored(name)) == Flow::Full {
                return Ok(());
            }
            name.clone_into(&mut after);
        }
        if rows.is_empty() {
            return Ok(());
        }
        is_first = false;
    }
}

/// Visits users behind `after` in order of name, with their counts. A session knows how
/// many messages it has, and what was said last need not be what was said latest.
pub(super) fn counted(
    handle: &mut Handle,
    after: Option<&UserName>,
    visit: &mut dyn FnMut(&UserSummary) -> Flow,
) -> Result<()> {
    let mut after = after.map_or("", UserName::as_str).to_owned();
    loop {
        let values: [Value<'_>; 2] = [(&after, Type::TEXT), (&PAGE, Type::INT8)];
        let rows = handle.rows(
            "SELECT u.name, c.sessions, c.messages, c.last_at
             FROM (SELECT id, name FROM saylog.users WHERE name > $1
                   ORDER BY name LIMIT $2) AS u,
                  LATERAL (SELECT count(*) AS sessions,
                                  coalesce(sum(s.count), 0)::bigint AS messages,
                                  (pg_catalog.array_agg(s.touched_at ORDER BY s.touched DESC, s.id DESC)
                                   FILTER (WHERE s.count > 0))[1] AS last_at
                           FROM saylog.sessions AS s WHERE s.\"user\" = u.id) AS c
             ORDER BY u.name",
            &values,
        )?;
        for row in &rows {
            let name: &str = row.get(0);
            let summary = UserSummary {
                user: UserName::stored(name),
                sessions: row.get(1),
                messages: row.get(2),
                last_at: row.get::<_, Option<i64>>(3).map(Timestamp),
                current: false,
            };
            if visit(&summary) == Flow::Full {
                return Ok(());
            }
            name.clone_into(&mut after);
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}
