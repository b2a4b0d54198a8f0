//! What waits to be written, in order, for both streams.

/// Where a piece of text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output: what a line answers.
    Answer,
    /// Standard error: hints, warnings and errors.
    Note,
}

/// Bytes for standard output and standard error in the order in which they
/// were said, so that a terminal that shows both shows them in that order.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    bytes: Vec<u8>,
    /// Where each change of stream begins.
    turns: Vec<(usize, Stream)>,
}

impl Outbox {
    /// The place for what goes to standard output next.
    pub(crate) fn answer(&mut self) -> &mut Vec<u8> {
        self.to(Stream::Answer)
    }

    /// The place for what goes to standard error next.
    pub(crate) fn note(&mut self) -> &mut Vec<u8> {
        self.to(Stream::Note)
    }

    fn to(&mut self, stream: Stream) -> &mut Vec<u8> {
        if self.turns.last().is_none_or(|&(_, last)| last != stream) {
            self.turns.push((self.bytes.len(), stream));
        }
        &mut self.bytes
    }

    /// How many bytes wait.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// What waits, piece by piece.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (Stream, &[u8])> {
        self.turns
            .iter()
            .enumerate()
            .map(|(turn, &(from, stream))| {
                let to = self
                    .turns
                    .get(turn + 1)
                    .map_or(self.bytes.len(), |next| next.0);
                (stream, &self.bytes[from..to])
            })
    }

    /// Forgets what waits.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        // One huge message must not hold its memory for good.
        self.bytes.shrink_to(1024 * 1024);
        self.turns.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_keep_their_order_and_join_where_they_can() {
        let mut outbox = Outbox::default();
        outbox.answer().extend(b"a");
        outbox.answer().extend(b"b");
        outbox.note().extend(b"c");
        outbox.answer().extend(b"d");
        let pieces: Vec<_> = outbox.pieces().collect();
        assert_eq!(
            pieces,
            [
                (Stream::Answer, &b"ab"[..]),
                (Stream::Note, b"c"),
                (Stream::Answer, b"d")
            ]
        );
        outbox.clear();
        assert_eq!(outbox.pieces().count(), 0);
    }
}
