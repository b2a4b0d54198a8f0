//! How much of a block that still comes can be shown already.
//!
//! What follows may turn a star into the beginning of something bold, a line into
//! the head of a table. What lies behind the first such place waits, but no more than
//! about a line of it, and not when nothing comes any more: then it is shown as if that
//! was all, and put right if it was not.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::mask::may_begin_formula;
use crate::domain::{CONTEXT_CHARACTERS, is_unseen};

/// How many columns of text wait at most.
const MOST_COLUMNS: usize = 80;

/// How far away the end of a link is looked for.
const LINK_BYTES: usize = 2048;

/// How many brackets near the end of a text are looked at.
const MOST_LINKS: usize = 16;

/// What of a block waits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// From here on nothing is shown.
    pub from: usize,
    /// A table begins there, of which so many rows have come.
    pub table: Option<usize>,
}

/// Where the source ends that says something: a line of which nobody knows what it
/// begins counts as if it had not come. `line` is where the last line begins, if it
/// has not ended.
pub(super) fn known_end(source: &str, line: usize) -> usize {
    if is_unknown(&source[line..]) {
        line
    } else {
        source.len()
    }
}

/// Whether the beginning of a line may be that of anything.
fn is_unknown(line: &str) -> bool {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '>']);
        let marker = marker_length(rest);
        if marker == 0 {
            break;
        }
        rest = &rest[marker..];
    }
    let is_marks = rest.bytes().all(|byte| b"-=*_+#~`|:<> \t".contains(&byte));
    // A number looks the same whether a list begins with it or not.
    is_marks
        || ["```", "~~~", "|", "<"]
            .iter()
            .any(|it| rest.starts_with(it))
}

/// The length of the marker of a list item and the blank behind it, 0 if there is none.
fn marker_length(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = text.as_bytes().get(digits).copied().unwrap_or(b' ');
    let is_mark = match digits {
        0 => b"-+*".contains(&mark),
        1..=9 => b".)".contains(&mark),
        _ => false,
    };
    let is_marker = is_mark && text.as_bytes().get(digits + 1) == Some(&b' ');
    if is_marker { digits + 2 } else { 0 }
}

/// What the last events belong to.
#[derive(Clone, Copy, PartialEq)]
enum Leaf {
    Nothing,
    Text {
        is_heading: bool,
    },
    /// Whole lines are shown.
    Lines,
    Table(usize),
}

/// Finds what waits. The events are those of the masked source.
pub(super) fn held(
    masked: &str,
    line: usize,
    events: &[(Event<'_>, Range<usize>)],
    columns: usize,
) -> Held {
    let end = masked.len();
    let (leaf, texts) = last_leaf(events);
    let is_closed = is_closed(&masked[..line]) && line == end;
    let held = |from| Held { from, table: None };
    match leaf {
        Leaf::Text { is_heading } if !is_closed => {
            let text = Text {
                masked,
                most: columns.min(MOST_COLUMNS),
                near: near(masked, columns.min(MOST_COLUMNS)),
                texts,
            };
            held(text.first_unsure(is_heading))
        }
        Leaf::Table(from) if !is_closed => Held {
            from,
            table: Some(masked[from..].lines().count().saturating_sub(2)),
        },
        Leaf::Lines => held(line),
        _ => held(end),
    }
}

/// Where the last so many columns of a text begin.
fn near(text: &str, columns: usize) -> usize {
    let mut left = columns;
    let mut from = text.len();
    for (at, c) in text.char_indices().rev() {
        let Some(rest) = left.checked_sub(c.width().unwrap_or(0)) else {
            break;
        };
        // Characters without a width are no way to hold back more.
        if text.len() - at > LINK_BYTES {
            break;
        }
        (left, from) = (rest, at);
    }
    from
}

/// Whether the last line is empty, apart from the marks of quotes.
fn is_closed(lines: &str) -> bool {
    let Some(lines) = lines.strip_suffix('\n') else {
        return false;
    };
    let line = lines.rsplit('\n').next().unwrap_or(lines);
    line.trim_matches([' ', '\t', '>']).is_empty()
}

/// What the last events belong to, and where its texts stand.
fn last_leaf(events: &[(Event<'_>, Range<usize>)]) -> (Leaf, Vec<Range<usize>>) {
    let (mut leaf, mut texts) = (Leaf::Nothing, Vec::new());
    // The next text belongs to another leaf.
    let mut is_fresh = true;
    let (mut is_code, mut is_table, mut is_heading) = (false, false, false);
    for (event, range) in events {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) => {
                is_code = true;
                leaf = Leaf::Lines;
            }
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock) => {
                (is_code, is_fresh) = (false, true);
            }
            Event::Start(Tag::Table(_)) => {
                is_table = true;
                leaf = Leaf::Table(range.start);
            }
            Event::End(TagEnd::Table) => (is_table, is_fresh) = (false, true),
            _ if is_code || is_table => {}
            Event::Rule => (leaf, is_fresh) = (Leaf::Nothing, true),
            Event::End(
                TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Link
                | TagEnd::Image,
            ) => {}
            Event::Start(tag) if !is_inline(tag) => {
                is_heading = matches!(tag, Tag::Heading { .. });
                is_fresh = true;
            }
            Event::End(_) => (is_heading, is_fresh) = (false, true),
            _ => {
                if std::mem::take(&mut is_fresh) {
                    texts.clear();
                    leaf = Leaf::Text { is_heading };
                }
                if let Event::Text(text) = event
                    && text.len() == range.len()
                {
                    texts.push(range.clone());
                }
            }
        }
    }
    (leaf, texts)
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
}

/// The texts of a leaf that still comes.
struct Text<'a> {
    masked: &'a str,
    /// How many columns may wait, and where these begin.
    most: usize,
    near: usize,
    texts: Vec<Range<usize>>,
}

