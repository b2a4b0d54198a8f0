//! Breaks lines at words, for terminals.
//!
//! A line breaks at blanks, and between the characters of scripts that are written
//! without blanks, but not before a closing mark of these nor behind an opening one.
//! A word is broken only if it is longer than a row. Of the blanks at a break nothing
//! is left, so that no row ends with one. What stands on a row does not depend on
//! what follows later than the next word: a text may be wrapped while it comes.
//!
//! Texts are escaped before they come here. They may hold our own sequences for
//! colours, which take no columns.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The fewest columns of text in a row, however narrow the window and deep the indent.
pub(super) const FEWEST_COLUMNS: usize = 8;

/// Marks of East Asian texts that do not stand at the beginning of a row.
const NOT_FIRST: &str = "、。，．：；？！）」』】〉》〕〗〙〛］｝〞〟’”»›…‥・·ー～〜％‰℃°々〻ゝゞヽヾ\
    ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ｡､｣ｰ\
    ,.:;?!)]}%\"'";

/// Marks of these texts that do not stand at the end of one.
const NOT_LAST: &str = "（「『【〈《〔〖〘〚［｛〝‘“«‹￥＄￡＃｢([{$\"'";

/// Appends a text of any number of lines, each wrapped for a window of so many
/// columns; rows that go on with a line begin with `indent` blanks. Without a width
/// lines stay as they are.
pub(super) fn push_wrapped(out: &mut Vec<u8>, text: &str, columns: Option<usize>, indent: usize) {
    let Some(columns) = columns else {
        out.extend_from_slice(text.as_bytes());
        return;
    };
    let hanging = room(columns, indent);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push(b'\n');
        }
        let rows = rows(line, |row| if row == 0 { columns } else { hanging });
        for (number, row) in rows.into_iter().enumerate() {
            if number > 0 {
                out.push(b'\n');
                out.extend(std::iter::repeat_n(b' ', indent));
            }
            out.extend_from_slice(&line.as_bytes()[row]);
        }
    }
}

/// How many columns are left for text behind an indent.
pub(super) fn room(columns: usize, indent: usize) -> usize {
    columns.saturating_sub(indent).max(FEWEST_COLUMNS)
}

/// The rows of one line, in order and at least one; `room` says how many columns
/// each of them has.
pub(super) fn rows(line: &str, room: impl Fn(usize) -> usize) -> Vec<Range<usize>> {
    let mut rows = Rows {
        done: Vec::new(),
        room,
        row: 0..0,
        columns: 0,
    };
    let mut rest = 0;
    while rest < line.len() {
        let from = rest + blanks(&line[rest..]);
        let word = Word::first(&line[from..]);
        rows.take(line, from - rest, from..from + word.bytes, word.columns);
        rest = from + word.bytes;
    }
    rows.done.push(rows.row);
    rows.done
}

struct Rows<F> {
    done: Vec<Range<usize>>,
    room: F,
    /// What stands on the current row, and its columns.
    row: Range<usize>,
    columns: usize,
}

impl<F: Fn(usize) -> usize> Rows<F> {
    /// Takes the next word, with the number of blanks before it.
    fn take(&mut self, line: &str, blanks: usize, word: Range<usize>, columns: usize) {
        // What is only blanks ends the line.
        if word.is_empty() {
            return;
        }
        let room = (self.room)(self.done.len());
        if self.columns + blanks + columns <= room {
            // The blanks at the beginning of a line are its own indent.
            if self.row.is_empty() && !self.done.is_empty() {
                self.row.start = word.start;
            } else {
                self.columns += blanks;
            }
            self.columns += columns;
            self.row.end = word.end;
            return;
        }
        if !self.row.is_empty() {
            self.done.push(self.row.clone());
        }
        (self.row, self.columns) = (word.start..word.start, 0);
        if columns <= (self.room)(self.done.len()) {
            (self.row.end, self.columns) = (word.end, columns);
            return;
        }
        // Longer than a row: broken wherever the row is full.
        for cluster in clusters(&line[word.clone()]) {
            let columns = width(cluster);
            let is_full = self.columns + columns > (self.room)(self.done.len());
            if is_full && !self.row.is_empty() {
                self.done.push(self.row.clone());
                (self.row, self.columns) = (self.row.end..self.row.end, 0);
            }
            self.row.end += cluster.len();
            self.columns += columns;
        }
    }
}

