//! Sessions that are looked for, and the list of them.

use crate::domain::{SessionId, SessionKey, Timestamp, UserName};

/// How many sessions a roll knows ahead.
const AHEAD: usize = 64 * 1024;

/// A session that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The store's name for it.
    pub key: SessionKey,
    /// Its own name.
    pub session: SessionId,
    /// Whose it is.
    pub user: UserName,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// The beginning of the first thing said in it.
    pub words: Option<String>,
    /// How many messages its context has.
    pub depth: i64,
    /// How many messages it has in the log.
    pub count: i64,
    /// Who answers in it, if that was chosen.
    pub model: Option<String>,
    /// The persona it was started as, if any.
    pub persona: Option<String>,
    /// The time of its last message, else of its beginning.
    pub touched_at: Timestamp,
}

/// Which of a user's sessions to find.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those whose id begins with this, in lower case.
    Prefix(&'a str),
    /// Those whose title, or whose first words if they have none, begin with
    /// this; those that are this and no more come first.
    Name(&'a str),
    /// The one of this key.
    Key(SessionKey),
    /// The one that was spoken in last.
    Latest,
}

/// Where a list of sessions stands: latest first.
///
/// It knows the keys of those that come next; of more than 65,536 it looks for
/// the following ones when it has shown these.
#[derive(Debug)]
pub struct Roll {
    /// Whose sessions; none for everybody's.
    pub(super) user: Option<UserName>,
    /// Also those in which nothing was said.
    pub(super) all: bool,
    /// The next sessions, the first of them last.
    pub(super) next: Vec<i64>,
    /// The time and key of the last one that is known.
    pub(super) after: Option<(i64, i64)>,
    pub(super) ended: bool,
}

/// The latest of many times and keys, in constant memory.
pub(super) struct Latest {
    /// What was shown already ends here.
    after: Option<(i64, i64)>,
    found: Vec<(i64, i64)>,
    /// Some were left for later.
    was_cut: bool,
}

impl Latest {
    /// Those that are earlier than what was shown.
    pub(super) fn after(after: Option<(i64, i64)>) -> Self {
        Self {
            after,
            found: Vec::new(),
            was_cut: false,
        }
    }

    /// Offers a time and a key.
    pub(super) fn offer(&mut self, one: (i64, i64)) {
        if self.after.is_none_or(|after| one < after) {
            self.found.push(one);
            if self.found.len() >= 2 * AHEAD {
                self.trim();
            }
        }
    }

    /// The latest of what was offered, latest first, and whether that is all.
    pub(super) fn end(mut self) -> (Vec<(i64, i64)>, bool) {
        self.trim();
        (self.found, !self.was_cut)
    }

    fn trim(&mut self) {
        self.found.sort_unstable_by(|a, b| b.cmp(a));
        self.was_cut |= self.found.len() > AHEAD;
        self.found.truncate(AHEAD);
    }
}

impl Roll {
    /// The sessions of one user, or everybody's; `all` with those in which nothing was said.
    pub fn new(user: Option<UserName>, all: bool) -> Self {
        Self {
            user,
            all,
            next: Vec::new(),
            after: None,
            ended: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_come_first_however_many_there_are() {
        let total = i64::try_from(AHEAD).unwrap() * 2 + 77;
        let (mut after, mut shown) = (None, 0);
        loop {
            let mut latest = Latest::after(after);
            for n in 0..total {
                // In an order that is neither up nor down.
                let key = n * 7919 % total;
                latest.offer((key / 3, key));
                assert!(latest.found.len() < 2 * AHEAD);
            }
            let (found, ended) = latest.end();
            for one in &found {
                shown += 1;
                let key = total - shown;
                assert_eq!(*one, (key / 3, key));
            }
            after = found.last().copied();
            if ended {
                break;
            }
        }
        assert_eq!(shown, total);
    }
}
