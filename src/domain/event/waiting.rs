//! Who is waited for.

/// Somebody who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Awaited<'a> {
    /// What a person calls them: a persona, a model, or a user whose model answers.
    pub name: &'a str,
    /// Their reply has come to its end.
    pub has_answered: bool,
}

impl<'a> Awaited<'a> {
    /// Somebody who was asked just now.
    pub(crate) fn new(name: &'a str) -> Self {
        Self {
            name,
            has_answered: false,
        }
    }
}
