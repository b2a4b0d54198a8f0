//! Texts, times and names of messages, as lines have them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::{SerializeTuple, Serializer};
use serde::{Deserialize, Serialize};

use super::super::times;
use crate::domain::{Numbered, SessionId, Timestamp, without_nul};

/// A text as the log takes it, borrowed from its line where it stands there as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                // Only here can a NUL stand: in a line it is escaped.
                Ok(Text(Cow::Owned(without_nul(text).into_owned())))
            }
        }
        deserializer.deserialize_str(Texts)
    }
}

/// A session's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id(pub(super) SessionId);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        let id = SessionId::parse(&text.0);
        id.map(Self)
            .ok_or_else(|| de::Error::custom("the id of a session is no UUID"))
    }
}

/// A message or a move: its number, and its session unless that is the line's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    session: Option<SessionId>,
    seq: i64,
}

impl Name {
    /// It in a line of that session.
    pub(super) fn within(named: Numbered, session: SessionId) -> Self {
        Self {
            session: (named.session != session).then_some(named.session),
            seq: named.seq,
        }
    }

    /// What it is in a line of that session.
    pub(super) fn of(self, session: SessionId) -> Numbered {
        Numbered {
            session: self.session.unwrap_or(session),
            seq: self.seq,
        }
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.session {
            None => serializer.serialize_i64(self.seq),
            Some(session) => {
                let mut pair = serializer.serialize_tuple(2)?;
                pair.serialize_element(&Id(session))?;
                pair.serialize_element(&self.seq)?;
                pair.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a session and a number")
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Name, E> {
                let seq = i64::try_from(number).map_err(|_| E::custom("a number is too large"))?;
                Ok(Name { session: None, seq })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Name, A::Error> {
                let short = || de::Error::invalid_length(0, &"a session and a number");
                let Id(session) = pair.next_element()?.ok_or_else(short)?;
                let seq = pair.next_element()?.ok_or_else(short)?;
                Ok(Name {
                    session: Some(session),
                    seq,
                })
            }
        }
        deserializer.deserialize_any(Names)
    }
}

/// A time: RFC 3339 in UTC with milliseconds, or the milliseconds since 1970 where that
/// has no word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At(pub(super) Timestamp);

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match times::rfc_3339(self.0) {
            Some(text) => serializer.serialize_str(str::from_utf8(&text).unwrap_or_default()),
            None => serializer.serialize_i64(self.0.0),
        }
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Times;
        impl Visitor<'_> for Times {
            type Value = At;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<At, E> {
                let time = times::of_rfc_3339(text);
                time.map(At)
                    .ok_or_else(|| E::custom("a time cannot be read"))
            }

            fn visit_i64<E>(self, milliseconds: i64) -> Result<At, E> {
                Ok(At(Timestamp(milliseconds)))
            }

            fn visit_u64<E: de::Error>(self, milliseconds: u64) -> Result<At, E> {
                let at =
                    i64::try_from(milliseconds).map_err(|_| E::custom("a time is too large"))?;
                self.visit_i64(at)
            }
        }
        deserializer.deserialize_any(Times)
    }
}

/// A key of a message of another program: its bytes in hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(pub(super) [u8; 16]);

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut digits = [0; 32];
        for (byte, pair) in self.0.iter().zip(digits.chunks_exact_mut(2)) {
            let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        serializer.serialize_str(str::from_utf8(&digits).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        let wrong = || de::Error::custom("an origin is not 32 hexadecimal digits");
        let mut key = [0; 16];
        if text.0.len() != 32 || !text.0.is_ascii() {
            return Err(wrong());
        }
        for (at, byte) in key.iter_mut().enumerate() {
            let digits = &text.0[2 * at..2 * at + 2];
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(key))
    }
}
