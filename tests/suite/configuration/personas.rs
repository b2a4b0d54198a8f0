//! Personas and users of the file that are wrong.

use crate::support::run::{NO_PERSONAS, NO_SESSIONS, STARTED, check, configured};
use crate::support::server::Server;

/// The file, as it is told.
const FILE: &str = "<folder>/.config/saylog/config.toml";

/// How every warning about the file ends.
const END: &str = "; `--no-config` ignores the file\n";

/// With this configuration everything goes on after this warning.
#[track_caller]
fn warned(configuration: &str, sentence: &str) {
    let saylog = configured(configuration);
    let outcome = saylog.lines(&["/user", "/start"]).normal(&saylog);
    check(
        &outcome,
        &format!("alice (new)\n{STARTED}"),
        &format!("saylog: {sentence}{END}"),
        0,
    );
    // With `--no-config` there is no warning.
    check(
        &saylog.with(&["--no-config"]).lines(&["/start"]),
        STARTED,
        "",
        0,
    );
}

/// The persona of this configuration is a warning, and an error where it is used.
#[track_caller]
fn unusable(configuration: &str, sentence: &str) {
    let told = format!("{FILE}:{sentence}");
    warned(
        configuration,
        &format!("the persona `critic` cannot be used: {told}"),
    );
    let saylog = configured(configuration);
    let lines = ["/start --as critic", "/personas", "/sessions --all"];
    check(
        &saylog.lines(&lines).normal(&saylog),
        "",
        &format!(
            "saylog: the persona `critic` cannot be used: {told}{END}\
             -c:1: `/start --as` cannot use the persona `critic`: {told}; \
             `/personas` lists those that can be used\n\
             {NO_PERSONAS}{NO_SESSIONS}"
        ),
        1,
    );
}

#[test]
fn a_persona_that_is_wrong_is_a_warning_and_an_error_where_it_is_used() {
    for name in ["my critic", "a,b", "tab\\tbed", ""] {
        let shown = name.replace("\\t", "␉");
        warned(
            &format!("[personas.\"{name}\"]\n"),
            &format!(
                "the persona `{shown}` cannot be used: {FILE}:1: a name is one word without a comma"
            ),
        );
    }
    unusable(
        "[personas.critic]\nmodel = \"nosuch\"\n",
        "2: unknown model `nosuch`; one of mock, mock:echo, mock:slow, `cmd:PROGRAM`, \
         or any name at an endpoint given with --base-url",
    );
    unusable(
        "[personas.critic]\nmodel = \"cmd:\"\n",
        "2: the model names no program; write `cmd:PROGRAM ARGS…`",
    );
    unusable(
        "\n[personas.critic]\nsytem = \"y\"\n",
        "3: unknown field `sytem`; did you mean `system`? one of system, model",
    );
    unusable(
        "[personas]\ncritic = \"y\"\n",
        "2: `personas.critic`: invalid type: string, expected a table",
    );
}

#[test]
fn a_persona_of_a_model_that_is_wrong_is_wrong() {
    let saylog = configured("[models.m]\n[personas.critic]\nmodel = \"m\"\n");
    let outcome = saylog.lines(&["/user"]).normal(&saylog);
    check(
        &outcome,
        "alice (new)\n",
        &format!(
            "saylog: the model `m` cannot be used: {FILE}:1: it has neither a `base_url` nor a `command`{END}\
             saylog: the persona `critic` cannot be used: {FILE}:3: its model `m` cannot{END}"
        ),
        0,
    );
}

#[test]
fn a_user_whose_settings_are_wrong_starts_as_nobody_else() {
    warned(
        "[personas.critic]\n[users.bob]\npersona = \"poet\"\n",
        &format!("the user `bob` cannot start a session: {FILE}:3: there is no persona `poet`"),
    );
    warned(
        "[personas.critic]\n[users.\"b\\u0007ob\"]\npersona = \"critic\"\n",
        &format!("{FILE}:2: the user name has a control or invisible character (U+0007)"),
    );
    let saylog = configured("[personas.poet]\n[users.bob]\npersonna = \"poet\"\n");
    let told =
        format!("{FILE}:3: unknown field `personna`; did you mean `persona`? one of persona");
    let lines = [
        "/user bob",
        "/start",
        "/start --as poet",
        "/user alice",
        "/start",
    ];
    check(
        &saylog.lines(&lines).normal(&saylog),
        &format!("bob (new)\n{STARTED}alice (new)\n{STARTED}"),
        &format!(
            "saylog: the user `bob` cannot start a session: {told}{END}\
             -c:2: `/start` does not know the persona of `bob`: {told}; `/start --as NAME` names one\n"
        ),
        1,
    );
}

#[test]
fn a_persona_of_a_model_at_the_endpoint_needs_the_endpoint() {
    let server = Server::replying(&["one"]);
    let saylog = configured("[personas.critic]\nsystem = \"Rhyme.\"\nmodel = \"big\"\n")
        .with(&["--base-url", &server.base()]);
    check(
        &saylog.lines(&["/start --as critic", "hello"]),
        &format!("{STARTED}one\n"),
        "",
        0,
    );
    let request = server.request();
    assert_eq!(request.body["model"], "big");
    assert_eq!(request.messages(), ["system: Rhyme.", "user: hello"]);
    unusable(
        "[personas.critic]\nsystem = \"Rhyme.\"\nmodel = \"big\"\n",
        "3: unknown model `big`; one of mock, mock:echo, mock:slow, `cmd:PROGRAM`, \
         or any name at an endpoint given with --base-url",
    );
}
