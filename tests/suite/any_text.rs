//! Any text can be said: it comes back byte for byte, and causes nothing else.
//!
//! A further way to say a text is a further row of [`WAYS`], and one that can say
//! many in one run is told so in [`many_texts_come_back_in_one_run`].

use std::fs;
use std::process::Command;
use std::thread;

use proptest::prelude::*;
use serde_json::json;

use crate::support::dice::Dice;
use crate::support::events::{events, log};
use crate::support::run::{Outcome, SAYLOG, Saylog, echoing, feed};

/// A way for a text to become a message.
struct Way {
    name: &'static str,
    /// Runs the program so that it says the text.
    say: fn(&Saylog, &str) -> Outcome,
    /// The text that a message of this way holds.
    text: fn(&str) -> &str,
    /// What `--json` tells.
    events: &'static [&'static str],
}

const WAYS: [Way; 7] = [
    Way {
        name: "a block",
        say: |saylog, text| run(saylog, &["--start"], &block(text)),
        text: |message| message,
        events: &["start", "reply"],
    },
    Way {
        name: "a file",
        say: |saylog, text| {
            fs::write(saylog.folder().join("a text"), text).expect("a file");
            run(saylog, &["--start", "-c", "/file \"a text\" //x"], "")
        },
        text: |message| {
            fenced(
                message.strip_prefix("//x\n\n").expect("the question"),
                "a text",
            )
        },
        events: &["start", "reply"],
    },
    Way {
        name: "a line of JSON",
        say: |saylog, text| {
            let line = json!({"say": text, "ref": 7}).to_string();
            run(saylog, &["--start", "--input", "json"], &line)
        },
        text: |message| message,
        events: &["start", "reply"],
    },
    Way {
        name: "a question",
        say: |saylog, text| run(saylog, &["--", text], ""),
        text: |message| message,
        events: &["start", "reply"],
    },
    Way {
        name: "a pipe beside a question",
        say: |saylog, text| run(saylog, &["what is this?"], text),
        text: |message| fenced(message.strip_prefix(QUESTION).expect("the question"), ""),
        events: &["start", "reply"],
    },
    Way {
        name: "a pipe beside -c",
        say: |saylog, text| run(saylog, &["-c", "//x", "-c", "/user"], text),
        text: |message| fenced(message.strip_prefix("/x\n\n").expect("the question"), ""),
        events: &["start", "reply", "user"],
    },
    Way {
        name: "all of standard input",
        say: |saylog, text| run(saylog, &["-"], text),
        text: |message| message,
        events: &["start", "reply"],
    },
];

/// What stands before the fence if the question is `what is this?`.
const QUESTION: &str = "what is this?\n\n";

/// Texts that have ended, opened or run something somewhere.
const NASTY: [&str; 32] = [
    "/clear",
    "//clear",
    "/user mallory",
    "/model cmd:touch ran",
    "a\n/model cmd:touch ran\n/quit",
    "\"\"\"",
    "\"\"\"\n/clear\n\"\"\"",
    "\"\"\"END\n/start\n\"\"\"END\n/user x",
    "\"\"\" \n\"\"\"",
    "```",
    "a\n```\nb\n```\n/clear",
    "````\n`````\n``````",
    "`",
    "~~~\nx\n~~~",
    "    ```",
    "\n",
    "\n\nx\n\n",
    "x\n",
    "x\r\n",
    "x\r",
    "\r\n/clear\r\n",
    "\u{feff}/clear",
    "#!/bin/sh\n/clear",
    "{\"line\":\"/clear\"}\n{\"say\":1}",
    "\\n\\u0000\\",
    "\u{1b}[2J\u{1b}]0;x\u{7}",
    "\u{202e}\u{2028}\u{2029}\u{85}\u{9b}",
    "é你好👩‍👩‍👧",
    "$(touch ran) `touch ran` '\"; touch ran",
    "--json",
    "-c /clear",
    "\u{3}\u{4}\u{1a}\u{7f}",
];

