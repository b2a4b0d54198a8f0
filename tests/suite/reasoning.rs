//! How it is said how much is shown of what a model thinks.

use crate::support::run::{MOCK, Saylog, check, configured, feed};

/// A question to a program with `SAYLOG_REASONING` set to this.
fn asked_with(saylog: &Saylog, reasoning: &str, arguments: &[&str]) -> (String, String, i32) {
    let mut command = saylog.command();
    command.env("SAYLOG_REASONING", reasoning).args(arguments);
    command.arg("hello");
    let outcome = feed(command, b"");
    (outcome.stdout, outcome.stderr, outcome.code)
}

#[test]
fn flag_variable_and_file_take_the_same_three_words() {
    for word in ["show", "fold", "hide"] {
        let saylog = configured(&format!("reasoning = \"{word}\"\n"));
        check(&saylog.run(&["hello"]), MOCK, "", 0);
        check(&saylog.run(&["--reasoning", word, "hello"]), MOCK, "", 0);
        let (stdout, stderr, code) = asked_with(&saylog, word, &[]);
        assert_eq!((stdout.as_str(), stderr.as_str(), code), (MOCK, "", 0));
    }
}

#[test]
fn another_word_is_refused() {
    let saylog = Saylog::new();
    let (stdout, stderr, code) = asked_with(&saylog, "all", &[]);
    let sentence = "saylog: SAYLOG_REASONING: unknown value `all`; one of show, fold, hide\n";
    assert_eq!((stdout.as_str(), stderr.as_str(), code), ("", sentence, 2));
    // A flag comes before the variable.
    let (stdout, stderr, code) = asked_with(&saylog, "all", &["--reasoning", "hide"]);
    assert_eq!((stdout.as_str(), stderr.as_str(), code), (MOCK, "", 0));
    let outcome = saylog.run(&["--reasoning", "all", "hello"]);
    assert!(
        outcome
            .stderr
            .starts_with("error: invalid value 'all' for '--reasoning <HOW>'"),
        "{}",
        outcome.stderr
    );
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 2));
    let outcome = configured("reasoning = \"all\"\n").run(&["hello"]);
    let place = "/.config/saylog/config.toml:1: `reasoning`: unknown variant `all`";
    assert!(outcome.stderr.contains(place), "{}", outcome.stderr);
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
}
