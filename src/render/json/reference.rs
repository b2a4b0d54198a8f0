//! What a program calls its line by.

use serde::Serialize;
use serde_json::Serializer;

use super::escaping::Escaping;
use crate::domain::Reference;

/// In the place of a reference that a line does not have.
pub(super) const NONE: &[u8] = b"null";

/// Writes a reference as JSON.
pub(crate) fn push_reference(reference: &Reference<'_>, out: &mut Vec<u8>) {
    match reference {
        Reference::Number(number) => out.extend_from_slice(number.as_bytes()),
        Reference::Text(text) => {
            // Writing a string to a vector cannot fail.
            let _ = text.serialize(&mut Serializer::with_formatter(out, Escaping));
        }
    }
}
