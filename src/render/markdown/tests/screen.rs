//! What stands on the screen at the end is what the whole text is laid out to,
//! whatever the pieces were in which it came.

use std::num::NonZeroU16;

use proptest::prelude::*;

use super::*;

/// What models write.
const TEXTS: [&str; 22] = [
    "A *short* paragraph with **several bold words** and `some code` in it, and more.",
    "Ends with **bold**",
    "5 *3 and 4* are stars, 2 * 3 is none, a_b_c nor __init__.py, but _this_ is.",
    "Globs like *.rs and src/**/*.rs stay, a ** b, ~/x and ~~gone~~ ~ too.",
    "See [the docs](https://example.com/a/very/long/path?with=query) or [1] and [x][y], ![i](j).",
    "An open **mark that is never closed goes on and on for more than a line of the window, it does",
    "An *emphasis that is longer than a line of the window, and that is closed only after it, yes.* End",
    "`code that is longer than a line of the window and has a last word that is the end of it`",
    "中文的段落没有空格，所以要在字之间换行。标点（比如括号）和「引号」不能放错位置，**“重点”**也一样！",
    "Das ist ein Wort👩‍👩‍👧‍👦 und e\u{301}in 🇩🇪 Zeichen: ❤️ 👍🏽 葛\u{e0100} می‌خواهم.",
    "Let $a_1 * b_2 = \\frac{c}{d}$ and \\(x^*_i\\), which costs $5 and $6.\n\n$$\n\\sum_i a_i \\\\\n- b\n$$\n\n\\[ c \\]",
    "# A **heading** with `code`\n\nText\n===\n\nMore\nof it\n---\n\n## C #\n",
    "- one *two\n- three* four, which is long enough to be wrapped in a narrow window\n  - five `six`\n    1. seven\n    2. eight\n\n    nine\n- [ ] ten\n- [x] eleven\n\n* * *\n",
    "9. a\n10. b that is long enough to be wrapped\n\n    c\n\n        d\n",
    "> a quotation **that goes on** for longer than a line\n> - with a list\n>   in it\n> > nested\nlazy\n\nafter",
    "| a | 右 | c |\n|---|--:|:-:|\n| 你好 | **1** | x<br>y |\n| 👍 | `22` | long |\n\nAfter a table.",
    "| name | what this column is about |\n|--|--|\n| first | a text that does not fit into any narrow window |\n| b | |\n",
    "Not | a table\nat all | at least\n\n- |x|y|\n  |-|-|\n  |1|2|\n\n  z",
    "Code:\n```rust\nfn main<'a>() {\n\n    let x = \"a\"; // b\n}\n```\nText behind it.\n\n    indented\n",
    "1. Do\n   ```sh\n   ls -la # all\n\n   cd\n   ```\n2. Done\n\n<div>\n*html*\n</div>\n\n<b>x</b> & &copy; &amp; a < b \\* \\\n c",
    "[a]: http://b 'c'\n\n[a] and [b]\n[b]\n\nHello!\n[x]\n",
    "https://example.com/a/long/address/that/is/longer/than/any/narrow/window/can/hold and\nA\nB  \nC\\\nD",
];

/// A terminal that shows what is written to it, and keeps what it scrolls away.
fn screen(columns: usize, rows: usize, written: &str) -> vt100::Parser {
    let cells = |count| NonZeroU16::new(u16::try_from(count).unwrap()).unwrap();
    let mut parser = vt100::Parser::new(cells(rows), cells(columns), 10_000);
    parser.process(written.replace('\n', "\r\n").as_bytes());
    parser
}

/// Every row of a terminal, those that are scrolled away among them, with its looks.
fn rows(mut parser: vt100::Parser) -> Vec<String> {
    let screen = parser.screen_mut();
    screen.set_scrollback(usize::MAX);
    let mut rows = Vec::new();
    let (_, columns) = screen.size();
    loop {
        let left = screen.scrollback();
        let all: Vec<_> = screen.rows_formatted(0, columns.get()).collect();
        let take = if left == 0 { all.len() } else { 1 };
        rows.extend(all.iter().take(take).cloned());
        if left == 0 {
            break;
        }
        screen.set_scrollback(left - 1);
    }
    while rows.last().is_some_and(String::is_empty) {
        rows.pop();
    }
    rows
}

