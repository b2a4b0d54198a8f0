//! What is wrong with a line of JSON.

use std::borrow::Cow;
use std::fmt;

use super::Reference;

/// Why a JSON value cannot be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ValueError {
    /// The line is not JSON: the position of the byte where that shows, from 1,
    /// and the parser's words.
    NotJson(usize, String),
    /// Half of a surrogate pair is escaped in a string.
    LoneSurrogate,
    /// The value is of a kind that says nothing.
    Kind(JsonKind),
    /// The object has a key that means nothing, and the known one that it is nearest to.
    UnknownKey(String, Option<&'static str>),
    /// The object has this key twice.
    DoubledKey(&'static str),
    /// The object has both `say` and `line`.
    SayAndLine,
    /// The object has neither `say` nor `line`.
    NothingSaid,
    /// The value of this key has to be a string and is of another kind.
    NotText(&'static str, JsonKind),
    /// `ref` is neither a string nor a number.
    BadReference(JsonKind),
    /// `ref` is longer than [`Reference::LIMIT`]; its length in bytes.
    LongReference(usize),
    /// The text is empty or white space.
    EmptyText,
    /// The text holds a NUL; the position of that byte in it, from 1.
    Nul(usize),
    /// A line of the language holds a line break.
    LineBreak,
    /// A line of the language would open a block.
    BlockInLine,
    /// `session` is not the id of a session of that user.
    NoSuchSession(String),
}

/// A kind of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonKind {
    Null,
    Boolean,
    Number,
    Text,
    Array,
    Object,
}

impl JsonKind {
    /// The kind of a value that begins with this byte.
    pub(crate) fn of(first: u8) -> Self {
        match first {
            b'n' => Self::Null,
            b't' | b'f' => Self::Boolean,
            b'"' => Self::Text,
            b'[' => Self::Array,
            b'{' => Self::Object,
            _ => Self::Number,
        }
    }
}

impl ValueError {
    /// A stable word for scripts.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotJson(..) => "not_json",
            Self::LoneSurrogate => "lone_surrogate",
            Self::Kind(JsonKind::Null) => "null_value",
            Self::Kind(JsonKind::Boolean) => "boolean_value",
            Self::Kind(JsonKind::Number) => "number_value",
            Self::Kind(JsonKind::Array) => "array_value",
            Self::Kind(_) | Self::NotText(..) => "wrong_type",
            Self::UnknownKey(..) => "unknown_key",
            Self::DoubledKey(_) => "doubled_key",
            Self::SayAndLine => "say_and_line",
            Self::NothingSaid => "nothing_said",
            Self::BadReference(_) => "bad_ref",
            Self::LongReference(_) => "ref_too_long",
            Self::EmptyText => "empty_text",
            Self::Nul(_) => "nul_byte",
            Self::LineBreak => "line_break",
            Self::BlockInLine => "block_in_line",
            Self::NoSuchSession(_) => "session_not_found",
        }
    }

    /// The next thing to try.
    pub(super) fn hint(&self) -> Cow<'static, str> {
        match self {
            Self::NotJson(..) => {
                "one JSON value a line: a string, or an object with `say` or `line`".into()
            }
            Self::LoneSurrogate => {
                "write the character itself, or both halves of it, such as `\\ud83d\\ude42`".into()
            }
            Self::Kind(_) => "a string is said; so is `say` of an object".into(),
            Self::UnknownKey(_, Some(nearest)) => format!("did you mean `{nearest}`?").into(),
            Self::UnknownKey(_, None) => "one of say, line, user, session, ref".into(),
            Self::DoubledKey(_) => "name it once; nothing was sent".into(),
            Self::SayAndLine => {
                "one of them: `say` is said as it is, `line` is a line of the language".into()
            }
            Self::NothingSaid => "`say` is said as it is, `line` is a line of the language".into(),
            Self::NotText("user" | "session", _) => {
                "leave the key out to mean the current one".into()
            }
            Self::NotText(..) => "put the text in double quotes".into(),
            Self::BadReference(_) => "leave the key out if there is none".into(),
            Self::LongReference(_) => {
                format!("a `ref` has at most {} bytes", Reference::LIMIT).into()
            }
            Self::EmptyText => "nothing was sent".into(),
            Self::Nul(_) => "remove it; the rest of the text was not sent either".into(),
            Self::LineBreak | Self::BlockInLine => "`say` takes a text of several lines".into(),
            Self::NoSuchSession(_) => {
                "`session` takes a whole `session_id` of that user, as events tell it".into()
            }
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(at, why) => write!(f, "the line is not JSON (byte {at}: {why})"),
            Self::LoneSurrogate => {
                f.write_str("a string holds half of a surrogate pair, which is no character")
            }
            Self::Kind(kind) => write!(f, "the value is {kind}, which says nothing"),
            Self::UnknownKey(key, _) => write!(f, "the object has an unknown key `{key}`"),
            Self::DoubledKey(key) => write!(f, "the object has the key `{key}` twice"),
            Self::SayAndLine => f.write_str("the object has both `say` and `line`"),
            Self::NothingSaid => f.write_str("the object has neither `say` nor `line`"),
            Self::NotText(key, kind) => write!(f, "`{key}` is {kind}, not a string"),
            Self::BadReference(kind) => {
                write!(f, "`ref` is {kind}, neither a string nor a number")
            }
            Self::LongReference(bytes) => write!(f, "`ref` is too long ({bytes} bytes)"),
            Self::EmptyText => f.write_str("the text is empty"),
            Self::Nul(at) => write!(f, "the text has a NUL (byte {at} of it) and was not sent"),
            Self::LineBreak => f.write_str("the `line` has a line break"),
            Self::BlockInLine => f.write_str("a `line` opens no block"),
            Self::NoSuchSession(typed) => write!(f, "no session of that user is `{typed}`"),
        }
    }
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        })
    }
}
