//! Reads an endpoint's answer, on the worker thread.

use std::io::{self, Read};

use ureq::http::HeaderMap;
use ureq::http::header::CONTENT_TYPE;

use super::characters::Characters;
use super::delta::{self, Says, Stop};
use super::endpoint::Limits;
use super::fault::Fault;
use super::sse::{Events, Unreadable};
use super::worker::{Completion, Outcome, Piece, Sender};
use crate::domain::Usage;

/// How much of something unreadable is quoted.
const EXCERPT_BYTES: usize = 80;

/// An answer with a status of success.
pub(super) struct Answer<'a> {
    /// Its body, unpacked.
    pub stream: &'a mut dyn Read,
    pub limits: &'a Limits,
}

/// Why an answer was not read to its end.
pub(super) enum Stopped {
    /// Nobody takes the pieces any more.
    Gone,
    /// Something is wrong with the answer.
    Fault(Fault),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The content type of an answer, in lower case and without parameters.
pub(super) fn kind(headers: &HeaderMap) -> String {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next());
    kind.unwrap_or_default().trim().to_ascii_lowercase()
}

/// Sends a piece to the caller.
pub(super) fn send(pieces: &Sender, piece: Piece) -> Result<(), Stopped> {
    pieces.send(piece).map_err(|_| Stopped::Gone)
}

impl Answer<'_> {
    /// Reads a list of models and sends their names, a line each.
    pub(super) fn models(self, pieces: &Sender) -> Result<Completion, Stopped> {
        let body = self.all(pieces)?;
        let models = delta::models(&body).ok_or_else(|| nonsense(&body))?;
        let is_plain = |model: &String| !model.contains(char::is_control);
        for model in models.into_iter().filter(is_plain) {
            send(pieces, Piece::Text(model + "\n"))?;
        }
        Ok(Completion {
            stop: Stop::Done,
            usage: None,
            is_damaged: false,
        })
    }

    /// Reads the whole body. JSON may need two bytes for each byte of the reply.
    fn all(self, pieces: &Sender) -> Result<Vec<u8>, Stopped> {
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
            send(pieces, Piece::Alive)?;
        }
    }

    /// Reads a reply, streamed or not, and sends the text of each read as one piece.
    pub(super) fn reply(self, pieces: &Sender) -> Result<Completion, Stopped> {
        let limits = self.limits;
        let mut events = Events::new(self.stream, limits.event);
        let mut state = StreamState::default();
        let mut without_text = 0;
        loop {
            let count = match events.fill() {
                Ok(0) => return state.end(&mut events, Fault::Cut, pieces),
                Ok(count) => count,
                Err(error) => return state.end(&mut events, Fault::Broken(error.into()), pieces),
            };
            let known = state.known();
            let end = state.take_all(&mut events, limits);
            without_text = if state.text.is_empty() {
                without_text + count
            } else {
                0
            };
            state.flush(pieces)?;
            if let Some(whole) = end? {
                return Ok(state.outcome(whole)?);
            }
            if without_text > limits.without_text {
                return Err(Fault::NoText.into());
            }
            // The end mark may never arrive; the reply is whole nevertheless.
            if let Some(whole) = state.known().filter(|whole| Some(*whole) != known) {
                send(pieces, Piece::ProbableEnd(state.outcome(whole)))?;
            }
        }
    }
}

/// What has been read of a streamed reply.
#[derive(Default)]
struct StreamState {
    /// The text that has not been sent to the caller yet.
    text: Characters,
    has_begun: bool,
    /// The beginning of the first event that was passed over.
    passed_over: Option<Fault>,
    /// The beginning of the first piece that could not be read.
    missing: Option<String>,
    /// All that came is one message, and no piece of one.
    is_message: bool,
    stop: Option<Stop>,
    usage: Option<Usage>,
}

