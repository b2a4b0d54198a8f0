//! The conversation: who is speaking, in which session, and what a turn is.

use std::collections::HashMap;

use crate::domain::{
    Draft, Error, Event, Flow, Message, Result, Role, SessionId, SessionKey, Sink, Status,
    Timestamp, UserName, UserSummary,
};
use crate::responder::Responder;
use crate::store::{Listing, Opening, Recall, Selection, Store, Which};

/// The shortest part of a session's id that is taken for it.
const SHORTEST_PREFIX: usize = 4;

/// The session manager of one process.
///
/// Every user has at most one current session, which waits for them while
/// others speak. It is remembered for as long as the process lives; what was
/// said is in the store.
pub struct Chat {
    store: Box<dyn Store>,
    responder: Box<dyn Responder>,
    sources: Sources,
    /// A message without a session begins one, instead of being an error.
    starts_unasked: bool,
    user: UserName,
    session: Option<Current>,
    /// The current sessions of the users who are not speaking.
    waiting: HashMap<UserName, Current>,
}

/// Where time and names come from.
#[derive(Clone, Copy)]
pub struct Sources {
    /// The time now.
    pub clock: fn() -> Timestamp,
    /// A fresh session id, drawn at random.
    pub draw: fn() -> SessionId,
}

/// A user's current session.
#[derive(Clone, Copy)]
struct Current {
    key: SessionKey,
    id: SessionId,
}

impl Chat {
    /// A chat in which nobody has a session yet and `user` speaks first.
    pub fn new(
        store: Box<dyn Store>,
        responder: Box<dyn Responder>,
        sources: Sources,
        user: UserName,
        starts_unasked: bool,
    ) -> Self {
        Self {
            store,
            responder,
            sources,
            starts_unasked,
            user,
            session: None,
            waiting: HashMap::new(),
        }
    }

    /// Who is speaking.
    pub fn user(&self) -> &UserName {
        &self.user
    }

    /// The current session of who is speaking.
    pub fn session(&self) -> Option<SessionId> {
        self.session.map(|current| current.id)
    }

    /// What answers.
    pub fn model(&self) -> &str {
        self.responder.model()
    }

    /// Makes `user` the current user, in the session they were in.
    pub fn switch_user(&mut self, user: UserName, sink: &mut dyn Sink) -> Result<()> {
        if user != self.user {
            let session = self.waiting.remove(&user);
            let former = std::mem::replace(&mut self.user, user);
            if let Some(left) = std::mem::replace(&mut self.session, session) {
                self.waiting.insert(former, left);
            }
        }
        self.show_user(sink)
    }

    /// Tells who is speaking.
    pub fn show_user(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let known = self.session.is_some() || self.store.knows(&self.user)?;
        sink.tell(&Event::User {
            user: &self.user,
            session: self.session(),
            known,
        });
        Ok(())
    }

    /// Begins a session for the current user and makes it theirs.
    pub fn start(&mut self, title: Option<&str>, unasked: bool, sink: &mut dyn Sink) -> Result<()> {
        let id = (self.sources.draw)();
        let key = self.store.start(&Opening {
            user: &self.user,
            session: id,
            title,
            at: (self.sources.clock)(),
        })?;
        self.session = Some(Current { key, id });
        sink.tell(&Event::Start {
            user: &self.user,
            session: id,
            title,
            unasked,
        });
        Ok(())
    }

    /// Makes an earlier session of the current user theirs again: `latest`, or the beginning of an id.
    pub fn resume(&mut self, which: &str, sink: &mut dyn Sink) -> Result<()> {
        let prefix = which.to_ascii_lowercase();
        let which_one = if which == "latest" {
            Which::Latest
        } else if prefix.len() < SHORTEST_PREFIX {
            return Err(Error::NoSuchSession(which.into()));
        } else {
            Which::Prefix(&prefix)
        };
        self.store.commit()?;
        let mut found = self.store.find(&self.user, which_one, 10)?;
        if found.len() > 1 {
            let ids = found.iter().map(|found| found.session.to_string());
            return Err(Error::AmbiguousSession(which.into(), ids.collect()));
        }
        let found = found
            .pop()
            .ok_or_else(|| Error::NoSuchSession(which.into()))?;
        self.session = Some(Current {
            key: found.key,
            id: found.session,
        });
        sink.tell(&Event::Resume {
            user: &self.user,
            session: found.session,
            title: found.title.as_deref(),
            count: found.count,
        });
        Ok(())
    }

