//! `/each`: one text to several, who answer side by side.

mod many;
mod prompt;
mod side_by_side;

use serde_json::{Value, json};

use crate::support::events::{Row, events, log};
use crate::support::run::{MOCK, STARTED, Saylog, check, configured, feed};

/// Alice, bob and `x y`, each in a session; `x y` is speaking.
const THREE: &str = "/start\n/user bob\n/start\n/user x y\n/start\n";

/// What [`THREE`] answers.
const THREE_STARTED: &str = "Chat started successfully!
bob (new)
Chat started successfully!
x y (new)
Chat started successfully!
";

/// Plays lines after [`THREE`]; what is printed beyond that, sorted, because
/// nobody knows who ends first.
fn sorted(saylog: &Saylog, lines: &str) -> (Vec<String>, String, i32) {
    let outcome = saylog.play(format!("{THREE}{lines}")).normal(saylog);
    let said = outcome.stdout.strip_prefix(THREE_STARTED);
    let said = said.expect("three sessions").lines();
    let mut said: Vec<String> = said.map(without_session).collect();
    said.sort();
    (said, outcome.stderr, outcome.code)
}

/// An entry of a listing without the number that stands for its session.
fn without_session(entry: &str) -> String {
    let (before, rest) = entry.split_once(" <").unwrap_or((entry, ""));
    match rest.split_once("> ") {
        Some((_, after)) => format!("{before} {after}"),
        None => entry.to_owned(),
    }
}

/// What users said, each with who said it, in order.
fn questions(saylog: &Saylog) -> Vec<String> {
    let rows = log(saylog).into_iter();
    let questions = rows.filter(|row| row.role == "user");
    questions
        .map(|row| format!("{}: {}", row.user_id, row.content))
        .collect()
}

#[test]
fn a_text_is_said_to_each_of_a_list() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let (said, stderr, code) = sorted(&saylog, "/each alice,bob  what do you think? \n");
    assert_eq!(
        said,
        [
            "<time> alice ai: what do you think?",
            "<time> bob ai: what do you think?"
        ]
    );
    assert_eq!((stderr.as_str(), code), ("", 0));
    assert_eq!(
        questions(&saylog),
        ["alice: what do you think?", "bob: what do you think?"]
    );
}

#[test]
fn names_may_be_quoted_alone_or_named_twice() {
    for (list, expected) in [
        ("\"x y\",alice", &["x y", "alice"][..]),
        ("\"x y\"", &["x y"]),
        ("\"bob\",\"alice\"", &["bob", "alice"]),
        ("bob", &["bob"]),
        ("bob,bob,\"bob\"", &["bob"]),
        ("bob,alice,bob", &["bob", "alice"]),
    ] {
        let saylog = Saylog::new();
        let (said, stderr, code) = sorted(&saylog, &format!("/each {list} hi\n"));
        assert_eq!(
            (said.len(), stderr.as_str(), code),
            (expected.len(), "", 0),
            "{list}"
        );
        let expected: Vec<_> = expected.iter().map(|user| format!("{user}: hi")).collect();
        assert_eq!(questions(&saylog), expected, "{list}");
    }
}

#[test]
fn without_a_list_everybody_is_asked_who_has_a_session_in_this_process() {
    let everybody = |text: &str| ["alice", "bob", "x y"].map(|user| format!("{user}: {text}"));
    for (line, text) in [
        ("/each hello there", "hello there"),
        ("/each hello, bob", "hello, bob"),
        ("/each -- bob, hello", "bob, hello"),
        ("/each -- alice,bob hello", "alice,bob hello"),
        ("/each -- --personas a,b", "--personas a,b"),
        // Nobody is called so.
        ("/each carol hello", "carol hello"),
        ("/each \"bob hello", "\"bob hello"),
    ] {
        let saylog = Saylog::new();
        // Carl has a session in the store and none here; dora is here and has none.
        assert_eq!(saylog.lines(&["/user carl", "/start"]).code, 0);
        let outcome = saylog.play(format!("{THREE}/user dora\n{line}\n"));
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0), "{line}");
        assert_eq!(questions(&saylog), everybody(text), "{line}");
    }
}

