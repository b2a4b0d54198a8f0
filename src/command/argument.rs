//! The arguments of a command, and the errors that all parsers share.

use super::spec::Spec;
use crate::domain::{Error, Result};

/// How much of a mistyped word an error repeats, in characters.
pub(super) const LONGEST_QUOTE: usize = 40;

/// What was typed after the name of a command.
#[derive(Clone, Copy)]
pub(crate) struct Arguments<'a> {
    /// Without the white space around it.
    pub(super) text: &'a str,
    /// The command they belong to.
    pub(super) spec: &'static Spec,
    /// Every command there is, for `/help`.
    pub(super) commands: &'static [&'static Spec],
}

impl<'a> Arguments<'a> {
    pub(super) fn new(
        text: &'a str,
        spec: &'static Spec,
        commands: &'static [&'static Spec],
    ) -> Self {
        Self {
            text,
            spec,
            commands,
        }
    }

    /// For a command that takes no argument.
    pub(super) fn nothing(self) -> Result<()> {
        if self.text.is_empty() {
            Ok(())
        } else {
            Err(takes_nothing(self.spec.name, self.text))
        }
    }

    /// For a command that works with an argument and without.
    pub(super) fn optional(self) -> Option<&'a str> {
        (!self.text.is_empty()).then_some(self.text)
    }

    /// For a command that needs an argument; `what` names it.
    pub(super) fn required(self, what: &str) -> Result<&'a str> {
        self.optional().ok_or_else(|| self.spec.needs(what))
    }
}

impl Spec {
    /// The command lacks an argument; `what` names it.
    pub(super) fn needs(&self, what: &str) -> Error {
        self.wrong(format!("needs {what}"), &format!("`{}`", self.usage()))
    }

    /// The word is none of those that the command takes.
    pub(super) fn unknown_word(&self, typed: &str, words: &[&str]) -> Error {
        self.unknown_word_or(typed, words, None)
    }

    /// The same for a command that takes something else, too, which ends the list.
    pub(super) fn unknown_word_or(
        &self,
        typed: &str,
        words: &[&str],
        other: Option<&str>,
    ) -> Error {
        let hint = match nearest(typed, words, 2) {
            Some(word) => format!("did you mean `{} {word}`?", self.name),
            None => {
                let other = other.unwrap_or_default();
                format!("one of {}{other}", words.join(", "))
            }
        };
        self.wrong(format!("does not know `{}`", shorten(typed)), &hint)
    }

    /// Refuses what looks like an option and is none of these, if it stands first or last:
    /// a misspelt one would be taken for something else. In quotes it is a word.
    pub(super) fn refuse_unknown_option(&self, typed: &str, options: &[&str]) -> Result<()> {
        let unknown = edge_words(typed).find(|word| looks_like_option(word));
        unknown.map_or(Ok(()), |word| Err(self.unknown_option(word, options)))
    }

    /// The same where such words are looked for unquoted: only what is nearly one of them
    /// is refused.
    pub(super) fn refuse_misspelt_option(&self, typed: &str, options: &[&str]) -> Result<()> {
        let is_misspelt =
            |word: &&str| looks_like_option(word) && nearest(word, options, 1).is_some();
        let misspelt = edge_words(typed).find(is_misspelt);
        misspelt.map_or(Ok(()), |word| Err(self.unknown_option(word, options)))
    }

    fn unknown_option(&self, typed: &str, options: &[&str]) -> Error {
        let hint = match nearest(typed, options, 3) {
            Some(nearest) => format!(
                "did you mean `{} {nearest}`? in quotes it is a word",
                self.name
            ),
            None if options.is_empty() => "it has no options; in quotes it is a word".to_owned(),
            None => format!("one of {}; in quotes it is a word", options.join(", ")),
        };
        self.wrong(format!("does not know `{}`", shorten(typed)), &hint)
    }

    /// The arguments are wrong: why, and what to type instead.
    pub(super) fn wrong(&self, why: String, hint: &str) -> Error {
        Error::BadArgument {
            command: self.name.to_owned(),
            why,
            hint: hint.to_owned(),
        }
    }
}

