//! The configuration file that `--config-template` prints.

/// Every key, explained. What is set by default, and examples where nothing is,
/// stand behind a `#` without a blank: without it they are set.
pub(crate) const TEMPLATE: &str = include_str!("config_template.toml");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::de::DeserializeOwned;

    use super::*;
    use crate::shell::settings::tests::{keys_of, parse};
    use crate::shell::settings::{KnownUser, NamedModel, NamedPersona, NamedPrice, Settings};

    /// The template with everything set.
    fn set() -> String {
        let lines = TEMPLATE.lines().map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with([' ', '#']) => setting,
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The keys of the tables that are found.
    fn keys<'a>(tables: impl IntoIterator<Item = &'a toml::Value>) -> BTreeSet<String> {
        let tables = tables.into_iter().filter_map(toml::Value::as_table);
        tables.flat_map(|table| table.keys().cloned()).collect()
    }

    #[track_caller]
    fn has_all<T: DeserializeOwned>(found: &BTreeSet<String>) {
        let expected: BTreeSet<String> = keys_of::<T>().into_iter().collect();
        assert!(!expected.is_empty());
        assert_eq!(*found, expected);
    }

    #[test]
    fn it_has_every_key_there_is_and_no_other() {
        let table: toml::Table = set().parse().unwrap();
        has_all::<Settings>(&table.keys().cloned().collect());
        let entries = |name: &str| table[name].as_table().unwrap().values();
        has_all::<NamedModel>(&keys(entries("models")));
        has_all::<NamedPersona>(&keys(entries("personas")));
        has_all::<KnownUser>(&keys(entries("users")));
        let prices = entries("models").filter_map(|model| model.get("price"));
        has_all::<NamedPrice>(&keys(prices));
    }

    #[test]
    fn as_it_is_it_sets_nothing_and_with_everything_set_it_is_right() {
        assert!(TEMPLATE.parse::<toml::Table>().unwrap().is_empty());
        let settings = parse(&set()).unwrap();
        for (name, entry) in &settings.models.0 {
            assert_eq!(entry.as_ref().err(), None, "{name}");
        }
        assert!(settings.personas.0.values().all(Result::is_ok));
        assert!(settings.users.0.values().all(Result::is_ok));
    }

    #[test]
    fn each_key_has_a_sentence_before_it() {
        let lines: Vec<&str> = TEMPLATE.lines().collect();
        for pair in lines.windows(2) {
            let is_setting = pair[1].starts_with('#') && !pair[1].starts_with("# ");
            let is_more = pair[0].starts_with('#') && pair[0].len() > 1;
            assert!(!is_setting || is_more, "{}", pair[1]);
            assert!(pair[1].chars().count() <= 100, "{}", pair[1]);
        }
    }
}
