//! Sessions: looked for and listed.

use rusqlite::{CachedStatement, Connection, Result, Row, params};

use super::super::backend::{Along, SessionQuery, Which};
use super::super::rows::{Partial, SessionRow};
use super::latest::Latest;
use super::{sent, snapshot, tags};
use crate::domain::{Flow, MessageId, SessionKey, Timestamp, UserName};

/// The columns of a session, in the order that [`found`] reads them.
const COLUMNS: &str =
    "s.id, s.uuid, s.title, s.words, s.depth, s.count, s.model, s.persona, s.touched_at";

/// That something was said in a session, or before it was forked.
const SPOKEN: &str = "(s.words IS NOT NULL OR s.depth > 0)";

/// The sessions that come next in the list that was visited last.
///
/// They are sorted here and not by SQLite, which keeps a tree for an ORDER BY
/// with a LIMIT; whoever goes on with the list does not pay for that again.
#[derive(Debug)]
pub(super) struct Upcoming {
    /// Whose sessions; none for everybody's.
    user: Option<UserName>,
    /// Also those in which nothing was said.
    all: bool,
    /// When each was touched, and its key: the next one last.
    next: Vec<(i64, i64)>,
    /// The last one that was visited.
    after: Option<(i64, i64)>,
    /// There are none beyond these.
    is_end: bool,
}

/// Visits sessions.
pub(super) fn sessions(
    connection: &Connection,
    upcoming: &mut Option<Upcoming>,
    query: &SessionQuery<'_>,
    visit: &mut dyn FnMut(&SessionRow) -> Flow,
) -> Result<()> {
    let all = match query.which {
        Which::All => true,
        Which::Spoken => false,
        _ => return find(connection, query, visit),
    };
    let after = query.after.map(|(at, key)| (at.0, key.0));
    let known = upcoming.take().filter(|known| {
        known.user.as_ref() == query.user
            && known.all == all
            && known.after.map(|(_, key)| key) == after.map(|(_, key)| key)
    });
    let mut list = known.unwrap_or_else(|| Upcoming {
        user: query.user.cloned(),
        all,
        next: Vec::new(),
        after,
        is_end: false,
    });
    if go_on(connection, &mut list, visit)? == Flow::Full {
        *upcoming = Some(list);
    }
    Ok(())
}

/// Visits what comes next in a list, until there is no more or `visit` has enough.
fn go_on(
    connection: &Connection,
    list: &mut Upcoming,
    visit: &mut dyn FnMut(&SessionRow) -> Flow,
) -> Result<Flow> {
    let owner = match list.user {
        Some(_) => "",
        None => ", (SELECT name FROM users WHERE id = s.user)",
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}{owner} FROM sessions AS s WHERE s.id = ?1"
    ))?;
    let _snapshot = snapshot(connection)?;
    loop {
        if list.next.is_empty() {
            if list.is_end {
                return Ok(Flow::More);
            }
            look_ahead(connection, list)?;
        }
        while let Some(one) = list.next.pop() {
            let session = statement.query_row([one.1], |row| {
                let user = match &list.user {
                    Some(user) => user.clone(),
                    None => tags::user(row, 9)?,
                };
                found(row, user)
            })?;
            list.after = Some(one);
            if visit(&session) == Flow::Full {
                return Ok(Flow::Full);
            }
        }
    }
}

/// The next sessions of a list.
fn look_ahead(connection: &Connection, list: &mut Upcoming) -> Result<()> {
    let mut latest = Latest::after(list.after);
    let mut offer = |row: &Row<'_>| -> Result<()> {
        let spoken: bool = row.get(2)?;
        if spoken || list.all {
            latest.offer((row.get(1)?, row.get(0)?));
        }
        Ok(())
    };
    let columns = format!("s.id, s.touched_at, {SPOKEN} FROM sessions AS s");
    match &list.user {
        None => {
            let mut statement = connection.prepare_cached(&format!("SELECT {columns}"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                offer(row)?;
            }
        }
        Some(user) => {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {columns} JOIN users AS u ON u.id = s.user WHERE u.name = ?1"
            ))?;
            let mut rows = statement.query([user.as_str()])?;
            while let Some(row) = rows.next()? {
                offer(row)?;
            }
        }
    }
    let (mut next, is_end) = latest.end();
    next.reverse();
    (list.next, list.is_end) = (next, is_end);
    Ok(())
}

