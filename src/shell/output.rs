//! The sink of the whole program: renders events and writes them to the standard streams.

use std::io;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::pager::{Lender, Pager, Paging};
use super::pending_reply::PendingReply;
use super::signals::Signals;
use super::streams::Streams;
use crate::domain::{
    Error, Event, Flow, Message, Progress, Receipt, Reference, Result, Sink, Ticket, Work,
};
use crate::render::{Outbox, Renderer, TerminalOptions, push_reference};

/// A listing is written out whenever this many bytes have gathered: half of
/// what a pipe holds, so that the reader has something to do meanwhile.
const LISTING_BYTES: usize = 32 * 1024;

/// How often it is found out, while a reply comes of which nothing is written,
/// whether anybody still reads.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Renders events into an outbox, which is written out once everything that the
/// events speak of is committed.
pub(crate) struct Output {
    renderer: Box<dyn Renderer>,
    /// Replies that wait for their place in the log, each with what was told before it.
    pending: Vec<PendingReply>,
    /// About how many bytes these are.
    pending_bytes: usize,
    /// What was told since.
    outbox: Outbox,
    /// The number of the line that events belong to.
    line: u64,
    /// What a program calls that line by, in JSON; empty if it does not.
    reference: Vec<u8>,
    /// Why what came of a reply could not be shown: the next flush says so.
    failure: Option<io::Error>,
    /// A reply was waited for since this was last asked.
    has_waited: bool,
    looked_at: Instant,
    /// Shows what is longer than the window, where somebody reads it.
    paging: Option<Paging>,
    streams: Streams,
    signals: Signals,
}

impl Output {
    pub(crate) fn new(renderer: Box<dyn Renderer>, streams: Streams, signals: Signals) -> Self {
        Self {
            renderer,
            pending: Vec::new(),
            pending_bytes: 0,
            outbox: Outbox::default(),
            line: 0,
            reference: Vec::new(),
            failure: None,
            has_waited: false,
            looked_at: Instant::now(),
            paging: None,
            streams,
            signals,
        }
    }

    /// Shows listings that are longer than the window by a pager.
    pub(crate) fn paging(mut self, pager: Pager, terminal: &TerminalOptions) -> Self {
        let signals = self.signals.clone();
        let paging = Paging::new(pager, terminal.window, terminal.shows_notes, signals);
        self.paging = Some(paging);
        self
    }

    /// Sets who has the terminal under control, and lends it to the pager.
    pub(super) fn lend_by(&mut self, lender: Rc<dyn Lender>) {
        if let Some(paging) = &mut self.paging {
            paging.lend_by(lender);
        }
    }

    pub(super) fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Sets the number of the line that the next events belong to.
    pub(super) fn at_line(&mut self, line: u64) {
        self.line = line;
        self.renderer.at_line(line);
    }

    /// Sets what a program calls that line by.
    pub(super) fn at_ref(&mut self, reference: Option<&Reference<'_>>) {
        self.reference.clear();
        if let Some(reference) = reference {
            push_reference(reference, &mut self.reference);
        }
        self.renderer.at_ref(&self.reference);
    }

    /// A prompt follows; `said` tells that the person has said something since the last.
    pub(super) fn before_prompt(&mut self, said: bool) {
        self.renderer.before_prompt(said, &mut self.outbox);
    }

    /// Shows replies differently from now on, if a terminal shows them.
    pub(super) fn show_as(&mut self, options: TerminalOptions) {
        self.renderer.show_as(options);
    }

    /// How many bytes have not been written out.
    pub(super) fn waiting(&self) -> usize {
        self.pending_bytes + self.outbox.len()
    }

    /// Whether a reply was waited for since this was last asked. What comes after
    /// it is not to be played before it is known that somebody reads.
    pub(super) fn take_has_waited(&mut self) -> bool {
        std::mem::take(&mut self.has_waited)
    }

    /// Drops what has not been written out, because it was not committed.
    pub(super) fn discard(&mut self) {
        self.pending.clear();
        self.pending_bytes = 0;
        self.outbox.clear();
    }

    /// Writes a text to standard output at once, as it is.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        self.streams.out.write_all(text.as_bytes())?;
        self.streams.out.flush()
    }

    /// Tells the terminal something that is not shown. All events before must have
    /// been flushed.
    pub(super) fn tell_terminal(&mut self, sequence: &str) -> Result<()> {
        let streams = &mut self.streams;
        let written = self.signals.wait(|| {
            streams.out.write_all(sequence.as_bytes())?;
            streams.out.flush()
        });
        match written {
            Some(result) => result.map_err(Error::Output),
            None => Err(Error::Interrupted),
        }
    }

    /// Writes a text to standard error at once, as it is.
    pub(super) fn write_note(&mut self, text: &str) {
        self.streams.note(text.as_bytes());
    }
}

