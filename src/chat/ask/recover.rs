//! Replies that another process did not live to finish.

use crate::chat::Chat;
use crate::domain::{Draft, Event, Result, Role, Sink, Status};

/// Puts into the log what had come of replies to the current user when the
/// processes that were receiving them ended.
pub fn recover(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    for partial in chat.store.partials(chat.speakers.user())? {
        let draft = Draft {
            model: Some(&partial.model),
            status: Status::Interrupted,
            ..Draft::new(Role::Ai, &partial.content, chat.settings.now())
        };
        chat.store.append(partial.key, &draft)?;
        let short = partial.session.short();
        let notice = format!("a reply in session {short} was cut off; what had come of it is kept");
        sink.tell(&Event::Notice(&notice));
    }
    Ok(())
}
