//! What can go wrong between saylog and a model: the error and the hint for
//! it, what stays in the log, and that the key is never shown.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use crate::support::events;
use crate::support::run::{Outcome, STARTED, Saylog, check, feed, with_way_on};
use crate::support::server::{Server, script};

/// A word that stands for a key, and the variable that holds it.
const KEY: &str = "test-key-123";
const VARIABLE: &str = "SOME_KEY";

/// Asks `m1` at that address, with a key.
fn asking(base: &str) -> Saylog {
    Saylog::new().with(&[
        "--model",
        "m1",
        "--base-url",
        base,
        "--key-variable",
        VARIABLE,
    ])
}

/// What is told at the start where the variable holds no key.
const KEYLESS: &str = "saylog: the variable SOME_KEY holds no key: `m1` is asked without one\n";

/// What was said, read with the key in the environment.
fn said(saylog: &Saylog) -> Vec<String> {
    let mut command = saylog.command();
    command.env(VARIABLE, KEY);
    command.args(["--json", "-c", "/history global"]);
    events::said(&feed(command, b"").stdout)
}

/// Plays a transcript with the key in the environment.
fn play(saylog: &Saylog, transcript: &str) -> Outcome {
    let mut command: Command = saylog.command();
    command.env(VARIABLE, KEY);
    feed(command, transcript.as_bytes())
}

/// The second line fails with this sentence; its message stays, and no reply is made up.
#[track_caller]
fn fails(base: &str, sentence: &str) {
    let saylog = asking(base);
    check(
        &play(&saylog, "/start\nhello\n/user\n"),
        &format!("{STARTED}alice\n"),
        &format!("<stdin>:2: {}\n", with_way_on(sentence, "")),
        1,
    );
    assert_eq!(said(&saylog), ["alice user: hello", "alice ai: "]);
    assert_no_key(&saylog);
}

/// No file in the folder holds the key.
#[track_caller]
fn assert_no_key(saylog: &Saylog) {
    let mut files = 0;
    for entry in fs::read_dir(saylog.folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = fs::read(&path).expect("a file");
        let found = bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes());
        assert!(!found, "{}", path.display());
        files += 1;
    }
    assert!(files > 0, "there is a store");
}

#[test]
fn each_refusal_has_its_sentence_and_its_hint() {
    for (status, sentence) in [
        (
            "401 No",
            "the endpoint refused the key (401); check the variable SOME_KEY",
        ),
        (
            "403 No",
            "the endpoint does not allow this use of `m1` (403); \
             the key may lack the right to it, or the country is not served",
        ),
        (
            "404 No",
            "the endpoint does not know `m1`, or the address is wrong (404); \
             `/models` lists what it offers; check the base URL",
        ),
        (
            "429 No",
            "the endpoint was asked too much in too short a time (429) (asked 3 times); \
             `/retry` asks again",
        ),
        (
            "500 No",
            "the endpoint failed (500) (asked 3 times); the fault is on its side; `/retry` asks again",
        ),
    ] {
        fails(&Server::refusing(status, "").base(), sentence);
    }
}

#[test]
fn a_field_that_is_sent_unasked_can_be_left_out() {
    let server = Server::refusing(
        "422 No",
        r#"{"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]}"#,
    );
    fails(
        &server.base(),
        "the endpoint does not accept the request (422): body.stream_options: Extra inputs are \
         not permitted; `--parameter stream_options=null` leaves that field out",
    );
}

#[test]
fn what_the_endpoint_says_is_told() {
    let server = Server::refusing(
        "404 No",
        r#"{"error": {"message": "The model `m1` does not exist.", "code": "model_not_found"}}"#,
    );
    fails(
        &server.base(),
        "the endpoint does not know `m1` (404): The model `m1` does not exist; \
         `/models` lists what it offers",
    );
}

