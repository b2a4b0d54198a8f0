//! Slashes that were forgotten, and blanks before them.

use std::borrow::Cow;

use super::Prompt;
use crate::command::{self, deleting};
use crate::domain::{Error, Event, Sink, sentence};

/// What other programs take for leaving and for help.
const ELSEWHERE: [(&str, &str); 5] = [
    (":q", "/quit"),
    (":q!", "/quit"),
    (":wq", "/quit"),
    (":x", "/quit"),
    ("?", "/help"),
];

/// A line that is typed, without the blanks before a command. A second slash still
/// says that it is none: then the blanks belong to what is said.
pub(super) fn without_blanks(line: &str) -> Cow<'_, str> {
    let rest = line.trim_start();
    if rest.len() == line.len() || line.contains('\n') {
        return line.into();
    }
    match rest.strip_prefix('/') {
        Some(said) if said.starts_with('/') => {
            let blanks = &line[..line.len() - rest.len()];
            format!("{blanks}{said}").into()
        }
        Some(_) => rest.into(),
        None => line.into(),
    }
}

/// Words that are commands but for their slash: asked about once, and then said.
#[derive(Default)]
pub(super) struct ForgottenSlashes {
    /// The word that was asked about a moment ago.
    asked: Option<String>,
}

impl ForgottenSlashes {
    /// The question about a line; none if it is to be said.
    pub(super) fn question(&mut self, line: &str) -> Option<String> {
        let before = self.asked.take();
        let word = line.trim();
        let meant = meaning(word)?;
        if before.as_deref() == Some(word) {
            return None;
        }
        self.asked = Some(word.to_owned());
        Some(format!(
            "`{word}` was not sent: {meant}; `{word}` once more says it"
        ))
    }
}

impl Prompt {
    /// Asks about a line that is a command but for its slash, once. The up-arrow
    /// has it.
    pub(super) fn asks_about(&mut self, typed: &str) -> bool {
        let question = self.slashes.question(typed);
        let Some(question) = question.filter(|_| self.editing.is_none()) else {
            return false;
        };
        let user = self.chat.borrow().user().clone();
        self.editor.remember(&user, typed);
        self.output.emit(&Event::Notice(&question));
        true
    }
}

/// What a word alone is likely to mean, and what there is of that.
fn meaning(word: &str) -> Option<String> {
    if !word.starts_with('/') && deleting::is_wanted(word) {
        let error = Error::NoDeleting(format!("/{}", word.to_lowercase()));
        return Some(sentence(&error, error.hint()));
    }
    meant(word).map(|command| format!("`{command}` is the command"))
}

/// The command that a word alone is likely to mean.
fn meant(word: &str) -> Option<String> {
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == word);
    if let Some((_, command)) = elsewhere {
        return Some((*command).to_owned());
    }
    let is_word = !word.is_empty() && word.chars().all(char::is_alphabetic);
    let name = format!("/{}", word.to_lowercase());
    (is_word && command::find(&name).is_some()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_before_a_command_are_forgiven() {
        for (line, expected) in [
            ("/clear", "/clear"),
            ("  /clear now", "/clear now"),
            ("\t/", "/"),
            (" //clear", " /clear"),
            ("//clear", "//clear"),
            ("  said", "  said"),
            (" /one\ntwo", " /one\ntwo"),
            ("  ", "  "),
        ] {
            assert_eq!(without_blanks(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_word_is_asked_about_until_it_comes_twice() {
        let mut slashes = ForgottenSlashes::default();
        let mut asks = |line| slashes.question(line).is_some();
        assert!(asks("help") && !asks("help") && asks("help"));
        assert!(asks(" Exit ") && asks(":q") && asks("?") && asks("quit"));
        assert!(!asks("help me") && !asks("hello") && !asks("") && !asks("/help"));
        assert!(asks("quit") && !asks("other") && asks("quit"));
        assert!(asks("Delete") && !asks("Delete") && !asks("delete it") && !asks("/rm"));
    }
}
