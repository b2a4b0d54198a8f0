//! Moves of the current session's head. The log stays as it is.

use super::walk::Walk;
use super::{Chat, Current};
use crate::domain::{
    ContextClear, Error, Event, Flow, MessageId, MoveId, Moved, Result, Return, Role, SessionMove,
    Sink, Why,
};
use crate::store::{Move, Place, Pointer, Redo};

impl Chat {
    /// Empties the context of the current session.
    pub fn clear(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        let pointer = self.store.pointer(current.key)?;
        let mut moved = None;
        if let Some(head) = pointer.place.head {
            // Only for the receipt: a context that another program has tied in
            // a knot can be cleared like any other.
            let walk = self.newest(Some(head), pointer.depth).unwrap_or_default();
            let to = Place::default();
            self.relocate(&current, &pointer, Why::Clear, to, (pointer.depth, 0))?;
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
        sink.tell(&Event::Clear(ContextClear {
            user: &self.user,
            session: current.id,
            count: pointer.count,
            moved: moved.as_ref(),
        }));
        Ok(())
    }

    /// Takes the last turns out of the context; with nothing in it, brings back
    /// what was cleared.
    pub fn undo(&mut self, turns: u64, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        let pointer = self.store.pointer(current.key)?;
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
        self.relocate(&current, &pointer, Why::Undo, to, (walk.count, 0))?;
        let moved = gone(Why::Undo, &pointer, to, &walk, Return::Redo);
        self.tell_move(&current, &moved, sink);
        Ok(())
    }

    fn undo_clear(
        &mut self,
        current: &Current,
        pointer: &Pointer,
        turns: u64,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let base = pointer.place.base.ok_or(Error::NothingToUndo)?;
        if turns > 1 {
            return Err(too_many(0, turns));
        }
        let to = self.store.move_made(base)?.from;
        let depth = self.depth(to.head)?;
        self.relocate(current, pointer, Why::Undo, to, (0, depth))?;
        let walk = self.newest(to.head, depth)?;
        let moved = back(Why::Undo, pointer, to, &walk, depth, Some(Return::Redo));
        self.tell_move(current, &moved, sink);
        Ok(())
    }

    /// Takes the last undo back, unless something was said since.
    pub fn redo(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        let pointer = self.store.pointer(current.key)?;
        let undone = self.redoable(&pointer)?.ok_or(Error::NothingToRedo)?;
        let undone = self.store.move_made(undone)?;
        let to = undone.from;
        let counts = (undone.back, undone.gone);
        let step = self.step(Why::Redo, &pointer, to, counts)?;
        let depth = self.depth(to.head)?;
        self.store
            .relocate(current.key, &step, depth, Redo::Earlier(undone.redo))?;
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
        let pointer = self.store.pointer(current.key)?;
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
        self.relocate(current, &pointer, Why::Retry, to, (1, 0))?;
        let moved = gone(Why::Retry, &pointer, to, &walk, Return::Fork(head));
        self.tell_move(current, &moved, sink);
        Ok(question)
    }

    /// The last thing the current user said in the current context.
    pub fn last_said(&mut self) -> Result<String> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        self.store.commit()?;
        let pointer = self.store.peek(current.key)?;
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
        let pointer = self.store.pointer(current.key)?;
        let head = pointer.place.head.ok_or(Error::NothingToEdit)?;
        let walk = self.walk(head, &mut |walk| walk.turns < 1)?;
        if walk.turns < 1 {
            return Err(Error::NothingToEdit);
        }
        let to = Place {
            head: walk.before,
            ..pointer.place
        };
        self.relocate(&current, &pointer, Why::Edit, to, (walk.count, 0))?;
        let moved = gone(Why::Edit, &pointer, to, &walk, way(head));
        self.tell_move(&current, &moved, sink);
        Ok(())
    }

    /// Makes a move that can be redone, or a clear, and writes it down.
    fn relocate(
        &mut self,
        current: &Current,
        pointer: &Pointer,
        why: Why,
        to: Place,
        counts: (i64, i64),
    ) -> Result<MoveId> {
        let step = self.step(why, pointer, to, counts)?;
        let redo = match why {
            Why::Clear => Redo::Earlier(None),
            _ => Redo::Itself,
        };
        let depth = pointer.depth - step.gone + step.back;
        Ok(self.store.relocate(current.key, &step, depth, redo)?)
    }

    fn step(
        &mut self,
        why: Why,
        pointer: &Pointer,
        to: Place,
        (gone, back): (i64, i64),
    ) -> Result<Move> {
        Ok(Move {
            why,
            from: pointer.place,
            to,
            redo: self.redoable(pointer)?,
            gone,
            back,
            at: (self.sources.clock)(),
        })
    }

    /// The move that can be redone: the last undo, if the session still stands
    /// where that left it.
    fn redoable(&mut self, pointer: &Pointer) -> Result<Option<MoveId>> {
        let Some(id) = pointer.redo else {
            return Ok(None);
        };
        let stands = self.store.move_made(id)?.to == pointer.place;
        Ok(stands.then_some(id))
    }

    fn tell_move(&self, current: &Current, moved: &Moved, sink: &mut dyn Sink) {
        sink.tell(&Event::Move(SessionMove {
            user: &self.user,
            session: current.id,
            moved,
        }));
    }
}

/// What a move did that took the messages of a walk out.
fn gone(why: Why, from: &Pointer, to: Place, walk: &Walk, way: Return) -> Moved {
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
fn back(
    why: Why,
    from: &Pointer,
    to: Place,
    walk: &Walk,
    count: i64,
    way: Option<Return>,
) -> Moved {
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
