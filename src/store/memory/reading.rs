//! Rows, looked for and put in order.

use std::cmp::Reverse;

use super::super::Result;
use super::super::backend::{MessageQuery, SessionQuery, TextRange, Which};
use super::super::imported::SAYLOG;
use super::super::record::{Behind, Linked};
use super::super::rows::SessionRow;
use super::missing;
use super::stored_message::StoredMessage;
use super::tables::{Session, Tables};
use crate::domain::{
    Flow, Links, Message, MessageId, Numbered, SentLinks, SessionKey, UserName, UserSummary,
};

/// Visits messages.
pub(super) fn messages(
    rows: &Tables,
    query: &MessageQuery<'_>,
    visit: &mut dyn FnMut(&Message<'_>) -> Flow,
) -> Result<()> {
    let mut show = |message: &StoredMessage| match rows.session(message.session) {
        Some(session) => {
            let source = match rows.imports.get(&message.session) {
                Some(import) if !import.is_mixed || rows.has_origin(message.id) => &import.source,
                _ => SAYLOG,
            };
            Ok(visit(&message.shown(&session.user, session.id, source)))
        }
        None => Err(missing()),
    };
    match *query {
        MessageQuery::Range { after, upto } => {
            let from = rows.messages.partition_point(|message| message.id <= after);
            for message in &rows.messages[from..] {
                if message.id > upto || show(message)? == Flow::Full {
                    break;
                }
            }
        }
        MessageQuery::These(ids) => {
            for id in ids {
                let message = rows.message(*id).ok_or_else(missing)?;
                if show(message)? == Flow::Full {
                    break;
                }
            }
        }
        MessageQuery::One(id) => {
            if let Some(message) = rows.message(id) {
                show(message)?;
            }
        }
        MessageQuery::Context(last) => {
            let mut next = Some(last);
            while let Some(id) = next {
                let message = rows.message(id).ok_or_else(missing)?;
                if show(message)? == Flow::Full {
                    break;
                }
                next = message.link().parent;
            }
        }
    }
    Ok(())
}

/// What a message has beside what readers are shown of it.
pub(super) fn behind(rows: &Tables, id: MessageId) -> Behind {
    let Some(message) = rows.message(id) else {
        return Behind::nothing();
    };
    let (link, sent) = (message.link(), message.sent());
    let stored = Links {
        parent: link.parent,
        system: link.system,
        floor: link.floor,
        oldest: link.oldest,
        sent: sent.as_ref().map(|sent| SentLinks {
            last: Some(sent.last),
            floor: sent.floor,
            system: sent.system,
        }),
    };
    let links = stored.map(&mut |id| {
        let linked = rows.message(id)?;
        let session = rows.session(linked.session)?.id;
        let seq = rows.former_number(id).unwrap_or(linked.link().seq);
        Some(Linked {
            id,
            at: Numbered { session, seq },
        })
    });
    Behind {
        depth: link.depth,
        broken: stored.count() - links.count(),
        links,
        configured: sent.and_then(|sent| sent.configured),
        origin: rows.origin_of(id),
        former_number: rows.former_number(id),
    }
}

/// Visits texts of messages.
pub(super) fn texts(
    rows: &Tables,
    range: &TextRange,
    visit: &mut dyn FnMut(MessageId, &str) -> Flow,
) {
    let from = (rows.messages).partition_point(|message| message.id <= range.after);
    for message in &rows.messages[from..] {
        let text = if range.of_reasoning {
            message.reasoning()
        } else {
            message.content()
        };
        if message.id > range.upto || visit(message.id, text) == Flow::Full {
            break;
        }
    }
}

/// Visits sessions, the one that was touched last first.
pub(super) fn sessions(
    rows: &Tables,
    query: &SessionQuery<'_>,
    visit: &mut dyn FnMut(&SessionRow) -> Flow,
) {
    let mut found: Vec<(SessionKey, &Session)> = match query.user {
        Some(user) => rows.sessions_of(user).collect(),
        None => rows.sessions().collect(),
    };
    found.retain(|(key, session)| {
        let rank = (session.end.touched, *key);
        query.after.is_none_or(|after| rank < after) && is_wanted(*key, session, query.which)
    });
    // What stands first, then the one that was touched last.
    found.sort_by_key(|(key, session)| {
        let is_first = match query.which {
            Which::Name(words) => session.name() == Some(words),
            Which::Latest => session.is_spoken(),
            _ => false,
        };
        Reverse((is_first, session.end.touched, *key))
    });
    if let Which::Latest = query.which {
        found.truncate(1);
    }
    for (key, session) in found {
        if visit(&rows.row(key, session)) == Flow::Full {
            break;
        }
    }
}

/// Visits users behind `after` in order of name, with their counts.
pub(super) fn users(
    rows: &Tables,
    after: Option<&UserName>,
    visit: &mut dyn FnMut(&UserSummary) -> Flow,
) {
    for user in rows.users.keys() {
        if after.is_some_and(|after| user <= after) {
            continue;
        }
        let mut summary = UserSummary {
            user: user.clone(),
            sessions: 0,
            messages: 0,
            last_at: None,
            current: false,
        };
        let mut last = None;
        for (_, session) in rows.sessions_of(user) {
            let end = &session.end;
            summary.sessions += 1;
            summary.messages += end.count;
            if end.count > 0 && last < Some(end.touched) {
                (last, summary.last_at) = (Some(end.touched), Some(end.touched_at));
            }
        }
        if visit(&summary) == Flow::Full {
            break;
        }
    }
}

fn is_wanted(key: SessionKey, session: &Session, which: Which<'_>) -> bool {
    match which {
        Which::All | Which::Latest => session.archived_at.is_none(),
        Which::Spoken => session.archived_at.is_none() && session.is_spoken(),
        Which::Archived => session.archived_at.is_some(),
        Which::Prefix(prefix) => session.id.to_string().starts_with(prefix),
        Which::Name(words) => session.name().is_some_and(|name| name.starts_with(words)),
        Which::Key(wanted) => key == wanted,
    }
}
