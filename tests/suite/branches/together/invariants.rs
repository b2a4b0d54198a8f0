//! Invariants of a store that many processes have written to: the messages and
//! moves in it must form one consistent history.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::iter::successors;

use serde_json::{Value, json};

use crate::support::run::Saylog;
use crate::support::store::Store;

/// A message as the store keeps it.
#[derive(Debug)]
struct Message {
    parent: Option<i64>,
    previous: Option<i64>,
    seq: i64,
    session: i64,
    is_user: bool,
    /// What it answers, if it is a reply.
    answers: Option<i64>,
    /// None for a late reply, which stands outside of the context.
    depth: Option<i64>,
}

/// Where a session stands: the end of its context, and the clear below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Place {
    head: Option<i64>,
    base: Option<i64>,
}

/// A move as the store keeps it.
#[derive(Debug)]
struct Move {
    id: i64,
    why: String,
    from: Place,
    to: Place,
    gone: i64,
    back: i64,
}

/// The rows of a store, and checks of what must hold for them.
pub(super) struct StoreInvariants {
    messages: BTreeMap<i64, Message>,
    /// Of each session its moves.
    moves: HashMap<i64, Vec<Move>>,
    store: Store,
}

impl StoreInvariants {
    pub(super) fn of(saylog: &Saylog) -> Self {
        assert_eq!(saylog.integrity(), "ok");
        let store = saylog.stored();
        let messages = store
            .rows(
                "SELECT id, parent, previous, seq, session, role = 1, depth,
                        (SELECT answers FROM sent WHERE reply = messages.id)
                 FROM messages",
            )
            .into_iter()
            .map(
                |(id, parent, previous, seq, session, is_user, depth, answers)| {
                    let answers: Option<i64> = answers;
                    let message = Message {
                        parent,
                        answers: answers.or(parent),
                        previous,
                        seq,
                        session,
                        is_user,
                        depth,
                    };
                    (id, message)
                },
            )
            .collect();
        let mut moves: HashMap<i64, Vec<Move>> = HashMap::new();
        for (session, id, why, from_head, from_base, to_head, to_base, gone, back) in store.rows(
            "SELECT session, id, why, from_head, from_base, to_head, to_base, gone, back
             FROM moves ORDER BY id",
        ) {
            let place = |head, base| Place { head, base };
            moves.entry(session).or_default().push(Move {
                id,
                why,
                from: place(from_head, from_base),
                to: place(to_head, to_base),
                gone,
                back,
            });
        }
        Self {
            messages,
            moves,
            store,
        }
    }

    fn depth(&self, head: Option<i64>) -> i64 {
        let depth = |head| self.messages[&head].depth.expect("one of a context");
        head.map_or(0, depth)
    }

    /// The message so many steps before another.
    fn ancestor(&self, head: Option<i64>, steps: i64) -> Option<i64> {
        (0..steps).fold(head, |at, _| at.and_then(|at| self.messages[&at].parent))
    }

    /// Checks the log: ids and numbers have no gap, and every message is one deeper
    /// than its parent.
    #[track_caller]
    pub(super) fn log_is_in_order(&self) {
        let mut ends: HashMap<i64, (i64, i64)> = HashMap::new();
        for ((&id, message), expected) in self.messages.iter().zip(1..) {
            assert_eq!(id, expected, "ids grow by one");
            let (last, seq) = ends.get(&message.session).copied().unwrap_or_default();
            assert_eq!(message.seq, seq + 1, "#{id}: {message:?}");
            assert_eq!(
                message.previous,
                (last > 0).then_some(last),
                "#{id}: {message:?}"
            );
            ends.insert(message.session, (id, message.seq));
            assert!(
                message.parent.is_none_or(|parent| parent < id),
                "#{id}: {message:?}"
            );
            let question = message.parent.map(|parent| &self.messages[&parent]);
            let is_late = message.depth.is_none();
            assert!(
                !is_late || !message.is_user && question.is_some_and(|it| it.is_user),
                "#{id}: {message:?}"
            );
            assert!(
                is_late || message.depth == Some(self.depth(message.parent) + 1),
                "#{id}: {message:?}"
            );
        }
    }

    /// Checks that every move did what its kind does.
    #[track_caller]
    pub(super) fn moves_are_what_they_say(&self) {
        let all: HashMap<i64, &Move> = self
            .moves
            .values()
            .flatten()
            .map(|step| (step.id, step))
            .collect();
        for step in self.moves.values().flatten() {
            let Place { head, base } = step.from;
            let depths = (self.depth(head), self.depth(step.to.head));
            assert_eq!(depths.1, depths.0 - step.gone + step.back, "{step:?}");
            let taken_out = Place {
                head: self.ancestor(head, step.gone),
                base,
            };
            let is_turn = || {
                let first = self.ancestor(head, step.gone - 1).expect("a message");
                let first = &self.messages[&first];
                // What a clear left without its question counts as a turn.
                first.is_user || first.parent.is_none()
            };
            match step.why.as_str() {
                "clear" => {
                    assert_eq!(
                        step.to,
                        Place {
                            head: None,
                            base: Some(step.id)
                        }
                    );
                    assert!(step.gone > 0, "{step:?}");
                }
                "undo" if head.is_none() => {
                    let cleared = all[&base.expect("something was cleared")];
                    assert_eq!((step.to, cleared.why.as_str()), (cleared.from, "clear"));
                }
                "undo" | "edit" => {
                    assert_eq!(step.to, taken_out, "{step:?}");
                    assert!(is_turn(), "{step:?}");
                }
                "retry" => {
                    assert_eq!(step.to, taken_out, "{step:?}");
                    let question = step.to.head.expect("a question");
                    assert!(self.messages[&question].is_user, "{step:?}");
                    // Every reply to it goes: several programs may have asked.
                    for replies in 0..step.gone {
                        let reply = self.ancestor(head, replies).expect("a reply");
                        assert!(!self.messages[&reply].is_user, "{step:?}");
                    }
                }
                "redo" => {
                    let is_undone = |other: &&&Move| {
                        other.id < step.id
                            && (other.to, other.from) == (step.from, step.to)
                            && (other.gone, other.back) == (step.back, step.gone)
                            && ["undo", "edit", "retry"].contains(&other.why.as_str())
                    };
                    assert!(all.values().find(is_undone).is_some(), "{step:?}");
                }
                "fork" => assert_eq!((head, base, step.gone), (None, None, 0), "{step:?}"),
                other => panic!("{other}"),
            }
        }
    }

