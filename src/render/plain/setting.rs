//! The rows of settings.

use super::super::visible::push_line;
use super::word::one_word;
use crate::domain::Setting;

/// Writes a setting as a row: key, value, source, and `fixed` if it may not be changed.
pub(super) fn row(it: &Setting, out: &mut Vec<u8>) {
    push_line(out, &one_word(&it.key));
    out.push(b' ');
    let value = it.value.as_deref().map(one_word);
    push_line(out, value.as_deref().unwrap_or("-"));
    out.push(b' ');
    out.extend_from_slice(it.source.word().as_bytes());
    if !it.is_free {
        out.extend_from_slice(b" fixed");
    }
    out.push(b'\n');
}
