//! What has been read of a reply, and what that makes of it.

use std::io::Read;

use super::characters::Characters;
use super::completion::{Completion, Outcome};
use super::endpoint::Api;
use super::error_words::error_text;
use super::event::{Counts, Piece, Says};
use super::fault::{Fault, Wordless};
use super::said::Said;
use super::sources::Sources;
use super::sse::{Event, Events};
use super::stop::{Stop, StopKind};
use crate::domain::is_invisible;
use crate::responder::thinking::{Split, ThinkingSplitter};

/// How much of something unreadable is quoted.
const EXCERPT_BYTES: usize = 200;

/// A reply that is still coming.
#[derive(Default)]
pub(super) struct IncomingReply {
    api: Api,
    text: Characters,
    thought: Characters,
    splitter: ThinkingSplitter,
    /// What has not been sent to the caller yet.
    ready: Split,
    /// Some event was a piece of a reply, even an empty one.
    has_begun: bool,
    /// There was something in a piece since this was asked last.
    has_news: bool,
    has_text: bool,
    has_thought: bool,
    /// Text came in parts: what comes as a whole message repeats it.
    is_streamed: bool,
    /// All that came is one message, which does not say that more will come.
    is_message: bool,
    /// Which one of several messages of the reply the last text was of.
    item: Option<i64>,
    calls_tool: bool,
    /// The endpoint has marked the end.
    is_ended: bool,
    stop: Option<Stop>,
    counts: Counts,
    sources: Sources,
    failure: Option<Said>,
    /// The beginning of the first event that was passed over.
    passed_over: Option<String>,
    /// The beginning of the first piece that could not be read.
    missing: Option<String>,
    /// The beginning of what is no event, at the end of the stream.
    stray: Option<String>,
}

impl IncomingReply {
    pub(super) fn new(api: Api) -> Self {
        Self {
            api,
            ..Self::default()
        }
    }

    /// Takes an event; true if the reply ends with it.
    pub(super) fn take(&mut self, event: Event<'_>) -> bool {
        let Event { data, is_error } = event;
        if is_error {
            self.failure = Some(Said::in_text(&String::from_utf8_lossy(data)));
            return true;
        }
        match self.api.event(data) {
            Some(Says::Piece(piece)) => self.take_piece(piece),
            Some(Says::Failed(said)) => {
                self.failure = Some(said);
                true
            }
            Some(Says::Done) => {
                self.is_ended = true;
                true
            }
            Some(Says::Nothing) => {
                if !data.trim_ascii().is_empty() {
                    self.passed_over.get_or_insert_with(|| excerpt(data));
                }
                false
            }
            None => {
                // What comes after the end of the text costs nothing of it.
                if self.stop.is_none() {
                    self.missing.get_or_insert_with(|| excerpt(data));
                }
                false
            }
        }
    }

    fn take_piece(&mut self, piece: Piece<'_>) -> bool {
        self.is_message = piece.is_message && !piece.is_open && !self.has_begun;
        self.has_begun = true;
        if !(piece.is_message && self.is_streamed) {
            if !piece.text.is_empty() {
                // Another message of the same reply.
                let before = self.item.replace(piece.item);
                if before.is_some_and(|before| before != piece.item) {
                    self.text.push(b"\n\n");
                }
            }
            self.text.push(&piece.text);
            self.thought.push(&piece.thought);
        }
        let is_empty = piece.text.is_empty() && piece.thought.is_empty();
        self.is_streamed |= !(piece.is_message || is_empty);
        self.calls_tool |= piece.calls_tool;
        self.has_news |= !is_empty || piece.calls_tool || piece.stop.is_some();
        self.counts = piece.counts.or(self.counts);
        for list in &piece.sources {
            self.sources.read(list);
        }
        // An improper end stays one, whatever is said after it.
        if self.stop.as_ref().is_none_or(Stop::is_proper) {
            self.stop = piece.stop.or(self.stop.take());
        }
        self.failure = piece.failure.map(|said| *said).or(self.failure.take());
        self.is_ended |= piece.is_last;
        self.is_ended || self.failure.is_some()
    }

    /// Whether something is ready to be sent to the caller.
    pub(super) fn is_silent(&mut self) -> bool {
        self.sort();
        self.ready.text.is_empty() && self.ready.thought.is_empty()
    }

    /// Whether something of a reply came since this was asked last.
    pub(super) fn has_news(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }

    /// What is ready to be sent to the caller.
    pub(super) fn ready(&mut self) -> Split {
        self.sort();
        std::mem::take(&mut self.ready)
    }

    /// What is known of the end if the model has stopped, although the endpoint has
    /// not marked the end: the tokens, as far as they are counted.
    pub(super) fn known_end(&self) -> Option<Counts> {
        self.stop.as_ref().map(|_| self.counts)
    }

    /// Sorts what has come into text and thought.
    fn sort(&mut self) {
        if !self.thought.is_empty() {
            self.ready.thought.push_str(&self.thought.take());
        }
        if !self.text.is_empty() {
            let split = self.splitter.push(self.text.take());
            self.add(split);
        }
        self.has_thought |= !shows_nothing(&self.ready.thought);
    }

