//! What a refusal teaches: how much an endpoint takes.

use crate::support::run::{STARTED, Saylog, check, feed};
use crate::support::server::{Script, Server, script};

/// Some 70 tokens.
fn text(number: usize) -> String {
    format!("{number}{}", " and so on".repeat(26))
}

fn fine() -> Script {
    script(|mut turn| {
        turn.begins();
        turn.says_at_last("fine");
    })
}

/// Refuses the length of what it is sent, in the words of one server or another.
fn too_long(body: &'static str) -> Script {
    script(move |turn| turn.refuses("400 Bad Request", "", body))
}

const LLAMA: &str = r#"{"error": {"code": 400, "type": "exceed_context_size_error",
    "message": "the request exceeds the available context size", "n_ctx": 300,
    "n_prompt_tokens": 310}}"#;
const OPENAI: &str = r#"{"error": {"code": "context_length_exceeded", "message": "This model's
    maximum context length is 300 tokens. However, your messages resulted in 310 tokens."}}"#;

/// Four turns of 75 tokens each, then what a test does.
fn four_turns(further: Vec<Script>) -> (Saylog, Server) {
    let mut scripts: Vec<Script> = (0..4).map(|_| fine()).collect();
    scripts.extend(further);
    let server = Server::new(scripts);
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
    let transcript: String = (0..4).map(|number| text(number) + "\n").collect();
    let outcome = feed(saylog.command(), format!("/start\n{transcript}").as_bytes());
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    for _ in 0..4 {
        server.request();
    }
    (saylog, server)
}

const TOLD: &str = "`m1` takes 300 tokens, as its endpoint says\n\
                    it was sent too much; the question is asked again with fewer turns before it\n";

#[test]
fn the_question_is_asked_again_with_what_fits() {
    for refusal in [LLAMA, OPENAI] {
        let (saylog, server) = four_turns(vec![too_long(refusal), fine(), fine()]);
        let outcome = saylog.run(&["--resume", "-c", "five"]);
        check(&outcome, "fine\n", TOLD, 0);
        assert_eq!(server.request().messages().len(), 9);
        let sent = server.request().messages();
        assert!(sent.len() < 9 && sent.len() > 1, "{sent:?}");
        assert_eq!(sent.last().map(String::as_str), Some("user: five"));
        // The reply records what it was sent, and the store what fits.
        let shown = saylog.run(&["--resume", "-c", "/context at #10"]).stdout;
        assert_eq!(shown.lines().count(), sent.len() + 1, "{shown}");
        let outcome = saylog.run(&["--resume", "-c", "six"]);
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("fine\n", 0));
        assert!(
            outcome
                .stderr
                .starts_with("the context no longer fits the model's window: "),
            "{}",
            outcome.stderr
        );
        let sent = server.request().messages();
        assert!(sent.len() < 9, "{sent:?}");
        let shown = saylog.run(&["--resume", "-c", "/context"]).stdout;
        assert!(shown.contains(" of 300 tokens ("), "{shown}");
        let shown = saylog.run(&["--resume", "-c", "/set window"]).stdout;
        assert_eq!(shown, "window 300 learned\n");
    }
}

#[test]
fn it_is_asked_again_at_most_twice() {
    let refusals = (0..5).map(|_| too_long(LLAMA)).collect();
    let (saylog, server) = four_turns(refusals);
    let outcome = saylog.run(&["--resume", "-c", "five"]);
    assert_eq!(outcome.code, 1);
    let last = outcome.stderr.lines().last().expect("an error");
    assert!(
        last.starts_with("-c:1: the context is too long for the model (400): ")
            && last.ends_with(
                " (asked 3 times); `/compact` shortens it, `/clear` empties it; then `/retry`"
            ),
        "{last}"
    );
    let mut lengths = Vec::new();
    while let Some(request) = server.asked() {
        lengths.push(request.messages().len());
    }
    assert_eq!(lengths.len(), 3, "{lengths:?}");
    assert!(lengths.is_sorted_by(|a, b| a > b), "{lengths:?}");
}

