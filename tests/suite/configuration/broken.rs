//! Mistakes in the file: in all of it, and in one entry.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::Home;
use crate::support::run::check;

/// How every sentence about the file ends.
const END: &str = "; `--no-config` ignores the file\n";

/// The file, as it is told.
const FILE: &str = "<home>/.config/saylog/config.toml";

#[test]
fn a_mistake_in_the_whole_file_is_told_with_line_key_and_keys() {
    let keys = |nearest: &str| format!("one of {nearest}");
    for (text, sentence) in [
        (
            "user = \"a\"\nmodle = \"x\"\n",
            format!(
                "2: unknown field `modle`; did you mean `model`? {}",
                keys(
                    "model, models, share, store, api, keys, prompt, user, users, markdown, parallel, verbose, base_url, personas, reasoning, key_variable"
                )
            ),
        ),
        (
            "\nzzzzzzzzz = 1\n",
            format!(
                "2: unknown field `zzzzzzzzz`; {}",
                keys(
                    "api, base_url, keys, markdown, model, models, parallel, personas, prompt, reasoning, share, store, user, users, verbose, key_variable"
                )
            ),
        ),
        (
            "[models.fast]\nbase_url = \"http://localhost:1/v1\"\n[user.bob]\n",
            "3: `user.bob`: invalid type: table, expected a string".into(),
        ),
        (
            "user = 3\n",
            "1: `user`: invalid type: integer `3`, expected a string".into(),
        ),
        (
            "parallel = \"x\"\n",
            "1: `parallel`: invalid type: string, expected a whole number".into(),
        ),
        (
            "keys = true\n",
            "1: `keys`: invalid type, expected a string".into(),
        ),
        (
            "keys = \"ed\"\n",
            "1: `keys`: unknown variant `ed`, expected `emacs` or `vi`".into(),
        ),
        (
            "\n\nprompt = \"{title\"\n",
            "3: `prompt`: the brace at column 1 is never closed; `{{` is a brace".into(),
        ),
        (
            "\n[models.a]\n[models.a]\n",
            "3: `[models.a]`: duplicate key".into(),
        ),
    ] {
        let home = Home::new(text);
        let told = format!("saylog: {FILE}:{sentence}{END}");
        check(&home.run(&[], &["-c", "/start"]), "", &told, 1);
        assert!(!home.has(".local"), "nothing was begun");
        home.prints(&[], &["--no-config", "--ephemeral", "-c", "/start"]);
    }
}

