//! Single messages: shown with their neighbours, or quoted.

use super::{Chat, appended};
use crate::domain::{Draft, Error, Event, MESSAGE_LIMIT, MessageId, Result, Role, Scope, Sink};

impl Chat {
    /// Tells one message whole, with the ones before and after it in its
    /// session. `scope` is global to look at anybody's.
    pub fn show(&mut self, id: MessageId, scope: Scope, sink: &mut dyn Sink) -> Result<()> {
        self.store.commit()?;
        if scope != Scope::Global {
            self.own_message(id, &mut |_| {})?;
        }
        let link = self.store.link(id)?.ok_or(Error::NobodysMessage(id))?;
        let following = self.store.following(id)?;
        // After a clear it is what was said last, though it is in no context with it.
        let rows = [
            (link.parent.or(link.previous), false),
            (Some(id), true),
            (following, false),
        ];
        let mut count = 0;
        for (row, is_it) in rows {
            let Some(row) = row else { continue };
            let (user, is_own) = (&self.user, scope != Scope::Global);
            self.store.message(row, &mut |message| {
                // Beside a message of one's own there is none of another user,
                // unless another program has put it there.
                if is_own && message.user != user {
                    return;
                }
                count += 1;
                sink.tell(&if is_it {
                    Event::Shown(message)
                } else {
                    Event::Neighbour(message)
                });
            })?;
        }
        let scope = Some(scope);
        sink.tell(&Event::End { scope, count });
        sink.drain()
    }

    /// Puts messages of any session of the current user into the current
    /// context, as one message of theirs that says where each comes from.
    pub fn quote(&mut self, ids: &[MessageId], sink: &mut dyn Sink) -> Result<()> {
        if self.session.is_none() && !self.starts_unasked {
            return Err(Error::SessionNotFound);
        }
        let mut quotation = String::new();
        for &id in ids {
            self.own_message(id, &mut |message| {
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
            if quotation.len() > MESSAGE_LIMIT {
                return Err(Error::TooLong);
            }
        }
        let content = quotation.trim_end_matches('\n');
        let current = self.current_or_started(sink)?;
        let draft = Draft::new(Role::User, content, (self.sources.clock)());
        let receipt = self.store.append(current.key, &draft)?;
        let message = appended(&receipt, &draft, &self.user, current.id);
        sink.tell(&Event::Quote(&message));
        Ok(())
    }
}
