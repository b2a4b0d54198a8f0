//! Who is speaking, and everybody's current session.

use std::collections::HashMap;
use std::rc::Rc;

use crate::domain::{Error, MessageId, Result, SessionId, SessionKey, UserName};
use crate::store::SessionRow;

/// How many sessions that were visited are remembered, at about 200 bytes each.
const VISITED_REMEMBERED: usize = 16 * 1024;

/// A session that is or was a user's current one.
#[derive(Clone)]
pub(super) struct CurrentSession {
    pub(super) key: SessionKey,
    pub(super) id: SessionId,
    /// The model that answers in it, if one was chosen.
    pub(super) model: Option<Rc<str>>,
    /// The persona it was started as, if any.
    pub(super) persona: Option<Rc<str>>,
    /// The model of the last reply in it when it was found.
    pub(super) answered_by: Option<Rc<str>>,
}

impl From<&SessionRow> for CurrentSession {
    fn from(found: &SessionRow) -> Self {
        Self {
            key: found.key,
            id: found.session,
            model: found.model.as_deref().map(Rc::from),
            persona: found.persona.as_deref().map(Rc::from),
            answered_by: found.answered_by.clone(),
        }
    }
}

/// A user is in another session for one line.
#[must_use = "the user has to leave it"]
pub(super) struct Visit {
    user: UserName,
    /// The session that is visited.
    key: SessionKey,
    /// The one that waits meanwhile.
    own: Option<CurrentSession>,
}

/// The users of one process.
///
/// Every user has at most one current session, which waits for them while
/// others speak. It is remembered for as long as the process lives; what was
/// said is in the store.
pub(super) struct Speakers {
    user: UserName,
    session: Option<CurrentSession>,
    /// A session is visited.
    is_visiting: bool,
    /// The current sessions of the users who are not speaking.
    waiting: HashMap<UserName, CurrentSession>,
    /// For each user and persona the session that the user was in last as it.
    as_persona: HashMap<(UserName, Rc<str>), CurrentSession>,
    /// Sessions that were named by their ids, and whose each is, so that the
    /// store need not be asked again.
    visited: HashMap<SessionId, (UserName, CurrentSession)>,
    /// The session that somebody had to leave last, and who that was.
    departed: Option<(UserName, CurrentSession)>,
    /// The sessions that were listed last, and to whom.
    listed: Option<(UserName, Vec<SessionKey>)>,
    /// The messages that were found last, and by whom.
    hits: Option<(UserName, Vec<MessageId>)>,
}

impl Speakers {
    /// Nobody has a session yet, and `user` speaks first.
    pub(super) fn new(user: UserName) -> Self {
        Self {
            user,
            session: None,
            is_visiting: false,
            waiting: HashMap::new(),
            as_persona: HashMap::new(),
            visited: HashMap::new(),
            departed: None,
            listed: None,
            hits: None,
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
            let as_whom = (self.user.clone(), Rc::clone(persona));
            let known = self.as_persona.get(&as_whom);
            // A visit to another session is not where the user was last.
            if !self.is_visiting || known.is_some_and(|known| known.key == session.key) {
                self.as_persona.insert(as_whom, session.clone());
            }
        }
        if let Some((_, visited)) = self.visited.get_mut(&session.id) {
            visited.clone_from(&session);
        }
        self.session = Some(session);
    }

    /// Whoever is in this session of the current user's has none any more.
    pub(super) fn depart(&mut self, key: SessionKey) {
        if let Some(left) = self.session.take_if(|session| session.key == key) {
            self.departed = Some((self.user.clone(), left));
        }
        self.as_persona.retain(|_, session| session.key != key);
    }

    /// Puts the current user back into a session that they had to leave, unless they are
    /// in another one by now.
    pub(super) fn come_back(&mut self, key: SessionKey) {
        let is_it =
            |(user, left): &mut (UserName, CurrentSession)| *user == self.user && left.key == key;
        if self.session.is_none()
            && let Some((_, left)) = self.departed.take_if(is_it)
        {
            self.enter(left);
        }
    }

