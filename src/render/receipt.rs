//! Says what a move did: as an answer and as a row of a listing.

use super::phrases::messages;
use crate::domain::{Inverse, MessageId, MoveKind, Moved};

/// How many ids an answer lists one by one.
const LISTED_IDS: usize = 6;

/// What a move did, and how to take it back.
pub(super) fn receipt(moved: &Moved) -> String {
    if moved.gone > 0 && moved.back > 0 {
        return summary(moved);
    }
    let (count, did, it) = if moved.gone > 0 {
        (moved.gone, "left the context", "brings")
    } else if moved.back == 1 {
        (1, "is back in the context", "takes")
    } else {
        (moved.back, "are back in the context", "takes")
    };
    let them = if count == 1 { "it" } else { "them" };
    let again = if moved.gone > 0 { "back" } else { "out again" };
    let inverse = match (moved.inverse, moved.from) {
        (None, _) => String::new(),
        (Some(inverse @ Inverse::Fork(_)), _) => {
            format!("; `{inverse}` goes on from there in a new session")
        }
        // A message follows at once, and after that a redo is impossible.
        (Some(inverse), Some(from)) if moved.kind == MoveKind::Edit => {
            format!("; back with `{inverse}`, later `{}`", Inverse::Fork(from))
        }
        (Some(inverse), _) => format!("; `{inverse}` {it} {them} {again}"),
    };
    format!(
        "{} {did} ({}){inverse}.",
        messages(count),
        ids(&moved.ids, count)
    )
}

/// What became of messages that a summary stands for, or stood for.
fn summary(moved: &Moved) -> String {
    let is_back = moved.kind == MoveKind::Undo;
    let count = if is_back { moved.back } else { moved.gone };
    let (are, it) = if count == 1 {
        ("is", "it")
    } else {
        ("are", "them")
    };
    let (did, instead, again) = if is_back {
        (
            format!("{are} back in the context"),
            "and the summary is out of it",
            format!("puts the summary in place of {it} again"),
        )
    } else {
        (
            "left the context".to_owned(),
            "and a summary stands in their place",
            format!("brings {it} back"),
        )
    };
    let inverse = moved
        .inverse
        .map_or_else(String::new, |inverse| format!("; `{inverse}` {again}"));
    let ids = ids(&moved.ids, count);
    format!("{} {did} ({ids}), {instead}{inverse}.", messages(count))
}

/// The ids of `count` messages, of which perhaps only the newest are known.
fn ids(known: &[MessageId], count: i64) -> String {
    let all = i64::try_from(known.len()).is_ok_and(|known| known == count);
    match known {
        [.., last] if !all => format!("… #{last}"),
        [first, .., last] if known.len() > LISTED_IDS => format!("#{first} … #{last}"),
        _ => {
            let named: Vec<String> = known.iter().map(|id| format!("#{id}")).collect();
            named.join(", ")
        }
    }
}

/// What a move did, as a row of a listing.
pub(super) fn row(moved: &Moved) -> String {
    let place = |id: Option<MessageId>| id.map_or_else(|| "none".to_owned(), |id| format!("#{id}"));
    let did = match (moved.gone, moved.back) {
        (0, back) => format!("{} came", messages(back)),
        (gone, back) if back > 0 => format!("{} left, {back} came", messages(gone)),
        (gone, _) => format!("{} left", messages(gone)),
    };
    let inverse = moved
        .inverse
        .map_or_else(String::new, |inverse| format!("; `{inverse}`"));
    format!(
        "{} -> {}, {did}{inverse}",
        place(moved.from),
        place(moved.to)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_listed_until_they_are_many() {
        let known = |ids: std::ops::RangeInclusive<i64>| ids.map(MessageId).collect::<Vec<_>>();
        assert_eq!(ids(&known(3..=5), 3), "#3, #4, #5");
        assert_eq!(ids(&known(3..=9), 7), "#3 … #9");
        assert_eq!(ids(&known(3..=9), 1000), "… #9");
        assert_eq!(ids(&[], 0), "");
    }
}
