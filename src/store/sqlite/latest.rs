//! The sessions that were touched last, out of any number.

/// How many sessions are held at once, at most twice.
const SESSIONS_HELD: usize = 64 * 1024;

/// The latest of many sessions, in constant memory. Each is the newest message when
/// it was touched, and its key.
pub(super) struct Latest {
    /// What was shown already ends here.
    after: Option<(i64, i64)>,
    found: Vec<(i64, i64)>,
    /// Some were left for later.
    was_cut: bool,
}

impl Latest {
    /// Of those that are earlier than what was shown already.
    pub(super) fn after(after: Option<(i64, i64)>) -> Self {
        Self {
            after,
            found: Vec::new(),
            was_cut: false,
        }
    }

    /// Offers a session.
    pub(super) fn offer(&mut self, one: (i64, i64)) {
        if self.after.is_none_or(|after| one < after) {
            self.found.push(one);
            if self.found.len() >= 2 * SESSIONS_HELD {
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
        self.was_cut |= self.found.len() > SESSIONS_HELD;
        self.found.truncate(SESSIONS_HELD);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_come_first_however_many_there_are() {
        let total = i64::try_from(SESSIONS_HELD).unwrap() * 2 + 77;
        let (mut after, mut shown) = (None, 0);
        loop {
            let mut latest = Latest::after(after);
            for n in 0..total {
                // In an order that is neither up nor down.
                let key = n * 7919 % total;
                latest.offer((key / 3, key));
                assert!(latest.found.len() < 2 * SESSIONS_HELD);
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
