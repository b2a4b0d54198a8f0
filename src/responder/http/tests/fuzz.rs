//! Answers that were changed at random: whatever comes, nothing panics, hangs or
//! grows without end, and no text is lost that a strict reader would show.
//!
//! The answers are those in `tests/suite/streams`. `SAYLOG_FUZZ_SECONDS` says how long
//! it is tried, `SAYLOG_FUZZ_SEED` which numbers it begins with.

// The suite uses what is not used here.
#[allow(dead_code)]
#[path = "../../../../tests/suite/support/dice.rs"]
mod dice;

use std::env;
use std::fs;
use std::io::{self, Read};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use serde_json::Value;

use super::*;
use crate::responder::http::Api;
use crate::responder::http::answer::read_reply;
use crate::responder::http::limits::Limits;
use crate::responder::http::reported_error::ReportedError;
use crate::responder::http::worker::Signal;
use dice::Dice;

/// How long it is tried unless somebody says so.
const SECONDS: u64 = 5;

/// How much is added to an answer at once, at most.
const PASTED_BYTES: usize = 200;

/// What has a meaning somewhere, and is put in at random places.
const TOKENS: [&str; 26] = [
    "\n",
    "\r",
    "\n\n",
    "\r\n\r\n",
    "data: ",
    "event: error\n",
    "error: ",
    ":",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\\ud83d",
    "\\ude00",
    "null",
    "[DONE]",
    "<think>",
    "</think>",
    ",",
    "\u{feff}",
    "data: [DONE]\n\n",
    "\"choices\":",
    "\"content\":\"x\"",
    "\"finish_reason\":\"stop\"",
];

/// Hands out its bytes in pieces of random sizes.
struct Pieces<'a> {
    bytes: &'a [u8],
    dice: Dice,
    largest: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = 1 + self.dice.below(self.largest);
        let count = size.min(self.bytes.len()).min(buffer.len());
        let (now, later) = self.bytes.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/streams");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let corpus: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(!corpus.is_empty());
    corpus
}

/// Changes an answer in one place.
fn change(answer: &mut Vec<u8>, corpus: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(answer.len() + 1);
    let part = |from: &[u8], dice: &mut Dice| {
        let start = dice.below(from.len());
        let length = 1 + dice.below(PASTED_BYTES.min(from.len() - start));
        from[start..start + length].to_vec()
    };
    match dice.below(8) {
        0 if at < answer.len() => answer[at] ^= 1 << dice.below(8),
        1 if at < answer.len() => answer[at] = u8::try_from(dice.below(256)).unwrap(),
        2 => answer.truncate(at),
        3 if at < answer.len() => {
            let count = 1 + dice.below((answer.len() - at).min(PASTED_BYTES));
            answer.drain(at..at + count);
        }
        4 => {
            let other = &corpus[dice.below(corpus.len())];
            let pasted = part(other, dice);
            answer.splice(at..at, pasted);
        }
        5 if !answer.is_empty() => {
            let again = part(answer, dice);
            answer.splice(at..at, again);
        }
        _ => {
            answer.splice(at..at, dice.pick(&TOKENS).bytes());
        }
    }
}

/// What comes of an answer: its text, and what was thought.
fn read(answer: &[u8], api: Api, dice: &mut Dice) -> (String, String) {
    let stream = Pieces {
        bytes: answer,
        largest: dice.pick(&[1, 3, 50, 100_000]),
        dice: Dice::new(dice.below(usize::MAX) as u64),
    };
    // Each read makes three signals at most.
    let (sender, signals) = sync_channel(3 * answer.len() + 3);
    let limits = Limits::default();
    let _ = read_reply(stream, api, &limits, &sender);
    drop(sender);
    let (mut text, mut thought) = (String::new(), String::new());
    for signal in signals {
        match signal {
            Signal::Text(piece) => text.push_str(&piece),
            Signal::Reasoning(piece) => thought.push_str(&piece),
            _ => {}
        }
    }
    (text, thought)
}

