//! What of the line the terminal gets: colours, folded texts, marks of further lines.

use std::borrow::Cow;

use colored::{ColoredString, Colorize};
use rustyline::highlight::{CmdKind, Highlighter};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::columns::{Place, Step, Walk, Window};
use super::completion::names;
use super::folds::Folds;
use super::line_helper::LineHelper;
use crate::command;
use crate::domain::is_stray;

/// Makes one emoji of two, where a terminal knows how.
const JOINER: char = '\u{200d}';

/// Stands at the end of a row where the line goes on because of a new line in it.
const CONTINUES: &str = "⏎";

impl Highlighter for LineHelper {
    fn highlight<'l>(&self, line: &'l str, pos: usize) -> Cow<'l, str> {
        let window = Window::now();
        let begin = self.state.lock().begin;
        let cursor = window.end_of(&line[..pos], begin);
        let end = window.end_of(&line[pos..], cursor);
        self.shows(line, pos, cursor, end);
        let drawing = Drawing {
            folds: &self.folds,
            window,
            begin,
        };
        let (name, paint) = self.style_of_name(line);
        drawing.draw(line, name, paint).into()
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        is_own: bool,
    ) -> Cow<'b, str> {
        let begin = Window::now().end_of(prompt, Place::default());
        let mut state = self.state.lock();
        state.begin = begin;
        // The editor has prompts of its own, such as that of a search.
        state.is_searching &= !is_own;
        prompt.clone_into(&mut self.shown.borrow_mut().prompt);
        // Ours has its colours; the editor's own has none.
        if is_own {
            prompt.into()
        } else {
            prompt.color(self.color.get()).to_string().into()
        }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        let mut shown = self.shown.borrow_mut();
        let window = Window::now();
        shown.end = window.end_of(hint, shown.end);
        self.state.lock().end = shown.end;
        if !hint.contains(JOINER) {
            return hint.into();
        }
        let mut walk = Walk::default();
        let mut apart = String::with_capacity(hint.len());
        for cluster in hint.graphemes(true) {
            match window.step(&mut walk, cluster) {
                Step::Columns(width) if is_joined_unlike_counted(cluster, width) => {
                    apart.extend(cluster.chars().filter(|c| *c != JOINER));
                }
                _ => apart.push_str(cluster),
            }
        }
        apart.into()
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        if kind == CmdKind::MoveCursor {
            // It draws no hint then.
            self.close_menu();
            self.state.lock().has_suggestion = false;
        }
        // Otherwise the editor writes the typed character by itself, raw. At the end
        // of the line it draws once in any case, and only moves the cursor then.
        kind != CmdKind::ForcedRefresh
    }
}

impl LineHelper {
    fn shows(&self, line: &str, pos: usize, cursor: Place, end: Place) {
        let mut shown = self.shown.borrow_mut();
        line.clone_into(&mut shown.line);
        (shown.pos, shown.cursor, shown.end) = (pos, cursor, end);
        let mut state = self.state.lock();
        (state.cursor, state.end) = (cursor, end);
    }

    /// How many bytes of the line are the name of a command, and how it looks.
    fn style_of_name(&self, line: &str) -> (usize, Paint) {
        let blanks = line.len() - line.trim_start().len();
        let typed = &line[blanks..];
        let end = typed.find(char::is_whitespace).unwrap_or(typed.len());
        let (name, rest) = typed.split_at(end);
        let plain: (usize, Paint) = (0, |name| name.normal());
        if !self.is_command(line) {
            plain
        } else if command::find(name).is_some() {
            (blanks + end, |name| name.cyan().bold())
        } else if rest.is_empty() && !names(name).is_empty() {
            plain
        } else {
            (blanks + end, |name| name.red())
        }
    }
}

/// Gives a text its colours.
type Paint = fn(&str) -> ColoredString;

/// Draws a line in the rows and columns that the editor counts.
struct Drawing<'a> {
    folds: &'a Folds,
    window: Window,
    begin: Place,
}

