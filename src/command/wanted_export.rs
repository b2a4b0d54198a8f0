//! What `/export` is to write, and where to.

use crate::format::Form;

/// The file that stands for standard output.
pub(crate) const STANDARD_OUTPUT: &str = "-";

/// What is to be written, and where to. The shell makes the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WantedExport {
    /// Which messages, in the language of filters; all if it is empty.
    pub(crate) filters: String,
    /// In which form.
    pub(crate) form: Form,
    /// The file as it was typed, without quotes; `-` is standard output.
    pub(crate) path: String,
    /// A file that is there is written over.
    pub(crate) is_forced: bool,
}
