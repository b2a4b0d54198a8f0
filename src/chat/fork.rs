//! Sessions with the past of another.

use std::rc::Rc;

use super::{Chat, Current};
use crate::domain::{Error, Event, MessageId, Result, Role, SessionFork, SessionKey, Sink, Why};
use crate::store::{Move, Opening, Past, Place, Redo, Which};

impl Chat {
    /// Begins a session with the past of the current one and makes it current.
    pub fn fork(&mut self, title: Option<&str>, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        // What it is called by is in its row then.
        self.store.commit()?;
        let pointer = self.store.pointer(current.key)?;
        let (place, depth, system) = (pointer.place, pointer.depth, pointer.system);
        self.branch(current.key, place, depth, system, title, sink)
    }

    /// The same with the past of any session of the current user, up to a message.
    pub fn fork_at(
        &mut self,
        id: MessageId,
        title: Option<&str>,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        self.store.commit()?;
        self.own_message(id, &mut |_| {})?;
        let link = self.store.link(id)?.ok_or(Error::NoSuchMessage(id))?;
        if link.role == Role::System {
            return Err(Error::BadArgument {
                command: "/fork".into(),
                why: format!("cannot go on from #{id}: it is a system prompt"),
                hint: "name a message of the conversation".into(),
            });
        }
        let place = Place {
            head: Some(id),
            base: None,
        };
        self.branch(link.session, place, link.depth, link.system, title, sink)
    }

    fn branch(
        &mut self,
        origin: SessionKey,
        place: Place,
        depth: i64,
        system: Option<MessageId>,
        title: Option<&str>,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let origin = self.store.find(&self.user, Which::Key(origin), 1)?.pop();
        let origin = origin.ok_or(Error::SessionNotFound)?;
        // What was said first and cleared since is no name for what goes on from here.
        let is_whole = self.store.pointer(origin.key)?.place.base.is_none();
        let words = origin.words.as_deref().filter(|_| is_whole);
        let (id, at) = ((self.sources.draw)(), (self.sources.clock)());
        let key = self.store.start(&Opening {
            user: &self.user,
            session: id,
            title,
            model: origin.model.as_deref(),
            persona: origin.persona.as_deref(),
            at,
            past: Past {
                system,
                words,
                ..Past::default()
            },
        })?;
        let step = Move {
            why: Why::Fork,
            from: Place::default(),
            to: place,
            redo: None,
            gone: 0,
            back: depth,
            at,
        };
        self.store
            .relocate(key, &step, depth, Redo::Earlier(None))?;
        self.enter(Current {
            key,
            id,
            model: origin.model.map(Rc::from),
            persona: origin.persona.map(Rc::from),
        });
        sink.tell(&Event::Fork(SessionFork {
            user: &self.user,
            session: id,
            origin: origin.session,
            at: place.head,
            title,
            count: depth,
        }));
        Ok(())
    }
}
