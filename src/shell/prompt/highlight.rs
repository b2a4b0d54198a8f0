//! The colours of the line while it is typed, and what of it the terminal gets.

use std::borrow::Cow;

use colored::Colorize;
use rustyline::highlight::{CmdKind, Highlighter};
use unicode_width::UnicodeWidthChar;

use super::completion::names;
use super::line_helper::LineHelper;
use crate::command;
use crate::domain::{has_stray, is_stray};

impl Highlighter for LineHelper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let shown = shown(line);
        if !self.is_command(line) {
            return shown;
        }
        let end = shown.find(char::is_whitespace).unwrap_or(shown.len());
        let (name, rest) = shown.split_at(end);
        let is_known = command::find(name).is_some();
        let may_become = rest.is_empty() && !names(name).is_empty();
        if is_known {
            format!("{}{rest}", name.cyan().bold()).into()
        } else if may_become {
            shown
        } else {
            format!("{}{rest}", name.red()).into()
        }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        is_own: bool,
    ) -> Cow<'b, str> {
        // Ours has its colours; the editor's own, while it searches, has none.
        if is_own {
            prompt.into()
        } else {
            prompt.color(self.color).to_string().into()
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        hint.dimmed().to_string().into()
    }

    fn highlight_char(&self, line: &str, _: usize, _: CmdKind) -> bool {
        // Otherwise the editor writes the typed character by itself, raw.
        line.starts_with('/') || has_stray(line)
    }
}

/// The line as the terminal may get it, with the width that the editor counts.
///
/// The editor counts control characters, and whole escape sequences, as having no
/// width, so exactly these are left out, and other invisible ones become as many
/// blanks as it counts. (The message keeps them, and a notice says so.) All of ESC,
/// C0 and C1 go, so what is left cannot form a sequence.
fn shown(line: &str) -> Cow<'_, str> {
    let is_stray = |at, c| c != '\n' && is_stray(line, at, c);
    if !line.char_indices().any(|(at, c)| is_stray(at, c)) {
        return line.into();
    }
    let mut shown = String::with_capacity(line.len());
    let mut in_sequence = Sequence::No;
    for (at, c) in line.char_indices() {
        in_sequence = match (in_sequence, c) {
            (Sequence::Begun, '[') | (Sequence::Control, ';' | '0'..='9') => Sequence::Control,
            (Sequence::Begun | Sequence::Control, _) => Sequence::No,
            (Sequence::No, '\x1b') => Sequence::Begun,
            (Sequence::No, _) => {
                if c == '\t' || !is_stray(at, c) {
                    shown.push(c);
                } else {
                    shown.extend(std::iter::repeat_n(' ', c.width().unwrap_or(0)));
                }
                Sequence::No
            }
        };
    }
    shown.into()
}

/// How far into an escape sequence the editor's count of columns is.
#[derive(Clone, Copy)]
enum Sequence {
    No,
    Begun,
    Control,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_reaches_the_terminal() {
        for (line, expected) in [
            ("a\x1b]52;c;x\x07b", "a52;c;xb"),
            ("\x1b\x1b[31mx", "[31mx"),
            ("a\x1b[31mb", "ab"),
            ("a\u{9b}31mb", "a31mb"),
            ("a\nb\tc", "a\nb\tc"),
            ("你好\u{202e}x", "你好x"),
            ("a\u{2800}b\u{200d}c", "a bc"),
        ] {
            assert_eq!(shown(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_newline_inside_a_sequence_is_not_written() {
        assert_eq!(shown("a\x1b\nb"), "ab");
    }
}
