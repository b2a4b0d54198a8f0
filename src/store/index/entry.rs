//! A message, as terms.
//!
//! A term is what FTS5 takes for one: letters and digits of ASCII, `_`, and
//! everything beyond ASCII. Beside the terms of its text a message has *tags*, which
//! begin with a character that no text's term has, and the terms of its reasoning,
//! which begin with another one.

use std::fmt::Write as _;

use crate::domain::{Message, Role, SessionId, Status};
use crate::query::terms_of;

/// Stands before every tag.
const TAG: char = '\u{E000}';

/// Stands before every term of a reasoning.
pub(super) const REASONING: char = '\u{E001}';

/// How many bytes of a name a tag has at the most: names that are longer share one.
const LONGEST_NAME: usize = 200;

/// Writes the terms of a message into an empty text, with blanks between.
pub(super) fn entry(message: &Message<'_>, out: &mut String) {
    out.clear();
    terms_of(message.content, &mut |term| {
        word(term, out);
        out.push(' ');
    });
    if let Some(reasoning) = message.details.reasoning {
        terms_of(reasoning, &mut |term| {
            out.push(REASONING);
            word(term, out);
            out.push(' ');
        });
    }
    for tag in [Tag::User(message.user.as_str()), Tag::Role(message.role)] {
        tag.write(out);
        out.push(' ');
    }
    Tag::Session(message.session).write(out);
    let model = message.model.map(Tag::Model);
    // Nearly every message is complete: the others are told apart.
    let status = (message.status != Status::Complete).then_some(Tag::Status(message.status));
    let source = message.source.map(Tag::Source);
    for tag in [model, status, source].into_iter().flatten() {
        out.push(' ');
        tag.write(out);
    }
}

/// Writes a term as FTS5 leaves it: whatever it would take for an end is one and the
/// same character, and so is what marks tags.
pub(super) fn word(term: &str, out: &mut String) {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if term.bytes().all(is_plain) {
        out.push_str(term);
        return;
    }
    out.extend(term.chars().map(|character| match character {
        '\u{E000}'..='\u{E00F}' => '_',
        character if character.is_ascii() && !is_plain(character as u8) => '_',
        character => character,
    }));
}

/// What a message is found by beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag<'a> {
    User(&'a str),
    Session(SessionId),
    Role(Role),
    Model(&'a str),
    Status(Status),
    Source(&'a str),
}

impl Tag<'_> {
    /// Writes it as a term.
    pub(super) fn write(self, out: &mut String) {
        out.push(TAG);
        match self {
            Self::User(name) => name_of('u', name, out),
            Self::Model(name) => name_of('m', name, out),
            Self::Source(name) => name_of('o', name, out),
            Self::Session(id) => {
                out.push('s');
                let before = out.len();
                // Writing into a text cannot fail.
                let _ = write!(out, "{id}");
                let digits: String = out[before..].chars().filter(|c| *c != '-').collect();
                out.truncate(before);
                out.push_str(&digits);
            }
            Self::Role(role) => {
                out.push('r');
                out.push_str(role.word());
            }
            Self::Status(status) => {
                out.push('t');
                out.push_str(status.word());
            }
        }
    }

    /// Whether nothing else has the same term.
    pub(super) fn is_exact(self) -> bool {
        match self {
            Self::User(name) | Self::Model(name) | Self::Source(name) => name.len() <= LONGEST_NAME,
            Self::Session(_) | Self::Role(_) | Self::Status(_) => true,
        }
    }
}

/// Writes a name so that every other one is written differently.
fn name_of(kind: char, name: &str, out: &mut String) {
    out.push(kind);
    let end = name.floor_char_boundary(LONGEST_NAME);
    for character in name[..end].chars() {
        match character {
            'a'..='z' | '0'..='9' => out.push(character),
            character if character.is_ascii() => {
                // Writing into a text cannot fail.
                let _ = write!(out, "_{:02x}", character as u32);
            }
            character => out.push(character),
        }
    }
}
