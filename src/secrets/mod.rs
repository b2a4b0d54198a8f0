//! What in a text looks like a key: tokens of services, private keys, passwords in
//! addresses and beside their names.
//!
//! [`literals`] looks for what all of these have in common, a few letters each, in one
//! pass; only where one of them stands, the [`scan`] asks more. A [`Row`](row::Row) of
//! one of the tables says how a token is written; what no row can say has a file of its
//! own. All looks are short, so the time grows with the text alone.
//!
//! A secret is never told, only where it stands: a [`Finding`] has no text.

mod address;
mod assigned;
mod clouds;
mod forges;
mod header;
mod key_block;
mod literals;
mod models;
mod random;
mod row;
mod scan;
mod services;
mod surroundings;
mod web_token;

use std::ops::Range;

use scan::Scan;

/// What was found: which kind of secret, and where in the text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// A noun with its article, such as "a GitHub token".
    pub kind: &'static str,
    pub place: Range<usize>,
}

/// Everything in a text that looks like a secret, in its order, none over another.
pub(crate) fn secrets_in(text: &str) -> Vec<Finding> {
    let mut all: Vec<_> = Scan::new(text).collect();
    all.sort_by_key(|sighting| (sighting.finding.place.start, sighting.certainty));
    let mut kept: Vec<scan::Sighting> = Vec::new();
    for sighting in all {
        match kept.last_mut() {
            // What says more of itself is believed: a token that is assigned to a
            // password is a token.
            Some(last) if sighting.finding.place.start < last.finding.place.end => {
                if sighting.certainty < last.certainty {
                    *last = sighting;
                }
            }
            _ => kept.push(sighting),
        }
    }
    kept.into_iter().map(|sighting| sighting.finding).collect()
}

#[cfg(test)]
mod tests;
