//! `/start`, and `/rename`.

use std::rc::Rc;

use crate::chat::speakers::CurrentSession;
use crate::chat::{Chat, Persona};
use crate::domain::{Draft, Event, Result, Role, SessionRename, SessionStart, Sink};
use crate::store::NewSession;

/// Starts a session for the current user and makes it theirs: as a persona, if
/// one is named or the user has a default one. `unasked` says that no command
/// asked for it.
///
/// # Errors
/// If there is no such persona, or nothing answers to the name of its model;
/// then nothing is started.
pub(crate) fn start(
    chat: &mut Chat,
    title: Option<&str>,
    persona: Option<&str>,
    unasked: bool,
    sink: &mut dyn Sink,
) -> Result<()> {
    let personas = Rc::clone(&chat.settings.personas);
    let name = match persona {
        Some(name) => Some(name),
        None => personas.default_of(chat.user())?,
    };
    let persona = match name {
        Some(name) => personas.find(name, "/start --as")?,
        None => &Persona::default(),
    };
    if let Some(model) = &persona.model {
        chat.answering.look_up(model)?;
    }
    let left = chat.speakers.session().map(|left| (left.key, left.id));
    // A title that cannot be read is no reason to stay.
    let left_title = left.and_then(|(key, _)| chat.log.title(chat.speakers.user(), key).ok()?);
    let at = chat.settings.now();
    let id = chat.settings.draw_id();
    let session = NewSession {
        user: chat.speakers.user(),
        session: id,
        title,
        model: persona.model.as_deref(),
        persona: name,
        at,
        system: None,
        preview: None,
        origin: None,
    };
    let system = persona.system.as_deref();
    let system = system.map(|system| Draft::new(Role::System, system, at));
    let key = chat.log.start(&session, system.as_ref())?;
    chat.speakers.enter(CurrentSession {
        key,
        id,
        model: persona.model.as_deref().map(Rc::from),
        persona: name.map(Rc::from),
        answered_by: None,
    });
    sink.emit(&Event::Start(SessionStart {
        user: chat.user(),
        session: id,
        title,
        persona: name,
        left: left.map(|(_, id)| id),
        left_title: left_title.as_deref(),
        unasked,
    }));
    Ok(())
}

/// The current session, or a new one if a message starts one.
pub(in crate::chat) fn current_or_started(
    chat: &mut Chat,
    sink: &mut dyn Sink,
) -> Result<CurrentSession> {
    if chat.settings.starts_unasked {
        start_if_none(chat, sink)?;
    }
    chat.speakers.current()
}

/// Starts a session for the current user, unasked, unless they have one.
///
/// # Errors
/// Those of [`start`].
pub(crate) fn start_if_none(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    if chat.speakers.session().is_some() {
        return Ok(());
    }
    start(chat, None, None, true, sink)
}

/// Gives the current session another title.
pub(crate) fn rename(chat: &mut Chat, title: &str, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    let previous = chat.log.title(chat.speakers.user(), session.key)?;
    chat.log.rename(session.key, title)?;
    chat.last_look.forget();
    sink.emit(&Event::Rename(SessionRename {
        user: chat.user(),
        session: session.id,
        title,
        previous: previous.as_deref(),
    }));
    Ok(())
}
