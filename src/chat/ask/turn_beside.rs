//! One of several turns that go on at the same time.

use super::audience::Addressee;
use super::compact::{Unasked, compact_unasked};
use super::compaction::Compaction;
use super::context::Context;
use super::incoming::IncomingReply;
use super::named_sink::NamedSink;
use super::question::{Question, Room};
use super::shortening::{Asked, Measures, shortened};
use crate::chat::Chat;
use crate::domain::{Error, Result, Sink};
use crate::responder::{Compact, Ending, Opened};

/// A question to one of several who are asked, in their session.
pub(super) struct TurnBeside<'q> {
    addressee: Addressee,
    /// What the addressee is called where others are told of, too.
    name: String,
    pub(super) model: Opened,
    pub(super) question: Question<'q>,
    /// What is sent before the question.
    pub(super) context: Context,
}

impl<'q> TurnBeside<'q> {
    /// A turn of which the context has not been read.
    pub(super) fn new(addressee: Addressee, question: Question<'q>, model: Opened) -> Self {
        Self {
            name: addressee.name(),
            addressee,
            model,
            question,
            context: Context::unread(),
        }
    }

    /// Reads what the model is sent before the question, and tells what does not
    /// fit. Gives whether the person has stopped it: a summary may be written
    /// first, if `may_compact` and the model is to do that.
    pub(super) fn read_context(
        &mut self,
        chat: &mut Chat,
        may_compact: bool,
        sink: &mut dyn Sink,
    ) -> Result<bool> {
        let sink = &mut NamedSink {
            name: &self.name,
            sink,
        };
        let Addressee { user, session } = &self.addressee;
        let window = chat
            .windows
            .of(self.model.responder.as_ref(), &mut chat.log)?;
        let room = Room::of(self.model.responder.as_ref(), window);
        let system = self.model.system.clone();
        let read = |chat: &mut Chat, question: &Question<'_>| {
            let (log, tokens) = (&mut chat.log, &chat.answering.tokens);
            question.context(user, room, system.as_deref(), log, tokens)
        };
        self.context = read(chat, &self.question)?;
        let mut is_stopped = false;
        if may_compact && self.context.outgrows_window && self.model.compact == Compact::Auto {
            let plan = Unasked {
                user,
                session,
                model: self.model.responder.model().to_owned(),
                window: self.context.window,
                system: system.clone(),
            };
            let responder = &mut self.model.responder;
            let ask = &mut |chat: &mut Chat, compaction: &Compaction, sink: &mut dyn Sink| {
                compaction.ask(responder.as_mut(), Some(&mut chat.log), sink)
            };
            match compact_unasked(chat, &plan, ask, sink) {
                Ok(true) => {
                    let floor = chat.log.end(session.key)?.place.floor;
                    self.question.stands_on(floor);
                    self.context = read(chat, &self.question)?;
                }
                Ok(false) => {}
                Err(Error::Interrupted) => is_stopped = true,
                Err(error) => return Err(error),
            }
        }
        self.context.tell_left_out(session.key, chat, sink);
        let model = self.model.responder.model();
        let question = self.question.content;
        self.context
            .tell_too_large(question, model, &chat.answering.tokens, sink);
        Ok(is_stopped)
    }

    /// The reply to it, of which nothing has come.
    pub(super) fn reply(&self) -> IncomingReply {
        let addressee = Addressee {
            user: self.addressee.user.clone(),
            session: self.addressee.session.clone(),
        };
        let model = self.model.responder.model().to_owned();
        let buffer = String::new();
        IncomingReply::new(addressee, model, &self.question, &self.context, buffer).among_several()
    }

    /// What it can be asked with instead of what was refused.
    pub(super) fn shortened(
        &self,
        ending: &Ending,
        chat: &mut Chat,
        sink: &mut dyn Sink,
    ) -> Result<Option<Context>> {
        let asked = Asked {
            user: &self.addressee.user,
            model: &self.model,
            question: &self.question,
            context: &self.context,
        };
        let measures = Measures {
            log: &mut chat.log,
            windows: &mut chat.windows,
            tokens: &mut chat.answering.tokens,
        };
        let sink = &mut NamedSink {
            name: &self.name,
            sink,
        };
        shortened(&asked, ending, measures, sink)
    }
}
