//! `/system`: the system prompt of a session.

use super::start::current_or_started;
use crate::chat::Chat;
use crate::domain::{Draft, Event, Result, Role, Sink, SystemPrompt};

/// Tells the system prompt of the current session.
pub(crate) fn show_system(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    chat.answering.open_to_show(session.model.as_deref())?;
    let id = chat.log.end(session.key)?.system;
    let mut content = chat.answering.open.system.clone();
    if let Some(id) = id {
        chat.own_message(id, &mut |message| {
            content = Some(message.content.to_owned());
        })?;
    }
    sink.emit(&Event::System(SystemPrompt {
        user: chat.user(),
        session: session.id,
        id,
        content: content.as_deref(),
        changed: false,
        previous: None,
    }));
    Ok(())
}

/// Gives the current session a system prompt, which goes into the log; or
/// takes it away.
pub(crate) fn set_system(
    chat: &mut Chat,
    content: Option<&str>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let session = current_or_started(chat, sink)?;
    let mut previous = None;
    if let Some(id) = chat.log.end(session.key)?.system {
        // One that cannot be read can still be replaced.
        let _ = chat.own_message(id, &mut |message| {
            previous = Some(message.content.to_owned());
        });
    }
    let at = chat.settings.now();
    let draft = content.map(|content| Draft::new(Role::System, content, at));
    let id = chat.log.set_system(session.key, draft.as_ref())?;
    sink.emit(&Event::System(SystemPrompt {
        user: chat.user(),
        session: session.id,
        id,
        content,
        changed: true,
        previous: previous.as_deref(),
    }));
    Ok(())
}
