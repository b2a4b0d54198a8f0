//! `/search`: what was said, found again.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::tz::TimeZone;

use super::candidates::{Candidates, Wanted};
use super::suits::Suits;
use crate::chat::Chat;
use crate::chat::empty::nothing_found;
use crate::chat::listing;
use crate::domain::{
    Error, Event, Flow, Hit, MessageId, Result, Scope, SessionId, SessionKey, Sink, UserName, Zone,
};
use crate::query::{Filter, Query, snippet};

/// How many hits are shown unless the query says otherwise.
const USUAL_LIMIT: u64 = 20;

/// How much of a message is shown around its words, in characters.
const SNIPPET_CHARACTERS: usize = 160;

/// How many hits are looked up at once to be shown.
const SHOWN_AT_ONCE: usize = 512;

/// How many hits are known by their numbers.
const NUMBERED_HITS: usize = 64 * 1024;

/// Tells the newest messages that a query finds; those of the current user, unless it
/// asks for another scope. Where it says behind which message, the first ones there;
/// where they are ranked, the best of them.
///
/// # Errors
/// If it cannot be read, or asks for somebody else's messages within one's own.
pub(crate) fn search(
    chat: &mut Chat,
    text: &str,
    is_ranked: bool,
    sink: &mut dyn Sink,
) -> Result<()> {
    chat.commit(sink)?;
    let query = read(chat, "/search", text, None)?;
    let suits = Suits::new(chat, "/search", Scope::User, &query.filter)?;
    let limit = query.filter.limit.unwrap_or(USUAL_LIMIT);
    let wanted = match suits.after() {
        _ if is_ranked => Wanted::Best,
        Some(after) => Wanted::Behind(after),
        None => Wanted::Newest,
    };
    listing::begin(chat, sink)?;
    let mut candidates = Candidates::begin(chat, &query, &suits, wanted, sink)?;
    let (mut sessions, mut hits, mut keys) = (Sessions::default(), Vec::new(), Vec::new());
    let scope = Some(suits.scope());
    let hint = Some(nothing_found(&query, suits.scope()));
    listing::list_begun(chat, scope, hint, sink, &mut |chat, rows| {
        let (mut marks, mut found) = (Vec::new(), Vec::new());
        let has_more = candidates.next(chat, &query, &mut |message| {
            if suits.found_in(&query, message, &mut marks).is_some() {
                found.push(Found {
                    id: message.id,
                    session: message.session,
                    user: message.user.clone(),
                });
            }
        })?;
        if !candidates.are_in_order() {
            found.reverse();
        }
        if found.is_empty() {
            rows.work(candidates.work())?;
        }
        let mut rest = found.as_slice();
        while !rest.is_empty() {
            let left = limit - rows.count();
            if left == 0 {
                rows.leave_out_older();
                return Ok(false);
            }
            let count = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(SHOWN_AT_ONCE);
            let shown = rest.split_off(..count.min(rest.len())).unwrap_or_default();
            sessions.learn(chat, shown)?;
            let mut ids = Vec::with_capacity(shown.len());
            for found in shown {
                if let Some(session) = sessions.get(found.session) {
                    ids.push(found.id);
                    if hits.len() < NUMBERED_HITS {
                        hits.push(found.id);
                        keys.push(session.key);
                    }
                }
            }
            chat.log.messages(&ids, &mut |message| {
                let title = sessions
                    .get(message.session)
                    .and_then(|known| known.title.as_deref());
                if let Some(text) = suits.found_in(&query, message, &mut marks) {
                    let (snippet, marks) = snippet(text, &marks, SNIPPET_CHARACTERS);
                    rows.emit(&Event::Hit(&Hit {
                        number: rows.count() + 1,
                        message,
                        title,
                        snippet: &snippet,
                        marks: &marks,
                    }));
                }
                Flow::More
            })?;
        }
        Ok(has_more)
    })?;
    chat.speakers.remember_hits(hits);
    chat.speakers.remember_listed(keys);
    Ok(())
}

/// Reads a query as of now, where the person is, unless they want another zone.
pub(super) fn read(chat: &Chat, command: &str, text: &str, zone: Option<Zone>) -> Result<Query> {
    let zone = match zone.unwrap_or(chat.settings.zone) {
        Zone::Local => TimeZone::system(),
        Zone::Utc => TimeZone::UTC,
    };
    let query = Query::parse(text, chat.settings.now(), &zone);
    let mut query = query.map_err(|error| Error::BadArgument {
        command: command.into(),
        why: error.to_string(),
        hint: error.hint().into_owned(),
    })?;
    bind(chat, command, &mut query.filter)?;
    Ok(query)
}

/// Keeps a filter within the scope that cannot be left, if there is one.
fn bind(chat: &Chat, command: &str, filter: &mut Filter) -> Result<()> {
    let user = chat.user();
    let refuse = |why: String| {
        Err(Error::BadArgument {
            command: command.into(),
            why,
            hint: format!("what is asked here is about the messages of `{user}`"),
        })
    };
    match (chat.settings.bound_to, filter.scope) {
        (None, _) => {}
        (Some(_), Some(Scope::Session)) => {
            return refuse("has no current session here".to_owned());
        }
        (Some(Scope::Global), scope) => filter.scope = scope.or(Some(Scope::Global)),
        (Some(_), Some(Scope::Global)) => {
            return refuse("cannot look among everybody's messages here".to_owned());
        }
        (Some(_), _) => {
            if let Some(other) = filter.user.one_of.iter().find(|named| *named != user) {
                return refuse(format!("cannot look among the messages of `{other}` here"));
            }
        }
    }
    Ok(())
}

/// A message that was found.
struct Found {
    id: MessageId,
    session: SessionId,
    user: UserName,
}

/// A session in which something was found.
struct Session {
    key: SessionKey,
    title: Option<String>,
}

/// The sessions in which something was found, looked up as far as they are needed; none
/// for one that cannot be read.
#[derive(Default)]
struct Sessions(HashMap<SessionId, Option<Session>>);

impl Sessions {
    /// Looks up those of these hits that are not known yet, all at once.
    fn learn(&mut self, chat: &mut Chat, found: &[Found]) -> Result<()> {
        let mut wanted = Vec::new();
        for found in found {
            if let Entry::Vacant(place) = self.0.entry(found.session) {
                place.insert(None);
                wanted.push((found.session, found.user.clone()));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        chat.log.titles(&wanted, &mut |session, key, title| {
            let title = title.map(str::to_owned);
            self.0.insert(session, Some(Session { key, title }));
        })?;
        Ok(())
    }

    fn get(&self, session: SessionId) -> Option<&Session> {
        self.0.get(&session)?.as_ref()
    }
}
