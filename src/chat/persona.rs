//! Personas: who a model is asked to be.

use std::collections::{BTreeMap, HashMap};

use super::Chat;
use crate::domain::{
    Draft, Error, Event, PersonaSummary, Result, Role, Sink, SystemPrompt, UserName,
};

/// A system prompt and a model with a name of their own.
#[derive(Clone, Debug, Default)]
pub struct Persona {
    /// What the model is told before the conversation.
    pub system: Option<String>,
    /// Who answers.
    pub model: Option<String>,
}

/// Every persona that is configured, and who begins as which.
#[derive(Debug, Default)]
pub struct Personas {
    /// By the names that `/start --as` takes.
    pub named: BTreeMap<String, Persona>,
    /// The persona that a user's sessions are started as if nothing is said.
    pub defaults: HashMap<UserName, String>,
}

impl Chat {
    /// The persona of that name, which a command was given.
    pub(super) fn persona(&self, name: &str, command: &str) -> Result<Persona> {
        self.personas.named.get(name).cloned().ok_or_else(|| {
            let names: Vec<&str> = self.personas.named.keys().map(String::as_str).collect();
            Error::BadArgument {
                command: command.into(),
                why: format!("does not know the persona `{name}`"),
                hint: if names.is_empty() {
                    "`[personas.NAME]` in config.toml describes one".into()
                } else {
                    format!("one of {}", names.join(", "))
                },
            }
        })
    }

    /// Tells every persona there is.
    pub fn list_personas(&self, sink: &mut dyn Sink) {
        let default = self.personas.defaults.get(&self.user);
        for (name, persona) in &self.personas.named {
            sink.tell(&Event::PersonaRow(&PersonaSummary {
                name,
                system: persona.system.as_deref(),
                model: persona.model.as_deref(),
                default: default == Some(name),
            }));
        }
        let count = self.personas.named.len() as u64;
        sink.tell(&Event::End { scope: None, count });
    }

    /// The names of personas that begin with `prefix`.
    pub fn personas_like(&self, prefix: &str) -> Vec<String> {
        let names = self.personas.named.keys();
        names
            .filter(|name| name.starts_with(prefix))
            .cloned()
            .collect()
    }

    /// Tells what the current session's model is told before the conversation.
    pub fn show_system(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        self.look_at_model()?;
        self.store.commit()?;
        let id = self.store.peek(current.key)?.system;
        let mut content = self.system.clone();
        if let Some(id) = id {
            self.own_message(id, &mut |message| {
                content = Some(message.content.to_owned());
            })?;
        }
        sink.tell(&Event::System(SystemPrompt {
            user: &self.user,
            session: current.id,
            id,
            content: content.as_deref(),
            changed: false,
        }));
        Ok(())
    }

    /// Gives the current session a system prompt, which goes into the log; or
    /// takes it away.
    pub fn set_system(&mut self, content: Option<&str>, sink: &mut dyn Sink) -> Result<()> {
        let current = self.current_or_started(sink)?;
        let at = (self.sources.clock)();
        let draft = content.map(|content| Draft::new(Role::System, content, at));
        self.store.set_system(current.key, draft.as_ref())?;
        let id = self.store.pointer(current.key)?.system;
        sink.tell(&Event::System(SystemPrompt {
            user: &self.user,
            session: current.id,
            id,
            content,
            changed: true,
        }));
        Ok(())
    }
}
