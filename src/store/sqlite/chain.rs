//! Links between messages.

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::super::backend::Along;
use super::super::codes;
use super::super::damage::{Damage, Why};
use super::super::rows::Link;
use super::problem::{bad_row, is_bad_row, is_damage, of_message, why};
use super::snapshot;
use crate::domain::{Flow, MessageId, Role, SessionKey};

/// How far the next message of a session is looked for, in messages.
const REACH: i64 = 10_000;

/// What stands before a message, which is older: a walk back always ends,
/// whatever another program has written.
pub(super) fn older(id: MessageId, before: Option<i64>) -> Result<Option<MessageId>> {
    match before {
        Some(before) if before >= id.0 => Err(bad_row(format!(
            "it stands after #{before}, which is not older"
        ))),
        before => Ok(before.map(MessageId)),
    }
}

/// Visits what the messages of a chain are linked to.
///
/// A message that cannot be read ends a context. It is passed over in the chain
/// of a session, whose messages also follow each other in the log.
pub(super) fn chain(
    connection: &Connection,
    damage: &mut Damage,
    from: MessageId,
    along: Along,
    visit: &mut dyn FnMut(&Link) -> Flow,
) -> Result<()> {
    let _snapshot = snapshot(connection)?;
    let mut statement = connection.prepare_cached(
        "SELECT session, role, parent, previous, depth, system, oldest, floor,
                said_at IS NOT NULL, seq
         FROM messages WHERE id = ?1",
    )?;
    let (mut next, mut session) = (Some(from), None);
    while let Some(id) = next {
        let found = statement.query_row([id.0], |row| link(id, row)).optional();
        let link = match found {
            Ok(Some(link)) => link,
            Ok(None) if id == from => break,
            Ok(None) if along == Along::Context => {
                return Err(of_message(id, bad_row("it is not there")));
            }
            Err(error) if along == Along::Context || !(is_damage(&error) || is_bad_row(&error)) => {
                return Err(of_message(id, error));
            }
            unread => {
                if unread.is_err_and(|error| is_damage(&error)) {
                    damage.blame_file();
                }
                next = before(connection, damage, id, session)?;
                continue;
            }
        };
        session = Some(link.session);
        if visit(&link) == Flow::Full {
            break;
        }
        next = along.before(&link);
    }
    Ok(())
}

fn link(id: MessageId, row: &Row<'_>) -> Result<Link> {
    Ok(Link {
        id,
        session: SessionKey(row.get(0)?),
        // Of what another program has written nobody is the speaker.
        role: codes::role(row.get(1)?).unwrap_or(Role::System),
        parent: older(id, row.get(2)?)?,
        previous: older(id, row.get(3)?)?,
        depth: row.get(4)?,
        system: older(id, row.get(5)?)?,
        oldest: older(id, row.get(6)?)?,
        floor: older(id, row.get(7)?)?,
        is_imported: row.get(8)?,
        seq: row.get(9)?,
    })
}

/// The message before one that cannot be read, in its session. If that is not
/// known, the message is the last one of it.
fn before(
    connection: &Connection,
    damage: &mut Damage,
    id: MessageId,
    session: Option<SessionKey>,
) -> Result<Option<MessageId>> {
    let session = match session {
        Some(session) => Ok(Some(session.0)),
        None => connection
            .prepare_cached("SELECT id FROM sessions WHERE last = ?1")?
            .query_row([id.0], |row| row.get(0))
            .optional(),
    };
    let Ok(Some(session)) = session else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached("SELECT session FROM messages WHERE id = ?1")?;
    // Those that cannot be read either may be of the session: the run of them that
    // ends here, looked at backwards.
    let mut missed: Option<(i64, i64, Why)> = None;
    let mut found = None;
    for at in (id.0.saturating_sub(REACH).max(1)..id.0).rev() {
        let read = statement.query_row([at], |row| row.get::<_, i64>(0));
        match read.optional() {
            Err(error) => {
                let why = why(&error).ok_or(error)?;
                let last = missed.map_or(at, |(_, last, _)| last);
                missed = Some((at, last, why));
                continue;
            }
            Ok(of) => found = (of == Some(session)).then_some(MessageId(at)),
        }
        if let Some((first, last, why)) = missed.take() {
            damage.miss_messages(MessageId(first), MessageId(last), why);
        }
        if found.is_some() {
            break;
        }
    }
    if let Some((first, last, why)) = missed {
        damage.miss_messages(MessageId(first), MessageId(last), why);
    }
    Ok(found)
}

/// The next message of the same session in the log.
///
/// The log is not indexed by session: it is looked for among the messages that
/// follow, and from the end of the session back, each as far as [`REACH`].
pub(super) fn following(
    connection: &Connection,
    damage: &mut Damage,
    id: MessageId,
) -> Result<Option<MessageId>> {
    let ahead = connection
        .prepare_cached(
            "SELECT min(id) FROM messages
             WHERE id > ?1 AND id <= ?1 + ?2
               AND session = (SELECT session FROM messages WHERE id = ?1)",
        )?
        .query_row([id.0, REACH], |row| row.get::<_, Option<i64>>(0));
    let is_hidden = match ahead {
        Ok(Some(ahead)) => return Ok(Some(MessageId(ahead))),
        Ok(None) => false,
        // It may be on that page; if it is not, the walk back finds it.
        Err(error) if is_damage(&error) => true,
        Err(error) => return Err(error),
    };
    let last: Option<i64> = connection
        .prepare_cached(
            "SELECT s.last FROM sessions AS s JOIN messages AS m ON m.session = s.id
             WHERE m.id = ?1",
        )?
        .query_row([id.0], |row| row.get(0))
        .optional()?
        .flatten();
    let Some(last) = last else {
        return Ok(None);
    };
    let (mut found, mut left) = (None, REACH);
    // Nobody has asked for those that are passed over.
    let mut passed_over = Damage::default();
    chain(
        connection,
        &mut passed_over,
        MessageId(last),
        Along::Session,
        &mut |link| {
            if link.previous == Some(id) {
                found = Some(link.id);
            }
            left -= 1;
            if link.id <= id || found.is_some() || left == 0 {
                return Flow::Full;
            }
            Flow::More
        },
    )?;
    if passed_over.is_of_file() {
        damage.blame_file();
    }
    if is_hidden && found.is_none() {
        damage.lose_following(id);
    }
    Ok(found)
}
