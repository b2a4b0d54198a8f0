//! `/info`: with what a person works.

use super::Chat;
use super::windows::known_window;
use crate::domain::{Event, Info, Result, Sink};
use crate::store::Which;

/// Tells which store and configuration this process uses, and who answers whom. A
/// model that cannot be asked has no endpoint and no window; asking it says why.
pub(crate) fn tell_info(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    chat.commit(sink)?;
    let session = chat.speakers.session().cloned();
    let found = match &session {
        Some(session) => {
            let which = Which::Key(session.key);
            chat.log.find(chat.speakers.user(), which, 1)?.pop()
        }
        None => None,
    };
    let window = known_window(chat)?;
    let endpoint = window.and_then(|_| chat.answering.open.responder.endpoint());
    let facts = chat.log.facts();
    // In a small window it is as long as a listing.
    sink.begin_listing()?;
    sink.emit(&Event::Info(&Info {
        version: env!("CARGO_PKG_VERSION"),
        store: &chat.settings.places.store,
        engine: &facts.engine,
        schema: facts.schema,
        configuration: chat.settings.places.configuration.as_deref(),
        user: chat.user(),
        session: chat.session(),
        title: found.as_ref().and_then(|found| found.title.as_deref()),
        persona: chat.persona(),
        model: chat.model(),
        endpoint: endpoint.as_deref(),
        window,
    }));
    sink.end_listing()
}
