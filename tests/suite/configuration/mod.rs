//! The configuration file, and what comes before it.

mod broken;
mod endpoints;
mod personas;
mod programs;
mod template;
mod unreadable;

use std::fs;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::support::events::events;
use crate::support::run::{MOCK, Outcome, SAYLOG, Saylog, check, feed};
use crate::support::server::Server;

/// A home with a configuration file in it.
pub(super) struct Home(TempDir);

impl Home {
    fn new(configuration: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join(".config/saylog");
        fs::create_dir_all(&folder).expect("a folder");
        let text = configuration.replace("<home>", &home.path().to_string_lossy());
        fs::write(folder.join("config.toml"), text).expect("a file");
        Self(home)
    }

    /// Runs there with these variables and arguments.
    fn run(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Outcome {
        let mut command = Command::new(SAYLOG);
        command
            .env_clear()
            .env("HOME", self.0.path())
            .env("LOGNAME", "login")
            .current_dir(self.0.path())
            .envs(variables.iter().copied())
            .args(arguments);
        let mut outcome = feed(command, b"");
        let home = self.0.path().to_string_lossy().into_owned();
        outcome.stderr = outcome.stderr.replace(&home, "<home>");
        outcome
    }

    /// What it prints if all goes well.
    #[track_caller]
    fn prints(&self, variables: &[(&str, &str)], arguments: &[&str]) -> String {
        let outcome = self.run(variables, arguments);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        outcome.stdout
    }

    /// What is in a file below it; nothing if there is none.
    fn bytes(&self, file: &str) -> Vec<u8> {
        fs::read(self.0.path().join(file)).unwrap_or_default()
    }

    fn has(&self, file: &str) -> bool {
        self.0.path().join(file).exists()
    }
}

#[test]
fn a_flag_comes_before_the_environment_and_that_before_the_file() {
    let home = Home::new("user = \"filed\"\nmodel = \"mock:echo\"\nstore = \"<home>/filed.db\"\n");
    let ask = ["-c", "/user", "-c", "/model"];
    assert_eq!(home.prints(&[], &ask), "filed (new)\nmock:echo\n");
    assert!(home.has("filed.db"));

    let variables = [
        ("SAYLOG_USER", "environed"),
        ("SAYLOG_MODEL", "mock:slow"),
        ("SAYLOG_STORE", "environed.db"),
    ];
    assert_eq!(
        home.prints(&variables, &ask),
        "environed (new)\nmock:slow\n"
    );
    assert!(home.has("environed.db"));

    let flags = [
        "--user",
        "flagged",
        "--model",
        "mock",
        "--store",
        "flagged.db",
    ];
    let all = [&flags[..], &ask].concat();
    assert_eq!(home.prints(&variables, &all), "flagged (new)\nmock\n");
    assert!(home.has("flagged.db"));

    // With `--no-config` the file is ignored.
    let without = [&["--no-config"][..], &ask].concat();
    assert_eq!(home.prints(&[], &without), "login (new)\nmock\n");
    assert!(home.has(".local/share/saylog/saylog.db"));
}

#[test]
fn the_folder_of_configurations_may_be_elsewhere() {
    let home = Home::new("model = \"mock:echo\"\n");
    let folder = home.0.path().join("other/saylog");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("config.toml"), "model = \"mock:slow\"\n").expect("a file");
    let other = home.0.path().join("other");
    let other = other.to_str().expect("UTF-8");
    let ask = ["--ephemeral", "-c", "/model"];
    assert_eq!(
        home.prints(&[("XDG_CONFIG_HOME", other)], &ask),
        "mock:slow\n"
    );
    // A relative `XDG_CONFIG_HOME` is ignored.
    assert_eq!(
        home.prints(&[("XDG_CONFIG_HOME", "other")], &ask),
        "mock:echo\n"
    );
}

