//! Long texts that stand in the line as one unit each.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use unicode_width::UnicodeWidthStr;

use crate::domain::MESSAGE_LIMIT;

/// Obsolete Hangul consonants, five of them from here. Each takes two columns
/// however a terminal counts, and one joins the next into a single cluster.
const FIRST_LETTER: u32 = 0x115a;
const LETTERS: u32 = 5;

/// Begins a cluster that takes an odd number of columns: it takes one, and joins
/// whatever follows it.
const ODD: char = '\u{110bd}';

/// Ends such a cluster, and takes no columns.
const END: char = '\u{1160}';

/// The shortest token, in letters: no text is likely to have one.
const SHORTEST: usize = 8;

/// How much text is kept for tokens that may come back, by undo or yank, in bytes.
const KEPT_BYTES: usize = 4 * MESSAGE_LIMIT;

/// The folded texts of this run, and the tokens that stand for them in a line.
///
/// A token is one cluster of characters, as wide as the label that is drawn in its
/// place. So the line editor steps over it, takes it away and brings it back as a
/// whole, and counts its columns right.
#[derive(Clone, Default)]
pub(super) struct Folds(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    folds: VecDeque<Fold>,
    bytes: usize,
    next: u32,
}

struct Fold {
    token: String,
    label: String,
    text: String,
}

impl Folds {
    /// The token for a text.
    pub(super) fn fold(&self, text: &str) -> String {
        let mut kept = self.kept();
        if let Some(known) = kept.folds.iter().find(|fold| fold.text == text) {
            return known.token.clone();
        }
        let label = label(text);
        let token = token(kept.next, label.width().max(2 * SHORTEST));
        kept.next += 1;
        kept.bytes += text.len();
        let text = text.to_owned();
        kept.folds.push_back(Fold {
            token: token.clone(),
            label,
            text,
        });
        while kept.bytes > KEPT_BYTES
            && kept.folds.len() > 1
            && let Some(oldest) = kept.folds.pop_front()
        {
            kept.bytes -= oldest.text.len();
        }
        token
    }

    /// The line with the texts in place of their tokens.
    pub(super) fn expand(&self, line: &str) -> String {
        let mut whole = String::with_capacity(line.len());
        let mut rest = line;
        while let Some((before, token, after)) = next_token(rest) {
            let kept = self.kept();
            match kept.find(before, token) {
                Some((before, fold)) => {
                    whole.push_str(before);
                    whole.push_str(&fold.text);
                }
                None => whole.push_str(&rest[..rest.len() - after.len()]),
            }
            rest = after;
        }
        whole.push_str(rest);
        whole
    }

    /// Whether something in the line is folded.
    pub(super) fn has_token(&self, line: &str) -> bool {
        self.label_in(line).is_some()
    }

    /// The first token of a cluster: what stands before it, its label, padded to
    /// the columns that the token takes, and what stands behind it.
    pub(super) fn label_in<'a>(&self, cluster: &'a str) -> Option<(&'a str, String, &'a str)> {
        let (before, token, after) = next_token(cluster)?;
        let kept = self.kept();
        let (before, fold) = kept.find(before, token)?;
        let columns = fold.token.width();
        Some((before, format!("{:columns$}", fold.label), after))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// What this token stands for, and what is before it without its first part.
    fn find<'a>(&self, before: &'a str, token: &str) -> Option<(&'a str, &Fold)> {
        let fold = |odd: &str| {
            let is_it = |fold: &&Fold| fold.token.strip_prefix(odd) == Some(token);
            self.folds.iter().find(is_it)
        };
        let odd = before.strip_suffix(ODD);
        let found = odd.and_then(|before| Some((before, fold(ODD.encode_utf8(&mut [0; 4]))?)));
        found.or_else(|| Some((before, fold("")?)))
    }
}

/// `[pasted: 100 lines, 4.2 KiB]`.
fn label(text: &str) -> String {
    let lines = text.strip_suffix('\n').unwrap_or(text).split('\n').count();
    let s = if lines == 1 { "" } else { "s" };
    format!("[pasted: {lines} line{s}, {}]", size(text.len()))
}

