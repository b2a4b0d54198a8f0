//! Words of a reply as they come, and how they are laid out, at a real terminal.

use std::num::NonZeroU16;

use super::streaming::{Talk, is_face};
use super::*;

/// Says a text word by word, each only when the screen shows the one before it.
#[track_caller]
fn says_word_by_word(talk: &mut Talk, text: &str) {
    let mut turn = talk.asks("hello");
    for word in text.split_inclusive(' ') {
        // As models cut them: a blank belongs to the word behind it.
        for piece in [word.trim_end(), &word[word.trim_end().len()..]] {
            turn.says(piece);
        }
        let shown = word
            .trim()
            .trim_matches(['*', '`', '\n', '>', '-', ' ', '#']);
        let last = shown.rsplit(['\n', ' ']).next().unwrap_or(shown);
        let what = format!("the word {last:?} before the next one comes");
        talk.terminal.shows_such(&what, |screen| {
            let rows = screen.trim_end_matches(|c: char| c != CURSOR);
            let text = rows.rsplit_once(is_face).map_or(rows, |(before, _)| before);
            let text = text.trim_end_matches([CURSOR, '\n', ' ']);
            last.is_empty() || text.ends_with(last)
        });
    }
    turn.ends();
}

/// A paragraph, a list in a list, a quotation.
const WORDS: &str = "\
The quick brown fox **jumps** over the `lazy` dog, and then it goes on to run after a hare.

- The first item of a list is long enough to be wrapped in a narrow window.
  - So is the *second* one, which stands in it and hangs farther to the right.

> A quotation has a bar on every row, however many of them there are, and that is that.
";

#[test]
fn each_word_is_shown_before_the_next_one_comes() {
    for (columns, expected) in [
        (
            40,
            "\
The quick brown fox jumps over the lazy
dog, and then it goes on to run after a
hare.

• The first item of a list is long
  enough to be wrapped in a narrow
  window.
  • So is the second one, which stands
    in it and hangs farther to the
    right.

│ A quotation has a bar on every row,
│ however many of them there are, and
│ that is that.

alice/<1>> ▏",
        ),
        (
            80,
            "\
The quick brown fox jumps over the lazy dog, and then it goes on to run after a
hare.

• The first item of a list is long enough to be wrapped in a narrow window.
  • So is the second one, which stands in it and hangs farther to the right.

│ A quotation has a bar on every row, however many of them there are, and that
│ is that.

alice/<1>> ▏",
        ),
        (
            200,
            "\
The quick brown fox jumps over the lazy dog, and then it goes on to run after a hare.

• The first item of a list is long enough to be wrapped in a narrow window.
  • So is the second one, which stands in it and hangs farther to the right.

│ A quotation has a bar on every row, however many of them there are, and that is that.

alice/<1>> ▏",
        ),
    ] {
        let mut talk = Talk::of_width(columns, &[], &[]);
        says_word_by_word(&mut talk, WORDS);
        talk.terminal.shows_at_last(expected);
        leave(talk.terminal);
    }
}

#[test]
fn a_word_that_grows_moves_on() {
    let mut talk = Talk::of_width(40, &[], &[]);
    let mut turn = talk.asks("hello");
    turn.says("This is **not sure");
    turn.says(" yet** and goes on up to the edge of");
    talk.ends_in("\nThis is not sure yet and goes on up to\nthe edge of▏");
    turn.says(" this little window with won");
    talk.ends_in("\nthe edge of this little window with won▏");
    turn.says("der");
    talk.ends_in("\nthe edge of this little window with\nwonder▏");
    turn.says("ful words");
    talk.ends_in("\nthe edge of this little window with\nwonderful words▏");
    turn.says(", and a title\n---\n");
    turn.ends();
    talk.ends_in(
        "\nThis is not sure yet and goes on up to\nthe edge of this little window with\n\
         wonderful words, and a title\n\nalice/<1>> ▏",
    );
    leave(talk.terminal);
}

