//! What is pasted from a session is what happens, and what stands in other fences is taken.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::manual::{Page, page, pages};
use crate::support::run::{SAYLOG, Saylog, exact, feed};

/// The page whose sessions need a server: they are run by the tests of rights.
const OF_SERVER: &str = "docs/server.md";

/// A command of a session: as it is pasted, as a shell takes it, and what it printed.
struct Step {
    pasted: String,
    command: String,
    output: String,
}

/// The commands of the pasted sessions of a page.
fn steps(page: &Page) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let blocks = page.blocks("console");
    for line in blocks.iter().flat_map(|block| block.lines()) {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                pasted: format!("{line}\n"),
                command: format!("{command}\n"),
                output: String::new(),
            });
            continue;
        }
        let last = steps.last_mut();
        let last = last.unwrap_or_else(|| panic!("{}: no command before {line}", page.path));
        match line.strip_prefix("> ").or((line == ">").then_some("")) {
            Some(more) => {
                last.pasted.push_str(&format!("{line}\n"));
                last.command.push_str(&format!("{more}\n"));
            }
            None => last.output.push_str(&format!("{line}\n")),
        }
    }
    steps
}

/// Runs the sessions of a page in a folder of its own: what was pasted, and what happened.
fn play(page: &Page) -> (String, String) {
    let saylog = Saylog::new();
    let folder = Path::new(SAYLOG).parent().expect("a folder");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let (mut happened, mut pasted) = (String::new(), String::new());
    for (step, run) in steps(page).iter().zip(0..) {
        let mut shell = Command::new("sh");
        shell
            .env_clear()
            .env("PATH", &path)
            .env("HOME", saylog.folder())
            .env("SAYLOG_USER", "root")
            .envs(exact(run))
            .current_dir(saylog.folder())
            .args(["-c", &format!("exec 2>&1\n{}", step.command)]);
        happened.push_str(&step.pasted);
        happened.push_str(&feed(shell, b"").stdout);
        pasted.push_str(&step.pasted);
        pasted.push_str(&step.output);
    }
    (happened, pasted)
}

#[test]
fn the_pasted_sessions_are_what_happens() {
    let mut count = 0;
    for page in pages().iter().filter(|page| page.path != OF_SERVER) {
        let (happened, pasted) = play(page);
        assert!(
            happened == pasted,
            "{} has pasted:\n{pasted}and this happens:\n{happened}",
            page.path
        );
        count += page.blocks("console").len();
    }
    assert!(count > 8, "only {count} sessions were found");
}

#[test]
fn the_sessions_of_the_server_are_where_the_tests_of_rights_look() {
    let page = page(OF_SERVER);
    let rights = page.section("## Rights").matches("\n```console\n").count();
    assert_eq!(
        page.blocks("console").len(),
        rights,
        "{OF_SERVER} has a session outside of `## Rights`, which nothing runs"
    );
}

#[test]
fn the_configurations_are_taken() {
    let mut count = 0;
    for page in pages() {
        for block in page.blocks("toml") {
            let saylog = Saylog::new();
            let folder = saylog.folder().join(".config/saylog");
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(folder.join("config.toml"), block).expect("a file");
            let mut command = saylog.command();
            command
                .env("ACCESS_TOKEN", "test-key-123")
                .env("OPENAI_API_KEY", "test-key-456")
                .args(["-c", "/model"]);
            let outcome = feed(command, b"");
            let name = block.lines().find_map(|line| line.strip_prefix("model = "));
            let name = name.expect("a model").trim_matches('"');
            assert_eq!(
                (outcome.stdout.as_str(), outcome.stderr.as_str()),
                (format!("{name}\n").as_str(), ""),
                "{}: this configuration is not taken:\n{block}",
                page.path
            );
            count += 1;
        }
    }
    assert!(count > 1, "only {count} configurations were found");
}

#[test]
fn what_is_shown_of_json_is_json() {
    for page in pages() {
        for block in page.blocks("json") {
            let parsed: Result<Value, _> = serde_json::from_str(block);
            assert!(parsed.is_ok(), "{}: {parsed:?} in {block}", page.path);
        }
    }
}

#[test]
fn what_a_fence_holds_is_known() {
    // What nothing looks at could say anything.
    let known = ["console", "sh", "toml", "json", "text", "sql"];
    for page in pages() {
        let fences: Vec<&str> = page
            .text
            .lines()
            .filter_map(|line| line.strip_prefix("```"))
            .collect();
        assert!(
            fences.len().is_multiple_of(2),
            "{}: a fence has no end",
            page.path
        );
        for kind in fences.iter().step_by(2) {
            assert!(known.contains(kind), "{}: a fence of `{kind}`", page.path);
        }
    }
}