/// A size with the unit that suits it.
fn size(bytes: usize) -> String {
    let tenths = |unit: usize| (bytes * 10 + unit / 2) / unit;
    let shown = |tenths: usize, unit| format!("{}.{} {unit}", tenths / 10, tenths % 10);
    match (bytes, tenths(1024)) {
        (0..1024, _) => format!("{bytes} B"),
        (_, kibibytes @ 0..10240) => shown(kibibytes, "KiB"),
        _ => shown(tenths(1024 * 1024), "MiB"),
    }
}

/// The token with this number that takes so many columns.
fn token(number: u32, columns: usize) -> String {
    let mut rest = number;
    let mut token = String::new();
    if columns % 2 == 1 {
        token.push(ODD);
    }
    for _ in 0..columns / 2 {
        token.extend(char::from_u32(FIRST_LETTER + rest % LETTERS));
        rest /= LETTERS;
    }
    token.push(END);
    token
}

fn is_letter(c: char) -> bool {
    (FIRST_LETTER..FIRST_LETTER + LETTERS).contains(&u32::from(c))
}

/// The first run of characters that looks like a token, between what stands before
/// and behind it.
fn next_token(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(found) = text[from..].find(END) {
        let end = from + found;
        let begin = text[..end].trim_end_matches(is_letter).len();
        let after = end + END.len_utf8();
        if text[begin..end].chars().count() >= SHORTEST {
            return Some((&text[..begin], &text[begin..after], &text[after..]));
        }
        from = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_segmentation::UnicodeSegmentation;

    #[test]
    fn a_folded_text_comes_back_as_it_was() {
        let folds = Folds::default();
        let (one, two) = (folds.fold("one\ntwo"), folds.fold("你好\n"));
        assert_eq!(folds.expand(&format!("a {one}{two}b")), "a one\ntwo你好\nb");
        assert_eq!(folds.expand("none"), "none");
        assert_eq!(folds.fold("one\ntwo"), one);
        // What only looks like a token is text.
        let other = token(77, 25);
        assert_eq!(folds.expand(&other), other);
        assert!(!folds.has_token(&other) && folds.has_token(&format!("x{one}")));
    }

    #[test]
    fn a_token_is_one_cluster_as_wide_as_its_label() {
        let folds = Folds::default();
        let tokens: Vec<_> = (0..40)
            .map(|number| folds.fold(&format!("{number}\n").repeat(30 + number * 50)))
            .collect();
        let line = tokens.concat();
        assert_eq!(line.graphemes(true).count(), 40);
        for token in line.graphemes(true) {
            let (_, label, _) = folds.label_in(token).unwrap();
            assert_eq!(token.width(), label.width());
            assert!(
                label.starts_with("[pasted: ") && label.ends_with(']'),
                "{label}"
            );
        }
        // What joins the cluster hides nothing.
        let joined = format!("{ODD}{}\u{301}", tokens[0]);
        let (before, _, after) = folds.label_in(&joined).unwrap();
        assert_eq!((before, after), ("\u{110bd}", "\u{301}"));
        assert_eq!(
            folds.expand(&joined),
            format!("{ODD}{}\u{301}", "0\n".repeat(30))
        );
    }

    #[test]
    fn labels_tell_lines_and_size() {
        for (text, expected) in [
            ("x".to_owned(), "[pasted: 1 line, 1 B]"),
            ("x\n".into(), "[pasted: 1 line, 2 B]"),
            ("x\ny".into(), "[pasted: 2 lines, 3 B]"),
            ("x".repeat(1024), "[pasted: 1 line, 1.0 KiB]"),
            ("x".repeat(4300), "[pasted: 1 line, 4.2 KiB]"),
            ("x".repeat(1024 * 1024 - 1), "[pasted: 1 line, 1.0 MiB]"),
            (
                "x\n".repeat(1024 * 1024),
                "[pasted: 1048576 lines, 2.0 MiB]",
            ),
        ] {
            assert_eq!(label(&text), expected);
        }
    }
}
