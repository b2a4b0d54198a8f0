//! `/moves`: the moves that were made in the current session.

use crate::chat::Chat;
use crate::domain::{Event, Flow, Moved, Result, Return, Scope, Sink};
use crate::store::MoveRow;

/// How many moves are read at once.
const MOVES_AT_ONCE: usize = 500;

/// Tells every move of the current session, in order.
pub fn list(chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    let session = chat.speakers.current()?;
    chat.log.commit()?;
    let (mut after, mut number) = (None, 0);
    loop {
        let mut page: Vec<MoveRow> = Vec::new();
        chat.log.moves(session.key, after, &mut |step| {
            page.push(*step);
            if page.len() < MOVES_AT_ONCE {
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
        if page.len() < MOVES_AT_ONCE {
            break;
        }
    }
    let (scope, count) = (Some(Scope::Session), number);
    sink.tell(&Event::End { scope, count });
    sink.drain()
}
