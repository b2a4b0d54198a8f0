//! Sessions: looked for and listed.

use std::rc::Rc;

use rusqlite::{CachedStatement, Connection, Result, Row, params};

use super::super::backend::{Along, SessionQuery, Which};
use super::super::damage::Damage;
use super::super::rows::SessionRow;
use super::latest::Latest;
use super::origin::origin;
use super::problem::is_damage;
use super::scan::{Scan, Table, last_id};
use super::user_sessions::{miss, readable, rows_of};
use super::{snapshot, tags, users};
use crate::domain::{Flow, MessageId, SessionKey, Timestamp, UserName};

/// The columns of a session, in the order that [`found`] reads them.
pub(super) const COLUMNS: &str =
    "s.id, s.uuid, s.title, s.words, s.depth, s.count, s.model, s.persona, s.touched, s.touched_at,
     s.answered_by, s.origin, s.archived_at";

/// How many characters the id of a session has.
const UUID_CHARACTERS: usize = 36;

/// That something was said in a session, or before it was forked.
const SPOKEN: &str = "(s.words IS NOT NULL OR s.depth > 0)";

/// The sessions of each kind of list.
const LISTED: &str = "s.archived_at IS NULL";
const LISTED_AND_SPOKEN: &str = "s.archived_at IS NULL AND (s.words IS NOT NULL OR s.depth > 0)";
const ARCHIVED: &str = "s.archived_at IS NOT NULL";

/// The sessions that come next in the list that was visited last.
///
/// They are sorted here and not by SQLite, which keeps a tree for an ORDER BY
/// with a LIMIT; whoever goes on with the list does not pay for that again.
#[derive(Debug)]
pub(super) struct Upcoming {
    /// Whose sessions; none for everybody's.
    user: Option<UserName>,
    /// Which of theirs: a condition.
    condition: &'static str,
    /// The newest message when each was touched, and its key: the next one last.
    next: Vec<(i64, i64)>,
    /// The last one that was visited.
    after: Option<(i64, i64)>,
    /// There are none beyond these.
    is_end: bool,
}

/// Visits sessions. Those that cannot be read are passed over.
pub(super) fn sessions(
    connection: &Connection,
    damage: &mut Damage,
    upcoming: &mut Option<Upcoming>,
    query: &SessionQuery<'_>,
    visit: &mut dyn FnMut(&SessionRow) -> Flow,
) -> Result<()> {
    let condition = match query.which {
        Which::All => LISTED,
        Which::Spoken => LISTED_AND_SPOKEN,
        Which::Archived => ARCHIVED,
        _ => return find(connection, damage, query, visit),
    };
    let after = query.after.map(|(touched, key)| (touched.0, key.0));
    let known = upcoming.take().filter(|known| {
        known.user.as_ref() == query.user
            && known.condition == condition
            && known.after.map(|(_, key)| key) == after.map(|(_, key)| key)
    });
    let mut list = known.unwrap_or_else(|| Upcoming {
        user: query.user.cloned(),
        condition,
        next: Vec::new(),
        after,
        is_end: false,
    });
    if go_on(connection, damage, &mut list, visit)? == Flow::Full {
        *upcoming = Some(list);
    }
    Ok(())
}

/// Visits what comes next in a list, until there is no more or `visit` has enough.
fn go_on(
    connection: &Connection,
    damage: &mut Damage,
    list: &mut Upcoming,
    visit: &mut dyn FnMut(&SessionRow) -> Flow,
) -> Result<Flow> {
    let mut select = select_one(connection, list.user.is_some())?;
    let mut answered = None;
    let _snapshot = snapshot(connection)?;
    loop {
        if list.next.is_empty() {
            if list.is_end {
                return Ok(Flow::More);
            }
            look_ahead(connection, damage, list)?;
        }
        while let Some(one) = list.next.pop() {
            list.after = Some(one);
            let read = session(
                connection,
                &mut select,
                one.1,
                list.user.as_ref(),
                &mut answered,
            );
            let Some(session) = readable(one.1, read, damage)? else {
                continue;
            };
            if visit(&session) == Flow::Full {
                return Ok(Flow::Full);
            }
        }
    }
}