impl Output {
    /// Writes out what is on the way, and says whether to go on with it.
    fn show_at_once(&mut self) -> ControlFlow<()> {
        // Unlike in `flush`, a signal may not end the program here: what has
        // come of the reply is still to be stored.
        let written = self.streams.write(&self.outbox);
        self.outbox.clear();
        self.has_waited = true;
        let shown = written.and_then(|()| self.look_for_reader());
        if let Err(error) = shown {
            self.failure = Some(error);
        }
        self.goes_on()
    }

    /// Whether to go on with what takes long.
    fn goes_on(&self) -> ControlFlow<()> {
        if self.failure.is_some() || self.signals.caught().is_some() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// Writes out the receipt of what a signal has stopped: it is committed, and another
    /// signal ends the program.
    pub(super) fn write_last_words(&mut self) {
        // Who does not read it any more does not miss it.
        let _ = self.streams.write(&self.outbox);
        self.outbox.clear();
    }

    /// Finds out now and then whether anybody reads: a reply of which nothing is
    /// written before its end would be waited for in vain.
    fn look_for_reader(&mut self) -> io::Result<()> {
        if self.looked_at.elapsed() < LOOK_EVERY {
            return Ok(());
        }
        self.looked_at = Instant::now();
        if (self.streams.is_abandoned)() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(())
    }
}

impl Sink for Output {
    fn emit(&mut self, event: &Event<'_>) -> Flow {
        self.renderer.render(event, &mut self.outbox);
        if self.outbox.len() < LISTING_BYTES {
            Flow::More
        } else {
            Flow::Full
        }
    }

    fn emit_at_commit(&mut self, reply: &Message<'_>, ticket: Ticket) {
        let before = std::mem::take(&mut self.outbox);
        let pending = PendingReply::new(reply, ticket, self.line, &self.reference, before);
        self.pending_bytes += pending.len();
        self.pending.push(pending);
    }

    fn confirm(&mut self, receipts: &[(Ticket, Receipt)]) {
        if receipts.is_empty() {
            return;
        }
        let after = std::mem::take(&mut self.outbox);
        let mut waiting = Vec::new();
        for mut reply in std::mem::take(&mut self.pending) {
            // They come in the order of their tickets.
            let found = receipts.binary_search_by_key(&reply.ticket, |(ticket, _)| *ticket);
            let Ok(found) = found else {
                waiting.push(reply);
                continue;
            };
            let confirmed = &mut self.outbox;
            confirmed.append(&std::mem::take(&mut reply.before));
            self.renderer.at_line(reply.line);
            self.renderer.at_ref(&reply.reference);
            let event = Event::Reply {
                message: &reply.placed(&receipts[found].1),
                // Only what answers at once, without a request, waits for its place.
                tries: 0,
            };
            self.renderer.render(&event, confirmed);
        }
        self.pending_bytes = waiting.iter().map(PendingReply::len).sum();
        if let Some(first) = waiting.first_mut() {
            // The rest goes on waiting, behind what is confirmed.
            self.outbox.append(&first.before);
            first.before = std::mem::take(&mut self.outbox);
        }
        self.pending = waiting;
        self.renderer.at_line(self.line);
        self.renderer.at_ref(&self.reference);
        self.outbox.append(&after);
    }

    fn progress(&mut self, progress: Progress<'_>) -> ControlFlow<()> {
        self.renderer.progress(progress, &mut self.outbox);
        self.show_at_once()
    }

    fn work(&mut self, work: Option<Work<'_>>) -> ControlFlow<()> {
        let has_terminal = self.paging.as_ref().is_none_or(Paging::leaves_terminal);
        // What is gathered for a pager may still be given to it, and nothing else with it.
        if has_terminal && self.outbox.len() == 0 {
            self.renderer.work(work.as_ref(), &mut self.outbox);
            return self.show_at_once();
        }
        self.goes_on()
    }

    fn flush(&mut self) -> Result<()> {
        if let Some(failure) = self.failure.take() {
            self.outbox.clear();
            return Err(Error::Output(failure));
        }
        if self.outbox.len() == 0 {
            return Ok(());
        }
        if let Some(paging) = &mut self.paging
            && paging.take(&mut self.outbox, &mut self.streams)?
        {
            return Ok(());
        }
        let written = self.signals.wait(|| self.streams.write(&self.outbox));
        self.outbox.clear();
        match written {
            Some(result) => result.map_err(Error::Output),
            None => Err(Error::Interrupted),
        }
    }

    fn begin_listing(&mut self) -> Result<()> {
        if self.paging.is_some() {
            // What was told before is not the pager's.
            self.flush()?;
        }
        self.paging.as_mut().map(Paging::begin);
        Ok(())
    }

    fn wants_more(&self) -> bool {
        self.paging.as_ref().is_none_or(Paging::wants_more)
    }

    fn end_listing(&mut self) -> Result<()> {
        let flushed = self.flush();
        if let Some(paging) = &mut self.paging {
            let ended = paging.end(&mut self.streams);
            flushed.and(ended)?;
            // What fitted the window has only been gathered.
            return self.flush();
        }
        flushed
    }
}

#[cfg(test)]
mod tests;
