//! The thread that waits for an endpoint, and the loop that listens to it.
//!
//! Everything that blocks happens on the worker thread. It sends pieces over a
//! bounded channel. The caller takes them, passes them to the listener, and
//! calls the listener at short intervals even if nothing arrives, so that the
//! listener can stop the reply.

use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;

use super::completion::Outcome;
use super::endpoint::Limits;
use super::fault::Fault;
use crate::domain::Progress;
use crate::responder::Listener;

/// How long the listener may not be called while nothing arrives.
const LISTENER_INTERVAL: Duration = Duration::from_millis(25);

/// How many pieces the channel holds.
const CHANNEL_PIECES: usize = 128;

/// How much text is passed to the listener at once if more has arrived already.
const BATCH_BYTES: usize = 64 * 1024;

/// What the worker sends.
#[derive(Debug)]
pub(super) enum Piece {
    /// Something arrived, but no text.
    Alive,
    /// The next part of the reply.
    Text(String),
    /// The next part of what the model thinks.
    Reasoning(String),
    /// The end, unless a certain one arrives soon.
    ProbableEnd(Outcome),
    /// The end.
    End(Outcome),
    /// After the end: the answer was read to its very end, and the connection can be
    /// used again.
    Spent,
}

/// The worker's end of the channel. Sending fails when nobody listens any more.
pub(super) type Sender = SyncSender<Piece>;

/// A thread that carries out one request after the other, and ends when this is
/// dropped, after the request that it is at.
pub(super) struct Worker(Option<mpsc::Sender<Job>>);

/// A request, with everything that it needs.
type Job = Box<dyn FnOnce() + Send>;

impl Worker {
    /// Starts the thread; one that could not be started takes no request.
    pub(super) fn new() -> Self {
        let (sender, jobs) = mpsc::channel::<Job>();
        let thread = thread::Builder::new()
            .name("endpoint".into())
            .spawn(move || jobs.into_iter().for_each(|job| job()));
        Self(thread.is_ok().then_some(sender))
    }

    /// Hands it a request; whether there is a thread to take it.
    fn takes(&self, job: Job) -> bool {
        let thread = self.0.as_ref();
        thread.is_some_and(|thread| thread.send(job).is_ok())
    }
}

/// What was heard of a request.
#[derive(Debug)]
pub(super) struct Heard {
    pub outcome: Outcome,
    /// After a whole reply that the worker ended itself: says by [`Piece::Spent`]
    /// when the connection can be used again. Otherwise the agent has been closed.
    pub rest: Option<Receiver<Piece>>,
}

/// Runs `work` on the worker and passes what it sends to the listener. Breaks if the
/// listener does. The agent and its connection are closed but after a whole reply,
/// and `work` is not waited for. `deadline` is the end of the total time.
pub(super) fn run(
    agent: &Agent,
    worker: &Worker,
    limits: &Limits,
    deadline: Option<Instant>,
    work: impl FnOnce(&Sender) + Send + 'static,
    listener: &mut Listener<'_>,
) -> ControlFlow<(), Heard> {
    let (sender, pieces) = sync_channel(CHANNEL_PIECES);
    let mut taken = Taken::default();
    let flow = if worker.takes(Box::new(move || work(&sender))) {
        hear(&pieces, &mut taken, limits, deadline, listener)
    } else {
        ControlFlow::Continue(Err(Fault::NoWorker))
    };
    let is_whole =
        matches!(&flow, ControlFlow::Continue(Ok(completion)) if completion.fault.is_none());
    let rest = (is_whole && taken.is_ended).then_some(pieces);
    if rest.is_none() {
        agent.clone().shutdown();
    }
    let outcome = flow?;
    ControlFlow::Continue(Heard { outcome, rest })
}

/// What was taken from the channel and has not been passed on yet.
#[derive(Default)]
struct Taken {
    text: String,
    reasoning: String,
    /// The probable end, and when it arrived.
    probable_end: Option<(Outcome, Instant)>,
    end: Option<Outcome>,
    /// The worker has sent the end.
    is_ended: bool,
}

impl Taken {
    fn take(&mut self, piece: Piece) {
        match piece {
            Piece::Alive | Piece::Spent => {}
            Piece::Text(text) if self.text.is_empty() => self.text = text,
            Piece::Text(text) => self.text.push_str(&text),
            Piece::Reasoning(text) => self.reasoning.push_str(&text),
            Piece::ProbableEnd(outcome) => {
                self.probable_end = Some((outcome, Instant::now()));
            }
            Piece::End(outcome) => {
                self.end = Some(outcome);
                self.is_ended = true;
            }
        }
    }

