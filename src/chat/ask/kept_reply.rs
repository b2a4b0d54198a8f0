//! How far a reply that is coming is safe: what the store was given of it, and
//! what another process has put into the log.

use std::time::{Duration, Instant};

use crate::domain::MessageId;
use crate::store::{Taken, next_beat};

/// What has come of a reply is kept in the store this often: a process that is
/// killed loses no more.
const KEEP_EVERY: Duration = Duration::from_millis(900);

/// A question that waits so long for its answer is noted in the store: if this
/// process is killed, the next one says that no answer came. Sooner it would only
/// cost those who answer at once.
const NOTED_AFTER: Duration = Duration::from_millis(50);

/// How far a reply is safe.
pub(super) struct KeptReply {
    begun: Instant,
    /// The store knows that it is waited for.
    is_noted: bool,
    /// When it was last decided whether to keep more of it: those that come at the
    /// same time are kept together.
    looked_at: Instant,
    /// When the store was last given the text, and how many bytes had come then.
    kept_at: Instant,
    kept_bytes: usize,
    /// The messages that another process has made of it while this one stood
    /// still, and what they hold of it.
    taken: Vec<MessageId>,
    text: usize,
    reasoning: usize,
}

impl KeptReply {
    /// Nothing has been kept.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            begun: now,
            is_noted: false,
            looked_at: now,
            kept_at: now,
            kept_bytes: 0,
            taken: Vec::new(),
            text: 0,
            reasoning: 0,
        }
    }

    /// Whether the store is to be given what has come; `received` bytes have. It
    /// hears at least so often as `beat_interval` says, even if that is nothing new.
    pub(super) fn is_due(&self, received: usize, beat_interval: Duration) -> bool {
        if !self.is_noted {
            return self.begun.elapsed() >= NOTED_AFTER;
        }
        let has_waited = self.looked_at.elapsed() >= KEEP_EVERY;
        self.kept_at.elapsed() >= beat_interval || has_waited && self.has_more(received)
    }

    /// Whether more has come than was kept.
    pub(super) fn has_more(&self, received: usize) -> bool {
        received > self.kept_bytes
    }

    /// It is kept now if there is more of it, or some time later.
    pub(super) fn is_looked_at(&mut self) {
        self.looked_at = Instant::now();
    }

    /// The number of the next try to keep it.
    pub(super) fn next_beat(&mut self) -> i64 {
        self.is_noted = true;
        self.kept_at = Instant::now();
        self.looked_at = self.kept_at;
        next_beat()
    }

    /// So many bytes of it are kept.
    pub(super) fn is_kept(&mut self, bytes: usize) {
        self.kept_bytes = bytes;
    }

    /// The model is asked anew, and what it thought before counts for nothing.
    pub(super) fn is_asked_anew(&mut self) {
        (self.kept_bytes, self.reasoning) = (0, 0);
    }

    /// Another process has put the beginning of what is not in the log yet there.
    pub(super) fn is_taken(&mut self, text: &str, reasoning: &str, taken: &Taken) {
        let thought = taken.reasoning.as_deref().unwrap_or_default();
        // What cannot be recognized is rather there twice than not at all.
        if text[self.text..].starts_with(&taken.content) {
            self.text += taken.content.len();
        }
        if reasoning[self.reasoning..].starts_with(thought) {
            self.reasoning += thought.len();
        }
        self.taken.push(taken.id);
        self.kept_bytes = 0;
        self.is_noted = false;
    }

    /// What the log does not hold yet of the text.
    pub(super) fn rest<'t>(&self, text: &'t str) -> &'t str {
        &text[self.text..]
    }

    /// The same of what the model thought.
    pub(super) fn rest_of_reasoning<'t>(&self, reasoning: &'t str) -> Option<&'t str> {
        Some(&reasoning[self.reasoning..]).filter(|rest| !rest.is_empty())
    }

    /// What another process has made of the beginning.
    pub(super) fn taken(&self) -> &[MessageId] {
        &self.taken
    }
}
