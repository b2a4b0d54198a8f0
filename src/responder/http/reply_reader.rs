//! Reads a reply out of events, and says what became of it.

use std::io::Read;

use super::characters::Characters;
use super::citations::Citations;
use super::completion::{Completion, Outcome};
use super::endpoint::Api;
use super::error_words::error_text;
use super::event::{Counts, EventContent, Part};
use super::fault::{Fault, Wordless};
use super::repeated::{Place, Repeated};
use super::reported_error::ReportedError;
use super::sse::{Event, Events};
use super::stop::{Stop, StopKind};
use crate::domain::without_nul;
use crate::responder::thinking::{Split, SplitReply};

/// How much of something unreadable is quoted.
const EXCERPT_BYTES: usize = 200;

/// A reply that is still being read.
#[derive(Default)]
pub(super) struct ReplyReader {
    api: Api,
    text: Characters,
    thought: Characters,
    /// What becomes of both.
    split: SplitReply,
    /// Some event was a part of a reply, even an empty one.
    has_begun: bool,
    /// There was something in a part since this was asked last.
    has_news: bool,
    /// Text came in parts: what comes as a whole message repeats it.
    is_streamed: bool,
    /// All that came is one message, which does not say that more will come.
    is_message: bool,
    /// What came, and what the endpoint says of it at the end.
    repeated: Repeated,
    calls_tool: bool,
    waits_for_tool: bool,
    /// The endpoint has marked the end.
    is_ended: bool,
    stop: Option<Stop>,
    counts: Counts,
    sources: Citations,
    failure: Option<ReportedError>,
    /// The beginning of the first event that was passed over.
    passed_over: Option<String>,
    /// The beginning of the first piece that could not be read.
    missing: Option<String>,
    /// The beginning of what is no event, at the end of the stream.
    stray: Option<String>,
}

