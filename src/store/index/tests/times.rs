//! Times are narrowed by, a block of messages at a time.

use rusqlite::Connection;

use super::*;

/// Ten thousand messages, one a second, and among them a thousand of long ago.
fn a_log() -> Log {
    let mut log = in_memory();
    let session = begin(&mut log, "alice", 1);
    for second in 1..=10_000 {
        let is_old = (4_001..=5_000).contains(&second);
        let at = if is_old { second } else { 1_000_000 + second } * 1_000;
        say_at(&mut log, session, "word", at);
    }
    log.commit().unwrap();
    log
}

fn between(since: Option<i64>, before: Option<i64>, words: Narrowing) -> IndexQuery {
    IndexQuery {
        since: since.map(Timestamp),
        before: before.map(Timestamp),
        ..IndexQuery::new(words)
    }
}

#[test]
fn times_skip_blocks() {
    let folder = Folder::new();
    let mut index = folder.index();
    catch_up(&mut index, &mut a_log());
    for words in [Narrowing::Everything, Narrowing::Term("word".into())] {
        let mut ids = |since, before| found(&mut index, &between(since, before, words.clone()));
        assert_eq!(ids(None, None).len(), 10_000);
        let last = ids(Some(1_010_000_000), None);
        assert_eq!((last.first(), last.last()), (Some(&10_000), Some(&9_216)));
        let old = ids(None, Some(1_000_000_000));
        assert_eq!((old.first(), old.last()), (Some(&5_119), Some(&3_072)));
        let two = ids(Some(1_002_000_000), Some(1_002_001_000));
        // Those of a block whose times lie before and behind stay in.
        assert_eq!((two.first(), two.last()), (Some(&5_119), Some(&1_024)));
        assert!(!two.iter().any(|id| (2_048..3_072).contains(id)));
        assert_eq!(ids(Some(1_010_000_001), None), [0; 0]);
        assert_eq!(ids(None, Some(0)), [0; 0]);
        let both = between(Some(1_003_500_000), Some(1_005_500_000), words.clone());
        assert_eq!(index.count(&both).unwrap(), 3_072);
        let page = Page {
            after: Some(MessageId(5_118)),
            before: None,
            limit: 3,
            order: Order::OldestFirst,
        };
        let ids = index.candidates(&both, &page).unwrap();
        assert_eq!(ids, [5_119, 5_120, 5_121].map(MessageId));
    }
}

#[test]
fn what_came_from_elsewhere_is_found_by_when_it_was_said() {
    let folder = Folder::new();
    let mut log = said(folder.log(), &["one", "two"]);
    let other = Connection::open(folder.store()).unwrap();
    let row = "INSERT INTO messages (seq, session, role, content, created_at, status, said_at)
               VALUES (3, 1, 1, 'three', 1000, 0, 5000000)";
    other.execute_batch(row).unwrap();
    let mut index = folder.index();
    catch_up(&mut index, &mut log);
    assert_eq!(
        found(
            &mut index,
            &between(Some(5_000_000), None, Narrowing::Everything)
        ),
        [3, 2, 1]
    );
    assert_eq!(
        found(
            &mut index,
            &between(Some(5_000_001), None, Narrowing::Everything)
        ),
        [0; 0]
    );
}
