//! What a program answers: its output as text, without what it thinks.

use std::ops::ControlFlow;

use super::text::ProgramText;
use crate::domain::Progress;
use crate::responder::Listener;
use crate::responder::thinking::{Split, ThinkingSplitter};

/// A reply that arrives as bytes.
pub(super) struct ProgramReply {
    text: ProgramText,
    splitter: ThinkingSplitter,
    /// What has not been passed on yet.
    ready: Split,
    has_text: bool,
    has_thought: bool,
}

impl ProgramReply {
    /// A reply of at most so many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            text: ProgramText::new(limit),
            splitter: ThinkingSplitter::default(),
            ready: Split::default(),
            has_text: false,
            has_thought: false,
        }
    }

    /// Takes bytes. What comes before a wrong byte, or within the limit, is part of the
    /// reply even if the rest is refused.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        let taken = self.text.take(bytes);
        let split = self.splitter.push(self.text.text().to_owned());
        self.add(&split);
        taken
    }

    /// Whether the output ends properly.
    pub(super) fn end(&self) -> Result<(), String> {
        self.text.end()
    }

    /// Nothing more comes.
    pub(super) fn finish(&mut self) {
        let split = self.splitter.finish();
        self.add(&split);
    }

    /// Passes on what has come since the last time, if anything has.
    pub(super) fn pass_on(&mut self, listener: &mut Listener<'_>) -> ControlFlow<()> {
        let ready = std::mem::take(&mut self.ready);
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
        match (self.has_text, self.has_thought) {
            (true, _) => None,
            (false, true) => Some("the program thought, but did not answer"),
            (false, false) => Some("the program answered nothing"),
        }
    }

    fn add(&mut self, split: &Split) {
        self.ready.thought.push_str(&split.thought);
        self.ready.text.push_str(&split.text);
        self.has_thought |= !split.thought.trim().is_empty();
        self.has_text |= !split.text.trim().is_empty();
    }
}