#[test]
fn an_open_mark_is_shown_when_nothing_comes_and_put_right_when_it_does() {
    let mut talk = Talk::of_width(40, &[], &[]);
    let mut turn = talk.asks("hello");
    turn.says("This is *not");
    talk.ends_in("\nThis is *not▏");
    turn.says(" sure*.\n-");
    talk.ends_in("\nThis is not sure.▏");
    turn.says(" one");
    talk.ends_in("\nThis is not sure.\n• one▏");
    turn.ends();
    talk.ends_in("\nThis is not sure.\n• one\n\nalice/<1>> ▏");
    leave(talk.terminal);
}

#[test]
fn the_spinner_comes_back_when_nothing_comes_and_harms_no_row() {
    let mut talk = Talk::of_width(40, &[], &[]);
    let mut turn = talk.asks("hello");
    let is_below = |above: &'static str| {
        move |screen: &str| {
            let (before, row) = screen.rsplit_once('\n').unwrap_or_default();
            row.starts_with(is_face) && before.ends_with(above)
        }
    };
    turn.says("Half a");
    talk.terminal.shows_such("a spinner", is_below("\nHalf a"));
    turn.says(" line.");
    talk.ends_in("\nHalf a line.▏");
    // The same in a row that is full, and behind a block.
    turn.says("\n\nklmnopqrst klmnopqrst klmnopqrst klmnopq");
    let full = "\n\nklmnopqrst klmnopqrst klmnopqrst klmnopq";
    talk.terminal.shows_such("a spinner", is_below(full));
    turn.says("r x\n\n");
    let moved = "\n\nklmnopqrst klmnopqrst klmnopqrst\nklmnopqr x\n";
    talk.ends_in(&format!("{moved}▏"));
    talk.terminal
        .shows_such("a spinner", is_below("\nklmnopqr x"));
    turn.says("The end.");
    turn.ends();
    talk.ends_in(&format!("\nHalf a line.{moved}\nThe end.\n\nalice/<1>> ▏"));
    leave(talk.terminal);
}

#[test]
fn a_table_that_comes_shows_that_it_does() {
    let mut talk = Talk::of_width(40, &[], &[]);
    let mut turn = talk.asks("hello");
    turn.says("A table:\n\n| a | b |\n|---|--:|\n");
    talk.ends_in("\nA table:\n\n… table▏");
    turn.says("| 你好 | 1 |\n| x<br>y | 22 |\n");
    talk.ends_in("\nA table:\n\n… table, 2 rows▏");
    turn.says(
        "\n| name | what it is |\n|-|-|\n| first | a text that does not fit into it |\n| second | fits |\n",
    );
    turn.ends();
    talk.ends_in(
        "
A table:

a    │  b
─────┼───
你好 │  1
x    │ 22
y    │

name: first
what it is: a text that does not fit
  into it

name: second
what it is: fits

alice/<1>> ▏",
    );
    leave(talk.terminal);
}

#[test]
fn the_window_may_change_amid_a_row() {
    let mut talk = Talk::of_width(60, &[], &[]);
    let mut turn = talk.asks("hello");
    turn.says("A row that goes on in a window that is made narrow");
    talk.ends_in("\nA row that goes on in a window that is made narrow▏");
    // What stood there is broken by the terminal; this one here cuts it.
    talk.terminal.resizes(24, 30);
    turn.says(" and then goes on in it, word by word.");
    talk.ends_in("\nand then goes on in it, word\nby word.▏");
    talk.terminal.resizes(24, 50);
    turn.says(" Now it is wide again, and the row goes on up to the edge.");
    turn.ends();
    talk.ends_in(
        "\nand then goes on in it, word\nby word. Now it is wide again, and the row goes on\n\
         up to the edge.\n\nalice/<1>> ▏",
    );
    leave(talk.terminal);
}

