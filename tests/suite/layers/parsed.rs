//! What a source file declares and which paths it names.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::is_word;

/// The words of a path: `crate::a::B` has three.
pub(super) type Path = Vec<String>;

/// One source file, as far as imports go.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// The modules in files of their own.
    pub children: BTreeSet<String>,
    /// What is defined in the file itself.
    pub items: BTreeSet<String>,
    /// What `use` gives a name to, wherever in the file; the last one of a name.
    pub imports: BTreeMap<String, Path>,
    /// The modules that `use` takes everything from.
    pub globs: Vec<Path>,
    /// Every path that is named, by `use` or in place.
    pub paths: BTreeSet<Path>,
    /// Every word that is not part of a `use`.
    pub words: BTreeSet<String>,
}

impl Parsed {
    pub(super) fn new(tokens: &[&str]) -> Self {
        let mut parsed = Self::default();
        let (mut at, mut depth) = (0, 0);
        while at < tokens.len() {
            let next = |count| tokens.get(at + count).copied().unwrap_or_default();
            match tokens[at] {
                "{" => depth += 1,
                "}" => depth -= 1,
                "use" if next(1) != "<" => {
                    at = parsed.tree(tokens, at + 1, &[]);
                    continue;
                }
                "mod" if next(2) == ";" => {
                    parsed.children.insert(next(1).to_owned());
                }
                "macro_rules" => {
                    parsed.items.insert(next(2).to_owned());
                }
                "mod" | "struct" | "enum" | "union" | "trait" | "type" | "fn" | "const"
                | "static"
                    if depth == 0 =>
                {
                    parsed.items.insert(next(1).to_owned());
                }
                word if is_word(word) => {
                    at = parsed.path(tokens, at);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        parsed
    }

    /// All paths, those of which everything is taken among them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Path> {
        self.globs.iter().chain(&self.paths)
    }

    /// Every word, those of a `use` among them; some come more than once.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let named = self.all().flatten();
        named.chain(&self.words).map(String::as_str)
    }

    /// Reads one branch of a `use`; gives where it ends.
    fn tree(&mut self, tokens: &[&str], mut at: usize, above: &[String]) -> usize {
        let mut path = above.to_vec();
        while let Some(token) = tokens.get(at) {
            at += 1;
            match *token {
                "::" => {}
                "*" => self.globs.push(path.clone()),
                "{" => {
                    while tokens.get(at).is_some_and(|token| *token != "}") {
                        at = self.tree(tokens, at, &path);
                        at += usize::from(tokens.get(at) == Some(&","));
                    }
                    at += 1;
                }
                word if is_word(word) => {
                    if word != "self" || path.is_empty() {
                        path.push(word.to_owned());
                    }
                    if tokens.get(at) == Some(&"::") {
                        continue;
                    }
                    let mut name = path.last().cloned().unwrap_or_default();
                    if tokens.get(at) == Some(&"as") {
                        name = tokens.get(at + 1).unwrap_or(&"_").to_string();
                        at += 2;
                    }
                    self.imports.insert(name, path.clone());
                    self.paths.insert(path.clone());
                }
                // The end of this branch belongs to whoever reads the whole.
                _ => return at - 1,
            }
        }
        at
    }

    /// Reads a word and the path that it may begin; gives where that ends.
    fn path(&mut self, tokens: &[&str], from: usize) -> usize {
        let mut path = vec![tokens[from].to_owned()];
        let mut at = from + 1;
        while let [sign, word, ..] = tokens[at..]
            && sign == "::"
            && is_word(word)
        {
            path.push(word.to_owned());
            at += 2;
        }
        self.words.extend(path.iter().cloned());
        // `$name::Type` and `<T as Trait>::Type` begin with what is not known here.
        let is_rest = from > 0 && matches!(tokens[from - 1], "::" | "$");
        if path.len() > 1 && !is_rest {
            self.paths.insert(path);
        }
        at
    }
}

#[test]
fn a_file_is_read_for_its_names() {
    let parsed = Parsed::new(&super::tokens::tokens(
        "mod child; pub use child::A as B; use super::super::{x, y::{self, z::C}};
         pub(crate) use event::*; struct D(crate::e::F);
         impl D { const G: u8 = 1; fn h() { use self::child::I; y::J::K(x) } }",
    ));
    let joined = |path: &Path| path.join("::");
    let imports = |(name, path): (&String, &Path)| format!("{name} = {}", joined(path));
    assert_eq!(
        parsed.imports.iter().map(imports).collect::<Vec<_>>(),
        [
            "B = child::A",
            "C = super::super::y::z::C",
            "I = self::child::I",
            "x = super::super::x",
            "y = super::super::y",
        ]
    );
    let paths: Vec<_> = parsed.paths.iter().map(joined).collect();
    assert_eq!(
        paths,
        [
            "child::A",
            "crate::e::F",
            "self::child::I",
            "super::super::x",
            "super::super::y",
            "super::super::y::z::C",
            "y::J::K",
        ]
    );
    assert_eq!(parsed.globs, [["event"]]);
    assert!(parsed.children.iter().eq(["child"]));
    assert!(parsed.items.iter().eq(["D"]));
}
