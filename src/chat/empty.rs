//! What is said where a listing has nothing to show: how it is, and what to type.

use super::Chat;
use crate::domain::{Result, Scope};
use crate::store::Which;

/// What is said of an empty listing.
#[derive(Clone, Copy)]
pub(crate) enum Hint {
    /// The same whenever it is empty.
    Text(&'static str),
    /// What suits how things stand.
    LookedUp(fn(&mut Chat) -> Result<&'static str>),
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
    "nothing was found; `in:global` looks among everybody's, `word*` for what begins so",
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

/// What is said of a search within a scope that has found nothing.
pub(super) fn nothing_found(scope: Scope) -> Hint {
    if scope == Scope::Global {
        NOTHING_AT_ALL
    } else {
        NOTHING_FOUND
    }
}

impl Hint {
    /// The sentence.
    pub(super) fn sentence(self, chat: &mut Chat) -> Result<&'static str> {
        match self {
            Self::Text(text) => Ok(text),
            Self::LookedUp(look) => look(chat),
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

fn has_sessions(chat: &mut Chat, which: Which<'_>) -> Result<bool> {
    let user = chat.speakers.user();
    Ok(!chat.log.find(user, which, 1)?.is_empty())
}