#[test]
fn each_line_scrolls_away_once() {
    let mut talk = Talk::of_width(40, &[], &[]);
    let mut turn = talk.asks("hello");
    let mut expected = Vec::new();
    for number in 10..40 {
        turn.says(&format!("Paragraph {number} is **long en"));
        turn.says("ough** to be wrapped in a window of forty columns, and it ");
        turn.says("has a setext he");
        turn.says("ading below it\n---\n\n");
        expected.extend([
            format!("Paragraph {number} is long enough to be"),
            "wrapped in a window of forty columns,".into(),
            "and it has a setext heading below it".into(),
            String::new(),
        ]);
    }
    turn.ends();
    talk.terminal
        .shows_such("the prompt", |screen| screen.ends_with("> ▏"));
    let cells = |count| NonZeroU16::new(count).expect("a size");
    let mut parser = vt100::Parser::new(cells(24), cells(40), 10_000);
    parser.process(talk.terminal.written().as_bytes());
    let mut rows = Vec::new();
    for back in (0..200).rev() {
        parser.screen_mut().set_scrollback(back);
        if parser.screen().scrollback() == back {
            let top = parser.screen().rows(0, 40).next();
            rows.extend(top.filter(|_| back > 0));
        }
    }
    rows.extend(parser.screen().rows(0, 40));
    let rows: Vec<_> = rows.iter().map(|row| row.trim_end()).collect();
    let begin = rows
        .iter()
        .position(|row| row.starts_with("Paragraph 10 "))
        .expect("a beginning");
    // A blank row sets the turn apart.
    assert_eq!(rows[begin..][..expected.len()], expected);
    assert!(
        rows[begin + expected.len()].starts_with("alice/"),
        "{rows:?}"
    );
    leave(talk.terminal);
}

#[test]
fn links_are_told_to_the_terminal() {
    let text =
        "[docs](https://a.example/é) and [bank.example](http://evil.example), [f](file:///x)\n";
    let told = [
        "\x1b]8;;https://a.example/%C3%A9\x1b\\docs\x1b]8;;\x1b\\ and",
        "\x1b]8;;http://evil.example\x1b\\bank.example\x1b]8;;\x1b\\",
    ];
    let address = " (https://a.example/é)";
    for (term, shown) in [
        (
            "xterm-256color",
            "docs and bank.example (http://evil.example), f (file:///x)".to_owned(),
        ),
        (
            "screen",
            format!("docs{address} and bank.example (http://evil.example), f (file:///x)"),
        ),
    ] {
        let mut talk = Talk::of_width(120, &[], &[("TERM", term), ("NO_COLOR", "1")]);
        let turn = talk.asks("hello");
        turn.says_at_last(text);
        talk.ends_in(&format!("\n{shown}\n\nalice/<1>> ▏"));
        let written = talk.terminal.written();
        assert!(written.contains(told[1]), "{written:?}");
        assert_eq!(written.contains(told[0]), term == "xterm-256color");
        assert!(!written.contains("]8;;file"));
        leave(talk.terminal);
    }
}

#[test]
fn without_colours_nothing_is_coloured() {
    let mut talk = Talk::of_width(80, &[], &[("NO_COLOR", "1")]);
    let turn = talk.asks("hello");
    turn.says_at_last("# A **b** `c`\n\n```rust\nfn main() {} // d\n```\n\n> e\n");
    talk.ends_in("\nA b c\n\n──────── rust\nfn main() {} // d\n\n│ e\n\nalice/<1>> ▏");
    let written = talk.terminal.written();
    let (_, reply) = written.split_once("session").expect("a session");
    assert_eq!(colours(reply), [""; 0]);
    leave(talk.terminal);
}

#[test]
fn a_dumb_terminal_gets_whole_lines() {
    let mut talk = Talk::of_width(40, &[], &[("TERM", "dumb")]);
    let mut turn = talk.asks("hello");
    turn.says("A paragraph that is longer than a row of");
    turn.says(" the window, [with](http://a) **marks**\n\n|a|\n|-|\n|b|\n");
    turn.ends();
    talk.terminal
        .shows_such("the prompt", |screen| screen.ends_with("<1>> ▏"));
    let written = talk.terminal.written();
    assert!(!written.contains('\x1b'), "{written:?}");
    let reply = "A paragraph that is longer than a row of the window, with (http://a) marks\r\n\
                 \r\na\r\n─\r\nb\r\n";
    assert!(written.contains(reply), "{written:?}");
    talk.terminal.types(CTRL_D);
    assert_eq!(talk.terminal.ends(), "Success");
}
