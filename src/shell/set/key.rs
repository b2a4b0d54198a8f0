//! The names of the settings: those that may be changed while the program runs, and
//! those that may not, with what to do instead.

use crate::command::wanted_setting::unquoted;
use crate::domain::Error;

/// A setting, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Run(RunKey),
    Model(ModelKey),
    /// A parameter of the current model.
    Parameter(String),
    Fixed(&'static FixedKey),
}

/// A setting of this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunKey {
    Markdown,
    Reasoning,
    Verbose,
    Prompt,
    Share,
    Keys,
    Parallel,
}

/// A setting of the current model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ModelKey {
    Window,
    Compact,
    Retries,
    /// A time-out of that name.
    Timeout(&'static str),
}

/// A setting that is decided at the start.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FixedKey {
    pub(super) name: &'static str,
    /// What to do instead of changing it.
    pub(super) instead: &'static str,
    /// It is of a model.
    pub(super) is_of_model: bool,
}

const RUN: [(&str, RunKey); 7] = [
    ("markdown", RunKey::Markdown),
    ("reasoning", RunKey::Reasoning),
    ("verbose", RunKey::Verbose),
    ("prompt", RunKey::Prompt),
    ("share", RunKey::Share),
    ("keys", RunKey::Keys),
    ("parallel", RunKey::Parallel),
];

const MODEL: [(&str, ModelKey); 7] = [
    ("window", ModelKey::Window),
    ("compact", ModelKey::Compact),
    ("retries", ModelKey::Retries),
    ("connect", ModelKey::Timeout("connect")),
    ("first_byte", ModelKey::Timeout("first_byte")),
    ("idle", ModelKey::Timeout("idle")),
    ("total", ModelKey::Timeout("total")),
];

const fn fixed(name: &'static str, is_of_model: bool, instead: &'static str) -> FixedKey {
    FixedKey {
        name,
        instead,
        is_of_model,
    }
}

/// What is in a table of the configuration, and in no flag.
const IN_TABLE: &str =
    "the model's table in the configuration says it at the start; `/model NAME` asks another model";

pub(super) static FIXED: [FixedKey; 14] = [
    fixed("user", false, "`/user NAME` changes who speaks"),
    fixed(
        "model",
        false,
        "`/model NAME` changes who answers, and `model` in the configuration says who does at the start",
    ),
    fixed("store", false, "`--store FILE` names another at the start"),
    fixed(
        "base_url",
        true,
        "`--base-url URL` names another at the start; `/model NAME` asks another model",
    ),
    fixed("command", true, IN_TABLE),
    // It would be told to the models of all users.
    fixed(
        "system",
        true,
        "`/system TEXT` gives the session one; `--system TEXT` says it at the start",
    ),
    fixed("api", true, "`--api API` says it at the start"),
    fixed(
        "key_variable",
        true,
        "`--key-variable VARIABLE` names another at the start",
    ),
    fixed(
        "key_header",
        true,
        "`--key-header HEADER` names another at the start",
    ),
    fixed("headers", true, IN_TABLE),
    fixed("query", true, IN_TABLE),
    fixed("ca_file", true, "`--ca-file FILE` names one at the start"),
    fixed(
        "allow_key_over_http",
        true,
        "`--allow-key-over-http` allows it at the start",
    ),
    fixed("proxy", true, "`--proxy URL` names another at the start"),
];

/// What stands before the name of a parameter.
pub(super) const PARAMETERS: &str = "parameters.";

/// Parameters that people look for by their bare names.
const USUAL_PARAMETERS: [&str; 12] = [
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "seed",
    "stop",
    "frequency_penalty",
    "presence_penalty",
    "reasoning_effort",
];

/// A name may be this many slips away from the one that was meant.
const SLIPS: usize = 2;

/// How much of a mistyped word an error repeats, in characters.
const LONGEST_QUOTE: usize = 40;

impl Key {
    /// The setting of that name.
    ///
    /// # Errors
    /// There is none: which one may have been meant.
    pub(super) fn find(typed: &str) -> Result<Self, Error> {
        if let Some((_, key)) = RUN.iter().find(|(name, _)| *name == typed) {
            return Ok(Self::Run(*key));
        }
        if let Some((_, key)) = MODEL.iter().find(|(name, _)| *name == typed) {
            return Ok(Self::Model(*key));
        }
        let parameter = typed.strip_prefix(PARAMETERS);
        if let Some(name) = parameter.filter(|name| !name.is_empty()) {
            return Ok(Self::Parameter(unquoted(name)));
        }
        let table = typed.split('.').next().unwrap_or_default();
        match FIXED.iter().find(|key| key.name == table) {
            Some(key) => Ok(Self::Fixed(key)),
            None => Err(unknown(typed)),
        }
    }

    /// Those that may be changed, but for parameters, in the order in which they are shown.
    pub(super) fn free() -> impl Iterator<Item = Self> {
        let run = RUN.iter().map(|(_, key)| Self::Run(*key));
        run.chain(MODEL.iter().map(|(_, key)| Self::Model(*key)))
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Run(key) => name_of(&RUN, *key).to_owned(),
            Self::Model(key) => name_of(&MODEL, *key).to_owned(),
            Self::Parameter(name) => format!("{PARAMETERS}{name}"),
            Self::Fixed(key) => key.name.to_owned(),
        }
    }

    /// Whether it is one of the current model.
    pub(super) fn is_of_model(&self) -> bool {
        match self {
            Self::Run(_) => false,
            Self::Model(_) | Self::Parameter(_) => true,
            Self::Fixed(key) => key.is_of_model,
        }
    }
}

fn name_of<K: PartialEq + Copy>(all: &[(&'static str, K)], wanted: K) -> &'static str {
    let found = all.iter().find(|(_, key)| *key == wanted);
    found.map_or("", |(name, _)| name)
}

fn unknown(typed: &str) -> Error {
    let parameter = typed.strip_prefix(PARAMETERS).unwrap_or(typed);
    let free: Vec<&str> = RUN
        .iter()
        .map(|(name, _)| *name)
        .chain(MODEL.iter().map(|(name, _)| *name))
        .collect();
    let hint = if USUAL_PARAMETERS.contains(&parameter) {
        format!("did you mean `{PARAMETERS}{parameter}`?")
    } else {
        let all = free.iter().copied().chain(FIXED.iter().map(|key| key.name));
        match nearest(typed, all) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("one of {}, {PARAMETERS}NAME", free.join(", ")),
        }
    };
    wrong(format!("does not know `{}`", shorten(typed)), hint)
}

/// The one of these words that looks most like what was typed, if one does.
pub(super) fn nearest<'w>(typed: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let near = words.map(|word| (strsim::damerau_levenshtein(typed, word), word));
    let near = near.filter(|(slips, word)| *slips <= SLIPS && *slips < word.len());
    near.min_by_key(|(slips, _)| *slips).map(|(_, word)| word)
}

/// The line was wrong: why, and what to type instead.
pub(super) fn wrong(why: String, hint: String) -> Error {
    Error::BadArgument {
        command: "/set".into(),
        why,
        hint,
    }
}

/// What was typed, cut to what an error repeats of it.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
