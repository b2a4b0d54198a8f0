//! Listings: messages in the order of the log, a page at a time.

use std::borrow::Cow;
use std::collections::HashMap;

use rusqlite::{CachedStatement, Connection, Error, OptionalExtension, Result, Row, params};

use super::super::listing::Page;
use super::super::{Listing, Selection};
use super::query;
use crate::domain::{
    Flow, Message, MessageId, Role, SessionId, SessionKey, Status, Timestamp, Usage, UserName,
};

/// How many sessions' names are remembered while rows go by.
const REMEMBERED: usize = 4 * 1024;

/// The columns of a message, in the order that [`show`] reads them.
pub(super) const COLUMNS: &str =
    "id, parent, seq, session, role, content, created_at, model, status,
    prompt_tokens, reply_tokens";

/// The names that stand for a session's key in a listing.
#[derive(Default)]
pub struct Tags {
    of: HashMap<i64, (UserName, SessionId)>,
}

impl Tags {
    fn get(&mut self, connection: &Connection, session: i64) -> Result<&(UserName, SessionId)> {
        if !self.of.contains_key(&session) {
            if self.of.len() >= REMEMBERED {
                self.of.clear();
            }
            let mut statement = connection.prepare_cached(
                "SELECT u.name, s.uuid FROM sessions AS s JOIN users AS u ON u.id = s.user
                 WHERE s.id = ?1",
            )?;
            let tag = statement.query_row([session], |row| {
                Ok((query::name(row, 0)?, query::session(row, 1)?))
            })?;
            self.of.insert(session, tag);
        }
        self.of.get(&session).ok_or(Error::QueryReturnedNoRows)
    }
}

/// Shows the next messages of a listing until `visit` has enough; true if there may be more.
pub fn page(
    connection: &Connection,
    tags: &mut Tags,
    listing: &mut Listing,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<bool> {
    if matches!(listing.selection, Selection::Global) {
        return global(connection, tags, listing, visit);
    }
    let _snapshot = query::snapshot(connection)?;
    loop {
        if listing.page.next().is_none() {
            let is_first = listing.after == 0;
            if !is_first && !listing.page.was_cut() {
                return Ok(false);
            }
            listing.page = contexts(connection, listing)?;
            if listing.page.next().is_none() {
                return Ok(false);
            }
        }
        let mut statement =
            connection.prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE id = ?1"))?;
        while let Some(id) = listing.page.next() {
            let mut rows = statement.query([id])?;
            let row = rows.next()?.ok_or(Error::QueryReturnedNoRows)?;
            let flow = show(row, connection, tags, visit)?;
            listing.page.advance();
            listing.after = id;
            if flow == Flow::Full {
                return Ok(true);
            }
        }
    }
}

fn global(
    connection: &Connection,
    tags: &mut Tags,
    listing: &mut Listing,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<bool> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM messages WHERE id > ?1 AND id <= ?2 ORDER BY id"
    ))?;
    let mut rows = statement.query([listing.after, listing.upto])?;
    while let Some(row) = rows.next()? {
        let flow = show(row, connection, tags, visit)?;
        listing.after = row.get(0)?;
        if flow == Flow::Full {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The next ids of the contexts that a listing shows.
fn contexts(connection: &Connection, listing: &Listing) -> Result<Page> {
    let mut page = Page::default();
    let mut parent = connection.prepare_cached("SELECT parent FROM messages WHERE id = ?1")?;
    match &listing.selection {
        Selection::Global => {}
        Selection::Session(SessionKey(key)) => {
            let head = connection
                .prepare_cached("SELECT head FROM sessions WHERE id = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()?;
            walk(&mut parent, head.flatten(), listing, &mut page)?;
        }
        Selection::User(user) => {
            let mut heads = connection.prepare_cached(
                "SELECT s.head FROM sessions AS s JOIN users AS u ON u.id = s.user
                 WHERE u.name = ?1 AND s.head IS NOT NULL",
            )?;
            let mut rows = heads.query([user.as_str()])?;
            while let Some(row) = rows.next()? {
                walk(&mut parent, row.get(0)?, listing, &mut page)?;
            }
        }
    }
    page.close();
    Ok(page)
}

/// Offers a context to the page, from its end back to what was shown already.
fn walk(
    parent: &mut CachedStatement<'_>,
    head: Option<i64>,
    listing: &Listing,
    page: &mut Page,
) -> Result<()> {
    let mut next = head;
    while let Some(id) = next.filter(|&id| id > listing.after) {
        if id <= listing.upto {
            page.offer(id);
        }
        next = query::older(id, parent.query_row(params![id], |row| row.get(0))?)?;
    }
    Ok(())
}

/// Shows a message out of a row.
pub(super) fn show(
    row: &Row<'_>,
    connection: &Connection,
    tags: &mut Tags,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<Flow> {
    let (user, session) = tags.get(connection, row.get(3)?)?;
    let bytes = row.get_ref(5)?.as_bytes()?;
    // STRICT tables hold text here, but another program may have written
    // bytes that are not UTF-8: they are shown as well as they can be.
    let content = str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::from);
    Ok(visit(&Message {
        id: MessageId(row.get(0)?),
        seq: row.get(2)?,
        parent: row.get::<_, Option<i64>>(1)?.map(MessageId),
        user,
        session: *session,
        role: role(row.get(4)?),
        content: &content,
        created_at: Timestamp(row.get(6)?),
        model: row.get_ref(7)?.as_str_or_null()?,
        status: status(row.get(8)?),
        usage: usage(row)?,
    }))
}

fn usage(row: &Row<'_>) -> Result<Option<Usage>> {
    let counts: (Option<i64>, Option<i64>) = (row.get(9)?, row.get(10)?);
    Ok(match counts {
        (Some(prompt), Some(reply)) => Some(Usage { prompt, reply }),
        _ => None,
    })
}

/// The role that a number in the table stands for.
pub fn role(code: i64) -> Role {
    match code {
        0 => Role::System,
        2 => Role::Ai,
        _ => Role::User,
    }
}

fn status(code: i64) -> Status {
    match code {
        0 => Status::Complete,
        1 => Status::Interrupted,
        _ => Status::Failed,
    }
}