/// The models that are wrong, each with what is told of it.
const MODELS: [(&str, &str); 27] = [
    (
        "window = 7",
        "1: it has neither a `base_url` nor a `command`",
    ),
    (
        "base_url = \"localhost:1/v1\"",
        "2: the address of the model is no URL; a base URL looks like `http://localhost:11434/v1`",
    ),
    (
        "base_url = 7",
        "2: `models.m.base_url`: invalid type: integer `7`, expected a string",
    ),
    (
        "<url>\napi = \"soap\"",
        "3: `models.m.api`: unknown variant `soap`, expected one of `chat`, `responses`, `anthropic`",
    ),
    (
        "<url>\nwindow = 0",
        "3: `models.m.window`: expected a number of tokens from 1 on",
    ),
    (
        "<url>\nretries = -1",
        "3: `models.m.retries`: invalid value: integer `-1`, expected a whole number",
    ),
    (
        "<url>\nidle = -1",
        "3: `idle` cannot be used: `-1` is no number of seconds; 0 is no limit",
    ),
    (
        "<url>\ntotal = inf",
        "3: `total` cannot be used: `inf` is no number of seconds; 0 is no limit",
    ),
    (
        "<url>\nconnect = \"soon\"",
        "3: `models.m.connect`: invalid type: string, expected a number",
    ),
    (
        "<url>\nparameters = { model = \"x\" }",
        "3: `parameters.model` cannot be set: it comes from the chat, and `model` names the model",
    ),
    (
        "<url>\nkey_variable = \"test-key-123\"",
        "3: `key_variable` takes the name of an environment variable, and never the key itself",
    ),
    (
        "<url>\nkey_header = \"a b\"",
        "3: `key_header` cannot be used: `a b` is no name of a header",
    ),
    (
        "<url>\nheaders = { host = \"x\" }",
        "3: `headers` cannot be used: `host` cannot be set: it belongs to the connection",
    ),
    (
        "<url>\nheaders = { Content-Length = \"x\" }",
        "3: `headers` cannot be used: `Content-Length` cannot be set: it belongs to the connection",
    ),
    (
        "<url>\n[models.m.headers]\nX-A = \"x\"\nx-a = \"y\"",
        "5: `headers.x-a` is there twice",
    ),
    (
        "<url>\nheaders = { X-A = \"x\\r\\nHost: y\" }",
        "3: `headers.X-A` has a line break, which no header can hold",
    ),
    (
        "<url>\nheaders = { X-A = \"$LINES_IN_IT\" }",
        "3: `headers.X-A` has a line break, which no header can hold",
    ),
    (
        "<url>\nheaders = { X-A = \"a $UNSET b\" }",
        "3: `headers.X-A` cannot be used: the variable UNSET is not set",
    ),
    (
        "<url>\nquery = { key = \"${UNSET}\" }",
        "3: `query.key` cannot be used: the variable UNSET is not set",
    ),
    (
        "<url>\nquery = { key = \"$\" }",
        "3: `query.key` cannot be used: a `$` has no name of a variable behind it; `$$` is a `$`",
    ),
    (
        "base_url = \"https://$UNSET/v1\"",
        "2: `base_url` cannot be used: the variable UNSET is not set",
    ),
    (
        "<url>\nkey_variable = \"KEY\"\nheaders = { Authorization = \"$KEY\" }",
        "4: `headers` has `authorization`, which is the header of the key",
    ),
    (
        "<url>\nprice = { input = -1, output = 2 }",
        "3: `price.input` is no price",
    ),
    (
        "<url>\nprice = 3",
        "3: `models.m.price`: invalid type: integer `3`, expected a table",
    ),
    (
        "<url>\nprice = { input = 1 }",
        "3: `models.m.price`: missing field `output`",
    ),
    (
        "<url>\nwithout = [\"top_p\"]\nparameters = { top_p = 1 }",
        "3: `without` names `top_p`, which `parameters` sets",
    ),
    (
        "command = [\"cat\"]\n<url>",
        "3: `base_url` is of an endpoint, and `command` is a program: a model has one of them",
    ),
];

#[test]
fn a_model_that_is_wrong_is_a_warning_and_an_error_where_it_is_used() {
    let variables = [("LINES_IN_IT", "a\nb"), ("KEY", "test-key-123")];
    for (model, sentence) in MODELS {
        let model = model.replace("<url>", "base_url = \"http://localhost:1/v1\"");
        let home = Home::new(&format!("[models.m]\n{model}\n"));
        let what = format!("the model `m` cannot be used: {FILE}:{sentence}");
        let warning = format!("saylog: {what}{END}");
        let users = ["--ephemeral", "-m", "mock", "-c", "/users"];
        check(
            &home.run(&variables, &users),
            "login 0 0 - current\n",
            &warning,
            0,
        );
        check(
            &home.run(
                &variables,
                &[
                    "--ephemeral",
                    "-c",
                    "/start",
                    "-c",
                    "/model m",
                    "-c",
                    "/model",
                ],
            ),
            "Chat started successfully!\nmock\n",
            &format!("{warning}-c:2: {what}\n"),
            1,
        );
        check(
            &home.run(&variables, &["--ephemeral", "-m", "m", "-c", "/users"]),
            "",
            &format!("saylog: {what}\n"),
            2,
        );
        home.prints(&variables, &[&["--no-config"][..], &users].concat());
    }
}

