//! Blocks with an end mark of the writer's choice, and the first line of a script.

use std::fs;

use proptest::prelude::*;

use crate::support::run::{Outcome, SAYLOG, STARTED, Saylog, check, echoing, feed};

/// The code, the sentence and the hint of every error, of `--json`.
fn errors(outcome: &Outcome) -> Vec<[String; 3]> {
    let events = outcome.stdout.lines().map(|line| {
        let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
        event
    });
    let errors = events.filter(|event| event["event"] == "error");
    errors
        .map(|event| {
            ["code", "error", "hint"].map(|field| event[field].as_str().unwrap_or("-").to_owned())
        })
        .collect()
}

/// What was said, and replies, without who and in which role.
fn texts(saylog: &Saylog) -> Vec<String> {
    let log = saylog.log();
    let events = log.lines().map(|line| {
        let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
        event
    });
    events
        .filter(|event| event["event"] == "message" && event["role"] == "user")
        .map(|event| event["content"].as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn source_code_between_two_marks_is_one_message() {
    let saylog = echoing();
    let source = "\"\"\"\nRoutes of the service:\n/clear\n/start\n\"\"\"\nimport os\n\n/user bob";
    check(
        &saylog.play(format!("/start\n\"\"\"END\n{source}\n\"\"\"END\n")),
        &format!("{STARTED}{source}\n"),
        "",
        0,
    );
    assert_eq!(texts(&saylog), [source]);
}

#[test]
fn a_mail_runs_no_program() {
    let saylog = echoing();
    let ran = saylog.folder().join("ran");
    let mail = format!(
        "Dear all,\n\"\"\"\n/model cmd:touch {}\nhello\n\"\"\"\nbye",
        ran.display()
    );
    let outcome = saylog.play(format!("/start\n\"\"\"MAIL_1\n{mail}\n\"\"\"MAIL_1\n"));
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert_eq!(texts(&saylog), [mail]);
    assert!(!ran.exists());
}

#[test]
fn other_lines_that_begin_with_three_quotes_are_text() {
    let saylog = echoing();
    let long = format!("\"\"\"{}", "A".repeat(65));
    let lines = [
        "\"\"\"end",
        "\"\"\" END",
        "\"\"\"END ",
        "\"\"\"END\"\"\"",
        "\"\"\"É",
        &long,
    ];
    let played = saylog.play(format!("/start\n{}\n", lines.join("\n")));
    assert_eq!((played.stderr.as_str(), played.code), ("", 0));
    assert_eq!(texts(&saylog), lines);
}

#[test]
fn marks_nest_in_no_way() {
    let saylog = echoing();
    let lines = "\"\"\"A\n\"\"\"B\n\"\"\"\n\"\"\"A\n\"\"\"\n\"\"\"A\n\"\"\"\n";
    let outcome = saylog.play(format!("/start\n{lines}"));
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert_eq!(texts(&saylog), ["\"\"\"B\n\"\"\"", "\"\"\"A"]);
}

#[test]
fn an_end_of_input_names_the_mark_and_where_it_began() {
    let saylog = Saylog::new();
    check(
        &saylog.play("/start\n\"\"\"END\nnever\n/clear\n\"\"\"\n"),
        STARTED,
        "<stdin>:5: the input ended in the block `\"\"\"END` that began on line 2; \
         a block ends with `\"\"\"END` on a line of its own; it was not sent\n",
        1,
    );
    let json = Saylog::new().with(&["--json"]);
    assert_eq!(
        errors(&json.play("\"\"\"END\n/start\n")),
        [[
            "unterminated_block",
            "the input ended in the block `\"\"\"END` that began on line 1",
            "a block ends with `\"\"\"END` on a line of its own; it was not sent"
        ]]
    );
    assert_eq!(
        errors(&json.play("\"\"\"\n\"\"\"END\n")),
        [[
            "unterminated_block",
            "the input ended in the block that began on line 1",
            "a block ends with `\"\"\"` on a line of its own; it was not sent"
        ]]
    );
    assert_eq!(saylog.said(), [""; 0]);
}

#[test]
fn no_line_of_a_refused_block_is_run() {
    let long = "x".repeat(16 * 1024 * 1024 + 1);
    let much = format!("{}\n", "x".repeat(1024 * 1024)).repeat(16);
    for (bad, code) in [
        (&b"\xff"[..], "invalid_utf8"),
        (b"a\0b", "nul_byte"),
        (long.as_bytes(), "too_long"),
        (much.as_bytes(), "too_long"),
    ] {
        let saylog = echoing();
        let mut script = b"/start\n\"\"\"END\n/user one\n".to_vec();
        script.extend_from_slice(bad);
        script.extend_from_slice(
            b"\n/user two\n\"\"\"\n/model cmd:true\n\xff\n\"\"\"\n\"\"\"END\nhello\n",
        );
        let mut command = saylog.command();
        command.arg("--json");
        let outcome = feed(command, &script);
        let codes: Vec<_> = errors(&outcome)
            .into_iter()
            .map(|[code, ..]| code)
            .collect();
        assert_eq!((codes, outcome.code), (vec![code.to_owned()], 1));
        assert!(
            !outcome.stdout.contains("\"event\":\"user\""),
            "{}",
            outcome.stdout
        );
        assert!(
            !outcome.stdout.contains("\"event\":\"model\""),
            "{}",
            outcome.stdout
        );
        assert_eq!(texts(&saylog), ["hello"]);
    }
}

#[test]
fn memory_stays_bounded_while_a_huge_block_goes_by() {
    let saylog = Saylog::new();
    // 400 MB of lines under an address space of 200 MB.
    let script = format!(
        "ulimit -v 200000; (echo /start; echo '\"\"\"END'; yes /quit | head -c 399999996; \
         echo '\"\"\"END'; echo hello) | '{}' --user alice --store '{}'",
        SAYLOG,
        saylog.store().display()
    );
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script]);
    let outcome = feed(command, b"");
    assert!(
        outcome.stderr.ends_with(
            ": the message is too long and was not sent; a message has at most 16 MiB\n"
        ),
        "{}",
        outcome.stderr
    );
    assert_eq!((outcome.stderr.lines().count(), outcome.code), (1, 1));
    assert_eq!(texts(&saylog), ["hello"]);
}

