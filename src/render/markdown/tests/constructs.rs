//! Every construct, exactly.

use super::{colored, plain};

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
    assert_eq!(plain("a\tb &amp; \\*c\\*"), "a\tb & *c*\n");
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
    assert_eq!(plain("- [ ] a\n- [x] b\n"), "• [ ] a\n• [x] b\n");
    assert_eq!(
        plain("- - a\n  - b\n-\n- > c\n"),
        "• • a\n  • b\n•\n• │ c\n"
    );
    assert_eq!(plain("a:\n- b\n\nc"), "a:\n• b\n\nc\n");
    assert_eq!(
        plain("1. a\n\n   ```sh\n   b\n\n   c\n   ```\n2. d\n"),
        "1. a\n\n   sh\n       b\n\n       c\n2. d\n"
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
        "│     a\n│\n│     b\n"
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
fn a_table_is_not_padded_beyond_the_terminal() {
    let wide = "w".repeat(60);
    assert_eq!(
        plain(&format!("|a|b|\n|-|-|\n|{wide}|c|\n|d|e|\n")),
        format!(
            "a{0} │ b\n{1}┼──\n{wide} │ c\nd{0} │ e\n",
            " ".repeat(35),
            "─".repeat(37)
        )
    );
}

#[test]
fn code() {
    assert_eq!(
        plain("```rust x\nfn a() {\n\n\tb\n  }\n\n```\nc\n"),
        "rust\n    fn a() {\n\n    \tb\n      }\nc\n"
    );
    assert_eq!(
        plain(" ~~~~\n  a\n~~~\nb\n ~~~~\n"),
        "     a\n    ~~~\n    b\n"
    );
    assert_eq!(
        plain("    a\n\n     *b*\n\nc\n"),
        "    a\n\n     *b*\n\nc\n"
    );
    assert_eq!(plain("a\n```\n\n```\nb"), "a\nb\n");
    assert_eq!(plain("```\na\n\n\n"), "    a\n");
    assert_eq!(colored("```c\na\n```\n"), "^[2mc^[0m\n    ^[36ma^[0m\n");
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
