//! A source that is one list of JSON, or values one behind another, cut at its items.

use std::io::{self, BufRead};

use super::json::RECORD_LIMIT;

/// The items, of which one at a time is in memory.
///
/// They are found by their brackets only, so that one which is no JSON costs itself.
pub(super) struct JsonValues<'s> {
    source: &'s mut dyn BufRead,
    item: Vec<u8>,
    is_list: bool,
    is_over: bool,
}

/// What comes next in the source.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item<'i> {
    /// The bytes of a value, which may be broken.
    Value(&'i [u8]),
    /// A value that is too long to be kept.
    TooLong,
    /// The beginning of a value of which the end is missing.
    CutOff,
}

/// Where a value ends.
#[derive(Default)]
struct Brackets {
    depth: usize,
    is_text: bool,
    is_escaped: bool,
}

impl Brackets {
    /// Takes a byte of the value; whether the value ends with it.
    fn end_with(&mut self, byte: u8) -> bool {
        if self.is_text {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => {
                    self.is_text = false;
                    return self.depth == 0;
                }
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.is_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }

    /// Whether a byte ends a number or a word before it.
    fn end_before(&self, byte: u8) -> bool {
        let is_end = byte == b',' || byte == b']' || byte.is_ascii_whitespace();
        self.depth == 0 && !self.is_text && is_end
    }
}

impl<'s> JsonValues<'s> {
    pub(super) fn new(source: &'s mut dyn BufRead) -> Self {
        Self {
            source,
            item: Vec::new(),
            is_list: false,
            is_over: false,
        }
    }

    /// The next item.
    pub(super) fn next(&mut self) -> io::Result<Option<Item<'_>>> {
        self.item.clear();
        if self.is_over || !self.find_item()? {
            return Ok(None);
        }
        let (mut brackets, mut length) = (Brackets::default(), 0);
        loop {
            let buffer = self.source.fill_buf()?;
            if buffer.is_empty() {
                self.is_over = true;
                return Ok(Some(Item::CutOff));
            }
            let mut end = None;
            for (at, byte) in buffer.iter().enumerate() {
                if length + at > 0 && brackets.end_before(*byte) {
                    end = Some(at);
                    break;
                }
                if brackets.end_with(*byte) {
                    end = Some(at + 1);
                    break;
                }
            }
            let used = end.unwrap_or(buffer.len());
            length += used;
            if length <= RECORD_LIMIT {
                self.item.extend(buffer.iter().take(used));
            }
            self.source.consume(used);
            if end.is_some() {
                return Ok(Some(if length > RECORD_LIMIT {
                    Item::TooLong
                } else {
                    Item::Value(&self.item)
                }));
            }
        }
    }

    /// Passes over what stands between items; whether there is one more.
    fn find_item(&mut self) -> io::Result<bool> {
        loop {
            let Some(byte) = self.source.fill_buf()?.first().copied() else {
                // A list that is not closed has lost what came behind.
                self.is_over = true;
                return Ok(self.is_list);
            };
            match byte {
                b'[' if !self.is_list => self.is_list = true,
                b']' => {
                    self.source.consume(1);
                    self.is_over = true;
                    return Ok(false);
                }
                // The last three are a mark of the byte order.
                b',' | 0xef | 0xbb | 0xbf => {}
                _ if byte.is_ascii_whitespace() => {}
                _ => return Ok(true),
            }
            self.source.consume(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(mut source: &[u8]) -> Vec<String> {
        let mut values = JsonValues::new(&mut source);
        let mut found = Vec::new();
        while let Some(item) = values.next().unwrap() {
            found.push(match item {
                Item::Value(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                other => format!("{other:?}"),
            });
        }
        found
    }

    #[test]
    fn a_list_is_cut_at_its_items() {
        let list = b"\xef\xbb\xbf [ {\"a\":[1,\"}\\\"]\"]} ,\n[2] ,3, \"x,\" , {} ] {}";
        let expected = ["{\"a\":[1,\"}\\\"]\"]}", "[2]", "3", "\"x,\"", "{}"];
        assert_eq!(items(list), expected);
        assert_eq!(items(b"{\"a\":\n1}\n{}"), ["{\"a\":\n1}", "{}"]);
        assert_eq!(items(b"[]"), [""; 0]);
        assert_eq!(items(b""), [""; 0]);
    }

    #[test]
    fn an_item_that_is_no_json_costs_itself() {
        assert_eq!(items(b"[{a},}, {}]"), ["{a}", "}", "{}"]);
    }

    #[test]
    fn what_is_cut_off_is_told() {
        assert_eq!(items(b"[{}, {\"a\":1"), ["{}", "CutOff"]);
        assert_eq!(items(b"[{}, "), ["{}", "CutOff"]);
        assert_eq!(items(b"["), ["CutOff"]);
    }
}
