//! Lines of JSON: the form in which programs say things.
//!
//! A line is a string, which is said, or an object:
//!
//! ```text
//! say       a text, which is said
//! line      a line of the language instead: a command, or something said
//! user      who says it, for this line only
//! session   in which session of theirs
//! ref       a word or number that comes back with every event of the line
//! ```
//!
//! A mistake in a line does not keep its `ref` from being found, so its error
//! can be matched too.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, IgnoredAny, MapAccess};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::mark::is_mark;
use crate::domain::{
    Error, JsonKind, MESSAGE_LIMIT, QUOTED_CHARACTERS, Reference, ValueError, is_blank, preview_of,
};

/// The longest line in bytes: every byte of the longest text may be written as
/// `\u0000`, and there may be something around it.
pub(crate) const JSON_LINE_LIMIT: usize = 6 * MESSAGE_LIMIT + 64 * 1024;

/// One line: what it says, or why it says nothing.
#[derive(Debug)]
pub(crate) struct JsonLine<'a> {
    pub(crate) reference: Option<Reference<'a>>,
    /// None if the line is blank.
    pub(crate) said: Result<Option<Said<'a>>, Error>,
}

/// What a line says, by whom and in which session.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said<'a> {
    pub(crate) what: What<'a>,
    pub(crate) user: Option<Cow<'a, str>>,
    pub(crate) session: Option<Cow<'a, str>>,
}

/// What is said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum What<'a> {
    /// A text, whatever it looks like.
    Text(Cow<'a, str>),
    /// A line of the language.
    Line(Cow<'a, str>),
}

/// Reads a line. Texts are borrowed from it where nothing in them is escaped.
pub(crate) fn parse(bytes: &[u8]) -> JsonLine<'_> {
    let json = match str::from_utf8(bytes) {
        Ok(json) => json,
        Err(error) => return JsonLine::bare(Err(Error::InvalidUtf8(error.valid_up_to() + 1))),
    };
    match json.trim_start().bytes().next() {
        None => JsonLine::bare(Ok(None)),
        Some(b'{') => match read::<Fields<'_>>(json) {
            Ok(fields) => fields.into_line(),
            Err(why) => JsonLine::bare(Err(why.into())),
        },
        Some(b'"') => {
            let text = read::<Text<'_>>(json).map_err(Error::from);
            let what = text.and_then(|Text(text)| sayable(text)).map(What::Text);
            JsonLine::bare(what.map(|what| {
                Some(Said {
                    what,
                    user: None,
                    session: None,
                })
            }))
        }
        Some(first) => {
            let kind = read::<IgnoredAny>(json).map(|_| JsonKind::of(first));
            let why = kind.map_or_else(|why| why, ValueError::Kind);
            JsonLine::bare(Err(why.into()))
        }
    }
}

impl<'a> JsonLine<'a> {
    /// Without a `ref`.
    fn bare(said: Result<Option<Said<'a>>, Error>) -> Self {
        Self {
            reference: None,
            said,
        }
    }
}

/// A string of JSON.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads JSON that fills the line, or a part of the line that is JSON.
fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, ValueError> {
    serde_json::from_str(json).map_err(|error| {
        // What is passed over may hold anything that is written like a string.
        if serde_json::from_str::<IgnoredAny>(json).is_ok() {
            return ValueError::LoneSurrogate;
        }
        let why = error.to_string();
        let (why, _) = why.split_once(" at line ").unwrap_or((&why, ""));
        ValueError::NotJson(error.column(), why.to_owned())
    })
}

/// The keys, in the order of [`Fields::values`].
const KEYS: [&str; 5] = ["say", "line", "user", "session", "ref"];

/// The values of an object by its keys, not looked into, and the first mistake
/// that does not keep the rest from being read.
#[derive(Default)]
struct Fields<'a> {
    values: [Option<&'a RawValue>; KEYS.len()],
    mistake: Option<ValueError>,
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> de::Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        while let Some(Text(key)) = map.next_key()? {
            let value: &RawValue = map.next_value()?;
            fields.take(&key, value);
        }
        Ok(fields)
    }
}

