//! Work that takes long, and how far it is.

/// How far a piece of work is that is done in many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Work<'a> {
    /// What is made, as in `the index`.
    pub what: &'a str,
    /// Of what there are so many, as in `messages`.
    pub unit: &'a str,
    /// How many are done.
    pub done: u64,
    /// How many there are to do.
    pub total: u64,
}
