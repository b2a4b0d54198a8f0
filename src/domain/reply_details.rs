//! What is kept of a reply beside its text.

/// What is kept of a reply beside its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReplyDetails<'a> {
    /// Why it ended, in the endpoint's word.
    pub finish_reason: Option<&'a str>,
    /// What the model thought before it answered. It is never sent back.
    pub reasoning: Option<&'a str>,
    /// The sources that the endpoint named, as [`Citation`](super::Citation) writes them.
    pub citations: Option<&'a str>,
}

/// The same, owned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OwnedReplyDetails {
    finish_reason: Option<String>,
    reasoning: Option<String>,
    citations: Option<String>,
}

/// Why a reply ended that reached a limit of tokens, whatever the endpoint calls it.
pub(crate) const LENGTH: &str = "length";

impl ReplyDetails<'_> {
    /// Whether a reply ended because no more of it fits.
    pub(crate) fn is_cut_by_length(self) -> bool {
        self.finish_reason == Some(LENGTH)
    }

    /// A copy that owns its texts.
    pub(crate) fn to_owned(self) -> OwnedReplyDetails {
        OwnedReplyDetails {
            finish_reason: self.finish_reason.map(str::to_owned),
            reasoning: self.reasoning.map(str::to_owned),
            citations: self.citations.map(str::to_owned),
        }
    }
}

impl OwnedReplyDetails {
    /// The details, borrowed.
    pub(crate) fn details(&self) -> ReplyDetails<'_> {
        ReplyDetails {
            finish_reason: self.finish_reason.as_deref(),
            reasoning: self.reasoning.as_deref(),
            citations: self.citations.as_deref(),
        }
    }
}
