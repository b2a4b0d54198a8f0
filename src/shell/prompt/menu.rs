//! The completions below the line, through which Tab goes.

use colored::Colorize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::offers::{Offer, common};
use crate::render::visible_line;

/// Between the columns of a row.
const GAP: &str = "  ";

/// What is known first of an offer is cut to so many columns before the rest of it
/// is left out.
const NARROWEST: usize = 14;

/// What stands before the row of what is in the line, and before the others.
const CHOSEN: &str = "> ";
const OTHER: &str = "  ";

/// The words that can stand in one place of the line.
pub(super) struct Menu {
    /// The line before the word, and behind it.
    before: String,
    after: String,
    /// The word as it was typed, and as it became by what all offers begin with.
    typed: String,
    begun: String,
    offers: Vec<Offer>,
    chosen: Option<usize>,
}

impl Menu {
    /// A menu for the word between `from` and `pos`; none if nothing is offered.
    pub(super) fn new(line: &str, from: usize, pos: usize, offers: Vec<Offer>) -> Option<Self> {
        let (before, rest) = line.split_at_checked(from)?;
        let (typed, after) = rest.split_at_checked(pos.checked_sub(from)?)?;
        let shared = common(&offers);
        let is_longer =
            shared.len() > typed.len() && shared.to_lowercase().starts_with(&typed.to_lowercase());
        let begun = match &offers[..] {
            [] => return None,
            [only] => only.word.clone(),
            _ if is_longer => shared.to_owned(),
            _ => typed.to_owned(),
        };
        Some(Self {
            before: before.to_owned(),
            after: after.to_owned(),
            typed: typed.to_owned(),
            begun,
            offers,
            chosen: None,
        })
    }

    /// Whether there is anything to choose from.
    pub(super) fn has_choice(&self) -> bool {
        self.offers.len() > 1
    }

    /// Goes to the next offer, or the one before, round and round.
    pub(super) fn walk(&mut self, is_forward: bool) {
        let last = self.offers.len() - 1;
        self.chosen = Some(match (self.chosen, is_forward) {
            (Some(at), true) if at < last => at + 1,
            (_, true) => 0,
            (None | Some(0), false) => last,
            (Some(at), false) => at - 1,
        });
    }

    /// The line with what is chosen, and where the cursor stands in it.
    pub(super) fn line(&self) -> (String, usize) {
        self.with(match self.chosen {
            Some(at) => &self.offers[at].word,
            None => &self.begun,
        })
    }

    /// The line with the word as it was typed.
    pub(super) fn restored(&self) -> (String, usize) {
        self.with(&self.typed)
    }

    fn with(&self, word: &str) -> (String, usize) {
        let begun = format!("{}{word}", self.before);
        let at = begun.len();
        (begun + &self.after, at)
    }

    /// The menu as rows of less than `columns`, `most` of them at most, each
    /// behind a line feed.
    pub(super) fn rows(&self, most: usize, columns: usize) -> String {
        let count = self.offers.len();
        // A row tells how many there are beside those that are shown.
        let (shown, has_rest) = match most {
            _ if count <= most => (count, false),
            0 => return String::new(),
            1 => (1, false),
            _ => (most - 1, true),
        };
        let at = self.chosen.unwrap_or(0);
        let from = (at + 1).saturating_sub(shown).min(count - shown);
        let offers = &self.offers[from..from + shown];
        let names: Vec<_> = offers.iter().map(name).collect();
        let widest = names.iter().map(|name| name.width()).max().unwrap_or(0);
        let room = columns.saturating_sub(OTHER.len() + 1);
        let widths = fitted(note_widths(offers), room.saturating_sub(widest + GAP.len()));
        let mut rows = String::new();
        for (number, (offer, name)) in offers.iter().zip(&names).enumerate() {
            let is_chosen = self.chosen == Some(from + number);
            let notes = notes(offer, &widths);
            let name = cut(name, room);
            let mut gap = String::new();
            if !notes.is_empty() {
                gap = " ".repeat((widest.min(room)).saturating_sub(name.width())) + GAP;
            }
            let notes = cut(&notes, room.saturating_sub(name.width() + gap.len()));
            let tail = format!("{gap}{notes}");
            let tail = tail.trim_end();
            rows.push('\n');
            if is_chosen {
                rows += &format!("{CHOSEN}{name}{tail}").bold().to_string();
            } else {
                rows += &[OTHER, &name, &tail.dimmed().to_string()].concat();
            }
        }
        if has_rest {
            let rest = cut(&format!("{OTHER}… {} more", count - shown), columns - 1);
            rows += &["\n", &rest.dimmed().to_string()].concat();
        }
        rows
    }
}

fn name(offer: &Offer) -> String {
    let name = match &*offer.name {
        "" => &offer.word,
        name => name,
    };
    visible_line(name.trim_end())
}

