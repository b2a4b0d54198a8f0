//! The rows of an answer, as JSON, from a place on and up to so many bytes.

use std::ops::ControlFlow;

use crate::domain::{Event, Flow, Message, Progress, Receipt, Result, Sink, Ticket, Work};
use crate::render::{Json, Outbox, Renderer, Stream};

/// The most bytes of rows in one answer.
const ANSWER_BYTES: usize = 64 * 1024;

/// Takes the events of one tool's call. All of them together are one text, of which a
/// cursor is a place: how many bytes stand before it.
pub(super) struct Answer {
    json: Json,
    /// How many bytes are left out yet.
    to_skip: usize,
    text: Vec<u8>,
}

impl Answer {
    /// An answer that begins at this place.
    pub(super) fn behind(cursor: usize) -> Self {
        Self {
            json: Json::default(),
            to_skip: cursor,
            text: Vec::new(),
        }
    }

    /// The rows, and how many bytes of them these are; whether there are more.
    pub(super) fn into_text(mut self) -> (String, usize, bool) {
        let has_more = self.text.len() > ANSWER_BYTES;
        if has_more {
            let room = self.text.get(..ANSWER_BYTES).unwrap_or_default();
            // Whole rows, if there is one; else whole characters.
            let end = room.iter().rposition(|byte| *byte == b'\n');
            let end = end.map_or_else(|| characters(room), |end| end + 1);
            self.text.truncate(end);
        }
        let count = self.text.len();
        // A cursor that nobody gave may point into a character.
        let is_inside = |byte: &&u8| **byte & 0b1100_0000 == 0b1000_0000;
        let inside = self.text.iter().take_while(is_inside).count();
        let whole = self.text.get(inside..).unwrap_or_default();
        let text = String::from_utf8_lossy(whole).into_owned();
        (text, count, has_more)
    }
}

/// How many of the bytes are whole characters.
fn characters(bytes: &[u8]) -> usize {
    // The last character has at most four bytes.
    let is_begin = |byte: &u8| byte & 0b1100_0000 != 0b1000_0000;
    match bytes.iter().rposition(is_begin) {
        Some(last) if std::str::from_utf8(&bytes[last..]).is_err() && last > 0 => last,
        _ => bytes.len(),
    }
}

impl Sink for Answer {
    fn emit(&mut self, event: &Event<'_>) -> Flow {
        if self.text.len() > ANSWER_BYTES {
            return Flow::Full;
        }
        let mut outbox = Outbox::default();
        self.json.render(event, &mut outbox);
        for (stream, piece) in outbox.pieces() {
            // Hints are for people.
            if stream == Stream::Answer {
                let skipped = self.to_skip.min(piece.len());
                self.to_skip -= skipped;
                self.text.extend(piece.iter().skip(skipped));
            }
        }
        if self.text.len() > ANSWER_BYTES {
            Flow::Full
        } else {
            Flow::More
        }
    }

    fn emit_at_commit(&mut self, _: &Message<'_>, _: Ticket) {}

    fn confirm(&mut self, _: &[(Ticket, Receipt)]) {}

    fn progress(&mut self, _: Progress<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn work(&mut self, _: Option<Work<'_>>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }

    fn wants_more(&self) -> bool {
        self.text.len() <= ANSWER_BYTES
    }
}
