//! The line that a person types at a terminal without our line editor.

use unicode_width::UnicodeWidthStr;

use crate::render::visible_line_after;

/// How many bytes of what was typed can decide how the next character is shown.
const CONTEXT_BYTES: usize = 32;

/// The line that is being typed.
#[derive(Default)]
pub(super) struct EditedLine {
    pub(super) bytes: Vec<u8>,
    /// For each character: how many bytes it has, and how many columns it takes.
    characters: Vec<(usize, usize)>,
    /// The first bytes of a character that is not whole.
    partial: Vec<u8>,
}

impl EditedLine {
    /// Adds a byte, and what is to be shown for it once its character is whole.
    pub(super) fn push(&mut self, byte: u8, echo: &mut Vec<u8>) {
        self.partial.push(byte);
        let is_cut = str::from_utf8(&self.partial).is_err_and(|error| error.error_len().is_none());
        if is_cut {
            return;
        }
        let character = String::from_utf8_lossy(&self.partial);
        let shown = match &*character {
            "\n" => "\n".into(),
            text => {
                let context = self.bytes.len().saturating_sub(CONTEXT_BYTES);
                visible_line_after(&String::from_utf8_lossy(&self.bytes[context..]), text)
            }
        };
        echo.extend_from_slice(shown.as_bytes());
        self.characters.push((self.partial.len(), shown.width()));
        self.bytes.append(&mut self.partial);
    }

    /// Takes the last character away; none if there is none.
    pub(super) fn erase(&mut self, echo: &mut Vec<u8>) -> Option<()> {
        if !self.partial.is_empty() {
            self.partial.clear();
            return Some(());
        }
        let (bytes, columns) = self.characters.pop()?;
        self.bytes.truncate(self.bytes.len() - bytes);
        for _ in 0..columns {
            echo.extend_from_slice(b"\x08 \x08");
        }
        Some(())
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        self.characters.clear();
        self.bytes.append(&mut self.partial);
        std::mem::take(&mut self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(bytes: &[u8]) -> (EditedLine, Vec<u8>) {
        let (mut line, mut echo) = (EditedLine::default(), Vec::new());
        for &byte in bytes {
            line.push(byte, &mut echo);
        }
        (line, echo)
    }

    #[test]
    fn characters_are_shown_when_they_are_whole_and_none_raw() {
        let (mut line, echo) = typed("aé你".as_bytes());
        assert_eq!(echo, "aé你".as_bytes());
        let mut echo = Vec::new();
        assert!(line.erase(&mut echo).is_some());
        assert_eq!(echo, b"\x08 \x08\x08 \x08");
        assert_eq!(line.take(), "aé".as_bytes());
        let (mut line, echo) = typed(b"\x1b[2J\xc2\x9b\xff");
        assert!(!echo.iter().any(u8::is_ascii_control));
        assert!(!String::from_utf8_lossy(&echo).contains('\u{9b}'));
        assert_eq!(line.take(), b"\x1b[2J\xc2\x9b\xff");
    }

    #[test]
    fn an_empty_line_has_nothing_to_erase() {
        let (mut line, _) = typed(b"\xe4\xbd");
        assert!(line.erase(&mut Vec::new()).is_some());
        assert!(line.erase(&mut Vec::new()).is_none());
        assert_eq!(line.take(), b"");
    }
}
