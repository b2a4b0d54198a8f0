//! Terminal text that goes to a pager, and how much of a window it takes.
//!
//! The text is ours: of all sequences it holds only those that set colours (`CSI … m`)
//! and those that begin and end links (`OSC 8`), each whole.

use unicode_width::UnicodeWidthStr;

/// Appends a text as a pager takes it: without links, and without colours unless it
/// is known to pass them on.
pub(crate) fn push_paged(text: &[u8], passes_colors: bool, out: &mut Vec<u8>) {
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text),
            Piece::Color(sequence) if passes_colors => out.extend_from_slice(sequence),
            Piece::Color(_) | Piece::Link => {}
        }
    }
}

/// Whether a text takes more than so many rows of a window of so many columns.
pub(crate) fn takes_more_rows(text: &[u8], rows: usize, columns: usize) -> bool {
    let mut taken = 0;
    text.split_inclusive(|&byte| byte == b'\n').any(|line| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        taken += width(line).div_ceil(columns.max(1)).max(1);
        taken > rows
    })
}

fn width(line: &[u8]) -> usize {
    let texts = pieces(line).map(|piece| match piece {
        Piece::Text(text) => String::from_utf8_lossy(text).width(),
        Piece::Color(_) | Piece::Link => 0,
    });
    texts.sum()
}

/// A part of a text.
enum Piece<'a> {
    Text(&'a [u8]),
    /// A sequence that sets colours.
    Color(&'a [u8]),
    /// The beginning or the end of a link.
    Link,
}

fn pieces(text: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let length = match rest {
            [] => return None,
            [b'\x1b', b']', ..] => end_of(rest, b"\x1b\\"),
            [b'\x1b', ..] => end_of(rest, b"m"),
            _ => rest.iter().position(|&byte| byte == b'\x1b'),
        };
        let (piece, after) = rest.split_at(length.unwrap_or(rest.len()));
        rest = after;
        Some(match piece {
            [b'\x1b', b']', ..] => Piece::Link,
            [b'\x1b', ..] => Piece::Color(piece),
            _ => Piece::Text(piece),
        })
    })
}

/// Where a sequence that this closes is over.
fn end_of(text: &[u8], closing: &[u8]) -> Option<usize> {
    let mut windows = text[1..].windows(closing.len());
    let at = windows.position(|window| window == closing)?;
    Some(1 + at + closing.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINKED: &[u8] = b"\x1b[1mbold\x1b[0m \x1b]8;;https://m.example\x1b\\here\x1b]8;;\x1b\\\n";

    fn paged(passes_colors: bool) -> String {
        let mut out = Vec::new();
        push_paged(LINKED, passes_colors, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn links_never_pass_and_colours_only_where_they_are_known() {
        assert_eq!(paged(true), "\x1b[1mbold\x1b[0m here\n");
        assert_eq!(paged(false), "bold here\n");
    }

    #[test]
    fn rows_are_counted_as_the_window_shows_them() {
        // Nine columns.
        assert!(!takes_more_rows(LINKED, 1, 9));
        assert!(takes_more_rows(LINKED, 1, 8));
        assert!(!takes_more_rows(b"a\n\nb\n", 3, 80));
        assert!(takes_more_rows(b"a\n\nb\n", 2, 80));
        assert!(!takes_more_rows("你好\n".as_bytes(), 1, 4));
        assert!(takes_more_rows("你好\n".as_bytes(), 1, 3));
        assert!(!takes_more_rows(b"", 0, 80));
    }
}
