//! Two logs become one: what another machine's log holds is put into this one.
//!
//! A message is the same where it has the same session, the same number in that, and the
//! same role, text and time. Where a session went on differently on two machines, what
//! was said on the other one becomes a session of its own here, which goes on behind the
//! last message that both have. So every log ends with the same messages, whichever was
//! put into which first.
//!
//! ```text
//! Join       what is known while a log is put into this one
//! places     messages of a session by their numbers
//! runs       where messages of a session of the other log are in this one
//! message    messages
//! state      where sessions stand, and their moves
//! ```

mod message;
mod places;
mod runs;
mod state;

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::backend::Plan;
use super::group::unreadable;
use super::imported::{SAYLOG, Sought};
use super::record::Import;
use super::rows::End;
use super::{Log, Result};
use crate::domain::{
    MessageId, MessageRecord, Numbered, SessionHead, SessionId, SessionKey, SourceKey, Timestamp,
    UserName, is_same_text,
};
use places::Places;
use runs::Runs;
use state::HeldState;

use message::Kind;
pub(crate) use message::{Beginning, MessageJoined};
pub(crate) use state::StateJoined;

/// By which sessions are named that go on apart, and messages that lose their numbers.
const NAMESPACE: Uuid = Uuid::from_u128(0x5a1e_6b0f_93d2_4c57_8f0e_2d41_77c9_a6b3);

/// How many sessions are remembered.
const REMEMBERED: usize = 16 * 1024;

/// What is known while another log is put into this one.
#[derive(Clone)]
pub(crate) struct Join {
    /// Nothing is written.
    is_dry: bool,
    /// The newest message when it began.
    newest: MessageId,
    /// The first session that was begun by it.
    first_new: Option<SessionKey>,
    /// Sessions of the other log that are here, as far as they were looked up.
    known: HashMap<SessionId, Known>,
    /// Those whose messages have other numbers here, or are in other sessions.
    mapped: HashMap<SessionId, Runs>,
    /// Sessions that go on apart, of which no message has come yet.
    held: HashMap<SessionId, HeldHead>,
    /// Sessions that are another user's here.
    refused: HashSet<SessionId>,
    /// Sessions that would be begun, if nothing is written.
    announced: HashSet<SessionId>,
    /// What messages outside of contexts are for, and how deep in theirs others are.
    kinds: HashMap<MessageId, Option<Kind>>,
    depths: HashMap<MessageId, i64>,
    /// Where sessions of this log end, as far as that was looked up: their messages stay
    /// where they are.
    ends: HashMap<SessionKey, End>,
    places: Places,
    state: Option<HeldState>,
    /// Filters chose what the other log tells.
    is_part: bool,
    /// Sessions whose moves are others here.
    moved: HashSet<SessionId>,
    /// Messages that came by keys of other programs, and keys by which none did, as far as
    /// they were looked up for what is written together.
    origins: HashMap<SourceKey, Option<MessageId>>,
    /// Messages of the same that are known to be here, in this session and by their number.
    same: HashMap<Numbered, SessionKey>,
}

/// A session that is here.
#[derive(Clone, Debug)]
struct Known {
    key: SessionKey,
    user: UserName,
    /// It came from another program.
    is_of_program: bool,
    /// Some of it is known to have come from saylog.
    is_mixed: bool,
    /// Messages of it have other numbers than where they were said.
    is_renumbered: bool,
}

impl Known {
    fn new(key: SessionKey, user: UserName, import: Option<&Import>) -> Self {
        Self {
            key,
            user,
            is_of_program: import.is_some_and(|import| import.source != SAYLOG),
            is_mixed: import.is_some_and(|import| import.is_mixed),
            is_renumbered: import.is_some_and(|import| import.is_renumbered),
        }
    }
}

/// What a session that goes on apart begins with.
#[derive(Clone, Debug)]
struct HeldHead {
    user: UserName,
    started_at: Timestamp,
    persona: Option<String>,
    source: Option<String>,
    behind: Numbered,
}

/// What came of a session's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionJoined {
    /// It is new.
    New,
    /// It is here.
    Known,
    /// Whether it is here is told by its first message.
    Held,
    /// A session of that id is another user's: it is left out.
    Refused,
}

