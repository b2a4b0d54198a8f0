//! Who is speaking, and everybody's current session.

use std::collections::HashMap;
use std::rc::Rc;

use crate::domain::{Error, Result, SessionId, SessionKey, UserName};

/// A session that is or was a user's current one.
#[derive(Clone)]
pub(super) struct CurrentSession {
    pub(super) key: SessionKey,
    pub(super) id: SessionId,
    /// The model that answers in it, if one was chosen.
    pub(super) model: Option<Rc<str>>,
    /// The persona it was started as, if any.
    pub(super) persona: Option<Rc<str>>,
}

/// The users of one process.
///
/// Every user has at most one current session, which waits for them while
/// others speak. It is remembered for as long as the process lives; what was
/// said is in the store.
pub(super) struct Speakers {
    user: UserName,
    session: Option<CurrentSession>,
    /// The current sessions of the users who are not speaking.
    waiting: HashMap<UserName, CurrentSession>,
    /// For each user and persona the session that the user was in last as it.
    as_persona: HashMap<(UserName, Rc<str>), CurrentSession>,
    /// The sessions that were listed last, and to whom.
    listed: Option<(UserName, Vec<SessionKey>)>,
}

impl Speakers {
    /// Nobody has a session yet, and `user` speaks first.
    pub(super) fn new(user: UserName) -> Self {
        Self {
            user,
            session: None,
            waiting: HashMap::new(),
            as_persona: HashMap::new(),
            listed: None,
        }
    }

    /// Who is speaking.
    pub(super) fn user(&self) -> &UserName {
        &self.user
    }

    /// The current session of who is speaking.
    pub(super) fn session(&self) -> Option<&CurrentSession> {
        self.session.as_ref()
    }

    /// The same.
    ///
    /// # Errors
    /// [`Error::SessionNotFound`] if there is none.
    pub(super) fn current(&self) -> Result<CurrentSession> {
        self.session.clone().ok_or(Error::SessionNotFound)
    }

    /// The model that was chosen for the current session.
    pub(super) fn chosen_model(&self) -> Option<&str> {
        self.session()?.model.as_deref()
    }

    /// Makes a session the current one of who is speaking.
    pub(super) fn enter(&mut self, session: CurrentSession) {
        if let Some(persona) = &session.persona {
            let key = (self.user.clone(), Rc::clone(persona));
            self.as_persona.insert(key, session.clone());
        }
        self.session = Some(session);
    }

    /// Makes `user` the one who is speaking, in the session they were in.
    pub(super) fn switch_to(&mut self, user: UserName) {
        let session = self.waiting.remove(&user);
        let former = std::mem::replace(&mut self.user, user);
        if let Some(left) = std::mem::replace(&mut self.session, session) {
            self.waiting.insert(former, left);
        }
    }

    /// Every user who has a current session, in order of name.
    pub(super) fn present(&self) -> Vec<UserName> {
        let own = self.session.as_ref().map(|_| &self.user);
        let mut users: Vec<UserName> = self.waiting.keys().chain(own).cloned().collect();
        users.sort();
        users
    }

    /// The current session of a user, who need not be speaking.
    pub(super) fn session_of(&self, user: &UserName) -> Option<&CurrentSession> {
        if *user == self.user {
            self.session.as_ref()
        } else {
            self.waiting.get(user)
        }
    }

    /// The session that the current user was in last as a persona.
    pub(super) fn session_as(&self, persona: &str) -> Option<&CurrentSession> {
        self.as_persona.get(&(self.user.clone(), Rc::from(persona)))
    }

    /// Remembers which sessions the current user has been shown, in order.
    pub(super) fn remember_listed(&mut self, sessions: Vec<SessionKey>) {
        self.listed = Some((self.user.clone(), sessions));
    }

    /// The sessions that the last list showed, if the current user saw it.
    pub(super) fn listed(&self) -> Option<&[SessionKey]> {
        let (user, sessions) = self.listed.as_ref()?;
        (*user == self.user).then_some(sessions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserName {
        UserName::new(name).unwrap()
    }

    fn session(key: i64, persona: Option<&str>) -> CurrentSession {
        let id = format!("5b0c1f7e-0f3a-4c1d-9b7e-00000000000{key}");
        CurrentSession {
            key: SessionKey(key),
            id: SessionId::parse(&id).unwrap(),
            model: None,
            persona: persona.map(Rc::from),
        }
    }

    fn key(session: Option<&CurrentSession>) -> Option<i64> {
        session.map(|session| session.key.0)
    }

    #[test]
    fn a_session_waits_for_its_user() {
        let mut speakers = Speakers::new(user("alice"));
        assert!(speakers.current().is_err() && speakers.present().is_empty());
        speakers.enter(session(1, None));
        speakers.switch_to(user("bob"));
        assert_eq!(key(speakers.session()), None);
        assert_eq!(speakers.present(), [user("alice")]);
        speakers.enter(session(2, None));
        assert_eq!(key(speakers.session_of(&user("alice"))), Some(1));
        speakers.switch_to(user("alice"));
        assert_eq!(key(speakers.session()), Some(1));
        assert_eq!(key(speakers.session_of(&user("bob"))), Some(2));
        assert_eq!(speakers.present(), [user("alice"), user("bob")]);
    }

    #[test]
    fn a_persona_is_met_in_the_users_last_session_as_it() {
        let mut speakers = Speakers::new(user("alice"));
        for (number, persona) in [(1, "critic"), (2, "poet"), (3, "critic")] {
            speakers.enter(session(number, Some(persona)));
        }
        speakers.enter(session(4, None));
        assert_eq!(key(speakers.session_as("critic")), Some(3));
        assert_eq!(key(speakers.session_as("poet")), Some(2));
        speakers.switch_to(user("bob"));
        assert_eq!(key(speakers.session_as("poet")), None);
    }

    #[test]
    fn the_numbers_of_a_list_are_for_who_saw_it() {
        let mut speakers = Speakers::new(user("alice"));
        speakers.remember_listed(vec![SessionKey(7)]);
        assert_eq!(speakers.listed(), Some(&[SessionKey(7)][..]));
        speakers.switch_to(user("bob"));
        assert_eq!(speakers.listed(), None);
    }
}
