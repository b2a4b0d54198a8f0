//! `/quote`: earlier messages in the current context.

use crate::chat::Chat;
use crate::chat::entry;
use crate::chat::session::current_or_started;
use crate::domain::{Draft, Error, Event, MESSAGE_LIMIT, MessageId, Result, Role, SessionId, Sink};

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

/// Whether a message is nothing but what `/quote` makes.
pub(in crate::chat) fn is_quotation(text: &str) -> bool {
    text.split("\n\n").all(|quote| {
        let (origin, quoted) = quote.split_once('\n').unwrap_or((quote, ""));
        is_origin(origin) && quoted.split('\n').all(|line| line.starts_with("> "))
    })
}

/// `#12 user, session 5b0c1f7e-0f3a-4c1d-9b7e-000000000001:`
fn is_origin(line: &str) -> bool {
    let parts = || {
        let (id, rest) = line.strip_prefix('#')?.strip_suffix(':')?.split_once(' ')?;
        let (role, session) = rest.split_once(", session ")?;
        MessageId::parse(id)?;
        SessionId::parse(session)?;
        [Role::System, Role::User, Role::Ai]
            .into_iter()
            .find(|known| known.word() == role)
    };
    parts().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_known_by_its_form() {
        let session = "5b0c1f7e-0f3a-4c1d-9b7e-000000000001";
        let one = format!("#12 user, session {session}:\n> a\n> \n> b");
        let two = format!("{one}\n\n#13 ai, session {session}:\n> ");
        assert!(is_quotation(&one) && is_quotation(&two));
        for said in [
            String::new(),
            "> a".into(),
            format!("#12 user, session {session}:"),
            format!("#x user, session {session}:\n> a"),
            format!("#12 poet, session {session}:\n> a"),
            "#12 user, session x:\n> a".into(),
            format!("{one}\nand more"),
            format!("{one}\n\nand more"),
            format!("so said\n\n{one}"),
        ] {
            assert!(!is_quotation(&said), "{said}");
        }
    }
}
