//! What a log holds, in values that mean the same in every store: sessions by their ids,
//! messages by session and number.

#![warn(clippy::missing_docs_in_private_items)]

use super::{MoveKind, ReplyDetails, Role, SessionId, Status, Timestamp, Usage, UserName};

/// By what a message of another program is known: a digest of what that calls it.
///
/// It is a UUID of version 5. One of version 8 is of a message of saylog's that could not
/// keep its number in this store.
pub(crate) type SourceKey = [u8; 16];

/// Whether a key is of a message of another program.
pub(crate) fn is_of_program(key: &SourceKey) -> bool {
    key[6] >> 4 == 5
}

/// The number that a message of saylog's had where it was said, by its key.
pub(crate) fn former_number(key: &SourceKey) -> Option<i64> {
    let mut number = [0; 8];
    number[2..].copy_from_slice(&key[..6]);
    (key[6] >> 4 == 8).then_some(i64::from_be_bytes(number))
}

/// A message by what it is called in every store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Numbered {
    /// Its session.
    pub session: SessionId,
    /// Its number in that, from 1.
    pub seq: i64,
}

/// What a message is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Links<T> {
    /// The message before it in its context.
    pub parent: Option<T>,
    /// The system prompt of its session at that time.
    pub system: Option<T>,
    /// The summary that its context began with.
    pub floor: Option<T>,
    /// For a reply: the first message that the model was told. For a summary: the first
    /// that it leaves in the context.
    pub oldest: Option<T>,
    /// For a reply: what the model was sent, where the links above do not tell that.
    pub sent: Option<SentLinks<T>>,
}

/// What a model was sent before it wrote a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SentLinks<T> {
    /// The last message.
    pub last: Option<T>,
    /// The summary that stood before the messages.
    pub floor: Option<T>,
    /// The session's system prompt.
    pub system: Option<T>,
}

impl<T> Links<T> {
    /// It is linked to nothing.
    pub(crate) const NONE: Self = Self {
        parent: None,
        system: None,
        floor: None,
        oldest: None,
        sent: None,
    };

    /// The same links, each made something else.
    pub(crate) fn map<U>(self, each: &mut dyn FnMut(T) -> Option<U>) -> Links<U> {
        let mut one = |link: Option<T>| link.and_then(&mut *each);
        Links {
            parent: one(self.parent),
            system: one(self.system),
            floor: one(self.floor),
            oldest: one(self.oldest),
            sent: self.sent.map(|sent| SentLinks {
                last: one(sent.last),
                floor: one(sent.floor),
                system: one(sent.system),
            }),
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        let Self {
            parent,
            system,
            floor,
            oldest,
            sent,
        } = self;
        let sent = (sent.as_ref()).map_or([false; 3], |sent| {
            [
                sent.last.is_some(),
                sent.floor.is_some(),
                sent.system.is_some(),
            ]
        });
        let own = [
            parent.is_some(),
            system.is_some(),
            floor.is_some(),
            oldest.is_some(),
        ];
        own.into_iter().chain(sent).map(u64::from).sum()
    }
}

/// A message of another store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageRecord<'a> {
    /// What it is called there.
    pub at: Numbered,
    /// Who said it.
    pub role: Role,
    /// The exact text.
    pub content: &'a str,
    /// When it was said.
    pub said_at: Timestamp,
    /// What answered, for a reply.
    pub model: Option<&'a str>,
    /// How it came to its end.
    pub status: Status,
    /// What the endpoint counted, if it did.
    pub usage: Option<Usage>,
    /// What is kept of a reply beside its text.
    pub details: ReplyDetails<'a>,
    /// Its place in its context, from 1; none for what stands outside of it.
    pub depth: Option<i64>,
    /// What it is linked to there.
    pub links: Links<Numbered>,
    /// For a reply: the system prompt of the configuration, if that was sent.
    pub configured: Option<&'a str>,
    /// By what it is known to have come from another program, if it has.
    pub origin: Option<SourceKey>,
}

/// A session of another store that is about to be begun here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionHead<'a> {
    /// Its id.
    pub session: SessionId,
    /// Whose it is.
    pub user: &'a UserName,
    /// When it was begun.
    pub started_at: Timestamp,
    /// The persona it was started as.
    pub persona: Option<&'a str>,
    /// The program that it came from there.
    pub source: Option<&'a str>,
    /// The message of another session behind which it went on apart from that; its
    /// number is 0 for the very beginning.
    pub behind: Option<Numbered>,
}

/// Where a session stands in another store, and what it is called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionState {
    /// The session.
    pub session: SessionId,
    /// How many messages it has.
    pub messages: i64,
    /// How many moves of it there are.
    pub moves: i64,
    /// Its title.
    pub title: Option<String>,
    /// The beginning of the first thing said in it.
    pub preview: Option<String>,
    /// Who answers in it.
    pub model: Option<String>,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// The session that it is a fork of.
    pub origin: Option<SessionId>,
    /// Where its context ends.
    pub place: NamedPlace,
    /// How many messages its context has.
    pub depth: i64,
    /// Its system prompt.
    pub system: Option<Numbered>,
    /// The move that can be redone.
    pub redo: Option<NumberedMove>,
    /// Where the last import from another program has put its context's end.
    pub import_head: Option<Numbered>,
}

/// A move by what it is called in every store: its session, and its number among the
/// moves of that, from 1.
pub(crate) type NumberedMove = Numbered;

/// Where a context ends, in every store's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NamedPlace {
    /// The last message.
    pub head: Option<Numbered>,
    /// The clear that it stands on.
    pub base: Option<NumberedMove>,
    /// The summary in place of the oldest messages.
    pub floor: Option<Numbered>,
}

/// A move of a session's head in another store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MoveRecord {
    /// The session that was moved.
    pub session: SessionId,
    /// Why.
    pub kind: MoveKind,
    /// From here.
    pub from: NamedPlace,
    /// To here.
    pub to: NamedPlace,
    /// What could be redone when it was made.
    pub redo: Option<NumberedMove>,
    /// How many messages left the context.
    pub gone: i64,
    /// How many came back into it.
    pub back: i64,
    /// When it was made.
    pub at: Timestamp,
}
