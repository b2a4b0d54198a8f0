//! Where messages of a session of another log are in this one.

use crate::domain::{SessionKey, UserName};

/// Messages that follow each other in both logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// The number of the first one there.
    from: i64,
    /// Their session here; none in a look at what an import would do: it is not here.
    session: Option<SessionKey>,
    /// The number of the first one here.
    here: i64,
}

/// The messages of one session, in the order of their numbers there.
#[derive(Clone, Debug)]
pub(super) struct Runs {
    pub(super) user: UserName,
    runs: Vec<Run>,
}

/// The place of a message in this log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) session: Option<SessionKey>,
    pub(super) seq: i64,
}

impl Runs {
    /// All of it lies from a place on. What comes before its first message, whose number is
    /// 0, stays there: behind that another session may go on apart.
    pub(super) fn new(user: UserName, spot: Spot) -> Self {
        let before = Run {
            from: 0,
            session: spot.session,
            here: spot.seq - 1,
        };
        Self {
            user,
            runs: vec![before],
        }
    }

    /// From this number on the messages lie from that place on.
    pub(super) fn go_on(&mut self, from: i64, spot: Spot) {
        while self.runs.last().is_some_and(|run| run.from >= from) {
            self.runs.pop();
        }
        self.runs.push(Run {
            from,
            session: spot.session,
            here: spot.seq,
        });
    }

    /// The place of the message of that number.
    pub(super) fn of(&self, seq: i64) -> Option<Spot> {
        let run = self.runs.iter().rev().find(|run| run.from <= seq)?;
        let seq = seq.checked_sub(run.from)?.checked_add(run.here)?;
        Some(Spot {
            session: run.session,
            seq,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_lie_where_their_run_does() {
        let spot = |session: i64, seq| Spot {
            session: Some(SessionKey(session)),
            seq,
        };
        let mut runs = Runs::new(UserName::stored("ada"), spot(1, 1));
        assert_eq!(runs.of(7), Some(spot(1, 7)));
        runs.go_on(5, spot(2, 1));
        runs.go_on(9, spot(1, 40));
        for (seq, expected) in [
            (4, spot(1, 4)),
            (5, spot(2, 1)),
            (8, spot(2, 4)),
            (10, spot(1, 41)),
        ] {
            assert_eq!(runs.of(seq), Some(expected));
        }
        // What turns out otherwise replaces what was taken for granted.
        runs.go_on(5, spot(3, 2));
        assert_eq!(runs.of(10), Some(spot(3, 7)));
        runs.go_on(1, spot(4, 1));
        assert_eq!(runs.of(1), Some(spot(4, 1)));
        assert_eq!(runs.of(0), Some(spot(1, 0)));
        assert_eq!(runs.of(-1), None);
    }
}