#[test]
fn a_model_with_a_name_has_all_it_needs() {
    let server = Server::replying(&["fine", "well"]);
    let home = Home::new(&format!(
        "model = \"fast\"\n\n\
         [models.fast]\nbase_url = \"{}\"\nmodel = \"vendor/fast-1\"\nkey_variable = \"SOME_KEY\"\n\
         system = \"be brief\"\nwindow = 40\n\n\
         [models.fast.parameters]\ntemperature = 0.5\nmax_tokens = 100\nstop = [\"x\"]\n",
        server.base()
    ));
    let key = [("SOME_KEY", "test-key-123")];
    let ask = ["--ephemeral", "--start", "-c", "hello"];
    assert_eq!(home.prints(&key, &ask), "fine\n");
    let request = server.request();
    let head = request.head.to_lowercase();
    assert!(head.contains("\r\nauthorization: bearer test-key-123\r\n"));
    assert_eq!(
        request.body,
        json!({
            "model": "vendor/fast-1",
            "messages": [
                {"role": "system", "content": "be brief"},
                {"role": "user", "content": "hello"},
            ],
            "stream": true,
            "stream_options": {"include_usage": true},
            "temperature": 0.5,
            "max_tokens": 100,
            "stop": ["x"],
        })
    );

    // Flags override the file for this run.
    let more = [
        &["--system", "be long", "--parameter", "temperature=0.9"][..],
        &["--parameter", "seed=7"],
        &ask,
    ]
    .concat();
    assert_eq!(home.prints(&key, &more), "well\n");
    let request = server.request();
    assert_eq!(request.messages(), ["system: be long", "user: hello"]);
    assert_eq!(request.body["temperature"], json!(0.9));
    assert_eq!(request.body["max_tokens"], json!(100));
    assert_eq!(request.body["seed"], json!(7));
}

#[test]
fn the_window_of_the_file_gives_way() {
    let long = "x".repeat(100);
    let server = Server::replying(&["a", "b", "a", "b", "a", "b"]);
    let home = Home::new(&format!(
        "model = \"fast\"\n[models.fast]\nbase_url = \"{}\"\nwindow = 40\n",
        server.base()
    ));
    let ask = ["--ephemeral", "--start", "-c", &long, "-c", "again"];
    let told = |variables: &[(&str, &str)], more: &[&str]| {
        let outcome = home.run(variables, &[more, &ask].concat());
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("a\nb\n", 0));
        server.request();
        (server.request().messages().len(), outcome.stderr)
    };
    let whole = (3, String::new());
    let cut = "the context no longer fits the model's window: the 2 oldest of 2 messages are left \
               out; `/context` shows what it sees\n";
    let cut = (1, cut.to_owned());
    assert_eq!(told(&[], &[]), cut);
    assert_eq!(told(&[("SAYLOG_WINDOW", "1000")], &[]), whole);
    assert_eq!(told(&[("SAYLOG_WINDOW", "1000")], &["--window", "40"]), cut);
}

#[test]
fn models_of_the_file_are_listed_and_can_be_chosen() {
    let server = Server::replying(&["fine"]);
    let home = Home::new(&format!(
        "[models.fast]\nbase_url = \"{}\"\n[models.slow]\nbase_url = \"http://localhost:1/v1\"\n",
        server.base()
    ));
    assert_eq!(
        home.prints(&[], &["--ephemeral", "-c", "/model fast", "-c", "/models"]),
        "fast\nmock\nmock:echo\nmock:slow\nfast current\nslow\n"
    );
    let outcome = home.prints(
        &[],
        &[
            "--ephemeral",
            "--json",
            "-c",
            "/start",
            "-c",
            "/model fast",
            "-c",
            "hello",
        ],
    );
    assert_eq!(events(&outcome)[2]["content"], "fine");
    assert_eq!(server.request().body["model"], "fast");
    check(
        &home.run(&[], &["--ephemeral", "-c", "/model fats"]),
        "",
        "-c:1: unknown model `fats`; one of mock, mock:echo, mock:slow, fast, slow, \
         `cmd:PROGRAM`, or any name at an endpoint given with --base-url\n",
        1,
    );
}