/// What a text is written as with colours, which the tests of this file have on.
fn with_colours<T>(render: impl FnOnce() -> T) -> T {
    let _lock = COLORS.write().unwrap_or_else(PoisonError::into_inner);
    colored::control::set_override(true);
    let output = render();
    colored::control::set_override(false);
    output
}

/// What is written of pieces that come so slowly that nothing waits.
fn slowly<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
    let mut markdown = markdown();
    let mut out = Vec::new();
    for piece in pieces {
        markdown.push(piece, &mut out);
        markdown.show_held(&mut out);
    }
    markdown.finish(&mut out);
    String::from_utf8(out).expect("output is text")
}

/// Checks that pieces of a text end up as the whole does.
fn check<'a>(text: &str, pieces: impl IntoIterator<Item = &'a str>, size: (usize, usize)) {
    let (columns, height) = size;
    set_window(columns, height);
    let pieces: Vec<_> = pieces.into_iter().collect();
    let (expected, written, held) = with_colours(|| {
        let pieces = pieces.iter().copied();
        (whole_written(text), render(pieces.clone()), slowly(pieces))
    });
    let expected = rows(screen(columns, 1000, &expected));
    let slowly = rows(screen(columns, height, &held));
    assert_eq!(
        slowly.join("\n"),
        expected.join("\n"),
        "{text:?} at {size:?}: {held:?}"
    );
    let shown = rows(screen(columns, height, &written));
    assert_eq!(
        shown.join("\n"),
        expected.join("\n"),
        "{text:?} at {size:?}: {written:?}"
    );
}

fn characters(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices()
        .map(|(at, c)| &text[at..at + c.len_utf8()])
}

/// What is shown of some pieces before the reply ends, with what came between them.
fn shown_of(pieces: &[&str], mut between: impl FnMut(usize, &mut Vec<u8>)) -> String {
    let mut markdown = markdown();
    let mut out = Vec::new();
    for (number, piece) in pieces.iter().enumerate() {
        between(number, &mut out);
        let _lock = COLORS.read().unwrap_or_else(PoisonError::into_inner);
        colored::control::set_override(false);
        markdown.push(piece, &mut out);
    }
    String::from_utf8(out).expect("output is text")
}

#[test]
fn long_blocks_end_up_as_the_whole_in_time() {
    for block in [
        "word ",
        "你",
        "a\n",
        "*a ",
        "[",
        "`",
        "<a ",
        "$a ",
        "- a\n\n  ",
        "|a|b|\n|-|-|\n",
    ] {
        set_window(40, 24);
        let text = block.repeat(WAITING_BYTES / 8 / block.len());
        let written = with_colours(|| {
            render(
                text.as_bytes()
                    .chunks(30)
                    .map(|piece| std::str::from_utf8(piece).unwrap_or_default()),
            )
        });
        let whole = with_colours(|| whole_written(&text));
        // What is written twice, because it turned out to be something else, is little.
        assert!(
            written.len() < 2 * whole.len() + 10_000,
            "{block:?}: {}",
            written.len()
        );
    }
}

#[test]
fn a_whole_reply_is_written_once() {
    set_window(40, 24);
    for text in TEXTS {
        let mut out = Vec::new();
        let (written, expected) = with_colours(|| {
            markdown().whole(text, &mut out);
            (
                String::from_utf8_lossy(&out).into_owned(),
                whole_written(text),
            )
        });
        assert_eq!(written, expected);
    }
}

