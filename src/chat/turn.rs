//! One turn: a message, its reply, and what can happen in between.

use std::ops::ControlFlow;

use super::{Chat, Current};
use crate::domain::{
    Draft, Error, Event, Flow, Message, MessageId, Progress, Result, Role, Said, Sink, Status,
    Trouble, Usage,
};
use crate::responder::{Ask, Ending, Window};
use crate::store::Receipt;

/// What has come of a reply is kept this often, in milliseconds: a kill loses no more.
const KEEP_EVERY: i64 = 900;

impl Chat {
    /// Says something to the model and tells what it answers.
    ///
    /// The message is committed before a model is asked that makes people wait;
    /// what has come of its reply is kept every second. An interrupted reply is
    /// one message with exactly the text received.
    ///
    /// # Errors
    /// [`Error::Responder`] if the model failed; the message and what came of
    /// the reply are in the log.
    pub fn say(&mut self, content: &str, sink: &mut dyn Sink) -> Result<()> {
        if self.session.is_none() && self.starts_unasked {
            self.start(None, true, sink)?;
        }
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        self.open_model()?;
        let now = self.sources.clock;
        let question = Draft {
            role: Role::User,
            content,
            at: now(),
            model: None,
            status: Status::Complete,
            usage: None,
        };
        let asked = self.store.append(current.key, &question)?;
        if self.responder.waits() {
            self.store.commit()?;
            sink.drain()?;
        }
        let before = match self.responder.window() {
            Window::Message => Vec::new(),
            Window::Tokens(window) => self.context(asked.parent, content, window)?,
        };
        let mut reply = std::mem::take(&mut self.reply);
        reply.clear();
        let result = self.hear(&current, content, &before, &mut reply, sink);
        let result = result.and_then(|ending| self.keep(&current, &reply, ending, sink));
        self.reply = reply;
        let usage = result?;
        if self.verbose {
            let milliseconds = now().0 - asked.created_at.0;
            sink.tell(&Event::Cost {
                usage,
                milliseconds,
            });
        }
        Ok(())
    }

    /// Asks the model and gathers what it answers.
    fn hear(
        &mut self,
        current: &Current,
        message: &str,
        context: &[Said],
        reply: &mut String,
        sink: &mut dyn Sink,
    ) -> Result<Ending> {
        let ask = Ask {
            system: self.system.as_deref(),
            context,
            message,
        };
        let waits = self.responder.waits();
        // Only who waits can be cut off: a mock needs no name beforehand.
        let model = if waits {
            self.responder.model().to_owned()
        } else {
            String::new()
        };
        let (store, now) = (&mut self.store, self.sources.clock);
        let mut kept = (now(), 0);
        let mut trouble = None;
        let ending = self.responder.respond(&ask, &mut |progress| {
            if let Progress::Delta(delta) = progress {
                reply.push_str(delta);
            }
            if !waits {
                return ControlFlow::Continue(());
            }
            if now().0 - kept.0.0 >= KEEP_EVERY && reply.len() > kept.1 {
                kept = (now(), reply.len());
                trouble = store.keep_partial(current.key, reply, &model).err();
            }
            if trouble.is_some() {
                return ControlFlow::Break(());
            }
            sink.progress(progress)
        });
        match trouble {
            Some(fault) => Err(fault.into()),
            None => Ok(ending),
        }
    }

    /// Puts a reply into the log and tells it; gives what the endpoint counted.
    fn keep(
        &mut self,
        current: &Current,
        reply: &str,
        ending: Ending,
        sink: &mut dyn Sink,
    ) -> Result<Option<Usage>> {
        // A reply of which nothing came is no message; an empty one that is whole is.
        if !reply.is_empty() || ending.status == Status::Complete {
            let model = self.responder.model();
            let answer = Draft {
                role: Role::Ai,
                content: reply,
                at: (self.sources.clock)(),
                model: Some(model),
                status: ending.status,
                usage: ending.usage,
            };
            let receipt = self.store.append(current.key, &answer)?;
            sink.tell(&Event::Reply(&message(
                &receipt, &answer, &self.user, current,
            )));
        } else if ending.status == Status::Interrupted {
            sink.tell(&Event::Notice("interrupted before anything came"));
        }
        if let Some(usage) = ending.usage {
            self.gauge.correct(usage);
        }
        match ending.trouble {
            // Whole, and yet the endpoint has something to say about it.
            Some(trouble) if ending.status == Status::Complete => {
                let Trouble { what, hint } = trouble;
                let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
                sink.tell(&Event::Notice(&format!("{what}{hint}")));
                Ok(ending.usage)
            }
            Some(trouble) => Err(Error::Responder(trouble)),
            None => Ok(ending.usage),
        }
    }

    /// The newest whole turns before `message` that fit the window with it, oldest first.
    ///
    /// They end with the message's own parent, not with the session's head:
    /// another process may have spoken in the session meanwhile.
    fn context(
        &mut self,
        parent: Option<MessageId>,
        message: &str,
        window: usize,
    ) -> Result<Vec<Said>> {
        let mut said = Vec::new();
        let gauge = &mut self.gauge;
        let mut room = gauge.room(window, self.system.as_deref());
        let cost = gauge.cost(message);
        gauge.take(message, cost, &mut room);
        self.store.context(parent, &mut |role, content| {
            let cost = gauge.cost(content);
            if cost > room {
                return Flow::Full;
            }
            gauge.take(content, cost, &mut room);
            said.push(Said {
                role,
                content: content.to_owned(),
            });
            Flow::More
        })?;
        // Half a turn at the far end is left out.
        while said.last().is_some_and(|first| first.role == Role::Ai) {
            said.pop();
        }
        said.reverse();
        Ok(said)
    }

    /// Puts into the log what had come of replies to the current user when the
    /// processes that heard them ended.
    pub fn recover(&mut self, sink: &mut dyn Sink) -> Result<()> {
        for partial in self.store.partials(&self.user)? {
            let answer = Draft {
                role: Role::Ai,
                content: &partial.content,
                at: (self.sources.clock)(),
                model: Some(&partial.model),
                status: Status::Interrupted,
                usage: None,
            };
            self.store.append(partial.key, &answer)?;
            let short = partial.session.short();
            let notice =
                format!("a reply in session {short} was cut off; what had come of it is kept");
            sink.tell(&Event::Notice(&notice));
        }
        Ok(())
    }
}

fn message<'a>(
    receipt: &Receipt,
    draft: &Draft<'a>,
    user: &'a crate::domain::UserName,
    current: &Current,
) -> Message<'a> {
    Message {
        id: receipt.id,
        seq: receipt.seq,
        parent: receipt.parent,
        user,
        session: current.id,
        role: draft.role,
        content: draft.content,
        created_at: receipt.created_at,
        model: draft.model,
        status: draft.status,
        usage: draft.usage,
    }
}