impl Drawing<'_> {
    /// The line as the terminal may get it, its first bytes in a style.
    ///
    /// The editor counts control characters, and whole escape sequences, as having
    /// no width, so exactly these are left out, and other invisible ones become as
    /// many blanks as it counts. (The message keeps them, and a notice says so.) All
    /// of ESC, C0 and C1 go, so what is left cannot form a sequence.
    fn draw(&self, line: &str, styled: usize, paint: Paint) -> String {
        let mut walk = Walk::from(self.begin);
        let (mut head, mut rest) = (String::new(), String::new());
        for (at, cluster) in line.grapheme_indices(true) {
            let shown = if at < styled { &mut head } else { &mut rest };
            let before = walk.place;
            match self.window.step(&mut walk, cluster) {
                Step::Newline => {
                    if before.column < self.window.columns {
                        shown.push_str(&CONTINUES.dimmed().to_string());
                    }
                    shown.push('\n');
                }
                Step::Sequence => {}
                Step::Columns(width) => match self.folds.label_in(cluster) {
                    Some((ahead, label, behind)) => {
                        if before.row < walk.place.row {
                            let left = self.window.columns.saturating_sub(before.column);
                            shown.extend(std::iter::repeat_n(' ', left));
                        }
                        push_shown(ahead, ahead, 0, shown);
                        let room = width.min(self.window.columns);
                        let label: String = label.chars().take(room).collect();
                        shown.push_str(&label.dimmed().to_string());
                        push_shown(behind, behind, 0, shown);
                    }
                    None if is_joined_unlike_counted(cluster, width) => {
                        let apart: String = cluster.chars().filter(|c| *c != JOINER).collect();
                        push_shown(&apart, &apart, 0, shown);
                    }
                    None => push_shown(line, cluster, at, shown),
                },
            }
        }
        if !head.is_empty() {
            head = paint(&head).to_string();
        }
        head + &rest
    }
}

/// Whether a terminal that joins the parts of an emoji shows fewer columns than the editor
/// counts, which would erase rows above the line. Without the joiners all terminals show as
/// many as it counts.
fn is_joined_unlike_counted(cluster: &str, counted: usize) -> bool {
    cluster.contains(JOINER) && cluster.width() < counted
}

/// Adds what is shown of a cluster that stands at this byte of a text.
fn push_shown(text: &str, cluster: &str, at: usize, shown: &mut String) {
    for (offset, c) in cluster.char_indices() {
        if c == '\t' || !is_stray(text, at + offset, c) {
            shown.push(c);
        } else {
            shown.extend(std::iter::repeat_n(' ', c.width().unwrap_or(0)));
        }
    }
}

#[cfg(test)]
mod tests {
    use rustyline::GraphemeClusterMode;

    use super::*;

    fn drawn(line: &str, columns: usize, folds: &Folds) -> String {
        colored::control::set_override(false);
        let drawing = Drawing {
            folds,
            window: Window::new(columns, 24, GraphemeClusterMode::WcWidth),
            begin: Place { row: 0, column: 2 },
        };
        drawing.draw(line, 0, |name| name.normal())
    }

    #[test]
    fn no_control_character_reaches_the_terminal() {
        for (line, expected) in [
            ("a\x1b]52;c;x\x07b", "a52;c;xb"),
            ("\x1b\x1b[31mx", "[31mx"),
            ("a\x1b[31mb", "ab"),
            ("a\u{9b}31mb", "a31mb"),
            ("a\nb\tc", "a⏎\nb\tc"),
            ("你好\u{202e}x", "你好x"),
            ("a\u{2800}b\u{200d}c", "a bc"),
        ] {
            assert_eq!(drawn(line, 80, &Folds::default()), expected, "{line:?}");
        }
    }

    #[test]
    fn an_emoji_takes_the_columns_that_are_counted() {
        let folds = Folds::default();
        let joined = "a👨\u{200d}💻b";
        assert_eq!(drawn(joined, 80, &folds), "a👨💻b");
        let drawing = Drawing {
            folds: &folds,
            window: Window::new(80, 24, GraphemeClusterMode::Unicode),
            begin: Place::default(),
        };
        assert_eq!(drawing.draw(joined, 0, |name| name.normal()), joined);
        // Where a joiner is no matter of columns it stays.
        let letters = "क\u{94d}\u{200d}ष";
        assert_eq!(drawn(letters, 80, &folds), letters);
    }

    #[test]
    fn a_full_row_has_no_mark() {
        assert_eq!(drawn("abc\nd\n", 5, &Folds::default()), "abc\nd⏎\n");
    }

    #[test]
    fn a_folded_text_shows_its_label() {
        let folds = Folds::default();
        let token = folds.fold("one\ntwo");
        let label = "[pasted: 2 lines, 7 B]";
        let line = format!("a {token} b");
        assert_eq!(drawn(&line, 80, &folds), format!("a {label} b"));
        // It is not broken at the edge.
        let filled = format!("a {}{label} b", " ".repeat(24 - 4));
        assert_eq!(drawn(&line, 24, &folds), filled);
        assert_eq!(
            drawn(&token, 10, &folds),
            format!("{}[pasted: 2", " ".repeat(8))
        );
    }
}
