//! Limits of time and size of an exchange.

use std::time::Duration;

use crate::domain::MESSAGE_LIMIT;

/// Limits of time and size. [`Duration::MAX`] is no limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The time to find the address of a name.
    pub resolve: Duration,
    /// The time to connect, TLS included.
    pub connect: Duration,
    /// The time from the request to the beginning of the answer; some endpoints load
    /// the model meanwhile.
    pub answer: Duration,
    /// The time between two pieces of an answer, whatever they hold; where they hold
    /// nothing of a reply, see [`Limits::between_news`].
    pub idle: Duration,
    /// The time from the first request to the end of the reply, with all tries and
    /// the waits between them.
    pub total: Option<Duration>,
    /// The time to wait for the very end once everything that matters has arrived:
    /// a stream may lack its last event, a refusal its reason.
    pub end: Duration,
    /// The sum of all waits between tries, if there is no limit to the total time.
    pub patience: Duration,
    /// The size of a reply, in bytes.
    pub reply: usize,
    /// The size of one event of a stream, in bytes.
    pub event: usize,
    /// How many bytes may arrive without any text of the reply.
    pub without_text: usize,
}

/// How long an endpoint may send signs of life only, and the key that this is set by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BarrenLimit {
    pub time: Duration,
    pub key: &'static str,
}

impl Limits {
    /// How long signs of life may come before the first piece of a reply: some
    /// routers send them while a model is loaded.
    pub(super) fn before_news(&self) -> BarrenLimit {
        BarrenLimit {
            time: self.answer.saturating_mul(5).max(self.idle),
            key: "first_byte",
        }
    }

    /// How long they may come between two pieces.
    pub(super) fn between_news(&self) -> BarrenLimit {
        BarrenLimit {
            time: self.idle.saturating_mul(10),
            key: "idle",
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            resolve: Duration::from_secs(10),
            connect: Duration::from_secs(15),
            answer: Duration::from_mins(5),
            idle: Duration::from_mins(2),
            total: None,
            end: Duration::from_secs(2),
            patience: Duration::from_secs(30),
            reply: MESSAGE_LIMIT,
            // JSON may need two bytes for each of the reply; pictures may stand beside it.
            event: 2 * MESSAGE_LIMIT,
            without_text: 256 * 1024 * 1024,
        }
    }
}
