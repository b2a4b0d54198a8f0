//! `/sessions`, and the names that `/resume` takes.

use crate::chat::listing::list_or_hint;
use crate::chat::{Chat, empty};
use crate::domain::{Event, Flow, Result, Scope, SessionKey, SessionSummary, Sink, UserName};
use crate::store::{Log, SessionQuery, SessionRow, Which};

/// How many sessions of a list `/resume` knows by their numbers.
const NUMBERED_SESSIONS: usize = 64 * 1024;

/// Which sessions are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// Those in which something was said.
    Spoken,
    /// Also those in which nothing was.
    All,
    /// Those that are archived, and none else.
    Archived,
}

impl Listed {
    fn which(self) -> Which<'static> {
        match self {
            Self::Spoken => Which::Spoken,
            Self::All => Which::All,
            Self::Archived => Which::Archived,
        }
    }
}

/// Tells the sessions of the current user or of everybody, latest first, and no more
/// than `newest` of them. The current one is told beside them if it is none of these.
pub(crate) fn list(
    chat: &mut Chat,
    scope: Scope,
    listed: Listed,
    newest: Option<u64>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let is_own = scope != Scope::Global;
    let owner = is_own.then(|| chat.user().clone());
    let which = listed.which();
    let hint = match (listed, is_own) {
        (Listed::Archived, true) => empty::NONE_ARCHIVED,
        (Listed::Archived, false) => empty::NOTHING_ARCHIVED,
        (_, true) => empty::SESSIONS,
        (_, false) => empty::NOTHING_SAID,
    };
    let (mut keys, mut after, mut is_begun) = (Vec::new(), None, false);
    list_or_hint(chat, Some(scope), hint, sink, &mut |chat, rows| {
        if !std::mem::replace(&mut is_begun, true)
            && let Some((found, is_older)) = current_beside(chat, owner.as_ref(), listed, newest)?
        {
            let row = &SessionSummary {
                current: true,
                ..summary(&found, chat.answering.name(None))
            };
            rows.emit_beside(&Event::Here {
                row,
                is_own,
                is_older,
            });
        }
        let current = chat.speakers.session().map(|session| session.key);
        let default_model = chat.answering.name(None);
        let (user, mut flow) = (owner.as_ref(), Flow::More);
        let query = SessionQuery { user, which, after };
        chat.log.sessions(&query, &mut |found| {
            if newest == Some(rows.count()) {
                rows.leave_out_older();
                flow = Flow::More;
                return Flow::Full;
            }
            after = Some(found.rank());
            if is_own && keys.len() < NUMBERED_SESSIONS {
                keys.push(found.key);
            }
            let number = rows.count() + 1;
            flow = rows.emit(&Event::SessionRow(&SessionSummary {
                number: is_own.then_some(number),
                current: current == Some(found.key),
                ..summary(found, default_model)
            }));
            flow
        })?;
        Ok(flow == Flow::Full)
    })?;
    if is_own {
        chat.speakers.remember_listed(keys);
    }
    Ok(())
}

/// Visits all sessions of one user that are listed so.
pub(super) fn each(
    log: &mut Log,
    user: &UserName,
    which: Which<'_>,
    visit: &mut dyn FnMut(&SessionRow),
) -> Result<()> {
    let query = SessionQuery {
        user: Some(user),
        which,
        after: None,
    };
    log.sessions(&query, &mut |row| {
        visit(row);
        Flow::More
    })?;
    Ok(())
}

/// The current session, if it is none of those that are listed; and whether it is only
/// none of the `newest`.
fn current_beside(
    chat: &mut Chat,
    owner: Option<&UserName>,
    listed: Listed,
    newest: Option<u64>,
) -> Result<Option<(SessionRow, bool)>> {
    let current = chat.speakers.session().map(|session| session.key);
    let Some(current) = current else {
        return Ok(None);
    };
    let user = chat.speakers.user();
    let Some(found) = chat.log.find(user, Which::Key(current), 1)?.pop() else {
        return Ok(None);
    };
    let is_archived = found.archived_at.is_some();
    let is_hidden = match listed {
        Listed::Spoken => is_archived || !found.is_spoken(),
        Listed::All => is_archived,
        // Who asks for these does not ask for any other.
        Listed::Archived if !is_archived => return Ok(None),
        Listed::Archived => false,
    };
    let is_older = match newest {
        Some(newest) if !is_hidden => !is_among(chat, current, owner, listed.which(), newest)?,
        _ => false,
    };
    Ok((is_hidden || is_older).then_some((found, is_older)))
}

/// Whether a session is among the `newest` that are listed so.
fn is_among(
    chat: &mut Chat,
    session: SessionKey,
    user: Option<&UserName>,
    which: Which<'_>,
    newest: u64,
) -> Result<bool> {
    let (mut left, mut is_found) = (newest, false);
    let query = SessionQuery {
        user,
        which,
        after: None,
    };
    chat.log.sessions(&query, &mut |row| {
        is_found = row.key == session;
        left -= 1;
        if is_found || left == 0 {
            Flow::Full
        } else {
            Flow::More
        }
    })?;
    // What cannot be read is told when these are listed.
    chat.log.take_damage();
    Ok(is_found)
}

/// A session as a list shows it, without number and mark.
pub(super) fn summary<'a>(found: &'a SessionRow, default_model: &'a str) -> SessionSummary<'a> {
    SessionSummary {
        number: None,
        user: &found.user,
        session: found.session,
        title: found.title.as_deref(),
        preview: found.preview.as_deref(),
        context: found.depth,
        messages: found.count,
        model: found.model.as_deref().unwrap_or(default_model),
        answered_by: found.answered_by.as_deref(),
        persona: found.persona.as_deref(),
        origin: found.origin.as_ref().map(|origin| origin.session),
        origin_title: found
            .origin
            .as_ref()
            .and_then(|origin| origin.title.as_deref()),
        last_at: found.touched_at,
        current: false,
        archived: found.archived_at.is_some(),
    }
}
