//! One text to several at once: an ordinary turn in a session of each.

use std::collections::HashSet;
use std::rc::Rc;

use super::chorus::Asked;
use super::view::{Frame, View};
use super::{Chat, Current};
use crate::domain::{Draft, Error, Result, Role, Sink, UserName};
use crate::responder::{Opened, Window};

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// These users.
    Users(Vec<UserName>),
    /// The current user's sessions as these personas.
    Personas(Vec<String>),
    /// Every user who has a current session.
    Everybody,
}

impl Chat {
    /// Every user who has a current session, in order of name.
    pub fn present(&self) -> Vec<UserName> {
        let own = self.session.as_ref().map(|_| &self.user);
        let mut users: Vec<UserName> = self.waiting.keys().chain(own).cloned().collect();
        users.sort();
        users
    }

    /// Says one text in a session of each of the audience and tells the replies,
    /// each whole, in the order in which they end.
    ///
    /// # Errors
    /// If one of them has no session, before anything is said to anybody. If
    /// one or more fail to answer, the others do; the last failure is the
    /// error, the earlier ones are told.
    pub fn each(&mut self, audience: Audience, content: &str, sink: &mut dyn Sink) -> Result<()> {
        let mut asked = Vec::new();
        let mut responders = Vec::new();
        for (user, current) in self.assembled(audience, sink)? {
            let name = current.model.as_deref().unwrap_or(&self.default_model);
            let opened = self.permit(name).and_then(|()| Ok(self.models.open(name)?));
            let Opened { responder, system } = opened.map_err(|error| {
                Error::Asked(label(&user, current.persona.as_deref()), Box::new(error))
            })?;
            asked.push((user, current, system, responder.model().to_owned()));
            responders.push(responder);
        }
        let now = (self.sources.clock)();
        let mut receipts = Vec::new();
        for (_, current, ..) in &asked {
            let draft = Draft::new(Role::User, content, now);
            receipts.push(self.store.append(current.key, &draft)?);
        }
        self.store.commit()?;
        sink.drain()?;
        let mut heard = Vec::new();
        let seen = asked.into_iter().zip(receipts).zip(&responders);
        for (((user, current, configured, model), receipt), responder) in seen {
            let view = match responder.window() {
                Window::Message => View::nothing(),
                Window::Tokens(window) => self.view(Frame {
                    user: &user,
                    last: receipt.parent,
                    system: receipt.system,
                    configured: configured.as_deref(),
                    message: Some(content),
                    window,
                    oldest: None,
                })?,
            };
            self.tell_left_out(&current, &view, sink);
            heard.push(Asked {
                user,
                current,
                question: receipt.id,
                since: now,
                view,
                reply: String::new(),
                kept: (now, 0),
                model,
                retry: None,
                is_done: false,
            });
        }
        self.ask_all(heard, responders, content, sink)
    }

    /// The users of an audience and the sessions in which they are asked.
    fn assembled(
        &mut self,
        audience: Audience,
        sink: &mut dyn Sink,
    ) -> Result<Vec<(UserName, Current)>> {
        let mut assembled = Vec::new();
        match audience {
            Audience::Personas(names) => {
                for name in names {
                    self.persona(&name, "/each --personas")?;
                    let key = (self.user.clone(), Rc::from(name.as_str()));
                    if !self.as_persona.contains_key(&key) && self.starts_unasked {
                        let own = self.session.clone();
                        self.start(None, Some(&name), true, sink)?;
                        self.session = own.or(self.session.take());
                    }
                    let current = self.as_persona.get(&key).cloned();
                    let current = current.ok_or_else(|| absent(&self.user, Some(&name)))?;
                    assembled.push((self.user.clone(), current));
                }
            }
            Audience::Users(users) => {
                for user in users {
                    assembled.push((user.clone(), self.current_of(&user)?));
                }
            }
            Audience::Everybody => {
                for user in self.present() {
                    assembled.push((user.clone(), self.current_of(&user)?));
                }
            }
        }
        let mut seen = HashSet::new();
        assembled.retain(|(_, current)| seen.insert(current.key));
        if assembled.is_empty() {
            return Err(Error::SessionNotFound);
        }
        Ok(assembled)
    }

    /// The current session of a user, who need not be speaking.
    fn current_of(&self, user: &UserName) -> Result<Current> {
        let current = if *user == self.user {
            self.session.as_ref()
        } else {
            self.waiting.get(user)
        };
        let current = current.cloned();
        current.ok_or_else(|| absent(user, None))
    }
}

/// What one of the audience is called, where something is wrong with them.
pub(super) fn label(user: &UserName, persona: Option<&str>) -> String {
    persona.map_or_else(
        || user.to_string(),
        |persona| format!("{user} as {persona}"),
    )
}

/// That one of the audience has no session.
fn absent(user: &UserName, persona: Option<&str>) -> Error {
    let lines = match persona {
        Some(persona) => format!("`/start --as {persona}` begins one"),
        None => format!("`/user {user}`, then `/start` or `/resume`"),
    };
    Error::Absent(label(user, persona), lines)
}