    fn add(&mut self, split: Split) {
        self.has_text |= !self.has_text && !shows_nothing(&split.text);
        self.has_thought |= !self.has_thought && !shows_nothing(&split.thought);
        self.ready.thought.push_str(&split.thought);
        if self.ready.text.is_empty() {
            self.ready.text = split.text;
        } else {
            self.ready.text.push_str(&split.text);
        }
    }

    /// Nothing more need come: what might become a tag is text.
    pub(super) fn release(&mut self) {
        self.sort();
        let split = self.splitter.release();
        self.add(split);
    }

    /// Nothing more comes, or nothing that matters: what was held back is text.
    pub(super) fn finish(&mut self) {
        self.text.finish();
        self.thought.finish();
        self.sort();
        let split = self.splitter.finish();
        self.add(split);
    }

    /// Takes a last event that lacks its end, if it can be read. Returns why the
    /// stream ended, unless the reply has ended with it.
    pub(super) fn take_rest<R: Read>(
        &mut self,
        events: &mut Events<R>,
        fault: Fault,
    ) -> Option<Fault> {
        let are_values = events.are_values();
        let mut is_broken = false;
        if let Some(rest) = events.rest() {
            is_broken = !rest.is_error && self.api.event(rest.data).is_none();
            if !is_broken && self.take(rest) {
                return None;
            }
        }
        self.take_stray(events.stray());
        let is_whole = self.is_message && are_values && !is_broken;
        match fault {
            Fault::Cut if is_whole => None,
            Fault::Cut if !self.has_begun && !is_broken => Some(self.nothing()),
            fault => Some(fault),
        }
    }

    /// Takes the beginning of what belongs to no event, at the end.
    pub(super) fn take_stray(&mut self, stray: &[u8]) {
        if !stray.is_empty() {
            self.passed_over.get_or_insert_with(|| excerpt(stray));
            self.stray = Some(String::from_utf8_lossy(stray).into_owned());
        }
    }

    /// What a gateway says in between, if the model has not said that it stopped: a
    /// web page or words of an error. If the stream broke off, any words are that.
    fn interjection(&self, is_cut: bool) -> Option<Said> {
        let is_open = self.has_begun && self.stop.is_none();
        let stray = self.stray.as_deref().filter(|_| is_open)?;
        let name = stray.split(':').next().unwrap_or_default();
        let is_sentence = name.contains(char::is_whitespace);
        let is_error = stray.starts_with('<')
            || error_text(stray.as_bytes()).is_some()
            || is_cut && is_sentence;
        is_error.then(|| Said::in_body(0, stray.as_bytes()))
    }

    /// What became of the reply. `cut` is why the stream ended before it, if it did.
    pub(super) fn outcome(&self, cut: Option<Fault>) -> Outcome {
        let is_proper = self.stop.as_ref().is_none_or(Stop::is_proper);
        let fault = if let Some(said) = &self.failure {
            Some(Fault::Reported(said.clone()))
        } else if let Some(stop) = self.stop.as_ref().filter(|_| !is_proper) {
            Some(Fault::Stopped(stop.clone()))
        } else if let Some(said) = self.interjection(cut.is_some()) {
            Some(Fault::Reported(said))
        } else if self.stop.is_none() && cut.is_some() {
            cut
        } else if !self.has_begun {
            Some(self.nothing())
        } else if let Some(piece) = &self.missing {
            Some(Fault::Missing(piece.clone()))
        } else {
            self.wordless().map(Fault::Wordless)
        };
        match fault {
            Some(fault) if !self.has_begun => Err(fault),
            fault => Ok(Completion {
                fault,
                stop: self.stop.clone(),
                usage: self.counts.usage(),
                citations: self.sources.list().to_vec(),
                is_damaged: self.text.is_damaged(),
            }),
        }
    }

    /// What there was instead of a word, if there was no word.
    fn wordless(&self) -> Option<Wordless> {
        let is_long = self
            .stop
            .as_ref()
            .is_some_and(|stop| stop.kind == StopKind::Length);
        if self.has_text {
            None
        } else if self.calls_tool {
            Some(Wordless::Tool)
        } else if self.has_thought {
            Some(Wordless::Thought { is_long })
        } else {
            Some(Wordless::Nothing { is_long })
        }
    }

    /// Why nothing of a reply came: what did come, if anything.
    fn nothing(&self) -> Fault {
        let came = self.missing.as_ref().or(self.passed_over.as_ref());
        came.map_or(Fault::Empty, |came| Fault::Nonsense(came.clone()))
    }
}

/// Whether there is nothing in a text that anybody sees.
fn shows_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// The beginning of something that cannot be read.
pub(super) fn excerpt(data: &[u8]) -> String {
    let start = data.get(..EXCERPT_BYTES).unwrap_or(data);
    String::from_utf8_lossy(start).into_owned()
}
