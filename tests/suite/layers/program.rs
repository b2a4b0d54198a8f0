//! The program as modules, and what the names in them mean.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::parsed::{Parsed, Path as Words};
use super::tokens::{tokens, without_tests};

/// How many modules may pass a name on to each other.
const PASSED_ON: usize = 32;

/// The modules of a program by their path, without its tests; the root's path is empty.
pub(super) struct Program {
    pub modules: BTreeMap<Words, Module>,
}

pub(super) struct Module {
    pub file: String,
    pub parsed: Parsed,
}

/// What a path leads to.
#[derive(Clone)]
pub(super) enum Target {
    Module(Words),
    /// Something that is defined in a module.
    Item(Words, String),
}

impl Program {
    /// The program that this suite tests.
    pub(super) fn saylog() -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        Self::new(&|file| fs::read_to_string(source.join(file)).ok())
    }

    /// Reads `main.rs` and the modules that are declared there and below.
    pub(super) fn new(read: &dyn Fn(&str) -> Option<String>) -> Self {
        let mut program = Self {
            modules: BTreeMap::new(),
        };
        program.add(read, Vec::new());
        program
    }

    fn add(&mut self, read: &dyn Fn(&str) -> Option<String>, path: Words) {
        let place = path.join("/");
        let files = if path.is_empty() {
            vec!["main.rs".to_owned()]
        } else {
            vec![format!("{place}.rs"), format!("{place}/mod.rs")]
        };
        let found = files
            .into_iter()
            .find_map(|file| read(&file).map(|text| (file, text)));
        let (file, text) = found.unwrap_or_else(|| panic!("no file for the module {place}"));
        let parsed = Parsed::new(&without_tests(&tokens(&text)));
        for child in &parsed.children {
            self.add(
                read,
                [path.as_slice(), std::slice::from_ref(child)].concat(),
            );
        }
        self.modules.insert(path, Module { file, parsed });
    }

    /// What a name means in a module, whoever else it comes from. A module may
    /// have the name of something else, which is meant at the end of a path.
    pub(super) fn look_up(&self, module: &Words, name: &str, is_last: bool) -> Option<Target> {
        self.passed_on(module, name, is_last, 0)
    }

    /// What a path means in a module; nothing if it leads out of the program.
    pub(super) fn resolve(&self, module: &Words, path: &[String]) -> Option<Target> {
        self.followed(module, path, true, 0)
    }

    fn passed_on(&self, module: &Words, name: &str, is_last: bool, depth: usize) -> Option<Target> {
        let parsed = &self.modules[module].parsed;
        if depth > PASSED_ON {
            return None;
        }
        let child = || {
            let child = [module.as_slice(), &[name.to_owned()]].concat();
            let is_there = parsed.children.contains(name);
            is_there.then_some(Target::Module(child))
        };
        let item = || {
            let is_there = parsed.items.contains(name);
            is_there.then(|| Target::Item(module.clone(), name.to_owned()))
        };
        let imported = || {
            let path = parsed.imports.get(name)?;
            self.followed(module, path, is_last, depth + 1)
        };
        let globbed = || {
            parsed.globs.iter().find_map(|glob| {
                match self.followed(module, glob, false, depth + 1)? {
                    Target::Module(from) if from != *module => {
                        self.passed_on(&from, name, is_last, depth + 1)
                    }
                    _ => None,
                }
            })
        };
        let other = || item().or_else(imported).or_else(globbed);
        if is_last {
            other().or_else(child)
        } else {
            child().or_else(other)
        }
    }

    fn followed(
        &self,
        module: &Words,
        path: &[String],
        is_last: bool,
        depth: usize,
    ) -> Option<Target> {
        let (first, mut rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Target::Module(Vec::new()),
            "self" => Target::Module(module.clone()),
            "super" => Target::Module(parent(module)),
            name => self.passed_on(module, name, is_last && rest.is_empty(), depth)?,
        };
        while let (Target::Module(inside), Some((name, further))) = (&at, rest.split_first()) {
            at = if name == "super" {
                Target::Module(parent(inside))
            } else {
                // What a macro defines is not seen, but it is there.
                let unseen = Target::Item(inside.clone(), name.clone());
                self.passed_on(inside, name, is_last && further.is_empty(), depth)
                    .unwrap_or(unseen)
            };
            rest = further;
        }
        Some(at)
    }
}

fn parent(module: &Words) -> Words {
    let (_, above) = module.split_last().expect("the root has no parent");
    above.to_vec()
}
