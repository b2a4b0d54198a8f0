//! A reader of server-sent events or of JSON values, in constant memory.

use std::io::{self, Read};

use memchr::memchr2;

use super::values::Values;

/// How much is read at once.
const READ_BYTES: usize = 64 * 1024;

/// Reads the data of each event of a stream.
///
/// The first byte tells what it is, whatever its label says: if it begins a JSON
/// value, each value is an event, on a line or on several; otherwise these are
/// server-sent events.
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
    form: Option<Form>,
    values: Values,
}

/// How the events of a stream are written.
#[derive(Clone, Copy)]
enum Form {
    Lines,
    Values,
}

/// Why a stream cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// An event, or one line of it, is longer than the limit.
    TooLong,
    /// It is a web page.
    Page,
}

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
            form: None,
            values: Values::default(),
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
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, Unreadable> {
        self.forget();
        if self.form.is_none() {
            self.find_form()?;
        }
        if matches!(self.form, Some(Form::Values)) {
            return Ok(self.take_value()?.then_some(&self.data));
        }
        while let Some(rest @ [first, ..]) = self.buffer.get(self.start..self.end) {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                self.start += 1;
                continue;
            }
            let Some(length) = memchr2(b'\n', b'\r', rest) else {
                if self.line.len() + rest.len() > self.limit {
                    return Err(Unreadable::TooLong);
                }
                self.line.extend_from_slice(rest);
                self.start = self.end;
                return Ok(None);
            };
            if self.begins_anew(rest.get(..length).unwrap_or_default()) {
                // The line stays: it is taken by the next call.
                self.is_spent = true;
                return Ok(Some(&self.data));
            }
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

    /// Skips blanks and the mark of UTF-8, and looks at the first byte after them.
    fn find_form(&mut self) -> Result<(), Unreadable> {
        while let Some(first) = self
            .buffer
            .get(self.start..self.end)
            .and_then(<[u8]>::first)
        {
            match first {
                b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf => self.start += 1,
                b'<' => return Err(Unreadable::Page),
                b'{' | b'[' => self.form = Some(Form::Values),
                _ => self.form = Some(Form::Lines),
            }
            if self.form.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Takes what is there of a value; true if that is all of it. What stands
    /// between values is skipped.
    fn take_value(&mut self) -> Result<bool, Unreadable> {
        let mut rest = self.buffer.get(self.start..self.end).unwrap_or_default();
        if self.values.is_between() {
            let blank = memchr2(b'{', b'[', rest).unwrap_or(rest.len());
            rest = rest.get(blank..).unwrap_or_default();
        }
        let end = self.values.end(rest);
        let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        if self.data.len() + piece.len() > self.limit {
            return Err(Unreadable::TooLong);
        }
        self.data.extend_from_slice(piece);
        self.start = self.end - rest.len() + piece.len();
        self.has_data = !self.data.is_empty();
        self.is_spent = end.is_some();
        Ok(self.is_spent)
    }

    fn forget(&mut self) {
        if std::mem::take(&mut self.is_spent) {
            self.data.clear();
            self.has_data = false;
        }
    }

    /// Whether a line begins an event though the blank line before it was forgotten:
    /// within JSON, no object follows another with only a line end between them.
    fn begins_anew(&self, rest_of_line: &[u8]) -> bool {
        let starts = |what: &[u8]| {
            let both = self.line.iter().chain(rest_of_line);
            let mut both = both.skip_while(|byte| **byte == b' ');
            what.iter().all(|byte| both.next() == Some(byte))
        };
        let is_object = self.data.first() == Some(&b'{');
        self.has_data
            && (!is_object || self.data.trim_ascii_end().ends_with(b"}"))
            && [&b"data: {"[..], b"data:{", b"data: [DONE]", b"data:[DONE]"]
                .into_iter()
                .any(starts)
    }

    /// Takes a complete line; true if it ends an event that has data.
    fn take_line(&mut self, from: usize, length: usize) -> Result<bool, Unreadable> {
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
    fn field(&mut self, line: &[u8]) -> Result<bool, Unreadable> {
        if line.is_empty() {
            return Ok(true);
        }
        let value = match line.strip_prefix(b"data") {
            Some([]) => &[][..],
            Some([b':', b' ', value @ ..] | [b':', value @ ..]) => value,
            _ => return Ok(false),
        };
        if self.data.len() + value.len() > self.limit {
            return Err(Unreadable::TooLong);
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

    fn read(stream: impl Read, limit: usize) -> Result<Vec<String>, Unreadable> {
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
    fn values_are_found_in_any_pieces() {
        let text = "\u{feff} {\"a\": \"é}\"}\n\n{\n\"b\": [{}]\n}, [DONE]\n";
        for size in 1..=text.len() {
            assert_eq!(
                read(Pieces(text.as_bytes(), size), 100).unwrap(),
                ["{\"a\": \"é}\"}", "{\n\"b\": [{}]\n}", "[DONE]"]
            );
        }
        assert_eq!(read(Pieces(b"{}{", 1), 100).unwrap(), ["{}", "[123]"]);
        assert_eq!(read(&b"[1, 2, 3]"[..], 8), Err(Unreadable::TooLong));
        assert_eq!(read(&b"\n<html>"[..], 8), Err(Unreadable::Page));
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
        assert_eq!(read(io::repeat(b'x'), 1 << 20), Err(Unreadable::TooLong));
        let lines = "data: 123456789\n".repeat(20);
        assert_eq!(read(lines.as_bytes(), 100), Err(Unreadable::TooLong));
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