impl Log {
    /// Begins to put another log into this one; if it `is_dry`, nothing is written.
    ///
    /// # Errors
    /// If this one cannot be read.
    pub(crate) fn begin_join(&mut self, is_dry: bool) -> Result<Join> {
        Ok(Join {
            is_dry,
            newest: self.newest()?,
            first_new: None,
            known: HashMap::new(),
            mapped: HashMap::new(),
            held: HashMap::new(),
            refused: HashSet::new(),
            announced: HashSet::new(),
            kinds: HashMap::new(),
            depths: HashMap::new(),
            ends: HashMap::new(),
            places: Places::default(),
            state: None,
            is_part: false,
            moved: HashSet::new(),
            origins: HashMap::new(),
            same: HashMap::new(),
        })
    }

    /// Looks at once for all that is here already of these messages, if what comes next is
    /// committed together: until then nobody else adds one of them unnoticed.
    ///
    /// # Errors
    /// If that cannot be read.
    pub(crate) fn look_up_joined(
        &mut self,
        join: &mut Join,
        records: &[MessageRecord<'_>],
    ) -> Result<()> {
        join.origins.clear();
        join.same.clear();
        if !self.may_run_again() {
            return Ok(());
        }
        let backend = self.group.rows()?;
        let keys = records.iter().filter_map(|record| record.origin);
        let sought: Vec<_> = keys.map(|key| Sought { key, said: None }).collect();
        if !sought.is_empty() {
            let found = backend.imported_all(&sought).map_err(unreadable)?;
            join.origins
                .extend(sought.iter().map(|one| (one.key, None)));
            let found = found.iter().filter_map(|found| {
                let one = sought.get(found.place)?;
                Some((one.key, Some(found.id)))
            });
            join.origins.extend(found);
        }
        if !records.is_empty() {
            join.same
                .extend(backend.same_messages(records).map_err(unreadable)?);
        }
        Ok(())
    }

    /// The message that came by a key.
    fn imported(&mut self, join: &Join, key: &SourceKey) -> Result<Option<MessageId>> {
        match join.origins.get(key) {
            Some(known) => Ok(*known),
            None => self.group.rows()?.imported(key).map_err(unreadable),
        }
    }

    /// Begins a session of the other log, unless it is here.
    ///
    /// # Errors
    /// If that cannot be read or written.
    pub(crate) fn join_session(
        &mut self,
        join: &mut Join,
        head: &SessionHead<'_>,
    ) -> Result<SessionJoined> {
        if let Some(known) = self.known(join, head.session)? {
            if known.user == *head.user {
                self.find_behind(join, known.key, head)?;
                return Ok(SessionJoined::Known);
            }
            join.refused.insert(head.session);
            return Ok(SessionJoined::Refused);
        }
        if let Some(behind) = head.behind {
            let branch = HeldHead {
                user: head.user.clone(),
                started_at: head.started_at,
                persona: head.persona.map(str::to_owned),
                source: head.source.map(str::to_owned),
                behind,
            };
            join.held.insert(head.session, branch);
            if join.is_dry {
                join.announced.insert(head.session);
            }
            return Ok(SessionJoined::Held);
        }
        if join.is_dry {
            join.announced.insert(head.session);
        } else {
            self.check_damage()?;
            let key = self.group.write(&Plan::default(), &mut |group| {
                group.join_session(head, head.session, None)
            })?;
            join.began(head.session, head.user, key, head.source.is_some());
        }
        Ok(SessionJoined::New)
    }

    /// A session of this log.
    fn known(&mut self, join: &mut Join, session: SessionId) -> Result<Option<Known>> {
        if let Some(known) = join.known.get(&session) {
            return Ok(Some(known.clone()));
        }
        let backend = self.group.rows()?;
        let Some((key, user)) = backend.named(session).map_err(unreadable)? else {
            return Ok(None);
        };
        let import = backend.import(key).map_err(unreadable)?;
        let known = Known::new(key, user, import.as_ref());
        join.remember(session, known.clone());
        Ok(Some(known))
    }

    /// How many messages a session of this log has; at least so many is enough to know.
    fn count_in(&mut self, join: &mut Join, key: SessionKey, enough: i64) -> Result<i64> {
        if let Some(end) = join.ends.get(&key).filter(|end| end.count >= enough) {
            return Ok(end.count);
        }
        let end = self.end(key)?;
        join.remember_end(key, end);
        Ok(end.count)
    }

    /// The message of a session of this log that has this number.
    fn at(&mut self, join: &mut Join, key: SessionKey, seq: i64) -> Result<Option<MessageId>> {
        if self.count_in(join, key, seq)? < seq {
            return Ok(None);
        }
        let Some(end) = join.ends.get(&key).copied() else {
            return Ok(None);
        };
        let backend = self.group.rows()?;
        join.places.find(backend, key, &end, seq)
    }

    /// Whether a message of this log is the same as one of the other.
    fn is_same(&mut self, id: MessageId, record: &MessageRecord<'_>) -> Result<bool> {
        let mut is_same = false;
        self.message(id, &mut |message| {
            is_same = message.role == record.role
                && message.time() == record.said_at
                && is_same_text(message.content, record.content);
        })?;
        Ok(is_same)
    }
}

impl Join {
    /// Takes note of a session that was begun.
    fn began(&mut self, session: SessionId, user: &UserName, key: SessionKey, is_of_program: bool) {
        self.first_new.get_or_insert(key);
        let known = Known {
            is_of_program,
            ..Known::new(key, user.clone(), None)
        };
        self.remember(session, known);
    }

