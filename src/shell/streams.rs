//! The standard streams, to which pieces go in the order in which they were told.

use std::io::{self, Write};

use super::patient::{Patient, is_abandoned};
use crate::render::{Outbox, Stream};

/// Where bytes go.
pub(crate) struct Streams {
    /// Standard output: what lines answer.
    pub(crate) out: Box<dyn Write>,
    /// Standard error: hints, warnings and errors.
    pub(crate) err: Box<dyn Write>,
    /// Whether nobody reads standard output any more.
    pub(crate) is_abandoned: fn() -> bool,
}

impl Streams {
    /// Those of the process.
    pub(crate) fn standard() -> Self {
        Self {
            out: Box::new(Patient(io::stdout())),
            err: Box::new(Patient(io::stderr())),
            is_abandoned: || is_abandoned(io::stdout()),
        }
    }

    /// Writes each piece to its stream, in order.
    pub(super) fn write(&mut self, outbox: &Outbox) -> io::Result<()> {
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
    pub(super) fn note(&mut self, bytes: &[u8]) {
        let _ = self.err.write_all(bytes);
    }
}
