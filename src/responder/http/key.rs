//! The key of an endpoint and its other secrets, and how they are kept out of messages.

use ureq::http::HeaderValue;

use super::encoded::{base64, decoded, hexadecimal};
use crate::domain::is_invisible;

/// A text with so many consecutive characters of the key counts as a part of it.
const TELLING_CHARACTERS: usize = 6;

/// What replaces a key in a message.
const CUT: &str = "[key]";

/// How the keys of well-known endpoints begin, in lower case.
const BEGINNINGS: [&str; 8] = [
    "sk-", "sk_", "gsk_", "xai-", "aiza", "nvapi-", "pplx-", "hf_",
];

/// A word that begins so and has so many characters is taken for one of them.
const KEY_CHARACTERS: usize = 12;

/// How endpoints mask keys that they quote.
const MASKS: [&str; 6] = ["**", "..", "…", "••", "xxx", "___"];

/// Words before a secret that are none themselves: `Bearer sk-…`.
const SCHEMES: [&str; 4] = ["bearer", "basic", "token", "key"];

/// A secret this short that is no key may be any word: it is cut as a whole word only.
const SHORT_CHARACTERS: usize = 3;

/// How many characters of base64, and of hexadecimal digits, count as a part.
const TELLING_BASE64: usize = 8;
const TELLING_DIGITS: usize = 12;

/// A secret so long is no word that a local server takes for a key, and that may
/// stand in the name of a model.
const LONG_CHARACTERS: usize = 12;

/// What ends a piece of a text that may be encoded as a whole.
const BREAKS: [char; 13] = [
    '"', '`', '\'', ',', '(', ')', '<', '>', '{', '}', '[', ']', '|',
];

/// The key of an endpoint. It has neither `Debug` nor `Display`, so that no
/// message can hold it by accident.
#[derive(Clone)]
pub(crate) struct Key(String);

impl Key {
    /// A key, without white space around it; none if nothing is left.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The key behind this word (`Bearer `, or nothing), for a header.
    ///
    /// # Errors
    /// Why it cannot be sent: a character that a header cannot hold. One that is
    /// not seen is named; any other may be a part of the secret.
    pub(super) fn header(&self, before: &str) -> Result<HeaderValue, String> {
        header_value(&format!("{before}{}", self.0))
    }
}

