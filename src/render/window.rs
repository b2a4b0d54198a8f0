//! The window in which a person reads.

/// The size of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub columns: usize,
    pub rows: usize,
    /// How often something else has had the terminal, because the program was stopped.
    pub stops: usize,
}
