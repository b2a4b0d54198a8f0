//! Cuts a stream of bytes into lines, in constant memory.

use std::io::{self, BufRead, Read};

/// How much is read at once, where a stream has so much; less at first, because to
/// empty so many pages takes longer than a few lines do.
const CHUNK_BYTES: usize = 256 * 1024;
const FIRST_CHUNK_BYTES: usize = 8 * 1024;

/// How much is kept of a line that is too long.
const HEAD_BYTES: usize = 64;

/// The byte-order mark that some programs put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One line without its end, as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RawLine<'a> {
    /// The bytes of the line, and how it ended.
    Bytes(&'a [u8], LineEnd),
    /// The line was longer than the limit and has been skipped; its first bytes.
    TooLong(&'a [u8]),
}

/// What stood behind a line, which matters where a text is to stay byte for byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineEnd {
    /// A line feed, or the end of the stream.
    Lf,
    /// A carriage return and a line feed.
    CrLf,
}

/// What the buffer has for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feed<'a> {
    /// A whole line.
    Line(RawLine<'a>),
    /// No whole line: [`Splitter::fill`] before asking again.
    NeedsInput,
    /// The stream has ended.
    End,
}

/// A buffered reader of lines over `R`.
///
/// It reads only when [`Splitter::fill`] is called, so that its owner can commit
/// and write before it waits for input. A line ends with LF or CR LF; the last
/// one needs no end. A byte-order mark before the first line is dropped. A line
/// over the limit is skipped while it is read, so memory stays bounded.
pub(crate) struct Splitter<R> {
    source: R,
    /// The longest line, in bytes.
    limit: usize,
    /// How much is to be read next.
    chunk: usize,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// How many bytes after `start` were searched for a line end in vain.
    searched: usize,
    /// The first bytes of the line that is being skipped.
    skipping: Option<[u8; HEAD_BYTES]>,
    /// The first bytes of the line that was skipped last.
    head: [u8; HEAD_BYTES],
    at_first_line: bool,
    ended: bool,
}

impl<R: Read> Splitter<R> {
    /// Lines of at most so many bytes.
    pub(crate) fn new(source: R, limit: usize) -> Self {
        Self {
            source,
            limit,
            chunk: FIRST_CHUNK_BYTES,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            searched: 0,
            skipping: None,
            head: [0; HEAD_BYTES],
            at_first_line: true,
            ended: false,
        }
    }

    pub(crate) fn source(&self) -> &R {
        &self.source
    }

