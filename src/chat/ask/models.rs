//! `/model` and `/models`: what answers.

use std::rc::Rc;

use crate::chat::Chat;
use crate::chat::listing::list;
use crate::domain::{Awaited, CurrentModel, Event, Result, Sink};

/// Chooses the model that answers in the current session, or from now on if
/// there is none.
///
/// # Errors
/// If nothing answers to that name; then nothing is changed.
pub(crate) fn choose_model(chat: &mut Chat, name: &str, sink: &mut dyn Sink) -> Result<()> {
    chat.answering.look_up(name)?;
    let previous = chat.model().to_owned();
    chat.answering.allow(name);
    match chat.speakers.session().cloned() {
        Some(mut session) => {
            chat.log.set_model(session.key, name)?;
            session.model = Some(Rc::from(name));
            chat.speakers.enter(session);
        }
        None => chat.answering.set_default(name),
    }
    tell_model(chat, Some(&previous), sink);
    Ok(())
}

/// Tells what answers.
pub(crate) fn show_model(chat: &Chat, sink: &mut dyn Sink) {
    tell_model(chat, None, sink);
}

fn tell_model(chat: &Chat, previous: Option<&str>, sink: &mut dyn Sink) {
    sink.emit(&Event::Model(CurrentModel {
        user: chat.user(),
        session: chat.session(),
        model: chat.model(),
        previous,
    }));
}

/// Tells every model that is known by name, what the endpoint offers, and the one
/// that answers if it is none of these.
///
/// # Errors
/// If the endpoint cannot be asked or the person stops it, after the list of
/// the models that are known without it.
pub(crate) fn list_models(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    chat.commit_and_flush(sink)?;
    sink.emit(&Event::Awaited(&[Awaited::new("the endpoint")]));
    let (names, asked) = chat.answering.list(&mut |progress| sink.progress(progress));
    sink.emit(&Event::Awaited(&[]));
    list(chat, None, sink, &mut |chat, rows| {
        // A program, for one, is in no list.
        let current = chat.model().to_owned();
        let is_listed = names.contains(&current);
        let unlisted = Some(&current).filter(|_| !is_listed);
        for name in names.iter().chain(unlisted) {
            rows.emit(&Event::ModelRow {
                model: name,
                current: *name == current,
            });
        }
        Ok(false)
    })?;
    asked
}

/// The names of models, without asking the endpoint.
pub(crate) fn model_names(chat: &Chat) -> Vec<String> {
    chat.answering.names()
}