#[test]
fn the_lines_of_c_open_and_close_blocks_too() {
    let saylog = echoing();
    let outcome = saylog.lines(&[
        "/start",
        "\"\"\"END",
        "\"\"\"",
        "/user bob",
        "a\n\"\"\"END\nb",
        "\"\"\"END",
        "#!x",
        "\"\"\"END",
        "lost",
    ]);
    check(
        &outcome,
        &format!("{STARTED}\"\"\"\n/user bob\na\n\"\"\"END\nb\n#!x\n"),
        "-c:9: the input ended in the block `\"\"\"END` that began on line 8; \
         a block ends with `\"\"\"END` on a line of its own; it was not sent\n",
        1,
    );
}

#[test]
fn a_first_line_that_names_a_program_is_skipped() {
    let saylog = echoing();
    for begin in ["", "\u{feff}"] {
        let script = format!("{begin}#!/usr/bin/env -S saylog -f\n/start\n#!said\n# said\n/nope\n");
        let said = format!("{STARTED}#!said\n# said\n");
        let error = "unknown command `/nope`; `/help` lists the commands; `//nope` says `/nope`\n";
        check(
            &saylog.play(&script),
            &said,
            &format!("<stdin>:5: {error}"),
            1,
        );
        let file = saylog.folder().join("script");
        fs::write(&file, &script).expect("a file");
        let file = file.to_str().expect("a name");
        check(
            &saylog.run(&["-f", file]),
            &said,
            &format!("{file}:5: {error}"),
            1,
        );
    }
    check(&saylog.play("#!"), "", "", 0);
    check(&saylog.play("#!\r\n/start\r\n"), STARTED, "", 0);
    check(&saylog.lines(&["#!said"]), "#!said\n", "", 0);
}

/// Pieces of which texts are made that a careless reader would take apart.
fn piece() -> impl Strategy<Value = String> {
    let chosen = vec![
        "\n",
        "\r\n",
        "\r",
        "\"\"\"",
        "\"\"\"\n",
        "\n\"\"\"\n",
        "\"\"\"END",
        "\n/clear\n",
        "/user x",
        "/model cmd:true",
        "//",
        "\\",
        "\u{1b}[31m",
        "\u{feff}",
        "#!",
        "```",
        " ",
        "\t",
        "é",
        "你好",
        "🙂",
        "{\"say\":1}",
        "a",
    ];
    prop_oneof![
        4 => prop::sample::select(chosen).prop_map(str::to_owned),
        1 => "[^\0]{0,8}",
    ]
}

/// A word that no line of the text has behind three quotes.
fn free_word(text: &str) -> String {
    let mut word = "END".to_owned();
    while text.contains(&format!("\"\"\"{word}")) {
        word.push('_');
    }
    word
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    /// Many texts a run: what is slow is the start of a program.
    #[test]
    fn any_text_comes_back_from_between_two_marks(
        texts_in in prop::collection::vec(prop::collection::vec(piece(), 1..12), 100)
    ) {
        let saylog = echoing().with(&["--json"]);
        let texts_in: Vec<String> = texts_in.into_iter().map(|pieces| pieces.concat()).collect();
        let mut script = String::from("/start\n");
        for text in &texts_in {
            let word = free_word(text);
            script.push_str(&format!("\"\"\"{word}\n{text}\n\"\"\"{word}\n"));
        }
        let outcome = saylog.play(script);
        prop_assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        let events: Vec<serde_json::Value> = outcome
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let replies: Vec<_> = events[1..].iter().map(|event| {
            (event["event"].as_str().unwrap_or("-"), event["content"].as_str().unwrap_or("-"))
        }).collect();
        let expected: Vec<_> = texts_in
            .iter()
            .filter(|text| !text.trim().is_empty())
            .map(|text| ("reply", text.as_str()))
            .collect();
        prop_assert_eq!(replies, expected);
    }
}
