//! No two source files need each other, be it by way of others.
//!
//! A file needs another one if it names something that is defined there, also
//! where a module in between passes the name on. A module that declares others
//! is their facade: it may name what is in them, and they what it defines
//! itself, so what it needs of them is no arrow. Tests may name what they want.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::parsed::Path;
use super::program::{Program, Target};

/// Which files a file needs, and the names for which it does.
type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

impl Program {
    /// What a module names of others.
    fn needs(&self, path: &Path) -> Vec<(Path, String)> {
        let parsed = &self.modules[path].parsed;
        let mut needs: Vec<_> = (parsed.paths.iter())
            .filter_map(|named| self.resolve(path, named))
            .collect();
        for glob in &parsed.globs {
            if let Some(Target::Module(from)) = self.resolve(path, glob) {
                let found = |word: &String| self.look_up(&from, word, true);
                needs.extend(parsed.words.iter().filter_map(found));
            }
        }
        let items = needs.into_iter().filter_map(|target| match target {
            Target::Item(module, name) => Some((module, name)),
            // What is used of a module is named elsewhere.
            Target::Module(_) => None,
        });
        // A facade and what it declares: also what the file defines itself.
        items.filter(|(to, _)| !to.starts_with(path)).collect()
    }

    fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (path, module) in &self.modules {
            let from = arrows.entry(module.file.clone()).or_default();
            for (to, name) in self.needs(path) {
                let file = self.modules[&to].file.clone();
                from.entry(file).or_default().insert(name);
            }
        }
        arrows
    }
}

/// The shortest circle through each file, every circle once.
fn circles(arrows: &Arrows) -> Vec<String> {
    let mut found = BTreeMap::new();
    for file in arrows.keys() {
        if let Some(circle) = circle_through(arrows, file) {
            let files: BTreeSet<_> = circle.iter().cloned().collect();
            found.entry(files).or_insert(circle);
        }
    }
    let circles = found.into_values();
    circles.map(|circle| told(arrows, &circle)).collect()
}

/// The files of the shortest way from a file back to itself.
fn circle_through(arrows: &Arrows, start: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(file) = next.pop_front() {
        for to in arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
            if to == start {
                let before = |file: &&str| came_from.get(file).copied();
                let mut circle: Vec<_> = std::iter::successors(Some(file), before)
                    .map(str::to_owned)
                    .collect();
                circle.reverse();
                return Some(circle);
            }
            if !came_from.contains_key(to.as_str()) {
                came_from.insert(to, file);
                next.push_back(to);
            }
        }
    }
    None
}

/// `a.rs needs B of b.rs, b.rs needs A of a.rs`.
fn told(arrows: &Arrows, circle: &[String]) -> String {
    let after = circle.iter().cycle().skip(1);
    let needs = circle.iter().zip(after).map(|(file, to)| {
        let names: Vec<_> = arrows[file][to].iter().map(String::as_str).collect();
        format!("{file} needs {} of {to}", names.join(" and "))
    });
    needs.collect::<Vec<_>>().join(", ")
}

#[test]
fn no_files_need_each_other() {
    assert_eq!(circles(&Program::saylog().arrows()), [""; 0]);
}

/// The circles of a made-up program.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let text = |name: &str| files.iter().find(|(file, _)| *file == name);
    let program = Program::new(&|name| text(name).map(|(_, text)| (*text).to_owned()));
    circles(&program.arrows())
}

#[test]
fn a_circle_is_found_with_the_names_that_tie_it() {
    let files = [
        ("main.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::{B, X as Y}; pub struct A(B, Y);"),
        ("b.rs", "use super::c; pub struct X; pub struct B(c::C);"),
        ("c.rs", "pub struct C(Box<crate::a::A>);"),
    ];
    let circle = "a.rs needs B and X of b.rs, b.rs needs C of c.rs, c.rs needs A of a.rs";
    assert_eq!(circles_of(&files), [circle]);
}

#[test]
fn files_that_need_each_other_one_way_only_are_no_circle() {
    let files = [
        ("main.rs", "mod a; mod b; use a::A; fn main() {}"),
        ("a.rs", "use crate::b; pub struct A(b::B); /* b */"),
        (
            "b.rs",
            "/// For [`A`](crate::a::A). \n pub struct B; #[cfg(test)] mod tests { use crate::a::A; }",
        ),
    ];
    assert_eq!(circles_of(&files), [""; 0]);
}

#[test]
fn a_facade_is_no_circle() {
    let files = [
        ("main.rs", "mod a;"),
        (
            "a/mod.rs",
            "mod b; mod c; pub use b::B; use c::C; pub struct A(B, C);",
        ),
        ("a/b.rs", "use super::{A, C}; pub struct B(Box<A>, C);"),
        ("a/c.rs", "pub struct C(Box<super::A>);"),
    ];
    assert_eq!(circles_of(&files), [""; 0]);
}

#[test]
fn a_facade_hides_no_circle_among_its_children() {
    let files = [
        ("main.rs", "mod a;"),
        (
            "a/mod.rs",
            "mod b; mod c; pub use b::B; pub(crate) use c::*;",
        ),
        ("a/b.rs", "use super::C; pub struct B(C);"),
        ("a/c.rs", "use crate::a::B; pub struct C(B);"),
    ];
    let circle = "a/b.rs needs C of a/c.rs, a/c.rs needs B of a/b.rs";
    assert_eq!(circles_of(&files), [circle]);
}

#[test]
fn a_facade_that_needs_a_stranger_that_needs_its_child_is_a_circle() {
    let files = [
        ("main.rs", "mod a; mod d;"),
        (
            "a/mod.rs",
            "mod b; pub use b::B; pub struct A(crate::d::D);",
        ),
        ("a/b.rs", "pub struct B(Box<super::A>);"),
        ("d.rs", "use crate::a::*; pub struct D(B);"),
    ];
    let circle = "a/b.rs needs A of a/mod.rs, a/mod.rs needs D of d.rs, d.rs needs B of a/b.rs";
    assert_eq!(circles_of(&files), [circle]);
}

#[test]
fn a_function_may_have_the_name_of_its_module() {
    let files = [
        ("main.rs", "mod a; mod b;"),
        ("a/mod.rs", "mod say; pub use say::say;"),
        (
            "a/say.rs",
            "use crate::b; pub struct Said; pub fn say() { b::b() }",
        ),
        ("b.rs", "use crate::a::say; pub fn b() { say() }"),
    ];
    let circle = "a/say.rs needs b of b.rs, b.rs needs say of a/say.rs";
    assert_eq!(circles_of(&files), [circle]);
}
