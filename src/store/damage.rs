//! What cannot be read of a store, and the sentence about it.

#![warn(clippy::missing_docs_in_private_items)]

use crate::domain::{MessageId, Problem, ProblemKind};

/// What helps where pages of the file are damaged.
pub(super) const RECOVER: &str = "the sqlite3 shell's `.recover` saves what can be read";

/// How many ranges of ids a sentence names.
const RANGES_NAMED: usize = 5;

/// What a look at the store had to pass over.
///
/// It has a fixed size, however much that is.
#[derive(Debug, Default)]
pub(crate) struct Damage {
    /// Messages that cannot be read.
    messages: Ranges,
    /// Messages before which a context cannot be followed.
    cuts: Ranges,
    /// A message of which the next one in its session cannot be found.
    unfollowed: Option<MessageId>,
    /// Sessions that cannot be read.
    sessions: Count,
    /// Users that cannot be read.
    users: Count,
    /// Moves that cannot be read.
    moves: Count,
    /// The file itself is damaged there.
    is_of_file: bool,
    /// A message that is there and holds something that cannot be.
    spoiled: Option<MessageId>,
}

/// Why a row cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The file is damaged there.
    Damaged,
    /// It holds something that cannot be.
    Spoiled,
    /// It is not there, and there is one behind it.
    Gone,
}

/// How many rows of a table cannot be read.
#[derive(Debug, Default)]
struct Count {
    /// At least that many.
    known: i64,
    /// Nobody can tell how many more.
    has_more: bool,
}

impl Damage {
    /// These messages cannot be read.
    pub(super) fn miss_messages(&mut self, first: MessageId, last: MessageId, why: Why) {
        self.messages.add(first.0, last.0);
        if why == Why::Spoiled {
            self.spoiled.get_or_insert(first);
        }
        self.note(why);
    }

    /// What stands before this message in its context cannot be reached.
    pub(super) fn cut_before(&mut self, id: MessageId) {
        self.cuts.add(id.0, id.0);
    }

    /// These sessions cannot be read, by their keys; nobody can tell how many
    /// they are if the last one is the largest there can be.
    pub(super) fn miss_sessions(&mut self, first: i64, last: i64, why: Why) {
        self.sessions.add(first, last);
        self.note(why);
    }

    /// The same of users.
    pub(super) fn miss_users(&mut self, first: i64, last: i64, why: Why) {
        self.users.add(first, last);
        self.note(why);
    }

    /// The same of moves.
    pub(super) fn miss_moves(&mut self, first: i64, last: i64, why: Why) {
        self.moves.add(first, last);
        self.note(why);
    }

    /// Takes note of why something cannot be read.
    fn note(&mut self, why: Why) {
        if why == Why::Damaged {
            self.blame_file();
        }
    }

    /// The next message of the session cannot be found: the file is damaged there.
    pub(super) fn lose_following(&mut self, id: MessageId) {
        self.unfollowed = Some(id);
        self.blame_file();
    }

    /// Some of it is damage of the file.
    pub(super) fn blame_file(&mut self) {
        self.is_of_file = true;
    }

    /// Whether the file is damaged somewhere.
    pub(super) fn is_of_file(&self) -> bool {
        self.is_of_file
    }

    /// The same and more.
    pub(super) fn and(mut self, more: Self) -> Self {
        for (first, last) in more.cuts.named {
            self.cuts.add(first, last);
        }
        self.cuts.more += more.cuts.more;
        self.is_of_file |= more.is_of_file;
        self
    }

    /// What a person has to know about it, if anything was passed over.
    pub(super) fn problem(&self) -> Option<Problem> {
        let mut parts = Vec::new();
        if self.messages.is_open {
            parts.push(format!("messages cannot be read ({})", self.messages));
        } else if self.messages.count > 0 {
            let message = plural(self.messages.count, "message");
            parts.push(format!("{message} cannot be read ({})", self.messages));
        }
        for (count, of_what) in [
            (&self.sessions, "session"),
            (&self.users, "user"),
            (&self.moves, "move"),
        ] {
            parts.extend(count.phrase(of_what));
        }
        if self.cuts.count > 0 {
            parts.push(format!(
                "what stands before {} in a context cannot be reached",
                self.cuts
            ));
        }
        if let Some(id) = self.unfollowed {
            parts.push(format!("what follows #{id} cannot be found"));
        }
        if parts.is_empty() {
            return None;
        }
        let what = parts.join(", and ");
        let problem = |reason| Problem::new(ProblemKind::Damaged, format!("{what}: {reason}"));
        if self.is_of_file {
            return Some(problem("the store is damaged there").with_hint(RECOVER));
        }
        let changed = problem("the store was changed by another program, or is damaged");
        Some(match self.spoiled {
            Some(id) => changed.with_hint(format!("`/show #{id} global` says what is wrong")),
            None => changed.with_hint(RECOVER),
        })
    }
}

