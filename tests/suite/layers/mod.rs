//! The layers of the source hold: imports point down only, and the four in the
//! middle are strangers to each other.

mod circles;
mod parsed;
mod program;
mod tokens;

use std::fs;
use std::path::{Path, PathBuf};

use parsed::Parsed;
use program::Program;
use tokens::{is_word, tokens, without_tests};

/// Each layer and what it may import besides itself.
const LAYERS: [(&str, &[&str]); 11] = [
    ("domain", &[]),
    ("query", &["domain"]),
    ("secrets", &[]),
    ("store", &["domain", "query"]),
    ("format", &["domain"]),
    ("responder", &["domain"]),
    ("render", &["domain"]),
    ("transcript", &["domain"]),
    (
        "chat",
        &[
            "domain",
            "query",
            "store",
            "responder",
            "render",
            "transcript",
            "format",
            "secrets",
        ],
    ),
    (
        "command",
        &[
            "domain",
            "query",
            "store",
            "responder",
            "render",
            "transcript",
            "format",
            "chat",
        ],
    ),
    (
        "shell",
        &[
            "domain",
            "query",
            "store",
            "responder",
            "render",
            "transcript",
            "format",
            "chat",
            "command",
        ],
    ),
];

/// What only the shell and `main` may touch: terminal, environment, standard streams.
const OUTSIDE: [&str; 7] = [
    "std::env",
    "io::stdout",
    "io::stderr",
    "io::stdin",
    "std::process",
    "println!",
    "eprintln!",
];

/// The one place that runs programs: the responder that is one.
const PROGRAMS: (&str, &str) = ("responder/process", "std::process");

/// The one place that reads databases of other programs.
const FOREIGN_TABLES: &str = "format/tables.rs";

/// What the domain, and what is asked of a log, may not know at all.
const IMPURE: [&str; 7] = [
    "std::fs",
    "std::thread",
    "std::net",
    "SystemTime",
    "new_v4",
    "Mutex",
    "Instant",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every file of a layer, with its text.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            found.push((path, text));
        }
    }
    found
}

/// The layers that a text names after `crate::`, its tests among it.
fn imports(text: &str) -> Vec<String> {
    let parsed = Parsed::new(&tokens(text));
    let paths = parsed.all().filter(|path| path[0] == "crate");
    paths.filter_map(|path| path.get(1)).cloned().collect()
}

#[test]
fn imports_point_down_only() {
    let mut wrong = Vec::new();
    for (layer, below) in LAYERS {
        for (path, text) in files(&source().join(layer)) {
            for import in imports(&text) {
                let is_layer = LAYERS.iter().any(|(name, _)| *name == import);
                let allowed = import == layer || below.contains(&import.as_str());
                if is_layer && !allowed {
                    wrong.push(format!("{}: {import}", path.display()));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn every_folder_of_the_source_is_a_layer() {
    let mut folders: Vec<_> = fs::read_dir(source())
        .expect("the source")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("a name"))
        .collect();
    folders.sort();
    let mut layers = LAYERS.map(|(layer, _)| layer);
    layers.sort_unstable();
    assert_eq!(folders, layers);
}

#[test]
fn chat_knows_responders_by_their_trait_only() {
    for layer in ["chat", "command", "shell"] {
        for (path, text) in files(&source().join(layer)) {
            for responder in ["Mock", "Echo", "responder::named"] {
                assert!(!text.contains(responder), "{}: {responder}", path.display());
            }
        }
    }
}

/// The files of a folder that name something for which `is_wrong` holds, with its name.
fn offenders(folder: &Path, is_wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in files(folder) {
        let file = path.strip_prefix(folder).expect("a file of the folder");
        let file = file.to_string_lossy();
        let mut names = tokens(&text);
        names.retain(|name| is_word(name) && is_wrong(&file, name));
        wrong.extend(names.first().map(|name| format!("{file}: {name}")));
    }
    wrong
}

/// Whether a name belongs to SQLite's library or to the store that is built on it.
fn is_of_sqlite(name: &str) -> bool {
    name == "rusqlite" || name.contains("Sqlite")
}

#[test]
fn nothing_above_the_store_names_sqlite() {
    // What other programs keep in SQLite is no store of ours.
    let is_own = |file: &str| file.starts_with("store/") || file == FOREIGN_TABLES;
    let wrong = offenders(&source(), |file, name| !is_own(file) && is_of_sqlite(name));
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn the_store_names_sqlite_where_it_opens_it_only() {
    let mut wrong = Vec::new();
    for module in Program::saylog().modules.values() {
        let file = module.file.as_str();
        let is_of_files = ["store/sqlite/", "store/index/"]
            .iter()
            .any(|folder| file.starts_with(folder));
        let is_own = is_of_files || !file.starts_with("store/");
        let names = module.parsed.names();
        wrong.extend(
            names
                .filter(|name| {
                    let opens = file == "store/mod.rs" && *name == "Sqlite";
                    !is_own && !opens && is_of_sqlite(name)
                })
                .map(|name| format!("{file}: {name}")),
        );
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn one_file_of_this_suite_looks_into_stores() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let wrong = offenders(&suite, |file, name| {
        file != "support/store.rs" && name == "rusqlite"
    });
    assert_eq!(wrong, [""; 0]);
}

/// The chat commits where it must not go on before what was said is safe. Reads
/// of the log need no commit: it commits by itself where they would miss something.
#[test]
fn the_chat_commits_in_one_place() {
    const COMMIT: [&str; 4] = ["log", ".", "commit", "("];
    let mut commits = Vec::new();
    for (path, text) in files(&source().join("chat")) {
        let tokens = tokens(&text);
        let tokens = without_tests(&tokens);
        let found = tokens.windows(COMMIT.len()).filter(|part| *part == COMMIT);
        commits.extend(found.map(|_| path.display().to_string()));
    }
    assert!(commits.len() <= 1, "{commits:#?}");
}

#[test]
fn only_the_shell_touches_the_outside() {
    for (layer, _) in LAYERS.into_iter().filter(|(layer, _)| *layer != "shell") {
        for (path, text) in files(&source().join(layer)) {
            // A test may be told by a variable how long to go on.
            if path.iter().any(|part| part == "tests") {
                continue;
            }
            let runs_programs = path
                .to_string_lossy()
                .contains(&format!("src/{}", PROGRAMS.0));
            for outside in OUTSIDE {
                let may = runs_programs && outside == PROGRAMS.1;
                assert!(
                    may || !text.contains(outside),
                    "{}: {outside}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn the_domain_and_what_is_asked_are_values_only() {
    let layers = ["domain", "query"].map(|layer| files(&source().join(layer)));
    for (path, text) in layers.concat() {
        for impure in IMPURE {
            assert!(!text.contains(impure), "{}: {impure}", path.display());
        }
    }
}

#[test]
fn the_check_finds_a_wrong_import() {
    let text = "use crate::chat::Chat;\nuse crate::{store::{Log, Sqlite}, render};\n\
                // crate::transcript\nfn f() { crate::shell::g() }";
    let mut found = imports(text);
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, ["chat", "render", "shell", "store"]);
}
