//! The sessions of the current user: begun, named, listed.

use std::rc::Rc;

use super::{Chat, Current};
use crate::domain::{
    Draft, Error, Event, Result, Role, Scope, SessionRename, SessionStart, SessionSummary, Sink,
};
use crate::store::{Found, Opening, Past, Roll, Which};

/// How many sessions of a list `/resume` knows by their numbers.
const NUMBERED: usize = 64 * 1024;

impl Chat {
    /// Begins a session for the current user and makes it theirs: as a persona,
    /// if one is named or the user has a default one.
    pub fn start(
        &mut self,
        title: Option<&str>,
        persona: Option<&str>,
        unasked: bool,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let default = self.personas.defaults.get(&self.user).cloned();
        let name = persona.map(str::to_owned).or(default);
        let persona = match &name {
            Some(name) => self.persona(name, "/start --as")?,
            None => super::Persona::default(),
        };
        if let Some(model) = &persona.model {
            // One that nothing answers to is refused before anything is begun.
            self.models.open(model)?;
        }
        let at = (self.sources.clock)();
        let id = (self.sources.draw)();
        let key = self.store.start(&Opening {
            user: &self.user,
            session: id,
            title,
            model: persona.model.as_deref(),
            persona: name.as_deref(),
            at,
            past: Past::default(),
        })?;
        if let Some(system) = &persona.system {
            let draft = Draft::new(Role::System, system, at);
            self.store.set_system(key, Some(&draft))?;
        }
        self.enter(Current {
            key,
            id,
            model: persona.model.map(Rc::from),
            persona: name.as_deref().map(Rc::from),
        });
        sink.tell(&Event::Start(SessionStart {
            user: &self.user,
            session: id,
            title,
            persona: name.as_deref(),
            unasked,
        }));
        Ok(())
    }

    /// The current session, or a new one where a message begins one.
    pub(super) fn current_or_started(&mut self, sink: &mut dyn Sink) -> Result<Current> {
        if self.session.is_none() && self.starts_unasked {
            self.start(None, None, true, sink)?;
        }
        self.session.clone().ok_or(Error::SessionNotFound)
    }

    /// Gives the current session another title.
    pub fn rename(&mut self, title: &str, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        self.store.rename(current.key, title)?;
        sink.tell(&Event::Rename(SessionRename {
            user: &self.user,
            session: current.id,
            title,
        }));
        Ok(())
    }

    /// Tells the sessions of the current user or of everybody, latest first;
    /// with those in which nothing was said, if so wanted.
    pub fn list_sessions(&mut self, scope: Scope, all: bool, sink: &mut dyn Sink) -> Result<()> {
        self.store.commit()?;
        let is_own = scope != Scope::Global;
        let mut roll = Roll::new(is_own.then(|| self.user.clone()), all);
        let (mut keys, mut count) = (Vec::new(), 0);
        let current = self.session.as_ref().map(|current| current.key);
        let default_model = &self.default_model;
        loop {
            let more = self.store.roll(&mut roll, &mut |found| {
                count += 1;
                if is_own && keys.len() < NUMBERED {
                    keys.push(found.key);
                }
                sink.tell(&Event::SessionRow(&SessionSummary {
                    number: is_own.then_some(count),
                    current: current == Some(found.key),
                    ..summary(found, default_model)
                }))
            })?;
            if !more {
                break;
            }
            sink.drain()?;
        }
        if is_own {
            self.listed = Some((self.user.clone(), keys));
        }
        let scope = Some(scope);
        sink.tell(&Event::End { scope, count });
        sink.drain()
    }

    /// Up to `limit` names for `/resume` that begin with `prefix`: of the current
    /// user's sessions the ids, and the titles that no other session has.
    pub fn sessions_like(&mut self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        let by_id = self.store.find(&self.user, Which::Prefix(prefix), limit)?;
        let mut names: Vec<String> = by_id
            .iter()
            .map(|found| found.session.to_string())
            .collect();
        let by_name = self.store.find(&self.user, Which::Name(prefix), limit)?;
        names.extend(by_name.into_iter().filter_map(|found| found.title));
        if !prefix.is_empty() && "latest".starts_with(prefix) {
            names.push("latest".into());
        }
        Ok(names)
    }
}

/// A session as a list shows it, without number and mark.
pub(super) fn summary<'a>(found: &'a Found, default_model: &'a str) -> SessionSummary<'a> {
    SessionSummary {
        number: None,
        user: &found.user,
        session: found.session,
        title: found.title.as_deref(),
        words: found.words.as_deref(),
        context: found.depth,
        messages: found.count,
        model: found.model.as_deref().unwrap_or(default_model),
        persona: found.persona.as_deref(),
        last_at: found.touched_at,
        current: false,
    }
}
