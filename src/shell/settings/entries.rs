//! The entries of one table of the configuration, each right or wrong by itself.

use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::file_error::FileError;
use super::source_map::SourceMap;

/// Models, personas or users, by name.
pub(in crate::shell) struct Entries<T>(pub(in crate::shell) BTreeMap<String, Result<T, FileError>>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: DeserializeOwned> Entries<T> {
    /// Takes the entries of the table `name` out of the file, and leaves an empty
    /// table there. What is no table is left as it is.
    pub(super) fn take(name: &str, root: &mut DeTable<'_>, places: &SourceMap) -> Self {
        let Some(DeValue::Table(table)) = root.get_mut(name).map(toml::Spanned::get_mut) else {
            return Self::default();
        };
        let entries = std::mem::take(table).into_iter().map(|(key, value)| {
            let key = key.into_inner().into_owned();
            let entry = if matches!(value.get_ref(), DeValue::Table(_)) {
                T::deserialize(ValueDeserializer::from(value))
                    .map_err(|error| places.file_error_at(&[name, &key], &error))
            } else {
                let kind = value.get_ref().type_str();
                Err(places.no_table(&[name, &key], kind))
            };
            (key, entry)
        });
        Self(entries.collect())
    }
}

/// Yields no entry: [`Entries::take`] has taken all of them out before. Anything but
/// a table in their place is an error.
impl<'de, T> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::<String, IgnoredAny>::deserialize(deserializer).map(|_| Self::default())
    }
}