/// The command, under the name that was typed, got an argument and takes none.
pub(super) fn takes_nothing(name: &str, arguments: &str) -> Error {
    Error::BadArgument {
        command: name.to_owned(),
        why: format!("takes no argument, not `{}`", shorten(arguments)),
        hint: format!("type `{name}` alone"),
    }
}

/// The first word, and what follows it with the white space between them.
pub(super) fn split_word(line: &str) -> (&str, &str) {
    line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()))
}

/// What was typed without a flag that stands before it or behind it, and whether one
/// does. In the midst of it the same word may be what is looked for.
pub(super) fn take_flag<'a>(typed: &'a str, flag: &str) -> (&'a str, bool) {
    let typed = typed.trim();
    let before = typed.strip_prefix(flag);
    let before = before.filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    let behind = || {
        let rest = typed.strip_suffix(flag)?;
        rest.ends_with(char::is_whitespace).then_some(rest)
    };
    match before.or_else(behind) {
        Some(rest) => (rest.trim(), true),
        None => (typed, false),
    }
}

/// The first of these words that a mistyped one may stand for: no more than so many
/// characters apart.
fn nearest<'w>(typed: &str, words: &[&'w str], most: usize) -> Option<&'w str> {
    // How long two texts take to be compared is the product of their lengths.
    let is_short = typed.len() <= LONGEST_QUOTE;
    let is_near = |word: &&&str| strsim::damerau_levenshtein(typed, word) <= most;
    words.iter().filter(|_| is_short).find(is_near).copied()
}

/// The first and the last word.
fn edge_words(typed: &str) -> impl Iterator<Item = &str> {
    let mut words = typed.split_whitespace();
    words.next().into_iter().chain(words.next_back())
}

/// Whether a word is written like an option: `--dryrun`, `--format=csv`, or with a dash that
/// an editor has made of two.
fn looks_like_option(word: &str) -> bool {
    let name = word.strip_prefix("--");
    let name = name
        .or_else(|| word.strip_prefix(['–', '—']))
        .unwrap_or_default();
    let name = name.split_once('=').map_or(name, |(name, _)| name);
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_of_name)
}

/// A title or another free text without the white space around it, if there is one.
pub(super) fn free_text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// What was typed, cut to what an error repeats of it.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_an_option_is_one_or_refused() {
        use super::super::line::parse;
        for (line, told) in [
            ("/search --rnk rome", "`/search` does not know `--rnk`"),
            ("/search rome --ranks", "`/search` does not know `--ranks`"),
            ("/stats --by model", "`/stats` does not know `--by`"),
            ("/follow --x", "`/follow` does not know `--x`"),
            ("/log --ut since:2h", "`/log` does not know `--ut`"),
            ("/import --dry_run a", "`/import` does not know `--dry_run`"),
            ("/import —dry-run a", "`/import` does not know `—dry-run`"),
            (
                "/export --format=csv a.md",
                "`/export` does not know `--format=csv`",
            ),
        ] {
            assert_eq!(parse(line).unwrap_err().to_string(), told, "{line}");
        }
        for line in [
            "/search --no-verify",
            "/search cargo --release",
            "/search docker --run",
            "/search a–b",
            "/search \"--rnk\"",
            "/search a --rnk b",
            "/stats \"--by\" model",
            "/follow -- x",
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn a_flag_stands_before_or_behind() {
        for (typed, rest, is_there) in [
            ("--rank a b", "a b", true),
            ("a b  --rank", "a b", true),
            ("--rank", "", true),
            ("a --rank b", "a --rank b", false),
            ("a\"--rank", "a\"--rank", false),
            ("\"a --rank\"", "\"a --rank\"", false),
            ("--ranks a", "--ranks a", false),
            ("", "", false),
        ] {
            assert_eq!(take_flag(typed, "--rank"), (rest, is_there), "{typed}");
        }
    }
}
