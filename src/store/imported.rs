//! Sessions of other programs, as values.

use uuid::Uuid;

use crate::domain::{Draft, MessageId, Role, SessionId, SourceKey, Timestamp, UserName};

/// What filters call what came from saylog on another machine.
pub(crate) const SAYLOG: &str = "saylog";

/// A session of another program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImportedSession<'a> {
    /// Whose it is to be.
    pub user: &'a UserName,
    /// Its name here, which is always the same for the same one there.
    pub session: SessionId,
    /// Its title, if it has one.
    pub title: Option<&'a str>,
    /// The program, as filters name it.
    pub source: &'a str,
    /// When something was last said in it.
    pub last_at: Timestamp,
    /// Its source tells times. Otherwise all was said when it came, each time it comes.
    pub is_dated: bool,
}

/// A message of such a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImportedMessage<'a> {
    pub key: SourceKey,
    /// The message before it, as a place in the list, which is an earlier one.
    pub parent: Option<usize>,
    /// When it was said there.
    pub said_at: Timestamp,
    /// What was said; its time is that of the import.
    pub draft: Draft<'a>,
}

/// By what a message is known if another one came by its key before, or if it follows one of
/// which that holds, `behind`: it tells its role and its text, so that the same one has the
/// same key.
///
/// It begins as its own key does, so that all keys of a session lie beside each other.
///
/// So what a reader makes of a text is a part of what it is known by: a reader that makes
/// another text of the same source brings in what is there already once more.
pub(super) fn key_beside(
    key: &SourceKey,
    behind: Option<SourceKey>,
    role: Role,
    content: &str,
) -> SourceKey {
    let mut name = behind.unwrap_or_default().to_vec();
    name.extend_from_slice(role.word().as_bytes());
    name.push(0);
    name.extend_from_slice(content.as_bytes());
    let mut beside = Uuid::new_v5(&Uuid::from_bytes(*key), &name).into_bytes();
    beside[..6].copy_from_slice(&key[..6]);
    beside
}

/// A message that may be here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sought<'a> {
    pub key: SourceKey,
    /// Its role and its text, if they are to be compared.
    pub said: Option<(Role, &'a str)>,
}

/// One of these that is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FoundImport {
    /// Which one, as a place in the list.
    pub place: usize,
    pub id: MessageId,
    pub standing: Standing,
    /// What was said here is something else.
    pub is_other: bool,
}

/// A session of another program with its messages.
#[derive(Clone, Debug)]
pub(crate) struct ImportedConversation<'a> {
    pub session: ImportedSession<'a>,
    pub messages: Vec<ImportedMessage<'a>>,
    /// The last message of the branch that is shown there, as a place in the list.
    pub current: Option<usize>,
}

/// Where an imported message stands in its context.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The message that one behind it follows: itself, unless it is outside of contexts.
    pub last: Option<MessageId>,
    /// How many messages a context has that ends there.
    pub depth: i64,
}

/// Where the last import has put the end of a session's context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImportedHead(pub Option<MessageId>);

/// What came of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImportedCount {
    /// It was not there before.
    pub is_new: bool,
    /// So many messages were not.
    pub added: u64,
    /// So many were.
    pub known: u64,
    /// The person has gone on in it here, so its context ends where it did: what is new
    /// is in the log only.
    pub is_left: bool,
}
