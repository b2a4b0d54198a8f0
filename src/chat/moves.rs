//! Moves of the current session's head. The log stays as it is.

use super::walk::Walk;
use super::{Chat, Current};
use crate::domain::{Error, Event, Flow, MessageId, Moved, Result, Return, Role, Sink, Why};
use crate::store::{End, Place, Step, redo_of};

impl Chat {
    /// Empties the context of the current session.
    pub fn clear(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        let pointer = self.store.end_for_update(current.key)?;
        let mut moved = None;
        if let Some(head) = pointer.place.head {
            // Only for the receipt: a context that another program has tied in
            // a knot can be cleared like any other.
            let walk = self.newest(Some(head), pointer.depth).unwrap_or_default();
            let to = Place::default();
            self.relocate(&current, Why::Clear, to, (pointer.depth, 0))?;
            moved = Some(Moved {
                why: Why::Clear,
                from: Some(head),
                to: None,
                gone: pointer.depth,
                back: 0,
                ids: walk.ids(),
                way: Some(Return::Undo(1)),
            });
        }
        sink.tell(&Event::Clear {
            user: &self.user,
            session: current.id,
            count: pointer.count,
            moved: moved.as_ref(),
        });
        Ok(())
    }

    /// Takes the last turns out of the context; with nothing in it, brings back
    /// what was cleared.
    pub fn undo(&mut self, turns: u64, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        let pointer = self.store.end_for_update(current.key)?;
        let Some(head) = pointer.place.head else {
            return self.undo_clear(&current, &pointer, turns, sink);
        };
        let walk = self.walk(head, &mut |walk| walk.turns < turns)?;
        if walk.turns < turns {
            return Err(too_many(walk.turns, turns));
        }
        let to = Place {
            head: walk.before,
            ..pointer.place
        };
        self.relocate(&current, Why::Undo, to, (walk.count, 0))?;
        let moved = gone(Why::Undo, &pointer, to, &walk, Return::Redo);
        self.tell_move(&current, &moved, sink);
        Ok(())
    }

    fn undo_clear(
        &mut self,
        current: &Current,
        pointer: &End,
        turns: u64,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let base = pointer.place.base.ok_or(Error::NothingToUndo)?;
        if turns > 1 {
            return Err(too_many(0, turns));
        }
        let made = self.store.move_made(base)?.ok_or(Error::NothingToUndo)?;
        let to = made.from;
        let depth = self.depth(to.head)?;
        self.relocate(current, Why::Undo, to, (0, depth))?;
        let walk = self.newest(to.head, depth)?;
        let moved = back(Why::Undo, pointer, to, &walk, depth, Some(Return::Redo));
        self.tell_move(current, &moved, sink);
        Ok(())
    }

    /// Takes the last undo back, unless something was said since.
    pub fn redo(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        let pointer = self.store.end_for_update(current.key)?;
        let undone = self.store.redoable(&pointer)?.ok_or(Error::NothingToRedo)?;
        let to = undone.from;
        let step = redo_of(&undone, (self.sources.clock)());
        self.store.relocate(current.key, &step)?;
        let moved = match to.head {
            Some(head) if undone.gone > 0 => {
                let walk = self.walk(head, &mut |walk| walk.count < undone.gone)?;
                // A reply alone is no turn that could be taken out again.
                let is_turns = walk.turns > 0 && undone.why != Why::Retry;
                let way = is_turns.then_some(Return::Undo(walk.turns));
                back(Why::Redo, &pointer, to, &walk, undone.gone, way)
            }
            _ => {
                let walk = self.newest(pointer.place.head, undone.back)?;
                Moved {
                    gone: undone.back,
                    ..gone(Why::Redo, &pointer, to, &walk, Return::Undo(1))
                }
            }
        };
        self.tell_move(&current, &moved, sink);
        Ok(())
    }

