//! The README is right: its sessions are run, its table is what `/help` says.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::run::{SAYLOG, Saylog, exact, feed};

fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    fs::read_to_string(path).expect("the README")
}

/// The commands of the pasted sessions, each with the output it shows.
fn sessions(readme: &str) -> Vec<(String, String)> {
    let blocks = readme.split("```console\n").skip(1);
    let blocks: Vec<&str> = blocks
        .map(|block| block.split("```").next().expect("its end"))
        .collect();
    assert_eq!(blocks.len(), 4);
    let mut steps: Vec<(String, String)> = Vec::new();
    for line in blocks.iter().flat_map(|block| block.lines()) {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push((format!("{command}\n"), String::new()));
        } else if let Some(more) = line.strip_prefix("> ") {
            let (command, _) = steps.last_mut().expect("a command before it");
            command.push_str(&format!("{more}\n"));
        } else {
            let (_, output) = steps.last_mut().expect("a command before it");
            output.push_str(&format!("{line}\n"));
        }
    }
    steps
}

#[test]
fn the_pasted_sessions_are_what_happens() {
    let saylog = Saylog::new();
    let folder = Path::new(SAYLOG).parent().expect("a folder");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let (mut happened, mut pasted) = (String::new(), String::new());
    for ((command, output), run) in sessions(&readme()).into_iter().zip(0..) {
        let mut shell = Command::new("sh");
        shell
            .env_clear()
            .env("PATH", &path)
            .env("HOME", saylog.folder())
            .env("SAYLOG_USER", "root")
            .envs(exact(run))
            .args(["-c", &format!("exec 2>&1\n{command}")]);
        happened.push_str(&feed(shell, b"").stdout);
        pasted.push_str(&output);
    }
    assert_eq!(happened, pasted);
}

#[test]
fn the_table_of_lines_is_the_programs_own() {
    let saylog = Saylog::new();
    let help = saylog.run(&["--json", "-c", "/help"]).stdout;
    let mut table = String::from("\n| line | does |\n|---|---|\n");
    for row in help.lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect("JSON");
        if row["event"] != "help" {
            continue;
        }
        let text = |field: &str| row[field].as_str().expect("text").replace('|', "\\|");
        let aliases: Vec<_> = row["aliases"]
            .as_array()
            .expect("aliases")
            .iter()
            .map(|alias| format!("`{}`", alias.as_str().expect("text")))
            .collect();
        let also = if aliases.is_empty() {
            String::new()
        } else {
            format!(" (also {})", aliases.join(", "))
        };
        let usage = match text("usage").as_str() {
            words if words.starts_with(['/', '"']) => format!("`{words}`"),
            words => words.to_owned(),
        };
        table.push_str(&format!("| {usage} | {}{also} |\n", text("summary")));
    }
    table.push('\n');
    let readme = readme();
    let shown = readme
        .split("<!-- lines: begin -->")
        .nth(1)
        .and_then(|rest| rest.split("<!-- lines: end -->").next())
        .expect("the table");
    assert_eq!(shown, table, "the README should have:\n{table}");
}

#[test]
fn the_table_of_keys_is_what_the_help_says() {
    let saylog = Saylog::new();
    let help = saylog.run(&["--json", "-c", "/help keys"]).stdout;
    let rows = help
        .lines()
        .map(|row| -> serde_json::Value { serde_json::from_str(row).expect("JSON") });
    let rows: Vec<_> = rows
        .filter(|row| row["event"] == "help")
        .map(|row| {
            let text = |field: &str| row[field].as_str().expect("text").to_owned();
            format!("| {} | {} |", text("usage"), text("summary"))
        })
        .collect();
    let readme = readme();
    let shown = readme
        .split("<!-- keystrokes: begin -->")
        .nth(1)
        .and_then(|rest| rest.split("<!-- keystrokes: end -->").next())
        .expect("the table");
    let shown = shown.replace('`', "");
    let shown: Vec<_> = shown.trim().lines().skip(2).collect();
    assert_eq!(shown, rows);
}

#[test]
fn every_option_of_the_readme_exists() {
    let saylog = Saylog::new();
    let help = saylog.run(&["--help"]).stdout + &saylog.lines(&["/help"]).stdout;
    let readme = readme();
    let words = readme.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let options = words.filter(|word| word.starts_with("--") && word.len() > 3);
    let of_cargo = ["--release", "--locked", "--path"];
    for option in options.filter(|option| !of_cargo.contains(option)) {
        assert!(help.contains(option), "{option}");
    }
}
