//! Back to an earlier session.

use std::rc::Rc;

use super::sessions::summary;
use super::{Chat, Current};
use crate::domain::{
    Error, Event, Flow, MessageId, Result, Role, Scope, SessionResume, Sink, first_words,
};
use crate::store::{Found, Place, Roll, Which};

/// The shortest part of a session's id that is taken for it.
const SHORTEST_PREFIX: usize = 4;

/// How much of a person's word an error repeats, in characters.
const QUOTED: usize = 40;

/// How many candidates an ambiguous name lists.
const CANDIDATES: usize = 10;

/// How much of a session is shown: its last turns, at most so many messages.
const RECAP_TURNS: usize = 2;
const RECAP: usize = 6;

impl Chat {
    /// Makes an earlier session of the current user theirs again: the beginning
    /// of its id, its title, its number in the list, or `latest`.
    pub fn resume(&mut self, which: &str, sink: &mut dyn Sink) -> Result<()> {
        let place = self.return_to(which, false, sink)?;
        let recap = match place.head {
            Some(last) => self.recap(last)?,
            None => Vec::new(),
        };
        if place.head.is_none() && place.base.is_some() {
            let notice = "its context is empty; `/undo` brings back what was cleared";
            sink.tell(&Event::Notice(notice));
        }
        let count = recap.len() as u64;
        for id in recap {
            self.own_message(id, &mut |message| {
                sink.tell(&Event::Message(message));
            })?;
        }
        let scope = Some(Scope::Session);
        sink.tell(&Event::End { scope, count });
        Ok(())
    }

    /// The same at launch; the last turns are not shown.
    pub fn resume_unasked(&mut self, which: &str, sink: &mut dyn Sink) -> Result<()> {
        self.return_to(which, true, sink).map(|_| ())
    }

    fn return_to(&mut self, which: &str, unasked: bool, sink: &mut dyn Sink) -> Result<Place> {
        self.store.commit()?;
        let found = self.find(which)?;
        self.enter(Current {
            key: found.key,
            id: found.session,
            model: found.model.as_deref().map(Rc::from),
            persona: found.persona.as_deref().map(Rc::from),
        });
        sink.tell(&Event::Resume(SessionResume {
            user: &self.user,
            session: found.session,
            title: found.title.as_deref(),
            count: found.count,
            context: found.depth,
            unasked,
        }));
        Ok(self.store.peek(found.key)?.place)
    }

    /// The last turns that end with `last`, oldest first.
    fn recap(&mut self, last: MessageId) -> Result<Vec<MessageId>> {
        let (mut ids, mut turns) = (Vec::new(), 0);
        self.store.context(Some(last), &mut |message| {
            ids.push(message.id);
            turns += usize::from(message.role == Role::User);
            if turns < RECAP_TURNS && ids.len() < RECAP {
                Flow::More
            } else {
                Flow::Full
            }
        })?;
        ids.reverse();
        Ok(ids)
    }

    /// The one session of the current user that answers to `which`.
    fn find(&mut self, which: &str) -> Result<Found> {
        let typed = first_words(which, QUOTED);
        let missing = || Error::NoSuchSession(typed.clone());
        if which == "latest" {
            let found = self.store.find(&self.user, Which::Latest, 1)?.pop();
            return found.ok_or(Error::NoSessions);
        }
        // A name is shown with an ellipsis where it is cut; else it has to be the whole.
        let name = which.trim_end_matches('…');
        if name.is_empty() {
            return Err(missing());
        }
        let mut found = self.store.find(&self.user, Which::Name(name), CANDIDATES)?;
        if name == which {
            let called =
                |found: &Found| found.title.as_deref().or(found.words.as_deref()) == Some(name);
            found.retain(called);
        }
        let is_prefix = which
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if is_prefix && which.len() >= SHORTEST_PREFIX {
            let prefix = which.to_ascii_lowercase();
            found.extend(
                self.store
                    .find(&self.user, Which::Prefix(&prefix), CANDIDATES)?,
            );
        }
        if let Ok(number @ 1..) = which.parse::<usize>() {
            found.extend(self.numbered(number)?);
        }
        found.sort_by_key(|found| std::cmp::Reverse((found.touched_at, found.key.0)));
        found.dedup_by_key(|found| found.key);
        if found.len() > 1 {
            found.truncate(CANDIDATES);
            let named = found.iter().map(|found| {
                let name = summary(found, "").name();
                let name = name.map_or_else(String::new, |name| format!(" “{name}”"));
                format!("{}{name}", found.session)
            });
            return Err(Error::AmbiguousSession(typed, named.collect()));
        }
        found.pop().ok_or_else(missing)
    }

    /// The session of that number in the list that the current user saw last,
    /// or would see now.
    fn numbered(&mut self, number: usize) -> Result<Option<Found>> {
        if let Some((user, keys)) = &self.listed
            && *user == self.user
        {
            let Some(&key) = keys.get(number - 1) else {
                return Ok(None);
            };
            return Ok(self.store.find(&self.user, Which::Key(key), 1)?.pop());
        }
        let (mut seen, mut found) = (0, None);
        let mut roll = Roll::new(Some(self.user.clone()), false);
        self.store.roll(&mut roll, &mut |session| {
            seen += 1;
            if seen < number {
                return Flow::More;
            }
            found = Some(session.clone());
            Flow::Full
        })?;
        Ok(found)
    }
}
