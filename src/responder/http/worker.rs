//! The thread that waits for an endpoint, and the loop that hears it.
//!
//! All that blocks happens on the worker. It sends pieces over a bounded
//! channel; the caller takes what is there, tells the listener, and never waits
//! longer than a tick before it asks the listener whether to go on.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;

use super::delta::Stop;
use super::endpoint::Limits;
use super::fault::Fault;
use crate::domain::{Progress, Usage};
use crate::responder::Listener;

/// How long the listener may have to wait to be asked whether to go on.
const LISTENER_INTERVAL: Duration = Duration::from_millis(25);

/// How many pieces may lie between the worker and the caller.
const CHANNEL_PIECES: usize = 128;

/// How much text is told at once, in bytes, when more is there already.
const BATCH_BYTES: usize = 64 * 1024;

/// How long something better is waited for when the end is known as good as certain.
const PROBABLE_END_TIME: Duration = Duration::from_secs(2);

/// What the worker tells.
#[derive(Debug)]
pub enum Piece {
    /// Something came, but no text.
    Alive,
    /// The next part of the reply.
    Text(String),
    /// The end, unless a better one comes soon.
    ProbableEnd(Outcome),
    /// The end.
    End(Outcome),
}

/// Where the worker puts what it tells. It fails when nobody listens any more.
pub type Sender = SyncSender<Piece>;

/// How a request ended.
pub type Outcome = Result<Completion, Fault>;

/// A reply that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Why the model stopped.
    pub stop: Stop,
    /// What the endpoint counted.
    pub usage: Option<Usage>,
}

/// Runs `work` on a thread and tells the listener what it sends. Breaks if the
/// listener did. In any case the agent and its connection are closed, and
/// whatever `work` is at is not waited for.
pub fn run(
    agent: &Agent,
    limits: &Limits,
    work: impl FnOnce(&Sender) + Send + 'static,
    listener: &mut Listener<'_>,
) -> ControlFlow<(), Outcome> {
    let (sender, pieces) = sync_channel(CHANNEL_PIECES);
    let worker = thread::Builder::new()
        .name("endpoint".into())
        .spawn(move || work(&sender));
    let outcome = match worker {
        Ok(_) => hear(&pieces, limits, listener),
        Err(_) => ControlFlow::Continue(Err(Fault::NoWorker)),
    };
    agent.clone().shutdown();
    outcome
}

/// What was taken from the channel and has not been told yet.
#[derive(Default)]
struct Taken {
    text: String,
    probable_end: Option<(Outcome, Instant)>,
    end: Option<Outcome>,
}

impl Taken {
    fn take(&mut self, piece: Piece) {
        match piece {
            Piece::Alive => {}
            Piece::Text(text) if self.text.is_empty() => self.text = text,
            Piece::Text(text) => self.text.push_str(&text),
            Piece::ProbableEnd(outcome) => {
                self.probable_end = Some((outcome, Instant::now() + PROBABLE_END_TIME));
            }
            Piece::End(outcome) => self.end = Some(outcome),
        }
    }

    /// The end that is as good as certain, or else this one.
    fn probable_end_or(&mut self, fault: Fault) -> Outcome {
        self.probable_end
            .take()
            .map_or(Err(fault), |(probable_end, _)| probable_end)
    }
}

