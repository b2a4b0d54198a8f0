//! Every construct, exactly.

use super::{colored, plain, set_window, whole};

#[test]
fn nothing_is_nothing() {
    for text in ["", "\n", " \n\t\n", "\r\n\r"] {
        assert_eq!(plain(text), "");
    }
}

#[test]
fn paragraphs_keep_their_lines() {
    assert_eq!(plain("a\nb  \nc\\\nd"), "a\nb\nc\nd\n");
    assert_eq!(plain("\n\na\n\n\n\nb\n\n"), "a\n\nb\n");
    assert_eq!(plain("a\tb &amp; \\*c\\*"), "a b & *c*\n");
    let long = "word ".repeat(100);
    assert_eq!(plain(&long), format!("{}\n", long.trim_end()));
}

#[test]
fn headings() {
    assert_eq!(plain("# A\nb\n## C ##\n\nd\ne\n---\n"), "A\nb\nC\n\nd\ne\n");
    assert_eq!(
        colored("# A *b*\n## C `d`\n"),
        "^[1;4mA ^[0m^[1;4;3mb^[0m\n^[1mC ^[0m^[1;36md^[0m\n"
    );
}

#[test]
fn emphasis() {
    assert_eq!(plain("*a* _b_ **c** ***d*** ~~e~~ `f`"), "a b c d e f\n");
    assert_eq!(plain("a *b **c `d"), "a *b **c `d\n");
    assert_eq!(
        colored("*a* **b** ~~c~~ `d`"),
        "^[3ma^[0m ^[1mb^[0m ^[9mc^[0m ^[36md^[0m\n"
    );
    assert_eq!(colored("**a *b***"), "^[1ma ^[0m^[1;3mb^[0m\n");
    assert_eq!(colored("*a\nb*"), "^[3ma^[0m\n^[3mb^[0m\n");
}

#[test]
fn lists() {
    assert_eq!(plain("- a\n* b\n+ c\n"), "• a\n• b\n• c\n");
    assert_eq!(plain("- a\n\n- b\n\n\n  c\n"), "• a\n\n• b\n\n  c\n");
    assert_eq!(
        plain("9. a\n1. b\n   c\n   - d\n     1. e\n"),
        "9. a\n10. b\n    c\n    • d\n      1. e\n"
    );
    assert_eq!(
        plain("- [ ] a\n- [x] b\n\n1. [ ] c\n\n   d\n"),
        "☐ a\n☑ b\n\n1. ☐ c\n\n     d\n"
    );
    assert_eq!(
        plain("- - a\n  - b\n-\n- > c\n"),
        "• • a\n  • b\n•\n• │ c\n"
    );
    assert_eq!(plain("a:\n- b\n\nc"), "a:\n• b\n\nc\n");
    assert_eq!(
        plain("1. a\n\n   ```sh\n   b\n\n   c\n   ```\n2. d\n"),
        "1. a\n\n──────── sh\nb\n\nc\n\n2. d\n"
    );
}

#[test]
fn quotes() {
    assert_eq!(
        plain("> a\nb\n> > c\n>\n> - d\n>   e\n\n> f\n"),
        "│ a\n│ b\n│ │ c\n│\n│ • d\n│   e\n\n│ f\n"
    );
    assert_eq!(
        plain("> ```\n> a\n>\n> b\n> ```\n"),
        "│ ────────\n│ a\n│\n│ b\n"
    );
    assert_eq!(colored("> a\n"), "^[2m│^[0m a\n");
}

#[test]
fn tables_stand_in_columns() {
    assert_eq!(
        plain(
            "| a | 右 | c |\n|---|--:|:-:|\n| 你好 | 1 | x |\n| 👍 | `22` | long |\n| e\u{301} |\n"
        ),
        "\
a    │ 右 │  c
─────┼────┼─────
你好 │  1 │  x
👍   │ 22 │ long
e\u{301}    │    │
"
    );
    assert_eq!(
        plain("> |a|b|\n> |-|-|\n> |c\\|d|[e](f)|\n"),
        "│ a   │ b\n│ ────┼──────\n│ c|d │ e (f)\n"
    );
    assert_eq!(
        colored("|a|b|\n|-|-|\n|*c*d|e|\n"),
        "^[1ma^[0m ^[2m │ ^[0m^[1mb^[0m\n^[2m───┼──^[0m\n^[3mc^[0md^[2m │ ^[0me\n"
    );
}

#[test]
fn a_cell_may_have_several_lines() {
    assert_eq!(
        plain("|a|b|\n|-|-:|\n|c<br>de<BR/>f|1|\n|g|2<br />34|\n"),
        "a  │  b\n───┼───\nc  │  1\nde │\nf  │\ng  │  2\n   │ 34\n"
    );
}

#[test]
fn a_table_that_does_not_fit_is_a_card_for_each_row() {
    set_window(20, 24);
    let table = "|name|what it does|\n|-|-|\n|**a**|makes *all* of it wait|\n|b||\n|c|d<br>e|\n";
    assert_eq!(
        whole(table),
        "\
name: a
what it does: makes
  all of it wait

name: b
what it does:

name: c
what it does: d
  e
"
    );
    assert_eq!(
        whole(
            &table
                .replace('|', " | ")
                .replace("\n ", "\n> ")
                .replacen(' ', "> ", 1)
        ),
        "\
│ name: a
│ what it does:
│   makes all of it
│   wait
│
│ name: b
│ what it does:
│
│ name: c
│ what it does: d
│   e
"
    );
    assert_eq!(
        whole("|a long head|of a table|\n|-|-|\n"),
        "a long head\nof a table\n"
    );
}

