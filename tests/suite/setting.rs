//! `/set` in pipes: what is shown, changed and refused.

use serde_json::{Value, json};

use crate::support::events::events;
use crate::support::run::{MOCK, STARTED, Saylog, asking, check, configured, feed};
use crate::support::server::Server;

/// The rows that these lines tell, as `key value source`.
fn rows(saylog: &Saylog, lines: &[&str]) -> Vec<String> {
    let mut arguments = vec!["--json"];
    arguments.extend(lines.iter().flat_map(|line| ["-c", line]));
    let outcome = saylog.run(&arguments);
    let events = events(&outcome.stdout).into_iter();
    let settings = events.filter(|event| event["event"] == "setting");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    settings
        .map(|it| {
            let words = ["key", "value", "source"].map(|field| text(&it[field]));
            words.join(" ")
        })
        .collect()
}

/// The line is refused with this sentence and hint, and nothing is changed.
#[track_caller]
fn refused(saylog: &Saylog, line: &str, code: &str, kind: &str, sentence: &str, hint: &str) {
    check(
        &saylog.lines(&[line]),
        "",
        &format!("-c:1: {sentence}; {hint}\n"),
        1,
    );
    let outcome = saylog.run(&["--json", "-c", line]);
    let told = events(&outcome.stdout).pop().expect("an error");
    let fields = ["event", "code", "kind", "error", "hint"].map(|field| told[field].clone());
    assert_eq!(fields, ["error", code, kind, sentence, hint]);
}

#[test]
fn every_setting_is_listed_with_its_source() {
    let saylog = Saylog::new();
    let store = std::path::absolute(saylog.store()).expect("a path");
    let told = format!(
        "markdown true default\n\
         reasoning fold default\n\
         verbose false default\n\
         prompt \"{{user}}{{/title:20}}> \" default\n\
         share false default\n\
         keys emacs default\n\
         parallel 16 default\n\
         window 8192 default\n\
         compact off default\n\
         user alice flag fixed\n\
         model mock default fixed\n\
         store {} flag fixed\n",
        store.display()
    );
    check(&saylog.lines(&["/set"]), &told, "", 0);
    let outcome = saylog.run(&["--json", "-c", "/set"]);
    let mut told = events(&outcome.stdout);
    assert_eq!(
        told.pop().expect("an end"),
        json!({"event": "end", "line": 1, "scope": null, "count": 12, "more": false})
    );
    assert_eq!(
        told[7],
        json!({"event": "setting", "line": 1, "key": "window", "value": "8192",
               "source": "default", "origin": null, "model": "mock", "free": true,
               "changed": false, "saved": false, "configuration": null})
    );
    assert_eq!(told[9]["origin"], "--user");
}

#[test]
fn a_flag_comes_before_a_variable_and_that_before_the_file() {
    let saylog = configured(
        "keys = \"vi\"\nreasoning = \"show\"\nparallel = 3\n[models.m]\nbase_url = \"http://localhost:9/v1\"\n\
         window = 10\nretries = 1\nidle = 7\nparameters = { seed = 3 }\nwithout = [\"stream_options\"]\n",
    );
    let mut command = saylog.command();
    command
        .env("SAYLOG_REASONING", "hide")
        .env("SAYLOG_WINDOW", "30")
        .args([
            "--keys",
            "emacs",
            "--timeout",
            "idle=9",
            "-m",
            "m",
            "-c",
            "/set",
        ]);
    let outcome = feed(command, b"");
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    for row in [
        "keys emacs flag\n",
        "reasoning hide environment\n",
        "parallel 3 configuration\n",
        "window 30 environment\n",
        "retries 1 configuration\n",
        "idle 9 flag\n",
        "total 0 default\n",
        "parameters.seed 3 configuration\n",
        "parameters.stream_options null configuration\n",
        "base_url localhost:9/v1 configuration fixed\n",
    ] {
        assert!(outcome.stdout.contains(row), "{row}{}", outcome.stdout);
    }
}

