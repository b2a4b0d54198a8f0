//! Completion of paths.

use std::fs;
use std::path::Path;

use super::super::file_reader::FileReader;
use super::offers::{Offer, best, matches};
use crate::command::named_file::{behind_quote, needs_quotes, unfinished_path};
use crate::domain::has_stray;

/// How many paths are offered at most.
const OFFERED: usize = 200;

/// How many names of a folder are looked at: a larger one must not stop the keys.
const LOOKED_AT: usize = 10_000;

/// The paths that begin with what is typed, as they are typed: folders end with
/// a slash, and hidden files have to be asked for by a dot. A name that a
/// terminal cannot show as it is, is not offered.
pub(super) fn paths(typed: &str, files: &FileReader) -> Vec<Offer> {
    let written = written(typed, files).into_iter();
    written.map(Offer::word).collect()
}

fn written(typed: &str, files: &FileReader) -> Vec<String> {
    let Some(path) = unfinished_path(typed) else {
        return Vec::new();
    };
    let (folder, begun) = path.split_at(path.rfind('/').map_or(0, |at| at + 1));
    let Ok(place) = files.expanded(if folder.is_empty() { "." } else { folder }) else {
        return Vec::new();
    };
    let mut found = names(&place, begun);
    found.sort_unstable();
    found.truncate(OFFERED);
    let offers: Vec<_> = found
        .into_iter()
        .map(|name| format!("{folder}{name}"))
        .collect();
    // All of them are written alike, so that they have a common beginning.
    if !typed.starts_with('"') && !offers.iter().any(|path| needs_quotes(path)) {
        return offers;
    }
    let quoted = offers.iter().map(|path| {
        let end = if path.ends_with('/') { "" } else { "\"" };
        format!("{}{end}", behind_quote(path))
    });
    quoted.collect()
}

/// The names in a folder that begin like this, or else have it anywhere.
fn names(folder: &Path, begun: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let entries = entries.take(LOOKED_AT).filter_map(Result::ok);
    let named = entries.filter_map(|entry| {
        let mut name = entry.file_name().into_string().ok()?;
        let how = matches(&name, begun)?;
        let is_hidden = name.starts_with('.') && !begun.starts_with('.');
        if is_hidden || has_stray(&name) {
            return None;
        }
        if fs::metadata(entry.path()).is_ok_and(|entry| entry.is_dir()) {
            name.push('/');
        }
        Some((how, name))
    });
    best(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_hidden_files_and_blanks() {
        let home = tempfile::tempdir().unwrap();
        let file = |name: &str| fs::write(home.path().join(name), "x").unwrap();
        for name in [
            "one.txt",
            "other.txt",
            ".secret",
            "b\x1b[31m",
            "bare",
            "two words.txt",
        ] {
            file(name);
        }
        fs::create_dir(home.path().join("my folder")).unwrap();
        file("my folder/a\"b");
        let files = FileReader {
            home: Some(home.path().into()),
            ..FileReader::default()
        };
        let offers = |typed: &str| written(typed, &files).join(" | ");
        assert_eq!(offers("~/o"), "~/one.txt | ~/other.txt");
        assert_eq!(offers("~/b"), "~/bare");
        assert_eq!(offers("~/."), "~/.secret");
        assert_eq!(offers("~/m"), "\"~/my folder/");
        assert_eq!(offers("\"~/my folder/"), "\"~/my folder/a\\\"b\"");
        assert_eq!(offers("\"~/on"), "\"~/one.txt\"");
        assert_eq!(
            offers("~/"),
            "\"~/bare\" | \"~/my folder/ | \"~/one.txt\" | \"~/other.txt\" | \"~/two words.txt\""
        );
        assert_eq!(offers("~/one.txt wh"), "");
        assert_eq!(offers("~/nowhere/"), "");
    }
}
