//! Lines of plain text, and what the further lines of a message begin with.

use super::super::visible::push_line;

/// What the further lines of a message begin with; no entry begins like this.
pub(super) const MESSAGE_INDENT: &str = "    ";

/// How much of a text is shown where only its beginning is wanted, in characters.
pub(super) const PREVIEW_CHARACTERS: usize = 72;

/// Writes one line.
pub(super) fn say(text: &str, out: &mut Vec<u8>) {
    push_line(out, text);
    out.push(b'\n');
}
