//! The help and the manual page: what somebody sees who has the program and nothing else.

use std::collections::BTreeSet;
use std::process::Command;

use crate::support::run::{SAYLOG, Saylog, check, feed, skipped};

/// The headings of the help, in their order.
const HEADINGS: [&str; 7] = [
    "Who speaks, and where",
    "What is said",
    "Models",
    "Output",
    "The prompt",
    "The store",
    "Other work, then exit",
];

/// What a run with one argument prints, without anything of the environment.
fn printed(argument: &str) -> String {
    let mut command = Command::new(SAYLOG);
    command.env_clear().arg(argument);
    let outcome = feed(command, b"");
    assert_eq!(
        (outcome.stderr.as_str(), outcome.code),
        ("", 0),
        "{argument}"
    );
    outcome.stdout
}

/// The options at the beginnings of the lines of a help.
fn options(help: &str) -> BTreeSet<&str> {
    let lines = help
        .lines()
        .filter(|line| line.trim_start().starts_with('-'));
    let names = lines.filter_map(|line| {
        let begin = line.find("--")?;
        let name = &line[begin..];
        let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '-');
        Some(&name[..end.unwrap_or(name.len())])
    });
    names.collect()
}

/// The headings of a text: lines that end with a colon.
fn headings(help: &str) -> Vec<&str> {
    let lines = help.lines().filter(|line| !line.starts_with(' '));
    lines.filter_map(|line| line.strip_suffix(':')).collect()
}

#[test]
fn the_short_help_is_one_line_an_option_in_eighty_columns() {
    let help = printed("-h");
    for line in help.lines() {
        assert!(line.chars().count() <= 80, "too long: {line}");
    }
    assert_eq!(headings(&help), HEADINGS);
    let rows = help.lines().filter(|line| line.starts_with("  "));
    for row in rows {
        // An option, and behind two blanks what it does.
        let (option, does) = row.trim_start().split_once("  ").expect("two columns");
        assert!(option.starts_with(['-', '[']) && !does.is_empty(), "{row}");
    }
    assert!(
        help.contains("\n      --input <FORMAT>  What lines are: lines, or json for programs\n"),
        "{help}"
    );
}

#[test]
fn the_long_help_has_the_same_options_and_more() {
    let (short, long) = (printed("-h"), printed("--help"));
    let options = options(&short);
    assert!(options.len() > 40, "only {} options", options.len());
    assert_eq!(self::options(&long), options);
    let mut expected = HEADINGS.to_vec();
    expected.extend(["Examples", "Keys of the prompt", "Exit codes", "Files"]);
    assert_eq!(headings(&long), expected);
}

#[test]
fn the_exit_codes_of_the_help_are_those_of_the_page() {
    let help = printed("--help");
    let told = help.split("\nExit codes:\n").nth(1).expect("a section");
    let told = told.split("\n\n").next().expect("its lines");
    let rows = crate::support::manual::page("docs/pipes.md").rows("exit codes");
    let rows: Vec<_> = rows
        .iter()
        .map(|row| format!("  {}\n          {}", row[0], row[1].replace('`', "")))
        .collect();
    assert_eq!(told, rows.join("\n"));
}

#[test]
fn the_manual_page_has_every_section_option_command_and_key() {
    let page = printed("--man");
    let sections: Vec<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix(".SH "))
        .collect();
    assert_eq!(
        sections,
        [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "LINES",
            "KEYS",
            "\"EXIT STATUS\"",
            "FILES",
            "ENVIRONMENT",
            "EXAMPLES",
            "\"SEE ALSO\"",
        ]
    );
    let groups: Vec<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix(".SS "))
        .map(|heading| heading.trim_matches('"'))
        .collect();
    assert_eq!(groups, HEADINGS);
    for option in options(&printed("-h")) {
        let roff = format!("\\fB{}\\fR", option.replace('-', "\\-"));
        assert!(page.contains(&roff), "{option}");
    }
    let help = Saylog::new().run(&["--json", "-c", "/help"]).stdout;
    for row in help.lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect("JSON");
        let Some(usage) = row["usage"].as_str().filter(|it| it.starts_with('/')) else {
            continue;
        };
        let name = usage.split(' ').next().expect("a name");
        assert!(page.contains(&format!("\\fB{name}")), "{name}");
    }
    for key in ["Tab, Shift\\-Tab", "Ctrl\\-D", "\\[u2191] \\[u2193]"] {
        assert!(page.contains(&format!("\n\\fB{key}\\fR\n")), "{key}");
    }
    assert!(page.is_ascii());
}

#[test]
fn nothing_is_wrong_with_the_manual_page() {
    let mut mandoc = Command::new("mandoc");
    if mandoc.arg("-V").output().is_err() {
        skipped("the manual page", "mandoc");
        return;
    }
    let mut mandoc = Command::new("mandoc");
    mandoc.args(["-Tlint", "-Wwarning"]);
    check(&feed(mandoc, printed("--man").as_bytes()), "", "", 0);
}

#[test]
fn whoever_asks_for_an_unknown_shell_is_told_which_there_are() {
    check(
        &Saylog::new().run(&["--completions", "powershell"]),
        "",
        "error: invalid value 'powershell' for '--completions <SHELL>'\n  \
         [possible values: bash, zsh, fish]\n\nFor more information, try '--help'.\n",
        2,
    );
}
