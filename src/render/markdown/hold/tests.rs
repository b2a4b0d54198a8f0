use pulldown_cmark::Parser;

use super::super::syntax::OPTIONS;
use super::*;

/// What is shown of a source whose last line has not ended.
fn shown(source: &str) -> &str {
    let line = source.rfind('\n').map_or(0, |end| end + 1);
    let source = &source[..known_end(source, line)];
    let line = line.min(source.len());
    let events: Vec<_> = Parser::new_ext(source, OPTIONS)
        .into_offset_iter()
        .collect();
    &source[..held(source, line, &events, 40).from]
}

#[test]
fn open_marks_wait() {
    for (text, expected) in [
        ("a *b", "a "),
        ("a **b c", "a "),
        ("a ~~b", "a "),
        ("a `b c", "a "),
        ("a [b](http://", "a "),
        ("a ![b", "a "),
        ("a <b", "a "),
        ("a &am", "a "),
        ("a \\", "a "),
        ("a $b_", "a "),
        ("a _b", "a "),
        ("- a\n- b *c", "- a\n- b "),
        ("> a *b", "> a "),
        ("- a\n  - b `c", "- a\n  - b "),
    ] {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn what_is_sure_is_shown() {
    for text in [
        "a",
        "a *b* c",
        "a **b**",
        "2 * 3",
        "a_b_c",
        "a [b] c",
        "a [b](c) d",
        "a < b",
        "a & b",
        "costs $5 and",
        "\\*a",
        "- a *b\n- c",
        "- a",
        "1. a",
        "# a",
        "> a",
        "- [ ] a",
    ] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn lines_wait_until_it_is_known_what_they_begin() {
    for begun in [
        "", "#", "##", "-", "- ", "1. ", "```", "```sh", "> ", "> - ", "===", "|a", "<di",
    ] {
        assert_eq!(shown(&format!("a\n{begun}")), "a\n", "{begun:?}");
    }
    for begun in ["b", "#b", "-b", "1", "12.", "1.5", "> b", "*b*"] {
        assert_eq!(shown(&format!("a\n{begun}")), format!("a\n{begun}"));
    }
}

#[test]
fn tables_wait_for_their_end() {
    assert_eq!(shown("| a | b"), "");
    assert_eq!(shown("a | b"), "a | b");
    assert_eq!(shown("- x\n\n  |a|b|\n  |-|-|\n  |c|d|\n"), "- x\n\n  ");
    assert_eq!(shown("- |a|\n  |-|\n\n  b"), "- |a|\n  |-|\n\n  b");
}

#[test]
fn no_more_than_a_line_waits() {
    let long = format!("a *{}", "word ".repeat(10));
    assert_eq!(shown(&long), long);
    // But for the address of a link.
    let link = format!("a [b](http://{}", "c".repeat(100));
    assert_eq!(shown(&link), "a ");
}
