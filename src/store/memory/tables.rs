//! The rows themselves, and what takes a group back.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::super::backend::Newest;
use super::super::record::Import;
use super::super::rows::{
    End, LearnedWindow, MessageRow, MoveRow, NewSession, Origin, SessionRow, Sighting,
};
use super::super::rules;
use super::stored_message::StoredMessage;
use crate::domain::{
    MessageId, MoveId, OwnedSent, SessionId, SessionKey, SourceKey, Timestamp, UserName,
    former_number, is_of_program,
};

/// Every row there is.
#[derive(Default)]
pub(super) struct Tables {
    /// The users, each with the sessions that are theirs.
    pub users: BTreeMap<UserName, Vec<SessionKey>>,
    /// In the order of their keys, which begin with 1 and have no gaps.
    sessions: Vec<Session>,
    /// In the order of their ids.
    pub messages: Vec<StoredMessage>,
    /// What has ever answered.
    models: Vec<Rc<str>>,
    /// In the order of their ids, each with the session that it moved.
    pub moves: Vec<(SessionKey, MoveRow)>,
    /// Replies that are still coming.
    pub partials: Partials,
    /// How much endpoints take, by endpoint and model. A group that is
    /// taken back leaves them: nothing depends on it.
    pub windows: BTreeMap<(String, String), LearnedWindow>,
    /// The messages that came from other programs. Of a group that is taken back
    /// nothing is found: its ids are not given again.
    pub origins: HashMap<SourceKey, MessageId>,
    /// The same the other way round.
    pub keys: HashMap<MessageId, Vec<SourceKey>>,
    /// From where sessions came that did.
    pub imports: HashMap<SessionKey, Import>,
    /// How often something was committed.
    pub commits: u64,
    next_id: i64,
    undo: GroupUndo,
}

/// What has come of replies, by session and writer.
pub(super) type Partials = BTreeMap<(SessionKey, String), StoredPartial>;

/// What has come of a reply.
#[derive(Clone)]
pub(super) struct StoredPartial {
    pub content: String,
    pub reasoning: Option<String>,
    /// What is answering.
    pub model: String,
    pub oldest: Option<MessageId>,
    pub sent: Option<OwnedSent>,
    pub behind: Option<MessageId>,
    pub beat: i64,
    pub seen: Option<Sighting>,
    pub taken: Option<MessageId>,
}

/// What the rows were before the open group.
#[derive(Default)]
struct GroupUndo {
    sessions: usize,
    messages: usize,
    moves: usize,
    changed: HashMap<SessionKey, Session>,
    imports: HashMap<SessionKey, Option<Import>>,
    partials: Partials,
}

/// A session.
#[derive(Clone)]
pub(super) struct Session {
    pub id: SessionId,
    pub user: UserName,
    pub title: Option<String>,
    pub preview: Option<String>,
    pub model: Option<String>,
    pub persona: Option<String>,
    pub answered_by: Option<String>,
    pub origin: Option<SessionKey>,
    pub started_at: Timestamp,
    pub end: End,
    pub archived_at: Option<Timestamp>,
}

impl Session {
    /// What it is called: its title, or the first words said in it.
    pub(super) fn name(&self) -> Option<&str> {
        self.title.as_deref().or(self.preview.as_deref())
    }

    /// Whether something was said in it, or before it was forked.
    pub(super) fn is_spoken(&self) -> bool {
        self.preview.is_some() || self.end.depth > 0
    }
}

impl Tables {
    /// Remembers how far the rows go.
    pub(super) fn begin(&mut self) {
        self.undo = GroupUndo {
            sessions: self.sessions.len(),
            messages: self.messages.len(),
            moves: self.moves.len(),
            changed: HashMap::new(),
            imports: HashMap::new(),
            partials: self.partials.clone(),
        };
    }

    /// Changes what is known of where a session came from, which was that program if
    /// nothing was known.
    pub(super) fn change_import(
        &mut self,
        session: SessionKey,
        source: &str,
        change: &mut dyn FnMut(&mut Import),
    ) {
        let before = self.imports.get(&session).cloned();
        let mut import = before.clone().unwrap_or_else(|| Import {
            source: source.to_owned(),
            head: None,
            behind: None,
            is_mixed: false,
            is_renumbered: false,
            model: None,
        });
        change(&mut import);
        self.imports.insert(session, import);
        self.undo.imports.entry(session).or_insert(before);
    }

    /// Keeps the group; gives how often that has happened.
    pub(super) fn commit(&mut self) -> u64 {
        self.commits += 1;
        self.commits
    }

    /// Takes the group back. Ids that were given are not given again.
    pub(super) fn rollback(&mut self) {
        let undo = std::mem::take(&mut self.undo);
        for (session, import) in undo.imports {
            match import {
                Some(import) => self.imports.insert(session, import),
                None => self.imports.remove(&session),
            };
        }
        for session in self.sessions.drain(undo.sessions..) {
            if let Some(keys) = self.users.get_mut(&session.user) {
                keys.pop();
                if keys.is_empty() {
                    self.users.remove(&session.user);
                }
            }
        }
        self.messages.truncate(undo.messages);
        self.moves.truncate(undo.moves);
        self.partials = undo.partials;
        for (key, before) in undo.changed {
            if let Some(session) = index(key).and_then(|at| self.sessions.get_mut(at)) {
                *session = before;
            }
        }
    }

    /// Leaves a gap before the next message.
    pub(super) fn skip_id(&mut self) {
        self.next_id += 1;
    }

