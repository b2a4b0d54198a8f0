//! `/info`: with what a person works.

use serde_json::json;

use crate::support::events::events;
use crate::support::run::{MOCK, STARTED, Saylog, check, configured};

/// What holds in every run of these tests.
fn begin(saylog: &Saylog, configuration: &str) -> String {
    let outcome = saylog.run(&["--json", "-c", "/info"]);
    let info = events(&outcome.stdout).remove(0);
    let engine = info["engine"].as_str().expect("a word").to_owned();
    assert!(engine.starts_with("SQLite 3."), "{engine}");
    let store = std::path::absolute(saylog.store()).expect("a path");
    format!(
        "version: saylog {} ({engine}, schema {})\nstore: {}\nconfiguration: {configuration}\n",
        env!("CARGO_PKG_VERSION"),
        info["schema"],
        store.display()
    )
}

#[test]
fn it_says_where_everything_is() {
    let saylog = Saylog::new();
    let head = begin(&saylog, "none");
    let nothing = "user: alice\nsession: none\ntitle: none\npersona: none\nmodel: mock\n\
                   endpoint: none\nwindow: 8192 tokens\n";
    check(
        &saylog.lines(&["/info"]),
        &format!("{head}{nothing}"),
        "",
        0,
    );
    let saylog = saylog.with(&[
        "--model",
        "m1",
        "--base-url",
        "http://127.0.0.1:9/v1?k=s3cret",
    ]);
    let outcome = saylog.lines(&["/start a\u{202e}b", "/info"]);
    let id = saylog.stored().row::<String>("SELECT uuid FROM sessions");
    let told = format!(
        "{STARTED}{head}user: alice\nsession: {id}\ntitle: a\\u{{202e}}b\npersona: none\n\
         model: m1\nendpoint: 127.0.0.1:9/v1\nwindow: 8192 tokens\n"
    );
    check(&outcome, &told, "", 0);
}

#[test]
fn the_configuration_is_named_that_was_read() {
    let saylog = configured("[personas.critic]\nsystem = \"No.\"\n");
    let outcome = saylog.lines(&["/start --as critic", "hello", "/info"]);
    let file = saylog.folder().join(".config/saylog/config.toml");
    let named = format!("\nconfiguration: {}\nuser: alice\n", file.display());
    assert!(
        outcome
            .stdout
            .starts_with(&format!("{STARTED}{MOCK}version: "))
    );
    assert!(outcome.stdout.contains(&named), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("\npersona: critic\nmodel: mock\n"));
    let outcome = saylog.run(&["--no-config", "--json", "-c", "/info"]);
    let mut info = events(&outcome.stdout).remove(0);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(info["version"].take(), json!(version));
    let store = std::path::absolute(saylog.store()).expect("a path");
    assert_eq!(info["store"].take(), json!(store));
    assert!(info["engine"].take().is_string() && info["schema"].take().is_u64());
    assert_eq!(
        info,
        json!({
            "event": "info", "line": 1, "user_id": "alice", "session_id": null, "title": null,
            "persona": null, "model": "mock", "endpoint": null, "window": 8192,
            "store": null, "engine": null, "schema": null, "configuration": null, "version": null
        })
    );
}

#[test]
fn the_window_is_that_of_set_and_context() {
    let server = Saylog::new().with(&["--base-url", "http://127.0.0.1:9/v1"]);
    let mocked = Saylog::new();
    for (saylog, model) in [(mocked, "mock"), (server, "m1")] {
        let saylog = saylog.with(&["-m", model]);
        let lines = ["/set window", "/info", "/set window 1000", "/info"];
        let told = saylog.lines(&lines).stdout;
        let windows: Vec<_> = told.lines().filter(|row| row.contains("window")).collect();
        assert_eq!(
            windows[..2],
            ["window 8192 default", "window: 8192 tokens"],
            "{model}"
        );
        assert_eq!(windows[3], "window: 1000 tokens", "{model}");
        let told = saylog
            .lines(&["/start", "/set window 1000", "/context"])
            .stdout;
        assert!(
            told.ends_with("0 messages, 0 of 1000 tokens (0 %)\n"),
            "{told}"
        );
    }
}

#[test]
fn it_takes_no_argument() {
    let outcome = Saylog::new().lines(&["/info all"]);
    let sentence = "-c:1: `/info` takes no argument, not `all`; type `/info` alone\n";
    check(&outcome, "", sentence, 1);
}
