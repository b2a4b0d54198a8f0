//! The key of an endpoint, and how it is kept out of messages.

/// A text with so many consecutive characters of the key counts as a part of it.
const TELLING_CHARACTERS: usize = 6;

/// What replaces a key in a message.
const CUT: &str = "[key]";

/// How the keys of well-known endpoints begin.
const BEGINNINGS: [&str; 8] = [
    "sk-", "sk_", "gsk_", "xai-", "aiza", "nvapi-", "pplx-", "hf_",
];

/// How endpoints mask keys that they quote.
const MASKS: [&str; 6] = ["**", "..", "…", "••", "xxx", "___"];

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

    /// The authorization header; none if the key has a character that a header cannot hold.
    pub(super) fn header(&self) -> Option<ureq::http::HeaderValue> {
        let mut value = ureq::http::HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// Removes the key, parts of it and whatever looks like a key from a text of an
/// endpoint.
///
/// Endpoints quote the key that they refuse, some of them masked
/// (`sk-abc***xyz`). A word is removed if it shares six consecutive characters
/// with the key, if it is masked and begins or ends like the key, or if it
/// begins like the keys of well-known endpoints.
pub(super) fn cut(key: Option<&Key>, text: &str) -> String {
    let key = key.map(|key| key.0.as_str());
    let text = match key {
        Some(key) => text.replace(key, CUT),
        None => text.to_owned(),
    };
    let key: Option<Vec<char>> = key.map(|key| key.to_lowercase().chars().collect());
    let mut result = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().map(Some).chain([None]) {
        match c {
            Some(c) if c.is_alphanumeric() || "-_.*•…/+=~".contains(c) => word.push(c),
            _ => {
                let is_secret = gives_away(key.as_deref(), &word.to_lowercase());
                result.push_str(if is_secret { CUT } else { &word });
                result.extend(c);
                word.clear();
            }
        }
    }
    result
}

/// Whether a word in lower case is, or may be, a part of a key.
fn gives_away(key: Option<&[char]>, word: &str) -> bool {
    let length = word.chars().count();
    let is_masked = MASKS.iter().any(|mask| word.contains(mask));
    if BEGINNINGS
        .iter()
        .any(|beginning| word.starts_with(beginning))
        && (is_masked || length >= 12)
    {
        return true;
    }
    // Local servers take keys such as `x`: so short a key is no secret.
    let Some(key) = key.filter(|key| key.len() > 3) else {
        return false;
    };
    let part = |part: &[char]| -> String { part.iter().collect() };
    if key
        .windows(TELLING_CHARACTERS.min(key.len()))
        .any(|window| word.contains(&part(window)))
    {
        return true;
    }
    let (head, tail) = (key.iter().take(3), key.iter().skip(key.len() - 3));
    let (head, tail): (String, String) = (head.collect(), tail.collect());
    is_masked && (word.starts_with(&head) || word.trim_end_matches('.').ends_with(&tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str) -> String {
        cut(Key::new(" test-key-123\n").as_ref(), text)
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
    fn other_words_stay() {
        let text = "model `llama3.2` not found… try é你好👋, ask-me, test it *now*";
        assert_eq!(without(text), text);
        assert_eq!(cut(None, text), text);
        assert_eq!(cut(Key::new("x").as_ref(), "an ox"), "an o[key]");
    }

    #[test]
    fn a_key_is_something_that_fits_in_a_header() {
        assert!(Key::new(" \n").is_none());
        assert!(Key::new("a\nb").unwrap().header().is_none());
        let header = Key::new("test-key-123\n").unwrap().header().unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer test-key-123");
        assert_eq!(format!("{header:?}"), "Sensitive");
    }
}