impl StreamState {
    /// Takes all events that were read; returns the reply if it ends with one of them.
    fn take_all<R: Read>(
        &mut self,
        events: &mut Events<R>,
        limits: &Limits,
    ) -> Result<Option<Completion>, Fault> {
        let fault = |unreadable| match unreadable {
            Unreadable::TooLong => Fault::LongEvent(limits.event),
            Unreadable::Page => Fault::Page,
        };
        while let Some(data) = events.next().map_err(fault)? {
            if let Some(whole) = self.take(data)? {
                return Ok(Some(whole));
            }
        }
        Ok(None)
    }

    /// Takes an event; returns the reply if it ends with this event.
    fn take(&mut self, data: &[u8]) -> Result<Option<Completion>, Fault> {
        match delta::event(data) {
            Some(Says::Piece(piece)) => {
                self.text.push(&piece.text);
                self.is_message = piece.is_message && !self.has_begun;
                self.has_begun = true;
                self.stop = piece.stop.or(self.stop);
                self.usage = piece.usage.or(self.usage);
                Ok(None)
            }
            Some(Says::Done) if self.has_begun => {
                self.text.finish();
                self.stop.get_or_insert(Stop::Done);
                Ok(self.known())
            }
            Some(Says::Done) => Err(self.empty()),
            Some(Says::Error(error)) => Err(Fault::Reported(error)),
            Some(Says::Nothing) => {
                if !data.trim_ascii().is_empty() {
                    self.passed_over.get_or_insert_with(|| nonsense(data));
                }
                Ok(None)
            }
            None => {
                // What comes after the end of the text costs nothing of it.
                if self.stop.is_none() {
                    self.missing.get_or_insert_with(|| excerpt(data));
                }
                Ok(None)
            }
        }
    }

    /// The reply, if the model has said why it stopped.
    fn known(&self) -> Option<Completion> {
        self.stop.map(|stop| Completion {
            stop,
            usage: self.usage,
            is_damaged: self.text.is_damaged(),
        })
    }

    /// Sends the text to the caller, or a sign of life if there is none.
    fn flush(&mut self, pieces: &Sender) -> Result<(), Stopped> {
        if self.text.is_empty() {
            send(pieces, Piece::Alive)
        } else {
            send(pieces, Piece::Text(self.text.take()))
        }
    }

    /// Ends the reply with the stream. A last event without its line end counts if it
    /// can be read; `fault` is why the stream ended.
    fn end<R: Read>(
        mut self,
        events: &mut Events<R>,
        fault: Fault,
        pieces: &Sender,
    ) -> Result<Completion, Stopped> {
        let rest = events.rest();
        let is_broken = rest.is_some_and(|rest| delta::event(rest).is_none());
        let rest = rest.filter(|_| !is_broken);
        let end = rest.map_or(Ok(None), |rest| self.take(rest));
        self.text.finish();
        self.flush(pieces)?;
        if self.is_message && !is_broken && matches!(fault, Fault::Cut) {
            self.stop.get_or_insert(Stop::Done);
        }
        if let Some(whole) = end?.or(self.known()) {
            return Ok(self.outcome(whole)?);
        }
        let is_empty = !self.has_begun && !is_broken && matches!(fault, Fault::Cut);
        Err(if is_empty { self.empty() } else { fault }.into())
    }

    /// What becomes of a reply that has come to its end: one that lacks a piece is not whole.
    fn outcome(&self, whole: Completion) -> Outcome {
        let missing = self.missing.clone();
        missing.map_or(Ok(whole), |piece| Err(Fault::Missing(piece)))
    }

    /// Why nothing of a reply came: what did come, if anything.
    fn empty(&mut self) -> Fault {
        if let Some(piece) = self.missing.take() {
            return Fault::Nonsense(piece);
        }
        self.passed_over.take().unwrap_or(Fault::Empty)
    }
}

fn nonsense(data: &[u8]) -> Fault {
    Fault::Nonsense(excerpt(data))
}

fn excerpt(data: &[u8]) -> String {
    let start = data.get(..EXCERPT_BYTES).unwrap_or(data);
    String::from_utf8_lossy(start).into_owned()
}
