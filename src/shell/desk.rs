//! Where events are put into words and written out.

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::signals::Signals;
use crate::domain::{Error, Event, Flow, Progress, Result, Sink};
use crate::render::{Outbox, Renderer, Stream};

/// A listing is written out whenever this much has gathered, in bytes: half of
/// what a pipe holds, so that the reader has something to do meanwhile.
const PAGE: usize = 32 * 1024;

/// A sink over the standard streams. What it is told waits in an outbox until
/// whoever tells has committed it.
pub struct Desk {
    renderer: Box<dyn Renderer>,
    outbox: Outbox,
    signals: Signals,
}

impl Desk {
    /// A desk at which nothing waits.
    pub fn new(renderer: Box<dyn Renderer>, signals: Signals) -> Self {
        Self {
            renderer,
            outbox: Outbox::default(),
            signals,
        }
    }

    /// The signals that interrupt it.
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Says which line the next events belong to.
    pub fn at_line(&mut self, line: u64) {
        self.renderer.at_line(line);
    }

    /// How many bytes wait.
    pub fn waiting(&self) -> usize {
        self.outbox.len()
    }

    /// Forgets what waits, because it was not committed.
    pub fn discard(&mut self) {
        self.outbox.clear();
    }
}

impl Sink for Desk {
    fn tell(&mut self, event: &Event<'_>) -> Flow {
        self.renderer.render(event, &mut self.outbox);
        if self.outbox.len() < PAGE {
            Flow::More
        } else {
            Flow::Full
        }
    }

    fn progress(&mut self, progress: Progress<'_>) -> ControlFlow<()> {
        self.renderer.progress(progress, &mut self.outbox);
        // Not as in `drain`: a signal must find the time to keep what has come.
        let written = write_out(&self.outbox);
        self.outbox.clear();
        if written.is_err() || self.signals.caught().is_some() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn drain(&mut self) -> Result<()> {
        if self.outbox.len() == 0 {
            return Ok(());
        }
        let written = self.signals.wait(|| write_out(&self.outbox));
        self.outbox.clear();
        match written {
            Some(result) => result.map_err(Error::Output),
            None => Err(Error::Interrupted),
        }
    }
}

/// Writes each piece to its stream. Nobody can be told if standard error fails.
fn write_out(outbox: &Outbox) -> io::Result<()> {
    for (stream, piece) in outbox.pieces() {
        match stream {
            Stream::Answer => {
                let mut out = io::stdout().lock();
                out.write_all(piece)?;
                out.flush()?;
            }
            Stream::Note => {
                let _ = io::stderr().lock().write_all(piece);
            }
        }
    }
    Ok(())
}