#[test]
fn an_unknown_key_of_a_model_is_told_with_the_keys_there_are() {
    let home = Home::new("[models.m]\nbase_url = \"http://localhost:1/v1\"\ntimeout = 7\n");
    let outcome = home.run(&[], &["--ephemeral", "-c", "/users"]);
    assert_eq!(outcome.code, 0);
    let begin =
        format!("saylog: the model `m` cannot be used: {FILE}:3: unknown field `timeout`; ");
    assert!(outcome.stderr.starts_with(&begin), "{}", outcome.stderr);
    for key in ["connect", "first_byte", "idle", "total", "key_header"] {
        assert!(
            outcome.stderr.contains(&format!(" {key},")),
            "{}",
            outcome.stderr
        );
    }
}

#[test]
fn a_configured_model_that_is_wrong_stops_nobody() {
    let home = Home::new("user = \"al\"\nmodel = \"big\"\n");
    let why = "unknown model `big`; one of mock, mock:echo, mock:slow, `cmd:PROGRAM`, \
               or any name at an endpoint given with --base-url";
    let warning = format!("saylog: the configured model cannot be used: {FILE}:2: {why}{END}");
    check(
        &home.run(
            &[],
            &[
                "--ephemeral",
                "-c",
                "/user",
                "-c",
                "/start",
                "-c",
                "hello",
                "-c",
                "/model mock",
                "-c",
                "hello",
            ],
        ),
        "al (new)\nChat started successfully!\nmock\nThis is a mock response from AI.\n",
        &format!("{warning}-c:3: {why}\n"),
        1,
    );
    // One that is named for this run, and one at an endpoint, is right.
    home.prints(&[], &["--ephemeral", "-m", "mock", "-c", "/users"]);
    let endpoint = ["--base-url", "http://localhost:1/v1"];
    home.prints(
        &[],
        &[&endpoint[..], &["--ephemeral", "-c", "/users"]].concat(),
    );
    // A broken one is told once.
    let home = Home::new("model = \"m\"\n[models.m]\n");
    let what = format!(
        "the model `m` cannot be used: {FILE}:2: it has neither a `base_url` nor a `command`"
    );
    check(
        &home.run(&[], &["--ephemeral", "--start", "-c", "hello"]),
        "",
        &format!("saylog: {what}{END}-c:1: {what}\n"),
        1,
    );
}

#[test]
fn names_that_mean_something_else_are_told() {
    for name in ["mock", "mock:echo", "cmd:cat x"] {
        let home = Home::new(&format!(
            "[models.\"{name}\"]\nbase_url = \"http://localhost:1/v1\"\n"
        ));
        check(
            &home.run(&[], &["--ephemeral", "-c", "/models"]),
            "mock current\nmock:echo\nmock:slow\n",
            &format!(
                "saylog: the model `{name}` cannot be used: {FILE}:1: \
                 the name means something else already{END}"
            ),
            0,
        );
    }
}

#[test]
fn secrets_that_others_can_read_are_told_of_once() {
    let home = Home::new(
        "[models.a]\nbase_url = \"http://localhost:1/v1\"\n\
         headers = { api-key = \"test-key-123\", X-Title = \"me\", x-token = \"$HOME\" }\n\
         query = { sig = \"test-key-123\" }\n",
    );
    let file = home.0.path().join(".config/saylog/config.toml");
    let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("a mode");
    let ask = ["--ephemeral", "-c", "/user"];
    for open in [0o644, 0o640, 0o604] {
        mode(open);
        check(
            &home.run(&[], &ask),
            "login (new)\n",
            &format!(
                "saylog: {FILE}:3: others can read the file, and `models.a.headers.api-key`, \
                 `models.a.query.sig` look like a secret; `$NAME` takes it from a variable, \
                 `chmod 600` makes the file yours alone\n"
            ),
            0,
        );
    }
    mode(0o600);
    home.prints(&[], &ask);
}
