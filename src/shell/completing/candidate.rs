//! What can be put into a line.

use crate::render::visible;

/// A word that can stand where something is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The word as the program is to get it.
    pub(super) word: String,
    /// What it is, for the shells that show that.
    pub(super) about: String,
}

impl Candidate {
    pub(super) fn new(word: impl Into<String>, about: impl Into<String>) -> Self {
        Self {
            word: word.into(),
            about: about.into(),
        }
    }

    /// Whether it can be one line of an answer, and is what it looks like.
    pub(super) fn is_plain(&self) -> bool {
        is_plain(&self.word)
    }

    /// The line for shells that quote by themselves: the word and what it is.
    pub(super) fn line(&self) -> String {
        let about = visible(&self.about);
        // One line, without a second tab.
        let about: String = about
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if about.is_empty() {
            self.word.clone()
        } else {
            format!("{}\t{about}", self.word)
        }
    }
}

/// Whether a text has neither control characters nor others that nobody sees.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_control) && visible(text) == text
}

/// What an answer consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Candidates {
    /// The names of files, which shells know best.
    Files,
    Words(Vec<Candidate>),
}
