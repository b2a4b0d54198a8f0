//! A JSON web token: a header, what it says, and a signature, in base64 with points
//! between them.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::surroundings::{begins, ends, is_word, run, window};

const KIND: &str = "a JSON web token";

/// The longest header of which it is looked at what it says, and of a shortest token
/// what stands behind it.
const HEADER: usize = 4096;
const SHORTEST: usize = 40;
/// A signed token has three parts, an encrypted one five.
const PARTS: usize = 5;

/// The beginning of the token that the whole world shows as an example.
const EXAMPLE: &[u8] = b"eyJzdWIiOiIxMjM0NTY3ODkwIi";

/// The token that begins at a place.
pub(super) fn read(bytes: &[u8], start: usize) -> Option<(&'static str, Range<usize>)> {
    if !begins(bytes, start) {
        return None;
    }
    let is_of_it = |byte| is_word(byte) || byte == b'-';
    let header = run(bytes, start, is_of_it);
    let header_end = start + header;
    let mut end = header_end;
    let mut parts = 1;
    while parts < PARTS && bytes.get(end) == Some(&b'.') {
        let part = run(bytes, end + 1, is_of_it);
        let is_empty_key = part == 0 && bytes.get(end + 1) == Some(&b'.');
        if part == 0 && !is_empty_key {
            break;
        }
        end += 1 + part;
        parts += 1;
    }
    let is_long = parts >= 3 && header <= HEADER && end - header_end >= SHORTEST;
    if !is_long || !ends(bytes, end) || window(bytes, header_end + 1, 64).starts_with(EXAMPLE) {
        return None;
    }
    let said = URL_SAFE_NO_PAD.decode(bytes.get(start..header_end)?).ok()?;
    memchr::memmem::find(&said, b"\"alg\"")?;
    Some((KIND, start..end))
}
