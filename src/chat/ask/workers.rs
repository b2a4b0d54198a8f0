//! Threads that ask models: a few for many questions.

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, Scope};

use super::reply_stream::Piece;
use crate::domain::Progress;
use crate::responder::{Ask, Ending, Responder};

/// What a thread sends, with the number of its reply.
pub(super) type Numbered = (usize, Piece);

/// A question to one model.
pub(super) struct Job<'a> {
    /// The number of the reply.
    pub(super) number: usize,
    pub(super) responder: &'a mut dyn Responder,
    pub(super) ask: Ask<'a>,
}

/// Questions that wait for a thread, and where the replies go.
pub(super) struct Jobs<'a> {
    waiting: Mutex<VecDeque<Job<'a>>>,
    /// The person has stopped all of them.
    stop: AtomicBool,
}

impl<'a> Jobs<'a> {
    /// These, in this order.
    pub(super) fn new(jobs: impl Iterator<Item = Job<'a>>) -> Self {
        Self {
            waiting: Mutex::new(jobs.collect()),
            stop: AtomicBool::new(false),
        }
    }

    /// Starts as many threads as are of use, but no more than `limit`; gives how
    /// many could be started. Those go on until every question is answered.
    pub(super) fn start<'scope>(
        &'scope self,
        limit: usize,
        sender: &SyncSender<Numbered>,
        scope: &'scope Scope<'scope, '_>,
    ) -> usize {
        let wanted = limit.min(self.lock().len());
        start_each(wanted, || {
            let sender = sender.clone();
            let thread = Builder::new().name("asker".into());
            let started = thread.spawn_scoped(scope, move || self.work(&sender));
            started.map(|_| ())
        })
    }

    /// Nobody is asked any more, and those who answer are to stop.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether that was said.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Asks one after the other.
    fn work(&self, sender: &SyncSender<Numbered>) {
        loop {
            let job = self.lock().pop_front();
            let Some(mut job) = job else {
                return;
            };
            let number = job.number;
            let ending = if self.is_stopped() {
                Ending::interrupted()
            } else {
                self.respond(&mut job, sender)
            };
            // Nobody receives it after a failure of the store.
            let _ = sender.send((number, Piece::End(ending)));
        }
    }

    /// Lets a model answer and sends the pieces of the reply.
    fn respond(&self, job: &mut Job<'_>, sender: &SyncSender<Numbered>) -> Ending {
        let mut is_counting_down = false;
        job.responder.respond(&job.ask, &mut |progress| {
            let piece = match progress {
                Progress::Delta(text) => Some(Piece::Text(text.to_owned())),
                Progress::Reasoning(text) => Some(Piece::Reasoning(text.to_owned())),
                Progress::Retry(left) => Some(Piece::Retry(left)),
                Progress::Idle => is_counting_down.then_some(Piece::AskedAgain),
            };
            is_counting_down = matches!(progress, Progress::Retry(_));
            let is_received = piece.is_none_or(|piece| sender.send((job.number, piece)).is_ok());
            if is_received && !self.is_stopped() {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Job<'a>>> {
        // A thread that failed has not left it half changed.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts so many threads, or as many as the system allows.
fn start_each(wanted: usize, mut start: impl FnMut() -> io::Result<()>) -> usize {
    (0..wanted).take_while(|_| start().is_ok()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_further_thread_can_start_those_there_are_do_all() {
        let mut left = 3;
        let mut start = || {
            left -= 1;
            if left < 0 {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            Ok(())
        };
        assert_eq!(start_each(2, &mut start), 2);
        assert_eq!(start_each(9, &mut start), 1);
        assert_eq!(start_each(9, &mut start), 0);
    }
}
