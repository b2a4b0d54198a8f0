//! What `/import` is to read.

use crate::format::Program;

/// Files that are to be read. The shell opens them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantedImport {
    /// The files and folders as they were typed, without quotes.
    pub(crate) paths: Vec<String>,
    /// The program that has written them; none if they tell it themselves.
    pub(crate) program: Option<Program>,
    /// Only what would be done is to be told.
    pub(crate) is_dry: bool,
}
