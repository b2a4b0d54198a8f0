use serde_json::json;

use super::*;

#[test]
fn texts_are_read_in_every_spelling() {
    for (yaml, text) in [
        ("a: plain: text # comment", "plain: text"),
        ("a: 'it''s'", "it's"),
        ("a: \"é\\n\\u4F60\\U0001F642\\x41 \\\\\"", "é\n你🙂A \\"),
        (
            "a: \"one\n  two \\\n  three\n\n  four\"",
            "one two three\nfour",
        ),
        ("a: 'one\n  two'", "one two"),
        ("a: plain\n  goes on", "plain goes on"),
        ("a:\n  below", "below"),
        (
            "a: |-\n  one\n\n    two\n  three: 3\n\n",
            "one\n\n  two\nthree: 3",
        ),
        ("a: |\n  one\n\n", "one\n"),
        ("a: |+\n  one\n\n", "one\n\n"),
        ("a: |2-\n    one\n  two", "  one\ntwo"),
        (
            "a: |-\n  # no comment\n  - no item",
            "# no comment\n- no item",
        ),
        (
            "a: >-\n  one\n  two\n\n  three\n    four\n  five",
            "one two\nthree\n  four\nfive",
        ),
        ("a: ''", ""),
        ("a: \"\\ud800\"", "\u{fffd}"),
    ] {
        assert_eq!(parse(yaml), Ok(json!({ "a": text })), "{yaml}");
    }
}

#[test]
fn maps_and_lists_are_read_by_their_indentation() {
    let yaml = "---\nmodel: x:y\nnone: null\nempty: []\n# comment\nlist:\n- role: user\n  content:\n  \
                - type: text\n    text: |-\n      a\n      b\n  - c\n-\n  - d\n  - - e\n\
                'quoted: key':\n  deep:\n    - f\n\nlast:";
    let expected = json!({
        "model": "x:y",
        "none": null,
        "empty": [],
        "list": [
            {"role": "user", "content": [{"type": "text", "text": "a\nb"}, "c"]},
            ["d", ["e"]],
        ],
        "quoted: key": {"deep": ["f"]},
        "last": null,
    });
    assert_eq!(parse(yaml), Ok(expected));
    assert_eq!(parse(""), Ok(Value::Null));
}

#[test]
fn what_is_no_yaml_is_told() {
    let too_deep = format!("{}a", "- ".repeat(100));
    for (yaml, fault) in [
        ("a: 1\nb", (2, "it has no key")),
        ("a: \"b\n", (1, "its quotation has no end")),
        ("a: \"\\q\"", (1, "its quotation cannot be read")),
        ("a: [b", (1, "it has a list or a map that is no JSON")),
        (
            " a: 1\nb: 2",
            (2, "it is indented otherwise than what stands before"),
        ),
        (&too_deep, (1, "it is too deep")),
    ] {
        assert_eq!(parse(yaml), Err(fault), "{yaml}");
    }
}