/// The value of a header that holds a secret.
///
/// # Errors
/// Why it cannot be sent, to be read behind what it is: `the key …`.
pub(super) fn header_value(text: &str) -> Result<HeaderValue, String> {
    // Servers take ASCII; some characters beyond it get in with a paste.
    if let Some(wrong) = text.chars().find(|&c| !matches!(c, ' '..='~')) {
        return Err(if is_invisible(wrong) || wrong.is_control() {
            format!("has an invisible character (U+{:04X})", u32::from(wrong))
        } else {
            "has a character that cannot be sent".into()
        });
    }
    let value = HeaderValue::from_str(text);
    let mut value = value.map_err(|_| "has a character that cannot be sent".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

/// All that no message may hold: the key, and what is treated as it is.
#[derive(Default)]
pub(super) struct Secrets {
    /// What is replaced wherever it stands.
    whole: Vec<String>,
    /// The same in lower case, of which no telling part may stay.
    lower: Vec<Vec<char>>,
    /// The same in lower case as base64 or digits, and how much of it is telling.
    encoded: Vec<(Vec<char>, usize)>,
    /// Secrets so short that they are replaced as whole words only, in lower case.
    words: Vec<String>,
}

impl Secrets {
    /// The key, and other texts.
    pub(super) fn new(key: Option<&Key>, others: impl IntoIterator<Item = String>) -> Self {
        let mut secrets = Self::default();
        if let Some(key) = key {
            secrets.add(&key.0);
        }
        for other in others {
            // A header may hold a word and a secret: `Token abc`.
            let parts = other.split_whitespace();
            for part in parts.filter(|part| !SCHEMES.contains(&part.to_lowercase().as_str())) {
                if part.chars().count() > SHORT_CHARACTERS {
                    secrets.add(part);
                } else {
                    secrets.words.push(part.to_lowercase());
                }
            }
        }
        // A longer one may hold a shorter one.
        secrets
            .whole
            .sort_by_key(|one| std::cmp::Reverse(one.len()));
        secrets
    }

    fn add(&mut self, secret: &str) {
        self.whole.push(secret.to_owned());
        self.lower.push(secret.to_lowercase().chars().collect());
        let base64 = base64(secret).into_iter();
        let base64 = base64.map(|one| (one, TELLING_BASE64));
        for (one, telling) in base64.chain([(hexadecimal(secret), TELLING_DIGITS)]) {
            if one.len() >= telling {
                let one = one.to_lowercase().chars().collect();
                self.encoded.push((one, telling));
            }
        }
    }

    /// Whether a whole secret is in a text, written in whatever way; a short one may
    /// be there by chance.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let text = [text.to_lowercase(), decoded(text).to_lowercase()];
        let whole = self
            .lower
            .iter()
            .chain(self.encoded.iter().map(|(one, _)| one));
        whole
            .filter(|one| one.len() >= LONG_CHARACTERS)
            .map(|one| one.iter().collect::<String>())
            .any(|one| text.iter().any(|text| text.contains(&one)))
    }

    /// Removes the secrets, parts of them and whatever looks like a key from a text
    /// of an endpoint.
    ///
    /// Endpoints quote the key that they refuse, some of them masked
    /// (`sk-abc***xyz`). A word is removed if it shares six consecutive characters
    /// with a secret, if it is masked and begins or ends like one, or if it
    /// begins like the keys of well-known endpoints.
    ///
    /// They may have encoded it: a piece without blanks is removed if it gives a
    /// secret away once its escapes are undone, and a word if it is a part of one in
    /// base64 or digits.
    pub(super) fn cut(&self, text: &str) -> String {
        let is_break = |c: char| c.is_whitespace() || BREAKS.contains(&c);
        let pieces = text.split_inclusive(is_break).map(|piece| {
            let bare = piece.trim_end_matches(is_break);
            let plain = decoded(bare);
            if plain != bare && self.cut_words(&plain) != plain {
                CUT.to_owned() + piece.get(bare.len()..).unwrap_or_default()
            } else {
                piece.to_owned()
            }
        });
        self.cut_words(&pieces.collect::<String>())
    }

    /// The same, with a text whose escapes are what they seem.
    fn cut_words(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.whole {
            text = text.replace(secret.as_str(), CUT);
        }
        let mut result = String::with_capacity(text.len());
        let mut word = String::new();
        for c in text.chars().map(Some).chain([None]) {
            match c {
                Some(c) if c.is_alphanumeric() || "-_.*•…/+=~".contains(c) => word.push(c),
                _ => {
                    let is_secret = self.gives_away(&word.to_lowercase());
                    result.push_str(if is_secret { CUT } else { &word });
                    result.extend(c);
                    word.clear();
                }
            }
        }
        result
    }

    /// Whether a word in lower case is, or may be, a part of a secret.
    fn gives_away(&self, word: &str) -> bool {
        looks_like_a_key(word)
            || self.words.iter().any(|short| short == word)
            || self.lower.iter().any(|secret| is_part(secret, word))
            || self
                .encoded
                .iter()
                .any(|(secret, telling)| shares(secret, *telling, word))
    }
}

/// Whether a word begins as the keys of well-known endpoints do, and is as long as
/// they are or masked.
pub(crate) fn looks_like_a_key(word: &str) -> bool {
    let word = word.to_lowercase();
    let is_long = is_masked(&word) || word.chars().count() >= KEY_CHARACTERS;
    is_long && BEGINNINGS.iter().any(|begins| word.starts_with(begins))
}

fn is_masked(word: &str) -> bool {
    MASKS.iter().any(|mask| word.contains(mask))
}

/// Whether a word shares a telling part with a secret, both in lower case.
fn is_part(secret: &[char], word: &str) -> bool {
    // Local servers take keys such as `x`: so short a key is no secret.
    if secret.len() <= SHORT_CHARACTERS {
        return false;
    }
    if shares(secret, TELLING_CHARACTERS.min(secret.len()), word) {
        return true;
    }
    let (head, tail) = (secret.iter().take(3), secret.iter().skip(secret.len() - 3));
    let (head, tail): (String, String) = (head.collect(), tail.collect());
    is_masked(word) && (word.starts_with(&head) || word.trim_end_matches('.').ends_with(&tail))
}

/// Whether so many consecutive characters of a secret are in a word.
fn shares(secret: &[char], telling: usize, word: &str) -> bool {
    let part = |part: &[char]| -> String { part.iter().collect() };
    let mut windows = secret.windows(telling);
    windows.any(|window| word.contains(&part(window)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str) -> String {
        Secrets::new(Key::new(" test-key-123\n").as_ref(), []).cut(text)
    }

    #[test]
    fn the_key_and_its_look_alikes_go() {
        for (text, rest) in [
            ("wrong key test-key-123.", "wrong key [key]."),
            ("wrong key (test-key-123)", "wrong key ([key])"),
            ("`TEST-KEY-123`", "`[key]`"),
            ("Bearer test-k and key-123", "Bearer [key] and [key]"),
            (
                "tes*****123 or tes... or ***123.",
                "[key] or [key] or [key]",
            ),
            ("sk-abc***", "[key]"),
            ("sk-proj-abcdefghij", "[key]"),
            ("https://test-key-123.example/x", "https://[key].example/x"),
        ] {
            assert_eq!(without(text), rest);
        }
    }

    #[test]
    fn encoded_secrets_go_with_all_their_parts() {
        let key = "sk-Se/kr+itkey=99887766";
        let secrets = Secrets::new(Key::new(key).as_ref(), []);
        let all = |escape: fn(char) -> String| key.chars().map(escape).collect::<String>();
        for written in [
            all(|c| format!("%{:02x}", u32::from(c))),
            all(|c| format!("\\u{:04X}", u32::from(c))),
            all(|c| format!("&#{};", u32::from(c))),
            all(|c| format!("{:02X}", u32::from(c))),
            key.replace('/', "%2F")
                .replace('+', "%2B")
                .replace('=', "%3D"),
            key.replace('/', "%252f").replace('+', "%252b"),
            key.replace('/', "\\/"),
            key.replace('/', "&#x2F;").replace('=', "&#61;"),
            "c2stU2Uva3IraXRrZXk9OTk4ODc3NjY=".into(),
            // `Bearer KEY`, `:KEY`, `x:KEY`.
            "QmVhcmVyIHNrLVNlL2tyK2l0a2V5PTk5ODg3NzY2".into(),
            "OnNrLVNlL2tyK2l0a2V5PTk5ODg3NzY2".into(),
            "eDpzay1TZS9rcitpdGtleT05OTg4Nzc2Ng==".into(),
        ] {
            assert_eq!(secrets.cut(&format!("bad {written} end")), "bad [key] end");
            // A part of it, too.
            let part = &written[..written.len() * 2 / 3];
            assert!(secrets.cut(part).starts_with("[key]"), "{part}");
            assert!(secrets.are_in(&format!("x-{written}")), "{written}");
        }
        let text = "50% of &amp; C:\\users, 736b2d, %20 and aGVsbG8gd29ybGQ=";
        assert_eq!(secrets.cut(text), text);
        let local = Secrets::new(Key::new("ollama").as_ref(), []);
        assert!(!local.are_in("ollama/llama3") && !secrets.are_in("sk-model"));
    }

    #[test]
    fn other_words_stay() {
        let text = "model `llama3.2` not found… try é你好👋, ask-me, test it *now*";
        assert_eq!(without(text), text);
        assert_eq!(Secrets::default().cut(text), text);
        let short = Secrets::new(Key::new("x").as_ref(), []);
        assert_eq!(short.cut("an ox"), "an o[key]");
    }

    #[test]
    fn a_key_is_something_that_fits_in_a_header() {
        assert!(Key::new(" \n").is_none());
        let key = |text| Key::new(text).unwrap();
        let header = key("test-key-123\n").header("Bearer ").unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer test-key-123");
        assert_eq!(format!("{header:?}"), "Sensitive");
        for (text, why) in [
            ("a\nb", "has an invisible character (U+000A)"),
            ("a\u{200b}b", "has an invisible character (U+200B)"),
            ("\u{feff}ab", "has an invisible character (U+FEFF)"),
            ("a\u{a0}b", "has an invisible character (U+00A0)"),
            ("aéb", "has a character that cannot be sent"),
        ] {
            assert_eq!(key(text).header("").unwrap_err(), why);
        }
    }

    #[test]
    fn other_secrets_go_as_the_key_does() {
        let others = ["Bearer other-secret", "v1", "hidden/value"].map(str::to_owned);
        let secrets = Secrets::new(Key::new("test-key-123").as_ref(), others);
        for (text, rest) in [
            (
                "no test-key-123 and no other-secret",
                "no [key] and no [key]",
            ),
            (
                "Bearer other-s*** at /v1/hidden/value",
                "Bearer [key] at /v1/[key]",
            ),
            ("v1 is wrong, v12 too", "[key] is wrong, v12 too"),
        ] {
            assert_eq!(secrets.cut(text), rest);
        }
    }
}
