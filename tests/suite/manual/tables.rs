//! The tables that mirror what the program knows say what it says itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};

use crate::support::manual::{page, quoted, without_brackets, words_of};
use crate::support::peer::Peer;
use crate::support::run::{Saylog, feed};

/// The words in the first cells of a table, in their order.
fn first_cells(path: &str, table: &str) -> Vec<String> {
    let rows = page(path).rows(table);
    rows.iter().flat_map(|cells| quoted(&cells[0])).collect()
}

/// The words that the hint of an error names: `one of a, b, c`.
fn one_of(outcome: &str) -> Vec<String> {
    let error: Value = serde_json::from_str(outcome).expect("JSON");
    let hint = error["hint"].as_str().expect("a hint");
    let words = hint.rsplit("one of ").next().unwrap_or_default();
    words.split(", ").map(str::to_owned).collect()
}

/// The words that a line with something unknown in it is answered with.
fn known(line: &str) -> Vec<String> {
    one_of(&Saylog::new().run(&["--json", "-c", line]).stdout)
}

#[test]
fn the_forms_that_are_written_are_those_of_the_program() {
    let path = "docs/formats.md";
    assert_eq!(
        first_cells(path, "forms"),
        known("/export --format x a"),
        "on the left the forms of {path}, on the right those of /export"
    );
    // The ends of names lead to them.
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n");
    for row in page(path).rows("forms") {
        let form = &quoted(&row[0])[0];
        for end in quoted(&row[1]) {
            let told = saylog.run(&["--json", "--export", &format!("notes{end}")]);
            let event: Value = serde_json::from_str(&told.stdout).expect("JSON");
            assert_eq!(
                event["format"],
                form.as_str(),
                "{path}: what is the form of a file that ends in {end}?"
            );
        }
    }
}

#[test]
fn the_forms_that_are_read_are_those_of_the_program() {
    let path = "docs/formats.md";
    let sorted = |mut words: Vec<String>| {
        words.sort();
        words
    };
    assert_eq!(
        sorted(first_cells(path, "programs")),
        sorted(known("/import --format x a")),
        "on the left the programs of {path}, on the right those of /import"
    );
}

#[test]
fn the_lines_of_its_own_form_have_the_fields_that_are_told() {
    let path = "docs/formats.md";
    let saylog = Saylog::new();
    let lines =
        "/start --as critic plans\nhello\n/system be brief\n/clear\n/fork at #2 b\n/archive\n";
    fs::create_dir_all(saylog.folder().join(".config/saylog")).expect("a folder");
    let configuration = saylog.folder().join(".config/saylog/config.toml");
    fs::write(configuration, "[personas.critic]\n").expect("a file");
    saylog.play(lines);
    let written = saylog
        .run(&["--export", "in:global --format saylog -"])
        .stdout;
    let source = page("src/format/saylog/write.rs").text;
    let told: BTreeMap<String, BTreeSet<String>> = page(path)
        .rows("lines of saylog's own form")
        .iter()
        .map(|row| {
            let fields = quoted(&without_brackets(&row[1])).into_iter().collect();
            (quoted(&row[0]).concat(), fields)
        })
        .collect();
    let mut kinds = BTreeSet::new();
    for line in written.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let kind = line["type"].as_str().expect("a type").to_owned();
        let told = told.get(&kind);
        let told = told.unwrap_or_else(|| panic!("{path} has no row of `{kind}`"));
        let fields = line.as_object().expect("an object").keys();
        for field in fields.filter(|field| *field != "type") {
            assert!(
                told.contains(field),
                "{path} does not tell the field `{field}` of a line `{kind}`"
            );
        }
        kinds.insert(kind);
    }
    assert!(
        told.keys().eq(kinds.iter()),
        "{path} tells the lines {:?}, a file has {kinds:?}",
        told.keys()
    );
    for field in told.values().flatten() {
        // Those that are no texts are fields of structures.
        let is_written =
            source.contains(&format!("    {field}: ")) || source.contains(&format!("\"{field}\":"));
        assert!(is_written, "{path}: no line has a field `{field}`");
    }
}

