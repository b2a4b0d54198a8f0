//! Where the keys of the configuration file stand in it.

use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue, Error};

use super::file_error::{FileError, what_is_wrong};

/// The file, and the place of each key in it.
#[derive(Debug, Default)]
pub(in crate::shell) struct SourceMap {
    file: String,
    /// Where each line ends.
    line_ends: Vec<usize>,
    keys: Vec<Key>,
}

/// A key, by the names of the tables around it and its own.
#[derive(Debug)]
struct Key {
    path: Vec<String>,
    name: Range<usize>,
    value: Range<usize>,
}

impl SourceMap {
    /// That of a file of which nothing is known but its lines.
    pub(super) fn new(path: &Path, text: &str) -> Self {
        let bytes = text.bytes().enumerate();
        let ends = bytes.filter_map(|(at, byte)| (byte == b'\n').then_some(at));
        Self {
            file: path.display().to_string(),
            line_ends: ends.collect(),
            keys: Vec::new(),
        }
    }

    /// Notes where every key stands.
    pub(super) fn note(&mut self, root: &DeTable<'_>) {
        self.note_below(&[], root);
    }

    fn note_below(&mut self, above: &[String], table: &DeTable<'_>) {
        for (key, value) in table {
            let mut path = above.to_vec();
            path.push(key.get_ref().clone().into_owned());
            if let DeValue::Table(below) = value.get_ref() {
                self.note_below(&path, below);
            }
            self.keys.push(Key {
                path,
                name: key.span(),
                value: value.span(),
            });
        }
    }

    /// File and line of a key, or of the nearest table around it.
    pub(in crate::shell) fn place(&self, path: &[&str]) -> String {
        let known = (1..=path.len()).rev().find_map(|length| {
            let is_it = |key: &&Key| key.path == path[..length];
            self.keys.iter().find(is_it)
        });
        self.line(known.map_or(0, |key| key.name.start))
    }

    /// What is wrong with the value of a key.
    pub(in crate::shell) fn wrong(&self, path: &[&str], what: &str) -> FileError {
        FileError::new(self.place(path), what.to_owned())
    }

    /// What an error says of a file that is not TOML. The key on the line is named,
    /// if there is one.
    pub(super) fn syntax(&self, text: &str, error: &Error) -> FileError {
        let at = error.span().map_or(0, |span| span.start);
        let number = self.line_ends.partition_point(|&end| end < at);
        let line = text.lines().nth(number).unwrap_or_default();
        let message = error.message().lines().next().unwrap_or_default();
        let what = match key_of(line.trim_start()) {
            Some(key) => format!("`{key}`: {message}"),
            None => message.to_owned(),
        };
        FileError::new(self.line(at), what)
    }

    /// What an error says of the whole file.
    pub(super) fn file_error(&self, error: &Error) -> FileError {
        self.file_error_at(&[], error)
    }

    /// What an error says that was met in a table.
    pub(super) fn file_error_at(&self, table: &[&str], error: &Error) -> FileError {
        let span = error.span();
        let key = span.as_ref().and_then(|span| self.key_at(span.start));
        let path: Vec<&str> = match key {
            Some(key) => key.path.iter().map(String::as_str).collect(),
            None => table.to_vec(),
        };
        let place = match span {
            Some(span) => self.line(span.start),
            None => self.place(&path),
        };
        let (what, hint) = what_is_wrong(&path, error.message());
        FileError { place, what, hint }
    }

    /// Says that something of another kind stands where a table has to.
    pub(super) fn no_table(&self, path: &[&str], kind: &str) -> FileError {
        let message = format!("invalid type: {kind}, expected a table");
        FileError::new(self.place(path), format!("`{}`: {message}", path.join(".")))
    }

    /// The innermost key at whose name or value something stands.
    fn key_at(&self, at: usize) -> Option<&Key> {
        let has = |key: &&Key| key.name.contains(&at) || key.value.contains(&at);
        self.keys
            .iter()
            .filter(has)
            .max_by_key(|key| key.path.len())
    }

    fn line(&self, at: usize) -> String {
        let line = 1 + self.line_ends.partition_point(|&end| end < at);
        format!("{}:{line}", self.file)
    }
}

/// The key, or the head of a table, that a line begins with.
fn key_of(line: &str) -> Option<&str> {
    let key = match line.find(']') {
        Some(end) if line.starts_with('[') => &line[..=end],
        _ => line.split_once('=')?.0.trim_end(),
    };
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || "-_.[]\"' ".contains(c);
    (!key.is_empty() && key.chars().all(is_of_key)).then_some(key)
}
