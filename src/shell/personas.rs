//! The personas, from the configuration file.

use std::collections::{BTreeMap, HashMap};

use super::config_error::ConfigError;
use super::settings::{KnownUser, NamedPersona};
use crate::chat::{Persona, Personas};
use crate::domain::{UserName, sentence};
use crate::responder::Models;

/// Makes the table of personas.
///
/// # Errors
/// A name that cannot be typed, a model that does not exist, or a user whose
/// persona does not exist.
pub(super) fn personas(
    named: &BTreeMap<String, NamedPersona>,
    users: &BTreeMap<String, KnownUser>,
    models: &Models,
) -> Result<Personas, ConfigError> {
    let mut personas = Personas::default();
    for (name, persona) in named {
        let is_word = |c: char| !c.is_whitespace() && c != ',';
        if name.is_empty() || !name.chars().all(is_word) {
            return Err(wrong(format!(
                "the persona `{name}` of the configuration: a name is one word without a comma"
            )));
        }
        if let Some(model) = &persona.model
            && let Err(error) = models.open(model)
        {
            let why = sentence(&error, error.hint());
            return Err(wrong(format!(
                "the persona `{name}` of the configuration: {why}"
            )));
        }
        let NamedPersona { system, model } = persona.clone();
        personas
            .named
            .insert(name.clone(), Persona { system, model });
    }
    let mut defaults = HashMap::new();
    for (name, known) in users {
        let user = UserName::new(name)
            .map_err(|why| wrong(format!("the user `{name}` of the configuration: {why}")))?;
        let Some(persona) = &known.persona else {
            continue;
        };
        if !personas.named.contains_key(persona) {
            return Err(wrong(format!(
                "the user `{name}` of the configuration: there is no persona `{persona}`"
            )));
        }
        defaults.insert(user, persona.clone());
    }
    personas.defaults = defaults;
    Ok(personas)
}

fn wrong(text: String) -> ConfigError {
    ConfigError::Environment(text)
}
