//! A reader of server-sent events or of JSON values, in constant memory.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memchr2};

use super::error_words::names_error;
use super::values::Values;

/// How much is read at once.
const READ_BYTES: usize = 64 * 1024;

/// How much is kept of lines that belong to no event.
const STRAY_BYTES: usize = 512;

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event<'a> {
    pub data: &'a [u8],
    /// It is called an error, by its name or, as llama.cpp does it, by its field.
    pub is_error: bool,
}

/// Reads the data of each event of a stream.
///
/// The first byte tells what it is, whatever its label says: if it begins a JSON
/// value, each value is an event, on a line or on several; otherwise these are
/// server-sent events.
///
/// Endpoints use only the fields `data` and `error`; the name of an event matters only
/// if it is that of an error. Other fields and comments are skipped. A field may be
/// written in any case and behind blanks, and JSON may stand without one.
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
    is_error: bool,
    /// The event is JSON without the name of a field before it.
    is_bare: bool,
    /// The first line that is neither a field nor a comment; of a web page, more.
    stray: Vec<u8>,
    /// The data has been returned and is cleared by the next call.
    is_spent: bool,
    after_return: bool,
    form: Option<Form>,
    values: Values,
}

/// How a line begins that begins an event.
const BEGINNINGS: [&[u8]; 7] = [
    b"{",
    b"data: {",
    b"data:{",
    b"data: [DONE]",
    b"data:[DONE]",
    b"error: {",
    b"error:{",
];

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
            is_error: false,
            is_bare: false,
            stray: Vec::new(),
            is_spent: false,
            after_return: false,
            form: None,
            values: Values::default(),
        }
    }

    /// Waits for more bytes and returns how many arrived; 0 is the end of the stream. To
    /// be called when [`next`](Self::next) returns none.
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

    /// The next complete event, without waiting for more bytes.
    pub(super) fn next(&mut self) -> Result<Option<Event<'_>>, Unreadable> {
        self.forget();
        if self.form.is_none() {
            self.find_form()?;
        }
        if matches!(self.form, Some(Form::Values)) {
            let is_whole = self.take_value()?;
            return Ok(is_whole.then(|| self.event()));
        }
        if let Some(data) = self.take_plain() {
            return Ok(Some(Event {
                data: self.buffer.get(data).unwrap_or_default(),
                is_error: false,
            }));
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
                return Ok(Some(self.event()));
            }
            self.after_return = rest.get(length) == Some(&b'\r');
            let from = self.start;
            self.start += length + 1;
            if self.take_line(from, length)? {
                return Ok(Some(self.event()));
            }
        }
        Ok(None)
    }

    /// An event without its end: some servers forget the last line end.
    pub(super) fn rest(&mut self) -> Option<Event<'_>> {
        self.forget();
        let line = std::mem::take(&mut self.line);
        self.field(&line).ok()?;
        self.is_spent = true;
        (self.has_data || self.is_error).then(|| self.event())
    }

    /// Whether the stream is made of JSON values.
    pub(super) fn are_values(&self) -> bool {
        matches!(self.form, Some(Form::Values))
    }

    /// The beginning of what belongs to no event; empty if there is nothing such.
    pub(super) fn stray(&self) -> &[u8] {
        &self.stray
    }

    fn event(&self) -> Event<'_> {
        Event {
            data: &self.data,
            is_error: self.is_error,
        }
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

    /// Takes an event as most of them are: one line of data and a blank one, both
    /// there, and nothing before them. Returns where in the buffer its data is.
    fn take_plain(&mut self) -> Option<Range<usize>> {
        let is_between = self.line.is_empty() && !self.has_data && !self.is_error;
        if !is_between || self.after_return {
            return None;
        }
        let rest = self.buffer.get(self.start..self.end)?;
        let data = rest.strip_prefix(b"data: ")?;
        let length = memchr2(b'\n', b'\r', data)?;
        if length > self.limit || data.get(length..length + 2) != Some(b"\n\n") {
            return None;
        }
        let start = self.start + rest.len() - data.len();
        self.start = start + length + 2;
        Some(start..start + length)
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
            (self.has_data, self.is_error, self.is_bare) = (false, false, false);
        }
    }

    /// Whether a line begins an event though the blank line before it was forgotten:
    /// within JSON, no object follows another with only a line end between them.
    fn begins_anew(&self, rest_of_line: &[u8]) -> bool {
        let starts = |what: &[u8]| {
            let both = self.line.iter().chain(rest_of_line);
            let mut both = both.skip_while(|byte| **byte == b' ');
            let is_next = |byte: &u8| {
                both.next()
                    .is_some_and(|one| one.eq_ignore_ascii_case(byte))
            };
            what.iter().all(is_next)
        };
        let is_json = matches!(self.data.first(), Some(b'{' | b'['));
        let end = self.data.trim_ascii_end().last();
        let is_open = is_json && !matches!(end, Some(b'}' | b']'));
        // No line of JSON begins with a field's name: what is open then stays broken.
        let mut beginnings = BEGINNINGS.into_iter();
        if is_open {
            self.has_data && self.is_bare && beginnings.any(|what| what != b"{" && starts(what))
        } else {
            self.has_data && beginnings.any(starts)
        }
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
        self.is_spent = is_blank && (self.has_data || self.is_error);
        Ok(self.is_spent)
    }

    /// Takes one line; true if it is blank.
    fn field(&mut self, line: &[u8]) -> Result<bool, Unreadable> {
        if line.is_empty() {
            return Ok(true);
        }
        let line = line.trim_ascii_start();
        if self.is_bare || matches!(line, [b'{', ..]) {
            self.is_bare = true;
            self.add(line)?;
            return Ok(false);
        }
        let colon = memchr(b':', line).unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let is_called = |known: &[u8]| name.eq_ignore_ascii_case(known);
        if is_called(b"error") {
            self.is_error = true;
        } else if is_called(b"event") {
            self.is_error |= names_error(value);
            return Ok(false);
        } else if !is_called(b"data") {
            if ![&b""[..], b"id", b"retry"].into_iter().any(is_called) {
                self.keep_stray(line);
            }
            return Ok(false);
        }
        self.add(value)?;
        Ok(false)
    }

    /// Keeps the beginning of a line that belongs to no event, if it is the first one
    /// or belongs to a web page.
    fn keep_stray(&mut self, line: &[u8]) {
        let room = STRAY_BYTES.saturating_sub(self.stray.len());
        if room > 0 && (self.stray.is_empty() || self.stray.starts_with(b"<")) {
            let start = line.get(..room).unwrap_or(line);
            self.stray.extend_from_slice(start.trim_ascii());
        }
    }

    /// Adds a line to the data of the event.
    fn add(&mut self, value: &[u8]) -> Result<(), Unreadable> {
        if self.data.len() + value.len() > self.limit {
            return Err(Unreadable::TooLong);
        }
        if self.has_data {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(value);
        self.has_data = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
