//! Contexts from their end back, and single messages.

use rusqlite::{Connection, Error, OptionalExtension, Result};

use super::query;
use super::read::{COLUMNS, Tags, show};
use crate::domain::{Flow, Message, MessageId};

/// How far the next message of a session is looked for.
const REACH: i64 = 10_000;

/// Shows the context that ends with the message `last`, from there back, until `visit` has enough.
pub fn context(
    connection: &Connection,
    tags: &mut Tags,
    last: Option<MessageId>,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    let _snapshot = query::snapshot(connection)?;
    let mut next = last.map(|id| id.0);
    let mut message =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE id = ?1"))?;
    while let Some(id) = next {
        let mut rows = message.query([id])?;
        let row = rows.next()?.ok_or(Error::QueryReturnedNoRows)?;
        next = query::older(id, row.get(1)?)?;
        if show(row, connection, tags, visit)? == Flow::Full {
            break;
        }
    }
    Ok(())
}

/// Shows one message, if there is such a one.
pub fn message(
    connection: &Connection,
    tags: &mut Tags,
    id: MessageId,
    visit: &mut dyn FnMut(&Message<'_>),
) -> Result<()> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM messages WHERE id = ?1"))?;
    let mut rows = statement.query([id.0])?;
    if let Some(row) = rows.next()? {
        let mut visit = |message: &Message<'_>| {
            visit(message);
            Flow::Full
        };
        show(row, connection, tags, &mut visit)?;
    }
    Ok(())
}

/// The next message of the same session in the log.
///
/// The log is not indexed by session: it is looked for among the messages that
/// follow, and from the end of the session back, each as far as [`REACH`].
pub fn following(connection: &Connection, id: MessageId) -> Result<Option<MessageId>> {
    let ahead: Option<i64> = connection
        .prepare_cached(
            "SELECT min(id) FROM messages
             WHERE id > ?1 AND id <= ?1 + ?2
               AND session = (SELECT session FROM messages WHERE id = ?1)",
        )?
        .query_row([id.0, REACH], |row| row.get(0))?;
    if ahead.is_some() {
        return Ok(ahead.map(MessageId));
    }
    let mut next: Option<i64> = connection
        .prepare_cached(
            "SELECT s.last FROM sessions AS s JOIN messages AS m ON m.session = s.id
             WHERE m.id = ?1",
        )?
        .query_row([id.0], |row| row.get(0))
        .optional()?
        .flatten();
    let mut previous = connection.prepare_cached("SELECT previous FROM messages WHERE id = ?1")?;
    for _ in 0..REACH {
        let Some(later) = next.filter(|&later| later > id.0) else {
            break;
        };
        next = query::older(later, previous.query_row([later], |row| row.get(0))?)?;
        if next == Some(id.0) {
            return Ok(Some(MessageId(later)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::super::super::{Move, Opening, Past, Place, Redo, Store};
    use super::super::Sqlite;
    use super::*;
    use crate::domain::{Draft, Role, SessionId, Timestamp, UserName, Why};

    #[test]
    fn a_context_ends_where_it_is_asked_to_whatever_was_said_since() {
        let mut store = Sqlite::ephemeral().unwrap();
        let session = SessionId::parse("5b0c1f7e-0f3a-4c1d-9b7e-000000000001").unwrap();
        let user = UserName::new("alice").unwrap();
        let at = Timestamp(0);
        let opening = Opening {
            user: &user,
            session,
            title: None,
            model: None,
            persona: None,
            at,
            past: Past::default(),
        };
        let key = store.start(&opening).unwrap();
        let say = |store: &mut Sqlite, role, content| {
            let draft = Draft::new(role, content, at);
            store.append(key, &draft).unwrap()
        };
        say(&mut store, Role::User, "cleared");
        let pointer = store.pointer(key).unwrap();
        let clear = Move {
            why: Why::Clear,
            from: pointer.place,
            to: Place::default(),
            redo: None,
            gone: pointer.depth,
            back: 0,
            at,
        };
        store.relocate(key, &clear, 0, Redo::Earlier(None)).unwrap();
        say(&mut store, Role::User, "one");
        say(&mut store, Role::Ai, "two");
        let question = say(&mut store, Role::User, "three");
        // Another process in the same session.
        say(&mut store, Role::User, "from elsewhere");
        let mut shown = Vec::new();
        store
            .context(question.parent, &mut |message| {
                shown.push(message.content.to_owned());
                Flow::More
            })
            .unwrap();
        assert_eq!(shown, ["two", "one"]);
    }
}