impl<'a> Fields<'a> {
    fn take(&mut self, key: &str, value: &'a RawValue) {
        let mistake = match KEYS.iter().position(|known| *known == key) {
            Some(at) if self.values[at].is_none() => {
                self.values[at] = Some(value);
                return;
            }
            Some(at) => ValueError::DoubledKey(KEYS[at]),
            None => ValueError::UnknownKey(preview_of(key, QUOTED_CHARACTERS), nearest(key)),
        };
        self.mistake.get_or_insert(mistake);
    }

    fn into_line(self) -> JsonLine<'a> {
        let [say, line, user, session, reference] = self.values;
        let (reference, misnamed) = match reference.map(read_reference).transpose() {
            Ok(reference) => (reference, None),
            Err(why) => (None, Some(why)),
        };
        let said = match self.mistake.or(misnamed) {
            Some(why) => Err(why.into()),
            None => said(say, line, user, session).map(Some),
        };
        JsonLine { reference, said }
    }
}

fn said<'a>(
    say: Option<&'a RawValue>,
    line: Option<&'a RawValue>,
    user: Option<&'a RawValue>,
    session: Option<&'a RawValue>,
) -> Result<Said<'a>, Error> {
    let text = |key, value: Option<&'a RawValue>| {
        let text = value.map(|value| read_text(key, value));
        text.transpose()
    };
    let (user, session) = (text("user", user)?, text("session", session)?);
    let what = match (text("say", say)?, text("line", line)?) {
        (Some(text), None) => What::Text(sayable(text)?),
        (None, Some(line)) => What::Line(playable(line)?),
        (Some(_), Some(_)) => return Err(ValueError::SayAndLine.into()),
        (None, None) => return Err(ValueError::NothingSaid.into()),
    };
    Ok(Said {
        what,
        user,
        session,
    })
}

fn read_text<'a>(key: &'static str, value: &'a RawValue) -> Result<Cow<'a, str>, ValueError> {
    match kind_of(value) {
        JsonKind::Text => read(value.get()).map(|Text(text)| text),
        other => Err(ValueError::NotText(key, other)),
    }
}

fn read_reference(value: &RawValue) -> Result<Reference<'_>, ValueError> {
    let (reference, length) = match kind_of(value) {
        JsonKind::Number => (Reference::Number(value.get()), value.get().len()),
        JsonKind::Text => {
            let Text(text) = read(value.get())?;
            let length = text.len();
            (Reference::Text(text), length)
        }
        other => return Err(ValueError::BadReference(other)),
    };
    if length > Reference::LIMIT {
        return Err(ValueError::LongReference(length));
    }
    Ok(reference)
}

fn kind_of(value: &RawValue) -> JsonKind {
    // A raw value is never empty, and has no white space before it.
    JsonKind::of(value.get().bytes().next().unwrap_or_default())
}

