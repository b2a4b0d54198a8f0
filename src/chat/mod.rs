//! The conversation: who is speaking, in which session, and what a turn is.

mod chorus;
mod each;
mod fork;
mod gauge;
mod models;
mod moves;
mod persona;
mod quote;
mod resume;
mod sessions;
mod trail;
mod turn;
mod view;
mod walk;
mod window;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use gauge::Gauge;

use crate::domain::{
    CurrentUser, Error, Event, Flow, Result, SessionId, SessionKey, Sink, Timestamp, UserName,
    UserSummary,
};
use crate::responder::{Models, Opened, Responder};
use crate::store::{Listing, Recall, Selection, Store};

pub use each::Audience;
pub use persona::{Persona, Personas};

/// The session manager of one process.
///
/// Every user has at most one current session, which waits for them while
/// others speak. It is remembered for as long as the process lives; what was
/// said is in the store.
pub struct Chat {
    store: Box<dyn Store>,
    models: Rc<Models>,
    /// What answers where nothing else was chosen.
    default_model: String,
    /// What was opened last, by its name.
    opened: String,
    /// The programs that this run was told to ask. A store may come from
    /// anywhere: the one that it names is not run for that.
    programs: HashSet<String>,
    responder: Box<dyn Responder>,
    /// What it is told before the conversation.
    system: Option<String>,
    /// What the last `/models` listed, for completion.
    offered: Vec<String>,
    gauge: Gauge,
    /// The text of the reply that is coming, kept for its room.
    reply: String,
    /// Tokens and seconds are told after a reply.
    verbose: bool,
    sources: Sources,
    /// A message without a session begins one, instead of being an error.
    starts_unasked: bool,
    user: UserName,
    session: Option<Current>,
    /// The current sessions of the users who are not speaking.
    waiting: HashMap<UserName, Current>,
    personas: Rc<Personas>,
    /// The session that a user was in last as a persona.
    as_persona: HashMap<(UserName, Rc<str>), Current>,
    /// The list of sessions that was shown last, and to whom.
    listed: Option<(UserName, Vec<SessionKey>)>,
    /// The sessions that were told to have outgrown their window.
    told: HashSet<SessionKey>,
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
#[derive(Clone)]
struct Current {
    key: SessionKey,
    id: SessionId,
    /// Who answers in it, if that was chosen.
    model: Option<Rc<str>>,
    /// The persona it was started as, if any.
    persona: Option<Rc<str>>,
}

impl Chat {
    /// A chat in which nobody has a session yet and `user` speaks first.
    ///
    /// # Errors
    /// If `model` cannot be asked.
    pub fn new(
        store: Box<dyn Store>,
        models: Rc<Models>,
        model: String,
        sources: Sources,
        user: UserName,
        starts_unasked: bool,
    ) -> Result<Self> {
        let Opened { responder, system } = models.open(&model)?;
        Ok(Self {
            store,
            models,
            opened: model.clone(),
            programs: HashSet::from([model.clone()]),
            default_model: model,
            responder,
            system,
            offered: Vec::new(),
            gauge: Gauge::default(),
            reply: String::new(),
            verbose: false,
            sources,
            starts_unasked,
            user,
            session: None,
            waiting: HashMap::new(),
            personas: Rc::default(),
            as_persona: HashMap::new(),
            listed: None,
            told: HashSet::new(),
        })
    }

    /// The same chat, in which sessions can be started as these personas.
    pub fn with_personas(mut self, personas: Rc<Personas>) -> Self {
        let models = personas
            .named
            .values()
            .filter_map(|persona| persona.model.clone());
        self.programs.extend(models);
        self.personas = personas;
        self
    }

    /// The same chat, which tells tokens and seconds after each reply.
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
        self
    }

    /// Who is speaking.
    pub fn user(&self) -> &UserName {
        &self.user
    }

    /// The current session of who is speaking.
    pub fn session(&self) -> Option<SessionId> {
        self.session.as_ref().map(|current| current.id)
    }

    /// The name of what answers the current user.
    pub fn model(&self) -> &str {
        let chosen = self
            .session
            .as_ref()
            .and_then(|current| current.model.as_deref());
        chosen.unwrap_or(&self.default_model)
    }

    /// Makes `user` the current user, in the session they were in.
    pub fn switch_user(&mut self, user: UserName, sink: &mut dyn Sink) -> Result<()> {
        if user != self.user {
            let session = self.waiting.remove(&user);
            let former = std::mem::replace(&mut self.user, user);
            if let Some(left) = std::mem::replace(&mut self.session, session) {
                self.waiting.insert(former, left);
            }
            if self.session.is_none() {
                self.recover(sink)?;
            }
        }
        self.show_user(sink)
    }

    /// Tells who is speaking.
    pub fn show_user(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let known = self.session.is_some() || self.store.knows(&self.user)?;
        sink.tell(&Event::User(CurrentUser {
            user: &self.user,
            session: self.session(),
            known,
        }));
        Ok(())
    }

    /// Makes a session the current one of the current user.
    fn enter(&mut self, current: Current) {
        if let Some(persona) = &current.persona {
            let key = (self.user.clone(), Rc::clone(persona));
            self.as_persona.insert(key, current.clone());
        }
        self.session = Some(current);
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

    /// Whether the log knows a user.
    pub fn knows(&mut self, user: &UserName) -> Result<bool> {
        Ok(self.store.knows(user)?)
    }

    /// Begins a listing of the current session's context.
    pub fn list_session(&mut self) -> Result<Listing> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
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

    /// Tells the next rows of a listing until the sink is full; true if there
    /// may be more. Of a listing that is not global they are all of the current
    /// user, whatever another program has done to the store.
    pub fn read(
        &mut self,
        listing: &mut Listing,
        count: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<bool> {
        let user = (!listing.is_global()).then_some(&self.user);
        let mut stranger = None;
        let more = self.store.read(listing, &mut |message| {
            if user.is_some_and(|user| message.user != user) {
                stranger = Some(message.id);
                return Flow::Full;
            }
            *count += 1;
            sink.tell(&Event::Message(message))
        })?;
        match stranger {
            Some(id) => Err(view::not_theirs(id, &self.user)),
            None => Ok(more),
        }
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

    /// Begins to recall what a user said, in all their sessions.
    pub fn recall(&mut self, user: &UserName) -> Result<Recall> {
        Ok(self.store.recall(user)?)
    }

    /// Up to `limit` more of what that user said, newest first.
    pub fn recall_more(&mut self, recall: &mut Recall, limit: usize) -> Result<Vec<String>> {
        Ok(self.store.recall_more(recall, limit)?)
    }
}
