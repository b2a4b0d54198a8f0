//! A reader of server-sent events, in constant memory.

use std::io::{self, Read};

use memchr::memchr2;

/// How much is read at once.
const READ_BYTES: usize = 64 * 1024;

/// Reads the data of each event of a stream.
///
/// Endpoints use only the field `data`; other fields and comments are skipped.
/// Lines end with LF, CR LF or CR, and the bytes may arrive in any pieces. It
/// never holds more than one event and one read.
pub(super) struct Events<R> {
    stream: R,
    limit: usize,
    buffer: Box<[u8]>,
    /// The part of the buffer that has not been parsed yet.
    start: usize,
    end: usize,
    /// The beginning of a line whose end has not arrived yet.
    line: Vec<u8>,
    /// The data of the event whose end has not arrived yet.
    data: Vec<u8>,
    has_data: bool,
    /// The data has been returned and is cleared by the next call.
    is_spent: bool,
    after_return: bool,
    is_first_line: bool,
}

/// An event, or one line of it, is longer than the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl<R: Read> Events<R> {
    /// A reader of `stream` that refuses events of more than `limit` bytes.
    pub(super) fn new(stream: R, limit: usize) -> Self {
        Self {
            stream,
            limit,
            buffer: vec![0; READ_BYTES].into_boxed_slice(),
            start: 0,
            end: 0,
            line: Vec::new(),
            data: Vec::new(),
            has_data: false,
            is_spent: false,
            after_return: false,
            is_first_line: true,
        }
    }

    /// Waits for more bytes and returns how many arrived; 0 is the end of the stream.
    /// To be called when [`next`](Self::next) returns none.
    pub(super) fn fill(&mut self) -> io::Result<usize> {
        loop {
            match self.stream.read(&mut self.buffer) {
                Ok(count) => {
                    (self.start, self.end) = (0, count);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The data of the next complete event, without waiting for more bytes.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, TooLong> {
        self.forget();
        while let Some(rest @ [first, ..]) = self.buffer.get(self.start..self.end) {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                self.start += 1;
                continue;
            }
            let Some(length) = memchr2(b'\n', b'\r', rest) else {
                if self.line.len() + rest.len() > self.limit {
                    return Err(TooLong);
                }
                self.line.extend_from_slice(rest);
                self.start = self.end;
                return Ok(None);
            };
            self.after_return = rest.get(length) == Some(&b'\r');
            let from = self.start;
            self.start += length + 1;
            if self.take_line(from, length)? {
                return Ok(Some(&self.data));
            }
        }
        Ok(None)
    }

    /// The data of an event without its end: some servers forget the last line end.
    pub(super) fn rest(&mut self) -> Option<&[u8]> {
        self.forget();
        let line = std::mem::take(&mut self.line);
        self.field(&line).ok()?;
        self.is_spent = true;
        self.has_data.then_some(&self.data)
    }

    fn forget(&mut self) {
        if std::mem::take(&mut self.is_spent) {
            self.data.clear();
            self.has_data = false;
        }
    }

    /// Takes a complete line; true if it ends an event that has data.
    fn take_line(&mut self, from: usize, length: usize) -> Result<bool, TooLong> {
        let mut line = std::mem::take(&mut self.line);
        let buffer = std::mem::take(&mut self.buffer);
        let piece = buffer.get(from..from + length).unwrap_or_default();
        let taken = if line.is_empty() {
            self.field(piece)
        } else {
            line.extend_from_slice(piece);
            self.field(&line)
        };
        line.clear();
        (self.line, self.buffer) = (line, buffer);
        let is_blank = taken?;
        self.is_spent = is_blank && self.has_data;
        Ok(self.is_spent)
    }

    /// Takes one line; true if it is blank.
    fn field(&mut self, line: &[u8]) -> Result<bool, TooLong> {
        let mut line = line;
        if std::mem::take(&mut self.is_first_line) {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        if line.is_empty() {
            return Ok(true);
        }
        let value = match line.strip_prefix(b"data") {
            Some([]) => &[][..],
            Some([b':', b' ', value @ ..] | [b':', value @ ..]) => value,
            _ => return Ok(false),
        };
        if self.data.len() + value.len() > self.limit {
            return Err(TooLong);
        }
        if self.has_data {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(value);
        self.has_data = true;
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out its bytes in pieces of this size.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn read(stream: impl Read, limit: usize) -> Result<Vec<String>, TooLong> {
        let mut events = Events::new(stream, limit);
        let mut found = Vec::new();
        loop {
            while let Some(data) = events.next()? {
                found.push(String::from_utf8(data.to_vec()).unwrap());
            }
            if events.fill().unwrap() == 0 {
                let rest = events.rest().map(|rest| format!("{rest:?}"));
                found.extend(rest);
                return Ok(found);
            }
        }
    }

    #[test]
    fn lines_end_in_three_ways_and_bytes_come_in_any_pieces() {
        let text = ": hello\n\ndata: é你\n\ndata:👋\nid: 1\n\nevent: x\n\ndata\ndata:  two\n\n\n";
        for end in ["\n", "\r\n", "\r"] {
            let text = text.replace('\n', end);
            for size in 1..=text.len() {
                assert_eq!(
                    read(Pieces(text.as_bytes(), size), 100).unwrap(),
                    ["é你", "👋", "\n two"],
                    "{end:?} {size}"
                );
            }
        }
    }

    #[test]
    fn line_ends_may_be_mixed_and_a_mark_may_stand_before() {
        let text = "\u{feff}data: a\r\n\rdata: b\n\r\ndata: c\r\r";
        for size in 1..=text.len() {
            assert_eq!(
                read(Pieces(text.as_bytes(), size), 100).unwrap(),
                ["a", "b", "c"]
            );
        }
    }

    #[test]
    fn what_the_stream_ends_in_is_told_apart() {
        let text = b"data: a\n\ndata: b";
        assert_eq!(read(Pieces(text, 3), 100).unwrap(), ["a", "[98]"]);
        assert_eq!(read(Pieces(b"data: b\n", 3), 100).unwrap(), ["[98]"]);
        assert_eq!(read(Pieces(b"dat", 3), 100).unwrap(), [""; 0]);
        assert_eq!(read(Pieces(b"", 3), 100).unwrap(), [""; 0]);
    }

    #[test]
    fn a_line_and_an_event_have_a_limit() {
        let exact = format!("data: {}\n\n", "x".repeat(94));
        assert_eq!(read(Pieces(exact.as_bytes(), 7), 100).unwrap().len(), 1);
        assert_eq!(read(io::repeat(b'x'), 1 << 20), Err(TooLong));
        let lines = "data: 123456789\n".repeat(20);
        assert_eq!(read(lines.as_bytes(), 100), Err(TooLong));
    }

    #[test]
    fn comments_without_end_need_no_memory() {
        let comments = ": wait\n".repeat(100_000);
        let mut events = Events::new(comments.as_bytes(), 1000);
        while events.fill().unwrap() > 0 {
            assert_eq!(events.next(), Ok(None));
        }
        assert!(events.line.capacity() < 100 && events.data.is_empty());
    }
}