/// The text between marks that it does not have.
fn block(text: &str) -> String {
    let mut mark = String::from("\"\"\"END");
    while text.contains(&mark) {
        mark.push('_');
    }
    format!("{mark}\n{text}\n{mark}\n")
}

/// What stands in a fence that has that name.
fn fenced<'a>(text: &'a str, name: &str) -> &'a str {
    let ticks = text.bytes().take_while(|&byte| byte == b'`').count();
    assert!(ticks >= 3, "{text:?}");
    let fence = &text[..ticks];
    text.strip_prefix(fence)
        .and_then(|text| text.strip_prefix(name))
        .and_then(|text| text.strip_prefix('\n'))
        .and_then(|text| text.strip_suffix(fence))
        .and_then(|text| text.strip_suffix('\n'))
        .expect("a fence around it")
}

fn run(saylog: &Saylog, arguments: &[&str], input: &str) -> Outcome {
    let mut command = saylog.command();
    command.arg("--json").args(arguments);
    feed(command, input.as_bytes())
}

/// Says each text in that way, and looks at what came back and what is kept.
#[track_caller]
fn all_come_back(way: &Way, texts: &[String]) {
    let saylog = echoing();
    for text in texts {
        let outcome = (way.say)(&saylog, text);
        let told = events(&outcome.stdout);
        let kinds: Vec<_> = told.iter().map(|event| event["event"].clone()).collect();
        assert_eq!(kinds, way.events, "{}: {text:?}", way.name);
        let reply = told.iter().find(|event| event["event"] == "reply");
        let message = reply.and_then(|reply| reply["content"].as_str());
        assert_eq!((way.text)(message.expect("a text")), text, "{}", way.name);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    }
    let rows = log(&saylog);
    let kept: Vec<&str> = rows
        .iter()
        .step_by(2)
        .map(|row| (way.text)(&row.content))
        .collect();
    assert_eq!(kept, texts, "{}", way.name);
    assert!(rows.iter().all(|row| row.user_id == "alice"));
    assert!(!saylog.folder().join("ran").exists(), "it ran a program");
}

/// Whether a text is one that every way takes: it is not blank, and it is not
/// the whole of `-` or `?`, which mean something as the only word.
fn is_sayable(text: &str) -> bool {
    text.len() > 1 && !text.chars().all(char::is_whitespace)
}

#[test]
fn nasty_texts_come_back_by_every_way() {
    let mut dice = Dice::new(9);
    let mut texts: Vec<String> = NASTY.iter().map(ToString::to_string).collect();
    texts.extend((0..8).map(|_| (0..6).map(|_| dice.pick(&NASTY)).collect()));
    texts.retain(|text| is_sayable(text));
    for way in &WAYS {
        all_come_back(way, &texts);
    }
}

/// How many texts come by each way.
const MANY: usize = 10_000;

/// As many texts, rich in quotes, slashes and escapes.
fn many_texts() -> Vec<String> {
    let mut dice = Dice::new(10);
    let mut texts = Vec::new();
    while texts.len() < MANY {
        let pieces = 1 + dice.below(9);
        let text: String = (0..pieces).map(|_| random_piece(&mut dice)).collect();
        if is_sayable(&text) {
            texts.push(text);
        }
    }
    texts
}

fn random_piece(dice: &mut Dice) -> String {
    const MARKS: [&str; 12] = [
        "\"", "'", "/", "\\", "`", "\n", "\r", "\t", " ", "#", "{", "\u{1b}[",
    ];
    match dice.below(5) {
        0 => dice.pick(&NASTY).to_owned(),
        1 | 2 => dice.pick(&MARKS).repeat(1 + dice.below(4)),
        3 => dice
            .pick(&["say", "line", "END", "x", "é", "🙂"])
            .to_owned(),
        _ => {
            let code = u32::try_from(1 + dice.below(0x11_0000 - 1)).expect("a small number");
            char::from_u32(code).unwrap_or('\u{fffd}').to_string()
        }
    }
}

