//! Which kept message stands before another one, where not all are kept.

use std::collections::HashMap;

use super::chain::is_left_out;
use super::conversation::{LeftOut, Utterance};

/// Everything that has a name in the source, with the place of the kept message that it
/// is or that stands nearest before it.
///
/// What is told of later cannot stand before: so there are no circles.
#[derive(Debug, Default)]
pub(super) struct Ancestors {
    nearest: HashMap<String, Option<usize>>,
    newest: Option<usize>,
}

impl Ancestors {
    /// Whether there is something of that name.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.nearest.contains_key(id)
    }

    /// The kept message that something is, or that stands nearest before it. Something
    /// unknown stood where it could not be read: behind the newest that could.
    pub(super) fn nearest(&self, id: Option<&str>) -> Option<usize> {
        let nearest = self.nearest.get(id?).copied();
        nearest.unwrap_or(self.newest)
    }

    /// Something is a part of the message at a place.
    pub(super) fn keep(&mut self, id: &str, place: usize) {
        self.newest = self.newest.max(Some(place));
        self.nearest.insert(id.to_owned(), Some(place));
    }

    /// Something is left out, and what follows it follows its parent.
    pub(super) fn leave_out(&mut self, id: &str, parent: Option<&str>) {
        let nearest = self.nearest(parent);
        self.nearest.insert(id.to_owned(), nearest);
    }
}

/// The messages without those that have no text, which are counted. Also tells for every
/// old place which new one it is or is nearest before it.
pub(super) fn without_blank(
    messages: Vec<Utterance>,
    left_out: &mut LeftOut,
) -> (Vec<Utterance>, Vec<Option<usize>>) {
    let mut kept = Vec::with_capacity(messages.len());
    let mut places: Vec<Option<usize>> = Vec::with_capacity(messages.len());
    for mut message in messages {
        let parent = message.parent;
        message.parent = parent.and_then(|parent| places.get(parent).copied().flatten());
        if is_left_out(&message, left_out) {
            places.push(message.parent);
        } else {
            places.push(Some(kept.len()));
            kept.push(message);
        }
    }
    (kept, places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;

    #[test]
    fn the_nearest_kept_one_is_found_across_what_is_left_out() {
        let mut ancestors = Ancestors::default();
        ancestors.leave_out("root", None);
        ancestors.keep("a", 0);
        ancestors.leave_out("b", Some("a"));
        ancestors.leave_out("c", Some("b"));
        ancestors.keep("d", 1);
        let nearest = ["root", "a", "c", "unknown"].map(|id| ancestors.nearest(Some(id)));
        assert_eq!(nearest, [None, Some(0), Some(0), Some(1)]);
        assert_eq!(ancestors.nearest(None), None);
        assert!(ancestors.knows("c") && !ancestors.knows("x"));
    }

    #[test]
    fn what_has_no_text_leaves_no_hole() {
        let said = |parent, text| Utterance {
            parent,
            ..Utterance::new("x", Role::User, text)
        };
        let messages = vec![
            said(None, ""),
            said(Some(0), "a"),
            said(Some(1), " "),
            said(Some(2), "b"),
        ];
        let (kept, places) = without_blank(messages, &mut LeftOut::default());
        assert_eq!(kept, [said(None, "a"), said(Some(0), "b")]);
        assert_eq!(places, [None, Some(0), Some(0), Some(1)]);
    }
}
