//! The tables of lines and of keys are what `/help` says.

use serde_json::Value;

use crate::support::manual::page;
use crate::support::run::Saylog;

const PAGE: &str = "docs/language.md";

/// The rows of a help.
fn help(line: &str) -> Vec<Value> {
    let help = Saylog::new().run(&["--json", "-c", line]).stdout;
    let rows = help
        .lines()
        .map(|row| -> Value { serde_json::from_str(row).expect("JSON") });
    rows.filter(|row| row["event"] == "help").collect()
}

#[test]
fn the_table_of_lines_is_the_programs_own() {
    let mut table = String::from("\n| line | does |\n|---|---|\n");
    for row in help("/help") {
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
    let page = page(PAGE);
    assert_eq!(
        page.marked("lines"),
        table,
        "{PAGE} should have this table:\n{table}"
    );
}

#[test]
fn the_table_of_keys_is_what_the_help_says() {
    let rows: Vec<_> = help("/help keys")
        .iter()
        .map(|row| {
            let text = |field: &str| row[field].as_str().expect("text").to_owned();
            format!("| {} | {} |", text("usage"), text("summary"))
        })
        .collect();
    let page = page(PAGE);
    let shown = page.marked("keystrokes").replace('`', "");
    let shown: Vec<_> = shown.trim().lines().skip(2).collect();
    assert_eq!(
        shown, rows,
        "{PAGE} should have the keys that /help keys tells"
    );
}