/// Selects one session, and its user unless they are known already.
fn select_one(connection: &Connection, is_known: bool) -> Result<CachedStatement<'_>> {
    let owner = if is_known {
        ""
    } else {
        ", (SELECT name FROM users WHERE id = s.user)"
    };
    connection.prepare_cached(&format!(
        "SELECT {COLUMNS}{owner} FROM sessions AS s WHERE s.id = ?1"
    ))
}

/// One session, of a user who is known already or is to be looked for.
fn session(
    connection: &Connection,
    select: &mut CachedStatement<'_>,
    key: i64,
    user: Option<&UserName>,
    answered: &mut Option<Rc<str>>,
) -> Result<SessionRow> {
    select.query_row([key], |row| {
        let user = match user {
            Some(user) => user.clone(),
            None => tags::user(row, 13)?,
        };
        found(connection, row, user, answered)
    })
}

/// The next sessions of a list.
fn look_ahead(connection: &Connection, damage: &mut Damage, list: &mut Upcoming) -> Result<()> {
    let mut latest = Latest::after(list.after);
    // What is left of a list was passed over already when that began.
    let mut unused = Damage::default();
    let damage = if list.after.is_none() {
        damage
    } else {
        &mut unused
    };
    let columns = format!("s.id, s.touched, {}", list.condition);
    let mut offer = |row: &Row<'_>| -> Result<Flow> {
        if row.get(2)? {
            latest.offer((row.get(1)?, row.get(0)?));
        }
        Ok(Flow::More)
    };
    match &list.user {
        None => {
            let everybodys = Scan {
                table: Table::Sessions,
                sql: &format!(
                    "SELECT {columns} FROM sessions AS s WHERE s.id >= ?1 AND s.id <= ?2
                     ORDER BY s.id"
                ),
                after: 0,
                upto: last_id(connection, Table::Sessions)?,
            };
            everybodys.run(connection, &mut |missed| miss(damage, missed), &mut offer)?;
        }
        Some(user) => of_user(connection, damage, user, &columns, &mut offer)?,
    }
    let (mut next, is_end) = latest.end();
    next.reverse();
    (list.next, list.is_end) = (next, is_end);
    Ok(())
}

/// Visits rows of a user's sessions, in the order of their keys, which come first in
/// `columns`.
fn of_user(
    connection: &Connection,
    damage: &mut Damage,
    user: &UserName,
    columns: &str,
    visit: &mut dyn FnMut(&Row<'_>) -> Result<Flow>,
) -> Result<()> {
    match users::key(connection, damage, user)? {
        Some(user) => rows_of(connection, damage, user, columns, visit),
        None => Ok(()),
    }
}

/// Visits the sessions of one user that answer to something.
fn find(
    connection: &Connection,
    damage: &mut Damage,
    query: &SessionQuery<'_>,
    visit: &mut dyn FnMut(&SessionRow) -> Flow,
) -> Result<()> {
    let Some(user) = query.user else {
        return Ok(());
    };
    let name = user.as_str();
    let mut select = |condition: &str, order: &str, values: &[&dyn rusqlite::ToSql]| {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM sessions AS s JOIN users AS u ON u.id = s.user
             WHERE u.name = ?1 AND {condition} ORDER BY {order}"
        ))?;
        let mut rows = statement.query(values)?;
        let mut answered = None;
        while let Some(row) = rows.next()? {
            let Some(session) = readable(
                row.get(0)?,
                found(connection, row, user.clone(), &mut answered),
                damage,
            )?
            else {
                continue;
            };
            if visit(&session) == Flow::Full {
                break;
            }
        }
        Ok(())
    };
    let latest = "s.touched DESC, s.id DESC";
    let selected = match query.which {
        // For another range SQLite would make the statement anew.
        Which::Prefix(whole) if whole.len() == UUID_CHARACTERS => {
            select("s.uuid = ?2", latest, params![name, whole])
        }
        Which::Prefix(prefix) => select(
            "s.uuid >= ?2 AND s.uuid < ?2 || '~'",
            latest,
            params![name, prefix],
        ),
        // `substr` counts characters; texts are compared as they are.
        Which::Name(words) => select(
            "substr(coalesce(s.title, s.words), 1, length(?2)) = ?2",
            &format!("coalesce(s.title, s.words) = ?2 DESC, {latest}"),
            params![name, words],
        ),
        Which::Key(SessionKey(key)) => select("s.id = ?2", latest, params![name, key]),
        // One in which something was said, if there is one.
        Which::Latest => select(
            LISTED,
            &format!("{SPOKEN} DESC, {latest} LIMIT 1"),
            params![name],
        ),
        Which::All | Which::Spoken | Which::Archived => Ok(()),
    };
    match selected {
        // Nothing was visited: the rows are read, then put in order, then visited.
        Err(error) if is_damage(&error) => {
            damage.blame_file();
            find_past_damage(connection, damage, user, query.which, visit)
        }
        selected => selected,
    }
}

