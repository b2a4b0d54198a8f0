//! What is assigned to a name that says that it is secret.
//!
//! Names of that kind stand in all programs, and what is assigned to them is most often
//! a call, a type or a word of an example. So only what looks drawn is believed, and a
//! password only in quotes, or where a shell would set a variable.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::Regex;

use super::address::is_word_for_it;
use super::random::{is_hex, is_key, is_no_name, is_stand_in, variety};
use super::surroundings::{before, window};

/// How much is looked at.
const LONGEST: usize = 400;

/// What the names have in them, as regular expressions without capital letters.
pub(super) const NAMES: [&str; 9] = [
    "passw",
    "passphrase",
    "secret",
    "token",
    "api[_-]?key",
    "access[_-]?key",
    "auth[_-]?key",
    "private[_-]?key",
    "credential",
];

/// The rest of a name, what assigns, and what is assigned: in quotes, which may be
/// escaped, or without.
const ASSIGNMENT: &str = concat!(
    r"(?-u)\A([A-Za-z0-9_.-]{5,52})",
    r#"(?:\\?["'`])?(?:\])?[ \t]{0,8}"#,
    r"(?::[ \t]?&?(?:'static )?(?:str|String|string)[ \t]?)?",
    r"(=>|:=|==?|:)[ \t]{0,8}",
    r#"(?:(\\?["'`])([^\s"'`\\]{8,200})(\\?["'`])|([A-Za-z0-9_+/.~!@#%^*-]{8,200}={0,2}))"#,
);

/// What a name has in it if it names something that is told of a secret, and not the
/// secret.
const NOT_SECRET: [&str; 18] = [
    "hash", "digest", "name", "path", "file", "url", "uri", "type", "count", "length", "hint",
    "label", "public", "version", "limit", "field", "_id", "header",
];

/// What is assigned to the name of which a part begins at a place.
pub(super) fn read(bytes: &[u8], start: usize) -> Option<(&'static str, Range<usize>)> {
    static REGEX: OnceLock<Option<Regex>> = OnceLock::new();
    let regex = REGEX.get_or_init(|| Regex::new(ASSIGNMENT).ok()).as_ref()?;
    let found = regex.captures(window(bytes, start, LONGEST))?;
    let name = Name::of(found.get(1)?.as_bytes(), before(bytes, start, 16));
    let value = if let (Some(begin), Some(value), Some(end)) =
        (found.get(3), found.get(4), found.get(5))
    {
        (begin.as_bytes() == end.as_bytes() && name.suits(value.as_bytes()))
            .then_some(value.range())?
    } else {
        let value = found.get(6)?;
        let follows = bytes.get(start + value.end()).copied();
        let is_end = follows.is_none_or(ends_value);
        // A full stop ends the sentence, not the value.
        let length = value
            .as_bytes()
            .strip_suffix(b".")
            .map_or(value.len(), <[u8]>::len);
        let value = value.start()..value.start() + length;
        let assigns = found.get(2)?;
        let by_shell = assigns.end() == value.start && assigns.as_bytes() == b"=";
        let is_it = is_end && name.suits_bare(window(bytes, start + value.start, length), by_shell);
        is_it.then_some(value)?
    };
    let place = start + value.start..start + value.end;
    let kind = name.kind(bytes.get(place.clone())?);
    Some((kind, place))
}

/// Whether a value without quotes ends before a byte, and is no call.
fn ends_value(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b";,\"'`\\)&".contains(&byte) || !byte.is_ascii()
}

/// What the name says.
struct Name {
    is_password: bool,
    is_token: bool,
    is_named_by_aws: bool,
    is_secret: bool,
    is_loud: bool,
}

impl Name {
    fn of(name: &[u8], before: &[u8]) -> Self {
        let is_loud = !name.iter().any(u8::is_ascii_lowercase);
        let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
        let before = before.to_ascii_lowercase();
        let plain = lower.replace(['_', '-'], "");
        let is_named_by_aws =
            plain.starts_with("secretaccesskey") || memchr::memmem::find(&before, b"aws").is_some();
        Self {
            is_password: lower.starts_with("pass"),
            is_token: lower.starts_with("token"),
            is_named_by_aws,
            is_secret: !NOT_SECRET.iter().any(|word| lower.contains(word)),
            is_loud,
        }
    }

    /// Whether a value in quotes is a secret of that name.
    fn suits(&self, value: &[u8]) -> bool {
        self.is_secret && (self.is_key(value) || (self.is_password && is_password(value)))
    }

    /// Whether a value without quotes is, which a shell may have been given.
    fn suits_bare(&self, value: &[u8], by_shell: bool) -> bool {
        let is_password = || self.is_password && self.is_loud && by_shell && is_password(value);
        self.is_secret && (self.is_key(value) || is_password())
    }

    /// Whether a value looks drawn. What is called a token and has hexadecimal digits
    /// only may be a hash.
    fn is_key(&self, value: &[u8]) -> bool {
        let is_of_it = |byte: &u8| byte.is_ascii_alphanumeric() || b"_+/=.~-".contains(byte);
        let is_hash = is_hex(value) && (self.is_token || value.len() < 32);
        value.iter().all(is_of_it)
            && !is_hash
            && (is_key(value) || (self.is_of_aws(value) && is_no_name(value)))
    }

    /// Whether it is a secret key of AWS: all of them have one length.
    fn is_of_aws(&self, value: &[u8]) -> bool {
        self.is_named_by_aws && value.len() == 40 && !self.is_password && !is_hex(value)
    }

    fn kind(&self, value: &[u8]) -> &'static str {
        match () {
            () if self.is_of_aws(value) => "an AWS secret key",
            () if self.is_password => "a password",
            () if self.is_token => "a token",
            () => "a secret key",
        }
    }
}

/// Whether somebody would have chosen it as a password, and not as an example.
fn is_password(value: &[u8]) -> bool {
    let is_template = value.iter().any(|byte| b"{}<>()[]$:;,|/".contains(byte));
    let is_long = value.len() <= 64 && value.len() >= 8;
    let is_ascii = value.iter().all(u8::is_ascii_graphic);
    is_long
        && is_ascii
        && !is_template
        && variety(value) >= 4
        && !is_word_for_it(value)
        && !is_stand_in(value)
}
