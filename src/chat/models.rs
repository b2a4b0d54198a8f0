//! Who answers in a session.

use std::rc::Rc;

use super::Chat;
use crate::domain::{CurrentModel, Error, Event, Result, SessionKey, Sink, Trouble};
use crate::responder::{Models, Opened};
use crate::store::Which;

impl Chat {
    /// Makes sure that what answers in the current session is what was chosen
    /// for it, and may be asked.
    pub(super) fn open_model(&mut self) -> Result<()> {
        let name = self.model().to_owned();
        self.permit(&name)?;
        self.look_at_model()
    }

    /// The same for who only wants to know about it.
    pub(super) fn look_at_model(&mut self) -> Result<()> {
        if self.model() == self.opened {
            return Ok(());
        }
        let name = self.model().to_owned();
        self.open(&name)
    }

    /// That a model may be asked because a store says so: any but a program
    /// that this run was not told of.
    pub(super) fn permit(&self, name: &str) -> Result<()> {
        if !Models::is_program(name) || self.programs.contains(name) {
            return Ok(());
        }
        Err(Error::Responder(Trouble {
            what: format!(
                "the session asks for the program `{name}`, which this run was not told of"
            ),
            hint: Some(format!("`/model {name}` lets it answer")),
        }))
    }

    /// The name of what answers in a session of the current user.
    pub(super) fn model_of(&mut self, session: SessionKey) -> Result<String> {
        let found = self.store.find(&self.user, Which::Key(session), 1)?.pop();
        let chosen = found.and_then(|found| found.model);
        Ok(chosen.unwrap_or_else(|| self.default_model.clone()))
    }

    /// Makes the model of that name the one that answers next.
    pub(super) fn open(&mut self, name: &str) -> Result<()> {
        let Opened { responder, system } = self.models.open(name)?;
        (self.responder, self.system, self.opened) = (responder, system, name.to_owned());
        Ok(())
    }

    /// Chooses who answers in the current session, or from now on if there is none.
    pub fn choose_model(&mut self, name: &str, sink: &mut dyn Sink) -> Result<()> {
        // A name that nothing answers to is refused before it is kept.
        self.models.open(name)?;
        self.programs.insert(name.to_owned());
        match &mut self.session {
            Some(current) => {
                self.store.set_model(current.key, name)?;
                current.model = Some(Rc::from(name));
                let current = current.clone();
                self.enter(current);
            }
            None => name.clone_into(&mut self.default_model),
        }
        self.show_model(sink);
        Ok(())
    }

    /// Tells who answers.
    pub fn show_model(&self, sink: &mut dyn Sink) {
        sink.tell(&Event::Model(CurrentModel {
            user: &self.user,
            session: self.session(),
            model: self.model(),
        }));
    }

    /// Every model that is known by name, and what the endpoint offers; with the
    /// error, if the endpoint cannot be asked or the person stops it.
    pub fn models(&mut self, sink: &mut dyn Sink) -> Result<(Vec<String>, Result<()>)> {
        self.store.commit()?;
        sink.drain()?;
        let mut names = self.models.names();
        let offered = self.models.offered(&mut |progress| sink.progress(progress));
        let asked = offered.map(|offered| {
            for name in offered {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        });
        self.offered.clone_from(&names);
        Ok((names, asked))
    }

    /// The names that begin with `prefix`, without asking anybody: those that
    /// are configured, and those that were listed last.
    pub fn models_like(&self, prefix: &str) -> Vec<String> {
        let mut names = self.offered.clone();
        if names.is_empty() {
            names = self.models.names();
        }
        names.retain(|name| name.starts_with(prefix));
        names
    }
}
