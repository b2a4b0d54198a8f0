//! Which session a person means.

use super::list::summary;
use crate::chat::Chat;
use crate::domain::{Error, Flow, QUOTED_CHARACTERS, Result, SessionKey, preview_of};
use crate::store::{SessionQuery, SessionRow, Which};

/// The shortest beginning of a session's id that is taken for it, in characters.
const SHORTEST_PREFIX: usize = 4;

/// How many sessions an ambiguous name lists.
const CANDIDATES: usize = 10;

/// Whether a text is taken for the beginning of a session's id.
pub(in crate::chat) fn may_begin_id(text: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    text.len() >= SHORTEST_PREFIX && text.bytes().all(is_of_id)
}

/// The one session of the current user that `which` means: the beginning of
/// its id, its title, its number in the list, or `latest`.
///
/// # Errors
/// None of them is meant, several are; or some of them cannot be read, and none
/// of the others is meant.
pub(in crate::chat) fn find(chat: &mut Chat, which: &str) -> Result<SessionRow> {
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
    look_among(chat, which, among).map_err(|error| match error {
        Error::NoSessions | Error::OnlyArchived | Error::NoSuchSession(_) => {
            chat.log.take_damage().map_or(error, Error::from)
        }
        error => error,
    })
}

/// The same as [`find`], whether or not some cannot be read.
pub(super) fn look_for(chat: &mut Chat, which: &str) -> Result<SessionRow> {
    look_among(chat, which, Among::All)
}

fn look_among(chat: &mut Chat, which: &str, among: Among) -> Result<SessionRow> {
    let typed = preview_of(which, QUOTED_CHARACTERS);
    let missing = || Error::NoSuchSession(typed.clone());
    if which == "latest" && among == Among::All {
        let found = chat.log.find(chat.speakers.user(), Which::Latest, 1)?.pop();
        return match found {
            Some(found) => Ok(found),
            None => Err(none_to_return_to(chat)?),
        };
    }
    let named = Named::by(chat, which)?.ok_or_else(missing)?;
    let user = chat.speakers.user();
    let mut found = chat.log.find(user, Which::Name(named.name), CANDIDATES)?;
    if let Some(prefix) = &named.prefix {
        found.extend(chat.log.find(user, Which::Prefix(prefix), CANDIDATES)?);
    }
    if let Some(key) = named.numbered {
        found.extend(chat.log.find(user, Which::Key(key), 1)?);
    }
    found.retain(|found| named.has(found));
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

/// Why there is no session to return to.
pub(super) fn none_to_return_to(chat: &mut Chat) -> Result<Error> {
    if let Some(problem) = chat.log.take_damage() {
        return Err(problem.into());
    }
    let archived = chat.log.find(chat.speakers.user(), Which::Archived, 1)?;
    Ok(if archived.is_empty() {
        Error::NoSessions
    } else {
        Error::OnlyArchived
    })
}

/// What names a session whole, or by the beginning of its id.
pub(super) struct Named<'a> {
    /// Its title, or else its first words, whole.
    name: &'a str,
    /// The name is only the beginning.
    is_cut: bool,
    /// The beginning of its id.
    prefix: Option<String>,
    /// The one that has this number in the list.
    numbered: Option<SessionKey>,
}

impl<'a> Named<'a> {
    /// Reads what was typed; none if it can be no name.
    pub(super) fn by(chat: &mut Chat, which: &'a str) -> Result<Option<Self>> {
        // A list shows a long name cut, with an ellipsis; without one it must be the whole name.
        let name = which.trim_end_matches('…');
        if name.is_empty() {
            return Ok(None);
        }
        let numbered = match which.parse::<usize>() {
            Ok(number @ 1..) => numbered(chat, number)?,
            _ => None,
        };
        Ok(Some(Self {
            name,
            is_cut: name != which,
            prefix: may_begin_id(which).then(|| which.to_ascii_lowercase()),
            numbered,
        }))
    }

    /// Whether it names this session.
    pub(super) fn has(&self, found: &SessionRow) -> bool {
        let name = found.title.as_deref().or(found.preview.as_deref());
        let is_called = name
            .is_some_and(|name| name == self.name || self.is_cut && name.starts_with(self.name));
        let prefix = self.prefix.as_ref();
        is_called
            || self.numbered == Some(found.key)
            || prefix.is_some_and(|prefix| found.session.to_string().starts_with(prefix))
    }
}

/// The session of that number in the list that the current user saw last, or
/// would see now.
fn numbered(chat: &mut Chat, number: usize) -> Result<Option<SessionKey>> {
    let user = chat.speakers.user();
    if let Some(keys) = chat.speakers.listed() {
        return Ok(keys.get(number - 1).copied());
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
        found = Some(session.key);
        Flow::Full
    })?;
    Ok(found)
}