#[test]
fn the_filters_are_those_of_the_program() {
    let path = "docs/search.md";
    let filters = first_cells(path, "filters");
    let keys: Vec<&str> = filters
        .iter()
        .map(|filter| filter.split(':').next().unwrap_or_default())
        .collect();
    assert_eq!(
        keys,
        words_of("src/query/filter.rs", "word"),
        "on the left the filters of {path}, on the right those of the program"
    );
    let saylog = Saylog::new();
    saylog.play("/start TITLE\nhello\n");
    let named = page(path).rows("filters");
    for filter in named.iter().flat_map(|row| quoted(&row.concat())) {
        let line = if filter.starts_with("in:") {
            format!("/log {filter} hello")
        } else {
            format!("/log in:global {filter} hello")
        };
        let outcome = saylog.lines(&["/resume latest", &line]);
        assert_eq!(
            outcome.code, 0,
            "{path}: `{filter}` is not taken: {}",
            outcome.stderr
        );
    }
}

#[test]
fn what_is_counted_apart_is_what_the_program_counts_by() {
    let path = "docs/search.md";
    let page = page(path);
    let line = page
        .text
        .lines()
        .find(|line| line.contains("counts apart by"));
    let line = line.expect("what is counted apart");
    let told = line.split("counts apart by").nth(1).expect("the words");
    let told: Vec<String> = quoted(told.split(", with").next().unwrap_or_default());
    assert_eq!(
        told,
        known("/stats by x"),
        "on the left what {path} counts by, on the right what /stats does"
    );
}

#[test]
fn the_tools_of_agents_are_those_that_are_served() {
    let path = "docs/search.md";
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n");
    let mut command = saylog.command();
    command.arg("--mcp");
    let mut agent = Peer::new(command);
    let request = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/list", "params": {}});
    let answer = agent.ask(&request.to_string()).expect("an answer");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    let tools = answer["result"]["tools"].as_array().expect("tools");
    let served: Vec<&str> = tools
        .iter()
        .map(|tool| tool["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(
        first_cells(path, "tools"),
        served,
        "on the left the tools of {path}, on the right those of --mcp"
    );
}

#[test]
fn the_keys_of_a_line_of_json_are_those_that_are_taken() {
    let path = "docs/pipes.md";
    let told = Saylog::new().hear("{\"nosuch\": 1}\n").stdout;
    assert_eq!(
        first_cells(path, "keys of a line"),
        one_of(&told),
        "on the left the keys of {path}, on the right those of --input json"
    );
}

#[test]
fn the_exit_codes_are_those_of_runs() {
    let path = "docs/pipes.md";
    let told: Vec<i32> = page(path)
        .rows("exit codes")
        .iter()
        .map(|row| row[0].parse().expect("a code"))
        .collect();
    let saylog = Saylog::new();
    // Who answers interrupts who has asked, and says nothing until it is stopped itself.
    let interrupting = "cmd:sh -c 'kill -INT $PPID; exec tail -f /dev/null'";
    let happened = [
        saylog.run(&["hello"]),
        saylog.run(&["-c", "/nosuch"]),
        saylog.run(&["--nosuch"]),
        saylog.run(&["--stop-on-error", "-c", "/nosuch", "-c", "/users"]),
        saylog.run(&["--model", interrupting, "hello"]),
    ]
    .map(|outcome| outcome.code);
    assert_eq!(
        told, happened,
        "on the left the codes of {path}, on the right those of such runs"
    );
}

#[test]
fn the_mocks_are_those_of_the_program() {
    let path = "docs/models.md";
    let rows = page(path).rows("models");
    let told: Vec<String> = rows.iter().flat_map(|row| quoted(&row[0])).collect();
    let told: Vec<&String> = told
        .iter()
        .filter(|name| name.starts_with("mock"))
        .collect();
    let listed = Saylog::new().run(&["--json", "-c", "/models"]).stdout;
    let listed: Vec<Value> = listed
        .lines()
        .map(|row| serde_json::from_str(row).expect("JSON"))
        .collect();
    let listed: Vec<&str> = listed
        .iter()
        .filter_map(|row| row["model"].as_str())
        .collect();
    assert_eq!(
        told, listed,
        "on the left the mocks of {path}, on the right those of /models"
    );
}

#[test]
fn the_variables_of_the_settings_are_those_that_are_read() {
    let path = "docs/models.md";
    let source = page("src/shell/set/given.rs").text;
    let read = source.split("const WITH_VARIABLE:").nth(1);
    let read = read.and_then(|text| text.split("];").next());
    let read = read.expect("the settings that have a variable");
    let read: BTreeSet<String> = read
        .split('"')
        .skip(1)
        .step_by(2)
        .map(|key| format!("{key}: SAYLOG_{}", key.to_uppercase()))
        .collect();
    let told = page(path).rows("keys").into_iter().flat_map(|row| {
        let variables = quoted(&row[2]);
        let variables = variables
            .into_iter()
            .filter(|word| word.starts_with("SAYLOG_"));
        let key = quoted(&row[0]).concat();
        variables
            .map(|variable| format!("{key}: {variable}"))
            .collect::<Vec<_>>()
    });
    assert_eq!(
        told.collect::<BTreeSet<_>>(),
        read,
        "on the left the variables of {path}, on the right those of the program"
    );
}

#[test]
fn what_set_changes_is_told() {
    let path = "docs/models.md";
    let page = page(path);
    let section = page.section("### Changing it while it runs");
    let saylog = Saylog::new();
    let mut command = saylog.command();
    command.args(["--base-url", "http://127.0.0.1:9/v1", "--model", "m1"]);
    command.args(["--parameter", "seed=1", "--json", "-c", "/set"]);
    let rows = feed(command, b"").stdout;
    let mut count = 0;
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).expect("JSON");
        if row["free"] == true {
            let key = row["key"].as_str().expect("a key");
            let is_told = match key {
                "connect" | "first_byte" | "idle" | "total" => section.contains("the time-outs"),
                "parameters.seed" => section.contains("`parameters.NAME`"),
                key => section.contains(&format!("`{key}`")),
            };
            assert!(is_told, "{path} does not tell that /set changes `{key}`");
            count += 1;
        }
    }
    assert!(count > 10, "/set lists only {count} settings: {rows}");
}

