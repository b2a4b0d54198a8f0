//! Sessions that are begun: in a group, several at once, or as a group of their own.

use std::collections::HashMap;
use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::Result;
use super::super::rows::NewSession;
use super::client::{Ask, Value};
use super::committing::Alone;
use super::durability::locked;
use super::ends::{self, END_COLUMNS, END_WIDTH};
use super::handle::Handle;
use super::newest::{self, NEWEST};
use super::open_group::{Mark, OpenGroup};
use super::{missing, schema, sessions};
use crate::domain::{MessageId, SessionKey};

/// Adds a session, if its user is known.
const ADD: &str = "INSERT INTO saylog.sessions (uuid, \"user\", title, created_at, touched_at,
                                                model, persona, system, words, touched, origin)
    SELECT $1::text::uuid, u.id, $3, $4, $4, $5, $6, $7, $8, $9, $10
    FROM saylog.users AS u WHERE u.name = $2
    RETURNING id, head, base, floor, depth, last, count, system, redo, words IS NOT NULL,
              touched, touched_at";

/// Makes a user known.
const ADD_USER: &str = "INSERT INTO saylog.users (name) SELECT $1
    WHERE NOT EXISTS (SELECT 1 FROM saylog.users WHERE name = $1)
    ON CONFLICT (name) DO NOTHING";

/// A session that is begun, as it is bound.
struct New<'a> {
    row: &'a NewSession<'a>,
    user: &'a str,
    session: String,
    system: Option<i64>,
    origin: Option<i64>,
}

impl<'a> New<'a> {
    fn of(row: &'a NewSession<'a>) -> Self {
        Self {
            row,
            user: row.user.as_str(),
            session: row.session.to_string(),
            system: row.system.map(|id| id.0),
            origin: row.origin.map(|of| of.0),
        }
    }

    /// The values of [`ADD`] with the newest message, or of [`BEGIN_ALONE`] with a nonce.
    fn values<'v>(&'v self, ninth: &'v i64) -> [Value<'v>; 10] {
        [
            (&self.session, Type::TEXT),
            (&self.user, Type::TEXT),
            (&self.row.title, Type::TEXT),
            (&self.row.at.0, Type::INT8),
            (&self.row.model, Type::TEXT),
            (&self.row.persona, Type::TEXT),
            (&self.system, Type::INT8),
            (&self.row.preview, Type::TEXT),
            (ninth, Type::INT8),
            (&self.origin, Type::INT8),
        ]
    }
}

/// Begins a session; its user becomes known. Another process may make the same user known
/// at the same time: whoever comes second waits for the first, and finds them.
pub(super) fn add(
    handle: &mut Handle,
    row: &NewSession<'_>,
    newest: MessageId,
) -> Result<SessionKey> {
    let new = New::of(row);
    let values = new.values(&newest.0);
    let mut added = handle.rows(ADD, &values)?;
    if added.is_empty() {
        let name: [Value<'_>; 1] = [(&new.user, Type::TEXT)];
        let asks = [Ask::Query(ADD_USER, &name), Ask::Query(ADD, &values)];
        added = handle.ask(&asks)?.pop().unwrap_or_default();
    }
    let added = added.first();
    let (key, end) = ends::read(added.ok_or_else(missing)?, 0);
    let group = handle.group()?;
    group.ends.insert(key, end);
    group.mark.get_or_insert(Mark::Session(row.session));
    Ok(key)
}

/// Begins a session of a user who is known, as a group of its own: locks the nonce, looks
/// for the newest message, and adds it, in one round trip. Gives its row, and the newest
/// message.
static BEGIN_ALONE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH k AS MATERIALIZED (
             SELECT {locked} WHERE (SELECT version FROM saylog.store) = {version}),
         n AS MATERIALIZED ({NEWEST}),
         s AS (
             INSERT INTO saylog.sessions (uuid, \"user\", title, created_at, touched_at, model,
                                          persona, system, words, touched, origin)
             SELECT $1::text::uuid, u.id, $3, $4, $4, $5, $6, $7, $8, coalesce(n.id, 0), $10
             FROM k JOIN saylog.users AS u ON u.name = $2 LEFT JOIN n ON true
             WHERE k.is_locked
             RETURNING *)
         SELECT {END_COLUMNS}, n.id, n.created_at FROM s LEFT JOIN n ON true",
        locked = locked(9),
        version = schema::VERSION,
    )
});

