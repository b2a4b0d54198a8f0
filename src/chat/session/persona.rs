//! `/personas`: what a session can be started as.

use crate::chat::Chat;
use crate::domain::{Event, PersonaSummary, Sink};

/// Tells every persona there is.
pub fn list_personas(chat: &Chat, sink: &mut dyn Sink) {
    let personas = &chat.settings.personas;
    let default = personas.defaults.get(chat.user());
    for (name, persona) in &personas.named {
        sink.tell(&Event::PersonaRow(&PersonaSummary {
            name,
            system: persona.system.as_deref(),
            model: persona.model.as_deref(),
            default: default == Some(name),
        }));
    }
    let count = personas.named.len() as u64;
    sink.tell(&Event::End { scope: None, count });
}

/// The names of personas that begin with `prefix`.
pub fn matching_personas(chat: &Chat, prefix: &str) -> Vec<String> {
    chat.settings.personas.matching(prefix)
}