impl ReplyReader {
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
            self.failure = Some(ReportedError::in_text(&String::from_utf8_lossy(data)));
            return true;
        }
        if let Some(number) = self.api.number(data) {
            self.repeated.count(number);
        }
        match self.api.event(data) {
            Some(EventContent::Part(part)) => self.take_part(part),
            Some(EventContent::Failed(said)) => {
                self.failure = Some(said);
                true
            }
            Some(EventContent::Done) => {
                self.is_ended = true;
                true
            }
            Some(EventContent::Nothing) => {
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

    fn take_part(&mut self, part: Part<'_>) -> bool {
        self.is_message = part.is_message && !part.is_open && !self.has_begun;
        self.has_begun = true;
        let is_new = !(part.is_message && self.is_streamed);
        if part.is_message && self.repeats() {
            self.take_repeated(&part);
        } else if is_new {
            self.push_text(part.place, &part.text);
        }
        if is_new {
            self.thought.push(&part.thought);
        }
        let is_empty = part.text.is_empty() && part.thought.is_empty();
        self.is_streamed |= !(part.is_message || is_empty);
        self.calls_tool |= part.calls_tool;
        self.waits_for_tool |= part.waits_for_tool;
        self.has_news |= !is_empty || part.calls_tool || part.stop.is_some();
        self.counts = part.counts.or(self.counts);
        for list in &part.sources {
            self.sources.read(list);
        }
        self.stop = Stop::after(self.stop.take(), part.stop);
        self.failure = part.failure.map(|said| *said).or(self.failure.take());
        self.is_ended |= part.is_last;
        self.is_ended || self.failure.is_some()
    }

    /// Takes what is new of a text that has come in parts, or should have.
    #[cold]
    fn take_repeated(&mut self, part: &Part<'_>) {
        self.sort();
        let said = String::from_utf8_lossy(&part.text);
        let said = without_nul(said);
        if part.is_last {
            let rest = self.repeated.rest(None, &said);
            self.text.push(rest.as_bytes());
        } else {
            let rest = self.repeated.rest(Some(part.place), &said);
            self.push_text(part.place, rest.as_bytes());
        }
    }

    /// Whether texts are said again at their end.
    fn repeats(&self) -> bool {
        self.api == Api::Responses
    }

    fn push_text(&mut self, place: Place, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        if !self.repeated.is_at(place) {
            self.enter(place);
        }
        self.text.push(text);
    }

    /// Begins another text of the reply.
    #[cold]
    fn enter(&mut self, place: Place) {
        if self.repeated.leaves_message(place) {
            self.text.push(b"\n\n");
        }
        self.sort();
        self.repeated.enter(place);
    }

    /// Whether something is ready to be sent to the caller.
    pub(super) fn is_silent(&mut self) -> bool {
        self.sort();
        self.split.is_silent()
    }

    /// Whether something of a reply came since this was asked last.
    pub(super) fn has_news(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }

    /// What is ready to be sent to the caller.
    pub(super) fn ready(&mut self) -> Split {
        self.sort();
        self.split.take()
    }

    /// What is known of the end if the model has stopped, although the endpoint has
    /// not marked the end: the tokens, as far as they are counted.
    pub(super) fn known_end(&self) -> Option<Counts> {
        self.stop.as_ref().map(|_| self.counts)
    }

    /// Sorts what has come into text and thought.
    fn sort(&mut self) {
        if !self.thought.is_empty() {
            self.split.push_thought(&self.thought.take());
        }
        if !self.text.is_empty() {
            let text = self.text.take();
            if self.repeats() {
                self.repeated.push(&text);
            }
            self.split.push(text);
        }
    }

    /// Nothing more need come: what might become a tag is text.
    pub(super) fn release(&mut self) {
        self.sort();
        self.split.release();
    }

    /// Nothing more comes, or nothing that matters: what was held back is text.
    pub(super) fn finish(&mut self) {
        self.text.finish();
        self.thought.finish();
        self.sort();
        self.split.finish();
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
    fn interjection(&self, is_cut: bool) -> Option<ReportedError> {
        let is_open = self.has_begun && self.stop.is_none();
        let stray = self.stray.as_deref().filter(|_| is_open)?;
        let name = stray.split(':').next().unwrap_or_default();
        let is_sentence = name.contains(char::is_whitespace);
        let is_error = stray.starts_with('<')
            || error_text(stray.as_bytes()).is_some()
            || is_cut && is_sentence;
        is_error.then(|| ReportedError::in_body(0, stray.as_bytes()))
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
        } else if let Some(call) = self.untold_call() {
            Some(Fault::Stopped(call))
        } else if !self.has_begun {
            Some(self.nothing())
        } else if let Some(part) = &self.missing {
            Some(Fault::Missing(part.clone()))
        } else if self.repeated.is_other() {
            Some(Fault::Differs)
        } else if self.repeated.has_gap() {
            Some(Fault::Gap)
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
                more_after: None,
            }),
        }
    }

    /// The call of a tool for which a text is no whole reply, although the endpoint says
    /// that it is finished. That a limit was reached is told instead.
    fn untold_call(&self) -> Option<Stop> {
        let is_cut = self.is_at_limit();
        let is_call = self.waits_for_tool && self.split.has_text() && !is_cut;
        let word = self.stop.as_ref().map_or("", |stop| &stop.word);
        is_call.then(|| Stop::call(word))
    }

    fn is_at_limit(&self) -> bool {
        let stop = self.stop.as_ref();
        stop.is_some_and(|stop| stop.kind == StopKind::Length)
    }

    /// What there was instead of a word, if there was no word.
    fn wordless(&self) -> Option<Wordless> {
        let is_long = self.is_at_limit();
        if self.split.has_text() {
            None
        } else if self.calls_tool {
            Some(Wordless::Tool)
        } else if self.split.has_thought() {
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

/// The beginning of something that cannot be read.
pub(super) fn excerpt(data: &[u8]) -> String {
    let start = data.get(..EXCERPT_BYTES).unwrap_or(data);
    String::from_utf8_lossy(start).into_owned()
}
