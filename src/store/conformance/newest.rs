//! Listings of the newest messages only.

use super::*;

/// The contents of the newest so many of a listing, and whether older ones are left out.
fn newest(log: &mut Log, selection: &Selection, count: u64) -> (Vec<String>, bool) {
    let mut listing = log.list_newest(selection.clone(), count).unwrap();
    (read(log, &mut listing, 3), listing.leaves_out_older())
}

/// Fails unless the newest so many of a listing are its end.
pub(super) fn check_newest(log: &mut Log, selection: &Selection) {
    let all = listed(log, selection.clone(), 100);
    for count in [1, 2, 3, 5, 1_000, u64::MAX] {
        let left_out = all
            .len()
            .saturating_sub(usize::try_from(count).unwrap_or(usize::MAX));
        let found = newest(log, selection, count);
        let expected = (all[left_out..].to_vec(), left_out > 0);
        assert_eq!(found, expected, "the last {count} of {selection:?}");
    }
}

pub(super) fn the_newest_of_a_listing_are_its_end(tenant: &Tenant) {
    let mut log = tenant.log();
    let nobody = begin(&mut log, "zoë", 9);
    let one = begin(&mut log, "alice", 1);
    let two = begin(&mut log, "alice", 2);
    let bobs = begin(&mut log, "bob", 3);
    say(&mut log, two, Role::User, "left behind");
    clear(&mut log, two);
    for number in 0..10 {
        say(&mut log, one, Role::User, &format!("one {number}"));
        say(&mut log, bobs, Role::User, &format!("bob {number}"));
        say(&mut log, two, Role::Ai, &format!("two {number}"));
        if number == 6 {
            compact_last(&mut log, two, 2);
        }
    }
    // Two forks share a past and its summary; a third has no summary.
    let place = log.end(two).unwrap().place;
    let early = log.end(one).unwrap().place;
    for (number, past) in [(4, place), (5, place), (6, early), (7, early)] {
        let alice = user("alice");
        let session = NewSession {
            user: &alice,
            session: session_id(number),
            title: None,
            model: None,
            persona: None,
            at: Timestamp(1),
            system: None,
            preview: None,
            origin: None,
        };
        let depth = log.depth(past).unwrap();
        let fork = step(MoveKind::Fork, past, 0, depth);
        let key = log.fork(&session, &fork).unwrap();
        if number == 5 {
            say(&mut log, key, Role::User, "forked");
        }
    }
    for selection in [
        Selection::Session(nobody),
        Selection::Session(one),
        Selection::Session(two),
        Selection::User(user("alice")),
        Selection::User(user("eve")),
        Selection::LogOfSession(nobody),
        Selection::LogOfSession(two),
        Selection::LogOfUser(user("alice")),
        Selection::LogOfUser(user("bob")),
        Selection::Global,
    ] {
        check_newest(&mut log, &selection);
    }
    let all = listed(&mut log, Selection::LogOfSession(two), 4);
    assert_eq!((all.len(), all[0].as_str()), (12, "left behind"));
    assert!(all.contains(&"summary".to_owned()), "{all:?}");
    let (kept, _) = newest(&mut log, &Selection::Session(two), 6);
    let expected = ["two 5", "two 6", "summary", "two 7", "two 8", "two 9"];
    assert_eq!(kept, expected);
    let everything = listed(&mut log, Selection::LogOfUser(user("alice")), 100);
    assert_eq!(everything.len(), 23);
    assert!(!everything.iter().any(|said| said.starts_with("bob")));
}

/// Puts a summary in place of all messages of a context but the last so many.
fn compact_last(log: &mut Log, session: SessionKey, kept: usize) {
    let end = log.end_for_update(session).unwrap();
    let (mut oldest, mut left) = (None, kept);
    log.walk(end.place.head.unwrap(), &mut |link| {
        (oldest, left) = (Some(link.id), left - 1);
        if left == 0 { Flow::Full } else { Flow::More }
    })
    .unwrap();
    let summary = Draft {
        oldest,
        ..Draft::new(Role::System, "summary", Timestamp(1))
    };
    let gone = end.depth - i64::try_from(kept).unwrap();
    let compact = step(MoveKind::Compact, end.place, gone, 1);
    log.compact(session, &summary, &compact).unwrap();
}