/// What is not broken unless it is longer than a row.
struct Word {
    bytes: usize,
    columns: usize,
}

impl Word {
    /// The word at the beginning of a text.
    fn first(text: &str) -> Self {
        // Most words are this simple.
        let length = text.find(' ').unwrap_or(text.len());
        if text.as_bytes()[..length].iter().all(u8::is_ascii_graphic) {
            let (bytes, columns) = (length, length);
            return Self { bytes, columns };
        }
        let (mut bytes, mut columns, mut last) = (0, 0, None);
        for cluster in clusters(text) {
            let first = cluster.chars().next().unwrap_or(' ');
            if first == ' ' {
                break;
            }
            // Colours belong to what they stand beside.
            if first != '\x1b' {
                if last.is_some_and(|last| may_break(last, first)) {
                    break;
                }
                columns += width(cluster);
                last = Some(first);
            }
            bytes += cluster.len();
        }
        Self { bytes, columns }
    }
}

fn blanks(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b' ').count()
}

/// Whether a row may end between two characters that no blank parts.
fn may_break(before: char, after: char) -> bool {
    (stands_alone(before) || stands_alone(after))
        && !NOT_LAST.contains(before)
        && !NOT_FIRST.contains(after)
}

/// Whether a character is one of those that are written without blanks.
fn stands_alone(c: char) -> bool {
    // Korean is written in words.
    let is_hangul = matches!(u32::from(c),
        0x1100..=0x11ff | 0x3131..=0x318e | 0xa960..=0xa97f | 0xac00..=0xd7ff | 0xffa0..=0xffdc);
    let is_narrow_kana = matches!(u32::from(c), 0xff61..=0xff9f);
    !is_hangul && (is_narrow_kana || c.width() == Some(2))
}

/// The most columns that a cluster of characters takes, or a sequence that sets
/// colours. Terminals disagree about characters that are joined: some show them apart.
fn width(cluster: &str) -> usize {
    if cluster.starts_with('\x1b') {
        return 0;
    }
    let apart = cluster.chars().filter_map(UnicodeWidthChar::width);
    cluster.width().max(apart.sum())
}

/// The most columns that a line takes.
pub(super) fn columns(line: &str) -> usize {
    if line.is_ascii() && !line.contains('\x1b') {
        return line.len();
    }
    clusters(line).map(width).sum()
}

/// The parts of a text that no row breaks: characters with all that is drawn over
/// them or joined to them, and sequences that set colours.
fn clusters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (cluster, after) = rest.split_at(cluster_length(rest));
        rest = after;
        (!cluster.is_empty()).then_some(cluster)
    })
}

fn cluster_length(text: &str) -> usize {
    let mut characters = text.char_indices();
    let Some((_, first)) = characters.next() else {
        return 0;
    };
    if first == '\x1b' {
        return text.find('m').map_or(text.len(), |end| end + 1);
    }
    let (mut last, mut flags) = (first, usize::from(is_flag(first)));
    for (at, c) in characters {
        let joins = match c {
            '\x1b' => false,
            '\u{1f3fb}'..='\u{1f3ff}' => true,
            _ if last == '\u{200d}' => true,
            _ if is_flag(c) => flags == 1,
            _ => c.width() == Some(0),
        };
        if !joins {
            return at;
        }
        flags = if is_flag(c) { flags + 1 } else { 0 };
        last = c;
    }
    text.len()
}

