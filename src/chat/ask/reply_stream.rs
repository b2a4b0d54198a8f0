//! One of several replies that come at the same time, each from a thread of its own.

use super::incoming::IncomingReply;
use crate::domain::{Awaited, Event, Progress, Retry, Sink};
use crate::responder::Ending;

/// What a thread sends of the reply that it receives.
pub(super) enum Piece {
    Text(String),
    /// What the model thinks before it answers.
    Reasoning(String),
    /// The endpoint will be asked again after so long.
    Retry(Retry),
    /// The endpoint has been asked again.
    AskedAgain,
    End(Ending),
}

/// A reply that a thread receives.
pub(super) struct ReplyStream {
    /// What a person calls who answers.
    pub(super) name: String,
    /// None once it has ended.
    pub(super) reply: Option<IncomingReply>,
    /// How long a busy endpoint is still left alone, while a countdown runs.
    pub(super) retry: Option<Retry>,
}

/// What is shown while all are waited for: of several countdowns the shortest.
pub(super) fn progress(streams: &[ReplyStream]) -> Progress<'static> {
    let retry = streams.iter().filter_map(|stream| stream.retry).min();
    retry.map_or(Progress::Idle, Progress::Retry)
}

/// Tells who is waited for, and who has answered.
pub(super) fn tell_awaited(streams: &[ReplyStream], sink: &mut dyn Sink) {
    let all = streams.iter().map(|stream| Awaited {
        name: &stream.name,
        has_answered: stream.reply.is_none(),
    });
    sink.emit(&Event::Awaited(&all.collect::<Vec<_>>()));
}

impl ReplyStream {
    /// Takes a piece that is not the end. A countdown lasts until the next one.
    pub(super) fn take(&mut self, piece: &Piece) {
        self.retry = match piece {
            Piece::Retry(left) => Some(*left),
            _ => None,
        };
        match (piece, &mut self.reply) {
            (Piece::Text(text), Some(reply)) => reply.push(text),
            (Piece::Reasoning(text), Some(reply)) => reply.push_reasoning(text),
            _ => {}
        }
    }

    /// Gives the reply out, because it has ended; none if that was done before.
    pub(super) fn end(&mut self) -> Option<IncomingReply> {
        self.retry = None;
        self.reply.take()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::RetryReason;

    fn seconds(left: u64) -> Retry {
        Retry {
            left: Duration::from_secs(left),
            reason: RetryReason::Busy,
        }
    }

    fn waiting(retry: Option<u64>) -> ReplyStream {
        let retry = retry.map(seconds);
        ReplyStream {
            name: String::new(),
            reply: None,
            retry,
        }
    }

    #[test]
    fn the_shortest_countdown_is_shown_until_the_endpoint_is_asked_again() {
        let mut streams = [waiting(Some(9)), waiting(None), waiting(Some(4))];
        assert_eq!(progress(&streams), Progress::Retry(seconds(4)));
        streams[2].take(&Piece::Retry(seconds(3)));
        assert_eq!(progress(&streams), Progress::Retry(seconds(3)));
        streams[2].take(&Piece::AskedAgain);
        assert_eq!(progress(&streams), Progress::Retry(seconds(9)));
        streams[0].take(&Piece::Text("a reply".into()));
        assert_eq!(progress(&streams), Progress::Idle);
    }
}
