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

impl ReplyDetails<'_> {
    /// Whether a reply that is complete ended because no more of it fits: of the words
    /// for an end that is none of a failure, these alone speak of a measure.
    pub(crate) fn is_cut_by_length(self) -> bool {
        // `length`, `max_tokens`, `MAX_OUTPUT_TOKENS`, `token_limit`, `model_length`, …
        self.finish_reason.is_some_and(|word| {
            let word = word.to_ascii_lowercase();
            ["length", "max", "limit"]
                .iter()
                .any(|part| word.contains(part))
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_may_end_because_no_more_of_it_fits() {
        let ends = |word| ReplyDetails {
            finish_reason: word,
            ..ReplyDetails::default()
        };
        for word in ["length", "max_tokens", "MAX_TOKENS", "model_length"] {
            assert!(ends(Some(word)).is_cut_by_length(), "{word}");
        }
        for word in [None, Some("stop"), Some("end_turn"), Some("eos_token")] {
            assert!(!ends(word).is_cut_by_length(), "{word:?}");
        }
    }
}
