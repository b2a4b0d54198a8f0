//! Archives that are imported over a network, by several people at the same time.

use super::super::super::imported::{
    ImportedConversation, ImportedCount, ImportedMessage, ImportedSession,
};
use super::super::super::join::MessageJoined;
use super::*;
use crate::domain::{
    Links, MessageRecord, Numbered, Problem, ReplyDetails, SessionHead, SourceKey, Status,
};

/// How many messages each conversation has.
const MESSAGES: u8 = 10;

/// A conversation of another program.
fn conversation(user: &UserName, number: u8) -> ImportedConversation<'_> {
    let message = |place: u8| {
        let mut key: SourceKey = [number; 16];
        key[15] = place;
        ImportedMessage {
            key,
            parent: place.checked_sub(1).map(usize::from),
            said_at: Timestamp(i64::from(place)),
            draft: Draft::new(Role::User, "said elsewhere", Timestamp(1_000)),
        }
    };
    ImportedConversation {
        session: ImportedSession {
            user,
            session: SessionId::new(uuid::Uuid::from_bytes([number; 16])),
            title: Some("talk"),
            source: "chatgpt",
            last_at: Timestamp(1),
            is_dated: true,
        },
        messages: (0..MESSAGES).map(message).collect(),
        current: None,
    }
}

/// What came of conversations, added up: those that are new, messages added and known.
fn sum(counts: &[ImportedCount]) -> (usize, u64, u64) {
    let new = counts.iter().filter(|count| count.is_new).count();
    let added = counts.iter().map(|count| count.added).sum();
    (new, added, counts.iter().map(|count| count.known).sum())
}

/// That these many conversations are there once, each as a whole.
fn are_whole(cluster: &Cluster, database: &str, conversations: usize) {
    let parts = "SELECT (SELECT count(*) FROM saylog.sessions), count(*),
            count(*) FILTER (WHERE s.count = 10 AND s.depth = 10 AND s.head = s.last
                             AND i.head = s.head AND s.words IS NOT NULL),
            (SELECT count(*) FROM saylog.messages), (SELECT count(*) FROM saylog.origins)
        FROM saylog.sessions AS s JOIN saylog.imports AS i ON i.session = s.id";
    let messages = conversations * usize::from(MESSAGES);
    let wanted = format!("{conversations}|{conversations}|{conversations}|{messages}|{messages}\n");
    assert_eq!(cluster.sql(name_of(database), parts), wanted);
}

#[test]
fn conversations_take_few_round_trips_however_many_they_are() {
    let Some((cluster, database, proxy, mut log)) = through_proxy() else {
        return;
    };
    let alice = UserName::new("alice").unwrap();
    let all: Vec<_> = (0..200)
        .map(|number| conversation(&alice, number))
        .collect();
    log.newest().unwrap();
    for (round, part) in all.chunks(50).enumerate() {
        proxy.take_trips();
        assert_eq!(sum(&log.import(part).unwrap()), (50, 500, 0));
        let trips = proxy.take_trips();
        // What is copied in is given its name in a round trip.
        assert!(trips <= 10, "{trips} in round {round}");
    }
    let drawn = "SELECT last_value FROM saylog.message_ids";
    let before = cluster.sql(name_of(&database), drawn);
    for round in 0..3 {
        proxy.take_trips();
        assert_eq!(sum(&log.look_at_import(&all).unwrap()), (0, 0, 2_000));
        assert_eq!(sum(&log.import(&all).unwrap()), (0, 0, 2_000));
        let trips = proxy.take_trips();
        assert!(trips <= 12, "{trips} in round {round}");
    }
    // What is there already needs no numbers.
    assert_eq!(cluster.sql(name_of(&database), drawn), before);
    are_whole(cluster, &database, 200);
}

#[test]
fn whoever_imports_the_same_at_the_same_time_doubles_nothing() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    for _ in 0..5 {
        let database = cluster.database();
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let database = database.clone();
                thread::spawn(move || {
                    let mut log = log_at(&database, Waits::for_tests());
                    let alice = UserName::new("alice").unwrap();
                    let all = (0..40).map(|number| conversation(&alice, number));
                    let mut all: Vec<_> = all.collect();
                    if writer % 2 == 0 {
                        all.reverse();
                    }
                    let counts = all.chunks(8).map(|part| log.import(part).unwrap());
                    sum(&counts.flatten().collect::<Vec<_>>())
                })
            })
            .collect();
        let told: Vec<_> = (writers.into_iter())
            .map(|writer| writer.join().unwrap())
            .collect();
        // Each is told by exactly one to be new.
        assert_eq!(told.iter().map(|told| told.0).sum::<usize>(), 40);
        assert_eq!(told.iter().map(|told| told.1).sum::<u64>(), 400);
        assert!(told.iter().all(|told| told.1 + told.2 == 400), "{told:?}");
        are_whole(cluster, &database, 40);
    }
}