    /// Checks that there is one order of a session's messages and moves in which each
    /// message follows the head and each move starts at the head, and which
    /// ends at the session's head of today.
    #[track_caller]
    pub(super) fn is_one_story(&self, session: i64) {
        let own = self
            .messages
            .iter()
            .filter(|(_, message)| message.session == session);
        let own: Vec<(i64, &Message)> = own.map(|(&id, message)| (id, message)).collect();
        let none = Vec::new();
        let moves = self.moves.get(&session).unwrap_or(&none);
        // The places where it can be after so many messages and moves.
        let begin = (
            0,
            0,
            Place {
                head: None,
                base: None,
            },
        );
        let mut reached = BTreeSet::from([begin]);
        for step in 0..own.len() + moves.len() {
            let mut next = BTreeSet::new();
            for (said, moved, place) in reached {
                if let Some((_, message)) = own.get(said)
                    && message.depth.is_none()
                {
                    // A late reply: its question has left the context, or has a reply there.
                    let context = || successors(place.head, |id| self.messages[id].parent);
                    let is_answered = |id: i64| {
                        let other = &self.messages[&id];
                        other.answers == message.answers && !other.is_user
                    };
                    if !context().any(|id| Some(id) == message.parent) || context().any(is_answered)
                    {
                        next.insert((said + 1, moved, place));
                    }
                } else if let Some((id, message)) = own.get(said)
                    && message.parent == place.head
                {
                    next.insert((
                        said + 1,
                        moved,
                        Place {
                            head: Some(*id),
                            ..place
                        },
                    ));
                }
                if let Some(step) = moves.get(moved)
                    && step.from == place
                {
                    next.insert((said, moved + 1, step.to));
                }
            }
            assert!(
                !next.is_empty(),
                "nothing can follow step {step} of session {session}"
            );
            reached = next;
        }
        let (head, base, last, count, depth): (_, _, Option<i64>, i64, i64) = self.store.row(
            &format!("SELECT head, base, last, count, depth FROM sessions WHERE id = {session}"),
        );
        let end = (own.len(), moves.len(), Place { head, base });
        assert!(reached.contains(&end), "{end:?} is not one of {reached:?}");
        assert_eq!(usize::try_from(count), Ok(own.len()));
        assert_eq!(last, own.last().map(|(id, _)| *id));
        let context = successors(head, |id| self.messages[id].parent);
        assert_eq!(usize::try_from(depth), Ok(context.count()));
    }

    /// Checks that every reply and every move that was shown is stored exactly once.
    #[track_caller]
    pub(super) fn is_what_was_shown(&self, shown: &[Value]) {
        let replies: BTreeSet<i64> = shown
            .iter()
            .filter(|event| event["event"] == "reply")
            .map(|reply| {
                let id = reply["id"].as_i64().expect("an id");
                let message = &self.messages[&id];
                assert_eq!(reply["seq"], message.seq, "{reply}");
                assert_eq!(reply["parent_id"], json!(message.parent), "{reply}");
                id
            })
            .collect();
        let kept = self.messages.iter().filter(|(_, message)| !message.is_user);
        assert_eq!(replies, kept.map(|(&id, _)| id).collect());
        let mut told: Vec<String> = shown.iter().filter_map(told_move).collect();
        let mut made: Vec<String> = self
            .moves
            .values()
            .flatten()
            .map(|step| match step.why.as_str() {
                "clear" => format!("clear {}", step.gone),
                "fork" => format!("fork {:?} {}", step.to.head, step.back),
                why => format!(
                    "{why} {:?} {:?} {} {}",
                    step.from.head, step.to.head, step.gone, step.back
                ),
            })
            .collect();
        told.sort_unstable();
        made.sort_unstable();
        assert_eq!(told, made);
    }
}

/// A move of an event, in the form that [`StoreInvariants::is_what_was_shown`] compares.
fn told_move(event: &Value) -> Option<String> {
    let id = |field: &str| event[field].as_i64();
    let count = |field: &str| id(field).expect("a count");
    match event["event"].as_str()? {
        "clear" if count("gone") > 0 => Some(format!("clear {}", count("gone"))),
        "fork" => Some(format!("fork {:?} {}", id("at_id"), count("count"))),
        "move" => Some(format!(
            "{} {:?} {:?} {} {}",
            event["why"].as_str().expect("a word"),
            id("from_id"),
            id("to_id"),
            count("gone"),
            count("back")
        )),
        _ => None,
    }
}