/// What a reader shows that keeps to the standard and gives up where anything is odd.
fn strict(answer: &[u8]) -> Vec<String> {
    let mut pieces = Vec::new();
    let Ok(text) = str::from_utf8(answer) else {
        return pieces;
    };
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    // Only what ends with a blank line is an event.
    let whole = text.rfind("\n\n").map_or("", |end| &text[..end]);
    for event in whole.split("\n\n") {
        let mut data = Vec::new();
        for line in event.lines() {
            match line.split_once(':').unwrap_or((line, "")) {
                ("data", value) => data.push(value.strip_prefix(' ').unwrap_or(value)),
                // Comments, and the two fields that say nothing of a text.
                ("" | "id" | "retry", _) => {}
                // Any other may be a field that the reader knows by another
                // spelling (`datA:`), and then what it says comes first.
                _ => return pieces,
            }
        }
        if data.is_empty() {
            continue;
        }
        let Ok(value) = serde_json::from_str::<Value>(&data.join("\n")) else {
            return pieces;
        };
        let choice = &value["choices"][0];
        let is_first = choice["index"].is_null() || choice["index"] == 0;
        let Some(content) = choice["delta"]["content"].as_str().filter(|_| is_first) else {
            return pieces;
        };
        pieces.push(content.to_owned());
        let ends = !choice["error"].is_null() || !value["error"].is_null();
        if ends {
            return pieces;
        }
    }
    pieces
}

/// Whether all of the pieces stand in a text, in their order, blanks aside.
fn stand_in(pieces: &[String], text: &str) -> bool {
    let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let text = bare(text);
    let mut rest = text.as_str();
    pieces.iter().map(|piece| bare(piece)).all(|piece| {
        let found = rest.find(&piece);
        rest = found.map_or("", |at| &rest[at + piece.len()..]);
        found.is_some()
    })
}

#[track_caller]
fn try_one(answer: &[u8], api: Api, dice: &mut Dice) {
    let (text, thought) = read(answer, api, dice);
    let shown = || String::from_utf8_lossy(answer).into_owned();
    // A byte that is no character becomes one of three.
    let room = 3 * answer.len();
    assert!(text.len() + thought.len() <= room, "{}", shown());
    let begins = answer.trim_ascii_start().first();
    if api != Api::Chat || matches!(begins, None | Some(b'{' | b'[' | b'<')) {
        return;
    }
    let pieces = strict(answer);
    let all = pieces.concat();
    let begins = all.trim_start().to_ascii_lowercase();
    if !begins.starts_with("<think") && !"<think".starts_with(&begins) {
        assert!(
            stand_in(&pieces, &text),
            "{pieces:?}\n{text:?}\n{}",
            shown()
        );
    }
}

#[test]
fn the_answers_are_read_alike_in_any_pieces() {
    let mut dice = Dice::new(1);
    for answer in corpus() {
        for api in [Api::Chat, Api::Responses, Api::Anthropic] {
            let whole = read(&answer, api, &mut dice);
            for _ in 0..20 {
                let again = read(&answer, api, &mut dice);
                assert_eq!(again, whole, "{}", String::from_utf8_lossy(&answer));
            }
            try_one(&answer, api, &mut dice);
        }
    }
}

#[test]
fn whatever_comes_is_read_to_its_end() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = number("SAYLOG_FUZZ_SEED").unwrap_or_else(Dice::seed);
    let seconds = number("SAYLOG_FUZZ_SECONDS").unwrap_or(SECONDS);
    let (corpus, mut dice) = (corpus(), Dice::new(seed));
    let mut kept = corpus.clone();
    let until = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < until {
        let chosen = dice.below(kept.len());
        let mut answer = kept[chosen].clone();
        for _ in 0..=dice.below(4) {
            change(&mut answer, &corpus, &mut dice);
        }
        let api = dice.pick(&[Api::Chat, Api::Chat, Api::Responses, Api::Anthropic]);
        let tried = panic::catch_unwind(AssertUnwindSafe(|| {
            try_one(&answer, api, &mut dice);
            // An error's words are looked for in refusals, too.
            let said = ReportedError::in_body(400, &answer);
            let room = 4 * answer.len() + 100;
            assert!(said.words.is_none_or(|words| words.len() <= room));
        }));
        assert!(
            tried.is_ok(),
            "SAYLOG_FUZZ_SEED={seed}: {}",
            String::from_utf8_lossy(&answer)
        );
        // Some go on being changed.
        if dice.one_in(10) && answer.len() < 8 * 1024 {
            let place = corpus.len() + dice.below(500);
            if place < kept.len() {
                kept[place] = answer;
            } else {
                kept.push(answer);
            }
        }
    }
}