#[test]
fn an_endpoint_of_the_whole_file_is_told_as_its_own_while_it_counts() {
    let saylog = configured(
        "model = \"m\"\nbase_url = \"http://localhost:9/v1\"\nkey_variable = \"KEY\"\n\
         [models.own]\nbase_url = \"http://localhost:8/v1\"\n[models.tabled]\napi = \"responses\"\n",
    );
    for (arguments, rows) in [
        (
            &[
                "-m",
                "tabled",
                "--base-url",
                "http://localhost:7/v1",
                "--key-variable",
                "NONE",
            ][..],
            [
                "base_url localhost:9/v1 configuration fixed\n",
                "api responses configuration fixed\n",
                "key_variable KEY configuration fixed\n",
            ],
        ),
        (
            &[][..],
            [
                "base_url localhost:9/v1 configuration fixed\n",
                "api chat default fixed\n",
                "key_variable KEY configuration fixed\n",
            ],
        ),
        (
            &["-m", "own"],
            [
                "base_url localhost:8/v1 configuration fixed\n",
                "api chat default fixed\n",
                "key_variable - default fixed\n",
            ],
        ),
        (
            &["--base-url", "http://localhost:7/v1"],
            [
                "base_url localhost:7/v1 flag fixed\n",
                "api chat default fixed\n",
                "key_variable - default fixed\n",
            ],
        ),
    ] {
        let mut command = saylog.command();
        command.env("KEY", "test-key-123").args(arguments);
        command.args([
            "-c",
            "/set base_url",
            "-c",
            "/set api",
            "-c",
            "/set key_variable",
        ]);
        let outcome = feed(command, b"");
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        assert_eq!(outcome.stdout, rows.concat(), "{arguments:?}");
    }
}

#[test]
fn nothing_secret_is_shown() {
    let saylog = configured(
        "[models.m]\nbase_url = \"https://example.com/$PART/v1?k=s3cret\"\nkey_variable = \"KEY\"\n\
         headers = { X-A = \"s3cret\" }\nquery = { q = \"s3cret\" }\n\
         proxy = \"http://me:s3cret@proxy:3128\"\nparameters = { api_key = \"s3cret\", nested = { token = \"s3cret\" }, max_tokens = 9, k = \"sk-proj-s3cret-0123456789abcdefgh\" }\n\
         [models.p]\ncommand = [\"answer\", \"s3cret\"]\n",
    );
    let run = |arguments: &[&str]| {
        let mut command = saylog.command();
        command.env("KEY", "s3cret").env("PART", "s3cret");
        command.args(arguments);
        let outcome = feed(command, b"");
        assert!(!outcome.stdout.contains("s3cret"), "{}", outcome.stdout);
        outcome.stdout
    };
    let told = run(&[
        "-m",
        "m",
        "-c",
        "/set",
        "-c",
        "/set proxy",
        "-c",
        "/set headers",
    ]);
    for row in [
        "base_url example.com/$PART/v1 configuration fixed\n",
        "key_variable KEY configuration fixed\n",
        "headers.X-A (hidden) configuration fixed\n",
        "query.q (hidden) configuration fixed\n",
        "proxy http://(hidden)@proxy:3128 configuration fixed\n",
        "parameters.api_key (hidden) configuration\n",
        "parameters.k (hidden) configuration\n",
        "parameters.max_tokens 9 configuration\n",
        "parameters.nested (hidden) configuration\n",
    ] {
        assert!(told.contains(row), "{row}{told}");
    }
    assert!(run(&["-m", "p", "-c", "/set"]).contains("command answer configuration fixed\n"));
    run(&["-m", "m", "--json", "-c", "/set"]);
}

#[test]
fn a_setting_is_changed_for_the_run() {
    let saylog = Saylog::new();
    check(
        &saylog.lines(&[
            "/set verbose true",
            "/set verbose on",
            "/set prompt \"{user}: \"",
            "/set prompt",
            "/set parallel 2",
            "/set keys",
        ]),
        "`verbose` is true for this run; it counts at a terminal.\n\
         `verbose` is true already; it counts at a terminal.\n\
         `prompt` is \"{user}: \" for this run.\n\
         prompt \"{user}: \" /set\n\
         `parallel` is 2 for this run.\n\
         keys emacs default\n",
        "",
        0,
    );
    let outcome = saylog.run(&["--json", "-c", "/set compact auto"]);
    assert_eq!(
        events(&outcome.stdout),
        [
            json!({"event": "setting", "line": 1, "key": "compact", "value": "auto",
                     "source": "/set", "origin": null, "model": "mock", "free": true,
                     "changed": true, "saved": false, "configuration": null})
        ]
    );
    // The next run knows nothing of it.
    assert_eq!(rows(&saylog, &["/set verbose"]), ["verbose false default"]);
}

