//! One question to several models at once, each on a thread of its own.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::audience::{Addressee, Audience};
use super::context::Context;
use super::incoming::IncomingReply;
use super::question::Question;
use crate::chat::Chat;
use crate::domain::{Error, Event, Progress, Result, Retry, Sink, Status};
use crate::responder::{Ask, Ending, Opened, Responder};

/// How long nothing may come before the sink is asked whether to go on.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(25);

/// How many pieces may wait in the channel; a thread that has another one waits.
const CHANNEL_PIECES: usize = 128;

/// What a thread sends of the reply that it receives.
enum Piece {
    Text(String),
    /// What the model thinks before it answers.
    Reasoning(String),
    /// The endpoint will be asked again after so long.
    Retry(Retry),
    /// The endpoint has been asked again.
    AskedAgain,
    End(Ending),
}

/// What a thread sends, with the number of its reply.
type Numbered = (usize, Piece);

/// A reply that a thread receives.
struct ReplyStream {
    /// None once it has ended.
    reply: Option<IncomingReply>,
    /// How long a busy endpoint is still left alone, while a countdown runs.
    retry: Option<Retry>,
}

/// Says one text in a session of each of the audience and tells the replies,
/// each whole, in the order in which they end.
///
/// # Errors
/// If one of them has no session or no model, before anything is said to
/// anybody. If one or more fail to answer, the others do; the last failure is
/// the error, the earlier ones are told.
pub(crate) fn fan_out(
    chat: &mut Chat,
    audience: Audience,
    text: &str,
    sink: &mut dyn Sink,
) -> Result<()> {
    let addressees = audience.addressees(chat, sink)?;
    let opened = addressees.iter().map(|addressee| open(chat, addressee));
    let mut opened = opened.collect::<Result<Vec<_>>>()?;
    let now = chat.settings.now();
    let sessions: Vec<_> = addressees.iter().map(|one| one.session.key).collect();
    let questions = Question::append_to_each(chat, &sessions, text, now)?;
    chat.commit_and_flush(sink)?;
    let (mut contexts, mut streams): (Vec<Context>, _) = (Vec::new(), Vec::new());
    for ((addressee, question), opened) in addressees.into_iter().zip(&questions).zip(&opened) {
        let context = question.context(
            &addressee.user,
            opened.responder.window(),
            opened.system.as_deref(),
            &mut chat.log,
            &chat.answering.tokens,
        )?;
        context.tell_left_out(addressee.session.key, chat, sink);
        let model = opened.responder.model().to_owned();
        let reply = IncomingReply::new(addressee, model, question, &context, String::new(), now);
        streams.push(ReplyStream {
            reply: Some(reply.among_several()),
            retry: None,
        });
        contexts.push(context);
    }
    let asked = opened.iter_mut().zip(&contexts);
    let asked = asked.map(|(opened, context)| (opened.responder.as_mut(), context.ask(text)));
    ask_all(chat, asked.collect(), &mut streams, sink)
}

/// Opens the model of a session.
fn open(chat: &Chat, addressee: &Addressee) -> Result<Opened> {
    let opened = chat
        .answering
        .open_separately(addressee.session.model.as_deref());
    opened.map_err(|error| Error::Asked(addressee.name(), Box::new(error)))
}

/// Lets each model answer on a thread of its own and receives all replies.
fn ask_all(
    chat: &mut Chat,
    asked: Vec<(&mut (dyn Responder + 'static), Ask<'_>)>,
    streams: &mut [ReplyStream],
    sink: &mut dyn Sink,
) -> Result<()> {
    let stop = AtomicBool::new(false);
    let (sender, pieces) = sync_channel(CHANNEL_PIECES);
    thread::scope(|scope| {
        for (number, (responder, ask)) in asked.into_iter().enumerate() {
            let (sender, stop) = (sender.clone(), &stop);
            scope.spawn(move || respond(responder, &ask, number, &sender, stop));
        }
        drop(sender);
        let result = listen_to_all(chat, streams, &pieces, &stop, sink);
        // After an error threads may still be sending: nobody receives that.
        stop.store(true, Ordering::Relaxed);
        drop(pieces);
        result
    })
}

/// Lets a model answer and sends the pieces of the reply.
fn respond(
    responder: &mut dyn Responder,
    ask: &Ask<'_>,
    number: usize,
    sender: &SyncSender<Numbered>,
    stop: &AtomicBool,
) {
    let mut is_counting_down = false;
    let ending = responder.respond(ask, &mut |progress| {
        let piece = match progress {
            Progress::Delta(text) => Some(Piece::Text(text.to_owned())),
            Progress::Reasoning(text) => Some(Piece::Reasoning(text.to_owned())),
            Progress::Retry(left) => Some(Piece::Retry(left)),
            Progress::Idle => is_counting_down.then_some(Piece::AskedAgain),
        };
        is_counting_down = matches!(progress, Progress::Retry(_));
        let is_received = piece.is_none_or(|piece| sender.send((number, piece)).is_ok());
        if is_received && !stop.load(Ordering::Relaxed) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    // Nobody receives it after a failure of the store.
    let _ = sender.send((number, Piece::End(ending)));
}

/// Receives all replies to their ends, and ends each.
fn listen_to_all(
    chat: &mut Chat,
    streams: &mut [ReplyStream],
    pieces: &Receiver<Numbered>,
    stop: &AtomicBool,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut failure = None;
    let mut progress_at = Instant::now();
    loop {
        match pieces.recv_timeout(PROGRESS_INTERVAL) {
            Ok((number, Piece::End(ending))) => {
                let Some(reply) = streams[number].end() else {
                    continue;
                };
                let is_whole = ending.status == Status::Complete;
                let ended = reply.end(ending, chat, sink);
                // It is shown by the next progress, even if a signal has come:
                // that stops the others, which are still to be kept.
                chat.commit(sink)?;
                match ended {
                    Err(error) if chat.is_stopped() => return Err(error),
                    Err(error) => {
                        if let Some(earlier) = failure.replace(error) {
                            sink.emit(&Event::Error(&earlier));
                        }
                    }
                    Ok(()) if !is_whole => stop.store(true, Ordering::Relaxed),
                    Ok(()) => {}
                }
            }
            Ok((number, piece)) => streams[number].take(&piece),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if progress_at.elapsed() >= PROGRESS_INTERVAL {
            progress_at = Instant::now();
            let now = chat.settings.now();
            for reply in streams.iter_mut().filter_map(|one| one.reply.as_mut()) {
                reply.keep_if_due(&mut chat.log, now)?;
            }
            if sink.progress(progress(streams)).is_break() {
                stop.store(true, Ordering::Relaxed);
            }
        }
    }
    failure.map_or(Ok(()), Err)
}

/// What is shown while all are waited for: of several countdowns the shortest.
fn progress(streams: &[ReplyStream]) -> Progress<'static> {
    let retry = streams.iter().filter_map(|stream| stream.retry).min();
    retry.map_or(Progress::Idle, Progress::Retry)
}

impl ReplyStream {
    /// Takes a piece that is not the end. A countdown lasts until the next one.
    fn take(&mut self, piece: &Piece) {
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
    fn end(&mut self) -> Option<IncomingReply> {
        self.retry = None;
        self.reply.take()
    }
}

#[cfg(test)]
mod tests {
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
        ReplyStream { reply: None, retry }
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
