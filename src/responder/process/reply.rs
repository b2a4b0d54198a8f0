//! What a program answers: its output as text, without what it thinks.

use std::ops::ControlFlow;

use super::text::ProgramText;
use crate::domain::Progress;
use crate::responder::Listener;
use crate::responder::thinking::SplitReply;

/// A reply that arrives as bytes.
pub(super) struct ProgramReply {
    text: ProgramText,
    split: SplitReply,
}

impl ProgramReply {
    /// A reply of at most so many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            text: ProgramText::new(limit),
            split: SplitReply::default(),
        }
    }

    /// Takes bytes. What comes before a wrong byte, or within the limit, is part of the
    /// reply even if the rest is refused.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        let taken = self.text.take(bytes);
        self.split.push(self.text.text().to_owned());
        taken
    }

    /// Whether the output ends properly.
    pub(super) fn end(&self) -> Result<(), String> {
        self.text.end()
    }

    /// Whether something in it was replaced.
    pub(super) fn is_damaged(&self) -> bool {
        self.text.is_damaged()
    }

    /// Nothing more comes.
    pub(super) fn finish(&mut self) {
        self.split.finish();
    }

    /// Passes on what has come since the last time, if anything has.
    pub(super) fn pass_on(&mut self, listener: &mut Listener<'_>) -> ControlFlow<()> {
        let ready = self.split.take();
        if !ready.thought.is_empty() {
            listener(Progress::Reasoning(&ready.thought))?;
        }
        if !ready.text.is_empty() {
            listener(Progress::Delta(&ready.text))?;
        }
        ControlFlow::Continue(())
    }

    /// What to say of a reply without a word in it.
    pub(super) fn wordless(&self) -> Option<&'static str> {
        match (self.split.has_text(), self.split.has_thought()) {
            (true, _) => None,
            (false, true) => Some("the program thought, but did not answer"),
            (false, false) => Some("the program answered nothing"),
        }
    }
}
