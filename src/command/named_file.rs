//! A file by its path, and how people write a path that has blanks in it.

use super::argument::{shorten, split_word};

/// The longest path, in bytes: longer ones no system opens.
const PATH_LIMIT: usize = 4096;

/// A file that is to be said. Only its name is known here: the shell reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedFile {
    /// Its path as it was typed, without quotes.
    pub(crate) path: String,
    /// What is asked about it; empty if nothing is.
    pub(crate) question: String,
}

/// A path between quotes, in which `\"` and `\\` stand for a quote and a backslash.
pub(super) enum Quoted<'a> {
    /// The path, and what follows the quote that ends it.
    Closed(String, &'a str),
    /// The path as far as it is typed.
    Open(String),
}

impl<'a> Quoted<'a> {
    /// Reads what stands behind the first quote.
    pub(super) fn parse(text: &'a str) -> Self {
        let mut path = String::new();
        let mut characters = text.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            match c {
                '"' => return Self::Closed(path, &text[at + 1..]),
                '\\' => {
                    let escaped = characters.next_if(|(_, c)| matches!(c, '"' | '\\'));
                    path.push(escaped.map_or(c, |(_, escaped)| escaped));
                }
                _ => path.push(c),
            }
        }
        Self::Open(path)
    }
}

/// The path at the beginning of what was typed, which may be empty between quotes,
/// and what follows it.
///
/// # Errors
/// What is wrong with it, behind the name of the command.
pub(super) fn leading_path(typed: &str) -> Result<(String, &str), String> {
    let (path, rest) = match typed.strip_prefix('"').map(Quoted::parse) {
        Some(Quoted::Closed(path, rest)) => (path, rest),
        Some(Quoted::Open(path)) => {
            return Err(format!("misses the quote behind `{}`", shorten(&path)));
        }
        None => {
            let (path, rest) = split_word(typed);
            (path.to_owned(), rest)
        }
    };
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return Err(format!("finds `{}` right behind a quote", shorten(rest)));
    }
    if path.len() > PATH_LIMIT {
        return Err(format!("takes no path like `{}`", shorten(&path)));
    }
    Ok((path, rest))
}

/// The path that is being typed, if this is the beginning of one.
pub(crate) fn unfinished_path(typed: &str) -> Option<String> {
    match typed.strip_prefix('"').map(Quoted::parse) {
        Some(Quoted::Open(path)) => Some(path),
        Some(Quoted::Closed(..)) => None,
        None => (!typed.contains(char::is_whitespace)).then(|| typed.to_owned()),
    }
}

/// Where the last one of the paths begins that were typed.
pub(crate) fn last_path(typed: &str) -> usize {
    let mut rest = typed;
    while let Ok((_, behind)) = leading_path(rest)
        && behind.starts_with(char::is_whitespace)
    {
        rest = behind.trim_start();
    }
    typed.len() - rest.len()
}

/// Whether a path has to stand between quotes.
pub(crate) fn needs_quotes(path: &str) -> bool {
    path.starts_with('"') || path.contains(char::is_whitespace)
}

/// The path behind its first quote; the one that ends it is still to come.
pub(crate) fn behind_quote(path: &str) -> String {
    let escaped = path.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_behind_a_quote_is_read_back() {
        for path in ["a b", "a\"b\\", "\\\\", "\"", "你 好"] {
            let typed = behind_quote(path);
            assert_eq!(unfinished_path(&typed).as_deref(), Some(path));
            let closed = format!("{typed}\" x");
            assert_eq!(unfinished_path(&closed), None);
            match Quoted::parse(&closed[1..]) {
                Quoted::Closed(read, " x") => assert_eq!(read, path),
                _ => panic!("{closed}"),
            }
        }
    }

    #[test]
    fn the_last_path_begins_behind_the_others() {
        for (typed, last) in [
            ("", ""),
            ("a", "a"),
            ("a b", "b"),
            ("a  ", ""),
            ("\"a b\" c", "c"),
            ("a \"b c", "\"b c"),
            ("\"a b", "\"a b"),
        ] {
            assert_eq!(&typed[last_path(typed)..], last, "{typed}");
        }
    }

    #[test]
    fn a_blank_ends_a_path_without_quotes() {
        assert_eq!(unfinished_path("a/b\"").as_deref(), Some("a/b\""));
        assert_eq!(unfinished_path("a b"), None);
    }
}