    /// The next line in the buffer, if there is a whole one.
    pub(crate) fn next_line(&mut self) -> Feed<'_> {
        loop {
            let unread = &self.buffer[self.start..self.end];
            let found = line_feed(&unread[self.searched..]);
            let (length, consumed) = match found {
                Some(at) => (self.searched + at, self.searched + at + 1),
                None if self.ended && !unread.is_empty() => (unread.len(), unread.len()),
                None if self.ended && self.skipping.is_some() => (0, 0),
                None if self.ended => return Feed::End,
                None => {
                    self.searched = unread.len();
                    // One byte more, for the CR of a CR LF.
                    if self.searched > self.limit + 1 && self.skipping.is_none() {
                        self.skipping = unread.first_chunk().copied();
                    }
                    if self.skipping.is_some() {
                        self.start = self.end;
                        self.searched = 0;
                    }
                    return Feed::NeedsInput;
                }
            };
            let mut from = self.start;
            let mut to = from + length;
            self.start += consumed;
            self.searched = 0;
            if let Some(head) = self.skipping.take() {
                self.at_first_line = false;
                self.head = head;
                return Feed::Line(RawLine::TooLong(&self.head));
            }
            let mut line_end = LineEnd::Lf;
            if found.is_some() && to > from && self.buffer[to - 1] == b'\r' {
                to -= 1;
                line_end = LineEnd::CrLf;
            }
            if std::mem::take(&mut self.at_first_line)
                && self.buffer[from..to].starts_with(BYTE_ORDER_MARK)
            {
                from += BYTE_ORDER_MARK.len();
                if from == to && found.is_none() {
                    continue; // the mark was all there was: no line at all
                }
            }
            let line = &self.buffer[from..to];
            return Feed::Line(if line.len() > self.limit {
                RawLine::TooLong(&line[..HEAD_BYTES])
            } else {
                RawLine::Bytes(line, line_end)
            });
        }
    }

    /// Reads once from the stream, waiting if it must.
    ///
    /// # Errors
    /// Whatever the stream fails with, except interruption, which is retried.
    pub(crate) fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < self.chunk {
            // A line that does not fit doubles the buffer, so that a line of
            // sixteen mebibytes is moved a few times, not thousands of times.
            self.buffer
                .resize((self.end * 2).max(self.end + self.chunk), 0);
        } else if self.end == 0 && self.buffer.len() > 4 * CHUNK_BYTES {
            self.buffer = vec![0; CHUNK_BYTES];
        }
        loop {
            let room = &mut self.buffer[self.end..];
            match self.source.read(room) {
                Ok(0) => self.ended = true,
                Ok(count) => {
                    if count == room.len() {
                        self.chunk = CHUNK_BYTES.min(self.chunk * 4);
                    }
                    self.end += count;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }
}

/// Where the first line feed is. (The search of the standard library needs not ask
/// the processor first what it can do, which costs a virtual machine more than a
/// short transcript does.)
fn line_feed(mut bytes: &[u8]) -> Option<usize> {
    let all = bytes;
    let passed = bytes.skip_until(b'\n').ok()?;
    let at = passed.checked_sub(1)?;
    (all[at] == b'\n').then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MESSAGE_LIMIT;

    /// Yields its bytes a few at a time, as a slow pipe would.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn lines(bytes: &[u8], step: usize) -> Vec<Option<Vec<u8>>> {
        let mut splitter = Splitter::new(Drip(bytes, step), MESSAGE_LIMIT);
        let mut lines = Vec::new();
        loop {
            match splitter.next_line() {
                Feed::Line(RawLine::Bytes(bytes, _)) => lines.push(Some(bytes.to_vec())),
                Feed::Line(RawLine::TooLong(_)) => lines.push(None),
                Feed::NeedsInput => splitter.fill().unwrap(),
                Feed::End => return lines,
            }
        }
    }

    fn text(lines: &[&str]) -> Vec<Option<Vec<u8>>> {
        lines.iter().map(|l| Some(l.as_bytes().to_vec())).collect()
    }

    #[test]
    fn line_ends_of_both_kinds_and_none() {
        for step in [1, 2, 3, 100] {
            assert_eq!(lines(b"a\r\nb\n\nc", step), text(&["a", "b", "", "c"]));
            assert_eq!(lines(b"a\rb\r\n", step), text(&["a\rb"]));
            assert_eq!(lines(b"a\r", step), text(&["a\r"]));
            assert_eq!(lines(b"", step), text(&[]));
        }
    }

    #[test]
    fn only_the_first_byte_order_mark_is_dropped() {
        for step in [1, 100] {
            assert_eq!(
                lines("\u{feff}a\n\u{feff}b".as_bytes(), step),
                text(&["a", "\u{feff}b"])
            );
            assert_eq!(lines("\u{feff}".as_bytes(), step), text(&[]));
            assert_eq!(lines("\u{feff}\n".as_bytes(), step), text(&[""]));
        }
    }

    #[test]
    fn a_line_over_the_limit_is_skipped_and_the_next_one_is_not() {
        let mut bytes = vec![b'x'; MESSAGE_LIMIT];
        bytes.extend_from_slice(b"\r\n");
        bytes.extend(vec![b'y'; MESSAGE_LIMIT + 1]);
        bytes.extend_from_slice(b"\nz\n");
        bytes.extend(vec![b'w'; MESSAGE_LIMIT + 3]);
        let lines = lines(&bytes, 1 << 20);
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0].as_ref().map(Vec::len), Some(MESSAGE_LIMIT));
        assert_eq!(lines[1], None);
        assert_eq!(lines[2].as_deref(), Some(&b"z"[..]));
        assert_eq!(lines[3], None);
    }

    #[test]
    fn skipping_needs_no_memory() {
        let mut splitter = Splitter::new(io::repeat(b'x').take(200 << 20), MESSAGE_LIMIT);
        loop {
            match splitter.next_line() {
                Feed::Line(line) => assert_eq!(line, RawLine::TooLong(&[b'x'; HEAD_BYTES])),
                Feed::NeedsInput => splitter.fill().unwrap(),
                Feed::End => break,
            }
            assert!(splitter.buffer.len() <= 3 * MESSAGE_LIMIT);
        }
    }
}
