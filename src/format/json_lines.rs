//! A source of which every line is a value of JSON.

use std::io::{self, BufRead, Read};

use serde_json::Value;

use super::json::{RECORD_LIMIT, value_of};
use super::source::Broken;

/// The lines, of which one at a time is in memory.
pub(super) struct JsonLines<'s> {
    source: &'s mut dyn BufRead,
    line: Vec<u8>,
    number: u64,
    limit: usize,
}

/// A line that holds something.
#[derive(Debug, PartialEq)]
pub(super) struct JsonLine {
    /// Its number, from 1.
    pub(super) number: u64,
    /// Its value, or why there is none.
    pub(super) value: Result<Value, String>,
}

impl JsonLine {
    /// What is told of it if it cannot be read for some reason.
    pub(super) fn broken(&self, why: impl Into<String>) -> Broken {
        let place = format!("line {}", self.number);
        let why = why.into();
        Broken { place, why }
    }
}

impl<'s> JsonLines<'s> {
    pub(super) fn new(source: &'s mut dyn BufRead) -> Self {
        Self {
            source,
            line: Vec::new(),
            number: 0,
            limit: RECORD_LIMIT,
        }
    }

    /// The next line that is not blank.
    pub(super) fn next(&mut self) -> io::Result<Option<JsonLine>> {
        loop {
            self.line.clear();
            let most = u64::try_from(self.limit).unwrap_or(u64::MAX);
            // One byte more shows whether the line goes on.
            let mut start = (&mut *self.source).take(most.saturating_add(1));
            if start.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            let number = self.number;
            let is_whole = self.line.last() == Some(&b'\n');
            if !is_whole && self.line.len() > self.limit {
                pass_over_line(self.source)?;
                let value = Err(format!("it is longer than {} bytes", self.limit));
                return Ok(Some(JsonLine { number, value }));
            }
            let bytes = match self.line.strip_prefix(b"\xef\xbb\xbf") {
                Some(rest) if number == 1 => rest,
                _ => &self.line,
            };
            let bytes = bytes.trim_ascii();
            if !bytes.is_empty() {
                let value = value_of(bytes);
                return Ok(Some(JsonLine { number, value }));
            }
        }
    }
}

/// Reads up to the end of the line without keeping it.
fn pass_over_line(source: &mut dyn BufRead) -> io::Result<()> {
    loop {
        let buffer = source.fill_buf()?;
        let (used, is_end) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        source.consume(used);
        if is_end {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut source: &[u8], limit: usize) -> Vec<(u64, Result<Value, String>)> {
        let mut lines = JsonLines::new(&mut source);
        lines.limit = limit;
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push((line.number, line.value));
        }
        found
    }

    #[test]
    fn blank_lines_and_a_mark_of_order_are_passed_over() {
        let source = b"\xef\xbb\xbf1\r\n\n \t\n2\n3";
        let expected = [(1, 1), (4, 2), (5, 3)];
        let expected = expected.map(|(number, value)| (number, Ok(Value::from(value))));
        assert_eq!(lines(source, 100), expected);
        assert_eq!(lines(b"", 100), []);
        assert_eq!(lines(b"\xef\xbb\xbf", 100), []);
    }

    #[test]
    fn a_line_that_is_too_long_costs_itself() {
        let too_long = || Err("it is longer than 4 bytes".to_owned());
        let expected = [
            (1, Ok(Value::from(1234))),
            (2, too_long()),
            (3, Ok(Value::from(5))),
            (4, too_long()),
        ];
        assert_eq!(lines(b"1234\n12345\n5\n123456", 4), expected);
    }
}