#[test]
fn what_a_shell_wrote_amid_a_reply_stays() {
    set_window(20, 24);
    let written = shown_of(&["A *row", "* and wo", "rds that go on"], |number, out| {
        if number == 2 {
            out.extend_from_slice(b"\n$ fg\n");
            let window = WINDOW.get().map(|window| Window { stops: 1, ..window });
            WINDOW.set(window);
        }
    });
    assert_eq!(written, "A row and wo\n$ fg\n\nrds that go on");
}

#[test]
fn a_row_that_has_left_the_window_stays_as_it_is() {
    set_window(20, 3);
    let text = [
        "one two three four five six seven\n",
        "eight\nnine\n",
        "ten\n",
        "===\n",
    ];
    let written = shown_of(&text, |_, _| {});
    let lines = "one two three four\nfive six seven\neight\nnine\nten";
    assert_eq!(written, format!("{lines}\n"));
}

#[test]
fn characters_end_up_as_the_whole() {
    for text in TEXTS.into_iter().chain([SAMPLE]) {
        for columns in [20, 40, 80] {
            check(text, characters(text), (columns, 100));
        }
    }
}

#[test]
fn words_end_up_as_the_whole() {
    for text in TEXTS.into_iter().chain([SAMPLE]) {
        for columns in [16, 40, 80, 200] {
            check(text, text.split_inclusive(' '), (columns, 100));
            check(
                text,
                text.split_inclusive(' ').flat_map(|word| {
                    let (a, b) = word.split_at(word.floor_char_boundary(2));
                    [a, b]
                }),
                (columns, 100),
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn random_pieces_end_up_as_the_whole(
        chosen in prop::collection::vec(0..TEXTS.len(), 1..4),
        sizes in prop::collection::vec(1_usize..12, 1..8),
        columns in 16_usize..90,
    ) {
        // Each once: what a label means is said once.
        let chosen: std::collections::BTreeSet<_> = chosen.into_iter().collect();
        let texts: Vec<_> = chosen.iter().map(|&at| TEXTS[at]).collect();
        let text = texts.join("\n\n");
        let mut pieces = Vec::new();
        let mut rest = &*text;
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let end = rest.char_indices().nth(*size).map_or(rest.len(), |(at, _)| at);
            let (piece, after) = rest.split_at(end);
            pieces.push(piece);
            rest = after;
        }
        check(&text, pieces, (columns, 200));
    }

    /// Lines that blocks begin, continue and end with, in any order.
    #[test]
    fn random_lines_end_up_as_the_whole(
        lines in prop::collection::vec(prop::sample::select(&stream::LINES[..]), 0..12),
        size in 1_usize..6,
        columns in 12_usize..40,
    ) {
        let text = lines.join("\n");
        let pieces: Vec<_> = text.as_bytes().chunks(size).collect();
        let pieces = pieces.iter().map(|piece| std::str::from_utf8(piece).unwrap());
        check(&text, pieces, (columns, 200));
    }

    /// Any text in a window in which not all of it has room: nothing but what we
    /// write ourselves drives the terminal.
    #[test]
    fn any_text_is_harmless_in_a_window(
        marks in prop::collection::vec(prop::sample::select(
            &b"*_`~[]()<>!#-|\\&;:$\n\n\r \t\x1b\xc2\x9b\xe2\x80\xaeab"[..]), 0..120),
        columns in 1_usize..30,
        rows in 1_usize..6,
    ) {
        let text = String::from_utf8_lossy(&marks).into_owned();
        set_window(columns, rows);
        let written = with_colours(|| render(characters(&text)));
        for part in written.split('\x1b').skip(1) {
            let is_own = part.starts_with("[K") || part.starts_with("[J") || {
                let sequence = part.strip_prefix('[').and_then(|rest| rest.split_once(['m', 'A']));
                sequence.is_some_and(|(numbers, _)| numbers.bytes().all(|b| b.is_ascii_digit() || b == b';'))
            };
            prop_assert!(is_own, "{:?} in {:?}", part, written);
        }
        let raw = ['\u{9b}', '\u{202e}', '\x07'];
        prop_assert!(!written.contains(raw), "{:?}", written);
    }
}
