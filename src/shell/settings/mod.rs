//! The configuration file: `saylog/config.toml` in the XDG configuration directory.
//!
//! What is wrong with the file as a whole is an error. What is wrong with one
//! model, persona or user breaks that one alone: it is kept as a [`FileError`],
//! which is told at the start and again where the entry is used.

mod edited_file;
mod entries;
mod file;
mod file_error;
mod named_model;
mod saving;
mod source_map;

use std::path::Path;

use serde::Deserialize;

use super::cli::Keys;
use super::prompt_template::PromptTemplate;
use crate::render::Reasoning;
use crate::responder::Api;
pub(super) use edited_file::{SavedValue, Spot};
use entries::Entries;
pub(super) use file_error::FileError;
pub(super) use named_model::{NamedModel, NamedPrice};
pub(super) use saving::save;
pub(super) use source_map::SourceMap;

/// The keys of a configuration file. Each that is no table has a flag or an
/// environment variable that overrides it. It has no `Debug`: headers may hold secrets.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) user: Option<String>,
    pub(super) store: Option<String>,
    pub(super) model: Option<String>,
    /// The endpoint of the models that no table describes, and what belongs to it.
    pub(super) base_url: Option<String>,
    pub(super) api: Option<Api>,
    pub(super) key_variable: Option<String>,
    /// The keys of the line editor.
    pub(super) keys: Option<Keys>,
    /// Whether replies are rendered as Markdown on a terminal.
    pub(super) markdown: Option<bool>,
    /// How much is shown on a terminal of what a model thinks.
    pub(super) reasoning: Option<Reasoning>,
    /// Whether tokens and seconds are shown after a reply.
    pub(super) verbose: Option<bool>,
    /// What stands before the line that a person types.
    pub(super) prompt: Option<PromptTemplate>,
    /// Whether the usual prompt shows how much of its window the context takes.
    pub(super) share: Option<bool>,
    /// How many models `/each` asks at the same time.
    pub(super) parallel: Option<Parallel>,
    /// Models by the names that `/model` takes.
    pub(super) models: Entries<NamedModel>,
    /// Personas by the names that `/start --as` takes.
    pub(super) personas: Entries<NamedPersona>,
    /// Settings of single users, by name.
    pub(super) users: Entries<KnownUser>,
    /// Where each key stands.
    #[serde(skip)]
    pub(super) places: SourceMap,
    /// Whether others than its owner may read the file.
    #[serde(skip)]
    pub(super) is_read_by_others: bool,
}

/// How many models are asked at the same time: from 1 to 64.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Parallel(pub(super) usize);

impl Default for Parallel {
    fn default() -> Self {
        Self(16)
    }
}

impl TryFrom<i64> for Parallel {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        let number = usize::try_from(number).ok();
        let number = number.filter(|number| (1..=64).contains(number));
        number
            .map(Self)
            .ok_or_else(|| "expected a number from 1 to 64".into())
    }
}

/// A system prompt and a model under one name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NamedPersona {
    pub(super) system: Option<String>,
    pub(super) model: Option<String>,
}

/// The settings of one user.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct KnownUser {
    /// The persona that their sessions are started as.
    pub(super) persona: Option<String>,
}

