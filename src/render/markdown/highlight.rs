//! Colours code, line by line as it comes.
//!
//! This is no parser: comments, texts, numbers and words are told apart by a table.
//! A text that never ends does so with its line.

use super::languages::{Language, Manner};
use super::style::{Ink, Style};

/// How long a single character is at most, with its escape: `\u{10ffff}`.
const CHARACTER: usize = 12;

/// Colours the lines of one block.
#[derive(Default)]
pub(super) struct Highlighter {
    language: Option<&'static Language>,
    /// What ends the comment or the text that the line before did not end, and how
    /// that looks.
    inside: Option<(&'static str, Style)>,
}

impl Highlighter {
    /// For a language as it is named behind a fence.
    pub(super) fn new(info: &str) -> Self {
        let name = info.split([' ', '\t', ',', '{', ':']).next();
        Self {
            language: name.and_then(Language::named),
            inside: None,
        }
    }

    /// The parts of the next line, in order.
    pub(super) fn line<'a>(&mut self, line: &'a str) -> Vec<(&'a str, Style)> {
        let Some(language) = self.language else {
            return vec![(line, Style::PLAIN)];
        };
        if language.manner == Manner::Changes {
            return vec![(line, change(line))];
        }
        let mut parts = Vec::new();
        let mut at = 0;
        // A part that is not special goes on up to the next that is.
        let mut plain = 0;
        while at < line.len() {
            let (length, style) = self.part(language, line, at);
            if let Some(style) = style {
                parts.push((&line[plain..at], Style::PLAIN));
                parts.push((&line[at..at + length], style));
                plain = at + length;
            }
            at += length;
        }
        parts.push((&line[plain..], Style::PLAIN));
        parts.retain(|(text, _)| !text.is_empty());
        parts
    }

    /// How long the part at a place is, and how it looks if it is special.
    fn part(
        &mut self,
        language: &'static Language,
        line: &str,
        at: usize,
    ) -> (usize, Option<Style>) {
        let rest = &line[at..];
        if let Some((end, style)) = self.inside {
            return (self.until(rest, 0, end, style), Some(style));
        }
        if let Some((begin, end)) = language.long_comment
            && rest.starts_with(begin)
        {
            return (
                self.until(rest, begin.len(), end, Style::DIM),
                Some(Style::DIM),
            );
        }
        let is_comment = |mark: &&&str| {
            // `#` is no comment in `$#` or `a#b`, nor `//` in an address.
            let before = line[..at].chars().next_back();
            let is_apart = before.is_none_or(char::is_whitespace);
            rest.starts_with(**mark) && (is_apart || (**mark != "#" && before != Some(':')))
        };
        if language.comments.iter().find(is_comment).is_some() {
            return (rest.len(), Some(Style::DIM));
        }
        if let Some(quote) = language
            .long_quotes
            .iter()
            .find(|it| rest.starts_with(**it))
        {
            let style = Style::of(Ink::Quote);
            return (self.until(rest, quote.len(), quote, style), Some(style));
        }
        let Some(first) = rest.chars().next() else {
            return (rest.len(), None);
        };
        if language.quotes.contains(first) {
            return match quoted(rest, first, language.manner) {
                Some(length) => (length, Some(Style::of(Ink::Quote))),
                None => (first.len_utf8(), None),
            };
        }
        if first.is_ascii_digit() {
            let is_part = |c: char| c.is_ascii_alphanumeric() || "._".contains(c);
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            // A range is no number.
            let length = rest[..length].find("..").unwrap_or(length);
            return (length.max(1), Some(Style::of(Ink::Number)));
        }
        if first.is_alphabetic() || first == '_' {
            let length = word_length(rest, language.manner);
            let is_keyword = is_keyword(language, line, at, length);
            return (length, is_keyword.then_some(Style::of(Ink::Keyword)));
        }
        (first.len_utf8(), None)
    }

    /// How long what began at the start of `rest` is, up to its end or that of the line.
    fn until(&mut self, rest: &str, from: usize, end: &'static str, style: Style) -> usize {
        let found = rest[from..].find(end);
        self.inside = found.is_none().then_some((end, style));
        found.map_or(rest.len(), |found| from + found + end.len())
    }
}

fn word_length(rest: &str, manner: Manner) -> usize {
    let joins = |c: char| {
        c.is_alphanumeric()
            || c == '_'
            || (c == '-' && matches!(manner, Manner::Tags | Manner::Keys))
    };
    rest.find(|c| !joins(c)).unwrap_or(rest.len())
}

fn is_keyword(language: &Language, line: &str, at: usize, length: usize) -> bool {
    let (word, before) = (&line[at..at + length], &line[..at]);
    match language.manner {
        Manner::Tags => before.ends_with('<') || before.ends_with("</"),
        Manner::Keys => {
            let is_first = before
                .trim_start_matches([' ', '\t', '-', '.', '@', '['])
                .is_empty();
            let after = line[at + length..].trim_start();
            is_first && after.starts_with([':', '='])
        }
        Manner::AnyCase => {
            let word = word.to_ascii_lowercase();
            language.words.split(' ').any(|it| it == word)
        }
        _ => language.words.split(' ').any(|it| it == word),
    }
}

