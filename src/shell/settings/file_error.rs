//! What is wrong in the configuration file, in one sentence.

use std::fmt;

/// What is done about any mistake in the file.
const WITHOUT: &str = "`--no-config` ignores the file";

/// The tables whose values may be secret.
const SECRETIVE: [&str; 2] = ["headers", "query"];

/// The only key of a table by which the parser hands on a date.
const DATE: &str = "$__toml_private_datetime";

/// A mistake in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::shell) struct FileError {
    /// File and line.
    pub(super) place: String,
    /// What is wrong there.
    pub(super) what: String,
    /// What may have been meant.
    pub(super) hint: Option<String>,
}

impl FileError {
    pub(super) fn new(place: String, what: String) -> Self {
        let hint = None;
        Self { place, what, hint }
    }

    /// The same mistake, with what to do about it.
    pub(in crate::shell) fn with_hint(self, hint: impl Into<Option<String>>) -> Self {
        Self {
            hint: hint.into(),
            ..self
        }
    }

    /// Where it is, and what.
    pub(in crate::shell) fn what(&self) -> String {
        format!("{}: {}", self.place, self.what)
    }

    /// What may have been meant, if that is known.
    pub(in crate::shell) fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what())?;
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        write!(f, "; {WITHOUT}")
    }
}

/// What is done about a file that cannot be read at all.
pub(super) fn unreadable(what: &str) -> String {
    format!("{what}; {WITHOUT}")
}

/// What the parser found wrong at a key, and what may have been meant.
pub(super) fn what_is_wrong(path: &[&str], message: &str) -> (String, Option<String>) {
    let message = message.lines().next().unwrap_or_default();
    if let Some(field) = message.strip_prefix("unknown field `")
        && let Some((typed, expected)) = field.rsplit_once("`, expected ")
    {
        if typed == DATE {
            let what = "invalid type: date, expected a table";
            return (at(path, what), None);
        }
        let hint = elsewhere(path, typed).or_else(|| keys_there_are(typed, expected));
        return (format!("unknown field `{typed}`"), hint);
    }
    (at(path, &in_plain_words(path, message)), None)
}

/// What is wrong at a key.
fn at(path: &[&str], what: &str) -> String {
    if path.is_empty() {
        what.to_owned()
    } else {
        format!("`{}`: {what}", path.join("."))
    }
}

/// Where that belongs which people look for under another name, or at the top.
fn elsewhere(path: &[&str], typed: &str) -> Option<String> {
    let place = match typed {
        "key" | "api_key" | "apikey" | "token" => {
            "`key_variable` names the environment variable that holds the key"
        }
        _ if path.len() > 1 => return None,
        "persona" => "`persona` in `[users.NAME]` is whom the sessions of a user are started as",
        "system" => "`system` in `[models.NAME]` or in `[personas.NAME]` is what is told first",
        _ => return None,
    };
    Some(place.to_owned())
}

/// The keys that were expected in the place of one, the nearest first.
fn keys_there_are(typed: &str, expected: &str) -> Option<String> {
    let quoted = expected.split('`').skip(1).step_by(2);
    let mut keys: Vec<_> = quoted
        .map(|key| (strsim::damerau_levenshtein(typed, key), key))
        .collect();
    keys.sort_unstable();
    let names: Vec<&str> = keys.iter().map(|(_, key)| *key).collect();
    let all = format!("one of {}", names.join(", "));
    Some(match keys.first()? {
        (distance, nearest) if *distance <= 3 && typed.len() > *distance => {
            format!("did you mean `{nearest}`? {all}")
        }
        _ => all,
    })
}

/// The parser's message in words of the file, and without the value that it
/// repeats if that may be a secret: a text, or anything among the headers.
fn in_plain_words(path: &[&str], message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return match message {
            "wanted string or table" => "invalid type, expected a string".to_owned(),
            other => other.to_owned(),
        };
    };
    let is_secretive = path.iter().any(|name| SECRETIVE.contains(name));
    let found = if is_secretive || found.starts_with("invalid type: string") {
        let kind = found.split(['`', '"']).next().unwrap_or_default();
        kind.trim_end()
    } else {
        found
    };
    let found = found.replace("invalid type: map", "invalid type: table");
    let found = found.replace("invalid type: sequence", "invalid type: list");
    let expected = match expected {
        "u32" | "usize" | "i64" => "a whole number",
        "f64" => "a number",
        "a map" => "a table",
        "a sequence" => "a list",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    format!("{found}, expected {expected}")
}
