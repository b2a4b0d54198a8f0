//! Reads an endpoint's answer, on the worker thread.

use std::io::{self, Read};

use serde_json::Value;

use super::completion::Completion;
use super::endpoint::Api;
use super::fault::Fault;
use super::limits::Limits;
use super::model_list;
use super::reply_reader::{ReplyReader, excerpt};
use super::reported_error::{ReportedError, is_something};
use super::sse::{Events, Unreadable};
use super::worker::{Sender, Signal};

/// An answer with a status of success.
pub(super) struct Answer<'a> {
    /// Its body, unpacked.
    pub stream: &'a mut dyn Read,
    pub api: Api,
    pub limits: &'a Limits,
}

/// Why an answer was not read to its end.
pub(super) enum Stopped {
    /// Nobody takes the signals any more.
    Gone,
    /// Something is wrong with the answer.
    Fault(Fault),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Sends a signal to the caller.
pub(super) fn send(signals: &Sender, signal: Signal) -> Result<(), Stopped> {
    signals.send(signal).map_err(|_| Stopped::Gone)
}

impl Answer<'_> {
    /// Reads a list of models and sends their names, a line each.
    pub(super) fn models(self, signals: &Sender) -> Result<Completion, Stopped> {
        let body = self.all(signals)?;
        let page = model_list::page(&body).ok_or_else(|| no_list(&body))?;
        for model in page.names {
            send(signals, Signal::Text(model + "\n"))?;
        }
        Ok(Completion {
            more_after: page.more_after,
            ..Completion::default()
        })
    }

    /// Reads the whole body. JSON may need two bytes for each byte of the reply.
    fn all(self, signals: &Sender) -> Result<Vec<u8>, Stopped> {
        let limit = self.limits.reply.saturating_mul(2).max(self.limits.event);
        let stream = self.stream;
        let mut body = Vec::new();
        let mut buffer = vec![0; 16 * 1024];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => return Ok(body),
                Ok(count) => body.extend_from_slice(buffer.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Fault::Broken(error.into()).into()),
            }
            if body.len() > limit {
                return Err(Fault::LongReply(self.limits.reply).into());
            }
            send(signals, Signal::News)?;
        }
    }

    /// Reads a reply, streamed or not.
    pub(super) fn reply(self, signals: &Sender) -> Result<Completion, Stopped> {
        read_reply(self.stream, self.api, self.limits, signals)
    }
}

/// Reads a reply from a stream and sends the text of each read as one signal.
pub(super) fn read_reply(
    stream: impl Read,
    api: Api,
    limits: &Limits,
    signals: &Sender,
) -> Result<Completion, Stopped> {
    let mut events = Events::new(stream, limits.event);
    let mut reply = ReplyReader::new(api);
    let mut without_text = 0;
    loop {
        let count = match events.fill() {
            Ok(0) => return end(reply, &mut events, Fault::Cut, signals),
            Ok(count) => count,
            Err(error) => return end(reply, &mut events, Fault::Broken(error.into()), signals),
        };
        let known = reply.known_end();
        let is_over = match take_all(&mut reply, &mut events, limits) {
            Ok(is_over) => is_over,
            Err(fault) => return ended(reply, Some(fault), signals),
        };
        if is_over {
            reply.take_stray(events.stray());
            return ended(reply, None, signals);
        }
        let is_silent = reply.is_silent();
        without_text = if is_silent { without_text + count } else { 0 };
        // Again if more has come since: some endpoints say in each event that they stop.
        let is_news = !is_silent || reply.known_end() != known;
        let is_probably_over = reply.known_end().is_some() && is_news;
        if is_probably_over {
            reply.release();
        }
        flush(&mut reply, signals)?;
        if without_text > limits.without_text {
            return ended(reply, Some(Fault::NoText), signals);
        }
        // The end mark may never arrive; the reply is over nevertheless.
        if is_probably_over {
            send(signals, Signal::ProbableEnd(reply.outcome(None)))?;
        }
    }
}

/// Takes all events that were read; true if the reply ends with one of them.
fn take_all<R: Read>(
    reply: &mut ReplyReader,
    events: &mut Events<R>,
    limits: &Limits,
) -> Result<bool, Fault> {
    let fault = |unreadable| match unreadable {
        Unreadable::TooLong => Fault::LongEvent(limits.event),
        Unreadable::Page => Fault::Page,
    };
    while let Some(event) = events.next().map_err(fault)? {
        if reply.take(event) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Ends the reply with the stream; `fault` is why that ended.
fn end<R: Read>(
    mut reply: ReplyReader,
    events: &mut Events<R>,
    fault: Fault,
    signals: &Sender,
) -> Result<Completion, Stopped> {
    let cut = reply.take_rest(events, fault);
    ended(reply, cut, signals)
}

/// Sends what is left of the reply. `cut` is why it broke off, if it did.
fn ended(
    mut reply: ReplyReader,
    cut: Option<Fault>,
    signals: &Sender,
) -> Result<Completion, Stopped> {
    reply.finish();
    flush(&mut reply, signals)?;
    Ok(reply.outcome(cut)?)
}

/// Sends what has come to the caller, or a sign of life if there is nothing.
fn flush(reply: &mut ReplyReader, signals: &Sender) -> Result<(), Stopped> {
    let (ready, has_news) = (reply.ready(), reply.has_news());
    if ready.is_empty() {
        let sign = if has_news {
            Signal::News
        } else {
            Signal::Alive
        };
        return send(signals, sign);
    }
    if !ready.thought.is_empty() {
        send(signals, Signal::Reasoning(ready.thought))?;
    }
    if !ready.text.is_empty() {
        send(signals, Signal::Text(ready.text))?;
    }
    Ok(())
}

/// What came instead of a list of models.
fn no_list(body: &[u8]) -> Fault {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    if value.get("error").is_some_and(is_something) {
        return Fault::Reported(ReportedError::in_value(&value));
    }
    match ReportedError::in_object(&value) {
        Some(said) => Fault::Reported(said),
        None if body.trim_ascii_start().starts_with(b"<") => Fault::Page,
        None => Fault::Nonsense(excerpt(body)),
    }
}
