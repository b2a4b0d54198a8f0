//! One turn: a message, its reply, and what can happen in between.

use std::ops::ControlFlow;

use super::view::{Frame, View};
use super::{Chat, Current};
use crate::domain::{
    Draft, Error, Event, Message, MessageId, Progress, ReplyCost, Result, Role, SessionId, Sink,
    Status, Timestamp, Usage, UserName, sentence,
};
use crate::responder::{Ask, Ending, Window};
use crate::store::Receipt;

/// What has come of a reply is kept this often, in milliseconds: a kill loses no more.
pub(super) const KEEP_EVERY: i64 = 900;

/// A message that waits for its reply.
pub(super) struct Question<'a> {
    /// Its place in the log.
    pub(super) id: MessageId,
    /// The message before it in its context.
    pub(super) parent: Option<MessageId>,
    /// Its session's system prompt.
    pub(super) system: Option<MessageId>,
    /// The exact text.
    pub(super) content: &'a str,
    /// When it was asked.
    pub(super) at: Timestamp,
}

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
        let current = self.current_or_started(sink)?;
        self.open_model()?;
        let draft = Draft::new(Role::User, content, (self.sources.clock)());
        let asked = self.store.append(current.key, &draft)?;
        let question = Question {
            id: asked.id,
            parent: asked.parent,
            system: asked.system,
            content,
            at: asked.created_at,
        };
        self.answer(&current, &question, sink)
    }

    /// Takes the last reply out of the context and asks for another one, of
    /// another model if one is named. A question without a reply is asked again.
    ///
    /// # Errors
    /// Those of [`Chat::say`], and [`Error::NothingToRetry`].
    pub fn retry(&mut self, model: Option<&str>, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        match model {
            // For this reply only: the next message opens the session's own again.
            Some(name) => {
                self.open(name)?;
                self.programs.insert(name.to_owned());
            }
            None => self.open_model()?,
        }
        let id = self.take_reply_out(&current, sink)?;
        let mut content = String::new();
        self.own_message(id, &mut |message| message.content.clone_into(&mut content))?;
        let parent = self.store.link(id)?.and_then(|link| link.parent);
        let question = Question {
            id,
            parent,
            system: self.store.pointer(current.key)?.system,
            content: &content,
            at: (self.sources.clock)(),
        };
        self.answer(&current, &question, sink)
    }

    /// Asks the model that is open and tells what it answers.
    fn answer(
        &mut self,
        current: &Current,
        question: &Question<'_>,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        if self.responder.waits() {
            self.store.commit()?;
            sink.drain()?;
        }
        let view = match self.responder.window() {
            Window::Message => View::nothing(),
            Window::Tokens(window) => {
                let (user, configured) = (self.user.clone(), self.system.clone());
                self.view(Frame {
                    user: &user,
                    last: question.parent,
                    system: question.system,
                    configured: configured.as_deref(),
                    message: Some(question.content),
                    window,
                    oldest: None,
                })?
            }
        };
        self.tell_left_out(current, &view, sink);
        let mut reply = std::mem::take(&mut self.reply);
        reply.clear();
        let result = self.hear(current, question.content, &view, &mut reply, sink);
        let result = result.and_then(|ending| {
            let model = self.responder.model().to_owned();
            let user = self.user.clone();
            let heard = Heard {
                user: &user,
                current,
                model: &model,
                reply: &reply,
                view: &view,
                question: question.id,
            };
            self.keep(&heard, ending, &mut |message| {
                sink.tell(message);
            })
        });
        self.reply = reply;
        let usage = result?;
        if self.verbose {
            let milliseconds = (self.sources.clock)().0 - question.at.0;
            sink.tell(&Event::Cost(ReplyCost {
                usage,
                milliseconds,
            }));
        }
        Ok(())
    }

    /// Asks the model and gathers what it answers.
    fn hear(
        &mut self,
        current: &Current,
        message: &str,
        view: &View,
        reply: &mut String,
        sink: &mut dyn Sink,
    ) -> Result<Ending> {
        let ask = Ask {
            system: view.system.as_ref().map(|system| system.content.as_str()),
            context: &view.said,
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
    pub(super) fn keep(
        &mut self,
        heard: &Heard<'_>,
        ending: Ending,
        tell: &mut dyn FnMut(&Event<'_>),
    ) -> Result<Option<Usage>> {
        // A reply of which nothing came is no message; an empty one that is whole is.
        if !heard.reply.is_empty() || ending.status == Status::Complete {
            let answer = Draft {
                model: Some(heard.model),
                status: ending.status,
                usage: ending.usage,
                oldest: heard.view.oldest(heard.question),
                ..Draft::new(Role::Ai, heard.reply, (self.sources.clock)())
            };
            let receipt = self.store.append(heard.current.key, &answer)?;
            let message = message(&receipt, &answer, heard.user, heard.current.id);
            tell(&Event::Reply(&message));
        } else if ending.status == Status::Interrupted {
            tell(&Event::Notice("interrupted before anything came"));
        }
        if let Some(usage) = ending.usage {
            self.gauge.correct(heard.view.estimate(), usage);
        }
        match ending.trouble {
            // Whole, and yet the endpoint has something to say about it.
            Some(trouble) if ending.status == Status::Complete => {
                tell(&Event::Notice(&sentence(trouble.what, trouble.hint)));
                Ok(ending.usage)
            }
            Some(trouble) => Err(Error::Responder(trouble)),
            None => Ok(ending.usage),
        }
    }

    /// Puts into the log what had come of replies to the current user when the
    /// processes that heard them ended.
    pub fn recover(&mut self, sink: &mut dyn Sink) -> Result<()> {
        for partial in self.store.partials(&self.user)? {
            let answer = Draft {
                model: Some(&partial.model),
                status: Status::Interrupted,
                ..Draft::new(Role::Ai, &partial.content, (self.sources.clock)())
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

/// A reply that was heard to its end.
pub(super) struct Heard<'a> {
    /// Who asked.
    pub(super) user: &'a UserName,
    /// In which session.
    pub(super) current: &'a Current,
    /// What answered.
    pub(super) model: &'a str,
    /// What it answered.
    pub(super) reply: &'a str,
    /// What it was told.
    pub(super) view: &'a View,
    /// What it was asked.
    pub(super) question: MessageId,
}

/// A message that the log has just been given.
pub(super) fn message<'a>(
    receipt: &Receipt,
    draft: &Draft<'a>,
    user: &'a UserName,
    session: SessionId,
) -> Message<'a> {
    Message {
        id: receipt.id,
        seq: receipt.seq,
        parent: receipt.parent,
        user,
        session,
        role: draft.role,
        content: draft.content,
        created_at: receipt.created_at,
        model: draft.model,
        status: draft.status,
        usage: draft.usage,
    }
}
