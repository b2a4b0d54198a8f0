//! Keeps what is in the line below a third of the window's height.
//!
//! The editor prints all of its line at each key, and climbs over it by its own
//! count of rows. What is taller than the window would be printed into the
//! scrollback again and again, so nothing that tall ever gets into the line.

use super::columns::{Place, Window};
use super::folds::Folds;

/// The longest line in bytes: a third of a large window would still be much to
/// print at each key.
const MOST_BYTES: usize = 1500;

/// The lowest window, in rows, in which a folded line always finds its place.
const LOWEST: usize = 9;

/// Decides what is folded.
pub(super) struct Fitting<'a> {
    pub(super) folds: &'a Folds,
    pub(super) window: Window,
    /// Where the line begins, behind the prompt.
    pub(super) from: Place,
}

impl Fitting<'_> {
    /// Whether a line may stand as it is.
    pub(super) fn fits(&self, line: &str) -> bool {
        line.len() <= MOST_BYTES && self.window.rows_of(line, self.from) <= self.window.tallest()
    }

    /// Whether a line is so tall that it cannot be drawn any more: by keys that
    /// insert a lot unasked, or in a window that was made smaller.
    pub(super) fn is_broken(&self, line: &str) -> bool {
        let has_room = self.window.rows >= LOWEST;
        let rows = self.window.rows_of(line, self.from);
        line.len() > 2 * MOST_BYTES || has_room && rows >= self.window.rows
    }

    /// A text that comes as a whole, folded if it has to be.
    pub(super) fn whole(&self, text: &str) -> String {
        if self.fits(text) {
            text.to_owned()
        } else {
            self.folds.fold(&self.folds.expand(text))
        }
    }

    /// What a paste becomes between these two halves of the line: what is to be
    /// inserted, or else the halves of a line that fits.
    pub(super) fn pasted(&self, before: &str, text: &str, after: &str) -> Result<String, Halves> {
        if self.fits(&format!("{before}{text}{after}")) {
            return Ok(text.to_owned());
        }
        let inserted = if text.contains('\n') || text.len() > self.window.columns {
            self.folds.fold(text)
        } else {
            text.to_owned()
        };
        let before = format!("{before}{inserted}");
        match self.fitted(&before, after) {
            None => Ok(inserted),
            Some(halves) => Err(halves),
        }
    }

    /// The halves of the line, before and behind the cursor, once they fit; none
    /// if they do already. The word that is being typed stays as it is.
    pub(super) fn fitted(&self, before: &str, after: &str) -> Option<Halves> {
        let fits = |before: &str, after: &str| self.fits(&format!("{before}{after}"));
        if fits(before, after) {
            return None;
        }
        let fold = |text: &str| match text {
            "" => String::new(),
            text => self.folds.fold(&self.folds.expand(text)),
        };
        let (said, word) = before.split_at(before.rfind(char::is_whitespace).unwrap_or(0));
        let folded = format!("{}{word}", fold(said));
        if fits(&folded, after) {
            return Some(Halves(folded, after.to_owned()));
        }
        let (before, folded) = (fold(before), fold(after));
        if fits(&before, after) {
            return Some(Halves(before, after.to_owned()));
        }
        Some(Halves(before, folded))
    }
}

/// What stands before the cursor, and what behind it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Halves(pub(super) String, pub(super) String);

#[cfg(test)]
mod tests {
    use rustyline::GraphemeClusterMode;

    use super::*;

    fn fitting(folds: &Folds) -> Fitting<'_> {
        Fitting {
            folds,
            // Three rows of ten columns may be filled.
            window: Window::new(10, 9, GraphemeClusterMode::WcWidth),
            from: Place { row: 0, column: 2 },
        }
    }

    #[test]
    fn a_text_is_folded_whole() {
        let folds = Folds::default();
        let fitting = fitting(&folds);
        assert_eq!(fitting.whole("a\nb\nc"), "a\nb\nc");
        let folded = fitting.whole("a\nb\nc\nd");
        assert!(folds.has_token(&folded));
        assert_eq!(folds.expand(&folded), "a\nb\nc\nd");
    }

    #[test]
    fn a_line_is_folded_up_to_the_word_that_is_typed() {
        let folds = Folds::default();
        let fitting = fitting(&folds);
        assert_eq!(fitting.fitted("one two", ""), None);
        let Some(Halves(before, after)) = fitting.fitted("one two\nthree\nfour five", "!") else {
            panic!("it is as it was");
        };
        assert_eq!(after, "!");
        // The token is wider than this window, and takes one row of it.
        assert!(before.ends_with("\u{1160} five") || before.ends_with('\u{1160}'));
        assert_eq!(folds.expand(&before), "one two\nthree\nfour five");
        let Some(Halves(before, after)) = fitting.fitted("a", &"b\n".repeat(5)) else {
            panic!("it is as it was");
        };
        assert_eq!(
            folds.expand(&(before + &after)),
            format!("a{}", "b\n".repeat(5))
        );
    }

    #[test]
    fn a_large_window_takes_no_more_than_a_key_may_cost() {
        let folds = Folds::default();
        let fitting = Fitting {
            window: Window::new(400, 90, GraphemeClusterMode::WcWidth),
            ..fitting(&folds)
        };
        assert!(fitting.fits(&"x".repeat(1500)) && !fitting.fits(&"x".repeat(1501)));
    }

    #[test]
    fn what_is_pasted_is_folded_alone() {
        let folds = Folds::default();
        let fitting = fitting(&folds);
        assert_eq!(fitting.pasted("a", "b", "c"), Ok("b".into()));
        let folded = fitting.pasted("a", "1\n2\n3\n4", "").unwrap();
        assert_eq!(folds.expand(&folded), "1\n2\n3\n4");
    }
}
