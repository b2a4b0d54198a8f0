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
use crate::domain::{Result, Sink};
use crate::responder::{Compact, Ending, Opened};
use crate::store::Log;

/// A question to one of several who are asked, in their session.
pub(super) struct TurnBeside<'q> {
    pub(super) addressee: Addressee,
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

    /// Reads what the model is sent before the question.
    pub(super) fn read_context(&mut self, chat: &mut Chat) -> Result<()> {
        let responder = self.model.responder.as_ref();
        let room = Room::of(responder, chat.windows.of(responder, &mut chat.log)?);
        let system = self.model.system.as_deref();
        let (log, tokens) = (&mut chat.log, &chat.answering.tokens);
        let user = &self.addressee.user;
        self.context = self.question.context(user, room, system, log, tokens)?;
        Ok(())
    }

    /// Has a summary written first, if what would be sent has outgrown the window and
    /// the model is to do that; gives whether there is one. `waits` is called
    /// meanwhile.
    ///
    /// # Errors
    /// [`Interrupted`](crate::domain::Error::Interrupted) if the person does not want to wait for it.
    pub(super) fn compact_first(
        &mut self,
        chat: &mut Chat,
        waits: &mut dyn FnMut(&mut Log),
        sink: &mut dyn Sink,
    ) -> Result<bool> {
        if !self.context.outgrows_window || self.model.compact != Compact::Auto {
            return Ok(false);
        }
        let sink = &mut NamedSink {
            name: &self.name,
            sink,
        };
        let Addressee { user, session } = &self.addressee;
        let plan = Unasked {
            user,
            session,
            model: self.model.responder.model().to_owned(),
            window: self.context.window,
            system: self.model.system.clone(),
        };
        let responder = &mut self.model.responder;
        let ask = &mut |chat: &mut Chat, compaction: &Compaction, sink: &mut dyn Sink| {
            let log = &mut chat.log;
            compaction.ask(responder.as_mut(), &mut || waits(log), sink)
        };
        let is_done = compact_unasked(chat, &plan, ask, sink)?;
        if is_done {
            let floor = chat.log.end(session.key)?.place.floor;
            self.question.stands_on(floor);
            self.read_context(chat)?;
        }
        Ok(is_done)
    }

    /// Tells what does not fit of what is sent.
    pub(super) fn tell_context(&self, chat: &mut Chat, sink: &mut dyn Sink) {
        let sink = &mut NamedSink {
            name: &self.name,
            sink,
        };
        let key = self.addressee.session.key;
        self.context.tell_left_out(key, chat, sink);
        let model = self.model.responder.model();
        let question = self.question.content;
        self.context
            .tell_too_large(question, model, &chat.answering.tokens, sink);
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
