//! Rendered bytes for both output streams, in order, until they are written.

/// The stream that a piece of text is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output: the answer to a line.
    Answer,
    /// Standard error: hints, warnings and errors.
    Note,
}

/// Bytes for standard output and standard error in the order in which they were
/// rendered, so that a terminal with both streams shows them in that order.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    bytes: Vec<u8>,
    /// The offsets at which the stream changes.
    stream_changes: Vec<(usize, Stream)>,
}

impl Outbox {
    /// The buffer to append the next bytes for standard output to.
    pub(crate) fn answer(&mut self) -> &mut Vec<u8> {
        self.to(Stream::Answer)
    }

    /// The buffer to append the next bytes for standard error to.
    pub(crate) fn note(&mut self) -> &mut Vec<u8> {
        self.to(Stream::Note)
    }

    fn to(&mut self, stream: Stream) -> &mut Vec<u8> {
        if self
            .stream_changes
            .last()
            .is_none_or(|&(_, last)| last != stream)
        {
            self.stream_changes.push((self.bytes.len(), stream));
        }
        &mut self.bytes
    }

    /// Appends everything that waits in another one.
    pub(crate) fn append(&mut self, other: &Self) {
        for (stream, piece) in other.pieces() {
            self.to(stream).extend_from_slice(piece);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes and their streams, in order.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (Stream, &[u8])> {
        self.stream_changes
            .iter()
            .enumerate()
            .map(|(turn, &(from, stream))| {
                let to = self
                    .stream_changes
                    .get(turn + 1)
                    .map_or(self.bytes.len(), |next| next.0);
                (stream, &self.bytes[from..to])
            })
    }

    /// Discards the bytes, which have been written.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        // Does not keep the memory of one huge message.
        self.bytes.shrink_to(1024 * 1024);
        self.stream_changes.clear();
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
