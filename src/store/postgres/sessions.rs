//! Sessions: begun, changed, looked for and listed.

use std::rc::Rc;

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::super::Result;
use super::super::backend::{Along, SessionQuery, Which};
use super::super::record::{Import, SessionRecord};
use super::super::rows::{Origin, SessionChange, SessionRow};
use super::client::Value;
use super::ends::{self, END_COLUMNS};
use super::handle::Handle;
use super::missing;
use crate::domain::{Flow, MessageId, SessionId, SessionKey, Timestamp, UserName};

/// The columns of a session, in the order that [`found`] reads them.
const COLUMNS: &str = "s.id, s.uuid::text, u.name, s.title, s.words, s.depth, s.count, s.model,
    s.persona, s.touched, s.touched_at, s.answered_by, o.uuid::text, o.title, s.archived_at";

/// How many these are.
const WIDTH: usize = 15;

/// Where they are: a fork is shown as that only if what it comes from is of the same user.
const TABLES: &str = "saylog.sessions AS s JOIN saylog.users AS u ON u.id = s.\"user\"
    LEFT JOIN saylog.sessions AS o ON o.id = s.origin AND o.\"user\" = s.\"user\"";

/// That something was said in a session, or before it was forked.
const SPOKEN: &str = "(s.words IS NOT NULL OR s.depth > 0)";

/// How many characters the id of a session has.
const UUID_CHARACTERS: usize = 36;

/// The sessions of one user; without a name, everybody's.
fn whose(user: Option<&UserName>) -> &'static str {
    match user {
        Some(_) => "s.\"user\" = (SELECT id FROM saylog.users WHERE name = $1)",
        None => "$1::text IS NULL",
    }
}

/// How many sessions a page has.
const PAGE: i64 = 500;

/// Changes a session's row.
pub(super) fn change(
    handle: &mut Handle,
    session: SessionKey,
    change: &SessionChange<'_>,
) -> Result<()> {
    let (archived, from);
    let (column, value): (&str, &(dyn ToSql + Sync)) = match change {
        SessionChange::End {
            end,
            words,
            answered_by,
        } => {
            let group = handle.group()?;
            group.move_end(session, end, *words, *answered_by);
            return Ok(());
        }
        SessionChange::Title(title) => ("title", title),
        SessionChange::Model(model) => ("model", model),
        SessionChange::Archived(at) => {
            archived = at.map(|at| at.0);
            ("archived_at", &archived)
        }
        SessionChange::Origin(origin) => {
            from = origin.0;
            ("origin", &from)
        }
    };
    let of = match change {
        SessionChange::Title(_) | SessionChange::Model(_) => Type::TEXT,
        _ => Type::INT8,
    };
    let sql = format!("UPDATE saylog.sessions SET {column} = $2 WHERE id = $1");
    handle.rows(&sql, &[(&session.0, Type::INT8), (value, of)])?;
    Ok(())
}

