//! Blank lines.

/// Whether a line is blank in the sense of CommonMark.
pub(super) fn is_blank(line: &str) -> bool {
    line.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\n'))
}

/// Whether the line before `at` is blank, apart from the marks of at most
/// `quotes` quotes.
pub(super) fn blank_before(source: &str, at: usize, quotes: usize) -> bool {
    let Some((before, _)) = source[..at].rsplit_once('\n') else {
        return false;
    };
    let line = before.rsplit('\n').next().unwrap_or(before);
    line.trim_matches([' ', '\t', '>']).is_empty() && line.matches('>').count() <= quotes
}
