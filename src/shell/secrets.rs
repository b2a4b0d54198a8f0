//! Secrets that stand in a configuration file which others can read.

use super::settings::{NamedModel, Settings};
use crate::responder::looks_like_a_key;

/// Words at the end of the name of a header that holds a secret.
const ENDS: [&str; 10] = [
    "key",
    "token",
    "secret",
    "password",
    "passwd",
    "cookie",
    "credential",
    "credentials",
    "signature",
    "authorization",
];

/// Other words in such a name.
const WORDS: [&str; 8] = [
    "auth",
    "authentication",
    "bearer",
    "jwt",
    "pass",
    "pat",
    "pwd",
    "sig",
];

/// What stands before a secret in the value of a header.
const SCHEMES: [&str; 3] = ["bearer", "basic", "token"];

/// A word of so many letters and digits is hardly anything else.
const LONG: usize = 20;

/// What to say about secrets in a file that others than its owner can read, if
/// there are any. They are named and not repeated.
pub(super) fn warning(settings: &Settings) -> Option<String> {
    if !settings.is_read_by_others {
        return None;
    }
    let models = settings.models.0.iter();
    let right = models.filter_map(|(name, entry)| Some((name, entry.as_ref().ok()?)));
    let keys: Vec<_> = right
        .flat_map(|(name, model)| {
            let keys = secret_keys(model).into_iter();
            keys.map(move |key| [vec!["models", name], key].concat())
        })
        .collect();
    let place = settings.places.place(keys.first()?);
    let names: Vec<String> = keys
        .iter()
        .map(|key| format!("`{}`", key.join(".")))
        .collect();
    let (names, verb) = (
        names.join(", "),
        if keys.len() == 1 { "looks" } else { "look" },
    );
    Some(format!(
        "{place}: others can read the file, and {names} {verb} like a secret; \
         `$NAME` takes it from a variable, `chmod 600` makes the file yours alone"
    ))
}

/// The keys of a model whose values look like secrets.
fn secret_keys(model: &NamedModel) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    for (table, values) in [("headers", &model.headers), ("query", &model.query)] {
        let secret = values.iter().filter(|(name, value)| is_secret(name, value));
        found.extend(secret.map(|(name, _)| vec![table, name.as_str()]));
    }
    if model.proxy.as_deref().is_some_and(has_password) {
        found.push(vec!["proxy"]);
    }
    let query = model
        .base_url
        .as_deref()
        .and_then(|url| url.split_once('?'));
    let mut pairs = query.map_or("", |(_, query)| query).split('&');
    if pairs.any(|pair| {
        pair.split_once('=')
            .is_some_and(|(name, value)| is_secret(name, value))
    }) {
        found.push(vec!["base_url"]);
    }
    found
}

/// Whether a proxy's address has a password in it, and no variable for one.
fn has_password(proxy: &str) -> bool {
    let rest = proxy.split_once("://").map_or(proxy, |(_, rest)| rest);
    let login = rest.rsplit_once('@').map_or("", |(login, _)| login);
    login
        .split_once(':')
        .is_some_and(|(_, password)| !password.is_empty() && is_literal(password))
}

/// Whether a text stands for itself and not for what a variable holds.
fn is_literal(value: &str) -> bool {
    !value.replace("$$", "").contains('$')
}

/// Whether the value of a header looks like a secret, by its name or by itself.
fn is_secret(name: &str, value: &str) -> bool {
    if value.is_empty() || !is_literal(value) {
        return false;
    }
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| WORDS.contains(&word) || ENDS.iter().any(|end| word.ends_with(end)))
        || has_scheme(value)
        || value.split_whitespace().any(is_random)
}

/// Whether a value says itself that a secret follows: `Bearer …`.
fn has_scheme(value: &str) -> bool {
    let mut words = value.split_whitespace();
    let first = words.next().unwrap_or_default().to_ascii_lowercase();
    SCHEMES.contains(&first.as_str()) && words.next().is_some() && words.next().is_none()
}

/// Whether a word looks as if a machine had made it up.
fn is_random(word: &str) -> bool {
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || "-_+/=".contains(c);
    let has = |is_it: fn(&char) -> bool| word.chars().any(|c| is_it(&c));
    looks_like_a_key(word)
        || word.len() >= LONG
            && word.chars().all(is_of_key)
            && has(char::is_ascii_digit)
            && has(char::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::settings::tests::parse;

    fn told(text: &str) -> Option<String> {
        let mut settings = parse(text).unwrap();
        assert_eq!(warning(&settings), None, "only the owner can read it");
        settings.is_read_by_others = true;
        warning(&settings)
    }

    #[test]
    fn a_literal_that_looks_like_a_secret_is_named() {
        let one = told("[models.a.headers]\nx = \"y\"\napi-key = \"test\"\n").unwrap();
        assert_eq!(
            one,
            "config.toml:3: others can read the file, and `models.a.headers.api-key` looks like a \
             secret; `$NAME` takes it from a variable, `chmod 600` makes the file yours alone"
        );
        let several = told(
            "[models.a]\nproxy = \"http://me:test@h:1\"\nquery = {sig = \"x\"}\n\
             headers = {X = \"Bearer literal\"}\n\
             [models.b]\nbase_url = \"http://h/v1?access_token=x\"\n\
             headers = {x = \"Custom 0123456789abcdefghij\", Authorization = \"Bearer $$x\", \
             y = \"AIzatestkeytest\"}\n",
        );
        let several = several.unwrap();
        for name in [
            "a.query.sig",
            "a.headers.X",
            "a.proxy",
            "b.headers.Authorization",
            "b.headers.x",
            "b.headers.y",
            "b.base_url",
        ] {
            assert!(
                several.contains(&format!("`models.{name}`")),
                "{name}: {several}"
            );
        }
        assert!(several.contains(" look like a secret; "), "{several}");
    }

    #[test]
    fn variables_and_plain_words_are_none() {
        for text in [
            "[models.a.headers]\napi-key = \"$KEY\"\nAuthorization = \"Bearer ${KEY}\"\n",
            "[models.a.headers]\nHTTP-Referer = \"https://example.com/some/long/path1\"\n",
            "[models.a.headers]\nX-Title = \"my program\"\nX-Note = \"token of thanks\"\nX-Author = \"me\"\nanthropic-version = \"2023-06-01\"\n",
            "[models.a]\nquery = {api-version = \"2024-10-21-preview\"}\nproxy = \"http://me:$P@h:1\"\n",
            "[models.a]\nproxy = \"http://h:3128\"\nbase_url = \"https://h/v1?version=2\"\n",
            "user = \"a\"\n",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
