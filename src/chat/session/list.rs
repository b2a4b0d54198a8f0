//! `/sessions`, and the names that `/resume` takes.

use crate::chat::{Chat, listing};
use crate::domain::{Event, Flow, Result, Scope, SessionSummary, Sink};
use crate::store::{SessionQuery, SessionRow, Which};

/// How many sessions of a list `/resume` knows by their numbers.
const NUMBERED_SESSIONS: usize = 64 * 1024;

/// Tells the sessions of the current user or of everybody, latest first; with
/// `all` also those in which nothing was said.
pub(crate) fn list(chat: &mut Chat, scope: Scope, all: bool, sink: &mut dyn Sink) -> Result<()> {
    let is_own = scope != Scope::Global;
    let owner = is_own.then(|| chat.user().clone());
    let which = if all { Which::All } else { Which::Spoken };
    let (mut keys, mut after) = (Vec::new(), None);
    listing::list(chat, Some(scope), sink, &mut |chat, rows| {
        let current = chat.speakers.session().map(|session| session.key);
        let default_model = chat.answering.name(None);
        let (user, mut flow) = (owner.as_ref(), Flow::More);
        let query = SessionQuery { user, which, after };
        chat.log.sessions(&query, &mut |found| {
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
        persona: found.persona.as_deref(),
        last_at: found.touched_at,
        current: false,
    }
}
