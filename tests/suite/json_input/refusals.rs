//! What cannot be said: each has its own sentence, its own code, and the rest is said.

use super::told;
use crate::support::events::kind_of;
use crate::support::run::{Saylog, check, echoing, feed};

const LIMIT: usize = 16 * 1024 * 1024;

const TWO: &str = "`say` is said as it is, `line` is a line of the language";
const KIND: &str = "a string is said; so is `say` of an object";
const JSON: &str = "one JSON value a line: a string, or an object with `say` or `line`";
const QUOTES: &str = "put the text in double quotes";
const KEYS: &str = "one of say, line, user, session, ref";
const CURRENT: &str = "leave the key out to mean the current one";
const SEVERAL: &str = "`say` takes a text of several lines";
const HALF: (&str, &str, &str) = (
    "lone_surrogate",
    "a string holds half of a surrogate pair, which is no character",
    "write the character itself, or both halves of it, such as `\\ud83d\\ude42`",
);
const NO_REF: &str = "leave the key out if there is none";
const EMPTY: (&str, &str, &str) = ("empty_text", "the text is empty", "nothing was sent");

/// Lines, and of each the code, the sentence and the hint of its error.
const REFUSED: [(&str, (&str, &str, &str)); 37] = [
    (
        "hello",
        (
            "not_json",
            "the line is not JSON (byte 1: expected value)",
            JSON,
        ),
    ),
    (
        "\"a\" \"b\"",
        (
            "not_json",
            "the line is not JSON (byte 5: trailing characters)",
            JSON,
        ),
    ),
    (
        "{\"say\":\"a\"",
        (
            "not_json",
            "the line is not JSON (byte 10: EOF while parsing an object)",
            JSON,
        ),
    ),
    (
        "null",
        ("null_value", "the value is null, which says nothing", KIND),
    ),
    (
        "12.5",
        (
            "number_value",
            "the value is a number, which says nothing",
            KIND,
        ),
    ),
    (
        "true",
        (
            "boolean_value",
            "the value is true or false, which says nothing",
            KIND,
        ),
    ),
    (
        "[\"a\"]",
        (
            "array_value",
            "the value is an array, which says nothing",
            KIND,
        ),
    ),
    ("\"\\ud83d\"", HALF),
    (r#"{"say":"\ude42","ref":1}"#, HALF),
    (r#"{"say":"a","session":"\ud83d"}"#, HALF),
    (r#"{"say":"a","ref":"\ud83d"}"#, HALF),
    (
        r#"{"say":"a","line":"b","ref":1}"#,
        (
            "say_and_line",
            "the object has both `say` and `line`",
            "one of them: `say` is said as it is, `line` is a line of the language",
        ),
    ),
    (
        r#"{"user":"bob","ref":1}"#,
        (
            "nothing_said",
            "the object has neither `say` nor `line`",
            TWO,
        ),
    ),
    (
        "{}",
        (
            "nothing_said",
            "the object has neither `say` nor `line`",
            TWO,
        ),
    ),
    (
        r#"{"says":"a","ref":1}"#,
        (
            "unknown_key",
            "the object has an unknown key `says`",
            "did you mean `say`?",
        ),
    ),
    (
        r#"{"content":"a"}"#,
        (
            "unknown_key",
            "the object has an unknown key `content`",
            KEYS,
        ),
    ),
    (
        r#"{"say":"a","say":"b","ref":1}"#,
        (
            "doubled_key",
            "the object has the key `say` twice",
            "name it once; nothing was sent",
        ),
    ),
    (
        r#"{"say":"a","user":"b","us\u0065r":"b"}"#,
        (
            "doubled_key",
            "the object has the key `user` twice",
            "name it once; nothing was sent",
        ),
    ),
    (
        r#"{"say":null,"ref":1}"#,
        ("wrong_type", "`say` is null, not a string", QUOTES),
    ),
    (
        r#"{"line":["/clear"]}"#,
        ("wrong_type", "`line` is an array, not a string", QUOTES),
    ),
    (
        r#"{"say":"a","user":null}"#,
        ("wrong_type", "`user` is null, not a string", CURRENT),
    ),
    (
        r#"{"say":"a","session":7}"#,
        ("wrong_type", "`session` is a number, not a string", CURRENT),
    ),
    (
        r#"{"say":"a","session":{}}"#,
        (
            "wrong_type",
            "`session` is an object, not a string",
            CURRENT,
        ),
    ),
    (
        r#"{"say":"a","ref":null}"#,
        (
            "bad_ref",
            "`ref` is null, neither a string nor a number",
            NO_REF,
        ),
    ),
    (
        r#"{"say":"a","ref":false}"#,
        (
            "bad_ref",
            "`ref` is true or false, neither a string nor a number",
            NO_REF,
        ),
    ),
    (
        r#"{"say":"a","ref":[1]}"#,
        (
            "bad_ref",
            "`ref` is an array, neither a string nor a number",
            NO_REF,
        ),
    ),
    ("\"\"", EMPTY),
    (r#"{"say":""}"#, EMPTY),
    (r#"{"say":" \n\t "}"#, EMPTY),
    (r#"{"line":""}"#, EMPTY),
    (
        r#"{"say":"ab\u0000"}"#,
        (
            "nul_byte",
            "the text has a NUL (byte 3 of it) and was not sent",
            "remove it; the rest of the text was not sent either",
        ),
    ),
    (
        r#"{"line":"/clear\n"}"#,
        ("line_break", "the `line` has a line break", SEVERAL),
    ),
    (
        r#"{"line":"\"\"\""}"#,
        ("block_in_line", "a `line` opens no block", SEVERAL),
    ),
    (
        r#"{"line":"\"\"\"END_1"}"#,
        ("block_in_line", "a `line` opens no block", SEVERAL),
    ),
    (
        r#"{"say":"a","user":"b\u200bob"}"#,
        (
            "invalid_user",
            "the user name has a control or invisible character (U+200B)",
            "a name is 1 to 128 bytes of visible text",
        ),
    ),
    (
        r#"{"say":"a","session":"latest"}"#,
        (
            "session_not_found",
            "no session of that user is `latest`",
            "`session` takes a whole `session_id` of that user, as events tell it",
        ),
    ),
    (
        r#"{"say":"a","user":"bob"}"#,
        (
            "session_not_found",
            "User chat session not found!",
            "`/start` begins one",
        ),
    ),
];

#[test]
fn each_mistake_has_its_own_sentence_and_code_and_its_ref() {
    let saylog = echoing();
    for (line, (code, error, hint)) in REFUSED {
        let text = |text: &str| serde_json::to_string(text).expect("JSON");
        let reference = if line.contains(r#""ref":1}"#) {
            "1"
        } else {
            "null"
        };
        check(
            &saylog.hear(format!("{line}\n")),
            &format!(
                "{{\"event\":\"error\",\"line\":1,\"ref\":{reference},\"code\":{},\"error\":{},\"hint\":{},\"kind\":\"{}\",\"tries\":null}}\n",
                text(code),
                text(error),
                text(hint),
                kind_of(code)
            ),
            "",
            1,
        );
    }
    assert!(saylog.stored().sessions().is_empty());
}

#[test]
fn nothing_is_lost_around_them() {
    let saylog = echoing().with(&["--start"]);
    let mut script = String::new();
    for (line, _) in REFUSED {
        script += &format!("{line}\n\"said\"\n");
    }
    let told = told(&saylog.hear(script));
    let replies = told.iter().filter(|told| *told == "null reply said");
    assert_eq!(replies.count(), REFUSED.len());
    let errors = told.iter().filter(|told| told.contains(" error "));
    // Bob gets his session here, and what he says is said.
    assert_eq!(errors.count(), REFUSED.len() - 1);
}

#[test]
fn a_line_that_is_not_utf8_is_an_error_for_that_line_alone() {
    let outcome = echoing().with(&["--start"]).hear(b"\"a\xff\"\n\"b\"\n");
    assert_eq!(
        told(&outcome),
        [
            "null error invalid_utf8",
            "null start alice",
            "null reply b"
        ]
    );
}

#[test]
fn a_ref_has_at_most_a_kibibyte_after_decoding() {
    let saylog = echoing().with(&["--start"]);
    let long = "é".repeat(512);
    let escaped = "\\u00e9".repeat(512);
    let digits = "9".repeat(1025);
    let outcome = saylog.hear(format!(
        "{{\"say\":\"a\",\"ref\":\"{escaped}\"}}\n\
         {{\"say\":\"b\",\"ref\":\"{long}x\"}}\n\
         {{\"say\":\"c\",\"ref\":{digits}}}\n\
         {{\"say\":\"d\",\"ref\":{}}}\n",
        &digits[1..]
    ));
    let refs = outcome.stdout.lines().map(|line| {
        let (_, reference) = line.split_once(",\"ref\":").expect("a ref");
        let reference = reference.split(",\"").next().expect("its end").to_owned();
        (line.contains("`ref` is too long (1025 bytes)"), reference)
    });
    assert_eq!(
        refs.collect::<Vec<_>>(),
        [
            (false, format!("\"{long}\"")),
            (false, format!("\"{long}\"")),
            (true, "null".to_owned()),
            (true, "null".to_owned()),
            (false, digits[1..].to_owned()),
        ]
    );
    assert!(outcome.stdout.contains(
        r#""code":"ref_too_long","error":"`ref` is too long (1025 bytes)","hint":"a `ref` has at most 1024 bytes""#
    ));
}

#[test]
fn the_limit_counts_after_decoding() {
    let saylog = Saylog::new().with(&["--start"]);
    let text = "\\n".repeat(LIMIT - 1) + "x";
    let outcome = saylog.hear(format!(
        "\"{text}\"\n{{\"say\":\"{text}y\",\"ref\":3}}\n\"z\"\n"
    ));
    let mock = "null reply This is a mock response from AI.";
    assert_eq!(
        told(&outcome),
        ["null start alice", mock, "3 error too_long", mock]
    );
    let length: i64 = saylog
        .stored()
        .row("SELECT length(content) FROM messages WHERE id = 1");
    assert_eq!(usize::try_from(length).expect("a length"), LIMIT);
}

#[test]
fn memory_stays_bounded_while_a_huge_line_goes_by() {
    let saylog = Saylog::new();
    // 600 MB of one line under an address space of 400 MB.
    let script = format!(
        "ulimit -v 400000; (printf '{{\"say\":\"'; head -c 600000000 /dev/zero | tr '\\0' x; echo; echo '\"hello\"') | \
         '{}' --user alice --start --input json --store '{}'",
        crate::support::run::SAYLOG,
        saylog.store().display()
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]);
    let outcome = feed(command, b"");
    assert_eq!(
        told(&outcome),
        [
            "null error too_long",
            "null start alice",
            "null reply This is a mock response from AI."
        ]
    );
    assert_eq!(outcome.code, 1);
}
