//! The sink of the whole program: renders events and writes them to the standard streams.

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::signals::Signals;
use crate::domain::{Error, Event, Flow, Progress, Result, Sink};
use crate::render::{Outbox, Renderer, Stream};

/// A listing is written out whenever this many bytes have gathered: half of
/// what a pipe holds, so that the reader has something to do meanwhile.
const LISTING_BYTES: usize = 32 * 1024;

/// Renders events into an outbox, which is written out once everything that the
/// events speak of is committed.
pub(crate) struct Output {
    renderer: Box<dyn Renderer>,
    outbox: Outbox,
    streams: Streams,
    signals: Signals,
}

/// Where bytes go.
pub(crate) struct Streams {
    /// Standard output: what lines answer.
    pub(crate) out: Box<dyn Write>,
    /// Standard error: hints, warnings and errors.
    pub(crate) err: Box<dyn Write>,
}

impl Output {
    pub(crate) fn new(renderer: Box<dyn Renderer>, streams: Streams, signals: Signals) -> Self {
        Self {
            renderer,
            outbox: Outbox::default(),
            streams,
            signals,
        }
    }

    pub(super) fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Sets the number of the line that the next events belong to.
    pub(super) fn at_line(&mut self, line: u64) {
        self.renderer.at_line(line);
    }

    /// How many bytes have not been written out.
    pub(super) fn waiting(&self) -> usize {
        self.outbox.len()
    }

    /// Drops what has not been written out, because it was not committed.
    pub(super) fn discard(&mut self) {
        self.outbox.clear();
    }

    /// Writes a text to standard output at once, as it is.
    pub(super) fn write(&mut self, text: &str) -> io::Result<()> {
        self.streams.out.write_all(text.as_bytes())?;
        self.streams.out.flush()
    }

    /// Writes a text to standard error at once, as it is.
    pub(super) fn write_note(&mut self, text: &str) {
        self.streams.note(text.as_bytes());
    }
}

impl Sink for Output {
    fn tell(&mut self, event: &Event<'_>) -> Flow {
        self.renderer.render(event, &mut self.outbox);
        if self.outbox.len() < LISTING_BYTES {
            Flow::More
        } else {
            Flow::Full
        }
    }

    fn progress(&mut self, progress: Progress<'_>) -> ControlFlow<()> {
        self.renderer.progress(progress, &mut self.outbox);
        // Unlike in `drain`, a signal may not end the program here: what has
        // come of the reply is still to be stored.
        let written = self.streams.write(&self.outbox);
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
        let written = self.signals.wait(|| self.streams.write(&self.outbox));
        self.outbox.clear();
        match written {
            Some(result) => result.map_err(Error::Output),
            None => Err(Error::Interrupted),
        }
    }
}

impl Streams {
    /// Writes each piece to its stream, in order.
    fn write(&mut self, outbox: &Outbox) -> io::Result<()> {
        for (stream, piece) in outbox.pieces() {
            match stream {
                Stream::Answer => {
                    self.out.write_all(piece)?;
                    self.out.flush()?;
                }
                Stream::Note => self.note(piece),
            }
        }
        Ok(())
    }

    /// A failure of standard error is ignored: there is nobody left to tell.
    fn note(&mut self, bytes: &[u8]) {
        let _ = self.err.write_all(bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::render::Plain;

    /// Records the writes to both streams in one text, each after the name of its stream.
    struct Recorder(&'static str, Rc<RefCell<String>>);

    impl Write for Recorder {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let text = String::from_utf8_lossy(bytes);
            let mut written = self.1.borrow_mut();
            written.push_str(self.0);
            written.push_str(&text);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn events_wait_for_the_drain_and_keep_their_order_over_both_streams() {
        let written = Rc::new(RefCell::new(String::new()));
        let streams = Streams {
            out: Box::new(Recorder("out: ", Rc::clone(&written))),
            err: Box::new(Recorder("err: ", Rc::clone(&written))),
        };
        let renderer = Box::new(Plain::new("lines", false));
        let mut output = Output::new(renderer, streams, Signals::default());
        output.at_line(1);
        let row = Event::ModelRow {
            model: "mock",
            current: false,
        };
        output.tell(&row);
        output.tell(&Event::Error(&Error::NotUtf8));
        output.tell(&row);
        assert_eq!(*written.borrow(), "");
        output.drain().unwrap();
        let streams: Vec<_> = written
            .borrow()
            .lines()
            .map(|line| line[..4].to_owned())
            .collect();
        assert_eq!(streams, ["out:", "err:", "out:"]);
        output.tell(&Event::Error(&Error::NotUtf8));
        output.discard();
        let before = written.borrow().clone();
        output.drain().unwrap();
        assert_eq!(*written.borrow(), before);
    }
}