#[test]
fn each_is_an_ordinary_turn_of_its_session() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let lines = format!("{THREE}one\n/each bob,\"x y\" two\n/user bob\nthree\n/history\n");
    let outcome = saylog.play(lines).normal(&saylog);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let (_, history) = outcome.stdout.split_once("\nthree\n").expect("a reply");
    let history: Vec<String> = history.lines().map(without_session).collect();
    assert_eq!(
        history,
        [
            "<time> bob user: two",
            "<time> bob ai: two",
            "<time> bob user: three",
            "<time> bob ai: three"
        ]
    );
    let rows = log(&saylog);
    let of = |user: &str| -> Vec<Row> {
        let rows = rows.iter().filter(|row| row.user_id == user);
        rows.cloned().collect()
    };
    for (user, contents) in [
        ("bob", ["two", "two", "three", "three"]),
        ("x y", ["one", "one", "two", "two"]),
    ] {
        let rows = of(user);
        assert_eq!(
            rows.iter().map(|row| &*row.content).collect::<Vec<_>>(),
            contents
        );
        let mut parent = None;
        for (row, seq) in rows.iter().zip(1..) {
            assert_eq!((row.seq, row.parent_id), (seq, parent), "{row:?}");
            assert_eq!(row.session_id, rows[0].session_id);
            parent = Some(row.id);
        }
    }
    assert_eq!(saylog.integrity(), "ok");
}

#[test]
fn a_reply_to_each_is_an_event_with_all_fields() {
    let saylog = Saylog::new().with(&["--json"]);
    let outcome = saylog
        .play("/user bob\n/start\n/user alice\n/each bob hello\n")
        .normal(&saylog);
    check(
        &outcome,
        concat!(
            r#"{"event":"user","line":1,"user_id":"bob","session_id":null,"known":false}"#,
            "\n",
            r#"{"event":"start","line":2,"user_id":"bob","session_id":"<1>","title":null,"persona":null,"message":"Chat started successfully!"}"#,
            "\n",
            r#"{"event":"user","line":3,"user_id":"alice","session_id":null,"known":false}"#,
            "\n",
            r#"{"event":"reply","line":4,"id":2,"seq":2,"parent_id":1,"user_id":"bob","session_id":"<1>","role":"ai","content":"This is a mock response from AI.","created_at":"<time>","model":"mock","status":"complete","prompt_tokens":null,"reply_tokens":null,"finish_reason":null,"reasoning":null,"citations":null,"said_at":null,"source":null,"tries":null,"persona":null}"#,
            "\n",
        ),
        "",
        0,
    );
}

#[test]
fn if_one_has_no_session_nothing_is_said_to_anybody() {
    for (line, sentence) in [
        (
            "/each alice,dora hi",
            "dora: User chat session not found!; `/user dora`, then `/start` or `/resume`",
        ),
        (
            "/each dora hi",
            "dora: User chat session not found!; `/user dora`, then `/start` or `/resume`",
        ),
        (
            "/each nobody,alice hi",
            "`/each` does not know the user `nobody`; `/each alice,bob TEXT`; \
             `/each -- TEXT` says any text to all",
        ),
        (
            "/each alice, bob hi",
            "`/each` takes names without blanks between them; `/each alice,bob TEXT`; \
             `/each -- TEXT` says any text to all",
        ),
        (
            "/each alice,bob",
            "`/each` needs a text; `/each [USER,USER…|--personas A,B] TEXT`",
        ),
        (
            "/each",
            "`/each` needs a text; `/each [USER,USER…|--personas A,B] TEXT`",
        ),
        (
            "/each --",
            "`/each` needs a text; `/each [USER,USER…|--personas A,B] TEXT`",
        ),
    ] {
        let saylog = Saylog::new();
        // Dora is known, and has no session in this process.
        assert_eq!(saylog.lines(&["/user dora", "/start"]).code, 0);
        let (said, stderr, code) = sorted(&saylog, &format!("{line}\n"));
        assert_eq!(said, [""; 0], "{line}");
        assert_eq!(
            (stderr, code),
            (format!("<stdin>:6: {sentence}\n"), 1),
            "{line}"
        );
        assert_eq!(questions(&saylog), [""; 0], "{line}");
    }
    check(
        &Saylog::new().lines(&["/each hello"]),
        "",
        "-c:1: User chat session not found!; `/start` begins one\n",
        1,
    );
}

#[test]
fn a_word_in_a_list_that_cannot_be_a_name_is_an_error_too() {
    let long = "x".repeat(129);
    for line in [
        format!("/each alice,{long} hi"),
        format!("/each alice,{long},bob hi"),
        "/each alice,b\u{7}ob hi".to_owned(),
    ] {
        let saylog = Saylog::new();
        let (said, stderr, code) = sorted(&saylog, &format!("{line}\n"));
        assert_eq!((said, code), (Vec::new(), 1), "{line:?}: {stderr}");
        assert_eq!(questions(&saylog), [""; 0], "{line:?}");
    }
}