fn hear(
    pieces: &Receiver<Piece>,
    limits: &Limits,
    listener: &mut Listener<'_>,
) -> ControlFlow<(), Outcome> {
    let mut taken = Taken::default();
    let mut room = limits.reply;
    // Counted in ticks, not by the clock: the time in which we were stopped
    // ourselves is not the endpoint's silence. It begins when the answer does.
    let mut silence = None;
    loop {
        match pieces.recv_timeout(LISTENER_INTERVAL) {
            Ok(piece) => {
                silence = Some(Duration::ZERO);
                taken.take(piece);
                while taken.end.is_none() && taken.text.len() < BATCH_BYTES {
                    let Ok(piece) = pieces.try_recv() else { break };
                    taken.take(piece);
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                silence = silence.map(|silence| silence + LISTENER_INTERVAL);
                if silence.is_some_and(|silence| silence >= limits.idle) {
                    taken.end = Some(taken.probable_end_or(Fault::Silent(limits.idle)));
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                taken.end = Some(taken.probable_end_or(Fault::NoWorker));
            }
        }
        if taken.text.len() > room {
            let fits = taken.text.floor_char_boundary(room);
            taken.text.truncate(fits);
            taken.end = Some(Err(Fault::LongReply(limits.reply)));
        }
        room -= taken.text.len().min(room);
        listener(if taken.text.is_empty() {
            Progress::Idle
        } else {
            Progress::Delta(&taken.text)
        })?;
        taken.text.clear();
        let is_late = |(_, until): &(Outcome, Instant)| Instant::now() >= *until;
        if taken.end.is_none() && taken.probable_end.as_ref().is_some_and(is_late) {
            taken.end = Some(taken.probable_end_or(Fault::Cut));
        }
        if let Some(end) = taken.end {
            return ControlFlow::Continue(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            idle: Duration::from_millis(200),
            reply: 10,
            ..Limits::default()
        }
    }

    const COMPLETE: Completion = Completion {
        stop: Stop::Done,
        usage: None,
    };

    fn heard(work: impl FnOnce(&Sender) + Send + 'static) -> (String, ControlFlow<(), Outcome>) {
        let mut text = String::new();
        let agent = Agent::new_with_defaults();
        let outcome = run(&agent, &limits(), work, &mut |progress| {
            if let Progress::Delta(delta) = progress {
                text.push_str(delta);
            }
            ControlFlow::Continue(())
        });
        (text, outcome)
    }

    #[test]
    fn a_listener_is_heeded_whatever_the_worker_is_at() {
        let agent = Agent::new_with_defaults();
        let begun = Instant::now();
        let mut broken = None;
        // As if a name were being looked up: nothing can interrupt that.
        let work = |_: &Sender| thread::sleep(Duration::from_secs(5));
        let outcome = run(&agent, &Limits::default(), work, &mut |progress| {
            assert_eq!(progress, Progress::Idle);
            if begun.elapsed() < Duration::from_millis(150) {
                return ControlFlow::Continue(());
            }
            broken = Some(Instant::now());
            ControlFlow::Break(())
        });
        assert!(outcome.is_break());
        assert!(broken.unwrap().elapsed() < Duration::from_millis(50));
        assert!(begun.elapsed() < Duration::from_millis(250));
    }

    #[test]
    fn silence_counts_from_the_beginning_of_the_answer() {
        let (_, outcome) = heard(|pieces| {
            thread::sleep(Duration::from_millis(400));
            let _ = pieces.send(Piece::End(Ok(COMPLETE)));
        });
        assert!(matches!(outcome, ControlFlow::Continue(Ok(_))));
        let (text, outcome) = heard(|pieces| {
            let _ = pieces.send(Piece::Text("a".into()));
            thread::sleep(Duration::from_secs(2));
        });
        assert!(matches!(
            outcome,
            ControlFlow::Continue(Err(Fault::Silent(_)))
        ));
        assert_eq!(text, "a");
    }

    #[test]
    fn a_likely_end_stands_if_no_better_one_comes() {
        let (_, outcome) = heard(|pieces| {
            let _ = pieces.send(Piece::ProbableEnd(Ok(COMPLETE)));
            thread::sleep(Duration::from_secs(2));
        });
        assert!(matches!(outcome, ControlFlow::Continue(Ok(_))));
        let (_, outcome) = heard(|pieces| {
            let _ = pieces.send(Piece::ProbableEnd(Ok(COMPLETE)));
            while pieces.send(Piece::Alive).is_ok() {}
        });
        assert!(matches!(outcome, ControlFlow::Continue(Ok(_))));
        let (_, outcome) = heard(|pieces| {
            let _ = pieces.send(Piece::ProbableEnd(Ok(COMPLETE)));
            let _ = pieces.send(Piece::End(Err(Fault::Cut)));
        });
        assert!(matches!(outcome, ControlFlow::Continue(Err(Fault::Cut))));
    }

    #[test]
    fn a_reply_is_as_long_as_the_limit_and_cut_between_characters() {
        let say = |text: &'static str| {
            heard(move |pieces| {
                for c in text.chars() {
                    let _ = pieces.send(Piece::Text(c.into()));
                }
                let _ = pieces.send(Piece::End(Ok(COMPLETE)));
            })
        };
        let (text, outcome) = say("0123456789");
        assert!(matches!(outcome, ControlFlow::Continue(Ok(_))));
        assert_eq!(text.len(), 10);
        let (text, outcome) = say("01234567é你");
        assert!(matches!(
            outcome,
            ControlFlow::Continue(Err(Fault::LongReply(10)))
        ));
        assert_eq!(text, "01234567é");
    }

    #[test]
    fn a_worker_that_is_gone_is_noticed() {
        let (_, outcome) = heard(|_| {});
        assert!(matches!(
            outcome,
            ControlFlow::Continue(Err(Fault::NoWorker))
        ));
    }
}