/// Half of a flag.
fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, columns: usize, indent: usize) -> String {
        let mut out = Vec::new();
        push_wrapped(&mut out, text, Some(columns), indent);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_break_at_words_and_hang() {
        let text = "The quick brown fox  jumps over the lazy dog.";
        assert_eq!(
            wrapped(text, 20, 0),
            "The quick brown fox\njumps over the lazy\ndog."
        );
        assert_eq!(
            wrapped(text, 20, 4),
            "The quick brown fox\n    jumps over the\n    lazy dog."
        );
        assert_eq!(wrapped(text, 200, 4), text);
        assert_eq!(wrapped("a b\n\n  c d  ", 8, 2), "a b\n\n  c d");
        assert_eq!(wrapped("", 8, 2), "");
        assert_eq!(wrapped("   ", 2, 2), "");
    }

    #[test]
    fn without_a_width_nothing_changes() {
        let mut out = Vec::new();
        push_wrapped(&mut out, "a  \nb", None, 4);
        assert_eq!(out, b"a  \nb");
    }

    #[test]
    fn a_word_is_broken_only_if_it_is_longer_than_a_row() {
        assert_eq!(wrapped("see https://a.b/c", 14, 0), "see\nhttps://a.b/c");
        assert_eq!(
            wrapped("see https://a.b/c/d/e or", 10, 0),
            "see\nhttps://a.\nb/c/d/e or"
        );
        assert_eq!(wrapped("   0123456789", 9, 0), "012345678\n9");
        assert_eq!(wrapped("a b --long-x", 10, 0), "a b\n--long-x");
    }

    #[test]
    fn wide_characters_break_anywhere_but_beside_marks() {
        assert_eq!(wrapped("你好世界你好", 8, 0), "你好世界\n你好");
        assert_eq!(wrapped("你好世界你好", 9, 0), "你好世界\n你好");
        // No closing mark begins a row, no opening one ends it.
        assert_eq!(wrapped("你好世界。你好", 8, 0), "你好世\n界。你好");
        assert_eq!(wrapped("你好世「界」好", 8, 0), "你好世\n「界」好");
        assert_eq!(wrapped("カタカナー", 8, 0), "カタカ\nナー");
        assert_eq!(wrapped("他说“你好”了", 9, 0), "他说“你\n好”了");
        assert_eq!(wrapped("say 你好 twice", 9, 0), "say 你好\ntwice");
        assert_eq!(wrapped("한국어 낱말", 8, 0), "한국어\n낱말");
        assert_eq!(wrapped("。。。。。。", 8, 0), "。。。。\n。。");
    }

    #[test]
    fn what_is_joined_stays_together() {
        // Eight columns where a terminal shows four of them.
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(wrapped(&family.repeat(2), 15, 0), [family; 2].join("\n"));
        let accents = "e\u{301}".repeat(9);
        assert_eq!(
            wrapped(&accents, 8, 0),
            ["e\u{301}".repeat(8), "e\u{301}".into()].join("\n")
        );
        assert_eq!(
            wrapped(&"🇩🇪".repeat(5), 8, 0),
            ["🇩🇪".repeat(4), "🇩🇪".into()].join("\n")
        );
        assert_eq!(clusters("👍🏽a").collect::<Vec<_>>(), ["👍🏽", "a"]);
    }

    #[test]
    fn colours_take_no_columns_and_are_not_lost() {
        assert_eq!(
            wrapped("\x1b[1mone two\x1b[0m three \x1b[2mfour\x1b[0m", 8, 2),
            "\x1b[1mone two\x1b[0m\n  three\n  \x1b[2mfour\x1b[0m"
        );
    }

    #[test]
    fn a_narrow_window_has_room_for_a_few_columns() {
        assert_eq!(room(80, 4), 76);
        assert_eq!(room(4, 20), FEWEST_COLUMNS);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig {
            failure_persistence: None, ..Default::default()
        })]

        /// What stands on a row does not change when more of the text comes, but for
        /// the word that is not at its end yet.
        #[test]
        fn rows_of_a_beginning_are_rows_of_the_whole(
            text in "[ab ,你。「」e\u{301}👍]{0,60}", columns in 8_usize..20,
        ) {
            let whole = rows(&text, |_| columns);
            for (at, _) in text.char_indices().filter(|(_, c)| *c == ' ') {
                let begun = rows(&text[..at], |_| columns);
                let last = begun.len() - 1;
                proptest::prop_assert_eq!(&begun[..last], &whole[..last]);
                if !begun[last].is_empty() {
                    proptest::prop_assert_eq!(begun[last].start, whole[last].start);
                }
                proptest::prop_assert!(begun[last].end <= whole[last].end);
            }
            for row in &whole {
                let row = &text[row.clone()];
                proptest::prop_assert!(row.width() <= columns && !row.ends_with(' '), "{}", row);
            }
        }
    }
}