const PERSONAS: &str = r#"
[personas.critic]
system = "Find what is wrong."
model = "mock:echo"
[personas.poet]
system = "Rhyme."
[personas.cook]
"#;

#[test]
fn personas_are_asked_in_the_sessions_that_were_started_as_them() {
    let saylog = configured(PERSONAS);
    let lines =
        "/start --as critic\none\n/start --as poet\n/each --personas critic,poet,critic two\n";
    let outcome = saylog.play(lines).normal(&saylog);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let (_, replies) = outcome.stdout.rsplit_once(STARTED).expect("two sessions");
    let mut replies: Vec<String> = replies.lines().map(without_session).collect();
    replies.sort();
    let mock = format!("<time> alice ai as poet: {}", MOCK.trim_end());
    assert_eq!(replies, ["<time> alice ai as critic: two", &*mock]);
    let sessions: Vec<String> = log(&saylog)
        .into_iter()
        .filter(|row| row.content == "two" && row.role == "user")
        .map(|row| row.session_id)
        .collect();
    assert_eq!(sessions.len(), 2);
    assert_ne!(sessions[0], sessions[1]);
}

#[test]
fn a_persona_is_asked_in_the_session_it_has_now() {
    let saylog = configured(PERSONAS);
    let lines = "/start --as critic\none\n/fork\n/start --as poet\n/each --personas critic two\n";
    assert_eq!(saylog.play(lines).code, 0);
    let rows = log(&saylog);
    let said = |content: &str| {
        let row = rows.iter().find(|row| row.content == content);
        row.expect("it was said").clone()
    };
    let (one, two) = (said("one"), said("two"));
    assert_ne!(two.session_id, one.session_id);
    assert_eq!(two.parent_id, Some(one.id + 1));
}

#[test]
fn a_persona_is_asked_of_the_model_its_session_has_now() {
    let saylog = configured(PERSONAS);
    let lines = "/start --as critic\n/model mock\n/start --as poet\n/each --personas critic hi\n";
    let outcome = saylog.play(lines);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let reply = format!(" ai as critic: {MOCK}");
    assert!(outcome.stdout.ends_with(&reply), "{}", outcome.stdout);
}

#[test]
fn a_persona_without_a_session_is_an_error() {
    let saylog = configured(PERSONAS);
    let usage = "`/each [USER,USER…|--personas A,B] TEXT`";
    let lines = "/start --as critic\n/each --personas critic,poet hi\n/each --personas critic\n\
                 /each --personas\n/each --personas critic, hi\n";
    check(
        &saylog.play(lines),
        STARTED,
        &format!(
            "<stdin>:2: alice as poet: User chat session not found!; `/start --as poet` begins one\n\
             <stdin>:3: `/each` needs a text; {usage}\n\
             <stdin>:4: `/each` needs the names of personas after `--personas`; {usage}\n\
             <stdin>:5: `/each` needs the names of personas after `--personas`; {usage}\n"
        ),
        1,
    );
    // Another user's sessions as a persona are nobody else's.
    check(
        &saylog.play("/user bob\n/start --as critic\n/user carl\n/each --personas critic hi\n"),
        &format!("bob (new)\n{STARTED}carl (new)\n"),
        "<stdin>:4: carl as critic: User chat session not found!; `/start --as critic` begins one\n",
        1,
    );
    assert_eq!(questions(&saylog), [""; 0]);
}

#[test]
fn an_unknown_persona_is_an_error_about_what_was_typed() {
    let saylog = configured(PERSONAS);
    check(
        &saylog.play("/start --as critic\n/each --personas critic,nobody hi\n"),
        STARTED,
        "<stdin>:2: `/each --personas` does not know the persona `nobody`; one of cook, critic, poet\n",
        1,
    );
    assert_eq!(questions(&saylog), [""; 0]);
}

#[test]
fn a_session_as_a_persona_is_begun_where_messages_begin_them() {
    let saylog = configured(PERSONAS);
    let mut command = saylog.command();
    command.args(["--start", "--json"]);
    let outcome = feed(command, b"/start\n/each --personas poet,critic hi\n/user\n");
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let events = events(&outcome.stdout);
    let starts = events.iter().filter(|event| event["event"] == "start");
    let personas: Vec<&Value> = starts.map(|event| &event["persona"]).collect();
    assert_eq!(personas, [&json!(null), &json!("poet"), &json!("critic")]);
    assert_eq!(questions(&saylog), ["alice: hi", "alice: hi"]);
    // The session that one was in stays the current one.
    let last = events.last().expect("an event");
    assert_eq!(last["session_id"], events[0]["session_id"]);
}