    /// Takes the last reply out of the context, if there is one; gives the
    /// question that is to be answered again.
    pub(super) fn take_reply_out(
        &mut self,
        current: &Current,
        sink: &mut dyn Sink,
    ) -> Result<MessageId> {
        let pointer = self.store.end_for_update(current.key)?;
        let head = pointer.place.head.ok_or(Error::NothingToRetry)?;
        let role = |chat: &mut Self, id| Ok::<_, Error>(chat.store.link(id)?.map(|link| link.role));
        if role(self, head)? == Some(Role::User) {
            return Ok(head);
        }
        let walk = self.walk(head, &mut |walk| walk.count < 1)?;
        let question = walk.before.ok_or(Error::NothingToRetry)?;
        if role(self, question)? != Some(Role::User) {
            return Err(Error::NothingToRetry);
        }
        let to = Place {
            head: Some(question),
            ..pointer.place
        };
        self.relocate(current, Why::Retry, to, (1, 0))?;
        let moved = gone(Why::Retry, &pointer, to, &walk, Return::Fork(head));
        self.tell_move(current, &moved, sink);
        Ok(question)
    }

    /// The last thing the current user said in the current context.
    pub fn last_said(&mut self) -> Result<String> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        self.store.commit()?;
        let pointer = self.store.end(current.key)?;
        let mut said = None;
        self.store.context(pointer.place.head, &mut |message| {
            if message.role == Role::User && *message.user == self.user {
                said = Some(message.content.to_owned());
                return Flow::Full;
            }
            Flow::More
        })?;
        said.ok_or(Error::NothingToEdit)
    }

    /// Takes the last turn out of the context and says something in its place.
    ///
    /// # Errors
    /// Those of [`Chat::say`], and [`Error::NothingToEdit`]; nothing is moved
    /// if there is nobody to answer.
    pub fn edit_to(&mut self, content: &str, sink: &mut dyn Sink) -> Result<()> {
        self.open_model()?;
        self.take_turn_out(Return::Fork, sink)?;
        self.say(content, sink)
    }

    /// Takes the last turn out of the context, to be said differently.
    pub fn edit(&mut self, sink: &mut dyn Sink) -> Result<()> {
        self.take_turn_out(|_| Return::Redo, sink)
    }

    fn take_turn_out(
        &mut self,
        way: impl FnOnce(MessageId) -> Return,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        let pointer = self.store.end_for_update(current.key)?;
        let head = pointer.place.head.ok_or(Error::NothingToEdit)?;
        let walk = self.walk(head, &mut |walk| walk.turns < 1)?;
        if walk.turns < 1 {
            return Err(Error::NothingToEdit);
        }
        let to = Place {
            head: walk.before,
            ..pointer.place
        };
        self.relocate(&current, Why::Edit, to, (walk.count, 0))?;
        let moved = gone(Why::Edit, &pointer, to, &walk, way(head));
        self.tell_move(&current, &moved, sink);
        Ok(())
    }

    /// Makes a move and writes it down.
    fn relocate(
        &mut self,
        current: &Current,
        why: Why,
        to: Place,
        (gone, back): (i64, i64),
    ) -> Result<()> {
        let step = Step {
            why,
            to,
            gone,
            back,
            at: (self.sources.clock)(),
        };
        self.store.relocate(current.key, &step)?;
        Ok(())
    }

    fn tell_move(&self, current: &Current, moved: &Moved, sink: &mut dyn Sink) {
        sink.tell(&Event::Move {
            user: &self.user,
            session: current.id,
            moved,
        });
    }
}

/// What a move did that took the messages of a walk out.
fn gone(why: Why, from: &End, to: Place, walk: &Walk, way: Return) -> Moved {
    Moved {
        why,
        from: from.place.head,
        to: to.head,
        gone: walk.count,
        back: 0,
        ids: walk.ids(),
        way: Some(way),
    }
}

/// What a move did that brought messages back, the newest of which were walked.
fn back(why: Why, from: &End, to: Place, walk: &Walk, count: i64, way: Option<Return>) -> Moved {
    Moved {
        why,
        from: from.place.head,
        to: to.head,
        gone: 0,
        back: count,
        ids: walk.ids(),
        way,
    }
}

fn too_many(there: u64, asked: u64) -> Error {
    let turns = |count| if count == 1 { "turn" } else { "turns" };
    Error::BadArgument {
        command: "/undo".into(),
        why: format!(
            "cannot take {asked} {} out: the context has {there} {}",
            turns(asked),
            turns(there)
        ),
        hint: match there {
            0 => "`/undo` alone brings back what was cleared".into(),
            _ => format!("`/undo {there}` takes all of it out"),
        },
    }
}
