//! Whole texts.

use super::*;

#[test]
fn a_whole_text_has_the_rows_that_its_stream_ends_with() {
    set_window(40, 24);
    for text in [
        "",
        "one",
        "- a\n- b\n\n```rust\nfn x() {}\n```\nend\n",
        SAMPLE,
    ] {
        let rows = || {
            let _lock = COLORS.read().unwrap_or_else(PoisonError::into_inner);
            colored::control::set_override(false);
            laid_out(text, Some(40), Hyperlinks::No).unwrap()
        };
        let last: Vec<_> = plain(text).lines().map(str::to_owned).collect();
        assert_eq!(rows().join("\n"), last.join("\n"), "{text}");
    }
}

#[test]
fn a_text_of_many_blocks_is_not_laid_out_at_once() {
    let long = "x".repeat(WAITING_BYTES + 1);
    assert_eq!(laid_out(&long, Some(40), Hyperlinks::No), None);
}
