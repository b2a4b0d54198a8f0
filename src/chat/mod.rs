//! The conversation: who is speaking, in which session, and what a line does to it.
//!
//! A [`Chat`] bundles the store and three parts: who is speaking, what answers,
//! and the settings. What a command does is a function in the module of its topic.

pub(crate) mod ask;
pub(crate) mod listing;
pub(crate) mod log;
pub(crate) mod moves;
pub(crate) mod session;
pub(crate) mod users;

mod acting;
mod adjust;
mod answering;
mod clock;
mod empty;
mod entry;
mod info;
mod look;
mod settings;
mod speakers;
mod tokens;
mod windows;

use std::rc::Rc;

use crate::domain::{
    Error, Event, Message, MessageId, MessageName, Result, Scope, SessionId, Sink, UserName,
};
use crate::responder::Models;
use crate::store::{Log, SearchIndex};
use answering::Answering;
use clock::ClockCheck;
use look::LastLook;
use speakers::Speakers;
use windows::Windows;

pub(crate) use acting::{Speaker, acting_as};
pub(crate) use answering::STANDS_IN;
pub(crate) use info::tell_info;
pub(crate) use look::look_around;
pub(crate) use settings::{FirstModel, Persona, Personas, Places, Settings, Sources};
pub(crate) use windows::known_window;

/// The conversations of one process.
pub(crate) struct Chat {
    log: Log,
    speakers: Speakers,
    answering: Answering,
    windows: Windows,
    clock: ClockCheck,
    last_look: LastLook,
    /// The index of the log, once something was searched.
    index: Option<SearchIndex>,
    settings: Settings,
}

impl Chat {
    /// A chat in which nobody has a session yet and `user` speaks first.
    pub(crate) fn new(
        log: Log,
        models: Rc<Models>,
        default_model: String,
        user: UserName,
        settings: Settings,
    ) -> Self {
        let mut answering = Answering::new(models, default_model, settings.first_model);
        for persona in settings.personas.named.values() {
            if let Some(model) = &persona.model {
                answering.allow(model);
            }
        }
        Self {
            log,
            speakers: Speakers::new(user),
            answering,
            windows: Windows::default(),
            clock: ClockCheck::default(),
            last_look: LastLook::default(),
            index: None,
            settings,
        }
    }

    /// Who is speaking.
    pub(crate) fn user(&self) -> &UserName {
        self.speakers.user()
    }

    /// Whose messages are asked for unless it is said.
    pub(crate) fn bound_to(&self) -> Scope {
        self.settings.bound_to.unwrap_or(Scope::User)
    }

    /// The current session of who is speaking.
    pub(crate) fn session(&self) -> Option<SessionId> {
        self.speakers.session().map(|session| session.id)
    }

    /// The name of what answers the current user.
    pub(crate) fn model(&self) -> &str {
        self.answering.name(self.speakers.chosen_model())
    }

    /// Every user who has a current session, in order of name.
    pub(crate) fn present(&self) -> Vec<UserName> {
        self.speakers.present()
    }

    /// Makes everything that was said and done so far durable, and tells the
    /// sink the places of messages that the commit has given one. Nothing may be
    /// shown before, and nobody may be waited for. Everybody commits by this.
    pub(crate) fn commit(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let earlier = self.log.written();
        let committed = self.log.commit();
        // Readers commit by themselves: some of it may have been for long.
        sink.confirm(&self.log.take_receipts());
        committed?;
        if let Some(doubt) = self.clock.doubt(earlier, &mut self.log, &self.settings) {
            sink.emit(&Event::Clock(doubt));
        }
        Ok(())
    }

    /// The same, and writes out what is waiting: somebody is going to be waited for.
    fn commit_and_flush(&mut self, sink: &mut dyn Sink) -> Result<()> {
        self.commit(sink)?;
        sink.flush()
    }

    /// Whether a write has failed, so that nothing since the last commit is known to be saved.
    pub(crate) fn is_stopped(&self) -> bool {
        self.log.is_stopped()
    }

    /// Whether something that was said is not in the log: a write has failed, or
    /// nothing was taken because the store is damaged.
    pub(crate) fn has_failed(&self) -> bool {
        self.log.is_stopped() || self.log.has_refused()
    }

    /// A configuration has been written; nothing changes if one was read.
    pub(crate) fn note_configuration(&mut self, file: &str) {
        let known = &mut self.settings.places.configuration;
        known.get_or_insert_with(|| file.to_owned());
    }

    /// Forgets the messages that wait for the commit, after it has failed; whether there
    /// were any.
    pub(crate) fn forget_waiting(&mut self) -> bool {
        self.log.forget_waiting()
    }

    /// How many messages wait for the commit.
    pub(crate) fn pending(&self) -> usize {
        self.log.pending()
    }

    /// Whether a message says no more than that a question got no answer.
    fn is_unanswered(&mut self, id: MessageId) -> Result<bool> {
        let mut is_unanswered = false;
        self.log.message(id, &mut |message| {
            is_unanswered = message.is_unanswered();
        })?;
        Ok(is_unanswered)
    }

    /// The message that a person means: `#12` by its id, `3` by its number among what
    /// the last search found. Without a search a number is an id, too.
    pub(crate) fn meant(&self, name: MessageName) -> Result<MessageId> {
        let (MessageName::Number(number), Some(hits)) = (name, self.speakers.hits()) else {
            return Ok(name.id());
        };
        let at = usize::try_from(number.0 - 1).ok();
        let hit = at.and_then(|at| hits.get(at)).copied();
        hit.ok_or(Error::NoSuchHit(number.0))
    }

    /// Whether a person who calls a message that means a hit of their last search.
    pub(crate) fn is_hit(&self, name: MessageName) -> bool {
        matches!(name, MessageName::Number(_)) && self.speakers.hits().is_some()
    }

    /// Shows a message of the current user.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`] if there is none, or it is another user's.
    fn own_message(&mut self, id: MessageId, visit: &mut dyn FnMut(&Message<'_>)) -> Result<()> {
        let (user, mut is_own) = (self.speakers.user(), false);
        self.log.message(id, &mut |message| {
            if message.user == user {
                is_own = true;
                visit(message);
            }
        })?;
        if is_own {
            Ok(())
        } else {
            Err(Error::NoSuchMessage(id))
        }
    }
}
