//! `/personas`: what a session can be started as.

use std::rc::Rc;

use crate::chat::listing::list_or_hint;
use crate::chat::{Chat, empty};
use crate::domain::{Event, PersonaSummary, Result, Sink};

/// Tells every persona there is.
pub(crate) fn list_personas(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let personas = Rc::clone(&chat.settings.personas);
    list_or_hint(chat, None, empty::NO_PERSONAS, sink, &mut |chat, rows| {
        let default = personas.defaults.get(chat.user());
        for (name, persona) in &personas.named {
            rows.emit(&Event::PersonaRow(&PersonaSummary {
                name,
                system: persona.system.as_deref(),
                model: persona.model.as_deref(),
                default: default == Some(name),
                current: chat.persona() == Some(name),
            }));
        }
        Ok(false)
    })
}

/// The names of personas.
pub(crate) fn persona_names(chat: &Chat) -> Vec<String> {
    chat.settings.personas.names()
}
