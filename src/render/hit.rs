//! The part of a message that a search has found, with its words marked.

use std::ops::Range;

use super::visible::visible_line;

/// The parts of a snippet in order, escaped, each with whether it is marked.
pub(super) fn parts(snippet: &str, marks: &[Range<usize>]) -> Vec<(bool, String)> {
    let mut parts = Vec::new();
    let mut push = |is_marked, text: &str| {
        if !text.is_empty() {
            parts.push((is_marked, visible_line(text)));
        }
    };
    let mut done = 0;
    for mark in marks {
        push(false, &snippet[done..mark.start]);
        push(true, &snippet[mark.clone()]);
        done = mark.end;
    }
    push(false, &snippet[done..]);
    parts
}

/// Where the marks stand, in characters, as programs count them.
pub(super) fn character_marks(snippet: &str, marks: &[Range<usize>]) -> Vec<[usize; 2]> {
    let (mut at, mut characters) = (0, 0);
    let mut place = |end: usize| {
        characters += snippet[at..end].chars().count();
        at = end;
        characters
    };
    marks
        .iter()
        .map(|mark| [place(mark.start), place(mark.end)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_parts_are_told_from_the_others_and_nothing_is_raw() {
        let snippet = "a né\x1b w";
        assert_eq!(
            parts(snippet, &[2..5, 7..8]),
            [
                (false, "a ".to_owned()),
                (true, "né".into()),
                (false, "␛ ".into()),
                (true, "w".into())
            ]
        );
        assert_eq!(character_marks(snippet, &[2..5, 7..8]), [[2, 4], [6, 7]]);
        assert_eq!(parts("", &[]), []);
    }
}
