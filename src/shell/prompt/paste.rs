//! A paste, which arrives key by key between two marks.

use rustyline::{KeyCode, KeyEvent, Modifiers};

/// What came of a paste so far.
#[derive(Default)]
pub(super) struct Paste {
    /// The line that it comes into, before the cursor and behind it.
    before: String,
    after: String,
    text: String,
    /// The last one was a carriage return, which a line feed may complete.
    after_return: bool,
    /// Something of it was an escape sequence, and is left out.
    has_lost: bool,
}

impl Paste {
    /// A paste into this line, with the cursor at this byte.
    pub(super) fn into_line(line: &str, pos: usize) -> Self {
        let (before, after) = line.split_at(pos);
        Self {
            before: before.to_owned(),
            after: after.to_owned(),
            ..Self::default()
        }
    }

    /// Adds what a key stands for. Escape sequences are none of it: the editor has
    /// read them as keys.
    pub(super) fn add(&mut self, key: KeyEvent) {
        let after_return = std::mem::replace(&mut self.after_return, false);
        match key {
            KeyEvent(KeyCode::Char('J'), Modifiers::CTRL) if after_return => {}
            KeyEvent(KeyCode::Enter, Modifiers::NONE) => {
                self.after_return = true;
                self.text.push('\n');
            }
            KeyEvent(KeyCode::Char(c), Modifiers::NONE) => self.text.push(c),
            KeyEvent(KeyCode::Char(c @ '@'..='_'), Modifiers::CTRL) => {
                self.text.push(char::from(c as u8 & 0x1f));
            }
            KeyEvent(KeyCode::Tab, Modifiers::NONE) => self.text.push('\t'),
            KeyEvent(KeyCode::Backspace, Modifiers::NONE) => self.text.push('\x08'),
            KeyEvent(KeyCode::Esc, Modifiers::SHIFT) => self.text.push('\u{9b}'),
            _ => self.has_lost = true,
        }
    }

    /// Whether something was left out.
    pub(super) fn has_lost(&self) -> bool {
        self.has_lost
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// The line with what came of the paste.
    pub(super) fn line(self) -> String {
        [self.before, self.text, self.after].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_the_text_that_was_pasted() {
        let mut paste = Paste::default();
        for c in "a\r\nb\rc\nd\r\r\ne\tf\x07g\x08\u{9b}é".chars() {
            paste.add(KeyEvent::new(c, Modifiers::NONE));
        }
        assert!(!paste.has_lost());
        paste.add(KeyEvent(KeyCode::Up, Modifiers::NONE));
        paste.add(KeyEvent::alt('x'));
        assert!(paste.has_lost());
        assert_eq!(paste.into_text(), "a\nb\nc\nd\n\ne\tf\x07g\x08\u{9b}é");
    }

    #[test]
    fn a_paste_that_breaks_off_is_in_its_line() {
        let mut paste = Paste::into_line("before after", 7);
        for c in "a\rb ".chars() {
            paste.add(KeyEvent::new(c, Modifiers::NONE));
        }
        assert_eq!(paste.line(), "before a\nb after");
    }
}
