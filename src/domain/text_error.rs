//! Why bytes cannot be said.

use std::ffi::CStr;

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

impl TextError {
    /// The bytes as text, of whatever length.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub(crate) fn check(bytes: &[u8]) -> Result<&str, Self> {
        let text = str::from_utf8(bytes);
        let sound = text.map_or_else(|error| error.valid_up_to(), str::len);
        // (The standard library's search: another one asks the processor first what it
        // can do, which takes longer in a virtual machine than most texts do.)
        if let Some(at) = CStr::from_bytes_until_nul(&bytes[..sound])
            .ok()
            .map(CStr::count_bytes)
        {
            return Err(Self::NulByte(at + 1));
        }
        text.map_err(|_| Self::InvalidUtf8(sound + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::TextError;

    #[test]
    fn the_first_thing_that_is_wrong_is_told() {
        assert_eq!(TextError::check("aé".as_bytes()), Ok("aé"));
        for (bytes, error) in [
            (&b"a\0b\xff"[..], TextError::NulByte(2)),
            (b"a\xffb\0", TextError::InvalidUtf8(2)),
            (b"ab\xe4\xbd", TextError::InvalidUtf8(3)),
        ] {
            assert_eq!(TextError::check(bytes), Err(error));
        }
    }
}
