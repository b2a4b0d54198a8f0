//! Whose days and hours times are told in.

/// Whose days and hours times are told in, to a person; a script gets them in UTC anyway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Zone {
    /// The zone of the person.
    #[default]
    Local,
    /// Coordinated universal time.
    Utc,
}
