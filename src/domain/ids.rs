//! Identifiers of sessions, messages and moves.

use std::fmt;

use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// A session's identifier for people and scripts, unique everywhere: a version 4 UUID, or
/// version 5 for what came from another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionId(Uuid);

impl SessionId {
    /// Wraps a UUID; drawing it is up to the caller.
    pub(crate) fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// Reads a UUID in its hyphenated form; `None` if it is not one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }

    /// Its bytes.
    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Room for [`Self::write`].
    pub(crate) fn buffer() -> [u8; Hyphenated::LENGTH] {
        [0; Hyphenated::LENGTH]
    }

    /// Its hyphenated form in a buffer: several times cheaper than the general formatter,
    /// and a listing writes one per row.
    pub(crate) fn write(self, buffer: &mut [u8; Hyphenated::LENGTH]) -> &str {
        self.0.hyphenated().encode_lower(buffer)
    }

    /// The first eight hexadecimal digits, which the prompt shows.
    pub(crate) fn short(self) -> String {
        let mut buffer = Uuid::encode_buffer();
        let digits = self.0.simple().encode_lower(&mut buffer);
        digits[..8].to_owned()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.write(&mut Self::buffer()))
    }
}

/// A session's identifier inside one store: a small integer that means nothing elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SessionKey(pub i64);

/// A message's place in the log, from 1. Ids grow; there may be gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MessageId(pub i64);

/// The identifier of a move inside one store; it grows by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct MoveId(pub i64);

impl MessageId {
    /// Reads `#12` or `12`; `None` for anything but a positive number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let id = digits.parse().ok().filter(|&id| is_number && id > 0)?;
        Some(Self(id))
    }
}

/// What a person calls a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageName {
    /// `#12`: its id.
    Id(MessageId),
    /// `12`: its number among what was found last, or else its id.
    Number(MessageId),
}

impl MessageName {
    /// Reads `#12` or `12`; `None` for anything but a positive number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let id = MessageId::parse(text)?;
        Some(if text.starts_with('#') {
            Self::Id(id)
        } else {
            Self::Number(id)
        })
    }

    /// The number that was typed, as an id.
    pub(crate) fn id(self) -> MessageId {
        match self {
            Self::Id(id) | Self::Number(id) => id,
        }
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_form_is_the_first_eight_digits() {
        let id = SessionId::parse("5b0c1f7e-0f3a-4c1d-9b7e-000000000001").unwrap();
        assert_eq!(id.short(), "5b0c1f7e");
        assert_eq!(id.to_string(), "5b0c1f7e-0f3a-4c1d-9b7e-000000000001");
        assert_eq!(SessionId::parse("5b0c1f7e"), None);
    }

    #[test]
    fn a_message_is_named_with_a_sign_or_without() {
        assert_eq!(MessageId::parse("#12"), Some(MessageId(12)));
        assert_eq!(MessageId::parse("12"), Some(MessageId(12)));
        for wrong in ["", "#", "0", "#0", "-1", "+1", "1x", "99999999999999999999"] {
            assert_eq!(MessageId::parse(wrong), None, "{wrong}");
        }
    }
}
