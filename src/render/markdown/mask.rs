//! Hides from the parser what it would misread: formulas, and marks that surround
//! bold text of East Asian scripts.
//!
//! A formula stays as it was typed, so none of its characters may be a mark. Between
//! a letter and a mark such as `「` the parser takes `**` for stars, because in
//! other scripts a blank would stand there. What is hidden is replaced by letters that
//! take as many bytes: places in the text stay what they are, and whoever lays it out
//! takes the text itself from there.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

use super::blank::is_blank;

/// How far away the end of a formula is looked for.
const FORMULA_BYTES: usize = 4096;

/// A text of as many bytes as the source, for the parser. `is_open`: more of it will
/// come, and a formula whose end is missing goes on up to there.
pub(super) fn masked(source: &str, is_open: bool) -> Cow<'_, str> {
    let has_formula = source.contains('$') || source.contains("\\(") || source.contains("\\[");
    let has_wide_marks = source.contains(['*', '~']) && !source.is_ascii();
    if !has_formula && !has_wide_marks {
        return source.into();
    }
    let mut mask = Mask {
        source,
        is_open,
        hidden: Vec::new(),
    };
    mask.find();
    if mask.hidden.is_empty() {
        return source.into();
    }
    mask.apply().into()
}

/// How far away the end of an address between `<` and `>` is looked for.
const ADDRESS_BYTES: usize = 256;

struct Mask<'a> {
    source: &'a str,
    is_open: bool,
    /// What is to be replaced, in order.
    hidden: Vec<(usize, usize)>,
}

impl Mask<'_> {
    fn find(&mut self) {
        let mut fence: Option<(u8, usize)> = None;
        let mut paragraph = 0;
        let mut at = 0;
        for line in self.source.split_inclusive('\n') {
            let text = line.trim_start_matches([' ', '\t', '>', '-', '+', '*', '.', ')']);
            let text = text.trim_start_matches(|c: char| c.is_ascii_digit() || " .)".contains(c));
            let mark = text.bytes().next().unwrap_or(b' ');
            let run = text.bytes().take_while(|byte| *byte == mark).count();
            let is_fence = (mark == b'`' || mark == b'~') && run >= 3;
            let is_end =
                fence.is_none() && (is_fence || is_blank(line.trim_start_matches(['>', ' '])));
            if is_end {
                self.paragraph(paragraph, at);
                paragraph = at + line.len();
            }
            match fence {
                None if is_fence => fence = Some((mark, run)),
                Some((open, length)) if is_fence && mark == open && run >= length => {
                    fence = None;
                    paragraph = at + line.len();
                }
                _ => {}
            }
            at += line.len();
        }
        if fence.is_none() {
            self.paragraph(paragraph, at);
        }
    }

    /// Finds what is to be hidden between two places.
    fn paragraph(&mut self, from: usize, to: usize) {
        let source = self.source;
        let text = &source[..to];
        let bytes = text.as_bytes();
        let mut at = from;
        // Whether a mark of this length is open.
        let mut open = [false; 4];
        // Ends of which it is known that they are not there any more.
        let mut missing: Vec<Vec<u8>> = Vec::new();
        // A formula that has begun, as far as it has come.
        let open_end = (self.is_open && to == source.len()).then_some(to);
        let mut end_of = |end: &[u8], after: usize| {
            if missing.iter().any(|known| known == end) {
                return None;
            }
            let found = memchr::memmem::find(&bytes[after..], end);
            if found.is_none() {
                missing.push(end.to_vec());
            }
            found.map(|found| after + found)
        };
        while at < to {
            let rest = &text[at..];
            at = match bytes[at] {
                b'`' => {
                    let run = run_of(rest, b'`');
                    let end = (run <= 8).then(|| end_of(&bytes[at..at + run], at + run));
                    end.flatten().map_or(at + run, |end| end + run)
                }
                b'\\' => {
                    let end = match bytes.get(at + 1) {
                        Some(b'(') => end_of(b"\\)", at + 2).map(|end| end + 2).or(open_end),
                        Some(b'[') => end_of(b"\\]", at + 2).map(|end| end + 2).or(open_end),
                        _ => None,
                    };
                    match end {
                        Some(end) if end - at <= FORMULA_BYTES => {
                            self.hide(at, end);
                            end
                        }
                        _ => at + 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
                    }
                }
                b'$' if rest.starts_with("$$") => {
                    let end = end_of(b"$$", at + 2).map(|end| (end, end + 2));
                    match end.or(open_end.map(|end| (end, end))) {
                        Some((end, after)) if after - at <= FORMULA_BYTES && end > at + 2 => {
                            self.hide(at, after);
                            after
                        }
                        _ => at + run_of(rest, b'$'),
                    }
                }
                b'$' => match formula_end(text, at) {
                    Some(end) => {
                        self.hide(at, end);
                        end
                    }
                    None => at + 1,
                },
                b']' if rest.starts_with("](") => {
                    let end = rest.find([')', '\n']).unwrap_or(rest.len() - 1);
                    at + end + 1
                }
                b'<' => {
                    let near = &rest[..rest.floor_char_boundary(ADDRESS_BYTES)];
                    let end = near.find(['>', ' ', '\n']);
                    end.map_or(at + 1, |end| at + end)
                }
                mark @ (b'*' | b'~') => {
                    let run = run_of(rest, mark);
                    if let Some(open) = open.get_mut(run) {
                        self.surround(at, at + run, to, open);
                    }
                    at + run
                }
                _ => at + rest.chars().next().map_or(1, char::len_utf8),
            };
        }
    }

    /// Hides the mark that would keep a run of stars from beginning or ending
    /// something.
    fn surround(&mut self, from: usize, end: usize, to: usize, open: &mut bool) {
        let before = self.source[..from].chars().next_back();
        let after = self.source[end..to].chars().next();
        let (Some(before), Some(after)) = (before, after) else {
            *open = !*open && before.is_none();
            return;
        };
        let closes = *open && !before.is_whitespace();
        let opens = !*open && !after.is_whitespace();
        if closes && is_mark(before, after) && is_letter(after) {
            self.hide(from - before.len_utf8(), from);
        } else if opens && is_mark(after, before) && is_letter(before) {
            self.hide(end, end + after.len_utf8());
        }
        if closes || opens {
            *open = opens;
        }
    }

    fn hide(&mut self, from: usize, end: usize) {
        if self.hidden.last().is_none_or(|(_, last)| *last <= from) {
            self.hidden.push((from, end));
        }
    }

    fn apply(&self) -> String {
        let mut masked = String::with_capacity(self.source.len());
        let mut done = 0;
        for &(from, end) in &self.hidden {
            masked.push_str(&self.source[done..from]);
            let mut begins_line = false;
            for c in self.source[from..end].chars() {
                // What may belong to a list or a quote around a formula stays.
                let stays = c == '\n' || c == ' ' || c == '\t' || (begins_line && c == '>');
                begins_line = c == '\n' || (begins_line && stays);
                match c.len_utf8() {
                    _ if stays => masked.push(c),
                    1 => masked.push('x'),
                    2 => masked.push('é'),
                    3 => masked.push('一'),
                    _ => masked.push('𠀀'),
                }
            }
            done = end;
        }
        masked.push_str(&self.source[done..]);
        masked
    }
}