/// Visits sessions, the one that was touched last first.
pub(super) fn visit(
    handle: &mut Handle,
    query: &SessionQuery<'_>,
    visit: &mut dyn FnMut(&SessionRow) -> Flow,
) -> Result<()> {
    let whose = whose(query.user);
    let user = query.user.map(UserName::as_str);
    let mut after = query.after.map(|(touched, key)| (touched.0, key.0));
    let empty = String::new();
    let (condition, first, text, limit): (&str, &str, &str, i64) = match query.which {
        Which::All => ("s.archived_at IS NULL", "", &empty, PAGE),
        Which::Spoken => (
            "s.archived_at IS NULL AND (s.words IS NOT NULL OR s.depth > 0)",
            "",
            &empty,
            PAGE,
        ),
        Which::Archived => ("s.archived_at IS NOT NULL", "", &empty, PAGE),
        Which::Prefix(entire)
            if entire.len() == UUID_CHARACTERS && SessionId::parse(entire).is_some() =>
        {
            ("s.uuid = $4::uuid", "", entire, i64::MAX)
        }
        Which::Prefix(prefix) => ("starts_with(s.uuid::text, $4)", "", prefix, i64::MAX),
        Which::Name(words) => (
            "starts_with(coalesce(s.title, s.words), $4)",
            "coalesce(s.title, s.words) = $4 DESC,",
            words,
            i64::MAX,
        ),
        Which::Key(_) => ("s.id = $6", "", &empty, 1),
        // One in which something was said, if there is one.
        Which::Latest => ("s.archived_at IS NULL", "is_spoken DESC,", &empty, 1),
    };
    let key = match query.which {
        Which::Key(SessionKey(key)) => key,
        _ => 0,
    };
    let sql = format!(
        "SELECT {COLUMNS}, {SPOKEN} AS is_spoken FROM {TABLES}
         WHERE {whose} AND ($2::bigint IS NULL OR (s.touched, s.id) < ($2, $3)) AND {condition}
         ORDER BY {first} s.touched DESC, s.id DESC LIMIT $5"
    );
    let mut answered = None;
    loop {
        let (touched, last) = (after.map(|after| after.0), after.map(|after| after.1));
        let values: [Value<'_>; 6] = [
            (&user, Type::TEXT),
            (&touched, Type::INT8),
            (&last, Type::INT8),
            (&text, Type::TEXT),
            (&limit, Type::INT8),
            (&key, Type::INT8),
        ];
        let rows = handle.rows(&sql, &values)?;
        for row in &rows {
            let session = found(row, &mut answered)?;
            after = Some((session.touched.0, session.key.0));
            if visit(&session) == Flow::Full {
                return Ok(());
            }
        }
        let is_page = limit == PAGE;
        if !is_page || rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
            return Ok(());
        }
    }
}

/// A session out of its row; `answered` keeps who answered in the row before.
fn found(row: &Row, answered: &mut Option<Rc<str>>) -> Result<SessionRow> {
    let id = |column: usize| {
        let text: Option<&str> = row.get(column);
        text.and_then(SessionId::parse)
    };
    let model: Option<&str> = row.get(11);
    if model.is_some() && answered.as_deref() != model {
        *answered = model.map(Rc::from);
    }
    let origin = id(12).map(|session| {
        Box::new(Origin {
            session,
            title: row.get(13),
        })
    });
    Ok(SessionRow {
        key: SessionKey(row.get(0)),
        session: id(1).ok_or_else(missing)?,
        user: UserName::stored(row.get(2)),
        title: row.get(3),
        preview: row.get(4),
        depth: row.get(5),
        count: row.get(6),
        model: row.get(7),
        persona: row.get(8),
        touched: MessageId(row.get(9)),
        touched_at: Timestamp(row.get(10)),
        answered_by: model.and(answered.clone()),
        origin,
        archived_at: row.get::<_, Option<i64>>(14).map(Timestamp),
    })
}