/// A text that can be a message.
fn sayable(text: Cow<'_, str>) -> Result<Cow<'_, str>, Error> {
    if text.len() > MESSAGE_LIMIT {
        return Err(Error::TooLong);
    }
    if is_blank(&text) {
        return Err(ValueError::EmptyText.into());
    }
    match memchr::memchr(0, text.as_bytes()) {
        Some(at) => Err(ValueError::Nul(at + 1).into()),
        None => Ok(text),
    }
}

/// A text that can be a line of the language.
fn playable(text: Cow<'_, str>) -> Result<Cow<'_, str>, Error> {
    let text = sayable(text)?;
    if text.contains('\n') {
        return Err(ValueError::LineBreak.into());
    }
    if is_mark(&text) {
        return Err(ValueError::BlockInLine.into());
    }
    Ok(text)
}

/// The key that looks most like `typed`, if one does.
fn nearest(typed: &str) -> Option<&'static str> {
    if typed.len() > QUOTED_CHARACTERS {
        return None;
    }
    let distances = KEYS.map(|key| (strsim::damerau_levenshtein(typed, key), key));
    let near = distances
        .into_iter()
        .filter(|&(distance, key)| distance * 2 < key.len() + 1);
    near.min().map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> (bool, String) {
        match parse(json.as_bytes()).said.unwrap().unwrap().what {
            What::Text(text) => (matches!(text, Cow::Borrowed(_)), text.into_owned()),
            What::Line(line) => panic!("a line: {line}"),
        }
    }

    fn code(json: &str) -> &'static str {
        parse(json.as_bytes()).said.unwrap_err().code()
    }

    #[test]
    fn a_text_is_copied_only_where_something_in_it_is_escaped() {
        assert_eq!(text(r#""/clear é 🙂""#), (true, "/clear é 🙂".into()));
        assert_eq!(text(r#" {"say" : "a b"} "#), (true, "a b".into()));
        assert_eq!(text(r#""a\n\ud83d\ude42\/""#), (false, "a\n🙂/".into()));
        assert_eq!(text(r#"{"say":"\"\"\""}"#), (false, "\"\"\"".into()));
        assert_eq!(text(r#"{"s\u0061y":"x"}"#), (true, "x".into()));
    }

    #[test]
    fn an_object_says_who_and_where_and_what_it_is_called() {
        let line = parse(br#"{"line":"/clear","user":"bob","session":"x","ref":-1.50e400}"#);
        assert_eq!(line.reference, Some(Reference::Number("-1.50e400")));
        let said = line.said.unwrap().unwrap();
        assert_eq!(said.what, What::Line("/clear".into()));
        assert_eq!(said.user.as_deref(), Some("bob"));
        assert_eq!(said.session.as_deref(), Some("x"));
    }

    #[test]
    fn blank_lines_say_nothing() {
        for blank in ["", " \t\r", "\u{3000}"] {
            assert!(parse(blank.as_bytes()).said.unwrap().is_none());
        }
    }

    #[test]
    fn every_mistake_in_an_object_leaves_its_ref() {
        for (json, expected) in [
            (r#"{"foo":1,"ref":"r","say":"a"}"#, "unknown_key"),
            (r#"{"say":"a","ref":"r","say":"a"}"#, "doubled_key"),
            (r#"{"say":"\ud800","ref":"r"}"#, "lone_surrogate"),
            (r#"{"say":"a","line":"b","ref":"r"}"#, "say_and_line"),
            (r#"{"ref":"r"}"#, "nothing_said"),
            (r#"{"say":["\udfff"],"ref":"r"}"#, "wrong_type"),
        ] {
            let line = parse(json.as_bytes());
            assert_eq!(line.reference, Some(Reference::Text("r".into())), "{json}");
            assert_eq!(line.said.unwrap_err().code(), expected, "{json}");
        }
    }

    #[test]
    fn what_is_half_a_character_is_told_from_what_is_not_json() {
        assert_eq!(code(r#""\ud83d""#), "lone_surrogate");
        assert_eq!(code(r#""\udc00 x""#), "lone_surrogate");
        assert_eq!(code(r#"{"\ud83d":1}"#), "lone_surrogate");
        assert_eq!(code(r#""\ud83""#), "not_json");
        assert_eq!(code(r#""\ud83d"x"#), "not_json");
        assert_eq!(code("\"a\tb\""), "not_json");
        assert_eq!(code("nul"), "not_json");
        assert_eq!(code("plain words"), "not_json");
    }

    #[test]
    fn the_nearest_key_is_near() {
        assert_eq!(nearest("sya"), Some("say"));
        assert_eq!(nearest("sesion"), Some("session"));
        assert_eq!(nearest("Line"), Some("line"));
        assert_eq!(nearest("id"), None);
        assert_eq!(nearest("content"), None);
    }
}
