//! Replies that another process did not live to finish.

use crate::chat::Chat;
use crate::domain::{Event, ProblemKind, Result, Sink, UserName};

/// The notice when nobody knows whether there are such replies.
const UNREADABLE: &str =
    "replies that were cut off cannot be looked for: the store is damaged there";

/// Puts into the log what had come of replies to the current user when the
/// processes that were receiving them ended.
pub(crate) fn recover(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    recover_for(chat, &chat.user().clone(), sink)
}

/// The same for a user who need not be speaking.
pub(in crate::chat) fn recover_for(
    chat: &mut Chat,
    user: &UserName,
    sink: &mut dyn Sink,
) -> Result<()> {
    let now = chat.settings.now();
    let recovered = match chat.log.recover(user, now) {
        // Whatever else can be read is read.
        Err(problem) if problem.kind == ProblemKind::Damaged && !chat.is_stopped() => {
            sink.emit(&Event::Notice(UNREADABLE));
            return Ok(());
        }
        recovered => recovered?,
    };
    for partial in recovered {
        let short = partial.session.short();
        let notice = if partial.content.trim().is_empty() {
            format!("a question in session {short} got no answer; `/retry` there asks it again")
        } else {
            format!("a reply in session {short} was cut off; what had come of it is kept")
        };
        sink.emit(&Event::Notice(&notice));
    }
    Ok(())
}
