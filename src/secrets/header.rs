//! What proves to a server who asks, in a header of HTTP.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::address::is_word_for_it;
use super::random::{is_key, is_stand_in};
use super::surroundings::{begins, ends, is_base64, run, window};

/// The longest that is looked at.
const LONGEST: usize = 1024;

/// What stands behind the scheme of a header.
pub(super) fn read(bytes: &[u8], scheme: &Range<usize>) -> Option<(&'static str, Range<usize>)> {
    if !begins(bytes, scheme.start) {
        return None;
    }
    let start = scheme.end + run(window(bytes, scheme.end, 4), 0, |byte| byte == b' ');
    let is_of_it = |byte| is_base64(byte) || matches!(byte, b'.' | b'~' | b'=');
    let length = run(window(bytes, start, LONGEST), 0, is_of_it);
    let text = window(bytes, start, length);
    // A full stop ends the sentence, not the token.
    let text = text.strip_suffix(b".").unwrap_or(text);
    let end = start + text.len();
    if !ends(bytes, end) {
        return None;
    }
    let is_basic = scheme.len() == "Basic ".len();
    let kind = if is_basic {
        is_user_and_password(text).then_some("a password in a header")
    } else {
        is_key(text).then_some("a bearer token")
    };
    Some((kind?, start..end))
}

/// Whether it says a user, a colon and a password, in base64.
fn is_user_and_password(text: &[u8]) -> bool {
    let Ok(said) = STANDARD.decode(text) else {
        return false;
    };
    let mut parts = said.splitn(2, |&byte| byte == b':');
    let (Some(_), Some(password)) = (parts.next(), parts.next()) else {
        return false;
    };
    said.iter().all(|&byte| matches!(byte, b' '..=b'~'))
        && password.len() >= 8
        && !is_word_for_it(password)
        && !is_stand_in(password)
}
