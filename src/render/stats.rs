//! How counts are written and drawn.

/// Eighths of a column from the left, for bars; the first is for less than one.
const EIGHTHS: [char; 8] = ['▏', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const FULL: char = '█';

/// Heights, for sparklines.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Shades, for heat maps.
const SHADES: [char; 4] = ['░', '▒', '▓', '█'];

/// `12.3`
pub(super) fn seconds(milliseconds: u64) -> String {
    format!("{}.{}", milliseconds / 1000, milliseconds % 1000 / 100)
}

/// Money, with four digits behind the point.
pub(super) fn money(cost: f64) -> String {
    format!("{cost:.4}")
}

/// `1,234,567`
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A bar of at most so many columns, for a part of `most`: something is never nothing.
pub(super) fn bar(part: u64, most: u64, columns: usize) -> String {
    if part == 0 || most == 0 {
        return String::new();
    }
    let eighths = u128::from(part) * columns as u128 * 8 / u128::from(most);
    let eighths = usize::try_from(eighths)
        .unwrap_or(usize::MAX)
        .min(columns * 8);
    let (full, rest) = (eighths / 8, eighths % 8);
    let mut bar: String = std::iter::repeat_n(FULL, full).collect();
    if rest > 0 || full == 0 {
        bar.extend(EIGHTHS.get(rest));
    }
    bar
}

/// A column for each count, as high as its part of the most.
pub(super) fn sparkline(counts: &[u64]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0);
    let height = |count: &u64| level(*count, most, &HEIGHTS).unwrap_or(' ');
    counts.iter().map(height).collect()
}

/// A shade for a part of the most; a point for nothing.
pub(super) fn shade(count: u64, most: u64) -> char {
    level(count, most, &SHADES).unwrap_or('·')
}

/// The sign of a part of the most; none for nothing.
fn level(part: u64, most: u64, signs: &[char]) -> Option<char> {
    if part == 0 || most == 0 {
        return None;
    }
    let at = u128::from(part) * signs.len() as u128;
    let at = usize::try_from(at.div_ceil(u128::from(most))).unwrap_or(usize::MAX);
    signs.get(at.clamp(1, signs.len()) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_part() {
        assert_eq!(bar(10, 10, 4), "████");
        assert_eq!(bar(5, 10, 4), "██");
        assert_eq!(bar(1, 10, 4), "▍");
        assert_eq!(bar(1, 1_000_000, 4), "▏");
        assert_eq!(bar(0, 10, 4), "");
        assert_eq!(bar(u64::MAX, u64::MAX, 2), "██");
    }

    #[test]
    fn lines_and_shades_show_a_little_as_something() {
        assert_eq!(sparkline(&[0, 1, 50, 100]), " ▁▄█");
        let shades = [0, 1, 25, 26, 75, 100].map(|it| shade(it, 100));
        assert_eq!(String::from_iter(shades), "·░░▒▓█");
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
