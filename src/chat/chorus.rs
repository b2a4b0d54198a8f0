//! Several replies that come side by side.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::each::label;
use super::turn::{Heard, KEEP_EVERY};
use super::view::View;
use super::{Chat, Current};
use crate::domain::{
    Error, Event, MessageId, Progress, ReplyCost, Result, Said, Sink, Status, Timestamp, UserName,
};
use crate::responder::{Ask, Ending, Responder};

/// How long nothing may come before the sink is asked whether to go on.
const TICK: Duration = Duration::from_millis(25);

/// How many pieces may lie between those who answer and who hears them.
const WAITING: usize = 128;

/// One of those who are asked.
pub(super) struct Asked {
    pub(super) user: UserName,
    pub(super) current: Current,
    pub(super) question: MessageId,
    pub(super) since: Timestamp,
    pub(super) view: View,
    /// What has come of the reply, and how much of it is kept since when.
    pub(super) reply: String,
    pub(super) kept: (Timestamp, usize),
    pub(super) model: String,
    /// The reply has ended and is in the log.
    pub(super) is_done: bool,
}

/// What comes of a reply, from the thread that hears it.
enum Piece {
    Text(usize, String),
    Retry(Duration),
    End(usize, Ending),
}

impl Chat {
    pub(super) fn ask_all(
        &mut self,
        mut asked: Vec<Asked>,
        responders: Vec<Box<dyn Responder>>,
        content: &str,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let stop = AtomicBool::new(false);
        let asks: Vec<(Option<String>, Vec<Said>)> = asked
            .iter_mut()
            .map(|one| {
                let system = one
                    .view
                    .system
                    .as_ref()
                    .map(|system| system.content.clone());
                (system, std::mem::take(&mut one.view.said))
            })
            .collect();
        let (sender, pieces) = sync_channel(WAITING);
        thread::scope(|scope| {
            for (number, (mut responder, (system, context))) in
                responders.into_iter().zip(&asks).enumerate()
            {
                let (sender, stop) = (sender.clone(), &stop);
                scope.spawn(move || {
                    let ask = Ask {
                        system: system.as_deref(),
                        context,
                        message: content,
                    };
                    respond(responder.as_mut(), &ask, number, &sender, stop);
                });
            }
            drop(sender);
            let result = self.hear_all(&mut asked, &pieces, &stop, sink);
            // Whoever still waits to tell something finds nobody listening.
            stop.store(true, Ordering::Relaxed);
            drop(pieces);
            result
        })
    }

    fn hear_all(
        &mut self,
        asked: &mut [Asked],
        pieces: &Receiver<Piece>,
        stop: &AtomicBool,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let mut failure: Option<Error> = None;
        let mut progress = Progress::Idle;
        let mut told = Instant::now();
        loop {
            match pieces.recv_timeout(TICK) {
                Ok(Piece::Text(number, text)) => {
                    asked[number].reply.push_str(&text);
                }
                Ok(Piece::Retry(left)) => progress = Progress::Retry(left),
                Ok(Piece::End(number, ending)) => {
                    progress = Progress::Idle;
                    let one = &mut asked[number];
                    one.is_done = true;
                    let is_whole = ending.status == Status::Complete;
                    let kept = self.keep_one(one, ending, sink);
                    // It is shown by the next progress, even if a signal has
                    // come: that stops the others, who are still to be kept.
                    self.store.commit()?;
                    if let Err(error) = kept {
                        if self.store.is_stopped() {
                            return Err(error);
                        }
                        let error = Error::Asked(
                            label(&one.user, one.current.persona.as_deref()),
                            Box::new(error),
                        );
                        if let Some(earlier) = failure.replace(error) {
                            sink.tell(&Event::Error(&earlier));
                        }
                    } else if !is_whole {
                        stop.store(true, Ordering::Relaxed);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if told.elapsed() >= TICK {
                told = Instant::now();
                for one in asked.iter_mut().filter(|one| !one.is_done) {
                    self.keep_coming(one)?;
                }
                if sink.progress(progress).is_break() {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// Keeps what has come of a reply, if it is time.
    fn keep_coming(&mut self, one: &mut Asked) -> Result<()> {
        let now = (self.sources.clock)();
        if now.0 - one.kept.0.0 >= KEEP_EVERY && one.reply.len() > one.kept.1 {
            one.kept = (now, one.reply.len());
            let Asked {
                current,
                reply,
                model,
                ..
            } = one;
            self.store.keep_partial(current.key, reply, model)?;
        }
        Ok(())
    }

    fn keep_one(&mut self, one: &Asked, ending: Ending, sink: &mut dyn Sink) -> Result<()> {
        let heard = Heard {
            user: &one.user,
            current: &one.current,
            model: &one.model,
            reply: &one.reply,
            view: &one.view,
            question: one.question,
        };
        let persona = one.current.persona.as_deref();
        let usage = self.keep(&heard, ending, &mut |event| {
            sink.tell(&match event {
                Event::Reply(message) => Event::Tagged { message, persona },
                Event::Notice(text) => {
                    sink.tell(&Event::Notice(&format!(
                        "{}: {text}",
                        label(&one.user, one.current.persona.as_deref())
                    )));
                    return;
                }
                _ => return,
            });
        })?;
        if self.verbose {
            let milliseconds = (self.sources.clock)().0 - one.since.0;
            sink.tell(&Event::Cost(ReplyCost {
                usage,
                milliseconds,
            }));
        }
        Ok(())
    }
}

/// Answers on a thread of its own.
fn respond(
    responder: &mut dyn Responder,
    ask: &Ask<'_>,
    number: usize,
    sender: &SyncSender<Piece>,
    stop: &AtomicBool,
) {
    let ending = responder.respond(ask, &mut |progress| {
        let sent = match progress {
            Progress::Delta(text) => sender.send(Piece::Text(number, text.to_owned())).is_ok(),
            Progress::Retry(left) => sender.send(Piece::Retry(left)).is_ok(),
            Progress::Idle => true,
        };
        if sent && !stop.load(Ordering::Relaxed) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    // Nobody listens any more after a failure of the store.
    let _ = sender.send(Piece::End(number, ending));
}