    fn remember(&mut self, session: SessionId, known: Known) {
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(session, known);
    }

    fn remember_end(&mut self, key: SessionKey, end: End) {
        if self.ends.len() >= REMEMBERED {
            self.ends.clear();
        }
        self.ends.insert(key, end);
    }

    /// Says whether filters chose what the other log tells.
    pub(crate) fn is_of_part(&mut self, is_part: bool) {
        self.is_part = is_part;
    }

    /// How many sessions that go on apart have got no message.
    pub(crate) fn without_messages(&self) -> u64 {
        self.held.len() as u64
    }

    fn remember_kind(&mut self, id: MessageId, kind: Option<Kind>) {
        if self.kinds.len() >= REMEMBERED {
            self.kinds.clear();
        }
        self.kinds.insert(id, kind);
    }

    fn remember_depth(&mut self, id: MessageId, depth: Option<i64>) {
        if self.depths.len() >= REMEMBERED {
            self.depths.clear();
        }
        if let Some(depth) = depth {
            self.depths.insert(id, depth);
        }
    }

    /// Whether a session was begun by this join.
    fn is_new(&self, key: SessionKey) -> bool {
        self.first_new.is_some_and(|first| key >= first)
    }
}

/// What tells a message from others at its place: its role, its time and its text.
fn digest(record: &MessageRecord<'_>) -> Uuid {
    let head = format!("{}\0{}\0", record.role.word(), record.said_at.0);
    let name = [head.as_bytes(), record.content.as_bytes()].concat();
    Uuid::new_v5(&NAMESPACE, &name)
}

/// The id of the session that goes on apart from one with this message; where that is
/// another one's, the next that is tried.
fn apart(session: SessionId, record: &MessageRecord<'_>, attempt: u32) -> SessionId {
    let (seq, digest) = (record.at.seq, digest(record));
    let name = match attempt {
        0 => format!("{session}\0{seq}\0{digest}"),
        _ => format!("{session}\0{seq}\0{digest}\0{attempt}"),
    };
    SessionId::new(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

/// By what a message is known that could not keep its number here, which it tells: six
/// bytes of that, the others of a digest of all that it is.
fn key_of(record: &MessageRecord<'_>) -> SourceKey {
    let Numbered { session, seq } = record.at;
    let name = format!("{session}\0{seq}\0{}", digest(record));
    let mut key = Uuid::new_v5(&NAMESPACE, name.as_bytes()).into_bytes();
    key[..6].copy_from_slice(&seq.to_be_bytes()[2..]);
    let custom = uuid::Builder::from_custom_bytes(key);
    custom.into_uuid().into_bytes()
}
