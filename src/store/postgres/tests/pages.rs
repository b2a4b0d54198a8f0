//! A long log is read page by page, by whoever stops and goes on, and over whatever becomes
//! of the connection meanwhile.

use super::proxy::Proxy;
use super::{address, begin, log_at, name_of, said, say};
use crate::domain::{Flow, MessageId};
use crate::store::conformance::cluster::Cluster;
use crate::store::waits::Waits;
use crate::store::{Carried, Log, Selection};

/// The lengths of messages that come in all orders: short ones for many pages, long ones
/// alone and in a row, and some that are neither.
fn lengths() -> Vec<usize> {
    let mut lengths = vec![30; 1_500];
    lengths.extend([3_000_000, 5, 5, 1_500_000]);
    lengths.extend(vec![300_000; 20]);
    lengths.extend(vec![40; 700]);
    lengths.extend(vec![4_000; 300]);
    lengths.extend(vec![2_500_000; 2]);
    lengths
}

/// A text that is known by its number.
fn text(number: usize, length: usize) -> String {
    format!("{number}{}", ".".repeat(length))
}

/// A log with messages of these lengths.
fn filled(database: &str) -> Log {
    let mut log = log_at(database, Waits::for_tests());
    let session = begin(&mut log, "alice");
    for (number, length) in lengths().into_iter().enumerate() {
        say(&mut log, session, &text(number, length));
        if length > 1_000 {
            log.commit().unwrap();
        }
    }
    log.commit().unwrap();
    log
}

/// Whether these are the messages of such a log.
fn check(said: &[String]) {
    let lengths = lengths();
    assert_eq!(said.len(), lengths.len());
    for (number, (said, length)) in said.iter().zip(lengths).enumerate() {
        assert!(*said == text(number, length), "#{number}");
    }
}

/// Everything, by somebody who stops after so many messages each time; before they go on,
/// `meanwhile` happens.
fn in_steps(log: &mut Log, step: usize, meanwhile: &mut dyn FnMut(&mut Log)) -> Vec<String> {
    let (mut said, mut listing) = (Vec::new(), log.list(Selection::Global).unwrap());
    loop {
        let mut left = step;
        let read = log.read(&mut listing, &mut |message| {
            said.push(message.content.to_owned());
            left -= 1;
            if left > 0 { Flow::More } else { Flow::Full }
        });
        if !read.unwrap() {
            return said;
        }
        meanwhile(log);
    }
}

#[test]
fn whoever_stops_anywhere_goes_on_with_the_next_message() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let mut log = filled(&cluster.database());
    check(&said(&mut log));
    for step in [1, 100, 128, 255, 256, 257, 1_000] {
        check(&in_steps(&mut log, step, &mut |_| {}));
    }
}

#[test]
fn whoever_looks_at_a_part_at_a_time_misses_nothing_between_the_parts() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let mut log = filled(&cluster.database());
    let all = log.newest().unwrap();
    for (part, step) in [(50, 100), (300, 120), (700, 100), (1_000, 2_000)] {
        let (mut said, mut after) = (Vec::new(), MessageId(0));
        while after < all {
            // The part begins again wherever they have stopped.
            let upto = MessageId((after.0 + part).min(all.0));
            let (mut left, mut last) = (step, upto);
            let read = log.records(Carried::Range(after, upto), &mut |message, _| {
                said.push(message.content.to_owned());
                left -= 1;
                if left > 0 {
                    return Flow::More;
                }
                last = message.id;
                Flow::Full
            });
            read.unwrap();
            after = last;
        }
        check(&said);
    }
}

#[test]
fn what_is_asked_or_said_meanwhile_does_not_disturb_a_listing() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let mut log = filled(&database);
    let session = begin(&mut log, "alice");
    let (mut steps, mut heard) = (0, 0);
    let listed = in_steps(&mut log, 200, &mut |log| {
        steps += 1;
        match steps % 4 {
            // Another range is read, and only its beginning.
            0 => {
                let mut other = log.list(Selection::Global).unwrap();
                let read = log.read(&mut other, &mut |_| Flow::Full);
                assert_eq!((read, other.after), (Ok(true), MessageId(1)));
            }
            1 => {
                say(log, session, "meanwhile");
                log.commit().unwrap();
                heard += 1;
            }
            // In a group that is still open.
            2 => {
                log.end_for_update(session).unwrap();
            }
            _ => {
                let mut found = false;
                log.message(MessageId(7), &mut |_| found = true).unwrap();
                assert!(found);
            }
        }
    });
    check(&listed);
    assert_eq!(said(&mut log).len(), lengths().len() + heard);
}

#[test]
fn a_listing_goes_on_over_another_connection() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    drop(filled(&database));
    let proxy = Proxy::to(cluster.folder());
    let mut log = log_at(
        &address(&proxy.folder(), name_of(&database)),
        Waits::for_tests(),
    );
    // It is lost while a page is on its way, or lies here unread.
    check(&in_steps(&mut log, 90, &mut |_| proxy.hang_up()));
    proxy.cut_within(9_000_000);
    while proxy.cuts() < 8 {
        proxy.hang_up();
        check(&in_steps(&mut log, 130, &mut |_| {}));
    }
}

#[test]
fn short_messages_take_few_round_trips() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let proxy = Proxy::to(cluster.folder());
    let database = cluster.database();
    let address = address(&proxy.folder(), name_of(&database));
    let mut log = log_at(&address, Waits::for_tests());
    let session = begin(&mut log, "alice");
    for number in 0..5_000 {
        say(&mut log, session, &number.to_string());
    }
    log.commit().unwrap();
    proxy.take_trips();
    assert_eq!(in_steps(&mut log, 100, &mut |_| {}).len(), 5_000);
    let trips = proxy.take_trips();
    assert!(trips <= 20, "{trips}");
}
