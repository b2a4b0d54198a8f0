use super::*;
use crate::query::Among;

mod errors;

const NOW: Timestamp = Timestamp(1_795_598_130_000);

fn parse(text: &str) -> Result<Query, QueryError> {
    Query::parse(text, NOW, &TimeZone::UTC)
}

/// The words of a question, as they were understood.
fn words(text: &str) -> Vec<String> {
    let query = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(query.filter, Filter::default(), "{text}");
    shown(&query)
}

fn shown(query: &Query) -> Vec<String> {
    let term = |term: &Term| {
        let sign = if term.is_negated { "-" } else { "" };
        match &term.wanted {
            Wanted::Text(text) => {
                let star = if text.is_prefix() { "*" } else { "" };
                format!("{sign}{}{star}", text.folded())
            }
            Wanted::Pattern(pattern) => format!("{sign}/{}/", pattern.text()),
        }
    };
    let clause = |clause: &Clause| -> Vec<_> { clause.any_of.iter().map(term).collect() };
    let clauses = query.words.iter().map(clause);
    clauses.map(|terms| terms.join(" | ")).collect()
}

fn filter(text: &str) -> Filter {
    let query = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert!(query.words.is_empty(), "{text}");
    query.filter
}

fn one_of<T>(one_of: impl Into<Vec<T>>, none_of: impl Into<Vec<T>>) -> Among<T> {
    Among {
        one_of: one_of.into(),
        none_of: none_of.into(),
    }
}

#[test]
fn words_stand_between_blanks() {
    assert_eq!(words(""), [""; 0]);
    assert_eq!(words(" \n"), [""; 0]);
    assert_eq!(words("Foo  bar\u{3000}天气"), ["foo", "bar", "天气"]);
    assert_eq!(
        words("foo-bar C++ path/x.rs"),
        ["foo-bar", "c++", "path/x.rs"]
    );
    assert_eq!(
        words("AND or Or and (x)"),
        ["and", "or", "or", "and", "(x)"]
    );
    assert_eq!(words("it's 5\" a\"b\""), ["it's", "5\"", "a\"b\""]);
}

#[test]
fn only_known_keys_are_filters() {
    for plain in [
        "std::vec",
        "http://x",
        "12:30",
        "note:x",
        "User:bob",
        "xuser:bob",
        ":x",
    ] {
        assert_eq!(words(plain), [plain.to_lowercase()], "{plain}");
    }
}