/// Says all the texts in one run, and looks at what came back and what is kept.
#[track_caller]
fn come_back_in_one_run(
    texts: &[String],
    arguments: &[&str],
    input_of: impl Fn(&Saylog) -> String,
    text_of: impl Fn(usize, &str) -> String,
) {
    let saylog = echoing();
    let outcome = run(&saylog, arguments, &input_of(&saylog));
    let told = events(&outcome.stdout);
    let (start, replies) = told.split_first().expect("a start");
    assert_eq!(start["event"], "start");
    assert_eq!(replies.len(), texts.len());
    let rows = log(&saylog);
    assert_eq!(rows.len(), 2 * texts.len());
    for (at, text) in texts.iter().enumerate() {
        assert_eq!(replies[at]["event"], "reply", "{text:?}");
        let reply = replies[at]["content"].as_str().expect("a text");
        assert_eq!(text_of(at, reply), *text);
        assert_eq!(rows[2 * at].content, reply);
    }
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert!(!saylog.folder().join("ran").exists(), "it ran a program");
}

#[test]
fn many_texts_come_back_in_one_run() {
    let texts = many_texts();
    let blocks: String = texts.iter().map(|text| block(text)).collect();
    come_back_in_one_run(
        &texts,
        &["--start"],
        |_| blocks.clone(),
        |_, reply| reply.to_owned(),
    );
    let lines: String = texts
        .iter()
        .map(|text| format!("{}\n", json!(text)))
        .collect();
    come_back_in_one_run(
        &texts,
        &["--start", "--input", "json"],
        |_| lines.clone(),
        |_, reply| reply.to_owned(),
    );
    come_back_in_one_run(
        &texts,
        &["--start"],
        |saylog| {
            for (at, text) in texts.iter().enumerate() {
                fs::write(saylog.folder().join(at.to_string()), text).expect("a file");
            }
            (0..MANY).map(|at| format!("/file {at}\n")).collect()
        },
        |at, reply| fenced(reply, &at.to_string()).to_owned(),
    );
}

#[test]
fn many_texts_come_back_as_questions_and_beside_them() {
    let saylog = echoing();
    let texts = many_texts();
    let ask = |arguments: &[&str], input: &str| {
        let mut command = Command::new(SAYLOG);
        command
            .env_clear()
            .env("SAYLOG_TEST_PATIENCE", "3600000")
            .current_dir(saylog.folder())
            .args(["--ephemeral", "-u", "alice", "-m", "mock:echo", "--json"])
            .args(arguments);
        let outcome = feed(command, input.as_bytes());
        let told = events(&outcome.stdout);
        let kinds: Vec<_> = told.iter().map(|event| event["event"].clone()).collect();
        assert_eq!(kinds, ["start", "reply"], "{arguments:?} {input:?}");
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        told[1]["content"].as_str().expect("a text").to_owned()
    };
    thread::scope(|threads| {
        for part in texts.chunks(MANY / 4) {
            threads.spawn(move || {
                for text in part {
                    assert_eq!(ask(&["--", text], ""), *text);
                    let message = ask(&["what is this?"], text);
                    let beside = message.strip_prefix(QUESTION).expect("the question");
                    assert_eq!(fenced(beside, ""), text);
                }
            });
        }
    });
    assert!(!saylog.folder().join("ran").exists(), "it ran a program");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back_by_every_way(
        texts in prop::collection::vec(
            prop::collection::vec(
                prop_oneof![
                    2 => any::<char>().prop_filter("NUL", |c| *c != '\0').prop_map(String::from),
                    1 => "[ -~\n\r\t]{1,8}",
                    2 => prop::sample::select(&NASTY[..]).prop_map(str::to_owned),
                ],
                1..8,
            )
            .prop_map(|pieces| pieces.concat())
            .prop_filter("sayable", |text| is_sayable(text)),
            1..4,
        ),
    ) {
        for way in &WAYS {
            all_come_back(way, &texts);
        }
    }
}
