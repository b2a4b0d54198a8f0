//! The thread that waits for an endpoint, and the loop that listens to it.
//!
//! Everything that blocks happens on the worker thread. It sends signals over a
//! bounded channel. The caller takes them, passes them to the listener, and
//! calls the listener at short intervals even if nothing arrives, so that the
//! listener can stop the reply.

use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;

use super::completion::Outcome;
use super::fault::Fault;
use super::limits::Limits;
use crate::domain::Progress;
use crate::responder::{LISTENER_INTERVAL, Listener};

/// How many signals the channel holds.
const CHANNEL_SIGNALS: usize = 128;

/// How much text is passed to the listener at once if more has arrived already.
const BATCH_BYTES: usize = 64 * 1024;

/// What the worker sends.
#[derive(Debug)]
pub(super) enum Signal {
    /// Something arrived, but nothing of a reply: a sign of life.
    Alive,
    /// Something of a reply arrived, but no text.
    News,
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
pub(super) type Sender = SyncSender<Signal>;

/// A thread that carries out one request after the other. When this is dropped, it
/// ends once its current request is done.
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

/// What was received in answer to a request.
#[derive(Debug)]
pub(super) struct Received {
    pub outcome: Outcome,
    /// After a whole reply that the worker ended itself: says by [`Signal::Spent`]
    /// when the connection can be used again. Otherwise the agent has been closed.
    pub rest: Option<Receiver<Signal>>,
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
) -> ControlFlow<(), Received> {
    let (sender, signals) = sync_channel(CHANNEL_SIGNALS);
    let mut taken = Taken::default();
    let flow = if worker.takes(Box::new(move || work(&sender))) {
        hear(&signals, &mut taken, limits, deadline, listener)
    } else {
        ControlFlow::Continue(Err(Fault::NoThread))
    };
    let is_whole =
        matches!(&flow, ControlFlow::Continue(Ok(completion)) if completion.fault.is_none());
    let rest = (is_whole && taken.is_ended).then_some(signals);
    if rest.is_none() {
        agent.clone().shutdown();
    }
    let outcome = flow?;
    ControlFlow::Continue(Received { outcome, rest })
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
    /// Something of a reply was among it.
    has_news: bool,
}

impl Taken {
    fn take(&mut self, signal: Signal) {
        self.has_news |= !matches!(signal, Signal::Alive | Signal::Spent);
        match signal {
            Signal::Alive | Signal::News | Signal::Spent => {}
            Signal::Text(text) if self.text.is_empty() => self.text = text,
            Signal::Text(text) => self.text.push_str(&text),
            Signal::Reasoning(text) => self.reasoning.push_str(&text),
            Signal::ProbableEnd(outcome) => {
                self.probable_end = Some((outcome, Instant::now()));
            }
            Signal::End(outcome) => {
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
    signals: &Receiver<Signal>,
    taken: &mut Taken,
    limits: &Limits,
    deadline: Option<Instant>,
    listener: &mut Listener<'_>,
) -> ControlFlow<(), Outcome> {
    let mut room = limits.reply;
    // Counted in intervals, not by the clock: time in which this process was
    // stopped is not the endpoint's silence. It begins with the answer.
    let mut silence = None;
    // Time in which nothing of a reply came, be there signs of life or not.
    let mut barren = Duration::ZERO;
    let mut barren_limit = limits.before_news();
    loop {
        let since = Instant::now();
        match signals.recv_timeout(LISTENER_INTERVAL) {
            Ok(signal) => {
                silence = Some(Duration::ZERO);
                taken.take(signal);
                while taken.end.is_none() && taken.len() < BATCH_BYTES {
                    let Ok(signal) = signals.try_recv() else {
                        break;
                    };
                    taken.take(signal);
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
        if std::mem::take(&mut taken.has_news) {
            (barren, barren_limit) = (Duration::ZERO, limits.between_news());
        } else if silence.is_some() {
            barren += since.elapsed().min(LISTENER_INTERVAL);
        }
        if taken.end.is_none() && barren >= barren_limit.time {
            taken.end = Some(taken.probable_end_or(Fault::Barren(barren_limit)));
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
mod tests;
