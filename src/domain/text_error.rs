//! Why bytes cannot be said.

/// What is wrong with bytes that were to be said as one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextError {
    /// They are not UTF-8; the position of the first wrong byte, from 1.
    InvalidUtf8(usize),
    /// They hold a NUL byte; its position, from 1.
    NulByte(usize),
    /// They make a message that is longer than [`MESSAGE_LIMIT`](super::MESSAGE_LIMIT).
    TooLong,
}