impl Settings {
    /// Reads the file; a file that does not exist sets nothing.
    ///
    /// # Errors
    /// One sentence with the file, and where that can be said the line, the key
    /// and the keys that there are.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let Some(file) = file::read(path)? else {
            return Ok(Self::default());
        };
        let mut settings =
            Self::parse(path, &file.text).map_err(|file_error| file_error.to_string())?;
        settings.is_read_by_others = file.is_read_by_others;
        Ok(settings)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, FileError> {
        let mut places = SourceMap::new(path, text);
        let mut root =
            toml::de::DeTable::parse(text).map_err(|error| places.syntax(text, &error))?;
        places.note(root.get_ref());
        let (models, personas, users) = (
            Entries::take("models", root.get_mut(), &places),
            Entries::take("personas", root.get_mut(), &places),
            Entries::take("users", root.get_mut(), &places),
        );
        let rest = toml::de::Deserializer::from(root);
        let rest = Self::deserialize(rest).map_err(|error| places.file_error(&error))?;
        Ok(Self {
            models,
            personas,
            users,
            places,
            ..rest
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::window_tokens::WindowTokens;
    use super::*;

    /// The settings in a text, as those of the file `config.toml`.
    pub(in crate::shell) fn parse(text: &str) -> Result<Settings, String> {
        Settings::parse(Path::new("config.toml"), text).map_err(|file_error| file_error.to_string())
    }

    /// The keys of a table, in the words of its own complaint about another key.
    pub(in crate::shell) fn keys_of<T: serde::de::DeserializeOwned>() -> Vec<String> {
        let error = toml::from_str::<T>("\"no such key\" = 1").err();
        let message = error.map_or_else(String::new, |error| error.message().to_owned());
        let quoted = message.split('`').skip(1).step_by(2);
        quoted.skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn a_file_says_what_it_says() {
        let settings = parse(
            "model = \"fast\"\n\n[models.fast]\nbase_url = \"http://localhost:1/v1\"\nwindow = 100\n\
             idle = 7\n[models.fast.parameters]\ntemperature = 0.5\n",
        )
        .unwrap();
        assert_eq!(settings.model.as_deref(), Some("fast"));
        let fast = settings.models.0["fast"].as_ref().unwrap();
        assert_eq!(
            (fast.window, fast.idle),
            (Some(WindowTokens(100)), Some(7.0))
        );
        assert_eq!(fast.parameters["temperature"].as_float(), Some(0.5));
    }

    #[test]
    fn a_mistake_is_told_with_its_line_its_key_and_the_keys_there_are() {
        for (text, sentence) in [
            (
                "user = \"a\"\nmodle = \"x\"\n",
                "config.toml:2: unknown field `modle`; did you mean `model`? one of model, models, \
                 share, store, api, keys, prompt, user, users, markdown, parallel, verbose, base_url, \
                 personas, reasoning, key_variable",
            ),
            (
                "\n[modles.a]\n",
                "config.toml:2: unknown field `modles`; did you mean `models`? one of models, model, keys, \
                 share, store, user, users, api, markdown, parallel, prompt, verbose, personas, base_url, \
                 reasoning, key_variable",
            ),
            (
                "\n\"\" = 1\n",
                "config.toml:2: unknown field ``; one of api, keys, user, model, share, store, \
                 users, models, prompt, verbose, base_url, markdown, parallel, personas, reasoning, \
                 key_variable",
            ),
            (
                "persona = \"critic\"\n",
                "config.toml:1: unknown field `persona`; `persona` in `[users.NAME]` is whom the sessions \
                 of a user are started as",
            ),
            (
                "system = \"Be terse.\"\n",
                "config.toml:1: unknown field `system`; `system` in `[models.NAME]` or in \
                 `[personas.NAME]` is what is told first",
            ),
            (
                "parallel = 65\n",
                "config.toml:1: `parallel`: expected a number from 1 to 64",
            ),
            (
                "user = 3\n",
                "config.toml:1: `user`: invalid type: integer `3`, expected a string",
            ),
            (
                "models = 3\n",
                "config.toml:1: `models`: invalid type: integer `3`, expected a table",
            ),
            (
                "\nprompt = \"a {usr}\"\n",
                "config.toml:2: `prompt`: `{usr}` at column 3 means nothing; one of user, id, title, \
                 persona, model, share, bold, dim, italic, underline, black, red, green, yellow, \
                 blue, magenta, cyan, white, gray, reset",
            ),
            (
                "prompt = \"{user> \"\n",
                "config.toml:1: `prompt`: the brace at column 1 is never closed; `{{` is a brace",
            ),
            (
                "key = \"x\"\n",
                "config.toml:1: unknown field `key`; `key_variable` names the environment variable \
                 that holds the key",
            ),
            (
                "keys = \"ed\"\n",
                "config.toml:1: `keys`: unknown variant `ed`, expected `emacs` or `vi`",
            ),
            (
                "user = \"a\"\nuser = \"b\"\n",
                "config.toml:2: `user`: duplicate key",
            ),
            (
                "[models.a]\nx = 1\n[models.a]\n",
                "config.toml:3: `[models.a]`: duplicate key",
            ),
            (
                "user = \"a\"\n  share = yes # indeed\n",
                "config.toml:2: `share`: string values must be quoted, expected literal string",
            ),
        ] {
            let told = format!("{sentence}; `--no-config` ignores the file");
            assert_eq!(parse(text).err(), Some(told), "{text}");
        }
        let syntax = parse("\nuser = \n").err().unwrap();
        assert!(syntax.starts_with("config.toml:2: "), "{syntax}");
    }

    #[test]
    fn a_mistake_in_one_entry_leaves_the_others() {
        let settings = parse(
            "[models.a]\nwindw = 7\n[models.b]\nwindow = 7\n[models]\nc = 3\nd = {retries = -1}\n\
             [personas.x]\nsystem = 1\n[users.u]\npersona = \"x\"\n",
        );
        let settings = settings.unwrap();
        let wrong = |name: &str| settings.models.0[name].as_ref().err().unwrap().to_string();
        assert!(settings.models.0["b"].is_ok() && settings.users.0["u"].is_ok());
        let told = wrong("a");
        assert!(
            told.starts_with("config.toml:2: unknown field `windw`; did you mean `window`? one of"),
            "{told}"
        );
        let end = "; `--no-config` ignores the file";
        assert_eq!(
            wrong("c"),
            format!("config.toml:6: `models.c`: invalid type: integer, expected a table{end}")
        );
        assert_eq!(
            wrong("d"),
            format!(
                "config.toml:7: `models.d.retries`: invalid value: integer `-1`, expected a whole number{end}"
            )
        );
        let persona = settings.personas.0["x"].as_ref().err().unwrap();
        assert_eq!(
            persona.to_string(),
            format!(
                "config.toml:9: `personas.x.system`: invalid type: integer `1`, expected a string{end}"
            )
        );
    }

    #[test]
    fn a_value_of_a_wrong_kind_is_told_in_words_of_the_file() {
        let values = [
            "\"x\"",
            "7",
            "-7",
            "1.5",
            "nan",
            "true",
            "[7]",
            "{x = 7}",
            "1979-05-27",
            "[[7]]",
            "9223372036854775807",
            "{x = {y = 7}}",
        ];
        let kinds = [
            "a string",
            "a number",
            "a whole number",
            "a boolean",
            "a table",
            "a list",
            "a number from 1 to 64",
            "a number of tokens from 1 on",
        ];
        let mut told = Vec::new();
        let mut tell = |text: String| match parse(&text) {
            Err(sentence) => told.push(sentence),
            Ok(settings) => {
                let models = settings.models.0.values();
                let models = models.filter_map(|one| one.as_ref().err());
                told.extend(models.map(ToString::to_string));
                let users = settings.users.0.values();
                let users = users.filter_map(|one| one.as_ref().err());
                told.extend(users.map(ToString::to_string));
            }
        };
        for value in values {
            for key in keys_of::<Settings>() {
                tell(format!("{key} = {value}\n"));
            }
            for key in keys_of::<NamedModel>() {
                tell(format!("[models.a]\n{key} = {value}\n"));
            }
            for key in keys_of::<NamedPrice>() {
                tell(format!("[models.a.price]\n{key} = {value}\n"));
            }
            tell(format!("[users.a]\npersona = {value}\n"));
        }
        let is_wrong = |told: &&String| {
            let what = told.split("; ").next().unwrap();
            let is_kind = |expected: &str| kinds.contains(&expected);
            let names_kind = what
                .rsplit_once("expected ")
                .is_some_and(|(_, kind)| is_kind(kind));
            let names_keys = ["unknown variant `x`", "unknown field `", "missing field `"]
                .iter()
                .any(|words| what.contains(words));
            !names_kind && !names_keys || what.contains('$')
        };
        let wrong: Vec<_> = told.iter().filter(is_wrong).collect();
        assert!(!told.is_empty() && wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn what_may_be_a_secret_is_not_repeated() {
        for text in [
            "user = \"a\"\n[models.a]\nheaders = \"test-key-123\"\n",
            "[models.a.headers]\nx = [\"test-key-123\"]\ny = 1\n",
            "[models.a.headers]\nx = 123456\n",
            "[models.a]\nbase_url = 1\nretries = \"test-key-123\"\n",
        ] {
            let settings = parse(text).unwrap();
            let told = settings.models.0["a"].as_ref().err().unwrap().to_string();
            assert!(!told.contains("123"), "{told}");
            assert!(told.contains("invalid type: "), "{told}");
        }
    }
}
