//! What `/resume` is completed with.

use std::collections::HashSet;

use super::find::{find, find_archived};
use super::list::summary;
use crate::chat::Chat;
use crate::domain::{Result, SessionId};
use crate::store::{SessionRow, Which};

/// How many of the latest sessions are looked through for words in the middle of
/// their names.
const LOOKED_THROUGH: usize = 500;

/// A session of the current user, as it can be named.
pub(crate) struct SessionOffer {
    /// What names it, and no other: its title, or else the beginning of its id.
    pub(crate) word: String,
    pub(crate) session: SessionId,
    /// Its title, what it is a fork of, or the first words said in it.
    pub(crate) name: Option<String>,
    /// How long ago something was said in it, in milliseconds.
    pub(crate) age: i64,
    /// How many messages it has in the log.
    pub(crate) messages: i64,
}

/// How well a session suits what is typed: the better, the less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Suits {
    TitleBegins,
    IdBegins,
    TitleHas,
    WordsHave,
}

/// Up to `limit` sessions of the current user that suit what is typed, by title
/// before id, by the beginning or else anywhere, without regard to case, and of
/// those alike the latest first.
pub(crate) fn offers(chat: &mut Chat, typed: &str, limit: usize) -> Result<Vec<SessionOffer>> {
    offers_of(chat, Which::All, typed, limit)
}

/// The same of those that are archived.
pub(crate) fn archived_offers(
    chat: &mut Chat,
    typed: &str,
    limit: usize,
) -> Result<Vec<SessionOffer>> {
    offers_of(chat, Which::Archived, typed, limit)
}

fn offers_of(
    chat: &mut Chat,
    which: Which<'_>,
    typed: &str,
    limit: usize,
) -> Result<Vec<SessionOffer>> {
    let user = chat.speakers.user();
    let mut rows = chat.log.find(user, which, LOOKED_THROUGH)?;
    // Older ones are known by their beginning only.
    if !typed.is_empty() {
        rows.extend(chat.log.find(user, Which::Name(typed), limit)?);
        let id = typed.to_ascii_lowercase();
        rows.extend(chat.log.find(user, Which::Prefix(&id), limit)?);
    }
    let typed = typed.to_lowercase();
    let is_archived = matches!(which, Which::Archived);
    let mut seen = HashSet::new();
    rows.retain(|row| row.archived_at.is_some() == is_archived && seen.insert(row.session));
    let mut suited: Vec<_> = rows
        .into_iter()
        .filter_map(|row| Some((suits(&row, &typed)?, row)))
        .collect();
    suited.sort_by_key(|(suits, _)| *suits);
    // What only has it in the middle does not disturb what begins with it.
    if let Some((Suits::TitleBegins | Suits::IdBegins, _)) = suited.first() {
        suited.retain(|(suits, _)| *suits <= Suits::IdBegins);
    }
    suited.truncate(limit);
    let now = chat.settings.now().0;
    let mut offers = Vec::with_capacity(suited.len());
    for (_, row) in suited {
        let word = word(chat, &row);
        let described = summary(&row, "");
        offers.push(SessionOffer {
            word,
            session: row.session,
            name: described.called().map(std::borrow::Cow::into_owned),
            age: now - row.touched_at.0,
            messages: row.count,
        });
    }
    Ok(offers)
}

fn suits(row: &SessionRow, typed: &str) -> Option<Suits> {
    let at = |text: &str| text.to_lowercase().find(typed);
    let title = row.title.as_deref().and_then(at);
    let is_id = row.session.to_string().starts_with(typed);
    match title {
        Some(0) => Some(Suits::TitleBegins),
        _ if is_id => Some(Suits::IdBegins),
        Some(_) => Some(Suits::TitleHas),
        None => {
            let fork_of = summary(row, "").fork_of();
            let mut told = [row.preview.as_deref(), fork_of.as_deref()]
                .into_iter()
                .flatten();
            let has = row.title.is_none() && told.any(|text| at(text).is_some());
            has.then_some(Suits::WordsHave)
        }
    }
}

/// What a command takes for this session and no other.
fn word(chat: &mut Chat, row: &SessionRow) -> String {
    let find = if row.archived_at.is_some() {
        find_archived
    } else {
        find
    };
    let mut is_it = |which: &str| find(chat, which).is_ok_and(|found| found.key == row.key);
    if let Some(title) = &row.title
        && !title.contains('\n')
        && is_it(title)
    {
        return title.clone();
    }
    let short = row.session.short();
    if is_it(&short) {
        return short;
    }
    row.session.to_string()
}
