//! A line out of a text, around what was found in it.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// What stands where a text was cut.
const CUT: char = '…';

/// A piece of a text around its first mark, on one line and of at most that many
/// characters, with an ellipsis where there is more; and the marks in it. Without
/// marks it is the beginning.
///
/// White space becomes one blank; other control characters are left to whoever
/// shows it. Clusters of characters stay whole if they fit.
pub(crate) fn snippet(
    text: &str,
    marks: &[Range<usize>],
    characters: usize,
) -> (String, Vec<Range<usize>>) {
    if characters == 0 {
        return (String::new(), Vec::new());
    }
    let first = marks.first().map_or(0, |mark| mark.start);
    let behind = text[first..].chars().take(characters).count();
    let before = (characters / 3).max(characters - behind);
    let begin = begin_of(text, first, before.saturating_sub(1));
    let mut line = Line::new(characters);
    if begin > 0 {
        line.cut();
    }
    let mut is_whole = true;
    for (at, cluster) in text[begin..].grapheme_indices(true) {
        is_whole = line.add(cluster, begin + at);
        if !is_whole {
            break;
        }
    }
    line.end(is_whole);
    let seen = marks.iter().take_while(|mark| mark.start < line.seen);
    let marks = seen.filter_map(|mark| line.place(mark)).collect();
    (line.text, marks)
}

/// Where a piece begins that has at most so many characters before a place: at the
/// beginning of a word, if one begins there.
fn begin_of(text: &str, place: usize, characters: usize) -> usize {
    let mut left = characters;
    let mut begin = place;
    for (at, cluster) in text[..place].grapheme_indices(true).rev() {
        let length = cluster.chars().count();
        if length > left {
            break;
        }
        left -= length;
        begin = at;
    }
    if text[..begin].trim_start().is_empty() {
        return 0;
    }
    if text[..begin].ends_with(char::is_whitespace) {
        return begin;
    }
    let mut lead = text[begin..place].char_indices();
    let blank = lead.find(|(_, c)| c.is_whitespace());
    blank.map_or(begin, |(at, _)| {
        let rest = &text[begin + at..place];
        place - rest.trim_start().len()
    })
}

/// A line that is filled from its beginning.
struct Line {
    text: String,
    /// How many more characters it can have.
    room: usize,
    /// Where each character was in the original, and is in the line.
    places: Vec<(usize, usize)>,
    /// How far the original was looked at.
    seen: usize,
    /// How long the line is if something has to stand behind it.
    cut_at: usize,
}

impl Line {
    fn new(characters: usize) -> Self {
        Self {
            text: String::new(),
            room: characters,
            places: Vec::new(),
            seen: 0,
            cut_at: 0,
        }
    }

    /// Says that something was left out.
    fn cut(&mut self) {
        self.text.push(CUT);
        self.room -= 1;
        self.cut_at = self.text.len();
    }

    /// Adds a cluster of characters; says whether it had room.
    fn add(&mut self, cluster: &str, at: usize) -> bool {
        let is_first = self.places.is_empty();
        self.seen = at + cluster.len();
        for (offset, c) in cluster.char_indices() {
            let is_blank = c.is_whitespace();
            if is_blank && (self.places.is_empty() || self.text.ends_with(' ')) {
                continue;
            }
            if self.room == 0 {
                return false;
            }
            self.places.push((at + offset, self.text.len()));
            self.text.push(if is_blank { ' ' } else { c });
            self.room -= 1;
            if is_first && self.room > 0 {
                self.cut_at = self.text.len();
            }
        }
        if self.room > 0 {
            self.cut_at = self.text.len();
        }
        true
    }

    fn end(&mut self, is_whole: bool) {
        if !is_whole {
            self.text.truncate(self.cut_at);
        }
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.places.retain(|(_, at)| *at < self.text.len());
        self.places.push((usize::MAX, self.text.len()));
        if !is_whole && !self.text.ends_with(CUT) {
            self.text.push(CUT);
        }
    }

    /// Where a mark of the original is in the line.
    fn place(&self, mark: &Range<usize>) -> Option<Range<usize>> {
        let place = |original: usize| {
            let at = self.places.partition_point(|(from, _)| *from < original);
            self.places[at.min(self.places.len() - 1)].1
        };
        let moved = place(mark.start)..place(mark.end);
        Some(moved).filter(|mark| !mark.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The snippet, with what is marked in brackets.
    fn shown(text: &str, words: &[&str], characters: usize) -> String {
        let mut marks: Vec<_> = words
            .iter()
            .flat_map(|word| text.match_indices(word))
            .collect();
        marks.sort_unstable();
        let marks: Vec<_> = marks
            .iter()
            .map(|(at, word)| *at..at + word.len())
            .collect();
        let (mut line, marks) = snippet(text, &marks, characters);
        assert!(line.chars().count() <= characters);
        for mark in marks.into_iter().rev() {
            line.insert(mark.end, ']');
            line.insert(mark.start, '[');
        }
        line
    }

    #[test]
    fn a_short_text_is_whole_on_one_line() {
        assert_eq!(shown(" a\n\n b\tc \n", &["b"], 20), "a [b] c");
        assert_eq!(
            shown("to be,\n  or not", &["be,\n  or"], 20),
            "to [be, or] not"
        );
        assert_eq!(shown("abc", &[], 3), "abc");
        assert_eq!(shown("", &[], 3), "");
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_mark() {
        let text = "one two three four five six seven eight nine ten";
        assert_eq!(shown(text, &["five"], 20), "…four [five] six seve…");
        assert_eq!(shown(text, &["one", "two", "ten"], 12), "[one] [two] thr…");
        assert_eq!(shown(text, &["ten"], 20), "…eight nine [ten]");
        assert_eq!(
            shown(text, &["four", "seven"], 24),
            "…three [four] five six [se]…"
        );
        assert_eq!(shown(text, &[], 9), "one two…");
    }

    #[test]
    fn little_room_is_enough() {
        for characters in 0..6 {
            shown("one two three", &["two"], characters);
        }
        assert_eq!(shown("one two three", &["two"], 1), "…");
        assert_eq!(shown("abcdefghij", &["f"], 4), "…[f]g…");
    }

    #[test]
    fn clusters_stay_whole() {
        assert_eq!(shown("家👩\u{200d}💻家家家家", &["家"], 4), "[家]…");
        assert_eq!(shown("e\u{301}e\u{301}e\u{301}", &[], 4), "e\u{301}…");
        assert_eq!(
            shown(&format!("a{}", "\u{301}".repeat(9)), &[], 4),
            "a\u{301}\u{301}…"
        );
    }

    proptest! {
        #[test]
        fn marks_are_what_they_were(
            text in crate::query::fold::tests::text(),
            begin in 0..24_usize,
            length in 1..6_usize,
            characters in 0..30_usize,
        ) {
            let places: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let place = |at: usize| places[at.min(places.len() - 1)];
            let mark = place(begin)..place(begin + length);
            let (line, marks) = snippet(&text, std::slice::from_ref(&mark), characters);
            prop_assert!(line.chars().count() <= characters);
            prop_assert!(!line.contains('\n'));
            let marked: String = text[mark].split_whitespace().collect();
            for moved in marks {
                let moved: String = line[moved].split_whitespace().collect();
                prop_assert!(marked.starts_with(&moved), "{marked:?} {moved:?}");
            }
        }
    }
}
