//! The one pass over a text.

use std::ops::Range;

use super::Finding;
use super::key_block::KeyBlocks;
use super::literals::{Literals, Suspect};
use super::{address, assigned, header, web_token};

/// How much a shape says of itself, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    KeyBlock,
    Token,
    Address,
    Assigned,
}

/// Something that was found, which may overlap with others.
#[derive(Debug)]
pub(super) struct Sighting {
    pub(super) finding: Finding,
    pub(super) certainty: Certainty,
}

/// Sightings in the order of their literals.
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    literals: Option<&'static Literals>,
    /// Where to go on, which may be behind the end.
    from: usize,
    blocks: KeyBlocks,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            literals: Literals::all(),
            from: 0,
            blocks: KeyBlocks::default(),
        }
    }

    fn look(&mut self, suspect: Suspect, literal: &Range<usize>) -> Option<Sighting> {
        let bytes = self.bytes;
        let (certainty, kind, place) = match suspect {
            Suspect::Token(row, length) => {
                let literal = literal.start..literal.start + length;
                let place = row.place(bytes, &literal)?;
                (Certainty::Token, row.kind, place)
            }
            Suspect::KeyBlock => {
                let (kind, place) = self.blocks.read(bytes, literal)?;
                (Certainty::KeyBlock, kind, place)
            }
            Suspect::WebToken => {
                let (kind, place) = web_token::read(bytes, literal.start)?;
                (Certainty::Token, kind, place)
            }
            Suspect::Address => {
                let (kind, place) = address::read(bytes, literal)?;
                (Certainty::Address, kind, place)
            }
            Suspect::Header => {
                let (kind, place) = header::read(bytes, literal)?;
                (Certainty::Address, kind, place)
            }
            Suspect::Assigned => {
                let (kind, place) = assigned::read(bytes, literal.start)?;
                (Certainty::Assigned, kind, place)
            }
        };
        let finding = Finding { kind, place };
        Some(Sighting { finding, certainty })
    }
}

impl Iterator for Scan<'_> {
    type Item = Sighting;

    fn next(&mut self) -> Option<Sighting> {
        let literals = self.literals?;
        while let Some((literal, suspects)) = literals.next(self.bytes, self.from) {
            // Literals may overlap: `SharedAccessKey=` has a name in it.
            self.from = literal.start + 1;
            let mut suspects = suspects.iter();
            let found = suspects.find_map(|suspect| self.look(*suspect, &literal));
            if found.is_some() {
                return found;
            }
        }
        self.from = self.bytes.len();
        let (kind, place) = self.blocks.end(self.bytes)?;
        Some(Sighting {
            finding: Finding { kind, place },
            certainty: Certainty::KeyBlock,
        })
    }
}
