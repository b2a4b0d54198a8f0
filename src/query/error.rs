//! Why a question cannot be read.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::dates::TimeFault;
use super::filter::Key;
use crate::domain::NameError;

/// The longest part of a question that an error repeats, in characters.
const SHOWN_CHARACTERS: usize = 60;

/// A part of a question that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueryError {
    /// Its bytes in the question.
    pub at: Range<usize>,
    /// What stands there, cut if it is long.
    pub word: String,
    /// Its first and last character in the question, from 1.
    pub characters: (usize, usize),
    pub fault: QueryFault,
}

/// What is wrong with a part of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum QueryFault {
    /// The question is longer than that many bytes.
    TooLong(usize),
    /// `OR` has no word at one of its sides.
    LoneOr,
    /// `OR` stands beside a filter.
    OrBesideFilter,
    /// A quote is not closed.
    OpenQuote,
    /// Something follows right behind a closing quote.
    NoBlank,
    /// Nothing is left of a word that could be seen.
    Nothing,
    /// A filter has no value.
    NoValue(Key),
    /// A filter stands twice that can only stand once.
    Twice(Key),
    /// A filter has a `-` that cannot have one.
    Negated(Key),
    /// The value is none of those that the key takes.
    Unknown(Key),
    /// The value is no user's name.
    Name(NameError),
    /// The value is no time.
    Time(TimeFault),
    /// The pattern is not written as one: the character of the question where that
    /// shows, from 1, and the parser's words.
    Pattern(usize, String),
    /// The pattern says too much.
    LargePattern,
}

impl QueryError {
    /// What is wrong with a part of a question.
    pub(super) fn new(text: &str, at: Range<usize>, fault: QueryFault) -> Self {
        let part = &text[at.clone()];
        let first = text[..at.start].chars().count() + 1;
        let length = part.chars().count();
        let mut word: String = part.chars().take(SHOWN_CHARACTERS).collect();
        if length > SHOWN_CHARACTERS {
            word.push('…');
        }
        Self {
            at,
            word,
            characters: (first, first + length.saturating_sub(1)),
            fault,
        }
    }

    /// The next thing to try.
    pub(crate) fn hint(&self) -> Cow<'static, str> {
        match &self.fault {
            QueryFault::TooLong(limit) => format!("a search has at most {limit} bytes").into(),
            QueryFault::LoneOr => "`\"OR\"` finds the word itself".into(),
            QueryFault::OrBesideFilter => {
                "a filter that stands twice means one of both: `user:alice user:bob`".into()
            }
            QueryFault::OpenQuote => "`\\\"` finds the sign itself".into(),
            QueryFault::NoBlank => "put a blank behind it; in quotes `\\\"` is the sign".into(),
            QueryFault::Nothing => "leave it out".into(),
            QueryFault::NoValue(key) => {
                let key = key.word();
                format!("no blank behind the colon; `\"{key}:\"` finds the word itself").into()
            }
            QueryFault::Twice(_) => "name it once".into(),
            QueryFault::Negated(Key::Since) => "`before:` is the other side".into(),
            QueryFault::Negated(Key::Before) => "`since:` is the other side".into(),
            QueryFault::Negated(_) => "leave out the `-`".into(),
            QueryFault::Unknown(Key::In) => "one of session, user, global, reasoning".into(),
            QueryFault::Unknown(Key::Role) => "one of system, user, ai".into(),
            QueryFault::Unknown(Key::Status) => "one of complete, interrupted, failed".into(),
            QueryFault::Unknown(Key::After) => "the id of a message, such as `after:#12`".into(),
            QueryFault::Unknown(_) => "a number from 1 on, such as `limit:20`".into(),
            QueryFault::Name(_) => "a name is 1 to 128 bytes of visible text".into(),
            QueryFault::Time(_) => {
                "write `2h`, `\"3 days\"`, `yesterday`, `\"last monday\"`, `2026-11-03` or `10:30`"
                    .into()
            }
            QueryFault::Pattern(..) => "quotes around it find the text itself".into(),
            QueryFault::LargePattern => "fewer repetitions, or a part of it, need less".into(),
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read `{}` ", self.word)?;
        match self.characters {
            (first, last) if first >= last => write!(f, "(character {first})")?,
            (first, last) => write!(f, "(characters {first} to {last})")?,
        }
        write!(f, ": {}", self.fault)
    }
}

impl fmt::Display for QueryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(_) => f.write_str("it is too long"),
            Self::LoneOr => f.write_str("it has to stand between two words"),
            Self::OrBesideFilter => f.write_str("it does not stand beside a filter"),
            Self::OpenQuote => f.write_str("the quote is not closed"),
            Self::NoBlank => f.write_str("something follows the closing quote"),
            Self::Nothing => f.write_str("there is nothing in it to look for"),
            Self::NoValue(key) => write!(f, "`{}:` has no value", key.word()),
            Self::Twice(key) => write!(f, "`{}:` was there before", key.word()),
            Self::Negated(key) => write!(f, "`{}:` cannot be turned round", key.word()),
            Self::Unknown(Key::In) => f.write_str("it is no scope"),
            Self::Unknown(Key::Role) => f.write_str("it is no role"),
            Self::Unknown(Key::Status) => f.write_str("it is no status"),
            Self::Unknown(Key::After) => f.write_str("it is no message"),
            Self::Unknown(_) => f.write_str("it is no number of messages"),
            Self::Name(why) => write!(f, "{why}"),
            Self::Time(TimeFault::NoTime) => f.write_str("it is no time"),
            Self::Time(TimeFault::OutOfRange) => f.write_str("it is outside of what clocks show"),
            Self::Pattern(at, why) => write!(f, "{why} (character {at})"),
            Self::LargePattern => f.write_str("the pattern is too large"),
        }
    }
}