/// Visits the keys and titles of sessions.
pub(super) fn titles(
    handle: &mut Handle,
    wanted: &[(SessionId, UserName)],
    visit: &mut dyn FnMut(SessionId, SessionKey, Option<&str>),
) -> Result<()> {
    let (ids, users): (Vec<String>, Vec<&str>) = (wanted.iter())
        .map(|(session, user)| (session.to_string(), user.as_str()))
        .unzip();
    let values: [Value<'_>; 2] = [(&ids, Type::TEXT_ARRAY), (&users, Type::TEXT_ARRAY)];
    let rows = handle.rows(
        "SELECT s.uuid::text, s.id, s.title
         FROM unnest($1::text[], $2::text[]) AS w (uuid, name)
         JOIN saylog.sessions AS s ON s.uuid = w.uuid::uuid
         JOIN saylog.users AS u ON u.id = s.\"user\" AND u.name = w.name",
        &values,
    )?;
    for row in &rows {
        if let Some(session) = SessionId::parse(row.get(0)) {
            visit(session, SessionKey(row.get(1)), row.get(2));
        }
    }
    Ok(())
}

/// Visits the newest message of one chain in each session of a user.
pub(super) fn newest_of_each(
    handle: &mut Handle,
    user: &UserName,
    along: Along,
    visit: &mut dyn FnMut(SessionKey, MessageId, Option<MessageId>),
) -> Result<()> {
    let column = match along {
        Along::Context => "head",
        Along::Session => "last",
    };
    let sql = format!(
        "SELECT s.id, s.{column}, s.floor FROM saylog.sessions AS s
         WHERE s.\"user\" = (SELECT id FROM saylog.users WHERE name = $1)
               AND s.{column} IS NOT NULL"
    );
    let rows = handle.rows(&sql, &[(&user.as_str(), Type::TEXT)])?;
    for row in &rows {
        let floor = row.get::<_, Option<i64>>(2).map(MessageId);
        visit(SessionKey(row.get(0)), MessageId(row.get(1)), floor);
    }
    Ok(())
}

/// Visits sessions behind a key with all that they have, in the order of their keys.
pub(super) fn records(
    handle: &mut Handle,
    user: Option<&UserName>,
    after: SessionKey,
    visit: &mut dyn FnMut(&SessionRecord) -> Flow,
) -> Result<()> {
    let sql = format!(
        "SELECT {COLUMNS}, s.created_at, i.source, i.head, i.behind, i.is_mixed,
                i.is_renumbered, i.model, {END_COLUMNS}
         FROM {TABLES} LEFT JOIN saylog.imports AS i ON i.session = s.id
         WHERE {whose} AND s.id > $2 ORDER BY s.id LIMIT $3",
        whose = whose(user)
    );
    let (user, mut after) = (user.map(UserName::as_str), after.0);
    loop {
        let values: [Value<'_>; 3] = [
            (&user, Type::TEXT),
            (&after, Type::INT8),
            (&PAGE, Type::INT8),
        ];
        let rows = handle.rows(&sql, &values)?;
        for row in &rows {
            let source: Option<String> = row.get(WIDTH + 1);
            let id = |column: usize| row.get::<_, Option<i64>>(WIDTH + column).map(MessageId);
            let record = SessionRecord {
                row: found(row, &mut None)?,
                started_at: Timestamp(row.get(WIDTH)),
                end: ends::read(row, WIDTH + 7).1,
                import: source.map(|source| Import {
                    source,
                    head: id(2),
                    behind: id(3),
                    is_mixed: row.get(WIDTH + 4),
                    is_renumbered: row.get(WIDTH + 5),
                    model: row.get(WIDTH + 6),
                }),
            };
            after = record.row.key.0;
            if visit(&record) == Flow::Full {
                return Ok(());
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}

/// The sessions of these ids that there are, and whose they are.
pub(super) fn named_all(
    handle: &mut Handle,
    sessions: &[SessionId],
) -> Result<Vec<(SessionId, SessionKey, UserName)>> {
    let ids: Vec<String> = sessions.iter().map(SessionId::to_string).collect();
    let rows = handle.rows(
        // One by one through the index, whatever the server knows of how many there are.
        "SELECT n.uuid, s.id, s.name FROM unnest($1::text[]) AS n (uuid)
         CROSS JOIN LATERAL (
             SELECT t.id, (SELECT u.name FROM saylog.users AS u WHERE u.id = t.\"user\")
             FROM saylog.sessions AS t WHERE t.uuid = n.uuid::uuid LIMIT 1) AS s (id, name)",
        &[(&ids, Type::TEXT_ARRAY)],
    )?;
    let found = rows.iter().map(|row| {
        let id = SessionId::parse(row.get(0)).ok_or_else(missing)?;
        Ok((id, SessionKey(row.get(1)), UserName::stored(row.get(2))))
    });
    found.collect()
}

/// How many sessions a user has, or all have.
pub(super) fn count(handle: &mut Handle, user: Option<&UserName>) -> Result<u64> {
    let sql = format!(
        "SELECT count(*) FROM saylog.sessions AS s WHERE {}",
        whose(user)
    );
    let user = user.map(UserName::as_str);
    let rows = handle.rows(&sql, &[(&user, Type::TEXT)])?;
    let count: i64 = rows.first().map_or(0, |row| row.get(0));
    Ok(u64::try_from(count).unwrap_or(0))
}

/// The session of an id, and whose it is.
pub(super) fn named(
    handle: &mut Handle,
    session: SessionId,
) -> Result<Option<(SessionKey, UserName)>> {
    let session = session.to_string();
    let rows = handle.rows(
        "SELECT s.id, u.name FROM saylog.sessions AS s
         JOIN saylog.users AS u ON u.id = s.\"user\" WHERE s.uuid = $1::text::uuid",
        &[(&session, Type::TEXT)],
    )?;
    Ok(rows
        .first()
        .map(|row| (SessionKey(row.get(0)), UserName::stored(row.get(1)))))
}
