//! The README and the pages beside it, as they stand there.

use std::fs;
use std::path::{Path, PathBuf};

/// The README or one of the pages.
pub(crate) struct Page {
    /// Its path from the root of the repository.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A page by its path from the root.
pub(crate) fn page(path: &str) -> Page {
    let text = fs::read_to_string(root().join(path));
    Page {
        text: text.unwrap_or_else(|why| panic!("{path}: {why}")),
        path: path.to_owned(),
    }
}

/// The README, then every page in the order of their names.
pub(crate) fn pages() -> Vec<Page> {
    let folder = fs::read_dir(root().join("docs")).expect("the folder of the pages");
    let paths = folder.map(|entry| entry.expect("an entry").path());
    let is_page = |path: &PathBuf| path.extension().is_some_and(|end| end == "md");
    let mut names: Vec<String> = paths
        .filter(is_page)
        .map(|path| path.file_name().expect("a name").to_string_lossy().into())
        .collect();
    names.sort();
    let names = names.iter().map(|name| format!("docs/{name}"));
    let paths = std::iter::once("README.md".to_owned()).chain(names);
    paths.map(|path| page(&path)).collect()
}

impl Page {
    /// What stands between two marks that bear a name.
    #[track_caller]
    pub(crate) fn marked(&self, name: &str) -> &str {
        let behind = self.text.split(&format!("<!-- {name}: begin -->")).nth(1);
        let marked = behind.and_then(|text| text.split(&format!("<!-- {name}: end -->")).next());
        marked.unwrap_or_else(|| panic!("{} has no marks `{name}`", self.path))
    }

    /// The rows of the table between two such marks without its head, cell by cell.
    #[track_caller]
    pub(crate) fn rows(&self, name: &str) -> Vec<Vec<String>> {
        let lines = self.marked(name).lines();
        let rows = lines.filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'));
        let cells = rows.map(|row| row.split(" |").map(|cell| cell.trim().to_owned()));
        let rows: Vec<Vec<String>> = cells.skip(1).map(Iterator::collect).collect();
        assert!(!rows.is_empty(), "{} has no rows in `{name}`", self.path);
        rows
    }

    /// A section, from its heading on, up to the next heading of its rank or a higher one.
    #[track_caller]
    pub(crate) fn section(&self, heading: &str) -> &str {
        let begin = self.text.find(&format!("\n{heading}\n"));
        let begin = begin.unwrap_or_else(|| panic!("{} has no `{heading}`", self.path)) + 1;
        let rest = &self.text[begin..];
        let rank = heading.bytes().take_while(|byte| *byte == b'#').count();
        let ends = (1..=rank).filter_map(|rank| {
            let mark = format!("\n{} ", "#".repeat(rank));
            rest.find(&mark)
        });
        ends.min().map_or(rest, |end| &rest[..end])
    }

    /// What stands in its fences of a kind.
    pub(crate) fn blocks(&self, kind: &str) -> Vec<&str> {
        // The first part is text, then come blocks and texts in turn.
        let parts = self.text.split("\n```").skip(1).step_by(2);
        let parts = parts.filter_map(|part| part.split_once('\n'));
        parts
            .filter(|(of, _)| *of == kind)
            .map(|(_, block)| block)
            .collect()
    }
}

/// What stands between backticks.
pub(crate) fn quoted(text: &str) -> Vec<String> {
    let parts = text.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

/// A text without what stands in its brackets, however deep they are.
pub(crate) fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let kept = text.chars().filter(|c| {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    });
    kept.collect()
}

/// The words between double quotes in the functions of this name in a source file: what
/// a `match` there makes of each variant.
#[track_caller]
pub(crate) fn words_of(path: &str, function: &str) -> Vec<String> {
    let text = page(path).text;
    let begin = format!("fn {function}(");
    let bodies = text.split(&begin).skip(1);
    let bodies = bodies.map(|body| body.split("\n    }\n").next().unwrap_or_default());
    let is_word = |word: &&str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    };
    let words = bodies.flat_map(|body| body.split('"').skip(1).step_by(2).filter(is_word));
    words.map(str::to_owned).collect()
}
