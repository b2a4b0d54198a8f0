//! The personas, from the configuration file.

use super::settings::{FileError, KnownUser, NamedPersona, Settings};
use crate::chat::{Persona, Personas};
use crate::domain::{UserName, sentence};
use crate::responder::Models;

/// Makes the table of personas. What is wrong with one is told where it is used,
/// and in a warning now.
pub(super) fn personas(
    settings: &Settings,
    models: &Models,
    warnings: &mut Vec<String>,
) -> Personas {
    let mut personas = Personas::default();
    for (name, entry) in &settings.personas.0 {
        match check(name, entry, settings, models) {
            Ok(persona) => {
                personas.named.insert(name.clone(), persona);
            }
            Err(file_error) => {
                warnings.push(format!("the persona `{name}` cannot be used: {file_error}"));
                personas.broken.insert(name.clone(), reason(&file_error));
            }
        }
    }
    for (name, entry) in &settings.users.0 {
        let user = match UserName::new(name) {
            Ok(user) => user,
            Err(why) => {
                let file_error = settings.places.wrong(&["users", name], &why.to_string());
                warnings.push(file_error.to_string());
                continue;
            }
        };
        match default_of(name, entry, settings) {
            Ok(None) => {}
            Ok(Some(persona)) => {
                personas.defaults.insert(user, persona);
            }
            Err(file_error) => {
                warnings.push(format!(
                    "the user `{name}` cannot start a session: {file_error}"
                ));
                personas.broken_defaults.insert(user, reason(&file_error));
            }
        }
    }
    personas
}

/// A persona that can be used.
fn check(
    name: &str,
    entry: &Result<NamedPersona, FileError>,
    settings: &Settings,
    models: &Models,
) -> Result<Persona, FileError> {
    let NamedPersona { system, model } = entry.clone()?;
    let is_word = |c: char| !c.is_whitespace() && c != ',';
    if name.is_empty() || !name.chars().all(is_word) {
        let why = "a name is one word without a comma";
        return Err(settings.places.wrong(&["personas", name], why));
    }
    if let Some(model) = &model
        && let Err(error) = models.open(model)
    {
        let why = if models.is_broken(model) {
            // Why has been told.
            format!("its model `{model}` cannot")
        } else {
            sentence(&error, error.hint())
        };
        return Err(settings.places.wrong(&["personas", name, "model"], &why));
    }
    Ok(Persona { system, model })
}

/// The persona that a user's sessions are started as.
fn default_of(
    name: &str,
    entry: &Result<KnownUser, FileError>,
    settings: &Settings,
) -> Result<Option<String>, FileError> {
    let persona = entry.clone()?.persona;
    match &persona {
        Some(wanted) if !settings.personas.0.contains_key(wanted) => {
            let why = format!("there is no persona `{wanted}`");
            Err(settings.places.wrong(&["users", name, "persona"], &why))
        }
        _ => Ok(persona),
    }
}

/// What is wrong, as the one who is kept from something is told.
fn reason(file_error: &FileError) -> String {
    sentence(file_error.what(), file_error.hint())
}
