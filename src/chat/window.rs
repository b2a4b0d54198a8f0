//! The model's window, shown: what it will see, what it saw.

use super::view::{Frame, View};
use super::{Chat, Current};
use crate::domain::{
    ContextPart, ContextSize, Error, Event, Flow, MessageId, Result, Role, Scope, SessionId, Sink,
};
use crate::responder::{Opened, Responder, Window};
use crate::store::Link;

impl Chat {
    /// Says once that a session's context no longer fits.
    pub(super) fn tell_left_out(&mut self, current: &Current, view: &View, sink: &mut dyn Sink) {
        if view.has_outgrown && self.told.insert(current.key) {
            let notice = format!(
                "the context no longer fits the model's window: the {} oldest of {} messages are \
                 left out; `/context` shows what it sees",
                view.left_out,
                view.left_out + i64::try_from(view.said.len()).unwrap_or(0)
            );
            sink.tell(&Event::Notice(&notice));
        }
    }

    /// How many tokens a model can be told.
    fn window_of(&self, responder: &dyn Responder) -> usize {
        match responder.window() {
            Window::Tokens(window) => window,
            // It looks at nothing; what another model would see is shown instead.
            Window::Message => self.models.window(),
        }
    }

    /// The model by which a message of a session was written, as far as it can
    /// still be found: the log keeps what the endpoint calls it.
    fn writer_of(&mut self, link: &Link, model: Option<&str>) -> Result<Option<Opened>> {
        let chosen = self.model_of(link.session)?;
        let names = [Some(chosen.as_str()), model];
        let opened = names
            .into_iter()
            .flatten()
            .filter_map(|name| self.models.open(name).ok());
        let is_it = |opened: &Opened| model.is_none_or(|model| opened.responder.model() == model);
        Ok(opened.into_iter().find(is_it))
    }

    /// What the model will see with the next message of the current session.
    fn next_view(&mut self, current: &Current) -> Result<View> {
        self.look_at_model()?;
        self.store.commit()?;
        let pointer = self.store.peek(current.key)?;
        let (user, configured) = (self.user.clone(), self.system.clone());
        self.view(Frame {
            user: &user,
            last: pointer.place.head,
            system: pointer.system,
            configured: configured.as_deref(),
            message: None,
            window: self.window_of(self.responder.as_ref()),
            oldest: None,
        })
    }

    /// Tells what the model will see: the system prompt, then the messages.
    pub fn show_context(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        let view = self.next_view(&current)?;
        let model = self.model().to_owned();
        self.show_view(&view, current.id, &model, sink)
    }

    /// Tells what the model saw when a message of the current user was written.
    ///
    /// For a reply it is exactly that. A question is counted in; how far its
    /// context was told is only known of its reply, and estimated here.
    pub fn show_context_at(&mut self, id: MessageId, sink: &mut dyn Sink) -> Result<()> {
        let mut found = None;
        self.own_message(id, &mut |message| {
            found = Some((message.session, message.model.map(str::to_owned)));
        })?;
        let link = self.store.link(id)?;
        let (Some((session, model)), Some(link)) = (found, link) else {
            return Err(Error::NoSuchMessage(id));
        };
        let writer = self.writer_of(&link, model.as_deref())?;
        let window = writer.as_ref().map_or(self.models.window(), |writer| {
            self.window_of(writer.responder.as_ref())
        });
        let model = match model {
            Some(model) => model,
            None => self.model_of(link.session)?,
        };
        let user = self.user.clone();
        let last = if link.role == Role::User {
            Some(id)
        } else {
            link.parent
        };
        let view = self.view(Frame {
            user: &user,
            last,
            system: link.system,
            configured: writer.as_ref().and_then(|writer| writer.system.as_deref()),
            message: None,
            window,
            oldest: link.oldest,
        })?;
        self.show_view(&view, session, &model, sink)
    }

    fn show_view(
        &mut self,
        view: &View,
        session: SessionId,
        model: &str,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let system = view.system.iter().map(|system| ContextPart {
            id: system.id,
            session: system.session,
            role: Role::System,
            content: &system.content,
            tokens: system.tokens,
        });
        let said = view.said.iter().zip(&view.origins);
        let said = said.map(|(said, origin)| ContextPart {
            id: Some(origin.id),
            session: Some(origin.session),
            role: said.role,
            content: &said.content,
            tokens: origin.tokens,
        });
        let mut rows = 0;
        for part in system.chain(said) {
            rows += 1;
            if sink.tell(&Event::ContextRow(&part)) == Flow::Full {
                sink.drain()?;
            }
        }
        sink.tell(&Event::Context(ContextSize {
            user: &self.user,
            session,
            model,
            tokens: view.room.taken,
            window: view.window,
            count: view.said.len() as u64,
            left_out: view.left_out,
        }));
        sink.tell(&Event::End {
            scope: Some(Scope::Session),
            count: rows,
        });
        sink.drain()
    }

    /// The share of the model's window that the current context takes, in
    /// percent; none without a session, or if it cannot be told.
    pub fn share(&mut self) -> Option<usize> {
        let current = self.session.clone()?;
        let view = self.next_view(&current).ok()?;
        Some(view.room.taken * 100 / view.window.max(1))
    }
}
