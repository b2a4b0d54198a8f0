//! How a token of a service is written.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::Regex;

use super::random::is_drawn;
use super::surroundings::{begins, ends, window};

/// How many bytes of a token are looked at. A longer one is none.
const LONGEST: usize = 640;

/// A kind of token: letters by which it is recognised, and what stands behind them.
pub(super) struct Row {
    pub(super) kind: &'static str,
    /// One of these is in the token.
    pub(super) literals: &'static [&'static str],
    /// How many bytes of the token may stand before that, and how they are written.
    lead: (Range<usize>, &'static str),
    /// How all behind it is written, as a regular expression of ASCII.
    body: &'static str,
    /// Whether the literal is a name that is not secret.
    is_named: bool,
    regex: OnceLock<Option<Regex>>,
}

/// A token that begins with one of the literals.
pub(super) const fn row(
    kind: &'static str,
    literals: &'static [&'static str],
    body: &'static str,
) -> Row {
    Row {
        kind,
        literals,
        lead: (0..1, ""),
        body,
        is_named: false,
        regex: OnceLock::new(),
    }
}

impl Row {
    /// Something of the token stands before the literal, so many bytes.
    pub(super) const fn behind(mut self, lengths: Range<usize>, lead: &'static str) -> Self {
        self.lead = (lengths, lead);
        self
    }

    /// The literal is the name of what stands behind it.
    pub(super) const fn named(mut self) -> Self {
        self.is_named = true;
        self
    }

    /// The place of the token of which a literal stands here.
    pub(super) fn place(&self, bytes: &[u8], literal: &Range<usize>) -> Option<Range<usize>> {
        let mut starts = self.lead.0.clone().filter_map(|lead| {
            let start = literal.start.checked_sub(lead)?;
            begins(bytes, start).then_some(start)
        });
        let start = starts.next()?;
        let regex = self.regex.get_or_init(|| self.regex()).as_ref()?;
        let found = regex.find(window(bytes, start, LONGEST))?;
        let end = start + found.end();
        let lead = bytes.get(start..literal.start)?;
        let body = bytes.get(literal.end..end)?;
        let drawn = if lead.len() > body.len() { lead } else { body };
        let is_it = ends(bytes, end) && is_drawn(drawn);
        let start = if self.is_named { literal.end } else { start };
        is_it.then_some(start..end)
    }

    /// None if it is not written as one, which the tests rule out.
    fn regex(&self) -> Option<Regex> {
        let literals: Vec<_> = self.literals.iter().map(|it| regex::escape(it)).collect();
        let (lead, literals, body) = (self.lead.1, literals.join("|"), self.body);
        Regex::new(&format!(r"(?-u)\A(?:{lead})(?:{literals})(?:{body})")).ok()
    }
}

#[cfg(test)]
mod tests {
    use crate::secrets::literals::rows;

    #[test]
    fn all_rows_are_written_well() {
        for row in rows() {
            assert!(row.regex().is_some(), "{}: {}", row.kind, row.body);
            assert!(row.kind.starts_with("a ") || row.kind.starts_with("an "));
        }
    }
}