#[test]
fn lines_break_at_words_and_hang() {
    set_window(20, 24);
    assert_eq!(
        whole("The quick brown fox jumps over\nthe lazy dog\n"),
        "The quick brown fox\njumps over\nthe lazy dog\n"
    );
    assert_eq!(
        whole(
            "- The quick brown fox jumps\n\n  10. over the lazy dog, and\n  > on it goes, on and on\n"
        ),
        "\
• The quick brown
  fox jumps

  10. over the lazy
      dog, and
  │ on it goes, on
  │ and on
"
    );
    assert_eq!(
        whole(
            "# A **heading** that is long\n\n说「你好」的人很多，很多。https://example.com/a/b/c\n"
        ),
        "A heading that is\nlong\n\n说「你好」的人很多，\n很多。\nhttps://example.com/\na/b/c\n"
    );
    // Code is never broken.
    let code = "let x = 1; // a comment that is long";
    assert_eq!(
        whole(&format!("```\n{code}\n```\n")),
        format!("────────\n{code}\n")
    );
}

#[test]
fn nesting_leaves_room_for_text() {
    set_window(12, 24);
    let text: String = (0..12).map(|n| "  ".repeat(n) + "- word\n").collect();
    for line in whole(&text).lines() {
        assert!(
            line.chars().count() <= 12 && line.ends_with("word"),
            "{line:?}"
        );
    }
}

#[test]
fn formulas_stay_as_they_were_typed() {
    for text in [
        "$a_1 * b_2$ and $\\{c\\}$",
        "$$\na \\\\\n= *b*\n$$",
        "\\(a_b * c_d*\\) or \\[x\n- y\\]",
        "costs $5 and $6",
    ] {
        assert_eq!(plain(text), format!("{text}\n"));
    }
    assert_eq!(plain("**$a*b$** \\(c\n"), "$a*b$ (c\n");
    assert_eq!(plain("> $$\n> a_b_\n> $$\n"), "│ $$\n│ a_b_\n│ $$\n");
    assert_eq!(plain("`$a$` $b$ `c $d` $e$\n"), "$a$ $b$ c $d $e$\n");
}

#[test]
fn bold_text_stands_beside_marks_of_all_scripts() {
    assert_eq!(
        colored("は**「日本」**は **注意：**请"),
        "は^[1m「日本」^[0mは ^[1m注意：^[0m请\n"
    );
    assert_eq!(colored("这是*“引用”*的"), "这是^[3m“引用”^[0m的\n");
}

#[test]
fn code() {
    assert_eq!(
        plain("```rust x\nfn a() {\n\n\tb\n  }\n\n```\nc\n"),
        "──────── rust\nfn a() {\n\n\tb\n  }\n\nc\n"
    );
    assert_eq!(
        plain(" ~~~~\n  a\n~~~\nb\n ~~~~\n"),
        "────────\n a\n~~~\nb\n"
    );
    assert_eq!(
        plain("    a\n\n     *b*\n\nc\n"),
        "────────\na\n\n *b*\n\nc\n"
    );
    assert_eq!(plain("a\n```\n\n```\nb"), "a\n────────\n\nb\n");
    assert_eq!(plain("```\na\n\n\n"), "────────\na\n");
    assert_eq!(
        plain("- ```\n  a\n   b\n  ```\n- > ~~~\n  > c\n"),
        "• ────────\na\n b\n\n• │ ────────\n  │ c\n"
    );
    let line = if cfg!(feature = "code-colors") {
        "^[35mint^[0m a; ^[2m// b^[0m"
    } else {
        "int a; // b"
    };
    assert_eq!(
        colored("```c\nint a; // b\n```\n"),
        format!("^[2m──────── c^[0m\n{line}\n")
    );
}

#[test]
fn links_and_images() {
    assert_eq!(plain("[a *b*](http://c \"d\")"), "a b (http://c)\n");
    assert_eq!(
        plain("<http://a> <b@c.d> [u](u) [](v) [w]()"),
        "http://a b@c.d u (v) w\n"
    );
    assert_eq!(plain("[m@n.o](mailto:m@n.o)"), "m@n.o\n");
    assert_eq!(plain("![alt *x*](y)"), "[image: alt x] (y)\n");
    assert_eq!(plain("[![a](b)](c)"), "[image: a] (b) (c)\n");
    assert_eq!(colored("[a](b)"), "a^[2m (b)^[0m\n");
}

#[test]
fn links_by_reference() {
    assert_eq!(
        plain("[Two  words]: <u> 'title'\n\n# x\n\n[a][two words], [Two Words], [b]\n"),
        "[Two  words]: <u> 'title'\n\nx\n\na (u), Two Words (u), [b]\n"
    );
    assert_eq!(
        plain("[a]\n\n[a]: b\n[c]: d\ne\n"),
        "[a]\n\n[a]: b\n[c]: d\ne\n"
    );
}

#[test]
fn html_is_text() {
    assert_eq!(plain("a <b>c</b><br>"), "a <b>c</b><br>\n");
    assert_eq!(plain("<div>\n <p>*a*\n\nb\n"), "<div>\n <p>*a*\n\nb\n");
    assert_eq!(plain("<!-- a\n\nb -->\nc\n"), "<!-- a\n\nb -->\nc\n");
}

#[test]
fn thematic_breaks() {
    let line = "─".repeat(40);
    assert_eq!(
        plain("a\n\n---\n***\nb"),
        format!("a\n\n{line}\n{line}\nb\n")
    );
    assert_eq!(plain("> ---"), format!("│ {}\n", "─".repeat(38)));
}
