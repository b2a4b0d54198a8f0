//! A look at the log, a page at a time.

use crate::domain::{SessionKey, UserName};

/// How many message ids a listing of contexts holds at once, at most twice.
const PAGE: usize = 512 * 1024;

/// Which messages a listing shows.
#[derive(Clone, Debug)]
pub enum Selection {
    /// The context of one session.
    Session(SessionKey),
    /// The contexts of all sessions of one user.
    User(UserName),
    /// Every message of every user.
    Global,
}

/// Where a listing stands. It shows the log up to the moment it was begun.
#[derive(Debug)]
pub struct Listing {
    pub(super) selection: Selection,
    /// The newest message when the listing began.
    pub(super) upto: i64,
    /// The last message that was shown.
    pub(super) after: i64,
    /// The next messages of a context, in order.
    pub(super) page: Page,
}

impl Listing {
    /// Whether it shows everybody's messages.
    pub fn is_global(&self) -> bool {
        matches!(self.selection, Selection::Global)
    }

    pub(super) fn new(selection: Selection, upto: i64) -> Self {
        Self {
            selection,
            upto,
            after: 0,
            page: Page::default(),
        }
    }
}

/// The smallest ids of a set that is walked in any order, in constant memory.
///
/// A context is linked from its end to its beginning and a listing goes the
/// other way. Instead of keeping the whole walk, a page keeps the ids that come
/// next; a context of more than half a million messages is walked again for
/// the following page.
#[derive(Debug, Default)]
pub(super) struct Page {
    ids: Vec<i64>,
    shown: usize,
    /// Ids from here on have been left for a later page.
    cut: Option<i64>,
}

impl Page {
    /// Offers an id; duplicates and ids beyond the page are dropped.
    pub(super) fn offer(&mut self, id: i64) {
        if self.cut.is_none_or(|cut| id < cut) {
            self.ids.push(id);
            if self.ids.len() >= 2 * PAGE {
                self.trim();
            }
        }
    }

    /// Ends the offers: from now on the page is read.
    pub(super) fn close(&mut self) {
        self.trim();
    }

    /// The next id that was not shown.
    pub(super) fn next(&self) -> Option<i64> {
        self.ids.get(self.shown).copied()
    }

    /// Goes past the next id.
    pub(super) fn advance(&mut self) {
        self.shown += 1;
    }

    /// Whether ids were left for a later page.
    pub(super) fn was_cut(&self) -> bool {
        self.cut.is_some()
    }

    fn trim(&mut self) {
        self.ids.sort_unstable();
        self.ids.dedup();
        if self.ids.len() > PAGE {
            self.cut = Some(self.ids[PAGE]);
            self.ids.truncate(PAGE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_in_order_whatever_the_order_of_the_walk() {
        let total = i64::try_from(PAGE).unwrap() * 3 + 5;
        let (mut shown, mut after) = (0, 0);
        loop {
            let mut page = Page::default();
            for id in (1..=total).rev().filter(|&id| id > after) {
                page.offer(id);
                if id % 1000 == 0 {
                    page.offer(id);
                }
                assert!(page.ids.len() < 2 * PAGE);
            }
            page.close();
            while let Some(id) = page.next() {
                assert_eq!(id, after + 1);
                (shown, after) = (shown + 1, id);
                page.advance();
            }
            if !page.was_cut() {
                break;
            }
        }
        assert_eq!(shown, total);
    }
}
