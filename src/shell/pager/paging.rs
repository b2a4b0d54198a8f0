//! Whether a listing is shown by a pager: gathered until it is longer than the window.

use std::process::ExitStatus;
use std::rc::Rc;

use super::super::signals::Signals;
use super::super::streams::Streams;
use super::showing::{Showing, Taken};
use super::{Lender, Pager};
use crate::domain::{Error, Result};
use crate::render::{Outbox, Stream, Window, push_paged, takes_more_rows, visible_line};

/// Says something in a line on standard error.
fn note(text: &str, streams: &mut Streams) {
    streams.note(format!("saylog: {}\n", visible_line(text)).as_bytes());
}

/// The pager of an output, and what it does now.
pub(in crate::shell) struct Paging {
    pager: Pager,
    /// Asks how large the window is now.
    window: fn() -> Option<Window>,
    /// Notes are seen in the same window.
    shows_notes: bool,
    lender: Rc<dyn Lender>,
    signals: Signals,
    state: State,
}

enum State {
    /// There is no listing.
    Idle,
    /// A listing has begun, and fits the window so far.
    Gathering,
    /// The pager has it.
    Showing(Showing),
    /// It is shown without: the pager could not be started.
    Without,
}

impl Paging {
    /// No listing has begun.
    pub(in crate::shell) fn new(
        pager: Pager,
        window: fn() -> Option<Window>,
        shows_notes: bool,
        signals: Signals,
    ) -> Self {
        Self {
            pager,
            window,
            shows_notes,
            lender: Rc::new(()),
            signals,
            state: State::Idle,
        }
    }

    /// Sets who has the terminal under control.
    pub(in crate::shell) fn lend_by(&mut self, lender: Rc<dyn Lender>) {
        self.lender = lender;
    }

    /// A listing begins.
    pub(in crate::shell) fn begin(&mut self) {
        self.state = State::Gathering;
    }

    /// Whether its person wants more of a listing.
    pub(in crate::shell) fn wants_more(&self) -> bool {
        match &self.state {
            State::Showing(showing) => showing.reads(),
            _ => true,
        }
    }

    /// Whether the pager does not have the terminal.
    pub(in crate::shell) fn leaves_terminal(&self) -> bool {
        !matches!(self.state, State::Showing(_))
    }

    /// Takes what was rendered; true if it is not to be written by anybody else.
    /// What is only gathered stays where it is.
    ///
    /// # Errors
    /// If a signal came that ends the program.
    pub(in crate::shell) fn take(
        &mut self,
        outbox: &mut Outbox,
        streams: &mut Streams,
    ) -> Result<bool> {
        if matches!(self.state, State::Gathering) {
            if !self.is_long(outbox) {
                return Ok(true);
            }
            let lender = Rc::clone(&self.lender);
            self.state = match Showing::new(&self.pager, lender, self.signals.clone()) {
                Ok(showing) => State::Showing(showing),
                Err(why) => {
                    if let Some(why) = why {
                        note(&why, streams);
                    }
                    State::Without
                }
            };
        }
        let State::Showing(showing) = &mut self.state else {
            return Ok(false);
        };
        let colors = self.pager.shows_colors();
        let mut taken = Taken::All;
        let mut text = Vec::new();
        for (stream, piece) in outbox.pieces() {
            if stream == Stream::Note && !self.shows_notes {
                streams.note(piece);
                continue;
            }
            text.clear();
            push_paged(piece, colors, &mut text);
            if taken == Taken::All {
                taken = showing.take(&text);
            }
        }
        outbox.clear();
        match taken {
            Taken::Interrupted => Err(Error::Interrupted),
            Taken::All | Taken::NoMore => Ok(true),
        }
    }

    /// The listing is over: waits until its person leaves the pager, if that has it.
    /// What was only gathered is to be written by somebody else.
    ///
    /// # Errors
    /// If a signal came that ends the program.
    pub(in crate::shell) fn end(&mut self, streams: &mut Streams) -> Result<()> {
        let State::Showing(showing) = std::mem::replace(&mut self.state, State::Idle) else {
            return Ok(());
        };
        match showing.finish() {
            Some(status) => {
                if let Some(code) = failure(status) {
                    let line = &self.pager.line;
                    let why = format!(
                        "the pager `{line}` ended with {code}; `--no-pager` does without it"
                    );
                    note(&why, streams);
                }
                Ok(())
            }
            None => Err(Error::Interrupted),
        }
    }

    fn is_long(&self, outbox: &Outbox) -> bool {
        let Some(window) = (self.window)() else {
            return false;
        };
        let mut text = Vec::with_capacity(outbox.len());
        let seen = outbox.pieces();
        let seen = seen.filter(|(stream, _)| *stream == Stream::Answer || self.shows_notes);
        seen.for_each(|(_, piece)| text.extend_from_slice(piece));
        // One row is left for what comes next: a prompt.
        takes_more_rows(&text, window.rows.saturating_sub(1), window.columns)
    }
}

/// The exit code of a pager that failed. What a signal ended is nothing to tell:
/// somebody wanted that.
fn failure(status: ExitStatus) -> Option<i32> {
    status.code().filter(|&code| code != 0)
}
