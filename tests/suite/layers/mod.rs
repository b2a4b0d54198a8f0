//! The layers of the source hold: imports point down only, and the four in the
//! middle are strangers to each other.

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer and what it may import besides itself.
const LAYERS: [(&str, &[&str]); 8] = [
    ("domain", &[]),
    ("store", &["domain"]),
    ("responder", &["domain"]),
    ("render", &["domain"]),
    ("transcript", &["domain"]),
    (
        "chat",
        &["domain", "store", "responder", "render", "transcript"],
    ),
    (
        "command",
        &[
            "domain",
            "store",
            "responder",
            "render",
            "transcript",
            "chat",
        ],
    ),
    (
        "shell",
        &[
            "domain",
            "store",
            "responder",
            "render",
            "transcript",
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

/// What the domain may not know at all.
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

/// The layers that a text names after `crate::`, on one line or in braces.
fn imports(text: &str) -> Vec<String> {
    let mut named = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let word = |text: &str| -> String {
            text.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        };
        if let Some(list) = rest.strip_prefix('{') {
            let list = list.split('}').next().unwrap_or_default();
            named.extend(list.split(',').map(|item| word(item.trim())));
        } else {
            named.push(word(rest));
        }
    }
    named
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
fn chat_knows_traits_and_main_alone_the_backends() {
    for layer in ["chat", "command", "shell"] {
        for (path, text) in files(&source().join(layer)) {
            for backend in ["Sqlite", "rusqlite", "Mock", "Echo", "responder::named"] {
                assert!(!text.contains(backend), "{}: {backend}", path.display());
            }
        }
    }
}

#[test]
fn only_the_shell_touches_the_outside() {
    for (layer, _) in LAYERS.into_iter().filter(|(layer, _)| *layer != "shell") {
        for (path, text) in files(&source().join(layer)) {
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
fn the_domain_is_values_only() {
    for (path, text) in files(&source().join("domain")) {
        for impure in IMPURE {
            assert!(!text.contains(impure), "{}: {impure}", path.display());
        }
    }
}

#[test]
fn the_check_finds_a_wrong_import() {
    let text =
        "use crate::chat::Chat;\nuse crate::{store::Sqlite, render};\nfn f() { crate::shell::g() }";
    assert_eq!(imports(text), ["chat", "store", "render", "shell"]);
}