    /// The newest message.
    pub(super) fn newest(&self) -> Newest {
        let newest = self.messages.last();
        newest.map_or(Newest::NONE, |message| Newest {
            id: message.id,
            at: message.created_at,
        })
    }

    /// Adds a session.
    pub(super) fn add_session(&mut self, row: &NewSession<'_>, newest: MessageId) -> SessionKey {
        let key = key_at(self.sessions.len());
        self.sessions.push(Session {
            id: row.session,
            user: row.user.clone(),
            title: row.title.map(str::to_owned),
            preview: row.preview.map(str::to_owned),
            model: row.model.map(str::to_owned),
            persona: row.persona.map(str::to_owned),
            answered_by: None,
            origin: row.origin,
            started_at: row.at,
            end: rules::begun(row, newest),
            archived_at: None,
        });
        match self.users.get_mut(row.user) {
            Some(keys) => keys.push(key),
            None => {
                self.users.insert(row.user.clone(), vec![key]);
            }
        }
        key
    }

    /// Adds a message.
    pub(super) fn add_message(&mut self, row: &MessageRow<'_>) -> MessageId {
        self.next_id += 1;
        let id = MessageId(self.next_id);
        let model = row.model.map(|name| {
            let known = self.models.iter().find(|known| known.as_ref() == name);
            known.cloned().unwrap_or_else(|| {
                let name: Rc<str> = name.into();
                self.models.push(Rc::clone(&name));
                name
            })
        });
        self.messages.push(StoredMessage::new(id, row, model));
        id
    }

    /// The id of the next move.
    pub(super) fn next_move(&self) -> MoveId {
        let last = self.moves.last();
        MoveId(last.map_or(1, |(_, row)| row.id.0 + 1))
    }

    /// A session.
    pub(super) fn session(&self, key: SessionKey) -> Option<&Session> {
        self.sessions.get(index(key)?)
    }

    /// A session that is going to be changed in the open group.
    pub(super) fn session_to_change(&mut self, key: SessionKey) -> Option<&mut Session> {
        let at = index(key)?;
        let session = self.sessions.get_mut(at)?;
        if at < self.undo.sessions {
            let changed = &mut self.undo.changed;
            changed.entry(key).or_insert_with(|| session.clone());
        }
        Some(session)
    }

    /// A session as a list shows it.
    pub(super) fn row(&self, key: SessionKey, session: &Session) -> SessionRow {
        let origin = session.origin.and_then(|key| self.session(key));
        let origin = origin.filter(|origin| origin.user == session.user);
        SessionRow {
            key,
            session: session.id,
            user: session.user.clone(),
            title: session.title.clone(),
            preview: session.preview.clone(),
            depth: session.end.depth,
            count: session.end.count,
            model: session.model.clone(),
            persona: session.persona.clone(),
            answered_by: session.answered_by.as_deref().map(Rc::from),
            origin: origin.map(|origin| {
                Box::new(Origin {
                    session: origin.id,
                    title: origin.title.clone(),
                })
            }),
            touched: session.end.touched,
            touched_at: session.end.touched_at,
            archived_at: session.archived_at,
        }
    }

    /// Every session, by its key.
    pub(super) fn sessions(&self) -> impl Iterator<Item = (SessionKey, &Session)> {
        let sessions = self.sessions.iter().enumerate();
        sessions.map(|(at, session)| (key_at(at), session))
    }

    /// The sessions of one user.
    pub(super) fn sessions_of(
        &self,
        user: &UserName,
    ) -> impl Iterator<Item = (SessionKey, &Session)> {
        let keys = self.users.get(user).into_iter().flatten();
        keys.filter_map(|key| Some((*key, self.session(*key)?)))
    }

    /// The moves of a session, in their order.
    pub(super) fn moves_of(&self, session: SessionKey) -> impl Iterator<Item = &MoveRow> {
        let of_it = self.moves.iter().filter(move |(of, _)| *of == session);
        of_it.map(|(_, row)| row)
    }

    /// By what a message is known to have come from another program, if it has.
    pub(super) fn origin_of(&self, id: MessageId) -> Option<SourceKey> {
        let mut keys = self.keys.get(&id).into_iter().flatten();
        keys.find(|key| is_of_program(key)).copied()
    }

    /// The number that a message has where it was said, if that is another one.
    pub(super) fn former_number(&self, id: MessageId) -> Option<i64> {
        self.keys.get(&id)?.iter().find_map(former_number)
    }

    /// Whether a message came from another program, and not from saylog.
    pub(super) fn has_origin(&self, id: MessageId) -> bool {
        self.origin_of(id).is_some()
    }

    /// A message.
    pub(super) fn message(&self, id: MessageId) -> Option<&StoredMessage> {
        // Without gaps it stands where its id says.
        let dense = usize::try_from(id.0.checked_sub(1)?).ok()?;
        if let Some(message) = self.messages.get(dense).filter(|message| message.id == id) {
            return Some(message);
        }
        let at = self
            .messages
            .binary_search_by_key(&id, |message| message.id);
        at.ok().map(|at| &self.messages[at])
    }
}

/// The key of the session that stands there.
fn key_at(at: usize) -> SessionKey {
    // No memory holds more.
    SessionKey(i64::try_from(at).map_or(i64::MAX, |at| at + 1))
}

/// Where the session of a key stands.
fn index(key: SessionKey) -> Option<usize> {
    usize::try_from(key.0.checked_sub(1)?).ok()
}
