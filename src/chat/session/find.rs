//! Which session a person means.

use super::list::summary;
use crate::chat::Chat;
use crate::domain::{Error, Flow, QUOTED_CHARACTERS, Result, preview_of};
use crate::store::{SessionQuery, SessionRow, Which};

/// The shortest beginning of a session's id that is taken for it, in characters.
const SHORTEST_PREFIX: usize = 4;

/// How many sessions an ambiguous name lists.
const CANDIDATES: usize = 10;

/// The one session of the current user that `which` means: the beginning of
/// its id, its title, its number in the list, or `latest`.
///
/// # Errors
/// None of them is meant, several are; or some of them cannot be read, and none
/// of the others is meant.
pub(super) fn find(chat: &mut Chat, which: &str) -> Result<SessionRow> {
    find_among(chat, which, Among::All)
}

/// The same among those that are archived.
///
/// # Errors
/// Those of [`find`].
pub(super) fn find_archived(chat: &mut Chat, which: &str) -> Result<SessionRow> {
    find_among(chat, which, Among::Archived).map_err(|error| match error {
        Error::NoSuchSession(typed) => Error::NotArchived(typed),
        error => error,
    })
}

/// Which sessions are looked among.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Among {
    /// All; one that is archived gives way to any that is not.
    All,
    Archived,
}

impl Among {
    fn choose(self, found: &mut Vec<SessionRow>) {
        let has_listed = found.iter().any(|found| found.archived_at.is_none());
        match self {
            Self::All if has_listed => found.retain(|found| found.archived_at.is_none()),
            Self::All => {}
            Self::Archived => found.retain(|found| found.archived_at.is_some()),
        }
    }
}

fn find_among(chat: &mut Chat, which: &str, among: Among) -> Result<SessionRow> {
    // What was passed over before has nothing to do with it.
    chat.log.take_damage();
    look_for(chat, which, among).map_err(|error| match error {
        Error::NoSessions | Error::NoSuchSession(_) => {
            chat.log.take_damage().map_or(error, Error::from)
        }
        error => error,
    })
}

fn look_for(chat: &mut Chat, which: &str, among: Among) -> Result<SessionRow> {
    let user = chat.speakers.user();
    let typed = preview_of(which, QUOTED_CHARACTERS);
    let missing = || Error::NoSuchSession(typed.clone());
    if which == "latest" && among == Among::All {
        let found = chat.log.find(user, Which::Latest, 1)?.pop();
        return found.ok_or(Error::NoSessions);
    }
    // A list shows a long name cut, with an ellipsis; without one it must be the whole name.
    let name = which.trim_end_matches('…');
    if name.is_empty() {
        return Err(missing());
    }
    let mut found = chat.log.find(user, Which::Name(name), CANDIDATES)?;
    if name == which {
        let called =
            |found: &SessionRow| found.title.as_deref().or(found.preview.as_deref()) == Some(name);
        found.retain(called);
    }
    let is_prefix = which
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if is_prefix && which.len() >= SHORTEST_PREFIX {
        let prefix = which.to_ascii_lowercase();
        found.extend(chat.log.find(user, Which::Prefix(&prefix), CANDIDATES)?);
    }
    if let Ok(number @ 1..) = which.parse::<usize>() {
        found.extend(numbered(chat, number)?);
    }
    found.sort_by_key(|found| std::cmp::Reverse(found.rank()));
    found.dedup_by_key(|found| found.key);
    among.choose(&mut found);
    if found.len() > 1 {
        found.truncate(CANDIDATES);
        let named = found.iter().map(|found| {
            let name = summary(found, "").name();
            let name = name.map_or_else(String::new, |name| format!(" “{name}”"));
            format!("{}{name}", found.session)
        });
        return Err(Error::AmbiguousSession(typed, named.collect()));
    }
    found.pop().ok_or_else(missing)
}

/// The session of that number in the list that the current user saw last, or
/// would see now.
fn numbered(chat: &mut Chat, number: usize) -> Result<Option<SessionRow>> {
    let user = chat.speakers.user();
    if let Some(keys) = chat.speakers.listed() {
        let Some(&key) = keys.get(number - 1) else {
            return Ok(None);
        };
        return Ok(chat.log.find(user, Which::Key(key), 1)?.pop());
    }
    let (mut seen, mut found) = (0, None);
    let query = SessionQuery {
        user: Some(user),
        which: Which::Spoken,
        after: None,
    };
    chat.log.sessions(&query, &mut |session| {
        seen += 1;
        if seen < number {
            return Flow::More;
        }
        found = Some(session.clone());
        Flow::Full
    })?;
    Ok(found)
}
