//! `--config-template`: a file with every key.

use super::Home;
use crate::support::manual::{page, quoted};
use crate::support::run::{Saylog, check};

/// The lines of the template that set something, as settings.
fn settings(template: &str) -> String {
    let lines = template.lines().filter_map(|line| {
        let setting = line.strip_prefix('#')?;
        let is_setting = setting.starts_with(|c: char| c == '[' || c.is_ascii_lowercase());
        is_setting.then_some(setting)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The keys and the tables that it sets, in their order.
fn keys(settings: &str) -> Vec<String> {
    let keys = settings.lines().map(|line| match line.split_once(" = ") {
        Some((key, _)) => key.to_owned(),
        None => line.to_owned(),
    });
    keys.collect()
}

fn template() -> String {
    let outcome = Saylog::new().run(&["--config-template"]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    outcome.stdout
}

#[test]
fn it_is_taken_as_it_is_and_with_everything_set() {
    let template = template();
    let home = Home::new(&template);
    let ask = ["--ephemeral", "-c", "/user"];
    assert_eq!(home.prints(&[], &ask), "login (new)\n");

    let home = Home::new(&settings(&template));
    let variables = [("ACCESS_TOKEN", "test-key-123")];
    assert_eq!(
        home.prints(
            &variables,
            &["-c", "/user", "-c", "/model", "-c", "/personas"]
        ),
        "alice (new)\nmock\ncritic fast \"Find what is wrong with it.\" default\n"
    );
    assert!(home.has("talk.db"));
}

#[test]
fn it_is_printed_beside_a_file_that_is_broken_and_touches_nothing() {
    let home = Home::new("broken");
    let printed = home.prints(&[("SAYLOG_API", "x")], &["--config-template"]);
    assert_eq!(printed, template());
    assert!(!home.has(".local"));
}

#[test]
fn what_it_says_of_the_defaults_is_so() {
    // A fresh home with the settings of the template behaves as one without a file.
    let template = template();
    let top: Vec<_> = settings(&template)
        .lines()
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with("user") && !line.starts_with("store"))
        .map(str::to_owned)
        .collect();
    let ask = ["-c", "/start", "-c", "hello", "-c", "/model"];
    let with = Home::new(&top.join("\n"));
    assert_eq!(with.prints(&[], &ask), Home::new("").prints(&[], &ask));
}

#[test]
fn the_table_of_the_page_has_its_keys() {
    let path = "docs/models.md";
    let rows = page(path).rows("keys");
    let shown: Vec<String> = rows.iter().flat_map(|cells| quoted(&cells[0])).collect();
    assert_eq!(
        shown,
        keys(&settings(&template())),
        "on the left the keys of {path}, on the right those of --config-template"
    );
}

#[test]
fn a_reader_may_leave() {
    use std::io::Read;
    use std::process::Stdio;

    use crate::support::run::end;

    let saylog = Saylog::new();
    let mut command = saylog.command();
    command.arg("--config-template").stdin(Stdio::null());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut output = child.stdout.take().expect("a pipe");
    output.read_exact(&mut [0]).expect("a byte");
    drop(output);
    check(&end(child), "", "", 0);
}