#[test]
fn an_import_whose_connection_is_cut_comes_once() {
    let Some((cluster, database, proxy, mut log)) = through_proxy() else {
        return;
    };
    let alice = UserName::new("alice").unwrap();
    log.newest().unwrap();
    proxy.cut_within(120_000);
    proxy.hang_up();
    let wanted = count("SAYLOG_CUTS", 20);
    let mut number = 0;
    while proxy.cuts() < wanted && number < 250 {
        let part: Vec<_> = (number..number + 5)
            .map(|number| conversation(&alice, number))
            .collect();
        assert_eq!(sum(&log.import(&part).unwrap()), (5, 50, 0));
        number += 5;
    }
    drop(log);
    proxy.cut_within(0);
    assert!(proxy.cuts() > 0);
    are_whole(cluster, &database, number.into());
}

/// A message of another log, behind the one before it.
fn record(session: SessionId, seq: i64) -> MessageRecord<'static> {
    let at = |seq| Numbered { session, seq };
    MessageRecord {
        at: at(seq),
        role: Role::User,
        content: "said on another machine",
        said_at: Timestamp(seq),
        model: None,
        status: Status::Complete,
        usage: None,
        details: ReplyDetails::default(),
        depth: Some(seq),
        links: Links {
            parent: (seq > 1).then(|| at(seq - 1)),
            ..Links::NONE
        },
        configured: None,
        origin: None,
    }
}

/// Takes a session of another log with all its messages together; how many were added.
fn join(log: &mut Log, records: &[MessageRecord<'_>]) -> usize {
    let alice = UserName::new("alice").unwrap();
    let before = log.begin_join(false).unwrap();
    let mut added = 0;
    let taken: Result<(), Problem> = log.together(&mut |log| {
        let mut join = before.clone();
        added = 0;
        log.look_up_joined(&mut join, records)?;
        let head = SessionHead {
            session: records[0].at.session,
            user: &alice,
            started_at: Timestamp(0),
            persona: None,
            source: None,
            behind: None,
        };
        log.join_session(&mut join, &head)?;
        for record in records {
            let joined = log.join_message(&mut join, record, Timestamp(9))?;
            added += usize::from(joined != MessageJoined::Known);
        }
        Ok(())
    });
    taken.unwrap();
    added
}

#[test]
fn lines_of_another_log_take_few_round_trips_however_many_they_are() {
    let Some((_, _, proxy, mut log)) = through_proxy() else {
        return;
    };
    for number in 0..4 {
        let session = SessionId::new(uuid::Uuid::from_bytes([number; 16]));
        let records: Vec<_> = (1..=500).map(|seq| record(session, seq)).collect();
        for expected in [500, 0] {
            proxy.take_trips();
            assert_eq!(join(&mut log, &records), expected);
            let trips = proxy.take_trips();
            assert!(
                trips <= 30 || number < 2,
                "{trips} for {expected} of {number}"
            );
        }
        // The same number with another text is another message.
        let other = MessageRecord {
            content: "said on one more machine",
            ..records[499]
        };
        assert_eq!(join(&mut log, &[other]), 1);
    }
}

#[test]
fn lines_of_another_log_come_once_where_connections_are_cut() {
    let Some((cluster, database, proxy, mut log)) = through_proxy() else {
        return;
    };
    log.newest().unwrap();
    proxy.cut_within(120_000);
    proxy.hang_up();
    let wanted = count("SAYLOG_CUTS", 20);
    let mut number = 0;
    while proxy.cuts() < wanted && number < 250 {
        let session = SessionId::new(uuid::Uuid::from_bytes([number; 16]));
        let records: Vec<_> = (1..=50).map(|seq| record(session, seq)).collect();
        assert_eq!(join(&mut log, &records), 50);
        number += 1;
    }
    drop(log);
    proxy.cut_within(0);
    let whole = "SELECT count(*) FILTER (WHERE count = 50 AND depth = 50 AND head = last),
        (SELECT count(*) FROM saylog.messages) FROM saylog.sessions";
    let expected = format!("{number}|{}\n", usize::from(number) * 50);
    assert_eq!(cluster.sql(name_of(&database), whole), expected);
}

#[test]
fn what_is_added_behind_what_others_said_meanwhile_has_a_later_id() {
    let Some(cluster) = Cluster::shared() else {
        return;
    };
    let database = cluster.database();
    let mut log = log_at(&database, Waits::for_tests());
    let mut other = log_at(&database, Waits::for_tests());
    let [first, second] = [1, 2].map(|number| SessionId::new(uuid::Uuid::from_bytes([number; 16])));
    for session in [first, second] {
        assert_eq!(join(&mut log, &[record(session, 1)]), 1);
    }
    let (theirs, _) = other.named(second).unwrap().unwrap();
    let mut join = log.begin_join(false).unwrap();
    let taken: Result<(), Problem> = log.together(&mut |log| {
        // Of the ids that are drawn for these one is left.
        for seq in 2..=4 {
            log.join_message(&mut join, &record(first, seq), Timestamp(9))?;
        }
        say(&mut other, theirs, "meanwhile");
        other.commit()?;
        let behind = MessageRecord {
            origin: Some([7; 16]),
            ..record(second, 2)
        };
        log.join_message(&mut join, &behind, Timestamp(9))?;
        Ok(())
    });
    taken.unwrap();
    let order =
        "SELECT string_agg(content, ',' ORDER BY id) = string_agg(content, ',' ORDER BY seq),
        count(*) FROM saylog.messages WHERE session = 2";
    assert_eq!(cluster.sql(name_of(&database), order), "t|3\n");
}
