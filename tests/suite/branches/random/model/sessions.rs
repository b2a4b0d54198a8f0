//! Sessions begun, listed and found again, by the reference model.

use serde_json::{Value, json};

use super::{Model, Session, Told, USERS, end};

impl Model {
    pub(super) fn begin_session(&mut self, session: Session) -> usize {
        let newest = i64::try_from(self.log.len()).expect("an id");
        self.sessions.push(Session {
            begun_after: newest,
            ..session
        });
        let session = self.sessions.len() - 1;
        self.current.insert(self.user, session);
        session
    }

    pub(super) fn start(&mut self, title: Option<&str>) -> Vec<Value> {
        let session = self.begin_session(Session {
            user: self.user,
            title: title.map(str::to_owned),
            ..Session::default()
        });
        vec![json!({
            "event": "start", "user_id": USERS[self.user], "session_id": self.name(session),
            "title": title, "persona": null, "message": "Chat started successfully!",
        })]
    }

    pub(super) fn rename(&mut self, title: &str) -> Told {
        let session = self.mine()?;
        let previous = self.sessions[session].title.replace(title.to_owned());
        Ok(vec![json!({
            "event": "rename", "user_id": USERS[self.user], "session_id": self.name(session),
            "title": title, "previous_title": previous,
        })])
    }

    pub(super) fn choose(&mut self, name: &str) -> Vec<Value> {
        let session = self.current.get(&self.user).copied();
        let previous = match session {
            Some(session) => self.model_of(session),
            None => self.default.clone(),
        };
        match session {
            Some(session) => self.sessions[session].model = Some(name.to_owned()),
            None => name.clone_into(&mut self.default),
        }
        let id = session.map(|session| self.name(session));
        vec![json!({
            "event": "model", "user_id": USERS[self.user], "session_id": id, "model": name,
            "previous": previous,
        })]
    }

    /// When something was last said in a session, else when it began.
    pub(super) fn touched(&self, session: usize) -> &str {
        let last = self.sessions[session].own.last();
        last.map_or(&self.chance.sessions[session].1, |&id| self.time(id))
    }

    fn is_spoken(&self, session: usize) -> bool {
        let session = &self.sessions[session];
        session.words.is_some() || session.place.head.is_some()
    }

    /// The sessions of a user or of all, latest first.
    fn latest(&self, user: Option<usize>, all: bool) -> Vec<usize> {
        let mut found: Vec<usize> = (0..self.sessions.len())
            .filter(|&at| user.is_none_or(|user| self.sessions[at].user == user))
            .filter(|&at| all || self.is_spoken(at))
            .collect();
        let touched = |at: usize| {
            let session = &self.sessions[at];
            session.own.last().copied().unwrap_or(session.begun_after)
        };
        found.sort_by_key(|&at| std::cmp::Reverse((touched(at), at)));
        found
    }

    /// The model of the last reply that was said in a session.
    fn answered_by(&self, session: usize) -> Option<&str> {
        let own = self.sessions[session].own.iter().rev();
        let mut replies = own.map(|&id| self.at(id)).filter(|said| said.role == "ai");
        replies.next().and_then(|reply| reply.model.as_deref())
    }

    pub(super) fn list(&mut self, global: bool, all: bool) -> Vec<Value> {
        let found = self.latest((!global).then_some(self.user), all);
        let mut rows: Vec<Value> = Vec::new();
        for (&at, number) in found.iter().zip(1..) {
            let session = &self.sessions[at];
            let number: Option<usize> = (!global).then_some(number);
            rows.push(json!({
                "event": "session_row", "number": number, "user_id": USERS[session.user],
                "session_id": self.name(at), "title": session.title,
                "words": session.words, "context": self.context_of(at).len(),
                "messages": session.own.len(), "model": self.model_of(at), "persona": null,
                "last_at": self.touched(at), "current": self.mine() == Ok(at),
                "answered_by": self.answered_by(at), "archived": false,
                "from_session_id": session.origin.map(|origin| self.name(origin)),
                "from_title": session.origin.and_then(|origin| self.sessions[origin].title.clone()),
            }));
        }
        rows.push(end(if global { "global" } else { "user" }, found.len()));
        if !global {
            self.listed = Some((self.user, found));
        }
        rows
    }

    pub(super) fn resume(&mut self, which: &str) -> Told {
        let session = self.find(which)?;
        self.current.insert(self.user, session);
        let context = self.context_of(session);
        let mut told = vec![json!({
            "event": "resume", "user_id": USERS[self.user], "session_id": self.name(session),
            "title": self.sessions[session].title, "count": self.sessions[session].own.len(),
            "context": context.len(), "last_at": self.touched(session),
        })];
        if context.is_empty() {
            let can_undo = !self.sessions[session].place.cleared.is_empty();
            self.notices += usize::from(can_undo);
        }
        // The last two turns, and of long ones six messages.
        let mut at = context.len();
        while at > 0 && context.len() - at < 6 && self.turns(&context[at..]) < 2 {
            at -= 1;
        }
        told.extend(self.rows("message", &context[at..], "session"));
        Ok(told)
    }

    fn find(&self, which: &str) -> Result<usize, &'static str> {
        let own = self.latest(Some(self.user), true);
        if which == "latest" {
            let spoken = own.iter().find(|&&at| self.is_spoken(at));
            let found = spoken.or(own.first());
            return found.copied().ok_or("session_not_found");
        }
        let called = |at: usize| {
            let session = &self.sessions[at];
            session
                .title
                .as_deref()
                .or(session.words.as_deref())
                .unwrap_or_default()
        };
        // A name that was cut where it was shown ends with an ellipsis; else it is the whole.
        let mut found: Vec<usize> = match which.strip_suffix('…') {
            Some(name) => {
                let beginning = own.iter().filter(|&&at| called(at).starts_with(name));
                beginning.copied().collect()
            }
            None => {
                let exact = own.iter().filter(|&&at| called(at) == which);
                exact.copied().collect()
            }
        };
        if which.len() >= 4
            && which
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
        {
            let prefix = which.to_ascii_lowercase();
            found.extend(own.iter().filter(|&&at| self.name(at).starts_with(&prefix)));
        }
        if let Ok(number @ 1..) = which.parse::<usize>() {
            let listed = match &self.listed {
                Some((user, listed)) if *user == self.user => listed.clone(),
                _ => self.latest(Some(self.user), false),
            };
            found.extend(listed.get(number - 1));
        }
        found.sort_unstable();
        found.dedup();
        match found[..] {
            [] => Err("session_not_found"),
            [one] => Ok(one),
            _ => Err("session_ambiguous"),
        }
    }
}
