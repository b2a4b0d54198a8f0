//! How a session gets back to where it stood before a move, as it stands now.

use super::redo::before_failures;
use crate::chat::Chat;
use crate::chat::speakers::CurrentSession;
use crate::domain::{Flow, Inverse, MessageId, Result, Role};
use crate::store::Place;

/// How many turns are looked at that `/undo` could take out.
const TURNS: usize = 32;

/// Where the lines lead that take something back, from where a session stands now.
pub(super) struct WaysBack {
    here: Place,
    /// What `/undo` alone leads to, where that takes no turn out.
    undone: Option<Place>,
    /// The end of the context without its last turn, the last two, and so on.
    without_turns: Vec<Option<MessageId>>,
    /// What `/redo` leads to.
    redone: Option<Place>,
}

impl WaysBack {
    /// Looks at where a session stands.
    pub(super) fn from_now(chat: &mut Chat, session: &CurrentSession) -> Result<Self> {
        let end = chat.log.end(session.key)?;
        let here = end.place;
        let undone = match (here.head, here.base, here.floor) {
            (None, Some(base), _) => chat.log.move_made(base)?.map(|made| made.from),
            (Some(head), _, Some(floor)) if head < floor => {
                let before = chat.log.link(floor)?.and_then(|link| link.floor);
                let floor = before;
                Some(Place { floor, ..here })
            }
            _ => None,
        };
        let without_turns = match here.head {
            Some(head) => without_turns(chat, head, here.floor)?,
            None => Vec::new(),
        };
        let (stands, _) = before_failures(chat, &end)?;
        let redone = chat.log.redoable(&stands)?.map(|undone| undone.from);
        Ok(Self {
            here,
            undone,
            without_turns,
            redone,
        })
    }

    /// Whether the session stands there. An empty context is like any other one, whatever
    /// was cleared before it.
    pub(super) fn is_here(&self, place: Place) -> bool {
        place == self.here || (is_empty(place) && is_empty(self.here))
    }

    /// The shortest line that leads there: `/undo` or `/redo` if it leads exactly
    /// there, else this fork, if there is one; `/clear` to an empty context.
    pub(super) fn to(&self, place: Place, fork: Option<Inverse>) -> Option<Inverse> {
        if self.is_here(place) {
            return None;
        }
        if self.undone == Some(place) {
            return Some(Inverse::Undo(1));
        }
        if self.redone == Some(place) {
            return Some(Inverse::Redo);
        }
        let without = Place {
            head: place.head,
            ..self.here
        };
        let mut turns = (1..).zip(&self.without_turns);
        let turns = turns.find(|(count, head)| {
            // One turn is what `/undo` alone takes out, unless it does something else.
            let is_meant = *count > 1 || self.undone.is_none();
            is_meant && **head == place.head && without == place
        });
        match turns {
            Some((count, _)) => Some(Inverse::Undo(count)),
            None if is_empty(place) => Some(Inverse::Clear),
            None => fork,
        }
    }
}

fn is_empty(place: Place) -> bool {
    place.head.is_none() && place.floor.is_none()
}

/// The fork that leads to a place; none if there is no message at which it does: a
/// summary was put there when more, or less, was in the context.
pub(super) fn fork_to(chat: &mut Chat, place: Place) -> Result<Option<Inverse>> {
    let Some(point) = place.fork_point() else {
        return Ok(None);
    };
    let link = chat.log.link(point)?;
    let leads_there = link.is_some_and(|link| match place.floor {
        Some(floor) if floor == point => link.parent == place.head,
        floor => link.floor == floor,
    });
    Ok(leads_there.then_some(Inverse::Fork(point)))
}

/// The ends that a context has without its last turns, one after the other.
fn without_turns(
    chat: &mut Chat,
    head: MessageId,
    floor: Option<MessageId>,
) -> Result<Vec<Option<MessageId>>> {
    let first = chat.log.first_kept(floor)?;
    let mut ends = Vec::new();
    chat.log.walk(head, &mut |link| {
        if first.is_some_and(|first| link.id < first) {
            return Flow::Full;
        }
        // As `/undo` counts them.
        if link.role == Role::User || link.parent.is_none() {
            ends.push(link.parent);
        }
        if ends.len() < TURNS {
            Flow::More
        } else {
            Flow::Full
        }
    })?;
    Ok(ends)
}
