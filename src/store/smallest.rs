//! The smallest ids of a set that comes in any order.

use crate::domain::MessageId;

/// How many ids are held at once, at most twice.
const IDS_HELD: usize = 512 * 1024;

/// The smallest ids of a set that is offered in any order, in constant memory.
///
/// Of more than half a million the rest is left out; whoever needs those offers
/// the set again, without what was shown.
#[derive(Debug, Default)]
pub(super) struct SmallestIds {
    ids: Vec<MessageId>,
    shown: usize,
    /// Ids from here on were left out.
    cut: Option<MessageId>,
}

impl SmallestIds {
    /// Offers an id; duplicates and ids that do not fit are dropped.
    pub(super) fn offer(&mut self, id: MessageId) {
        if self.cut.is_none_or(|cut| id < cut) {
            self.ids.push(id);
            if self.ids.len() >= 2 * IDS_HELD {
                self.trim();
            }
        }
    }

    /// Ends the offers: from now on the ids are read, in order.
    pub(super) fn close(&mut self) {
        self.trim();
    }

    /// The ids that were not shown yet.
    pub(super) fn rest(&self) -> &[MessageId] {
        &self.ids[self.shown..]
    }

    /// Goes past this id, which is one of those.
    pub(super) fn advance_to(&mut self, id: MessageId) {
        self.shown += self.rest().partition_point(|next| *next <= id);
    }

    /// Goes past all of them.
    pub(super) fn advance_to_end(&mut self) {
        self.shown = self.ids.len();
    }

    /// The last id that was shown; 0, which is below all, if none was.
    pub(super) fn last_shown(&self) -> MessageId {
        let last = self.shown.checked_sub(1);
        last.map_or(MessageId(0), |last| self.ids[last])
    }

    /// Whether ids were left out.
    pub(super) fn was_cut(&self) -> bool {
        self.cut.is_some()
    }

    fn trim(&mut self) {
        self.ids.sort_unstable();
        self.ids.dedup();
        if self.ids.len() > IDS_HELD {
            self.cut = Some(self.ids[IDS_HELD]);
            self.ids.truncate(IDS_HELD);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_in_order_whatever_the_order_of_the_walk() {
        let total = i64::try_from(IDS_HELD).unwrap() * 3 + 5;
        let (mut shown, mut after) = (0, 0);
        loop {
            let mut page = SmallestIds::default();
            for id in (1..=total).rev().filter(|&id| id > after) {
                page.offer(MessageId(id));
                if id % 1000 == 0 {
                    page.offer(MessageId(id));
                }
                assert!(page.ids.len() < 2 * IDS_HELD);
            }
            page.close();
            while let Some(&MessageId(id)) = page.rest().first() {
                assert_eq!(id, after + 1);
                (shown, after) = (shown + 1, id);
                page.advance_to(MessageId(id));
                assert_eq!(page.last_shown(), MessageId(id));
            }
            if !page.was_cut() {
                break;
            }
        }
        assert_eq!(shown, total);
    }
}