/// Begins a session in one round trip, if its user is known; none if it has to be begun in
/// the usual way.
pub(super) fn begin_alone(handle: &mut Handle, row: &NewSession<'_>) -> Result<Option<SessionKey>> {
    let mut group = OpenGroup::new();
    group.mark = Some(Mark::Session(row.session));
    let new = New::of(row);
    let begun = handle.write_alone(&group, &BEGIN_ALONE, &new.values(&group.nonce))?;
    let rows = match begun {
        Alone::Written(rows) => rows,
        Alone::Found => return Ok(sessions::named(handle, row.session)?.map(|(key, _)| key)),
        Alone::Not => return Ok(None),
    };
    let begun = rows.first().ok_or_else(missing)?;
    let (key, end) = ends::read(begun, 0);
    let newest = newest::read(begun, END_WIDTH);
    let ends = std::iter::once((key, end));
    handle.known.commit(ends, newest, newest.id.0);
    Ok(Some(key))
}

/// Makes users known.
const ADD_USERS: &str = "INSERT INTO saylog.users (name) SELECT DISTINCT n.name
    FROM unnest($1::text[]) AS n (name)
    WHERE NOT EXISTS (SELECT 1 FROM saylog.users AS u WHERE u.name = n.name)
    ON CONFLICT (name) DO NOTHING";

/// Whoever adds several sessions of a user waits until nobody else does: two groups that add
/// the same ones in different orders would wait for each other.
const LOCK_USERS: &str = "SELECT pg_advisory_xact_lock(hashtextextended(u.name, 0))
    FROM (SELECT DISTINCT n.name FROM unnest($1::text[]) AS n (name) ORDER BY n.name) AS u";

/// Begins sessions, in the order in which they are given.
const ADD_SESSIONS: &str = "INSERT INTO saylog.sessions (uuid, \"user\", title, created_at,
        touched_at, model, persona, system, words, touched, origin)
    SELECT n.uuid::uuid, u.id, n.title, n.at, n.at, n.model, n.persona, n.system, n.words,
           $9::bigint, n.origin
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[],
                $7::bigint[], $8::text[], $10::bigint[]) WITH ORDINALITY
         AS n (name, uuid, title, at, model, persona, system, words, origin, place)
    JOIN saylog.users AS u ON u.name = n.name ORDER BY n.place
    RETURNING uuid::text, id";

/// Begins several sessions, in one round trip.
pub(super) fn add_all(
    handle: &mut Handle,
    rows: &[NewSession<'_>],
    newest: MessageId,
) -> Result<Vec<SessionKey>> {
    let users: Vec<&str> = rows.iter().map(|row| row.user.as_str()).collect();
    let ids: Vec<String> = rows.iter().map(|row| row.session.to_string()).collect();
    let titles: Vec<Option<&str>> = rows.iter().map(|row| row.title).collect();
    let times: Vec<i64> = rows.iter().map(|row| row.at.0).collect();
    let models: Vec<Option<&str>> = rows.iter().map(|row| row.model).collect();
    let personas: Vec<Option<&str>> = rows.iter().map(|row| row.persona).collect();
    let systems: Vec<Option<i64>> = rows.iter().map(|row| row.system.map(|id| id.0)).collect();
    let words: Vec<Option<&str>> = rows.iter().map(|row| row.preview).collect();
    let origins: Vec<Option<i64>> = rows.iter().map(|row| row.origin.map(|of| of.0)).collect();
    let names: [Value<'_>; 1] = [(&users, Type::TEXT_ARRAY)];
    let answers = handle.ask(&[
        Ask::Query(LOCK_USERS, &names),
        Ask::Query(ADD_USERS, &names),
        Ask::Query(
            ADD_SESSIONS,
            &[
                (&users, Type::TEXT_ARRAY),
                (&ids, Type::TEXT_ARRAY),
                (&titles, Type::TEXT_ARRAY),
                (&times, Type::INT8_ARRAY),
                (&models, Type::TEXT_ARRAY),
                (&personas, Type::TEXT_ARRAY),
                (&systems, Type::INT8_ARRAY),
                (&words, Type::TEXT_ARRAY),
                (&newest.0, Type::INT8),
                (&origins, Type::INT8_ARRAY),
            ],
        ),
    ])?;
    let added = answers.get(2).map(Vec::as_slice).unwrap_or_default();
    let keys: HashMap<&str, i64> = added.iter().map(|row| (row.get(0), row.get(1))).collect();
    let found = ids.iter().map(|id| keys.get(id.as_str()));
    let found: Option<Vec<SessionKey>> = found.map(|key| key.map(|key| SessionKey(*key))).collect();
    let found = found.ok_or_else(missing)?;
    if let Some(first) = rows.first() {
        let mark = Mark::Session(first.session);
        handle.group()?.mark.get_or_insert(mark);
    }
    Ok(found)
}