#[test]
fn tokens_and_seconds_are_told_in_scripts_where_the_script_wants_them() {
    let home = Home::new("verbose = true\n");
    let hello = ["--ephemeral", "--start", "-c", "hello"];
    check(&home.run(&[], &hello), MOCK, "", 0);
    let outcome = home.run(&[], &[&["--verbose"], &hello[..]].concat());
    assert!(outcome.stderr.ends_with(" s\n"), "{}", outcome.stderr);
}

#[test]
fn variables_and_arguments_that_make_no_sense_are_told() {
    for (arguments, sentence) in [
        (
            ["--parameter", "temperature"],
            "--parameter: `temperature` is not of the form NAME=VALUE",
        ),
        (
            ["--parameter", "=3"],
            "--parameter: `=3` is not of the form NAME=VALUE",
        ),
        (
            ["--timeout", "idle"],
            "--timeout: `idle` is not of the form NAME=SECONDS",
        ),
        (
            ["--timeout", "idel=3"],
            "--timeout: unknown time-out `idel`; one of connect, first_byte, idle, total",
        ),
        (
            ["--timeout", "idle=-3"],
            "--timeout: `-3` is no number of seconds; 0 is no limit",
        ),
        (
            ["--key-variable", "sk-test-key-123"],
            "--key-variable: takes the name of an environment variable, and never the key itself",
        ),
        (
            ["--parameter", "messages=[]"],
            "--parameter: `messages` cannot be set: what is sent is the chat",
        ),
        (
            ["--key-header", "Host"],
            "--key-header: `Host` cannot be set: it belongs to the connection",
        ),
        (
            ["--model", "cmd:cat 'x"],
            "a quote in the command of the model is not closed; \
             quotes and backslashes mean what they mean in a shell",
        ),
    ] {
        check(
            &Saylog::new().run(&[&arguments[..], &["-c", "/start"]].concat()),
            "",
            &format!("saylog: {sentence}\n"),
            2,
        );
    }
    check(
        &Saylog::new().run(&["--window", "0", "-c", "/start"]),
        "",
        "error: invalid value '0' for '--window <TOKENS>': expected a number of tokens from 1 on\n\n\
         For more information, try '--help'.\n",
        2,
    );
    for (name, value, sentence) in [
        ("WINDOW", "many", "`many` is no number of tokens from 1 on"),
        ("WINDOW", "0", "`0` is no number of tokens from 1 on"),
        ("RETRIES", "-1", "`-1` is no number of tries"),
        (
            "API",
            "gemini",
            "unknown api `gemini`; one of chat, responses, anthropic",
        ),
        ("COMPACT", "on", "unknown word `on`; one of auto, off"),
        ("KEYS", "ed", "unknown keys `ed`; one of emacs, vi"),
    ] {
        let saylog = Saylog::new();
        let mut command = saylog.command();
        let name = format!("SAYLOG_{name}");
        command.env(&name, value).args(["-c", "/start"]);
        let told = format!("saylog: {name}: {sentence}\n");
        check(&feed(command, b""), "", &told, 2);
    }
}

#[test]
fn a_tilde_is_the_home_folder() {
    let home = Home::new("store = \"~/filed.db\"\n");
    let ask = ["-c", "/user"];
    home.prints(&[], &ask);
    assert!(home.has("filed.db"));
    home.prints(&[("SAYLOG_STORE", "~//environed.db")], &ask);
    assert!(home.has("environed.db"));
    home.prints(
        &[],
        &[&["--store", "sqlite:~/flagged.db"][..], &ask].concat(),
    );
    assert!(home.has("flagged.db"));
    // Only there.
    home.prints(&[], &[&["--store", "~flagged.db"][..], &ask].concat());
    assert!(home.has("~flagged.db") && !home.has("~"));
    let mut command = Command::new(SAYLOG);
    command.env_clear().current_dir(home.0.path());
    command.args(["--user", "a", "--store", "~/x.db", "-c", "/user"]);
    check(
        &feed(command, b""),
        "",
        "saylog: --store: `~/x.db`: HOME names no folder\n",
        2,
    );
}
