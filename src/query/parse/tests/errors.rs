//! What cannot be read, and what is said of it.

use super::parse;

/// What to write for a time.
const TIMES: &str =
    "write `2h`, `\"3 days\"`, `yesterday`, `\"last monday\"`, `2026-11-03` or `10:30`";

/// Each question with its error and hint.
fn check(cases: &[(&str, &str, &str)]) {
    for (text, expected, hint) in cases {
        let error = parse(text).unwrap_err();
        assert_eq!(error.to_string(), *expected, "{text}");
        assert_eq!(error.hint(), *hint, "{text}");
        assert!(text[error.at.clone()].starts_with(&error.word), "{text}");
    }
}

#[test]
fn a_word_that_cannot_be_looked_for_is_pointed_at() {
    check(&[
        (
            "OR x",
            "cannot read `OR` (characters 1 to 2): it has to stand between two words",
            "`\"OR\"` finds the word itself",
        ),
        (
            "x OR",
            "cannot read `OR` (characters 3 to 4): it has to stand between two words",
            "`\"OR\"` finds the word itself",
        ),
        (
            "x OR OR y",
            "cannot read `OR` (characters 6 to 7): it has to stand between two words",
            "`\"OR\"` finds the word itself",
        ),
        (
            "user:a OR user:b",
            "cannot read `OR` (characters 8 to 9): it does not stand beside a filter",
            "a filter that stands twice means one of both: `user:alice user:bob`",
        ),
        (
            "x OR user:b",
            "cannot read `OR` (characters 3 to 4): it does not stand beside a filter",
            "a filter that stands twice means one of both: `user:alice user:bob`",
        ),
        (
            "x \"to rome ",
            "cannot read `\"to rome` (characters 3 to 10): the quote is not closed",
            "`\\\"` finds the sign itself",
        ),
        (
            "\"a\"b c",
            "cannot read `\"a\"b` (characters 1 to 4): something follows the closing quote",
            "put a blank behind it; in quotes `\\\"` is the sign",
        ),
        (
            "x \"\"",
            "cannot read `\"\"` (characters 3 to 4): there is nothing in it to look for",
            "leave it out",
        ),
        (
            "\u{feff}",
            "cannot read `\u{feff}` (character 1): there is nothing in it to look for",
            "leave it out",
        ),
    ]);
}

#[test]
fn a_filter_that_means_nothing_is_pointed_at() {
    check(&[
        (
            "foo since:lastweek",
            "cannot read `since:lastweek` (characters 5 to 18): it is no time",
            TIMES,
        ),
        (
            "天 before:\"9 lives\" x",
            "cannot read `before:\"9 lives\"` (characters 3 to 18): it is no time",
            TIMES,
        ),
        (
            "since:19000years",
            "cannot read `since:19000years` (characters 1 to 16): it is outside of what clocks show",
            TIMES,
        ),
        (
            "-user:\"bob",
            "cannot read `-user:\"bob` (characters 1 to 10): the quote is not closed",
            "`\\\"` finds the sign itself",
        ),
        (
            "user: bob",
            "cannot read `user:` (characters 1 to 5): `user:` has no value",
            "no blank behind the colon; `\"user:\"` finds the word itself",
        ),
        (
            "-in:global",
            "cannot read `-in:global` (characters 1 to 10): `in:` cannot be turned round",
            "leave out the `-`",
        ),
        (
            "-since:2h",
            "cannot read `-since:2h` (characters 1 to 9): `since:` cannot be turned round",
            "`before:` is the other side",
        ),
        (
            "-before:2h",
            "cannot read `-before:2h` (characters 1 to 10): `before:` cannot be turned round",
            "`since:` is the other side",
        ),
        (
            "limit:2 limit:3",
            "cannot read `limit:3` (characters 9 to 15): `limit:` was there before",
            "name it once",
        ),
        (
            "in:me",
            "cannot read `in:me` (characters 1 to 5): it is no scope",
            "one of session, user, global, reasoning",
        ),
        (
            "role:assistant",
            "cannot read `role:assistant` (characters 1 to 14): it is no role",
            "one of system, user, ai",
        ),
        (
            "status:ok",
            "cannot read `status:ok` (characters 1 to 9): it is no status",
            "one of complete, interrupted, failed",
        ),
        (
            "after:#0",
            "cannot read `after:#0` (characters 1 to 8): it is no message",
            "the id of a message, such as `after:#12`",
        ),
        (
            "limit:0",
            "cannot read `limit:0` (characters 1 to 7): it is no number of messages",
            "a number from 1 on, such as `limit:20`",
        ),
        (
            "user:a\u{200b}b",
            "cannot read `user:a\u{200b}b` (characters 1 to 8): the user name has a control or \
             invisible character (U+200B)",
            "a name is 1 to 128 bytes of visible text",
        ),
    ]);
}

#[test]
fn a_pattern_that_is_none_is_pointed_at() {
    check(&[
        (
            "é /a(b/",
            "cannot read `/a(b/` (characters 3 to 7): unclosed group (character 5)",
            "quotes around it find the text itself",
        ),
        (
            "/(\\w{99}){99}/",
            "cannot read `/(\\w{99}){99}/` (characters 1 to 14): the pattern is too large",
            "fewer repetitions, or a part of it, need less",
        ),
    ]);
}

#[test]
fn a_long_question_is_refused_and_shown_in_part() {
    assert!(parse(&"x".repeat(16 * 1024)).is_ok());
    let error = parse(&"é".repeat(8193)).unwrap_err();
    let shown = "é".repeat(60);
    assert_eq!(
        error.to_string(),
        format!("cannot read `{shown}…` (characters 1 to 8193): it is too long")
    );
    assert_eq!(error.hint(), "a search has at most 16384 bytes");
}
