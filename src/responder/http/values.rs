//! Finds where JSON values end that follow one another, in any pieces.

/// Where in a value the bytes are that come next.
#[derive(Default)]
pub(super) struct Values {
    depth: usize,
    is_in_text: bool,
    is_escaped: bool,
}

impl Values {
    /// Whether no value has begun that has not ended.
    pub(super) fn is_between(&self) -> bool {
        self.depth == 0
    }

    /// Takes bytes from the first of an object or a list on, and returns the length
    /// up to the end of it, if that is among them.
    ///
    /// A text has no line end in it. A value that has one there is broken and ends
    /// with it, so that one on the next line is found.
    pub(super) fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' if self.is_in_text => *self = Self::default(),
                _ if std::mem::take(&mut self.is_escaped) => {}
                b'\\' if self.is_in_text => self.is_escaped = true,
                b'"' => self.is_in_text = !self.is_in_text,
                _ if self.is_in_text => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.is_between() {
                return Some(at + 1);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_with_its_last_bracket() {
        for (text, end) in [
            ("{}", Some(2)),
            ("{}{", Some(2)),
            (r#"{"a":[{"}":"\"}é"}]} x"#, Some(21)),
            ("[DONE]\n", Some(6)),
            ("{\n \"a\": 1\n}", Some(11)),
            ("{\"a\": \"b\n{}", Some(9)),
            (r#"{"a":"}"#, None),
        ] {
            assert_eq!(Values::default().end(text.as_bytes()), end, "{text}");
            let mut values = Values::default();
            let by_byte = text.bytes().position(|byte| values.end(&[byte]).is_some());
            assert_eq!(by_byte.map(|at| at + 1), end, "{text}");
        }
    }
}
