//! Any text can be said: it comes back byte for byte, and causes nothing else.
//!
//! A further way to say a text is a further row of [`WAYS`].

use proptest::prelude::*;

use crate::support::dice::Dice;
use crate::support::events::{events, log};
use crate::support::run::{Outcome, Saylog, echoing, feed};

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

const WAYS: [Way; 4] = [
    Way {
        name: "a question",
        say: |saylog, text| run(saylog, &["--", text], ""),
        text: |message| message,
        events: &["start", "reply"],
    },
    Way {
        name: "a pipe beside a question",
        say: |saylog, text| run(saylog, &["what is this?"], text),
        text: |message| {
            fenced(
                message
                    .strip_prefix("what is this?\n\n")
                    .expect("the question"),
            )
        },
        events: &["start", "reply"],
    },
    Way {
        name: "a pipe beside -c",
        say: |saylog, text| run(saylog, &["-c", "//x", "-c", "/user"], text),
        text: |message| fenced(message.strip_prefix("/x\n\n").expect("the question")),
        events: &["start", "reply", "user"],
    },
    Way {
        name: "all of standard input",
        say: |saylog, text| run(saylog, &["-"], text),
        text: |message| message,
        events: &["start", "reply"],
    },
];

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

/// What stands in a fence.
fn fenced(text: &str) -> &str {
    let ticks = text.bytes().take_while(|&byte| byte == b'`').count();
    assert!(ticks >= 3, "{text:?}");
    let fence = &text[..ticks];
    text.strip_prefix(fence)
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
