//! Turns that are sent without asking, and what others do meanwhile.

use super::super::super::Part;
use super::super::super::rows::Place;
use super::super::super::rules::Move;
use super::*;
use crate::domain::MoveKind;

#[test]
fn a_turn_that_comes_after_it_was_asked_about_happens_once() {
    let Some((_, _, proxy, mut log)) = through_proxy() else {
        return;
    };
    let session = begin(&mut log, "alice");
    for content in ["1", "2", "3", "4"] {
        say(&mut log, session, content);
        proxy.take_trips();
        log.commit().unwrap();
    }
    // Where it stands and how to say that is known by now: it takes one round trip.
    assert_eq!(proxy.take_trips(), 1);
    proxy.hold_back(["held", "nonce = $3"]);
    say(&mut log, session, "held");
    log.commit().unwrap();
    proxy.wait_for_late_answer();
    assert_eq!(said(&mut log), ["1", "2", "3", "4", "held"]);
}

/// A session in which its writer could say the next thing without asking.
fn spoken_in(log: &mut Log) -> SessionKey {
    let session = begin(log, "alice");
    for content in ["one", "two"] {
        say(log, session, content);
        log.commit().unwrap();
    }
    session
}

/// Empties the context of a session.
fn clear(log: &mut Log, session: SessionKey) {
    let end = log.end_for_update(session).unwrap();
    let step = Move {
        kind: MoveKind::Clear,
        to: Place::default(),
        gone: end.depth,
        back: 0,
        at: Timestamp(0),
    };
    log.relocate(session, &step).unwrap();
}

#[test]
fn what_others_have_moved_meanwhile_is_not_written_over() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let mut log = log_at(&database, Waits::for_tests());
    let session = spoken_in(&mut log);
    let mut other = log_at(&database, Waits::for_tests());
    clear(&mut other, session);
    // No message was added, and no id drawn: only where it stands is another.
    say(&mut log, session, "three");
    log.commit().unwrap();
    let end = other.end(session).unwrap();
    assert_eq!((end.count, end.depth), (3, 1));
}

#[test]
fn what_no_guess_holds_stands_behind_what_others_said_meanwhile() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let mut log = log_at(&database, Waits::for_tests());
    let session = spoken_in(&mut log);
    let part = Part {
        session,
        reply: Draft::new(Role::Ai, "th", Timestamp(0)),
        beat: 1,
    };
    let mut other = log_at(&database, Waits::for_tests());
    for others in ["nothing", "words", "a move"] {
        log.keep_partial(&part).unwrap();
        match others {
            "words" => {
                say(&mut other, session, "between");
                other.commit().unwrap();
            }
            "a move" => clear(&mut other, session),
            _ => {}
        }
        // It takes away what was kept, too.
        say(&mut log, session, others);
        log.commit().unwrap();
    }
    let expected = ["one", "two", "nothing", "between", "words", "a move"];
    assert_eq!(said(&mut log), expected);
    let end = log.end(session).unwrap();
    assert_eq!((end.count, end.depth), (6, 1));
    let left = "SELECT count(*) FROM saylog.partials";
    assert_eq!(cluster.sql(name_of(&database), left), "0\n");
}
