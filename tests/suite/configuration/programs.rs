//! Models of the file that are programs.

use serde_json::json;

use super::Home;
use crate::support::events::events;
use crate::support::run::check;

const PROGRAM: &str = r#"
model = "mine"
[models.mine]
command = ["/bin/sh", "-c", "cat > \"$1\"; printf '%s|' \"$@\"", "sh", "told it", "", "$HOME *"]
window = 40
system = "be brief"
"#;

#[test]
fn a_program_gets_its_arguments_as_they_are_and_the_log_its_name() {
    let home = Home::new(PROGRAM);
    let ask = ["--ephemeral", "--start", "--json", "-c", "hello"];
    let outcome = home.prints(&[("PATH", "/usr/bin:/bin")], &ask);
    let reply = &events(&outcome)[1];
    assert_eq!(reply["content"], "told it||$HOME *|");
    assert_eq!(reply["model"], "mine");
    let told = std::fs::read_to_string(home.0.path().join("told it")).expect("it was told");
    assert_eq!(
        told,
        "{\"role\":\"system\",\"content\":\"be brief\"}\n\
         {\"role\":\"user\",\"content\":\"hello\"}\n"
    );
}

#[test]
fn a_program_has_a_window_and_an_endpoint_of_the_arguments_does_not_replace_it() {
    let home = Home::new(PROGRAM);
    let endpoint = ["--base-url", "http://localhost:1/v1", "--ephemeral"];
    let ask = ["--start", "-c", "/start", "-c", "/context"];
    let shown = home.prints(&[], &[&endpoint[..], &ask].concat());
    assert!(shown.ends_with(", 6 of 40 tokens (15 %)\n"), "{shown}");
    let wider = home.prints(&[], &[&endpoint[..], &["--window", "90"], &ask].concat());
    assert!(wider.contains(" of 90 tokens "), "{wider}");
}

#[test]
fn a_session_of_a_store_may_ask_the_program_that_the_file_names() {
    let home = Home::new("[models.mine]\ncommand = [\"/bin/echo\", \"said\"]\n");
    let store = ["--store", "t.db"];
    let chosen = home.prints(
        &[],
        &[&store[..], &["-c", "/start", "-c", "/model mine"]].concat(),
    );
    assert_eq!(chosen, "Chat started successfully!\nmine\n");
    let again = home.prints(&[], &[&store[..], &["--resume", "-c", "hello"]].concat());
    assert_eq!(again, "said\n");
    // Where the file does not name it, nothing is run.
    let outcome = home.run(
        &[],
        &[&store[..], &["--no-config", "--resume", "-c", "hello"]].concat(),
    );
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
}

#[test]
fn a_program_may_be_below_home() {
    let home = Home::new("model = \"mine\"\n[models.mine]\ncommand = [\"~/nowhere\", \"~/x\"]\n");
    let outcome = home.run(&[], &["--ephemeral", "--start", "-c", "hello"]);
    assert_eq!(
        outcome.stderr,
        "-c:1: the program `<home>/nowhere` was not found; give its whole path, or check PATH; then `/retry`\n"
    );
}

#[test]
fn a_program_is_named_and_nothing_of_an_endpoint_beside_it() {
    for (text, sentence) in [
        ("command = []", "2: `command` names no program"),
        ("command = [\"\", \"x\"]", "2: `command` names no program"),
        (
            "command = \"cat\"",
            "2: `models.m.command`: invalid type: string, expected a list",
        ),
        (
            "command = [\"cat\"]\nparameters = { x = 1 }",
            "3: `parameters` is of an endpoint, and `command` is a program: a model has one of them",
        ),
    ] {
        let home = Home::new(&format!("[models.m]\n{text}\n"));
        check(
            &home.run(&[], &["--ephemeral", "-c", "/user"]),
            "login (new)\n",
            &format!(
                "saylog: the model `m` cannot be used: <home>/.config/saylog/config.toml:{sentence}; \
                 `--no-config` ignores the file\n"
            ),
            0,
        );
    }
}

#[test]
fn the_words_of_a_command_are_split_as_a_shell_does_it() {
    let home = Home::new("");
    let model = r#"cmd:/usr/bin/printf '%s|' 'a b'  "c \"d\"" e\ f '' $HOME `x` "#;
    let ask = [
        "--ephemeral",
        "--start",
        "--json",
        "--model",
        model,
        "-c",
        "hello",
    ];
    let outcome = home.prints(&[], &ask);
    let reply = &events(&outcome)[1];
    assert_eq!(reply["content"], "a b|c \"d\"|e f||$HOME|`x`|");
    assert_eq!(reply["model"], json!(model));
}
