//! `/quote`: earlier messages in the current context.

use crate::chat::Chat;
use crate::chat::entry;
use crate::chat::session::current_or_started;
use crate::domain::{Draft, Error, Event, MESSAGE_LIMIT, MessageId, Result, Role, Sink};

/// Puts messages of any session of the current user into the current context,
/// as one message of theirs that says where each comes from.
pub(crate) fn quote(chat: &mut Chat, ids: &[MessageId], sink: &mut dyn Sink) -> Result<()> {
    if chat.session().is_none() && !chat.settings.starts_unasked {
        return Err(Error::SessionNotFound);
    }
    let mut quotation = String::new();
    for &id in ids {
        let mut is_unanswered = false;
        chat.own_message(id, &mut |message| {
            is_unanswered = message.is_unanswered();
            if !quotation.is_empty() {
                quotation.push('\n');
            }
            let (role, session) = (message.role.word(), message.session);
            let origin = format!("#{id} {role}, session {session}:\n");
            quotation.push_str(&origin);
            for line in message.content.split('\n') {
                quotation.push_str("> ");
                quotation.push_str(line);
                quotation.push('\n');
            }
        })?;
        if is_unanswered {
            return Err(Error::BadArgument {
                command: "/quote".into(),
                why: format!("finds nothing to quote in #{id}: no answer came"),
                hint: "name the question, or another reply".into(),
            });
        }
        if quotation.len() > MESSAGE_LIMIT {
            return Err(Error::TooLong);
        }
    }
    let content = quotation.trim_end_matches('\n');
    let session = current_or_started(chat, sink)?;
    let draft = Draft::new(Role::User, content, chat.settings.now());
    let receipt = chat.log.append_placed(session.key, &draft)?;
    let message = entry::message(&receipt, &draft, chat.user(), session.id);
    sink.emit(&Event::Quote(&message));
    Ok(())
}
