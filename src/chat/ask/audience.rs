//! Who is asked: a user in one of their sessions.

use std::collections::HashSet;

use crate::chat::Chat;
use crate::chat::session;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Error, Result, Sink, UserName};

/// Who is asked by `/each`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// These users.
    Users(Vec<UserName>),
    /// The current user's sessions as these personas.
    Personas(Vec<String>),
    /// Every user who has a current session.
    Everybody,
}

/// A user and the session in which they are asked.
pub(super) struct Addressee {
    pub(super) user: UserName,
    pub(super) session: CurrentSession,
}

impl Addressee {
    /// How notices and errors name it.
    pub(super) fn name(&self) -> String {
        name(&self.user, self.session.persona.as_deref())
    }
}

impl Audience {
    /// Finds the sessions in which an audience is asked; each is asked once.
    ///
    /// # Errors
    /// [`Error::Absent`] if one of them has no session.
    pub(super) fn addressees(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Vec<Addressee>> {
        let addressees: Result<Vec<Addressee>> = match self {
            Self::Personas(names) => names
                .iter()
                .map(|name| as_persona(chat, name, sink))
                .collect(),
            Self::Users(users) => users.into_iter().map(|user| present(chat, user)).collect(),
            Self::Everybody => {
                let users = chat.present().into_iter();
                users.map(|user| present(chat, user)).collect()
            }
        };
        let (mut addressees, mut seen) = (addressees?, HashSet::new());
        addressees.retain(|addressee| seen.insert(addressee.session.key));
        if addressees.is_empty() {
            return Err(Error::SessionNotFound);
        }
        Ok(addressees)
    }
}

/// A user in their current session.
fn present(chat: &Chat, user: UserName) -> Result<Addressee> {
    match chat.speakers.session_of(&user).cloned() {
        Some(session) => Ok(Addressee { user, session }),
        None => Err(absent(&user, None)),
    }
}

/// The current user in their last session as a persona, which is started if
/// sessions are started unasked.
fn as_persona(chat: &mut Chat, name: &str, sink: &mut dyn Sink) -> Result<Addressee> {
    chat.settings.personas.find(name, "/each --personas")?;
    if chat.speakers.session_as(name).is_none() && chat.settings.starts_unasked {
        let own = chat.speakers.session().cloned();
        session::start(chat, None, Some(name), true, sink)?;
        // The session that the user was in stays the current one.
        if let Some(own) = own {
            chat.speakers.enter(own);
        }
    }
    let user = chat.user().clone();
    match chat.speakers.session_as(name).cloned() {
        Some(session) => Ok(Addressee { user, session }),
        None => Err(absent(&user, Some(name))),
    }
}

fn name(user: &UserName, persona: Option<&str>) -> String {
    match persona {
        Some(persona) => format!("{user} as {persona}"),
        None => user.to_string(),
    }
}

/// The error for a user who has no session to be asked in.
fn absent(user: &UserName, persona: Option<&str>) -> Error {
    let how = match persona {
        Some(persona) => format!("`/start --as {persona}` begins one"),
        None => format!("`/user {user}`, then `/start` or `/resume`"),
    };
    Error::Absent(name(user, persona), how)
}