impl Text<'_> {
    /// The first place behind which all may still change.
    fn first_unsure(&self, is_heading: bool) -> usize {
        let end = self.masked.len();
        let Some(start) = self.texts.first().map(|range| range.start) else {
            return end;
        };
        if !is_heading && self.may_be_head(start) {
            return start;
        }
        let mut last_end = 0;
        let mut links = 0;
        for range in &self.texts {
            if let Some(at) = self.unsure_in(range, last_end, start, &mut links) {
                return at;
            }
            last_end = range.end;
        }
        let tail = self.masked.char_indices().rev().take(CONTEXT_CHARACTERS);
        let unseen = tail.take_while(|(_, c)| *c != '\n' && is_unseen(*c)).last();
        unseen.map_or(end, |(at, _)| at)
    }

    /// Whether a text may turn out to be the head of a table: it has one line, which
    /// begins with a bar. Those that only contain one seldom are.
    fn may_be_head(&self, start: usize) -> bool {
        let text = self.masked[start..].trim_end_matches('\n');
        text.starts_with('|') && !text.contains('\n')
    }

    /// Whether what follows a place is short enough to wait.
    fn may_wait(&self, at: usize) -> bool {
        at >= self.near
    }

    /// The same for a link, of whose address nothing is seen.
    fn may_link_wait(&self, at: usize) -> bool {
        let text = &self.masked[at..];
        let shown = text.split("](").next().unwrap_or(text);
        self.may_wait(at) || (shown.len() < text.len() && shown.width() <= self.most)
    }

    /// The first place in a text behind which all may still change and that is near
    /// enough to the end.
    fn unsure_in(
        &self,
        range: &Range<usize>,
        last_end: usize,
        start: usize,
        links: &mut usize,
    ) -> Option<usize> {
        let text = self.masked;
        let mut from = range.start;
        // What stands behind a backslash is no mark.
        if last_end < range.start && text[..range.start].ends_with('\\') {
            from += text[from..].chars().next().map_or(0, char::len_utf8);
        }
        // What is farther away does not wait.
        from = from.max(text.floor_char_boundary(text.len().saturating_sub(LINK_BYTES)));
        let mut skipped = from;
        for (offset, c) in text.get(from..range.end)?.char_indices() {
            let at = from + offset;
            if at < skipped {
                continue;
            }
            let run = match c {
                '`' | '*' | '~' | '_' | '$' => text[at..].chars().take_while(|it| *it == c).count(),
                _ => 1,
            };
            skipped = at + if run > 1 { run } else { 0 };
            let is_unsure = match c {
                '`' => true,
                '*' | '~' | '_' => self.may_begin_span(at, c, run),
                '[' if *links < MOST_LINKS => {
                    *links += 1;
                    self.may_begin_link(at, start)
                }
                '<' => self.follows(at, |next| {
                    next.is_ascii_alphabetic() || "/!?".contains(next)
                }),
                '&' => {
                    let name = &text[at + 1..];
                    name.len() <= 32 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
                }
                '\\' => at + 1 == text.len(),
                '$' => self.may_hold_formula(at),
                _ => false,
            };
            let is_image = c == '[' && at > start && text[..at].ends_with('!');
            let at = at - usize::from(is_image);
            if is_unsure && (self.may_wait(at) || (c == '[' && self.may_link_wait(at))) {
                return Some(at);
            }
        }
        None
    }

    /// Whether nothing follows a character, or what is asked for.
    fn follows(&self, at: usize, is_asked: impl Fn(char) -> bool) -> bool {
        self.masked[at + 1..].chars().next().is_none_or(is_asked)
    }

    fn may_begin_span(&self, at: usize, mark: char, run: usize) -> bool {
        let before = self.masked[..at].chars().next_back();
        let is_amid_word = mark == '_' && before.is_some_and(char::is_alphanumeric);
        !is_amid_word && self.follows(at + run - 1, |next| !next.is_whitespace())
    }

    /// Whether a bracket may begin a link: it is not closed, or the address follows.
    fn may_begin_link(&self, at: usize, start: usize) -> bool {
        let text = &self.masked[at..];
        let near = &text[..text.floor_char_boundary(LINK_BYTES)];
        let mut depth = 0_usize;
        let end = near.bytes().enumerate().find(|(_, byte)| {
            match byte {
                b'[' => depth += 1,
                b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        });
        let Some((end, _)) = end else {
            return true;
        };
        match text[end + 1..].chars().next() {
            None => true,
            Some('(') => !text[end..].contains([')', '\n']),
            Some('[') => !text[end + 1..].contains(']'),
            // A definition.
            Some(':') => at == start,
            Some(_) => false,
        }
    }

    /// Whether a `$` may begin a formula whose characters would be taken for marks.
    fn may_hold_formula(&self, at: usize) -> bool {
        let rest = &self.masked[at + 1..];
        let rest = rest.strip_prefix('$').unwrap_or(rest);
        let begins = rest.len() < self.masked.len() - at - 1 || may_begin_formula(self.masked, at);
        begins && !rest.contains('$') && rest.contains(['\\', '*', '_', '~', '[', '<', '&', '`'])
    }
}

#[cfg(test)]
mod tests;
