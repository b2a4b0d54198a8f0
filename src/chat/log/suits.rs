//! Whether a message is one of those that a query asks for, its words aside.

use std::ops::Range;

use crate::chat::{Chat, session};
use crate::domain::{Error, Message, MessageId, Result, Scope, SessionId, Timestamp, UserName};
use crate::query::{Among, Filter, Query};
use crate::store::IndexQuery;

/// What a query asks for, in the values of a message.
pub(super) struct Suits {
    scope: Scope,
    /// Whose messages, unless everybody's.
    owner: Option<UserName>,
    /// The current session, if only that is meant.
    here: Option<SessionId>,
    /// Of the sessions that are named, the beginnings of the ids.
    sessions: Among<String>,
    filter: Filter,
}

impl Suits {
    /// Looks up what the filter names, for a command that has a scope of its own.
    ///
    /// # Errors
    /// If it asks for somebody else within one's own messages, for a session that is
    /// not there, or for the current one if there is none.
    pub(super) fn new(
        chat: &mut Chat,
        command: &str,
        usual: Scope,
        filter: &Filter,
    ) -> Result<Self> {
        let scope = filter.scope.unwrap_or(usual);
        let user = chat.user().clone();
        let is_own = scope != Scope::Global;
        if let Some(other) = filter.user.one_of.iter().find(|named| **named != user)
            && is_own
        {
            return Err(Error::BadArgument {
                command: command.into(),
                why: format!("looks among your own messages, and not among those of `{other}`"),
                hint: "`in:global` looks among everybody's".into(),
            });
        }
        let here = match scope {
            Scope::Session => Some(chat.speakers.current()?.id),
            Scope::User | Scope::Global => None,
        };
        let sessions = Among {
            one_of: beginnings(chat, &filter.session.one_of)?,
            none_of: beginnings(chat, &filter.session.none_of)?,
        };
        Ok(Self {
            scope,
            owner: is_own.then_some(user),
            here,
            sessions,
            filter: filter.clone(),
        })
    }

    pub(super) fn scope(&self) -> Scope {
        self.scope
    }

    /// The text in which a query finds what it looks for, if it is one of these
    /// messages; `marks` are the places.
    pub(super) fn found_in<'a>(
        &self,
        query: &Query,
        message: &Message<'a>,
        marks: &mut Vec<Range<usize>>,
    ) -> Option<&'a str> {
        if self.is_of_session(message.session) {
            self.found_in_context(query, message, marks)
        } else {
            None
        }
    }

    /// The same in the context of a session, which may have messages of those from which it
    /// was forked.
    pub(super) fn found_in_context<'a>(
        &self,
        query: &Query,
        message: &Message<'a>,
        marks: &mut Vec<Range<usize>>,
    ) -> Option<&'a str> {
        let text = if self.filter.in_reasoning {
            message.details.reasoning.unwrap_or_default()
        } else {
            message.content
        };
        (self.has(message) && query.matches(text, marks)).then_some(text)
    }

    /// Whether it is one of them, whichever session it has.
    fn has(&self, message: &Message<'_>) -> bool {
        let Self { filter, .. } = self;
        self.owner
            .as_ref()
            .is_none_or(|owner| owner == message.user)
            && filter.user.suits(|named| named == message.user)
            && filter.role.suits(|named| *named == message.role)
            && filter.status.suits(|named| *named == message.status)
            && filter
                .source
                .suits(|named| Some(named.as_str()) == message.source)
            && filter
                .model
                .suits(|named| Some(named.as_str()) == message.model)
            && filter.after.is_none_or(|after| message.id > after)
            && self.is_timely(message.time())
    }

    /// Whether a session is one of those that are asked for.
    pub(super) fn is_of_session(&self, session: SessionId) -> bool {
        if self.here.is_some_and(|here| here != session) {
            return false;
        }
        if self.sessions.one_of.is_empty() && self.sessions.none_of.is_empty() {
            return true;
        }
        let id = session.to_string();
        self.sessions.suits(|begin| id.starts_with(begin.as_str()))
    }

    fn is_timely(&self, at: Timestamp) -> bool {
        let Filter { since, before, .. } = &self.filter;
        since.is_none_or(|since| at >= since) && before.is_none_or(|before| at < before)
    }

    /// What an index can say of a query.
    pub(super) fn narrowed(&self, query: &Query) -> IndexQuery {
        let filter = &self.filter;
        let mut users = filter.user.clone();
        if let Some(owner) = &self.owner {
            users.one_of = vec![owner.clone()];
        }
        let mut sessions = Among::default();
        if let Some(here) = self.here {
            sessions.one_of.push(here);
        } else {
            // Only a whole id is a tag; a beginning is looked at in the messages.
            let whole = |ids: &[String]| -> Option<Vec<SessionId>> {
                ids.iter().map(|id| SessionId::parse(id)).collect()
            };
            sessions.one_of = whole(&self.sessions.one_of).unwrap_or_default();
            sessions.none_of = whole(&self.sessions.none_of).unwrap_or_default();
        }
        IndexQuery {
            in_reasoning: filter.in_reasoning,
            users,
            sessions,
            roles: filter.role.clone(),
            models: filter.model.clone(),
            statuses: filter.status.clone(),
            sources: filter.source.clone(),
            since: filter.since,
            before: filter.before,
            ..IndexQuery::new(query.narrowing())
        }
    }

    /// The message behind which the first ones are wanted, if not the newest are.
    pub(super) fn after(&self) -> Option<MessageId> {
        self.filter.after
    }
}

/// The ids of sessions, or what they begin with, by what a person calls them. Those
/// of others are known by their ids only.
fn beginnings(chat: &mut Chat, named: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::with_capacity(named.len());
    for name in named {
        found.push(match session::find(chat, name) {
            Ok(session) => session.session.to_string(),
            Err(Error::NoSuchSession(_)) if session::may_begin_id(name) => {
                name.to_ascii_lowercase()
            }
            Err(error) => return Err(error),
        });
    }
    Ok(found)
}
