//! What this process has left behind, by which it guesses.

use std::collections::HashMap;

use super::super::backend::Newest;
use super::super::rows::End;
use crate::domain::SessionKey;

/// How many sessions are remembered.
const MOST_SESSIONS: usize = 64;

/// After so many wrong guesses in a row there is one in 2 to that power.
const RAREST: u32 = 6;

/// Where sessions stand, and which message and id come next, unless others write.
#[derive(Default)]
pub(super) struct Known {
    ends: HashMap<SessionKey, End>,
    /// The newest message, and the id that is drawn next.
    next: Option<(Newest, i64)>,
    /// How many guesses in a row were wrong.
    wrong: u32,
    /// For so many groups none is made.
    pause: u32,
}

impl Known {
    /// Where a session stands, the newest message and the next id, if they may be guessed.
    pub(super) fn guess(&mut self, session: SessionKey) -> Option<(End, Newest, i64)> {
        let (newest, id) = self.next?;
        let end = *self.ends.get(&session)?;
        if self.pause > 0 {
            self.pause -= 1;
            return None;
        }
        Some((end, newest, id))
    }

    /// A group has lasted: the sessions that it had stand there, that is the newest message,
    /// and that the last id that was drawn, as far as is known.
    pub(super) fn commit(
        &mut self,
        ends: impl Iterator<Item = (SessionKey, End)>,
        newest: Newest,
        drawn: i64,
    ) {
        if self.ends.len() >= MOST_SESSIONS {
            self.ends.clear();
        }
        self.ends.extend(ends.take(MOST_SESSIONS));
        let next = drawn.saturating_add(1);
        let known = self.next.map_or(next, |(_, known)| known.max(next));
        self.next = Some((newest, known));
    }

    /// A guess was right.
    pub(super) fn is_right(&mut self) {
        self.wrong = 0;
    }

    /// A guess was wrong: the next one has time.
    pub(super) fn is_wrong(&mut self) {
        self.forget();
        self.pause = 1 << self.wrong;
        self.wrong = (self.wrong + 1).min(RAREST);
    }

    /// Nothing is known any more.
    pub(super) fn forget(&mut self) {
        self.ends.clear();
        self.next = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::rows::Place;
    use super::*;
    use crate::domain::{MessageId, Timestamp};

    const SESSION: SessionKey = SessionKey(7);

    fn end(count: i64) -> End {
        End {
            place: Place::default(),
            depth: count,
            last: None,
            count,
            system: None,
            redo: None,
            has_preview: false,
            touched: MessageId(0),
            touched_at: Timestamp(0),
        }
    }

    /// What is known after a group has lasted.
    fn commit(known: &mut Known, count: i64, drawn: i64) {
        let newest = Newest {
            id: MessageId(drawn),
            at: Timestamp(1),
        };
        known.commit(std::iter::once((SESSION, end(count))), newest, drawn);
    }

    #[test]
    fn a_session_is_guessed_where_it_was_left_and_the_id_behind_the_last() {
        let mut known = Known::default();
        assert_eq!(known.guess(SESSION), None);
        commit(&mut known, 2, 41);
        let (stands, newest, next) = known.guess(SESSION).unwrap();
        assert_eq!((stands, newest.id, next), (end(2), MessageId(41), 42));
        // Nobody has said where another one stands.
        assert_eq!(known.guess(SessionKey(8)), None);
        known.forget();
        assert_eq!(known.guess(SESSION), None);
    }

    #[test]
    fn a_group_that_draws_nothing_does_not_bring_ids_back() {
        let mut known = Known::default();
        commit(&mut known, 2, 50);
        // Of what was taken back the newest message says nothing.
        commit(&mut known, 2, 41);
        assert_eq!(known.guess(SESSION).unwrap().2, 51);
    }

    #[test]
    fn whoever_guesses_wrongly_guesses_ever_more_rarely() {
        let mut known = Known::default();
        // How many groups are not guessed until one is.
        let pauses = |known: &mut Known| {
            (0..1_000).find(|_| {
                commit(known, 2, 41);
                known.guess(SESSION).is_some()
            })
        };
        for wanted in [1, 2, 4, 8, 16, 32, 64, 64] {
            known.is_wrong();
            assert_eq!(pauses(&mut known), Some(wanted));
        }
        known.is_right();
        known.is_wrong();
        assert_eq!(pauses(&mut known), Some(1));
    }
}