    /// Empties the context of the current session. The log stays as it is.
    pub fn clear(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.ok_or(Error::SessionNotFound)?;
        let count = self.store.clear(current.key)?;
        sink.tell(&Event::Clear {
            user: &self.user,
            session: current.id,
            count,
        });
        Ok(())
    }

    /// One turn: the message goes into the log, the model answers, the reply follows it.
    pub fn say(&mut self, content: &str, sink: &mut dyn Sink) -> Result<()> {
        if self.session.is_none() && self.starts_unasked {
            self.start(None, true, sink)?;
        }
        let current = self.session.ok_or(Error::SessionNotFound)?;
        let now = self.sources.clock;
        let question = Draft {
            role: Role::User,
            content,
            at: now(),
            model: None,
            status: Status::Complete,
        };
        self.store.append(current.key, &question)?;
        if self.responder.waits() {
            self.store.commit()?;
        }
        let model = self.responder.model();
        let reply = self.responder.respond(content);
        let answer = Draft {
            role: Role::Ai,
            content: &reply,
            at: now(),
            model: Some(model),
            status: Status::Complete,
        };
        let receipt = self.store.append(current.key, &answer)?;
        sink.tell(&Event::Reply(&Message {
            id: receipt.id,
            seq: receipt.seq,
            parent: receipt.parent,
            user: &self.user,
            session: current.id,
            role: answer.role,
            content: answer.content,
            created_at: receipt.created_at,
            model: answer.model,
            status: answer.status,
        }));
        Ok(())
    }

    /// Makes everything that was said and done so far durable. Nothing of it
    /// may be shown before, and nobody may be waited for.
    pub fn commit(&mut self) -> Result<()> {
        Ok(self.store.commit()?)
    }

    /// Whether a write has failed, so that nothing since the last commit is known to be saved.
    pub fn is_stopped(&self) -> bool {
        self.store.is_stopped()
    }

    /// How many messages wait for the commit.
    pub fn pending(&self) -> usize {
        self.store.pending()
    }

    /// Begins a listing of the current session's context.
    pub fn list_session(&mut self) -> Result<Listing> {
        let current = self.session.ok_or(Error::SessionNotFound)?;
        self.store.commit()?;
        Ok(self.store.list(Selection::Session(current.key))?)
    }

    /// Begins a listing of the contexts of all the current user's sessions.
    pub fn list_user(&mut self) -> Result<Listing> {
        self.store.commit()?;
        Ok(self.store.list(Selection::User(self.user.clone()))?)
    }

    /// Begins a listing of the whole log.
    pub fn list_global(&mut self) -> Result<Listing> {
        self.store.commit()?;
        Ok(self.store.list(Selection::Global)?)
    }

    /// Tells the next rows of a listing until the sink is full; true if there may be more.
    pub fn read(
        &mut self,
        listing: &mut Listing,
        count: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<bool> {
        Ok(self.store.read(listing, &mut |message| {
            *count += 1;
            sink.tell(&Event::Message(message))
        })?)
    }

    /// The next known users in order of name, as many as `limit`, each with
    /// their counts. Whoever is speaking is marked.
    pub fn users(&mut self, after: Option<&UserName>, limit: usize) -> Result<Vec<UserSummary>> {
        self.store.commit()?;
        let mut users = Vec::new();
        self.store.users(after, &mut |mut summary| {
            summary.current = summary.user == self.user;
            users.push(summary);
            if users.len() < limit {
                Flow::More
            } else {
                Flow::Full
            }
        })?;
        Ok(users)
    }

    /// Up to `limit` known users whose names begin with `prefix`.
    pub fn users_like(&mut self, prefix: &str, limit: usize) -> Result<Vec<UserName>> {
        Ok(self.store.users_like(prefix, limit)?)
    }

    /// Up to `limit` session ids of the current user that begin with `prefix`.
    pub fn sessions_like(&mut self, prefix: &str, limit: usize) -> Result<Vec<SessionId>> {
        let found = self.store.find(&self.user, Which::Prefix(prefix), limit)?;
        Ok(found.into_iter().map(|found| found.session).collect())
    }

    /// Begins to recall what a user said, in all their sessions.
    pub fn recall(&mut self, user: &UserName) -> Result<Recall> {
        Ok(self.store.recall(user)?)
    }

    /// Up to `limit` more of what that user said, newest first.
    pub fn recall_more(&mut self, recall: &mut Recall, limit: usize) -> Result<Vec<String>> {
        Ok(self.store.recall_more(recall, limit)?)
    }
}
