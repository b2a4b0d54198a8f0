//! `/set`: shows the settings, changes one for this run, or saves it.

use super::action::{Action, Next};
use super::argument::{Arguments, split_word};
use super::spec::{Argument, Spec};
use super::wanted_setting::WantedSetting;
use crate::chat::Chat;
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set(WantedSetting);

/// The word that asks for the setting to be kept.
const SAVE: &str = "--save";

impl Action for Set {
    const SPEC: Spec = Spec {
        name: "/set",
        arguments: "[KEY [VALUE]] [--save]",
        summary: "lists the settings, shows one, or changes it for this run; --save keeps it in the configuration",
        aliases: &[],
        argument: Argument::Setting,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let typed = arguments.text;
        let before = (typed.strip_suffix(SAVE))
            .filter(|rest| rest.is_empty() || rest.ends_with(char::is_whitespace));
        let behind =
            (typed.strip_prefix(SAVE)).filter(|rest| rest.starts_with(char::is_whitespace));
        let rest = before.or(behind);
        let is_saved = rest.is_some();
        let (key, value) = split_word(rest.map_or(typed, str::trim));
        if is_saved && key.is_empty() {
            return Err(Self::SPEC.needs("a key before `--save`"));
        }
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Ok(Self(WantedSetting {
            key: given(key),
            value: given(value.trim_start()),
            is_saved,
        }))
    }

    fn run(self, _: &mut Chat, _: &mut dyn Sink) -> Result<Next> {
        Ok(Next::Set(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::line::{Line, parse};
    use super::super::wanted_setting::unquoted;
    use super::*;

    #[test]
    fn a_key_a_value_and_whether_it_is_kept() {
        for (line, key, value, is_saved) in [
            ("/set", None, None, false),
            ("/set keys", Some("keys"), None, false),
            ("/set  keys \t vi ", Some("keys"), Some("vi"), false),
            ("/set keys vi --save", Some("keys"), Some("vi"), true),
            ("/set keys --save", Some("keys"), None, true),
            ("/set --save keys  vi", Some("keys"), Some("vi"), true),
            ("/set --save keys", Some("keys"), None, true),
            ("/set --saved keys", Some("--saved"), Some("keys"), false),
            (
                "/set system be  brief",
                Some("system"),
                Some("be  brief"),
                false,
            ),
            (
                "/set system x--save",
                Some("system"),
                Some("x--save"),
                false,
            ),
            (
                "/set system \"x --save\"",
                Some("system"),
                Some("\"x --save\""),
                false,
            ),
        ] {
            let set = Set(WantedSetting {
                key: key.map(str::to_owned),
                value: value.map(str::to_owned),
                is_saved,
            });
            assert_eq!(
                parse(line).unwrap(),
                Line::Command(Command::Set(set)),
                "{line}"
            );
        }
        let error = parse("/set --save").unwrap_err().to_string();
        assert_eq!(error, "`/set` needs a key before `--save`");
    }

    #[test]
    fn quotes_go_around_a_whole_value_only() {
        for (typed, value) in [
            ("\"{user}> \"", "{user}> "),
            ("\"a \\\"b\\\"\"", "a \"b\""),
            ("a \"b\"", "a \"b\""),
            ("\"a\" b", "\"a\" b"),
            ("\"a", "\"a"),
            ("\"\"", ""),
        ] {
            assert_eq!(unquoted(typed), value, "{typed}");
        }
    }
}
