//! What is said where a listing has nothing to show: how it is, and what to type.

use super::Chat;
use crate::domain::{Flow, Result, Scope};
use crate::query::Query;
use crate::store::{SessionQuery, Which};

/// What is said of an empty listing.
#[derive(Clone, Copy)]
pub(crate) enum Hint {
    /// The same whenever it is empty.
    Text(&'static str),
    /// What suits how things stand.
    LookedUp(fn(&mut Chat) -> Result<&'static str>),
    /// What suits a scope in which filters have found nothing, unless there is nothing
    /// at all.
    Filtered(Scope, Narrowed),
}

/// By what a listing was narrowed down, as far as that tells what to type instead.
#[derive(Clone, Copy)]
pub(crate) enum Narrowed {
    Time,
    User,
    Other,
}

/// Nobody has said anything.
pub(super) const NOTHING_SAID: Hint = Hint::Text("nothing was said yet; `/start` begins a session");

/// Nothing was said in the current session.
pub(super) const SESSION_SILENT: Hint =
    Hint::Text("nothing was said in this session yet; a line without a slash is said to the model");

/// Nothing was said in the sessions of the current user.
pub(super) const USER_SILENT: Hint = Hint::Text(HAVE_SAID_NOTHING);

/// The head of the current session was moved by nothing but messages.
pub(super) const NOTHING_MOVED: Hint =
    Hint::Text("nothing was moved yet; `/undo`, `/clear` and `/edit` move the end of a context");

/// The configuration has no personas that can be used.
pub(super) const NO_PERSONAS: Hint =
    Hint::Text("there is no persona to start as; `[personas.NAME]` in config.toml describes one");

/// The context of the current session is empty.
pub(super) const CONTEXT: Hint = Hint::LookedUp(context);

/// The contexts of the current user are empty.
pub(super) const CONTEXTS: Hint = Hint::LookedUp(contexts);

/// The current user has no session to return to.
pub(super) const SESSIONS: Hint = Hint::LookedUp(sessions);

/// A search has found nothing.
const NOTHING_FOUND: Hint = Hint::Text(
    "nothing was found; `in:global` looks among everybody's, `word*` for what begins so, `/resume WORDS` in titles",
);

/// The same where everybody's messages were looked among.
const NOTHING_AT_ALL: Hint = Hint::Text("nothing was found; `word*` finds what begins so");

/// None of the current user's sessions is archived.
pub(super) const NONE_ARCHIVED: Hint =
    Hint::Text("no session of yours is archived; `/archive` archives the current one");

/// Nobody's session is archived.
pub(super) const NOTHING_ARCHIVED: Hint =
    Hint::Text("no session is archived; `/archive` archives the current one");

const HAVE_SAID_NOTHING: &str = "you have said nothing yet; `/start` begins a session";

/// What is said of a query within a scope that has found nothing.
pub(super) fn nothing_found(query: &Query, scope: Scope) -> Hint {
    if !query.words.is_empty() {
        return match scope {
            Scope::Global => NOTHING_AT_ALL,
            Scope::User | Scope::Session => NOTHING_FOUND,
        };
    }
    let filter = &query.filter;
    Hint::Filtered(
        scope,
        if filter.since.is_some() || filter.before.is_some() {
            Narrowed::Time
        } else if scope == Scope::Global && !filter.user.one_of.is_empty() {
            Narrowed::User
        } else {
            Narrowed::Other
        },
    )
}

impl Hint {
    /// The sentence.
    pub(super) fn sentence(self, chat: &mut Chat) -> Result<&'static str> {
        match self {
            Self::Text(text) => Ok(text),
            Self::LookedUp(look) => look(chat),
            Self::Filtered(scope, narrowed) => filtered(chat, scope, narrowed),
        }
    }
}

fn context(chat: &mut Chat) -> Result<&'static str> {
    let session = chat.speakers.current()?;
    let end = chat.log.end(session.key)?;
    if end.place.base.is_some() {
        return Ok("the context is empty; `/undo` brings back what was cleared");
    }
    if chat.log.redoable(&end)?.is_some() {
        return Ok("the context is empty; `/redo` brings back what was taken out");
    }
    Ok("the context is empty; a line without a slash is said to the model")
}

fn contexts(chat: &mut Chat) -> Result<&'static str> {
    if has_sessions(chat, Which::Spoken)? {
        Ok("your contexts are empty; `/log user` lists what was said")
    } else {
        Ok(HAVE_SAID_NOTHING)
    }
}

fn sessions(chat: &mut Chat) -> Result<&'static str> {
    if has_sessions(chat, Which::Archived)? {
        return Ok("your sessions are archived; `/sessions --archived` lists them");
    }
    if has_sessions(chat, Which::All)? {
        Ok("nothing was said in your sessions yet; `/sessions --all` lists them")
    } else {
        Ok("you have no session yet; `/start` begins one")
    }
}

fn filtered(chat: &mut Chat, scope: Scope, narrowed: Narrowed) -> Result<&'static str> {
    if !has_messages(chat, scope)? {
        let silent = match scope {
            Scope::Session => SESSION_SILENT,
            Scope::User => USER_SILENT,
            Scope::Global => NOTHING_SAID,
        };
        return silent.sentence(chat);
    }
    let is_global = scope == Scope::Global;
    Ok(match narrowed {
        Narrowed::Time if is_global => {
            "nothing was found at that time; `/stats by day in:global` shows when something was said"
        }
        Narrowed::Time => {
            "nothing was found at that time; `/stats by day` shows when something was said"
        }
        Narrowed::User => "nothing was found of that user; `/users` lists all users",
        Narrowed::Other if is_global => "nothing was found; fewer filters find more",
        Narrowed::Other => {
            "nothing was found; fewer filters find more, `in:global` looks among everybody's"
        }
    })
}

/// Whether there is a message in a scope.
fn has_messages(chat: &mut Chat, scope: Scope) -> Result<bool> {
    let here = match scope {
        Scope::Session => Some(chat.speakers.current()?.key),
        Scope::User | Scope::Global => None,
    };
    let user = (scope != Scope::Global).then(|| chat.speakers.user());
    let of_session = here.map(|key| [Which::Key(key)]);
    let of_all = [Which::All, Which::Archived];
    let mut has = false;
    for which in of_session.as_ref().map_or(&of_all[..], |one| &one[..]) {
        let query = SessionQuery {
            user,
            which: *which,
            after: None,
        };
        chat.log.sessions(&query, &mut |row| {
            has |= row.count > 0;
            if has { Flow::Full } else { Flow::More }
        })?;
    }
    Ok(has)
}

fn has_sessions(chat: &mut Chat, which: Which<'_>) -> Result<bool> {
    let user = chat.speakers.user();
    Ok(!chat.log.find(user, which, 1)?.is_empty())
}