/// Where the formula ends that a single `$` begins, if it does.
fn formula_end(text: &str, at: usize) -> Option<usize> {
    if !may_begin_formula(text, at) {
        return None;
    }
    let bytes = text.as_bytes();
    let mut end = at + 1;
    while end < bytes.len() && end - at <= FORMULA_BYTES {
        match bytes[end] {
            b'\\' => end += 1,
            b'$' => {
                let is_price = bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
                let ends = !bytes[end - 1].is_ascii_whitespace() && !is_price;
                return ends.then_some(end + 1);
            }
            _ => {}
        }
        end += 1;
    }
    None
}

/// Whether a `$` stands as one that begins a formula does.
pub(super) fn may_begin_formula(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + 1..].chars().next();
    !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '$' || c == '/')
        && after.is_some_and(|c| !c.is_whitespace() && c != '$')
}

fn run_of(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|byte| *byte == mark).count()
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
}

/// Whether a character is a mark of East Asian text, or one of ours in such a text.
fn is_mark(c: char, beside: char) -> bool {
    let is_east_asian = matches!(u32::from(c),
        0x2010..=0x2027 | 0x2030..=0x205e | 0x3001..=0x3003 | 0x3008..=0x3020 | 0x3030
            | 0xfe10..=0xfe1f | 0xfe30..=0xfe4f | 0xff01..=0xff0f | 0xff1a..=0xff20
            | 0xff3b..=0xff40 | 0xff5b..=0xff65);
    is_east_asian || ("\"'.,:;?!%".contains(c) && beside.width() == Some(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The source with `_` in the place of each byte that is hidden.
    fn hidden(source: &str) -> String {
        let masked = masked(source, false);
        assert_eq!(masked.len(), source.len());
        let pairs = source.chars().zip(masked.chars());
        pairs
            .map(|(c, shown)| if c == shown { c } else { '_' })
            .collect()
    }

    #[test]
    fn formulas_are_hidden() {
        assert_eq!(hidden("a $b_1*c$ d"), "a _______ d");
        assert_eq!(
            hidden("$$a\nb$$ \\(c\\) \\[d\n\\]"),
            "___\n___ _____ ___\n__"
        );
        assert_eq!(hidden("> $$\n> a_b\n> $$"), "> __\n> ___\n> __");
    }

    #[test]
    fn a_formula_that_has_begun_goes_on() {
        let begun = |source| masked(source, true) != source;
        assert!(begun("a $$b") && begun("\\[a\n- b\n") && begun("\\(a"));
        assert!(!begun("$$b\n\nc") && !begun("$a") && !begun("$$"));
    }

    #[test]
    fn prices_variables_and_code_are_no_formulas() {
        for text in [
            "$5 and $6",
            "$5/$6",
            "from $5-$10",
            "US$5 and HK$6",
            "$HOME and $ x $",
            "`$a_b$`",
            "```\n$a_b$\n```",
            "[a](http://b/$c$)",
            "\\(a\n\nb\\)",
            "\\$a\\$",
            "$$",
            "$$$$",
        ] {
            assert_eq!(hidden(text), text);
        }
    }

    #[test]
    fn marks_beside_bold_text_are_hidden() {
        assert_eq!(hidden("は**「日本」**は"), "は**_日本_**は");
        assert_eq!(hidden("**注意：**请看"), "**注意_**请看");
        assert_eq!(hidden("**“引”**的 *a*"), "**“引_**的 *a*");
        assert_eq!(hidden("「**日本**」は"), "「**日本**」は");
        assert_eq!(hidden("**重要!**的"), "**重要_**的");
        assert_eq!(hidden("**a!** b é"), "**a!** b é");
    }

    #[test]
    fn a_text_full_of_marks_takes_no_long_time() {
        for text in ["$a ", "\\(", "\\[", "`a``", "**「", "<a", "](", "$$a"] {
            let source = text.repeat(60_000 / text.len());
            assert_eq!(masked(&source, true).len(), source.len());
        }
    }
}
