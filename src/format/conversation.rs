//! A conversation that was had elsewhere.

use std::collections::BTreeMap;

use crate::domain::{Role, Timestamp, Usage};

/// A conversation of another program.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Conversation {
    /// What the other program calls it: the same whenever it writes it again. Where it
    /// has no name for it, a digest of what makes it this one.
    pub id: String,
    /// Whose it is there, if that is told: an account, a name.
    pub account: Option<String>,
    pub title: Option<String>,
    /// When it began, if that is told.
    pub at: Option<Timestamp>,
    /// The model that answered, where no message says otherwise.
    pub model: Option<String>,
    /// It is hidden from lists there.
    pub is_archived: bool,
    /// What was said, each one behind the one that it follows.
    pub messages: Vec<Utterance>,
    /// The last message of the branch that is shown there, as a place in `messages`; the
    /// last of all if nothing is told.
    pub current: Option<usize>,
    /// What of it has no place in a log.
    pub left_out: LeftOut,
}

/// Something that was said in a conversation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Utterance {
    /// What the other program calls it, within the conversation.
    pub id: String,
    /// What it follows, as a place in the list, which is an earlier one.
    pub parent: Option<usize>,
    pub role: Role,
    /// The text: parts of it joined by line ends, others as `[image: name]`.
    pub content: String,
    /// When it was said, if that is told.
    pub at: Option<Timestamp>,
    /// The model that wrote it, if that is told.
    pub model: Option<String>,
    /// What the model thought before.
    pub reasoning: Option<String>,
    /// What it took, if that is told.
    pub usage: Option<Usage>,
    /// Why it ended, in that program's word.
    pub finish_reason: Option<String>,
}

impl Utterance {
    /// A text that somebody said, of which nothing else is known.
    pub(crate) fn new(id: impl Into<String>, role: Role, content: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            parent: None,
            role,
            content: content.into(),
            at: None,
            model: None,
            reasoning: None,
            usage: None,
            finish_reason: None,
        }
    }
}

/// What was left out, or became a placeholder, by kind and how often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    of: BTreeMap<&'static str, u64>,
}

impl LeftOut {
    /// Counts one more of a kind, whose name is in the plural: `tool calls`.
    pub(crate) fn count(&mut self, kind: &'static str) {
        *self.of.entry(kind).or_default() += 1;
    }

    /// Adds what was left out elsewhere.
    pub(crate) fn add(&mut self, other: &Self) {
        for (kind, count) in &other.of {
            *self.of.entry(kind).or_default() += count;
        }
    }

    /// The kinds, and how many of each.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.of.iter().map(|(kind, count)| (*kind, *count))
    }
}
