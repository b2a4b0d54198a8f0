//! A session as a row of a listing, and previews of texts.

use std::borrow::Cow;

use super::{SessionId, Timestamp, UserName};

/// How many characters of the first message stand in for a title.
const NAME_CHARACTERS: usize = 48;

/// One session, described.
#[derive(Clone, Debug)]
pub(crate) struct SessionSummary<'a> {
    /// Its number in the list, which `/resume` takes; only for a user's own.
    pub number: Option<u64>,
    /// Its owner.
    pub user: &'a UserName,
    pub session: SessionId,
    /// Its title, if it was given one.
    pub title: Option<&'a str>,
    /// The beginning of its first message, if it has one.
    pub preview: Option<&'a str>,
    /// How many messages its context has.
    pub context: i64,
    /// How many messages it has in the log.
    pub messages: i64,
    /// The model that answers in it.
    pub model: &'a str,
    /// The model of the last reply in it, if there is one.
    pub answered_by: Option<&'a str>,
    /// The persona it was started as, if any.
    pub persona: Option<&'a str>,
    /// The session that it is a fork of, if it is one, and the title of that.
    pub origin: Option<SessionId>,
    pub origin_title: Option<&'a str>,
    /// The time of its last message, else of its beginning.
    pub last_at: Timestamp,
    /// Whether it is the current session of the current user.
    pub current: bool,
    /// Whether lists leave it out.
    pub archived: bool,
}

impl<'a> SessionSummary<'a> {
    /// What it is called in scripts: its title, or else the beginning of its first message.
    pub(crate) fn name(&self) -> Option<Cow<'a, str>> {
        match (self.title, self.preview) {
            (Some(title), _) => Some(title.into()),
            // Short enough, and on one line already.
            (None, Some(words)) if words.len() <= NAME_CHARACTERS && !words.contains('\n') => {
                Some(words.into())
            }
            (None, words) => words.map(|words| preview_of(words, NAME_CHARACTERS).into()),
        }
    }
}

impl SessionSummary<'_> {
    /// What it is a fork of, if it is one: `fork of trip to Rome`.
    pub(crate) fn fork_of(&self) -> Option<String> {
        let origin = self.origin?;
        let short = origin.short();
        Some(format!("fork of {}", self.origin_title.unwrap_or(&short)))
    }

    /// What it is called where a person sees it: its title, what it is a fork of, or
    /// the beginning of its first message.
    pub(crate) fn called(&self) -> Option<Cow<'_, str>> {
        let fork_of = self.fork_of().filter(|_| self.title.is_none());
        fork_of.map(Cow::from).or_else(|| self.name())
    }
}

/// How much of what somebody typed an error repeats, in characters.
pub(crate) const QUOTED_CHARACTERS: usize = 40;

/// The beginning of a text on one line: at most `limit` characters, and an
/// ellipsis if there is more. White space between words becomes one space.
pub(crate) fn preview_of(text: &str, limit: usize) -> String {
    let mut words = String::new();
    let mut left = limit;
    for word in text.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        for c in word.chars() {
            if left == 0 {
                words.push('…');
                return words;
            }
            left -= 1;
            words.push(c);
        }
        left = left.saturating_sub(1);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_are_one_line_and_end_where_they_are_cut() {
        assert_eq!(preview_of("  a\n\tb  c ", 48), "a b c");
        assert_eq!(
            preview_of(&"ab ".repeat(40), 48),
            format!("{}…", "ab ".repeat(16))
        );
        assert_eq!(
            preview_of(&"é".repeat(49), 48),
            format!("{}…", "é".repeat(48))
        );
        assert_eq!(preview_of(&"é".repeat(48), 48), "é".repeat(48));
    }
}
