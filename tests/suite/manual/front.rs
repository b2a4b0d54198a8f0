//! The README is short, its first lines say how to get going, and the changelog is of today.

use crate::support::manual::page;

/// How long it may be, and how much of it is seen first, in lines.
const LINES: usize = 150;
const FIRST: usize = 30;

#[test]
fn it_is_short() {
    let lines = page("README.md").text.lines().count();
    assert!(
        lines <= LINES,
        "the README has {lines} lines; {LINES} are allowed, the rest goes into a page"
    );
}

#[test]
fn its_first_lines_say_how_a_real_model_is_reached() {
    let text = page("README.md").text;
    let first: Vec<&str> = text.lines().take(FIRST).collect();
    let first = first.join("\n");
    for wanted in [
        "cargo run --release",
        "cargo test",
        "real model",
        "http://localhost:11434/v1",
        "--key-variable",
    ] {
        assert!(
            first.contains(wanted),
            "the first {FIRST} lines of the README lack `{wanted}`"
        );
    }
}

#[test]
fn its_figures_are_those_of_the_page() {
    let readme = page("README.md");
    let page = page("docs/speed.md").text;
    let rows = readme.section("## Speed").lines();
    let rows: Vec<&str> = rows.filter(|line| line.starts_with("| ")).collect();
    assert!(rows.len() > 3, "the README has no table of figures");
    for row in rows {
        assert!(
            page.lines().any(|line| line == row),
            "docs/speed.md lacks this row of the README: {row}"
        );
    }
}

#[test]
fn the_changelog_begins_with_this_release() {
    let text = page("docs/changelog.md").text;
    let newest = text.lines().find(|line| line.starts_with("## "));
    let newest = newest.expect("the changelog has a release");
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        newest.starts_with(&format!("## {version} (")),
        "this is {version}, and the changelog begins with `{newest}`"
    );
}