/// The same, among those of the user's sessions that can be read. It holds them
/// in memory, and looks at all of them.
fn find_past_damage(
    connection: &Connection,
    damage: &mut Damage,
    user: &UserName,
    which: Which<'_>,
    visit: &mut dyn FnMut(&SessionRow) -> Flow,
) -> Result<()> {
    let (mut all, mut answered) = (Vec::new(), None);
    of_user(connection, damage, user, COLUMNS, &mut |row| {
        all.push(found(connection, row, user.clone(), &mut answered)?);
        Ok(Flow::More)
    })?;
    let name = |session: &SessionRow| session.title.clone().or_else(|| session.preview.clone());
    all.retain(|session| match which {
        Which::All | Which::Spoken | Which::Latest => session.archived_at.is_none(),
        Which::Archived => session.archived_at.is_some(),
        Which::Prefix(prefix) => session.session.to_string().starts_with(prefix),
        Which::Name(words) => name(session).is_some_and(|name| name.starts_with(words)),
        Which::Key(key) => session.key == key,
    });
    all.sort_by_cached_key(|session| {
        let is_first = match which {
            Which::Name(words) => name(session).as_deref() == Some(words),
            Which::Latest => session.preview.is_some() || session.depth > 0,
            _ => false,
        };
        std::cmp::Reverse((is_first, session.touched, session.key))
    });
    if let Which::Latest = which {
        all.truncate(1);
    }
    for session in &all {
        if visit(session) == Flow::Full {
            break;
        }
    }
    Ok(())
}

/// A session out of its row; `answered` keeps who answered in the row before.
pub(super) fn found(
    connection: &Connection,
    row: &Row<'_>,
    user: UserName,
    answered: &mut Option<Rc<str>>,
) -> Result<SessionRow> {
    let key: i64 = row.get(0)?;
    let origin = match row.get::<_, Option<i64>>(11)? {
        Some(of) => origin(connection, key, of)?,
        None => None,
    };
    Ok(SessionRow {
        key: SessionKey(key),
        session: tags::session(row, 1)?,
        user,
        title: tags::text(row, 2)?,
        preview: tags::text(row, 3)?,
        depth: row.get(4)?,
        count: row.get(5)?,
        model: tags::text(row, 6)?,
        persona: tags::text(row, 7)?,
        answered_by: tags::repeated(row, 10, answered)?,
        origin: origin.map(Box::new),
        touched: MessageId(row.get(8)?),
        touched_at: Timestamp(row.get(9)?),
        archived_at: row.get::<_, Option<i64>>(12)?.map(Timestamp),
    })
}

/// Visits the newest message of a chain in each session of a user. Sessions that
/// cannot be read are passed over.
pub(super) fn newest_of_each(
    connection: &Connection,
    damage: &mut Damage,
    user: &UserName,
    along: Along,
    visit: &mut dyn FnMut(SessionKey, MessageId, Option<MessageId>),
) -> Result<()> {
    let column = match along {
        Along::Context => "head",
        Along::Session => "last",
    };
    let columns = format!("s.id, s.{column}, s.floor");
    of_user(connection, damage, user, &columns, &mut |row| {
        let (newest, floor): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
        if let Some(newest) = newest {
            visit(
                SessionKey(row.get(0)?),
                MessageId(newest),
                floor.map(MessageId),
            );
        }
        Ok(Flow::More)
    })
}
