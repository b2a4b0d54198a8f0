//! The tables of events, of codes and of kinds are what the program writes with `--json`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::manual::{page, quoted, root, without_brackets, words_of};
use crate::support::run::{SAYLOG, configured, feed};

const PAGE: &str = "docs/pipes.md";

/// What every event has besides its own fields.
const OF_ALL: [&str; 3] = ["event", "line", "ref"];

/// Events that need a terminal, a server or a long time, and are looked up in the source.
const ELSEWHERE: [&str; 3] = ["copy", "grant", "progress"];

/// Lines that bring about every other event.
const LINES: &str = r#"/user bob
/user alice
/start --as critic plans
hello
"""
```rust
fn main() {}
```
"""
/code
/code 1
/code 1 main.rs
/rename trip
/sessions
/users
/context
/undo
/redo
/moves
/system be brief
/personas
/model
/models
/show #2
/quote #1
/search hello
/stats
/stats heat
/history
/set
/info
/help
/archive
/archive --undo
/fork another way
/each --personas critic how so?
/export notes.jsonl
/export --format text -
/import notes.jsonl
/import --format chatgpt broken.json
/clear
/resume trip
/nosuch
"#;

/// A row of the table, or the part of one that is apart from the others.
struct Row {
    names: Vec<String>,
    /// What it tells of their fields, without what explains them.
    told: String,
}

fn table() -> Vec<Row> {
    let mut rows = Vec::new();
    for cells in page(PAGE).rows("events") {
        let (names, told) = (&cells[0], without_brackets(&cells[1]));
        let groups: Vec<&str> = names.split(';').collect();
        let parts: Vec<&str> = match groups.len() {
            1 => vec![&told],
            _ => told.split(';').collect(),
        };
        assert_eq!(groups.len(), parts.len(), "{PAGE}: the row of {names}");
        rows.extend(groups.iter().zip(parts).map(|(names, told)| Row {
            names: quoted(names),
            told: told.to_owned(),
        }));
    }
    rows
}

/// The fields that a row tells, in their order: its own, and those that it takes from
/// another one as `the fields of X from A to B`.
fn fields(row: &Row, table: &[Row]) -> Vec<String> {
    let Some((before, range)) = row.told.split_once("the fields of `") else {
        return quoted(&row.told);
    };
    let words = quoted(&format!("`{range}"));
    let [of, from, to, behind @ ..] = words.as_slice() else {
        panic!("{PAGE}: which fields has {:?}?", row.names);
    };
    let other = table.iter().find(|row| row.names.contains(of));
    let other = other.unwrap_or_else(|| panic!("{PAGE} has no row of `{of}`"));
    let all = fields(other, table);
    let place = |field: &String| {
        let at = all.iter().position(|other| other == field);
        at.unwrap_or_else(|| panic!("{PAGE}: `{of}` has no `{field}`"))
    };
    let mut fields = quoted(before);
    fields.extend_from_slice(&all[place(from)..=place(to)]);
    fields.extend_from_slice(behind);
    fields
}

/// What the program writes, by the names of the events: all fields that each has had.
fn written() -> BTreeMap<String, BTreeSet<String>> {
    let saylog = configured("[personas.critic]\nmodel = \"mock:echo\"\n");
    fs::write(saylog.folder().join("broken.json"), "[{\"mapping\":5}]").expect("a file");
    let mut command = saylog.command();
    command.args(["--json", "--verbose", "--model", "mock:echo"]);
    let mut told = feed(command, LINES.as_bytes()).stdout;
    let copy = saylog.folder().join("copy.db");
    let mut command = Command::new(SAYLOG);
    command.env_clear().env("HOME", saylog.folder());
    command
        .args(["--json", "--copy"])
        .arg(saylog.store())
        .arg(copy);
    told.push_str(&feed(command, b"").stdout);
    let mut written: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in told.lines() {
        let event: Value = serde_json::from_str(line).expect("JSON");
        let fields = event.as_object().expect("an object");
        let name = fields["event"].as_str().expect("a name").to_owned();
        let own = fields.keys().filter(|key| !OF_ALL.contains(&key.as_str()));
        written.entry(name).or_default().extend(own.cloned());
    }
    written
}

/// The source of what renders JSON.
fn renderer() -> String {
    let folder = root().join("src/render/json");
    let files = fs::read_dir(folder).expect("the renderer");
    let texts = files.map(|file| fs::read_to_string(file.expect("a file").path()));
    texts.map(|text| text.expect("a text")).collect()
}

#[test]
fn the_table_of_events_names_every_event() {
    let source = renderer();
    let parts = source.split(".object(\"").skip(1);
    let known: BTreeSet<String> = parts
        .map(|part| part.split('"').next().unwrap_or_default().to_owned())
        .collect();
    let named: BTreeSet<String> = table().into_iter().flat_map(|row| row.names).collect();
    assert_eq!(
        named, known,
        "on the left the events of {PAGE}, on the right those of the program"
    );
}

#[test]
fn the_table_of_events_names_every_field() {
    let (written, source, table) = (written(), renderer(), table());
    for row in &table {
        let told: BTreeSet<String> = fields(row, &table).into_iter().collect();
        let names = &row.names;
        for name in names {
            let Some(fields) = written.get(name) else {
                assert!(
                    ELSEWHERE.contains(&name.as_str()),
                    "nothing has brought about the event `{name}`, which {PAGE} names"
                );
                continue;
            };
            let untold: Vec<_> = fields.difference(&told).collect();
            assert!(
                untold.is_empty(),
                "{PAGE} does not tell the fields {untold:?} of the event `{name}`"
            );
        }
        let seen = names.iter().filter_map(|name| written.get(name));
        let seen: BTreeSet<&String> = seen.flatten().collect();
        let is_all = names.iter().all(|name| written.contains_key(name));
        for field in &told {
            let exists = if is_all {
                seen.contains(field)
            } else {
                source.contains(&format!("\"{field}\""))
            };
            assert!(
                exists,
                "{PAGE} tells the field `{field}` of {names:?}, which have none such"
            );
        }
    }
}

/// The words in the first cells of a table.
fn first_cells(table: &str) -> BTreeSet<String> {
    let rows = page(PAGE).rows(table);
    rows.iter().flat_map(|cells| quoted(&cells[0])).collect()
}

/// The words that the errors of the program make in a function of this name.
fn of_errors(function: &str) -> BTreeSet<String> {
    let folder = root().join("src/domain");
    let files = fs::read_dir(folder).expect("the domain");
    let paths = files.map(|file| file.expect("a file").path());
    let is_source = |path: &PathBuf| path.extension().is_some_and(|end| end == "rs");
    let words = paths.filter(is_source).flat_map(|path| {
        let path = path.strip_prefix(root()).map(Path::to_path_buf);
        words_of(&path.expect("a path").to_string_lossy(), function)
    });
    words.collect()
}

#[test]
fn the_table_of_codes_is_that_of_the_errors() {
    assert_eq!(
        first_cells("codes"),
        of_errors("code"),
        "on the left the codes of {PAGE}, on the right those of src/domain"
    );
}

#[test]
fn the_table_of_kinds_is_that_of_the_errors() {
    let mut kinds: BTreeSet<String> = words_of("src/domain/problem.rs", "word")
        .into_iter()
        .collect();
    kinds.extend(of_errors("kind"));
    assert_eq!(
        first_cells("kinds"),
        kinds,
        "on the left the kinds of {PAGE}, on the right those of src/domain"
    );
}
