//! `/history` and `/log`: listings of messages.

use crate::chat::ask::foreign_message;
use crate::chat::empty::Hint;
use crate::chat::listing::list_or_hint;
use crate::chat::{Chat, empty};
use crate::domain::{Event, Flow, Result, Scope, Sink};
use crate::store::Selection;

/// Tells the context of the current session, the contexts of all sessions of
/// the current user, or the whole log; of these all, or the newest so many.
pub(crate) fn history(
    chat: &mut Chat,
    scope: Scope,
    newest: Option<u64>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let selection = match scope {
        Scope::Session => Selection::Session(chat.speakers.current()?.key),
        Scope::User => Selection::User(chat.user().clone()),
        Scope::Global => Selection::Global,
    };
    let hint = match scope {
        Scope::Session => empty::CONTEXT,
        Scope::User => empty::CONTEXTS,
        Scope::Global => empty::NOTHING_SAID,
    };
    list_messages(chat, scope, selection, newest, hint, sink)
}

/// Tells everything that was said, whatever became of the contexts: in the current
/// session, by the current user, or by everybody; of it all, or the newest so many.
pub(crate) fn list_log(
    chat: &mut Chat,
    scope: Scope,
    newest: Option<u64>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let selection = match scope {
        Scope::Session => Selection::LogOfSession(chat.speakers.current()?.key),
        Scope::User => Selection::LogOfUser(chat.user().clone()),
        Scope::Global => Selection::Global,
    };
    let hint = match scope {
        Scope::Session => empty::SESSION_SILENT,
        Scope::User => empty::USER_SILENT,
        Scope::Global => empty::NOTHING_SAID,
    };
    list_messages(chat, scope, selection, newest, hint, sink)
}

/// A listing that is not global holds messages of the current user only,
/// whatever another program has done to the store.
fn list_messages(
    chat: &mut Chat,
    scope: Scope,
    selection: Selection,
    newest: Option<u64>,
    hint: Hint,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut listing = match newest {
        Some(count) => chat.log.list_newest(selection, count)?,
        None => chat.log.list(selection)?,
    };
    list_or_hint(chat, Some(scope), hint, sink, &mut |chat, rows| {
        if listing.leaves_out_older() {
            rows.leave_out_older();
        }
        let user = chat.speakers.user();
        let mut foreign = None;
        let has_more = chat.log.read(&mut listing, &mut |message| {
            if scope != Scope::Global && message.user != user {
                foreign = Some(message.id);
                return Flow::Full;
            }
            rows.emit(&Event::Message(message))
        })?;
        match foreign {
            Some(id) => Err(foreign_message(id, user)),
            None => Ok(has_more),
        }
    })
}
