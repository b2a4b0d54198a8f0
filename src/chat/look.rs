//! What a person at a prompt is shown of the current session, and told of it,
//! before they are asked for a line.

use super::Chat;
use crate::domain::{Event, SessionKey, Sink};
use crate::store::Which;

/// What was seen of the current session at the last look.
#[derive(Default)]
pub(super) struct LastLook {
    session: Option<SessionKey>,
    title: Option<String>,
}

impl LastLook {
    /// The session has another title now, or may have.
    pub(super) fn forget(&mut self) {
        self.session = None;
    }
}

/// Looks at the current session, and tells what other processes have said in it since
/// the last look. The store is asked if the session is another one, or if somebody
/// else has written. What cannot be read is told where it is needed.
pub(crate) fn look_around(chat: &mut Chat, sink: &mut dyn Sink) {
    let Some(session) = chat.speakers.session().map(|session| session.key) else {
        chat.last_look.forget();
        return;
    };
    let came = chat.log.news_of(session).unwrap_or(0);
    if came > 0 {
        let messages = if came == 1 { "message" } else { "messages" };
        let user = chat.user();
        let news = format!("{came} {messages} came into this session from another window ({user})");
        sink.emit(&Event::Notice(&news));
    }
    if came > 0 || chat.last_look.session != Some(session) {
        let user = chat.speakers.user();
        let found = chat.log.find(user, Which::Key(session), 1);
        let found = found.ok().and_then(|mut found| found.pop());
        chat.last_look = LastLook {
            session: Some(session),
            title: found.and_then(|found| found.title),
        };
    }
}

impl Chat {
    /// The title of the current session, as it was when it was looked at.
    pub(crate) fn title(&self) -> Option<&str> {
        let session = self.speakers.session()?.key;
        let is_known = self.last_look.session == Some(session);
        self.last_look.title.as_deref().filter(|_| is_known)
    }

    /// The persona that the current session was started as, if any.
    pub(crate) fn persona(&self) -> Option<&str> {
        self.speakers.session()?.persona.as_deref()
    }
}
