//! Finds how many of the waiting lines belong to complete blocks.
//!
//! A closed block never opens again. So when the parser sees a block at the top
//! level, all blocks before it are complete, and so are all items of a list but
//! the last. The last block itself is complete only if it is of a kind that
//! ends with its own last line or with a blank line.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use super::blank::is_blank;
use super::mask::masked;
use super::syntax::OPTIONS;

/// The place where the complete blocks end.
pub(super) struct Boundary {
    /// The first byte that still has to wait; it begins a line.
    pub at: usize,
    /// The number of the list item that begins there, if its list began before.
    pub number: Option<u64>,
    /// The rest is the opening line of a code fence, and nothing else.
    pub fence: bool,
}

/// A block, or an item of a list, at the top level.
struct Block {
    kind: BlockKind,
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum BlockKind {
    /// Complete with its own last line.
    Line,
    /// Complete with a blank line.
    Text,
    Fence,
    /// An item that is not the first of its list, with its number.
    Item(u64),
    /// Complete when another block begins.
    Other,
}

impl Boundary {
    /// Reads lines of a document that begin with a block, or with the item
    /// `number` of a list.
    pub(super) fn find(source: &str, number: Option<u64>) -> Self {
        let source = &*masked(source, true);
        let Some(last) = last_block(source, number) else {
            // Nothing but definitions of links: a blank line completes them.
            let at = if ends_blank(source) { source.len() } else { 0 };
            return Self::plain(at);
        };
        let complete = match last.kind {
            BlockKind::Line => last.end >= source.len(),
            BlockKind::Text => ends_blank(source),
            BlockKind::Fence | BlockKind::Item(_) | BlockKind::Other => false,
        };
        if complete {
            return Self::plain(source.len());
        }
        let at = source[..last.start].rfind('\n').map_or(0, |end| end + 1);
        Self {
            at,
            number: match last.kind {
                BlockKind::Item(number) => Some(number),
                _ if at == 0 => number,
                _ => None,
            },
            fence: last.kind == BlockKind::Fence && source[at..].lines().nth(1).is_none(),
        }
    }

    fn plain(at: usize) -> Self {
        Self {
            at,
            number: None,
            fence: false,
        }
    }
}

/// Whether a line may begin or end a block; if not, the parser need not be asked.
/// `after_blank`: the line before it is blank.
pub(super) fn may_settle(line: &str, after_blank: bool) -> bool {
    let text = line.trim_start_matches([' ', '\t']);
    match text.bytes().next() {
        // Of several blank lines only the first matters.
        None | Some(b'\n') => !after_blank,
        Some(b'#' | b'`' | b'~' | b'-' | b'+' | b'*' | b'_' | b'=' | b'>' | b'<') => true,
        Some(byte) => after_blank || byte.is_ascii_digit(),
    }
}

fn ends_blank(source: &str) -> bool {
    source.lines().next_back().is_some_and(is_blank)
}

/// The last block at the top level, or the last item if that is a list.
fn last_block(source: &str, number: Option<u64>) -> Option<Block> {
    let mut last = None;
    let mut depth = 0_usize;
    // The number of the next item of a list at the top level.
    let mut next = 0;
    for (event, range) in Parser::new_ext(source, OPTIONS).into_offset_iter() {
        let kind = match (&event, depth) {
            (Event::Start(tag), 0) => {
                if let Tag::List(start) = tag {
                    let first = if range.start == 0 { number } else { None };
                    next = first.or(*start).unwrap_or(0);
                }
                Some(kind(tag))
            }
            (Event::Rule, 0) => Some(BlockKind::Line),
            (Event::Start(Tag::Item), 1) => {
                let number = next;
                next = next.saturating_add(1);
                // The first item begins where its list begins.
                let first = last.as_ref().is_some_and(|block: &Block| {
                    block.kind == BlockKind::Other && block.start == range.start
                });
                (!first).then_some(BlockKind::Item(number))
            }
            _ => None,
        };
        if let Some(kind) = kind {
            let (start, end) = (range.start, range.end);
            last = Some(Block { kind, start, end });
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    last
}

fn kind(tag: &Tag<'_>) -> BlockKind {
    match tag {
        Tag::Heading { .. } => BlockKind::Line,
        Tag::Paragraph | Tag::Table(_) | Tag::BlockQuote(_) => BlockKind::Text,
        Tag::CodeBlock(CodeBlockKind::Fenced(_)) => BlockKind::Fence,
        _ => BlockKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(source: &str) -> &str {
        &source[..Boundary::find(source, None).at]
    }

    #[test]
    fn a_block_is_complete_by_its_end_or_by_the_next() {
        assert_eq!(done("# a\n"), "# a\n");
        assert_eq!(done("a\n===\n"), "a\n===\n");
        assert_eq!(done("***\n"), "***\n");
        assert_eq!(done("a\n"), "");
        assert_eq!(done("a\n\n"), "a\n\n");
        assert_eq!(done("a\n# b\n"), "a\n# b\n");
        assert_eq!(done("a\n> b\n"), "a\n");
        assert_eq!(done("> a\n\n"), "> a\n\n");
        assert_eq!(done("[a]: b\n"), "");
        assert_eq!(done("[a]: b\n\n"), "[a]: b\n\n");
    }

    #[test]
    fn a_list_waits_for_something_else_but_its_items_do_not() {
        assert_eq!(done("- a\n\n"), "");
        assert_eq!(done("- a\n  - b\n"), "");
        assert_eq!(done("- a\n\n  b\n"), "");
        assert_eq!(done("- a\n- b\n"), "- a\n");
        assert_eq!(done("- a\n\n b\n"), "- a\n\n");
        let boundary = Boundary::find("3. a\n 7. b\n", None);
        assert_eq!((boundary.at, boundary.number), (5, Some(4)));
        assert_eq!(Boundary::find("3. a\n7. b\n", Some(9)).number, Some(10));
        assert_eq!(Boundary::find("3. a\n\n", Some(9)).number, Some(9));
    }

    #[test]
    fn html_and_code_outlive_blank_lines() {
        assert_eq!(done("<!-- a\n\nb\n\n"), "");
        assert_eq!(done("    a\n\n"), "");
        assert_eq!(done("- ```\n\n  a\n"), "");
    }

    #[test]
    fn a_fence_is_told_from_its_opening_line() {
        assert!(Boundary::find("```\n", None).fence);
        assert!(Boundary::find("a\n ~~~ rust\n", None).fence);
        assert!(!Boundary::find("- a\n  ```\n", None).fence);
        assert!(!Boundary::find("``` a`\n", None).fence);
    }
}
