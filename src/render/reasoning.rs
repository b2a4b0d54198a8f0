//! How much a person sees of what a model thinks before it answers.

/// What a terminal shows of a model's reasoning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reasoning {
    /// All of it, dimmed, above the answer
    Show,
    /// One line that counts the seconds and is gone when the answer begins
    Fold,
    /// Nothing
    Hide,
}
