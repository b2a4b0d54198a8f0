//! Pieces, order, bounds, and the same as the parser reads at once.

use proptest::prelude::*;

use super::*;

/// What is out after some pieces, before the reply ends.
fn so_far(pieces: &[&str]) -> String {
    let _lock = COLORS.read().unwrap_or_else(PoisonError::into_inner);
    colored::control::set_override(false);
    let mut markdown = markdown();
    let mut out = Vec::new();
    for piece in pieces {
        markdown.push(piece, &mut out);
    }
    String::from_utf8(out).expect("output is text")
}

#[test]
fn pieces_do_not_show() {
    let expected = plain(SAMPLE);
    for (at, _) in SAMPLE.char_indices() {
        let (a, b) = SAMPLE.split_at(at);
        assert_eq!(plain_pieces([a, b]), expected, "split at {at}");
    }
    let chars = SAMPLE
        .char_indices()
        .map(|(at, c)| &SAMPLE[at..at + c.len_utf8()]);
    assert_eq!(plain_pieces(chars), expected);
}

#[test]
fn complete_blocks_are_out() {
    assert_eq!(so_far(&["# Title"]), "");
    assert_eq!(so_far(&["# Title\n"]), "Title\n");
    assert_eq!(so_far(&["# Title\n\n", "a *b"]), "Title\n");
    assert_eq!(so_far(&["a\n", "b\n"]), "");
    assert_eq!(so_far(&["a\n", "b\n\r", "\n"]), "a\nb\n");
    assert_eq!(so_far(&["a\n# b\n"]), "a\nb\n");
    assert_eq!(so_far(&["a\n---\n"]), "a\n");
    assert_eq!(so_far(&["|a|\n|-|\n|b|\n"]), "");
    assert_eq!(so_far(&["|a|\n|-|\n|b|\n\n"]), "a\n─\nb\n");
}

#[test]
fn items_are_out_one_by_one() {
    assert_eq!(so_far(&["4. a\n4. b\n\n4. c\n   - d\n"]), "4. a\n5. b\n");
    assert_eq!(so_far(&["- a\n", "- b\n\n", "c\n"]), "• a\n• b\n");
}

#[test]
fn lines_of_an_open_fence_are_out() {
    assert_eq!(so_far(&["a\n```sh"]), "");
    assert_eq!(so_far(&["a\n```sh\n"]), "a\n──────── sh\n");
    assert_eq!(so_far(&["```\nb\nc"]), "────────\nb\n");
    assert_eq!(
        so_far(&["```\nb\n\n", "c\n``", "`\n# d\n"]),
        "────────\nb\n\nc\n\nd\n"
    );
}

#[test]
fn the_end_begins_a_new_reply() {
    let mut markdown = markdown();
    let mut out = Vec::new();
    markdown.push("```\na\n\n\n", &mut out);
    markdown.finish(&mut out);
    markdown.push("[b]: c\n\n", &mut out);
    markdown.finish(&mut out);
    markdown.push("\n[b]", &mut out);
    markdown.finish(&mut out);
    markdown.finish(&mut out);
    let out = String::from_utf8(out).expect("output is text");
    assert!(out.ends_with("[b]\n") && !out.contains("\n\n"), "{out}");
}

#[test]
fn long_blocks_come_in_parts() {
    for block in [
        "word ",
        "你",
        "a\n",
        "- a\n\n  ",
        "> a\n",
        "|a|b|\n|-|-|\n",
        "```\n  ",
        "- ",
    ] {
        let text = block.repeat(3 * WAITING_BYTES / block.len());
        let output = plain_pieces(pieces(&text, 100));
        assert_eq!(output, plain(&text), "{block:?}");
        assert!(output.len() < 4 * text.len());
    }
    let text = "你".repeat(WAITING_BYTES);
    assert_eq!(plain(&text).replace('\n', ""), text);
}

#[test]
fn a_long_reply_needs_little_room() {
    let mut markdown = markdown();
    let mut out = Vec::new();
    let text = SAMPLE
        .replace("~~~\nnever closed\n", "")
        .repeat(1_000_000 / SAMPLE.len());
    for piece in pieces(&text, 7) {
        out.clear();
        markdown.push(piece, &mut out);
        // One item of the sample is its longest block.
        assert!(markdown.line.len() + markdown.block.len() < 200);
        assert!(out.len() < 1000);
        assert!(markdown.credit > SAVED_READINGS / 2);
    }
}

/// A text in pieces of so many bytes, or a few less.
fn pieces(text: &str, size: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(size));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[test]
fn nesting_has_a_bound() {
    for text in [
        ">".repeat(10_000),
        "> x\n".replace('>', &">".repeat(10_000)).repeat(5),
        "- ".repeat(10_000),
        "1. ".repeat(10_000) + "x",
        "[".repeat(10_000) + &"](a)".repeat(10_000),
        "*".repeat(10_000) + "a" + &"*".repeat(10_000),
        (0..300).map(|n| " ".repeat(2 * n) + "- a\n").collect(),
    ] {
        assert!(plain(&text).len() < 4 * text.len());
    }
}

/// Lines that blocks begin, continue and end with.
pub(super) const LINES: [&str; 40] = [
    "", "", "", "", "a", "b *c", "d* e", "  f", "   g", "    h", "      i", "\tj", "# k", "## l",
    "---", "===", "***", "- m", "- n", "* o", "+", "  - p", "   - q", "    - r", "1. s", "1. t",
    "3. u", "   v", "> w", "> x", "> - y", ">", "```", "```rust", "  ```", "~~~", "|a|b|", "|-|-|",
    "<div>", "<!-- z",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    /// Blocks one by one look like all blocks at once.
    #[test]
    fn the_whole_is_the_sum_of_its_blocks(
        lines in prop::collection::vec(prop::sample::select(&LINES[..]), 0..14)
    ) {
        let text = lines.join("\n");
        prop_assert_eq!(plain(&text), whole(&text), "{}", text);
    }
}

#[test]
fn the_sample_is_the_sum_of_its_blocks() {
    assert_eq!(plain(SAMPLE), whole(SAMPLE));
}
