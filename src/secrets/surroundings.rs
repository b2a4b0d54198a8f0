//! What stands around a place of a text.

/// The bytes from a place on, so many at most.
pub(super) fn window(bytes: &[u8], from: usize, length: usize) -> &[u8] {
    let behind = bytes.get(from..).unwrap_or_default();
    behind.get(..length).unwrap_or(behind)
}

/// The bytes before a place, so many at most.
pub(super) fn before(bytes: &[u8], at: usize, length: usize) -> &[u8] {
    bytes.get(at.saturating_sub(length)..at).unwrap_or_default()
}

/// How many bytes from a place on are of a kind.
pub(super) fn run(bytes: &[u8], from: usize, is_of_it: impl Fn(u8) -> bool) -> usize {
    let behind = bytes.get(from..).unwrap_or_default();
    let end = behind.iter().position(|&byte| !is_of_it(byte));
    end.unwrap_or(behind.len())
}

/// Whether a token may begin at a place: no word goes on there. A hyphen belongs to
/// the word too, so that what consists of tokens without a gap is not read again from
/// each of them on.
pub(super) fn begins(bytes: &[u8], at: usize) -> bool {
    let Some(&last) = at.checked_sub(1).and_then(|last| bytes.get(last)) else {
        return true;
    };
    !(is_word(last) || last == b'-') || ends_escape(before(bytes, at, 6))
}

/// Whether a token may end at a place.
pub(super) fn ends(bytes: &[u8], at: usize) -> bool {
    !bytes.get(at).copied().is_some_and(is_word)
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a byte may belong to base64, of both alphabets.
pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Whether the last letters are no word, but say another character: a line end in
/// JSON, `%3D` in an address.
fn ends_escape(bytes: &[u8]) -> bool {
    let is_hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match bytes {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [b'\\', b'u', digits @ ..] => digits.len() == 4 && is_hex(digits),
        [.., b'%', first, second] => is_hex(&[*first, *second]),
        _ => false,
    }
}