    /// Puts the current user into another session of theirs, to [`leave`](Self::leave) it.
    pub(super) fn visit(&mut self, session: CurrentSession) -> Visit {
        self.is_visiting = true;
        Visit {
            user: self.user.clone(),
            key: session.key,
            own: self.session.replace(session),
        }
    }

    /// Ends a visit: its user speaks again, in the session that waited.
    pub(super) fn leave(&mut self, visit: Visit) {
        self.is_visiting = false;
        self.switch_to(visit.user);
        let is_same = visit.own.as_ref().is_some_and(|own| own.key == visit.key);
        let is_there = (self.session.as_ref()).is_some_and(|here| here.key == visit.key);
        // Their own session was visited, and who answers in it may have changed.
        if !(is_same && is_there) {
            self.session = visit.own;
        }
    }

    /// The session of the current user with this id, if it is known here.
    pub(super) fn visited(&self, id: SessionId) -> Option<CurrentSession> {
        let own = self.session.as_ref().filter(|session| session.id == id);
        let visited = || {
            let (user, session) = self.visited.get(&id)?;
            (*user == self.user).then_some(session)
        };
        own.or_else(visited).cloned()
    }

    /// Remembers a session of the current user that was named by its id.
    pub(super) fn note_visited(&mut self, session: CurrentSession) {
        if self.visited.len() >= VISITED_REMEMBERED {
            self.visited.clear();
        }
        let of_whom = self.user.clone();
        self.visited.insert(session.id, (of_whom, session));
    }

    /// Makes `user` the one who is speaking, in the session they were in.
    pub(super) fn switch_to(&mut self, user: UserName) {
        if user == self.user {
            return;
        }
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

    /// Remembers which messages a search of the current user has found, in order.
    pub(super) fn remember_hits(&mut self, hits: Vec<MessageId>) {
        self.hits = Some((self.user.clone(), hits));
    }

    /// What the last search found, if it was the current user who searched.
    pub(super) fn hits(&self) -> Option<&[MessageId]> {
        let (user, hits) = self.hits.as_ref()?;
        (*user == self.user).then_some(hits)
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
            answered_by: None,
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

    #[test]
    fn after_a_visit_everything_is_as_before() {
        let mut speakers = Speakers::new(user("alice"));
        speakers.enter(session(5, Some("critic")));
        speakers.enter(session(1, None));
        let visit = speakers.visit(session(2, None));
        assert_eq!(key(speakers.session()), Some(2));
        // Whatever a line may do there.
        speakers.enter(session(3, Some("critic")));
        speakers.switch_to(user("bob"));
        speakers.enter(session(4, None));
        speakers.leave(visit);
        assert_eq!(key(speakers.session()), Some(1));
        assert_eq!(key(speakers.session_as("critic")), Some(5));
        assert_eq!(*speakers.user(), user("alice"));
        assert_eq!(key(speakers.session_of(&user("bob"))), Some(4));
    }

    #[test]
    fn who_answers_in_a_visited_session_is_remembered_wherever_it_is() {
        let mut speakers = Speakers::new(user("alice"));
        let model = |name: &str| CurrentSession {
            model: Some(Rc::from(name)),
            ..session(1, None)
        };
        speakers.note_visited(session(1, None));
        speakers.enter(session(1, None));
        let visit = speakers.visit(session(1, None));
        speakers.enter(model("x"));
        speakers.leave(visit);
        assert_eq!(speakers.chosen_model(), Some("x"));
        speakers.enter(session(2, None));
        let visited = speakers.visited(session(1, None).id).unwrap();
        assert_eq!(visited.model.as_deref(), Some("x"));
    }

    #[test]
    fn a_visited_session_is_its_users_alone() {
        let mut speakers = Speakers::new(user("alice"));
        speakers.note_visited(session(1, None));
        assert!(speakers.visited(session(1, None).id).is_some());
        speakers.switch_to(user("bob"));
        assert!(speakers.visited(session(1, None).id).is_none());
    }
}