#[test]
fn phrases_are_in_quotes() {
    assert_eq!(words("\"to  Rome\" x"), ["to rome", "x"]);
    assert_eq!(words("\"a\nb\""), ["a b"]);
    assert_eq!(words(r#""say \"hi\" \\ \d""#), [r#"say "hi" \ \d"#]);
    assert_eq!(words("\"foo ba\"*"), ["foo ba*"]);
}

#[test]
fn a_star_at_the_end_is_any_ending() {
    assert_eq!(words("foo* 天* v1* a.b*"), ["foo*", "天*", "v1*", "a.b*"]);
    assert_eq!(
        words("* **bold** a+* fo*o"),
        ["*", "**bold**", "a+*", "fo*o"]
    );
    assert_eq!(words("-foo*"), ["-foo*"]);
}

#[test]
fn a_dash_turns_a_word_round() {
    assert_eq!(
        words("-foo -\"a b\" -/x/ -天"),
        ["-foo", "-a b", "-/x/", "-天"]
    );
    assert_eq!(
        words("- --all -> a-b - x"),
        ["-", "--all", "->", "a-b", "-", "x"]
    );
    assert_eq!(words("-OR"), ["-or"]);
}

#[test]
fn or_binds_tighter_than_and() {
    assert_eq!(words("a OR b"), ["a | b"]);
    assert_eq!(words("a b OR c OR -d e"), ["a", "b | c | -d", "e"]);
    assert_eq!(words("\"x y\" OR /z/ OR w*"), ["x y | /z/ | w*"]);
    assert_eq!(words("a \"OR\" b"), ["a", "or", "b"]);
    assert_eq!(words("a \\OR b"), ["a", "or", "b"]);
}

#[test]
fn a_pattern_ends_at_its_second_slash() {
    assert_eq!(words("/foo.*bar/"), ["/foo.*bar/"]);
    assert_eq!(words("/a b/ c"), ["/a b/", "c"]);
    assert_eq!(words(r"/a\/b/"), [r"/a\/b/"]);
    assert_eq!(words("/a*/"), ["/a*/"]);
    for plain in [
        "/usr/bin", "/usr", "//", "/", "///", "/a/b/", "x/y/", "/a/i", r"/a\/",
    ] {
        assert_eq!(words(plain), [plain], "{plain}");
    }
}

#[test]
fn quotes_and_a_backslash_make_anything_plain() {
    assert_eq!(
        words("\"user:bob\" \"-x\" \"/x/\" \"x*\""),
        ["user:bob", "-x", "/x/", "x*"]
    );
    assert_eq!(
        words(r"\user:bob \-x \/x/ \x* \OR"),
        ["user:bob", "-x", "/x/", "x*", "or"]
    );
    assert_eq!(words(r#"\"x \\d \ -\-x"#), ["\"x", r"\d", r"\", "--x"]);
}

#[test]
fn filters_say_which_messages() {
    assert_eq!(filter("in:global").scope, Some(Scope::Global));
    assert_eq!(filter("in:user in:user").scope, Some(Scope::User));
    let both = filter("in:session in:reasoning");
    assert!(both.in_reasoning && both.scope == Some(Scope::Session));
    let user = |name| UserName::new(name).unwrap();
    assert_eq!(
        filter("user:alice user:\"bob smith\" -user:e\u{301}ve").user,
        one_of([user("alice"), user("bob smith")], [user("éve")])
    );
    assert_eq!(filter("session:5b0c -session:\"a \\\" b\"").session, {
        one_of(["5b0c".to_owned()], ["a \" b".to_owned()])
    });
    assert_eq!(
        filter("role:ai -role:system").role,
        one_of([Role::Ai], [Role::System])
    );
    assert_eq!(
        filter("model:gpt-4o:mini").model,
        one_of(["gpt-4o:mini".to_owned()], [])
    );
    assert_eq!(
        filter("status:failed status:interrupted").status,
        one_of([Status::Failed, Status::Interrupted], [])
    );
    assert_eq!(
        filter("-source:chatgpt").source,
        one_of([], ["chatgpt".to_owned()])
    );
    assert_eq!(filter("after:#12").after, Some(MessageId(12)));
    assert_eq!(filter("after:12").after, Some(MessageId(12)));
    assert_eq!(filter("limit:007").limit, Some(7));
}

#[test]
fn times_are_seen_from_now() {
    // 2026-11-25T09:15:30Z
    assert_eq!(filter("since:2h").since, Some(Timestamp(NOW.0 - 7_200_000)));
    assert_eq!(
        filter("before:\"3 days\"").before,
        Some(Timestamp(NOW.0 - 259_200_000))
    );
    assert_eq!(
        filter("since:\"last monday\"").since,
        Some(Timestamp(1_795_392_000_000))
    );
    let day = Timestamp(1_793_664_000_000);
    assert_eq!(
        filter("since:2026-11-03 before:2026-11-03").since,
        Some(day)
    );
    assert_eq!(
        filter("since:2026-11-03 before:2026-11-03").before,
        Some(day)
    );
    let tokyo = jiff::tz::TimeZone::fixed(jiff::tz::offset(9));
    let there = Query::parse("since:2026-11-03", NOW, &tokyo).unwrap();
    assert_eq!(there.filter.since, Some(Timestamp(day.0 - 9 * 3_600_000)));
}

#[test]
fn filters_and_words_stand_in_any_order() {
    let query = parse("foo role:ai bar OR baz limit:2 x").unwrap();
    assert_eq!(shown(&query), ["foo", "bar | baz", "x"]);
    assert_eq!(query.filter.limit, Some(2));
}
