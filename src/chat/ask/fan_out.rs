//! One question to several models at once, each on a thread of its own.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::audience::{Addressee, Audience};
use super::incoming::IncomingReply;
use super::question::Question;
use super::reply_stream::{Piece, ReplyStream, progress};
use super::shortening::SHORTENINGS;
use super::turn_beside::TurnBeside;
use crate::chat::Chat;
use crate::domain::{Error, Event, Progress, Result, Sink, Status};
use crate::responder::{Ask, Ending, Opened, Responder};

/// How long nothing may come before the sink is asked whether to go on.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(25);

/// How many pieces may wait in the channel; a thread that has another one waits.
const CHANNEL_PIECES: usize = 128;

/// What a thread sends, with the number of its reply.
type Numbered = (usize, Piece);

/// What came of all of them so far.
#[derive(Default)]
struct Outcome {
    /// The last failure.
    failure: Option<Error>,
    /// Which were refused because what was sent was too long.
    refused: Vec<(usize, Ending)>,
    /// The person has stopped all of them.
    is_stopped: bool,
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
    let opened = opened.collect::<Result<Vec<_>>>()?;
    let now = chat.settings.now();
    let sessions: Vec<_> = addressees.iter().map(|one| one.session.key).collect();
    let questions = Question::append_to_each(chat, &sessions, text, now)?;
    let (mut turns, mut streams) = (Vec::new(), Vec::new());
    let mut outcome = Outcome::default();
    for ((addressee, question), model) in addressees.into_iter().zip(questions).zip(opened) {
        let mut turn = TurnBeside::new(addressee, question, model);
        outcome.is_stopped |= turn.read_context(chat, !outcome.is_stopped, sink)?;
        let mut reply = turn.reply();
        reply.keep(&mut chat.log)?;
        streams.push(ReplyStream {
            reply: Some(reply),
            retry: None,
        });
        turns.push(turn);
    }
    chat.commit(sink)?;
    if outcome.is_stopped {
        // Nobody is asked any more; each question is told to have no answer.
        for reply in streams.iter_mut().filter_map(ReplyStream::end) {
            end(reply, Ending::interrupted(), chat, &mut outcome, sink)?;
        }
        return Ok(());
    }
    sink.flush()?;
    let mut asked: Vec<usize> = (0..turns.len()).collect();
    let mut shortenings = 0;
    while !asked.is_empty() {
        ask_all(chat, &mut turns, &asked, &mut streams, &mut outcome, sink)?;
        asked.clear();
        for (number, ending) in std::mem::take(&mut outcome.refused) {
            let (turn, stream) = (&mut turns[number], &mut streams[number]);
            let shorter = if shortenings < SHORTENINGS && !outcome.is_stopped {
                turn.shortened(&ending, chat, sink)?
            } else {
                None
            };
            if let (Some(shorter), Some(reply)) = (shorter, &mut stream.reply) {
                turn.context = shorter;
                reply.is_asked_with(&turn.context, &turn.question, ending.tries);
                asked.push(number);
            } else if let Some(reply) = stream.end() {
                end(reply, ending, chat, &mut outcome, sink)?;
            }
        }
        shortenings += 1;
        chat.commit(sink)?;
        // At the end nobody is waited for any more, and a flush would drop what a
        // person who stopped all of them is still to be told.
        if !asked.is_empty() {
            sink.flush()?;
        }
    }
    outcome.failure.map_or(Ok(()), Err)
}

/// Opens the model of a session.
fn open(chat: &Chat, addressee: &Addressee) -> Result<Opened> {
    let opened = chat
        .answering
        .open_separately(addressee.session.model.as_deref());
    opened.map_err(|error| Error::Asked(addressee.name(), Box::new(error)))
}

/// Lets each of the models that are named by their numbers answer on a thread of
/// its own and receives all replies.
fn ask_all(
    chat: &mut Chat,
    turns: &mut [TurnBeside<'_>],
    asked: &[usize],
    streams: &mut [ReplyStream],
    outcome: &mut Outcome,
    sink: &mut dyn Sink,
) -> Result<()> {
    let stop = AtomicBool::new(false);
    let (sender, pieces) = sync_channel(CHANNEL_PIECES);
    thread::scope(|scope| {
        for (number, turn) in turns.iter_mut().enumerate() {
            if !asked.contains(&number) {
                continue;
            }
            let (sender, stop) = (sender.clone(), &stop);
            let TurnBeside {
                model,
                question,
                context,
                ..
            } = turn;
            let (responder, ask) = (model.responder.as_mut(), context.ask(question.content));
            scope.spawn(move || respond(responder, &ask, number, &sender, stop));
        }
        drop(sender);
        let result = listen_to_all(chat, streams, &pieces, &stop, outcome, sink);
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

/// Receives all replies to their ends, and ends each that was not refused.
fn listen_to_all(
    chat: &mut Chat,
    streams: &mut [ReplyStream],
    pieces: &Receiver<Numbered>,
    stop: &AtomicBool,
    outcome: &mut Outcome,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut progress_at = Instant::now();
    loop {
        match pieces.recv_timeout(PROGRESS_INTERVAL) {
            Ok((number, Piece::End(ending))) => {
                let stream = &mut streams[number];
                let is_empty = stream.reply.as_ref().is_some_and(IncomingReply::is_empty);
                if ending.too_long.is_some() && is_empty && !stop.load(Ordering::Relaxed) {
                    stream.retry = None;
                    outcome.refused.push((number, ending));
                    continue;
                }
                let Some(reply) = stream.end() else {
                    continue;
                };
                let is_stopped = ending.status == Status::Interrupted;
                end(reply, ending, chat, outcome, sink)?;
                if is_stopped {
                    outcome.is_stopped = true;
                    stop.store(true, Ordering::Relaxed);
                }
            }
            Ok((number, piece)) => streams[number].take(&piece),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        if progress_at.elapsed() >= PROGRESS_INTERVAL {
            progress_at = Instant::now();
            let replies = streams.iter_mut().filter_map(|one| one.reply.as_mut());
            let mut replies: Vec<_> = replies.collect();
            IncomingReply::keep_those_due(&mut replies, &mut chat.log)?;
            if sink.progress(progress(streams)).is_break() {
                outcome.is_stopped = true;
                stop.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// Ends a reply. If it has failed that is told, unless it stays the last failure.
///
/// # Errors
/// If the store has stopped.
fn end(
    reply: IncomingReply,
    ending: Ending,
    chat: &mut Chat,
    outcome: &mut Outcome,
    sink: &mut dyn Sink,
) -> Result<()> {
    let ended = reply.end(ending, chat, sink);
    // It is shown by the next progress, even if a signal has come: that stops
    // the others, which are still to be kept.
    chat.commit(sink)?;
    match ended {
        Err(error) if chat.is_stopped() => Err(error),
        Err(error) => {
            if let Some(earlier) = outcome.failure.replace(error) {
                sink.emit(&Event::Error(&earlier));
            }
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
