//! Says what a move did: as an answer and as a row of a listing.

use super::phrases::messages;
use crate::domain::{Inverse, MessageId, MoveKind, Moved};

/// How many ids an answer lists one by one.
const LISTED_IDS: usize = 6;

/// What a move did, for people: what left the context, what came into it, and the
/// line that takes that back. All moves are told in this form.
pub(super) fn told(moved: &Moved) -> String {
    let (gone, back) = (moved.gone, moved.back);
    let count = messages(if gone > 0 { gone.max(back) } else { back });
    let ids = ids(&moved.ids, gone.max(back));
    let did = match moved.kind {
        // The one that comes or goes with many is the summary of those.
        MoveKind::Undo if gone > 0 && back > 0 => {
            format!("{count} came back into the context ({ids}), and the summary left it")
        }
        _ if gone > 0 && back > 0 => {
            format!("{count} left the context ({ids}), and a summary came into it")
        }
        _ if gone > 0 => format!("{count} left the context ({ids})"),
        _ => format!("{count} came back into the context ({ids})"),
    };
    match moved.inverse {
        Some(inverse @ Inverse::Fork(_)) => {
            format!("{did}; `{inverse}` goes back in a new session.")
        }
        Some(inverse) => format!("{did}; `{inverse}` takes that back."),
        None => format!("{did}."),
    }
}

/// The same for scripts, in words that stay as they are.
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
    let inverse = match moved.inverse {
        None => String::new(),
        Some(inverse @ Inverse::Fork(_)) => {
            format!("; `{inverse}` goes on from there in a new session")
        }
        Some(inverse) => format!("; `{inverse}` {it} {them} {again}"),
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

    /// A move of messages #3 and so many after it.
    fn moved(kind: MoveKind, gone: i64, back: i64, inverse: Option<Inverse>) -> Moved {
        Moved {
            kind,
            from: None,
            to: None,
            gone,
            back,
            ids: (3..3 + gone.max(back)).map(MessageId).collect(),
            inverse,
        }
    }

    #[test]
    fn every_move_is_told_in_one_form() {
        let fork = Some(Inverse::Fork(MessageId(4)));
        let (undo, redo) = (Some(Inverse::Undo(1)), Some(Inverse::Redo));
        for (moved, for_people, for_scripts) in [
            (
                moved(MoveKind::Undo, 2, 0, redo),
                "2 messages left the context (#3, #4); `/redo` takes that back.",
                "2 messages left the context (#3, #4); `/redo` brings them back.",
            ),
            (
                moved(MoveKind::Undo, 0, 2, redo),
                "2 messages came back into the context (#3, #4); `/redo` takes that back.",
                "2 messages are back in the context (#3, #4); `/redo` takes them out again.",
            ),
            (
                moved(MoveKind::Undo, 1, 4, redo),
                "4 messages came back into the context (#3, #4, #5, #6), and the summary left it; \
                 `/redo` takes that back.",
                "4 messages are back in the context (#3, #4, #5, #6), and the summary is out of it; \
                 `/redo` puts the summary in place of them again.",
            ),
            (
                moved(MoveKind::Redo, 0, 2, Some(Inverse::Undo(3))),
                "2 messages came back into the context (#3, #4); `/undo 3` takes that back.",
                "2 messages are back in the context (#3, #4); `/undo 3` takes them out again.",
            ),
            (
                moved(MoveKind::Redo, 0, 1, None),
                "1 message came back into the context (#3).",
                "1 message is back in the context (#3).",
            ),
            (
                moved(MoveKind::Redo, 2, 0, undo),
                "2 messages left the context (#3, #4); `/undo` takes that back.",
                "2 messages left the context (#3, #4); `/undo` brings them back.",
            ),
            (
                moved(MoveKind::Redo, 4, 1, undo),
                "4 messages left the context (#3, #4, #5, #6), and a summary came into it; \
                 `/undo` takes that back.",
                "4 messages left the context (#3, #4, #5, #6), and a summary stands in their place; \
                 `/undo` brings them back.",
            ),
            (
                moved(MoveKind::Compact, 1, 1, undo),
                "1 message left the context (#3), and a summary came into it; \
                 `/undo` takes that back.",
                "1 message left the context (#3), and a summary stands in their place; \
                 `/undo` brings it back.",
            ),
            (
                moved(MoveKind::Clear, 2, 0, undo),
                "2 messages left the context (#3, #4); `/undo` takes that back.",
                "2 messages left the context (#3, #4); `/undo` brings them back.",
            ),
            (
                moved(MoveKind::Retry, 1, 0, fork),
                "1 message left the context (#3); `/fork at #4` goes back in a new session.",
                "1 message left the context (#3); `/fork at #4` goes on from there in a new session.",
            ),
            (
                moved(MoveKind::Edit, 2, 0, fork),
                "2 messages left the context (#3, #4); `/fork at #4` goes back in a new session.",
                "2 messages left the context (#3, #4); `/fork at #4` goes on from there in a new session.",
            ),
        ] {
            assert_eq!(told(&moved), for_people);
            assert_eq!(receipt(&moved), for_scripts);
        }
    }

    #[test]
    fn ids_are_listed_until_they_are_many() {
        let known = |ids: std::ops::RangeInclusive<i64>| ids.map(MessageId).collect::<Vec<_>>();
        assert_eq!(ids(&known(3..=5), 3), "#3, #4, #5");
        assert_eq!(ids(&known(3..=9), 7), "#3 … #9");
        assert_eq!(ids(&known(3..=9), 1000), "… #9");
        assert_eq!(ids(&[], 0), "");
    }
}