#[test]
fn what_is_configured_is_never_raised_and_nothing_is_under_256() {
    let (saylog, server) = four_turns(vec![too_long(LLAMA), fine(), fine(), fine()]);
    saylog.run(&["--resume", "-c", "five"]);
    let of = |window: &str| {
        let outcome = saylog.run(&["--resume", "--window", window, "-c", "/context"]);
        outcome.stdout
    };
    // Whoever sets it anew knows better, until the endpoint says so again.
    assert!(of("280").contains(" of 280 tokens ("));
    assert!(of("4000").contains(" of 4000 tokens ("));
    for _ in 0..2 {
        server.request();
    }
    let (saylog, server) = four_turns(vec![too_long(LLAMA), fine(), fine()]);
    let outcome = saylog.run(&["--resume", "--window", "4000", "-c", "five"]);
    check(&outcome, "fine\n", TOLD, 0);
    let outcome = saylog.run(&["--resume", "--window", "4000", "-c", "/context"]);
    assert!(
        outcome.stdout.contains(" of 300 tokens ("),
        "{}",
        outcome.stdout
    );
    let set = "/set window\n/set window 300\n/set window 350\n/set window\n";
    let mut shown = saylog.command();
    shown.args(["--window", "4000"]);
    let shown = feed(shown, set.as_bytes()).stdout;
    assert_eq!(
        shown,
        "window 300 learned\n`window` of m1 is 300 already.\n\
         `window` of m1 is 350 for this run.\nwindow 350 /set\n"
    );
    for _ in 0..2 {
        server.request();
    }

    let tiny = LLAMA.replace("300", "20");
    let server = Server::new(vec![too_long(Box::leak(tiny.into_boxed_str()))]);
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
    let outcome = feed(saylog.command(), b"/start\nhello\n/context\n");
    assert!(
        outcome
            .stderr
            .starts_with("`m1` takes 256 tokens, as its endpoint says\n"),
        "{}",
        outcome.stderr
    );
    assert!(
        outcome.stdout.contains(" of 256 tokens ("),
        "{}",
        outcome.stdout
    );
}

#[test]
fn several_at_once_learn_too() {
    let (saylog, server) = four_turns(vec![too_long(LLAMA), fine()]);
    let outcome = saylog.run(&["--resume", "-c", "/each alice five"]);
    let told: String = TOLD
        .lines()
        .map(|line| format!("alice: {line}\n"))
        .collect();
    assert_eq!((outcome.stderr.as_str(), outcome.code), (told.as_str(), 0));
    assert!(outcome.stdout.ends_with("ai: fine\n"), "{}", outcome.stdout);
    assert_eq!(server.request().messages().len(), 9);
    assert!(server.request().messages().len() < 9);
}

#[test]
fn a_message_that_is_too_large_by_itself_is_told_before_it_is_sent() {
    let server = Server::new(vec![fine(), fine()]);
    let saylog = Saylog::new().with(&["--model", "m1", "--base-url", &server.base()]);
    let long = "word ".repeat(400);
    let mut command = saylog.command();
    command.args(["--window", "300"]);
    let outcome = feed(
        command,
        format!("/start\n{long}\n/each alice {long}\n").as_bytes(),
    );
    let told = "the message is about 504 tokens long, and `m1` takes 300: it may be refused\n";
    let left_out = "the context no longer fits the model's window: the 2 oldest of 2 messages are \
                    left out; `/context` shows what it sees\n";
    let alices = format!("alice: {left_out}alice: {told}");
    assert_eq!(outcome.stderr, format!("{told}{alices}"));
    assert!(
        outcome.stdout.starts_with(&format!("{STARTED}fine\n")),
        "{}",
        outcome.stdout
    );
    assert_eq!(outcome.code, 0);
}

#[test]
fn what_a_reply_may_take_is_left_for_it() {
    let (saylog, server) = four_turns(vec![fine()]);
    let arguments = [
        "--resume",
        "--window",
        "600",
        "--parameter",
        "max_tokens=350",
        "-c",
        "five",
    ];
    let outcome = saylog.run(&arguments);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("fine\n", 0));
    // Of 600 tokens 450 could be sent without that, which is all of them.
    assert_eq!(server.request().messages().len(), 7);
}