/// Visits the sessions of one user that answer to something.
fn find(
    connection: &Connection,
    query: &SessionQuery<'_>,
    visit: &mut dyn FnMut(&SessionRow) -> Flow,
) -> Result<()> {
    let Some(user) = query.user else {
        return Ok(());
    };
    let name = user.as_str();
    let select = |condition: &str, order: &str| {
        connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM sessions AS s JOIN users AS u ON u.id = s.user
             WHERE u.name = ?1 AND {condition} ORDER BY {order}"
        ))
    };
    let latest = "s.touched_at DESC, s.id DESC";
    match query.which {
        Which::Prefix(prefix) => visit_all(
            &mut select("s.uuid >= ?2 AND s.uuid < ?2 || '~'", latest)?,
            params![name, prefix],
            user,
            visit,
        ),
        // `substr` counts characters; texts are compared as they are.
        Which::Name(words) => visit_all(
            &mut select(
                "substr(coalesce(s.title, s.words), 1, length(?2)) = ?2",
                &format!("coalesce(s.title, s.words) = ?2 DESC, {latest}"),
            )?,
            params![name, words],
            user,
            visit,
        ),
        Which::Key(SessionKey(key)) => visit_all(
            &mut select("s.id = ?2", latest)?,
            params![name, key],
            user,
            visit,
        ),
        // One in which something was said, if there is one.
        Which::Latest => visit_all(
            &mut select("true", &format!("{SPOKEN} DESC, {latest} LIMIT 1"))?,
            params![name],
            user,
            visit,
        ),
        Which::All | Which::Spoken => Ok(()),
    }
}

fn visit_all(
    statement: &mut CachedStatement<'_>,
    values: &[&dyn rusqlite::ToSql],
    user: &UserName,
    visit: &mut dyn FnMut(&SessionRow) -> Flow,
) -> Result<()> {
    let mut rows = statement.query(values)?;
    while let Some(row) = rows.next()? {
        if visit(&found(row, user.clone())?) == Flow::Full {
            break;
        }
    }
    Ok(())
}

fn found(row: &Row<'_>, user: UserName) -> Result<SessionRow> {
    Ok(SessionRow {
        key: SessionKey(row.get(0)?),
        session: tags::session(row, 1)?,
        user,
        title: tags::text(row, 2)?,
        preview: tags::text(row, 3)?,
        depth: row.get(4)?,
        count: row.get(5)?,
        model: tags::text(row, 6)?,
        persona: tags::text(row, 7)?,
        touched_at: Timestamp(row.get(8)?),
    })
}

/// Visits the newest message of a chain in each session of a user.
pub(super) fn newest_of_each(
    connection: &Connection,
    user: &UserName,
    along: Along,
    visit: &mut dyn FnMut(SessionKey, MessageId, Option<MessageId>),
) -> Result<()> {
    let column = match along {
        Along::Context => "head",
        Along::Session => "last",
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT s.id, s.{column}, s.floor FROM sessions AS s JOIN users AS u ON u.id = s.user
         WHERE u.name = ?1 AND s.{column} IS NOT NULL"
    ))?;
    let mut rows = statement.query([user.as_str()])?;
    while let Some(row) = rows.next()? {
        let floor: Option<i64> = row.get(2)?;
        visit(
            SessionKey(row.get(0)?),
            MessageId(row.get(1)?),
            floor.map(MessageId),
        );
    }
    Ok(())
}

/// The replies to a user that are still coming.
pub(super) fn partials(connection: &Connection, user: &UserName) -> Result<Vec<Partial>> {
    // Nearly always there are none, and every start asks.
    let some: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM partials)")?
        .query_row([], |row| row.get(0))?;
    if !some {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(
        "SELECT p.session, s.uuid, p.content, p.model, p.writer, p.reasoning, p.oldest,
                p.answers, p.sent_floor, p.sent_system,
                (SELECT content FROM prompts WHERE id = p.sent_prompt)
         FROM partials AS p
         JOIN sessions AS s ON s.id = p.session
         JOIN users AS u ON u.id = s.user
         WHERE u.name = ?1",
    )?;
    let rows = statement.query_map([user.as_str()], |row| {
        Ok(Partial {
            key: SessionKey(row.get(0)?),
            session: tags::session(row, 1)?,
            content: row.get(2)?,
            model: row.get(3)?,
            writer: row.get(4)?,
            reasoning: row.get(5)?,
            oldest: row.get::<_, Option<i64>>(6)?.map(MessageId),
            sent: sent::read(row, 7)?,
        })
    })?;
    rows.collect()
}
