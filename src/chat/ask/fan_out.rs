//! One question to several models at once.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::audience::{Addressee, Audience};
use super::incoming::IncomingReply;
use super::question::Question;
use super::reply_stream::{Piece, ReplyStream, progress, tell_awaited};
use super::shortening::SHORTENINGS;
use super::turn_beside::TurnBeside;
use super::workers::{Job, Jobs, Numbered};
use crate::chat::Chat;
use crate::domain::{Error, Event, Problem, ProblemKind, Result, Sink, Status};
use crate::responder::{Ending, Opened};
use crate::store::Log;

/// How long nothing may come before the sink is asked whether to go on.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(25);

/// How many pieces may wait in the channel; a thread that has another one waits.
const CHANNEL_PIECES: usize = 128;

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
    let are_of_one = addressees.windows(2).all(|two| two[0].user == two[1].user);
    let (mut turns, mut streams) = (Vec::new(), Vec::new());
    let mut outcome = Outcome::default();
    let asked = addressees.into_iter().zip(questions).zip(opened);
    for ((addressee, question), model) in asked {
        turns.push(TurnBeside::new(addressee, question, model));
    }
    // All or nobody is asked.
    for number in 0..turns.len() {
        let read = turns[number].read_context(chat);
        read.inspect_err(|_| tell_not_asked(chat, &turns, sink))?;
    }
    for turn in &turns {
        let addressee = &turn.addressee;
        let persona = addressee.session.persona.as_deref();
        let name = match persona.filter(|_| are_of_one) {
            Some(persona) => persona.to_owned(),
            None => addressee.name(),
        };
        // Whoever is killed while a summary is written, or later, has no answer.
        let mut reply = turn.reply();
        reply.keep(&mut chat.log)?;
        streams.push(ReplyStream {
            name,
            reply: Some(reply),
            retry: None,
        });
    }
    tell_awaited(&streams, sink);
    outcome.is_stopped = compact_first(chat, &mut turns, &mut streams, sink)?;
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
    tell_awaited(&streams, sink);
    outcome.failure.map_or(Ok(()), Err)
}

/// Tells that the questions are in the log, and that nobody was asked: what was said
/// before one of them cannot be read.
fn tell_not_asked(chat: &Chat, turns: &[TurnBeside<'_>], sink: &mut dyn Sink) {
    let places = turns.iter().filter_map(|turn| turn.question.place);
    let ids: Vec<String> = places.map(|place| format!("#{}", place.id)).collect();
    if !chat.is_stopped() {
        let notice = format!(
            "messages {} are kept, and no model was asked",
            ids.join(", ")
        );
        sink.emit(&Event::Notice(&notice));
    }
}

/// Has summaries written where a context has outgrown the window of a model that is
/// to do that, one after the other, and tells what does not fit. Gives whether the
/// person has stopped it.
fn compact_first(
    chat: &mut Chat,
    turns: &mut [TurnBeside<'_>],
    streams: &mut [ReplyStream],
    sink: &mut dyn Sink,
) -> Result<bool> {
    let mut is_stopped = false;
    for (number, turn) in turns.iter_mut().enumerate() {
        if !is_stopped {
            // All of them wait for it.
            let waits = &mut |log: &mut Log| {
                let replies = streams.iter_mut().filter_map(|one| one.reply.as_mut());
                IncomingReply::keep_waiting(&mut replies.collect::<Vec<_>>(), log);
            };
            match turn.compact_first(chat, waits, sink) {
                Ok(true) => {
                    if let Some(reply) = &mut streams[number].reply {
                        reply.is_asked_with(&turn.context, &turn.question, 0);
                    }
                }
                Ok(false) => {}
                Err(Error::Interrupted) => is_stopped = true,
                Err(error) => return Err(error),
            }
        }
        turn.tell_context(chat, sink);
    }
    Ok(is_stopped)
}

/// Opens the model of a session.
fn open(chat: &Chat, addressee: &Addressee) -> Result<Opened> {
    let opened = chat
        .answering
        .open_separately(addressee.session.model.as_deref());
    opened.map_err(|error| Error::Asked(addressee.name(), Box::new(error)))
}

/// Lets the models that are named by their numbers answer, a few at a time, and
/// receives all replies.
fn ask_all(
    chat: &mut Chat,
    turns: &mut [TurnBeside<'_>],
    asked: &[usize],
    streams: &mut [ReplyStream],
    outcome: &mut Outcome,
    sink: &mut dyn Sink,
) -> Result<()> {
    let asked_turns = turns.iter_mut().enumerate();
    let asked_turns = asked_turns.filter(|(number, _)| asked.contains(number));
    let jobs = Jobs::new(asked_turns.map(|(number, turn)| Job {
        number,
        responder: turn.model.responder.as_mut(),
        ask: turn.context.ask(turn.question.content),
    }));
    let (sender, pieces) = sync_channel(CHANNEL_PIECES);
    thread::scope(|scope| {
        let threads = jobs.start(chat.settings.parallel, &sender, scope);
        drop(sender);
        let result = if threads > 0 {
            listen_to_all(chat, streams, &pieces, &jobs, outcome, sink)
        } else {
            nobody_asks(chat, asked, streams, outcome, sink)
        };
        // After an error threads may still be sending: nobody receives that.
        jobs.stop();
        drop(pieces);
        result
    })
}

/// Ends the replies of which nothing can come.
fn nobody_asks(
    chat: &mut Chat,
    asked: &[usize],
    streams: &mut [ReplyStream],
    outcome: &mut Outcome,
    sink: &mut dyn Sink,
) -> Result<()> {
    for number in asked {
        if let Some(reply) = streams[*number].end() {
            let problem = Problem::new(ProblemKind::Other, "the system starts no further thread");
            end(reply, Ending::failed(problem), chat, outcome, sink)?;
        }
    }
    Ok(())
}

/// Receives all replies to their ends, and ends each that was not refused.
fn listen_to_all(
    chat: &mut Chat,
    streams: &mut [ReplyStream],
    pieces: &Receiver<Numbered>,
    jobs: &Jobs<'_>,
    outcome: &mut Outcome,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut progress_at = Instant::now();
    loop {
        match pieces.recv_timeout(PROGRESS_INTERVAL) {
            Ok((number, Piece::End(ending))) => {
                let stream = &mut streams[number];
                let is_empty = stream.reply.as_ref().is_some_and(IncomingReply::is_empty);
                if ending.too_long.is_some() && is_empty && !jobs.is_stopped() {
                    stream.retry = None;
                    outcome.refused.push((number, ending));
                    continue;
                }
                let Some(reply) = stream.end() else {
                    continue;
                };
                let is_stopped = ending.status == Status::Interrupted;
                end(reply, ending, chat, outcome, sink)?;
                tell_awaited(streams, sink);
                if is_stopped {
                    outcome.is_stopped = true;
                    jobs.stop();
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
                jobs.stop();
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
