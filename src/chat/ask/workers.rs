//! Threads that ask models: a few for many questions.

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder, Scope};
use std::time::Duration;

use super::reply_stream::Piece;
use crate::domain::Progress;
use crate::responder::{Ask, Ending, Responder};

/// How often the last thread tries once more to ask, where the system starts no
/// further one: those that gave up for it may not quite have ended.
const TRIES: u32 = 50;

/// The pause before each of these tries.
const PAUSE: Duration = Duration::from_millis(10);

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
    queue: Mutex<Queue<'a>>,
    /// The person has stopped all of them.
    stop: AtomicBool,
}

struct Queue<'a> {
    waiting: VecDeque<Job<'a>>,
    /// How many threads take from it.
    askers: usize,
}

impl<'a> Jobs<'a> {
    /// These, in this order.
    pub(super) fn new(jobs: impl Iterator<Item = Job<'a>>) -> Self {
        Self {
            queue: Mutex::new(Queue {
                waiting: jobs.collect(),
                askers: 0,
            }),
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
        // None of them takes a question before it is known how many they are.
        let mut queue = self.lock();
        let wanted = limit.min(queue.waiting.len());
        queue.askers = start_each(wanted, || {
            let sender = sender.clone();
            let thread = Builder::new().name("asker".into());
            let started = thread.spawn_scoped(scope, move || self.work(&sender));
            started.map(|_| ())
        });
        queue.askers
    }

    /// Nobody is asked any more, and those who answer are to stop.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether that was said.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Asks one after the other. Whoever is asked may take a thread, too: where the
    /// system starts no further one, this one ends, unless it is the last.
    fn work(&self, sender: &SyncSender<Numbered>) {
        let mut tries = TRIES;
        while let Some(mut job) = self.take() {
            let ending = loop {
                let ending = if self.is_stopped() {
                    Ending::interrupted()
                } else {
                    self.respond(&mut job, sender)
                };
                if !ending.is_unstarted {
                    break ending;
                }
                match self.leave_to_others(job) {
                    Some(own) => job = own,
                    None => return,
                }
                let Some(left) = tries.checked_sub(1) else {
                    break ending;
                };
                tries = left;
                thread::sleep(PAUSE);
            };
            // Nobody receives it after a failure of the store.
            let _ = sender.send((job.number, Piece::End(ending)));
        }
    }

    /// The next question; if there is none the thread that asks for it ends.
    fn take(&self) -> Option<Job<'a>> {
        let mut queue = self.lock();
        let job = queue.waiting.pop_front();
        if job.is_none() {
            queue.askers -= 1;
        }
        job
    }

    /// Puts a question back for another thread, and the thread that does so ends; the
    /// last one keeps it.
    fn leave_to_others(&self, job: Job<'a>) -> Option<Job<'a>> {
        let mut queue = self.lock();
        if queue.askers < 2 {
            return Some(job);
        }
        queue.askers -= 1;
        queue.waiting.push_front(job);
        None
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

    fn lock(&self) -> MutexGuard<'_, Queue<'a>> {
        // A thread that failed has not left it half changed.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts so many threads, or as many as the system allows.
fn start_each(wanted: usize, mut start: impl FnMut() -> io::Result<()>) -> usize {
    (0..wanted).take_while(|_| start().is_ok()).count()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::sync::mpsc::sync_channel;

    use super::*;
    use crate::domain::{Problem, ProblemKind, Status};
    use crate::responder::{Listener, Window};

    /// Cannot be asked as often as this says, by all of them together.
    struct Scarce<'s>(&'s AtomicU32);

    impl Responder for Scarce<'_> {
        fn model(&self) -> &'static str {
            "scarce"
        }

        fn waits(&self) -> bool {
            true
        }

        fn window(&self) -> Window {
            Window::Message
        }

        fn respond(&mut self, _ask: &Ask<'_>, _listener: &mut Listener<'_>) -> Ending {
            let take = |left: u32| left.checked_sub(1);
            if self
                .0
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
                .is_err()
            {
                return Ending::complete();
            }
            let problem = Problem::new(ProblemKind::Other, "no thread");
            Ending {
                is_unstarted: true,
                ..Ending::failed(problem)
            }
        }
    }

    /// How five questions end that three threads ask.
    fn ends(scarce: u32) -> Vec<Status> {
        let scarce = AtomicU32::new(scarce);
        let mut responders: Vec<_> = (0..5).map(|_| Scarce(&scarce)).collect();
        let jobs = responders.iter_mut().enumerate();
        let jobs = Jobs::new(jobs.map(|(number, responder)| Job {
            number,
            responder,
            ask: Ask {
                system: None,
                context: &[],
                message: "hello",
            },
        }));
        let (sender, pieces) = sync_channel(9);
        thread::scope(|scope| {
            assert_eq!(jobs.start(3, &sender, scope), 3);
            drop(sender);
            let ends = pieces.iter().filter_map(|(number, piece)| match piece {
                Piece::End(ending) => Some((number, ending.status)),
                _ => None,
            });
            let mut ends: Vec<_> = ends.collect();
            ends.sort_unstable_by_key(|(number, _)| *number);
            ends.into_iter().map(|(_, status)| status).collect()
        })
    }

    #[test]
    fn whoever_cannot_be_asked_for_want_of_a_thread_is_asked_when_one_has_ended() {
        assert_eq!(ends(0), [Status::Complete; 5]);
        assert_eq!(ends(2), [Status::Complete; 5]);
        assert_eq!(ends(9), [Status::Complete; 5]);
        assert_eq!(ends(u32::MAX), [Status::Failed; 5]);
    }

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
