//! The few letters that all secrets have in common, and the one pass that finds them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::Regex;

use super::assigned::NAMES;
use super::clouds::CLOUDS;
use super::forges::FORGES;
use super::models::MODELS;
use super::row::Row;
use super::services::SERVICES;

/// What to look for where a literal stands.
#[derive(Clone, Copy)]
pub(super) enum Suspect {
    /// A token of which the literal has so many bytes.
    Token(&'static Row, usize),
    KeyBlock,
    WebToken,
    Address,
    /// A scheme of an HTTP header, and what it says.
    Header,
    /// A name that something may be assigned to.
    Assigned,
}

/// What is looked for that is not a row of a table.
const OTHERS: [(&str, Suspect); 9] = [
    ("PRIVATE KEY", Suspect::KeyBlock),
    ("Private-Lines: ", Suspect::KeyBlock),
    ("eyJ", Suspect::WebToken),
    ("://", Suspect::Address),
    ("Bearer ", Suspect::Header),
    ("bearer ", Suspect::Header),
    ("Basic ", Suspect::Header),
    ("basic ", Suspect::Header),
    ("BEARER ", Suspect::Header),
];

/// All literals in one.
pub(super) struct Literals {
    /// Of those that begin with each other, the longest first.
    regex: Regex,
    suspects: HashMap<&'static [u8], Vec<Suspect>>,
}

/// All rows of all tables.
pub(super) fn rows() -> impl Iterator<Item = &'static Row> {
    let tables = [&MODELS[..], &FORGES[..], &CLOUDS[..], &SERVICES[..]];
    tables.into_iter().flatten()
}

impl Literals {
    /// Those of all tables, made when they are first needed.
    pub(super) fn all() -> Option<&'static Self> {
        static ALL: OnceLock<Option<Literals>> = OnceLock::new();
        ALL.get_or_init(Self::new).as_ref()
    }

    /// None if the literals are no regular expression, which the tests rule out.
    fn new() -> Option<Self> {
        let tokens = rows().flat_map(|row| {
            let literals = row.literals.iter();
            literals.map(move |literal| (*literal, Suspect::Token(row, literal.len())))
        });
        let mut all: Vec<_> = tokens.chain(OTHERS).collect();
        // A stable sort: rows of one literal stay in their order.
        all.sort_by_key(|(literal, _)| std::cmp::Reverse(literal.len()));
        let mut suspects: HashMap<&'static [u8], Vec<Suspect>> = HashMap::new();
        for (literal, _) in &all {
            let begun = all.iter().filter(|(other, _)| literal.starts_with(other));
            let mut begun: Vec<_> = begun.map(|(_, suspect)| *suspect).collect();
            let lower = literal.to_ascii_lowercase();
            if NAMES.iter().any(|name| lower.starts_with(name)) {
                begun.push(Suspect::Assigned);
            }
            suspects.insert(literal.as_bytes(), begun);
        }
        let literals: Vec<_> = all
            .iter()
            .map(|(literal, _)| regex::escape(literal))
            .collect();
        let (literals, names) = (literals.join("|"), NAMES.join("|"));
        let regex = Regex::new(&format!("(?-u)(?:{literals}|(?i:{names}))")).ok()?;
        Some(Self { regex, suspects })
    }

    /// The next literal from a place on, and what it makes suspect.
    pub(super) fn next(&self, bytes: &[u8], from: usize) -> Option<(Range<usize>, &[Suspect])> {
        let found = self.regex.find_at(bytes, from)?;
        let suspects = self.suspects.get(found.as_bytes());
        let suspects = suspects.map_or(&[Suspect::Assigned][..], Vec::as_slice);
        Some((found.range(), suspects))
    }
}