/// How wide each column of notes is.
fn note_widths(offers: &[Offer]) -> Vec<usize> {
    let mut widths = Vec::new();
    for offer in offers {
        for (at, note) in offer.notes.iter().enumerate() {
            let width = visible_line(note).width();
            match widths.get_mut(at) {
                None => widths.push(width),
                Some(widest) => *widest = width.max(*widest),
            }
        }
    }
    widths
}

/// So many of the columns as have room, of which the first may be cut.
fn fitted(mut widths: Vec<usize>, room: usize) -> Vec<usize> {
    let of_others = |widths: &[usize]| widths[1..].iter().map(|width| width + GAP.len()).sum();
    while widths.len() > 1 {
        let left = room.saturating_sub(of_others(&widths));
        if left >= widths[0] || left >= NARROWEST {
            widths[0] = widths[0].min(left);
            break;
        }
        widths.pop();
    }
    if let [only] = &mut widths[..] {
        *only = room.min(*only);
    }
    widths
}

fn notes(offer: &Offer, widths: &[usize]) -> String {
    let padded = offer.notes.iter().zip(widths).map(|(note, width)| {
        let note = cut(&visible_line(note), *width);
        let blanks = width.saturating_sub(note.width());
        format!("{note}{}", " ".repeat(blanks))
    });
    padded.collect::<Vec<_>>().join(GAP)
}

/// A text of so many columns at most, with an ellipsis where it is cut.
fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let (mut shown, mut width) = (String::new(), 1);
    for c in text.chars() {
        width += c.width().unwrap_or(0);
        if width > columns {
            break;
        }
        shown.push(c);
    }
    if columns > 0 {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn menu(words: &[&str]) -> Menu {
        let offers = words.iter().map(|word| Offer::word(*word)).collect();
        Menu::new("/x a!", 3, 4, offers).unwrap()
    }

    #[test]
    fn tab_goes_round_and_the_old_word_comes_back() {
        let mut menu = menu(&["ab", "ac", "ba"]);
        assert_eq!(menu.line(), ("/x a!".into(), 4));
        menu.walk(true);
        assert_eq!(menu.line(), ("/x ab!".into(), 5));
        menu.walk(false);
        assert_eq!(menu.line(), ("/x ba!".into(), 5));
        menu.walk(true);
        menu.walk(true);
        assert_eq!(menu.line(), ("/x ac!".into(), 5));
        assert_eq!(menu.restored(), ("/x a!".into(), 4));
    }

    #[test]
    fn what_all_have_in_common_is_typed_at_once() {
        assert_eq!(menu(&["abc", "abd"]).line(), ("/x ab!".into(), 5));
        assert_eq!(menu(&["Abc", "Abd"]).line(), ("/x Ab!".into(), 5));
        assert_eq!(menu(&["xab", "xac"]).line(), ("/x a!".into(), 4));
        assert_eq!(menu(&["all "]).line(), ("/x all !".into(), 7));
        assert!(Menu::new("/x", 1, 2, Vec::new()).is_none());
    }

    #[test]
    fn there_are_never_more_rows_than_there_is_room() {
        colored::control::set_override(false);
        let mut menu = menu(&["a", "b", "c", "d"]);
        assert_eq!(menu.rows(4, 80), "\n  a\n  b\n  c\n  d");
        assert_eq!(menu.rows(3, 80), "\n  a\n  b\n  … 2 more");
        assert_eq!(menu.rows(0, 80), "");
        menu.walk(false);
        assert_eq!(menu.rows(3, 80), "\n  c\n> d\n  … 2 more");
        assert_eq!(menu.rows(1, 80), "\n> d");
    }

    #[test]
    fn rows_have_columns_and_are_cut() {
        colored::control::set_override(false);
        let offer = |name: &str, notes: &[&str]| Offer {
            word: "w".into(),
            name: name.into(),
            notes: notes.iter().map(ToString::to_string).collect(),
        };
        let offers = vec![
            offer("b81e…", &["trip", "2 h ago"]),
            offer("1", &["你好你好", "now"]),
        ];
        let menu = Menu::new("", 0, 0, offers).unwrap();
        assert_eq!(
            menu.rows(9, 80),
            "\n  b81e…  trip      2 h ago\n  1      你好你好  now"
        );
        assert_eq!(menu.rows(9, 26), "\n  b81e…  trip\n  1      你好你好");
        assert_eq!(menu.rows(9, 16), "\n  b81e…  trip\n  1      你好…");
        assert_eq!(fitted(vec![60, 8, 10], 71), [49, 8, 10]);
        assert_eq!(fitted(vec![60, 8, 10], 30), [20, 8]);
        assert_eq!(fitted(vec![60, 8, 10], 20), [20]);
        assert_eq!(cut("你好", 3), "你…");
    }
}