#[test]
fn words_are_found_wherever_a_refusal_hides_them() {
    for (body, words) in [
        (r#"{"error": "no more"}"#, "no more"),
        (r#"{"error": ["no", "more"]}"#, "no; more"),
        (r#"[{"error": {"message": "no more"}}]"#, "no more"),
        (r#"{"detail": "no more"}"#, "no more"),
        (
            r#"{"detail": [{"loc": ["body", "messages", 0], "msg": "no more"}]}"#,
            "body.messages.0: no more",
        ),
        (r#"{"error_code": 17, "error_msg": "no more"}"#, "no more"),
        (
            r#"{"error": {"message": "Provider returned error", "metadata": {"raw": "{\"error\": {\"message\": \"no more\"}}"}}}"#,
            "Provider returned error: no more",
        ),
        ("no\nmore", "no more"),
        ("<html><title>No more</title>", "a web page, `No more`"),
    ] {
        let server = Server::refusing("400 No", body);
        let sentence = format!(
            "the endpoint does not accept the request (400): {words}; \
             check the name of the model and its parameters"
        );
        fails(&server.base(), &sentence);
    }
}

#[test]
fn a_context_that_is_too_long_is_told() {
    let server = Server::refusing(
        "400 No",
        r#"{"error": {"code": 400, "type": "exceed_context_size_error", "n_ctx": 4096,
            "message": "the request exceeds the available context size, try increasing it"}}"#,
    );
    let outcome = play(&asking(&server.base()), "/start\nhello\n");
    check(
        &outcome,
        STARTED,
        // What it takes is known from now on, though nothing can be left out here.
        "`m1` takes 4096 tokens, as its endpoint says\n\
         <stdin>:2: the context is too long for the model (400): \
         the request exceeds the available context size, try increasing it; \
         `/compact` shortens it, `/clear` empties it; then `/retry`\n",
        1,
    );
}

#[test]
fn an_endpoint_without_models_or_a_list_says_so() {
    for (status, body, sentence) in [
        (
            "200 OK",
            r#"{"data": null}"#,
            "the endpoint lists no models; `/model NAME` takes any name that it knows",
        ),
        (
            "404 No",
            "404 page not found",
            "the endpoint has no list of models (404): 404 page not found; \
             `/model NAME` takes any name that it knows",
        ),
        (
            "401 No",
            "",
            "the endpoint wants a key (401); set the variable SOME_KEY",
        ),
    ] {
        let server = Server::refusing(status, body);
        let saylog = asking(&server.base());
        let outcome = saylog.lines(&["/models"]);
        let listed = "mock\nmock:echo\nmock:slow\nm1 current\n";
        assert_eq!((outcome.stdout.as_str(), outcome.code), (listed, 1));
        assert_eq!(outcome.stderr, format!("{KEYLESS}-c:1: {sentence}\n"));
    }
}

#[test]
fn a_key_that_is_missing_is_told_from_one_that_is_wrong() {
    let server = Server::refusing("401 No", "");
    let saylog = asking(&server.base());
    check(
        &saylog.play("/start\nhello\n"),
        STARTED,
        &format!(
            "{KEYLESS}<stdin>:2: the endpoint wants a key (401); set the variable SOME_KEY; \
             then `/retry`\n"
        ),
        1,
    );
    let server = Server::refusing("403 No", "");
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
    check(
        &saylog.play("/start\nhello\n"),
        STARTED,
        "<stdin>:2: the endpoint wants a key (403); \
         `--key-variable NAME` names the variable that holds it; \
         then `/retry`\n",
        1,
    );
}

#[test]
fn an_endpoint_that_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its number");
    drop(listener);
    fails(
        &format!("http://{address}/v1"),
        &format!(
            "nothing answers at {address} (asked 3 times); start the server there, or check the base URL"
        ),
    );
}

#[test]
fn a_name_that_is_not_known() {
    let saylog = Saylog::new().with(&[
        "--model",
        "m1",
        "--base-url",
        "https://nonexistent.invalid/v1",
    ]);
    let outcome = saylog.play("/start\nhello\n");
    // A resolver that cannot be reached gives no error but a time-out.
    let why = if outcome.stderr.contains("within") {
        "was not found within 10 s"
    } else {
        "is not known"
    };
    let sentence = format!(
        "the name `nonexistent.invalid` {why}; check the base URL and the network; then `/retry`"
    );
    check(&outcome, STARTED, &format!("<stdin>:2: {sentence}\n"), 1);
    assert_eq!(said(&saylog), ["alice user: hello", "alice ai: "]);
}

#[test]
fn a_redirect_is_not_followed_and_the_key_stays() {
    let other = Server::replying(&["from elsewhere"]);
    let host = other.host();
    let to = format!("Location: {}/chat/completions\r\n", other.base());
    let server = Server::new(vec![script(move |answer| {
        answer.refuses("302 Found", &to, "");
    })]);
    fails(
        &server.base(),
        &format!(
            "the endpoint sends us to {host} (302); \
             redirects are not followed; if you trust it, make it the base URL"
        ),
    );
    assert!(server.request().head.contains(KEY));
    assert!(other.asked().is_none());
}

#[test]
fn the_key_is_sent_to_its_endpoint_and_is_nowhere_else() {
    let server = Server::new(vec![
        script(|answer| {
            let said = r#"{"error": {"message": "Incorrect API key provided: test-key-123"}}"#;
            answer.refuses("401 No", "", said);
        }),
        script(|mut answer| {
            answer.begins();
            answer.says("fine");
            answer.counts(1, 1);
        }),
    ]);
    let saylog = asking(&server.base()).with(&["--verbose"]);
    let outcome = play(&saylog, "/start\nhello\nagain\n/model\n/history\n/foo\n");
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.stderr.starts_with(
            "<stdin>:2: the endpoint refused the key (401): \
             Incorrect API key provided: [key]; check the variable SOME_KEY; then `/retry`\n"
        ),
        "{}",
        outcome.stderr
    );
    assert!(!outcome.stderr.contains(KEY) && !outcome.stdout.contains(KEY));
    assert_no_key(&saylog);
    for _ in 0..2 {
        let head = server.request().head.to_lowercase();
        assert!(head.contains("authorization: bearer test-key-123\r\n"));
    }
}

#[test]
fn an_address_that_makes_no_sense_is_a_mistake_of_the_command_line() {
    for (base, sentence) in [
        (
            "localhost:1/v1",
            "the address of the model is no URL; a base URL looks like `http://localhost:11434/v1`",
        ),
        (
            "https://me:secret@h.example/v1",
            "the address of the model has a name or a password in it; \
             a key belongs in an environment variable",
        ),
        (
            "http://127.0.0.1:118434/v1",
            "`118434` in the address of the model is no port; \
             a base URL looks like `http://localhost:11434/v1`",
        ),
        (
            "http://localhost:$PORT/v1",
            "what stands behind the colon in the address of the model is no port; \
             a base URL looks like `http://localhost:11434/v1`",
        ),
        (
            "http://localhost:/v1",
            "the address of the model has a colon and no port behind it; \
             a base URL looks like `http://localhost:11434/v1`",
        ),
        (
            "http://h.example/v1",
            "the key is not sent over plain http to h.example; \
             use https, or set `allow_key_over_http` for this model if the network is yours",
        ),
    ] {
        let saylog = asking(base);
        check(
            &play(&saylog, "/start\n"),
            "",
            &format!("saylog: {sentence}\n"),
            2,
        );
        assert!(!saylog.store().exists());
    }
}

#[test]
fn a_proxy_at_what_is_no_port_is_sent_nothing() {
    let sentence = |origin: &str| {
        format!(
            "`99999` in the address of the proxy ({origin}) is no port; \
             it looks like `http://proxy.example:3128`"
        )
    };
    let saylog = asking("http://127.0.0.1:1/v1").with(&["--proxy", "http://127.0.0.1:99999"]);
    let told = format!("saylog: {}\n", sentence("--proxy"));
    check(&play(&saylog, "/start\n"), "", &told, 2);
    // A variable is read when something is to be sent.
    let saylog = asking("https://h.invalid/v1");
    let mut command: Command = saylog.command();
    command.env(VARIABLE, KEY);
    command.env("HTTPS_PROXY", "http://127.0.0.1:99999");
    let told = with_way_on(&sentence("HTTPS_PROXY"), "");
    check(
        &feed(command, b"/start\nhello\n"),
        STARTED,
        &format!("<stdin>:2: {told}\n"),
        1,
    );
}
