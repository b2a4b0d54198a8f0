//! What was carried out of the log.

/// What was written of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exported {
    /// The file; `-` for standard output.
    pub file: String,
    /// The word for its form.
    pub form: &'static str,
    /// How many conversations it has messages of.
    pub conversations: u64,
    /// How many messages it has.
    pub messages: u64,
}