#[test]
fn what_a_prompt_can_hold_is_told() {
    let path = "docs/models.md";
    let saylog = Saylog::new();
    let refused = saylog.run(&["--prompt", "{nosuch}", "-c", "/user"]).stderr;
    let words = refused.trim_end().rsplit("one of ").next().expect("words");
    let colours = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "gray",
    ];
    let page = page(path);
    let line = page
        .text
        .lines()
        .find(|line| line.contains("braces hold a value"));
    let told = quoted(line.expect("what braces hold"));
    for word in words.split(", ").filter(|word| !colours.contains(word)) {
        assert!(
            told.iter().any(|known| known == word),
            "{path} does not tell that a prompt can hold `{word}`"
        );
    }
}

#[test]
fn the_parameters_of_an_address_are_those_that_are_known() {
    let path = "docs/server.md";
    let source = page("src/store/postgres/parameters.rs").text;
    let known = source.split("const KNOWN:").nth(1).expect("the parameters");
    let known = known.split("];").next().unwrap_or_default();
    let words: Vec<&str> = known.split('"').skip(1).step_by(2).collect();
    let known: BTreeMap<String, String> = words
        .chunks(2)
        .map(|pair| (pair[0].to_owned(), pair[1].to_owned()))
        .collect();
    let mut told = BTreeMap::new();
    for row in page(path).rows("parameters") {
        let (names, variables) = (quoted(&row[0]), quoted(&row[1]));
        assert_eq!(
            names.len(),
            variables.len(),
            "{path}: each parameter has a variable in {row:?}"
        );
        told.extend(names.into_iter().zip(variables));
    }
    assert_eq!(
        told, known,
        "on the left the parameters of {path}, on the right those of the program"
    );
}