/// How long a quoted text is; none if its quote is the mark of a name.
fn quoted(rest: &str, quote: char, manner: Manner) -> Option<usize> {
    let is_lifetime = manner == Manner::Lifetimes && quote == '\'';
    let most = if is_lifetime { CHARACTER } else { usize::MAX };
    let mut is_escaped = false;
    let characters = rest.char_indices().skip(1).take(most);
    let mut end = None;
    for (at, c) in characters {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' {
            is_escaped = true;
        } else if c == quote {
            end = Some(at + c.len_utf8());
            break;
        }
    }
    if is_lifetime {
        // One character, or one that is escaped, stands between such quotes.
        let inner = &rest[1..end?.saturating_sub(1)];
        let is_character = inner.starts_with('\\') || inner.chars().count() == 1;
        return if is_character { end } else { None };
    }
    Some(end.unwrap_or(rest.len()))
}

/// How a line of a difference looks.
fn change(line: &str) -> Style {
    match line.bytes().next() {
        Some(b'+') => Style::of(Ink::Quote),
        Some(b'-') => Style::of(Ink::Keyword),
        Some(b'@') => Style::of(Ink::Number),
        _ => Style::PLAIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines with `k[…]` around keywords, `q[…]` around texts, `c[…]` around
    /// comments, `n[…]` around numbers.
    fn marked(language: &str, code: &str) -> String {
        let mut highlighter = Highlighter::new(language);
        let mut marked = String::new();
        for line in code.split_inclusive('\n') {
            for (text, style) in highlighter.line(line) {
                let mark = match style.ink {
                    Ink::Keyword => "k",
                    Ink::Quote => "q",
                    Ink::Number => "n",
                    _ if style.dim => "c",
                    _ => {
                        marked.push_str(text);
                        continue;
                    }
                };
                marked.extend([mark, "[", text, "]"]);
            }
        }
        marked
    }

    #[test]
    fn rust_has_lifetimes_and_ranges() {
        assert_eq!(
            marked(
                "rust",
                "fn f<'a>(x: &'a str) { let c = 'x'; '\\''; 0..9 } // 'b"
            ),
            "k[fn] f<'a>(x: &'a str) { k[let] c = q['x']; q['\\'']; n[0]..n[9] } c[// 'b]"
        );
        assert_eq!(
            marked("rust,ignore", "let x = \"a\\\"b\";"),
            "k[let] x = q[\"a\\\"b\"];"
        );
    }

    #[test]
    fn texts_that_never_end_do_so_with_the_line() {
        assert_eq!(marked("c", "\"a\nint b;"), "q[\"a\n]k[int] b;");
        assert_eq!(marked("rs", "'a: loop"), "'a: k[loop]");
    }

    #[test]
    fn comments_and_texts_of_several_lines() {
        assert_eq!(
            marked("js", "a /* b\nc */ let"),
            "a c[/* b\n]c[c */] k[let]"
        );
        assert_eq!(
            marked("py", "\"\"\"a\nb\"\"\" if"),
            "q[\"\"\"a\n]q[b\"\"\"] k[if]"
        );
    }

    #[test]
    fn a_hash_begins_a_comment_behind_a_blank_only() {
        assert_eq!(marked("sh", "echo $# a#b # c"), "k[echo] $# a#b c[# c]");
        assert_eq!(marked("sh", "# c"), "c[# c]");
        assert_eq!(marked("yaml", "a: https://b # c"), "k[a]: https://b c[# c]");
    }

    #[test]
    fn every_manner() {
        assert_eq!(
            marked("SQL", "SELECT a From 'b'"),
            "k[SELECT] a k[From] q['b']"
        );
        assert_eq!(
            marked("html", "<my-a b=\"c\">d</my-a>"),
            "<k[my-a] b=q[\"c\"]>d</k[my-a]>"
        );
        assert_eq!(marked("toml", "[a]\nb = 1"), "[a]\nk[b] = n[1]");
        assert_eq!(marked("diff", "+a\n-b\n c"), "q[+a\n]k[-b\n] c");
        assert_eq!(marked("json", "{\"a\": true}"), "{q[\"a\"]: k[true]}");
        assert_eq!(marked("unheard", "fn 'a"), "fn 'a");
        assert_eq!(marked("", "if"), "if");
    }

    #[test]
    fn any_code_keeps_its_text() {
        let code = "é 你'\" `x` 0x1F_u8.. /* // # <!-- 'a 🙂\\";
        for language in &super::super::languages::LANGUAGES {
            for name in language.names.split(' ') {
                let parts = Highlighter::new(name).line(code);
                let text: String = parts.iter().map(|(text, _)| *text).collect();
                assert_eq!(text, code, "{name}");
            }
        }
    }
}