impl Count {
    /// As many more as there are from the first to the last of these keys.
    fn add(&mut self, first: i64, last: i64) {
        if last == i64::MAX {
            self.has_more = true;
        } else {
            self.known += last - first + 1;
        }
    }

    /// What is said about them, if there are any.
    fn phrase(&self, of_what: &str) -> Option<String> {
        if self.has_more {
            return Some(format!("some {of_what}s cannot be read"));
        }
        let counted = plural(self.known, of_what);
        (self.known > 0).then(|| format!("{counted} cannot be read"))
    }
}

/// `1 message`, `2 messages`
fn plural(count: i64, of_what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {of_what}{s}")
}

/// Ids, of which the first ranges are kept and the others are counted.
#[derive(Debug, Default)]
struct Ranges {
    /// The first ranges: first and last id of each.
    named: Vec<(i64, i64)>,
    /// The last id of the range behind those that was added last.
    end: Option<i64>,
    /// How many ranges there are behind those.
    more: u64,
    /// How many ids there are.
    count: i64,
    /// Nobody can tell where the last range ends.
    is_open: bool,
}

impl Ranges {
    /// Adds a range. Those that were added before are not counted twice.
    fn add(&mut self, first: i64, last: i64) {
        let is_known = |known: &(i64, i64)| known.0 <= first && last <= known.1;
        if last < first || self.named.iter().any(is_known) {
            return;
        }
        self.count = self.count.saturating_add((last - first).saturating_add(1));
        self.is_open |= last == i64::MAX;
        let goes_on = |end: i64| end.checked_add(1) == Some(first);
        if self.end.is_some_and(goes_on) {
            self.end = Some(last);
        } else if self.more == 0
            && let Some(known) = self.named.last_mut()
            && goes_on(known.1)
        {
            known.1 = last;
        } else if self.named.len() < RANGES_NAMED {
            self.named.push((first, last));
        } else {
            self.more += 1;
            self.end = Some(last);
        }
    }
}

impl std::fmt::Display for Ranges {
    /// `#3, #7 to #9 and 2 more ranges`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (n, (first, last)) in self.named.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            write!(f, "{comma}#{first}")?;
            match last {
                &i64::MAX => f.write_str(" and all behind it")?,
                last if last > first => write!(f, " to #{last}")?,
                _ => {}
            }
        }
        match self.more {
            0 => Ok(()),
            1 => f.write_str(" and 1 more range"),
            more => write!(f, " and {more} more ranges"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ranges: &[(i64, i64)]) -> Damage {
        let mut damage = Damage::default();
        for (first, last) in ranges {
            damage.miss_messages(MessageId(*first), MessageId(*last), Why::Gone);
        }
        damage
    }

    fn what(damage: &Damage) -> String {
        damage.problem().unwrap().what
    }

    #[test]
    fn nothing_passed_over_is_nothing_to_tell() {
        let mut damage = Damage::default();
        damage.blame_file();
        assert_eq!(damage.problem(), None);
    }

    #[test]
    fn ids_are_told_as_ranges_and_many_ranges_as_their_number() {
        for (ranges, sentence) in [
            (&[(3, 3)][..], "1 message cannot be read (#3)"),
            (&[(3, 3), (4, 9)], "7 messages cannot be read (#3 to #9)"),
            (
                &[(3, 9), (5, 5), (11, 11)],
                "8 messages cannot be read (#3 to #9, #11)",
            ),
            (
                &[(1, 1), (3, 3), (5, 5), (7, 7), (9, 9), (11, 11), (12, 12)],
                "7 messages cannot be read (#1, #3, #5, #7, #9 and 1 more range)",
            ),
            (
                &[(1, 1), (3, 3), (5, 5), (7, 7), (9, 9), (11, 11), (13, 20)],
                "14 messages cannot be read (#1, #3, #5, #7, #9 and 2 more ranges)",
            ),
        ] {
            let expected =
                format!("{sentence}: the store was changed by another program, or is damaged");
            assert_eq!(what(&of(ranges)), expected);
        }
    }

    #[test]
    fn everything_that_was_passed_over_is_in_one_sentence() {
        let mut damage = of(&[(7, 9)]);
        damage.miss_sessions(4, 4, Why::Damaged);
        damage.miss_users(2, i64::MAX, Why::Gone);
        let mut more = Damage::default();
        more.cut_before(MessageId(9));
        let problem = damage.and(more).problem().unwrap();
        assert_eq!(
            problem.what,
            "3 messages cannot be read (#7 to #9), and 1 session cannot be read, and some users \
             cannot be read, and what stands before #9 in a context cannot be reached: the store \
             is damaged there"
        );
        assert_eq!(problem.hint.as_deref(), Some(RECOVER));
    }
}