    /// How many bytes have not been passed on.
    fn len(&self) -> usize {
        self.text.len() + self.reasoning.len()
    }

    /// The probable end, if there is one, or else this fault.
    fn probable_end_or(&mut self, fault: Fault) -> Outcome {
        self.probable_end
            .take()
            .map_or(Err(fault), |(outcome, _)| outcome)
    }
}

fn hear(
    pieces: &Receiver<Piece>,
    taken: &mut Taken,
    limits: &Limits,
    deadline: Option<Instant>,
    listener: &mut Listener<'_>,
) -> ControlFlow<(), Outcome> {
    let mut room = limits.reply;
    // Counted in intervals, not by the clock: time in which this process was
    // stopped is not the endpoint's silence. It begins with the answer.
    let mut silence = None;
    loop {
        match pieces.recv_timeout(LISTENER_INTERVAL) {
            Ok(piece) => {
                silence = Some(Duration::ZERO);
                taken.take(piece);
                while taken.end.is_none() && taken.len() < BATCH_BYTES {
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
        let is_late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if taken.end.is_none() && is_late {
            let total = limits.total.unwrap_or_default();
            taken.end = Some(taken.probable_end_or(Fault::Late(total)));
        }
        for text in [&mut taken.reasoning, &mut taken.text] {
            if text.len() > room {
                text.truncate(text.floor_char_boundary(room));
                taken.end = Some(Err(Fault::LongReply(limits.reply)));
            }
            room -= text.len().min(room);
        }
        if !taken.reasoning.is_empty() {
            listener(Progress::Reasoning(&taken.reasoning))?;
            taken.reasoning.clear();
        }
        listener(if taken.text.is_empty() {
            Progress::Idle
        } else {
            Progress::Delta(&taken.text)
        })?;
        taken.text.clear();
        let is_late = |(_, since): &(Outcome, Instant)| since.elapsed() >= limits.end;
        if taken.end.is_none() && taken.probable_end.as_ref().is_some_and(is_late) {
            taken.end = Some(taken.probable_end_or(Fault::Cut));
        }
        if let Some(end) = taken.end.take() {
            return ControlFlow::Continue(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::responder::http::completion::Completion;

    /// Far longer than any test may take: a guard, never a measure.
    const GUARD: Duration = Duration::from_mins(1);

    const COMPLETE: Completion = Completion {
        fault: None,
        stop: None,
        usage: None,
        citations: Vec::new(),
        is_damaged: false,
    };

    /// Limits under which silence ends a reply after so many waits of the listener.
    fn silent_after(waits: u32) -> Limits {
        Limits {
            idle: LISTENER_INTERVAL * waits,
            ..Limits::default()
        }
    }

    fn is_complete(outcome: &ControlFlow<(), Outcome>) -> bool {
        matches!(outcome, ControlFlow::Continue(Ok(_)))
    }

    /// Runs it without a limit to the total time.
    fn run_through(
        work: impl FnOnce(&Sender) + Send + 'static,
        listener: &mut Listener<'_>,
    ) -> ControlFlow<(), Outcome> {
        let agent = Agent::new_with_defaults();
        let heard = run(
            &agent,
            &Worker::new(),
            &Limits::default(),
            None,
            work,
            listener,
        )?;
        ControlFlow::Continue(heard.outcome)
    }

    /// Hears pieces that the listener itself sends: what is sent at the next wait
    /// is there before the loop looks, however busy the machine is.
    fn hear_sent(
        limits: &Limits,
        mut listener: impl FnMut(Progress<'_>, &Sender),
    ) -> (String, ControlFlow<(), Outcome>) {
        let (sender, pieces) = sync_channel(CHANNEL_PIECES);
        let mut text = String::new();
        let taken = &mut Taken::default();
        let outcome = hear(&pieces, taken, limits, None, &mut |progress| {
            if let Progress::Delta(delta) = progress {
                text.push_str(delta);
            }
            listener(progress, &sender);
            ControlFlow::Continue(())
        });
        (text, outcome)
    }

    #[test]
    fn a_listener_is_heeded_whatever_the_worker_is_at() {
        let (go, wait) = channel();
        // As if a name were being looked up: nothing can interrupt that.
        let work = move |_: &Sender| {
            let _ = wait.recv_timeout(GUARD);
        };
        let mut waits = 0;
        let outcome = run_through(work, &mut |progress| {
            assert_eq!(progress, Progress::Idle);
            waits += 1;
            if waits < 3 {
                return ControlFlow::Continue(());
            }
            ControlFlow::Break(())
        });
        assert!(outcome.is_break());
        assert_eq!(waits, 3);
        assert!(go.send(()).is_ok(), "the worker was waited for");
    }

    #[test]
    fn what_the_worker_sends_is_heard_in_order() {
        let mut text = String::new();
        let work = |pieces: &Sender| {
            for c in "hé 你".chars() {
                let _ = pieces.send(Piece::Text(c.into()));
            }
            let _ = pieces.send(Piece::End(Ok(COMPLETE)));
        };
        let outcome = run_through(work, &mut |progress| {
            if let Progress::Delta(delta) = progress {
                text.push_str(delta);
            }
            ControlFlow::Continue(())
        });
        assert!(is_complete(&outcome));
        assert_eq!(text, "hé 你");
    }

    #[test]
    fn silence_counts_from_the_beginning_of_the_answer() {
        let limits = silent_after(4);
        let mut waits = 0;
        let (_, outcome) = hear_sent(&limits, |_, pieces| {
            waits += 1;
            if waits == 10 {
                let _ = pieces.send(Piece::End(Ok(COMPLETE)));
            }
        });
        assert!(is_complete(&outcome));
        let mut waits = 0;
        let (text, outcome) = hear_sent(&limits, |progress, pieces| {
            if progress == Progress::Idle {
                waits += 1;
                if waits == 10 {
                    let _ = pieces.send(Piece::Text("a".into()));
                }
            }
        });
        assert!(matches!(
            outcome,
            ControlFlow::Continue(Err(Fault::Silent(idle))) if idle == limits.idle
        ));
        assert_eq!((text.as_str(), waits), ("a", 14));
    }

    #[test]
    fn each_piece_ends_the_silence() {
        let mut waits = 0;
        let (_, outcome) = hear_sent(&silent_after(4), |_, pieces| {
            waits += 1;
            let piece = match waits {
                15 => Piece::End(Ok(COMPLETE)),
                _ if waits % 3 == 0 => Piece::Alive,
                _ => return,
            };
            let _ = pieces.send(piece);
        });
        assert!(is_complete(&outcome));
    }

    #[test]
    fn a_listener_that_takes_its_time_loses_nothing_and_is_no_silence() {
        let limits = silent_after(1);
        let mut deltas = 0;
        let (text, outcome) = hear_sent(&limits, |progress, pieces| {
            deltas += u32::from(progress != Progress::Idle);
            let piece = match deltas {
                0 => Piece::Text("a".into()),
                1 => Piece::Text("b".into()),
                _ => Piece::End(Ok(COMPLETE)),
            };
            thread::sleep(limits.idle * 2);
            let _ = pieces.send(piece);
        });
        assert!(is_complete(&outcome));
        assert_eq!(text, "ab");
    }

    #[test]
    fn a_probable_end_stands_if_no_certain_one_comes() {
        let first = |end: Duration, after: fn(&Sender)| {
            let limits = Limits {
                end,
                ..silent_after(4)
            };
            let mut has_begun = false;
            let (_, outcome) = hear_sent(&limits, |_, pieces| {
                if !std::mem::replace(&mut has_begun, true) {
                    let _ = pieces.send(Piece::ProbableEnd(Ok(COMPLETE)));
                }
                after(pieces);
            });
            outcome
        };
        // Nothing else comes, or nothing that matters.
        assert!(is_complete(&first(GUARD, |_| {})));
        let alive = |pieces: &Sender| {
            let _ = pieces.send(Piece::Alive);
        };
        assert!(is_complete(&first(Duration::ZERO, alive)));
        let outcome = first(GUARD, |pieces| {
            let _ = pieces.send(Piece::End(Err(Fault::Cut)));
        });
        assert!(matches!(outcome, ControlFlow::Continue(Err(Fault::Cut))));
    }

    #[test]
    fn a_reply_is_as_long_as_the_limit_and_cut_between_characters() {
        let limits = Limits {
            reply: 10,
            ..Limits::default()
        };
        let say = |text: &str| {
            let mut rest = text.chars();
            hear_sent(&limits, |_, pieces| {
                let _ = pieces.send(match rest.next() {
                    Some(c) => Piece::Text(c.into()),
                    None => Piece::End(Ok(COMPLETE)),
                });
            })
        };
        let (text, outcome) = say("0123456789");
        assert!(is_complete(&outcome));
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
        let outcome = run_through(|_| {}, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(
            outcome,
            ControlFlow::Continue(Err(Fault::NoWorker))
        ));
    }
}
