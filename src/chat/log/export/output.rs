//! What has gathered to be written, and what is told of it.

use std::borrow::Cow;

use super::super::secret_count::SecretCount;
use crate::domain::{Result, Sink};

/// So much is gathered before it is written: while it is written, nobody waits for the
/// store.
const WRITTEN_AT_ONCE: usize = 64 * 1024;

/// Takes the next part of what is written.
pub(crate) type Write<'a> = dyn FnMut(&str, &mut dyn Sink) -> Result<()> + 'a;

/// Text that goes out in large parts.
pub(super) struct Output<'a> {
    write: &'a mut Write<'a>,
    pub(super) gathered: Vec<u8>,
    /// What looks like a key in it.
    pub(super) secrets: SecretCount,
}

impl<'a> Output<'a> {
    pub(super) fn new(write: &'a mut Write<'a>) -> Self {
        Self {
            write,
            gathered: Vec::new(),
            secrets: SecretCount::default(),
        }
    }

    /// Whether so much has gathered that it should be written.
    pub(super) fn is_full(&self) -> bool {
        self.gathered.len() >= WRITTEN_AT_ONCE
    }

    /// Writes out what has gathered, if it is enough.
    pub(super) fn write_out(&mut self, sink: &mut dyn Sink) -> Result<()> {
        if self.is_full() {
            self.finish(sink)
        } else {
            Ok(())
        }
    }

    /// Writes out what has gathered.
    pub(super) fn finish(&mut self, sink: &mut dyn Sink) -> Result<()> {
        // Forms are made of texts.
        let text = str::from_utf8(&self.gathered)
            .map_or_else(|_| String::from_utf8_lossy(&self.gathered), Cow::Borrowed);
        (self.write)(&text, sink)?;
        self.gathered.clear();
        Ok(())
    }
}
