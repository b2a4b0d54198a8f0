//! What a model is sent after a conversation that did not go well: the roles
//! alternate, nothing is empty, and no question without an answer is asked twice.

use crate::support::events::events;
use crate::support::run::{Saylog, feed};
use crate::support::server::{Script, Server, script};

/// Answers `fine` and nothing else.
fn fine() -> Script {
    script(|mut turn| {
        turn.begins();
        turn.says_at_last("fine");
    })
}

/// Refuses for good.
fn refuses() -> Script {
    script(|turn| turn.refuses("400 No", "", "no"))
}

/// Plays a transcript against a server; gives the errors and what it was sent.
fn played(transcript: &str, scripts: Vec<Script>) -> (Saylog, String, Vec<Vec<String>>) {
    let count = scripts.len();
    let server = Server::new(scripts);
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
    let outcome = feed(saylog.command(), transcript.as_bytes());
    let sent = (0..count).map(|_| server.request().messages()).collect();
    (saylog, outcome.stderr, sent)
}

/// What `/context` with these arguments tells, a row as a request would say it.
fn shown(saylog: &Saylog, line: &str) -> Vec<String> {
    let outcome = saylog.run(&["--json", "--resume", "-c", line]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0), "{line}");
    let rows = events(&outcome.stdout).into_iter();
    rows.filter(|event| event["event"] == "context_row")
        .map(|row| {
            let text = |field: &str| row[field].as_str().expect("text").to_owned();
            let role = text("role").replace("ai", "assistant");
            format!("{role}: {}", text("content"))
        })
        .collect()
}

#[test]
fn a_question_without_an_answer_is_not_sent_with_the_next_one() {
    let (saylog, errors, sent) = played(
        "/start\none\ntwo\nthree\nfour\nfive\n",
        vec![fine(), refuses(), refuses(), refuses(), fine()],
    );
    assert_eq!(errors.lines().count(), 3, "{errors}");
    let begun = ["user: one", "assistant: fine"];
    for (request, question) in sent[1..].iter().zip(["two", "three", "four", "five"]) {
        let question = format!("user: {question}");
        assert_eq!(*request, [&begun[..], &[&question]].concat());
    }
    let said = saylog.said();
    assert_eq!(
        said[2..8],
        [
            "alice user: two",
            "alice ai: ",
            "alice user: three",
            "alice ai: ",
            "alice user: four",
            "alice ai: "
        ]
    );
    assert_eq!(
        shown(&saylog, "/context"),
        [
            "user: one",
            "assistant: fine",
            "user: five",
            "assistant: fine"
        ]
    );
}

#[test]
fn the_row_that_says_so_is_in_the_log_and_names_its_model() {
    let (saylog, _, _) = played("/start\none\n", vec![refuses()]);
    let row = saylog.log();
    let row = row.lines().nth(1).expect("a row");
    for part in [
        r#""role":"ai","content":"""#,
        r#""model":"m1","status":"failed""#,
        r#""parent_id":1"#,
    ] {
        assert!(row.contains(part), "{row}");
    }
}

#[test]
fn a_retry_asks_it_again_and_says_nothing_of_the_failure() {
    let (saylog, errors, sent) = played(
        "/start\none\ntwo\n/retry\nthree\n",
        vec![fine(), refuses(), fine(), fine()],
    );
    assert_eq!(errors.lines().count(), 1, "{errors}");
    let turn = ["user: one", "assistant: fine", "user: two"];
    assert_eq!(sent[1], turn);
    assert_eq!(sent[2], turn);
    assert_eq!(
        sent[3],
        [&turn[..], &["assistant: fine", "user: three"]].concat()
    );
    let outcome = saylog.run(&["--resume", "-c", "/moves"]);
    assert!(
        outcome.stdout.contains(" retry #4 -> #3"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn what_was_shown_of_a_reply_stays_with_its_question() {
    let cut = script(|mut turn| {
        turn.begins();
        turn.says("half a");
    });
    let (_, _, sent) = played("/start\none\ntwo\n", vec![cut, fine()]);
    assert_eq!(sent[1], ["user: one", "assistant: half a", "user: two"]);
}

#[test]
fn neighbours_of_one_role_are_one_message() {
    // Nobody was there to say that the first question got no answer.
    let (saylog, _, sent) = played(
        "/start\n/model mock\none\n/quote #1\n/quote #2\n/model m1\ntwo\n/quote #1\n",
        vec![fine()],
    );
    let session = saylog.stored().sessions().remove(0);
    let quote = |id, role, text| format!("#{id} {role}, session {session}:\n> {text}");
    let mock = "This is a mock response from AI.";
    let quotes = [quote(1, "user", "one"), quote(2, "ai", mock)].join("\n\n");
    assert_eq!(
        sent[0],
        [
            "user: one".to_owned(),
            format!("assistant: {mock}"),
            format!("user: {quotes}\n\ntwo"),
        ]
    );
    // It is what was sent, and what will be: the last quotation waits for its question.
    assert_eq!(shown(&saylog, "/context at #6"), sent[0]);
    let last = format!("user: {}", quote(1, "user", "one"));
    assert_eq!(
        shown(&saylog, "/context"),
        [&sent[0][..], &["assistant: fine".to_owned(), last]].concat()
    );
    let rows = saylog.run(&["--resume", "-c", "/context"]).stdout;
    assert!(rows.contains("\n#3,#4,#5 user "), "{rows}");
}

#[test]
fn an_empty_reply_of_an_earlier_release_is_not_sent() {
    let server = Server::replying(&["fine"]);
    let saylog = Saylog::new().with(&["--base-url", &server.base()]);
    let outcome = saylog.run(&["--model", "mock", "--start", "-c", "one"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let store = saylog.stored();
    store
        .write(
            "INSERT INTO messages (parent, previous, seq, session, role, content, created_at, status)
             VALUES (2, 2, 3, 1, 1, 'empty?', 0, 0), (3, 3, 4, 1, 2, ' \n', 0, 0);
             UPDATE sessions SET head = 4, last = 4, depth = 4, count = 4",
        )
        .expect("rows");
    let outcome = saylog.run(&["--model", "m1", "--resume", "-c", "two"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(
        server.request().messages(),
        [
            "user: one",
            "assistant: This is a mock response from AI.",
            "user: two"
        ]
    );
}
