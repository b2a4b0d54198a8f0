//! What one event of an answer says, in whatever form it was written.

use std::borrow::Cow;

use super::repeated::Place;
use super::reported_error::ReportedError;
use super::stop::Stop;
use crate::domain::Usage;

/// Text as bytes, since it may hold halves of characters; a lone surrogate is
/// written like a character of UTF-8.
pub(super) type Bytes<'a> = Cow<'a, [u8]>;

/// The meaning of an event.
#[derive(Debug, PartialEq)]
pub(super) enum EventContent<'a> {
    /// A part of the reply, perhaps an empty one.
    Part(Part<'a>),
    /// The endpoint failed.
    Failed(ReportedError),
    /// The stream ends here.
    Done,
    /// Nothing that belongs to a reply: a sign of life, or news of something else.
    Nothing,
}

/// A part of a reply.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Part<'a> {
    /// What the model says.
    pub text: Bytes<'a>,
    /// What it thinks.
    pub thought: Bytes<'a>,
    /// Which one of several messages of the reply the text is of, and of which block of it.
    pub place: Place,
    /// The text is that of a whole message, and not the next part of one.
    pub is_message: bool,
    /// The message says itself that more will come.
    pub is_open: bool,
    /// It is the last one.
    pub is_last: bool,
    /// The model wants a tool to be used.
    pub calls_tool: bool,
    /// It waits for what that tool would say, which the endpoint does not use itself.
    pub waits_for_tool: bool,
    /// Why the model stopped, if it has.
    pub stop: Option<Stop>,
    /// The tokens of the turn, as far as they are told.
    pub counts: Counts,
    /// Lists of sources, as JSON.
    pub sources: Vec<Cow<'a, str>>,
    /// The endpoint failed after this part. Seldom there, and large.
    pub failure: Option<Box<ReportedError>>,
}

/// Tokens that an endpoint counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Those that it was sent.
    pub prompt: Option<i64>,
    /// Those that it answered with.
    pub reply: Option<i64>,
}

impl Counts {
    /// These, and for what they do not tell the earlier ones.
    pub(super) fn or(self, earlier: Self) -> Self {
        Self {
            prompt: self.prompt.or(earlier.prompt),
            reply: self.reply.or(earlier.reply),
        }
    }

    /// The tokens of a whole turn.
    pub(super) fn usage(self) -> Option<Usage> {
        Some(Usage {
            prompt: self.prompt?,
            reply: self.reply.unwrap_or(0),
        })
    }
}

impl EventContent<'_> {
    /// The same, independent of the bytes it was read from.
    pub(super) fn into_owned(self) -> EventContent<'static> {
        match self {
            Self::Part(part) => EventContent::Part(part.into_owned()),
            Self::Failed(said) => EventContent::Failed(said),
            Self::Done => EventContent::Done,
            Self::Nothing => EventContent::Nothing,
        }
    }
}

impl Part<'static> {
    /// This one and the next one as one.
    pub(super) fn with(mut self, next: Self) -> Self {
        append(&mut self.text, next.text);
        append(&mut self.thought, next.thought);
        self.sources.extend(next.sources);
        Self {
            is_message: self.is_message && next.is_message,
            is_open: next.is_open,
            is_last: self.is_last || next.is_last,
            calls_tool: self.calls_tool || next.calls_tool,
            waits_for_tool: self.waits_for_tool || next.waits_for_tool,
            stop: Stop::after(self.stop, next.stop),
            counts: next.counts.or(self.counts),
            failure: self.failure.or(next.failure),
            ..self
        }
    }
}

impl Part<'_> {
    /// The same, independent of the bytes it was read from.
    pub(super) fn into_owned(self) -> Part<'static> {
        Part {
            text: Cow::Owned(self.text.into_owned()),
            thought: Cow::Owned(self.thought.into_owned()),
            place: self.place,
            is_message: self.is_message,
            is_open: self.is_open,
            is_last: self.is_last,
            calls_tool: self.calls_tool,
            waits_for_tool: self.waits_for_tool,
            stop: self.stop,
            counts: self.counts,
            sources: own(self.sources),
            failure: self.failure,
        }
    }
}

fn own(lists: Vec<Cow<'_, str>>) -> Vec<Cow<'static, str>> {
    let lists = lists.into_iter();
    lists.map(|list| Cow::Owned(list.into_owned())).collect()
}

/// Adds the next part of a text, without copying if it is the first one.
pub(super) fn append<'a>(text: &mut Bytes<'a>, more: Bytes<'a>) {
    if text.is_empty() {
        *text = more;
    } else if !more.is_empty() {
        text.to_mut().extend_from_slice(&more);
    }
}
