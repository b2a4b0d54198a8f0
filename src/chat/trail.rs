//! The moves that were made in the current session.

use super::Chat;
use crate::domain::{Error, Event, Flow, Moved, Result, Return, Scope, Sink};
use crate::store::MoveRow;

/// How many moves are read at once.
const PAGE: usize = 500;

impl Chat {
    /// Tells every move of the current session, in order.
    pub fn list_moves(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let current = self.session.clone().ok_or(Error::SessionNotFound)?;
        self.store.commit()?;
        let (mut after, mut number) = (None, 0);
        loop {
            let mut page: Vec<MoveRow> = Vec::new();
            self.store.moves(current.key, after, &mut |step| {
                page.push(*step);
                if page.len() < PAGE {
                    Flow::More
                } else {
                    Flow::Full
                }
            })?;
            for step in &page {
                (after, number) = (Some(step.id), number + 1);
                let moved = Moved {
                    why: step.why,
                    from: step.from.head,
                    to: step.to.head,
                    gone: step.gone,
                    back: step.back,
                    ids: Vec::new(),
                    way: step.from.head.map(Return::Fork),
                };
                let (moved, at) = (&moved, step.at);
                if sink.tell(&Event::MoveRow { number, moved, at }) == Flow::Full {
                    sink.drain()?;
                }
            }
            if page.len() < PAGE {
                break;
            }
        }
        let (scope, count) = (Some(Scope::Session), number);
        sink.tell(&Event::End { scope, count });
        sink.drain()
    }
}