#[test]
fn tokens_and_seconds_are_told_in_a_script_by_the_flag_alone() {
    let saylog = Saylog::new();
    let lines = ["/start", "/set verbose true", "hello"];
    let told = format!("{STARTED}`verbose` is true for this run; it counts at a terminal.\n{MOCK}");
    check(&saylog.lines(&lines), &told, "", 0);
    let json = saylog.run(&[
        "--json",
        "-c",
        "/start",
        "-c",
        "/set verbose true",
        "-c",
        "hello",
    ]);
    let told: Vec<_> = events(&json.stdout)
        .iter()
        .map(|it| it["event"].clone())
        .collect();
    assert_eq!(told, ["start", "setting", "reply"]);
    // Where the flag says so, `/set` takes it away and brings it back.
    let verbose = saylog.with(&["--verbose"]);
    let outcome = verbose.lines(&[
        "/start",
        "/set verbose false",
        "hello",
        "/set verbose true",
        "hello",
    ]);
    let told = format!(
        "{STARTED}`verbose` is false for this run.\n{MOCK}`verbose` is true for this run.\n{MOCK}"
    );
    assert_eq!((outcome.stdout, outcome.code), (told, 0));
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
}

#[test]
fn what_is_changed_holds_from_the_next_line_on() {
    let saylog = Saylog::new();
    let outcome = saylog.lines(&["/start", "/set window 100", "hello", "/context"]);
    assert!(
        outcome.stdout.contains("of 100 tokens"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn an_endpoint_is_sent_what_was_set_and_other_models_are_not() {
    let server = Server::replying(&["one", "two", "three"]);
    let saylog = asking(&server).with(&["--parameter", "seed=1"]);
    let outcome = saylog.lines(&[
        "/start",
        "/set parameters.temperature 0.5",
        "/set parameters.stop [\"END\"]",
        "/set parameters.effort high",
        "/set parameters.seed null",
        "hello",
        "/model m2",
        "/set parameters.temperature",
        "hello",
        "/model m1",
        "/set parameters.temperature",
        "hello",
    ]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let shown: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(
        shown,
        [
            STARTED.trim_end(),
            "`parameters.temperature` of m1 is 0.5 for this run.",
            "`parameters.stop` of m1 is [\"END\"] for this run.",
            "`parameters.effort` of m1 is \"high\" for this run.",
            "`parameters.seed` of m1 is null for this run.",
            "one",
            "m2",
            "parameters.temperature - default",
            "two",
            "m1",
            "parameters.temperature 0.5 /set",
            "three",
        ]
    );
    for (model, temperature, messages) in [
        ("m1", json!(0.5), 1),
        ("m2", json!(null), 3),
        ("m1", json!(0.5), 5),
    ] {
        let body = server.request().body;
        assert_eq!(body["model"], model);
        assert_eq!(body["temperature"], temperature);
        assert_eq!(
            body["messages"].as_array().expect("messages").len(),
            messages
        );
        let is_first = model == "m1";
        assert_eq!(
            body["stop"],
            if is_first {
                json!(["END"])
            } else {
                json!(null)
            }
        );
        assert_eq!(body["seed"], if is_first { json!(null) } else { json!(1) });
    }
}

#[test]
fn tries_and_time_outs_are_those_that_were_set() {
    let server = Server::refusing("503 Busy", "busy");
    let saylog = asking(&server);
    let outcome = saylog.run(&[
        "--json",
        "-c",
        "/start",
        "-c",
        "/set retries 0",
        "-c",
        "hello",
    ]);
    let error = events(&outcome.stdout).pop().expect("an error");
    assert_eq!(
        (&error["event"], &error["tries"]),
        (&json!("error"), &json!(1))
    );
    assert_eq!(
        rows(
            &saylog,
            &[
                "/set idle 0.5",
                "/set total 90",
                "/set total 0",
                "/set connect"
            ]
        ),
        [
            "idle 0.5 /set",
            "total 90 /set",
            "total 0 /set",
            "connect 15 default"
        ]
    );
}

#[test]
fn what_no_setting_takes_is_told_with_what_it_takes() {
    let saylog = Saylog::new().with(&["--model", "m", "--base-url", "http://localhost:9/v1"]);
    let seconds = "it is a number of seconds; 0 is no limit";
    for (key, typed, hint) in [
        ("keys", "ed", "one of emacs, vi"),
        ("keys", "vim", "did you mean `vi`? one of emacs, vi"),
        (
            "reasoning",
            "fodl",
            "did you mean `fold`? one of show, fold, hide",
        ),
        ("compact", "always", "one of auto, off"),
        ("markdown", "yes", "true or false"),
        ("parallel", "65", "expected a number from 1 to 64"),
        ("parallel", "x", "it is a number from 1 to 64"),
        ("window", "-1", "it is a number of tokens from 1 on"),
        ("window", "0", "it is a number of tokens from 1 on"),
        ("retries", "many", "it is a number of tries"),
        ("idle", "soon", seconds),
        ("total", "-1", seconds),
        (
            "prompt",
            "{user",
            "the brace at column 1 is never closed; `{{` is a brace",
        ),
        (
            "parameters.model",
            "x",
            "`model` cannot be set: `--model` names the model",
        ),
        (
            "parameters.messages",
            "[]",
            "`messages` cannot be set: what is sent is the chat",
        ),
    ] {
        let sentence = format!("`/set` does not take `{typed}` for `{key}`");
        let line = format!("/set {key} {typed}");
        refused(&saylog, &line, "bad_argument", "usage", &sentence, hint);
    }
}

#[test]
fn a_key_that_is_none_has_its_nearest_as_hint() {
    let saylog = Saylog::new();
    let all = "one of markdown, reasoning, verbose, prompt, share, keys, parallel, window, compact, \
               retries, connect, first_byte, idle, total, parameters.NAME";
    for (key, hint) in [
        ("kyes", "did you mean `keys`?"),
        ("timeout", all),
        ("temperature", "did you mean `parameters.temperature`?"),
        ("parameters.", all),
        ("base-url", "did you mean `base_url`?"),
    ] {
        let sentence = format!("`/set` does not know `{key}`");
        let line = format!("/set {key} 1");
        refused(&saylog, &line, "bad_argument", "usage", &sentence, hint);
    }
}

#[test]
fn what_is_decided_at_the_start_is_shown_and_not_changed() {
    let saylog = Saylog::new();
    for (key, hint) in [
        ("user", "`/user NAME` changes who speaks"),
        (
            "model",
            "`/model NAME` changes who answers, and `model` in the configuration says who does at \
             the start",
        ),
        ("store", "`--store FILE` names another at the start"),
        (
            "system",
            "`/system TEXT` gives the session one; `--system TEXT` says it at the start",
        ),
        ("proxy", "`--proxy URL` names another at the start"),
        (
            "headers.X-A",
            "the model's table in the configuration says it at the start; \
             `/model NAME` asks another model",
        ),
    ] {
        let sentence = format!("`/set` does not change `{key}` while the program runs");
        let line = format!("/set {key} x");
        refused(&saylog, &line, "bad_argument", "usage", &sentence, hint);
    }
    assert_eq!(
        rows(&saylog, &["/set user", "/set proxy"]),
        ["user alice flag", "proxy - default"]
    );
}

#[test]
fn a_model_has_only_the_settings_that_mean_something_to_it() {
    let saylog = Saylog::new();
    for key in ["retries", "idle", "parameters.seed"] {
        for line in [format!("/set {key}"), format!("/set {key} 3")] {
            let outcome = saylog.lines(&[&line]);
            let told = format!(
                "-c:1: `/set` has no `{key}` for `mock`; that is of models at an endpoint; \
                 `/model NAME` asks another\n"
            );
            check(&outcome, "", &told, 1);
        }
    }
    let saylog = configured("model = \"broken\"\n[models.broken]\nretries = 1\n");
    // One whose description is wrong has none, which is told behind the others.
    let outcome = saylog.run(&["--json", "-c", "/set", "-c", "/set window 3"]);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome
            .stderr
            .contains("\nthe model `broken` cannot be used")
    );
    let told = events(&outcome.stdout);
    assert!(told.iter().all(|event| event["key"] != "window"));
    assert_eq!(told.last().expect("an error")["code"], "responder");
}

#[test]
fn nothing_is_saved_but_at_a_prompt() {
    let saylog = configured("# mine\n");
    let sentence = "`/set --save` needs a person at a prompt";
    let hint = "without `--save` it holds for this run";
    for line in ["/set keys vi --save", "/set keys --save"] {
        refused(&saylog, line, "needs_terminal", "refused", sentence, hint);
    }
    let lines = "{\"line\": \"/set keys vi --save\", \"ref\": 7}\n{\"line\": \"/set keys\"}\n";
    let told = events(&saylog.hear(lines).stdout);
    assert_eq!(
        (&told[0]["code"], &told[0]["ref"]),
        (&json!("needs_terminal"), &json!(7))
    );
    assert_eq!(
        (&told[1]["value"], &told[1]["source"]),
        (&json!("emacs"), &json!("default"))
    );
    let file = saylog.folder().join(".config/saylog/config.toml");
    assert_eq!(std::fs::read(file).expect("a file"), b"# mine\n");
}

#[test]
fn a_text_is_no_setting() {
    let saylog = Saylog::new().with(&["--model", "mock:echo"]);
    let lines =
        "\"/set verbose true\"\n{\"say\": \"/set verbose true\"}\n{\"line\": \"/set verbose\"}\n";
    let told = events(&saylog.with(&["--start"]).hear(lines).stdout);
    assert_eq!(told.last().expect("a row")["value"], "false");
}
