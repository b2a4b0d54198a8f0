//! What is no index of this log becomes one.

use std::fs;
use std::os::unix::fs::FileExt;

use rusqlite::Connection;

use super::*;
use crate::domain::ProblemKind;

const TEXTS: [&str; 3] = ["one", "one two", "two three"];

/// Checks that an index of this log can be had whatever lies in its place.
#[track_caller]
fn is_had(folder: &Folder, log: &mut Log) {
    let mut index = folder.index();
    catch_up(&mut index, log);
    assert_eq!(found(&mut index, &term("two")), [3, 2]);
    assert_eq!(index.upto().unwrap(), MessageId(3));
    drop(index);
    // And it stays one.
    assert_eq!(found(&mut folder.index(), &term("two")), [3, 2]);
}

#[test]
fn whatever_lies_there_becomes_an_index() {
    let mut log = said(in_memory(), &TEXTS);
    let text = b"these are no pages of a database".repeat(300);
    let like = b"SQLite format 3\0 and then no more of it".repeat(300);
    for garbage in [&b""[..], b"x", &text, &like, &[0; 8192]] {
        let folder = Folder::new();
        fs::write(folder.file(), garbage).unwrap();
        is_had(&folder, &mut log);
    }
}

#[test]
fn another_database_becomes_an_index_also_while_it_is_open() {
    let folder = Folder::new();
    let foreign = Connection::open(folder.file()).unwrap();
    let tables = "CREATE TABLE facts (x); CREATE TABLE terms (y); INSERT INTO terms VALUES (1);";
    foreign.execute_batch(tables).unwrap();
    is_had(&folder, &mut said(in_memory(), &TEXTS));
    let upto: i64 = foreign
        .query_row("SELECT upto FROM facts", [], |row| row.get(0))
        .unwrap();
    assert_eq!(upto, 3);
}

#[test]
fn an_index_of_another_version_is_made_anew() {
    for version in [0, 1, 99] {
        let (folder, mut log) = (Folder::new(), said(in_memory(), &TEXTS));
        is_had(&folder, &mut log);
        let other = Connection::open(folder.file()).unwrap();
        other.pragma_update(None, "user_version", version).unwrap();
        // What it holds could mean anything.
        let empty = "INSERT INTO terms (terms) VALUES ('delete-all')";
        other.execute_batch(empty).unwrap();
        drop(other);
        is_had(&folder, &mut log);
    }
}

#[test]
fn an_index_of_another_log_is_made_anew() {
    let folder = Folder::new();
    let mut other = said_in(in_memory(), 2, &["two", "two", "two", "two"]);
    let mut index = folder.index();
    catch_up(&mut index, &mut other);
    is_had(&folder, &mut said(in_memory(), &TEXTS));
    // The one that has it open goes on with what is there now, and the other way round.
    assert_eq!(index.upto().unwrap(), MessageId(3));
    catch_up(&mut index, &mut other);
    assert_eq!(found(&mut index, &term("two")), [4, 3, 2, 1]);
}

#[test]
fn a_log_that_was_put_back_is_indexed_anew() {
    let folder = Folder::new();
    let mut index = folder.index();
    catch_up(
        &mut index,
        &mut said(in_memory(), &["one", "two", "two", "two", "two"]),
    );
    is_had(&folder, &mut said(in_memory(), &TEXTS));
    // Also where it has become longer since, by other messages.
    let mut log = in_memory();
    let session = begin(&mut log, "alice", 1);
    for at in 1_000..1_010 {
        say_at(&mut log, session, "other", at);
    }
    log.commit().unwrap();
    catch_up(&mut index, &mut log);
    assert_eq!(found(&mut index, &term("two")), [0; 0]);
}

#[test]
fn a_removed_index_is_made_anew_beneath_who_has_it_open() {
    let (folder, mut log) = (Folder::new(), said(in_memory(), &TEXTS));
    let mut index = folder.index();
    catch_up(&mut index, &mut log);
    fs::remove_file(folder.file()).unwrap();
    is_had(&folder, &mut log);
    let mut second = folder.index();
    catch_up(&mut index, &mut log);
    assert_eq!(found(&mut index, &term("two")), [3, 2]);
    drop(index);
    let mut log = said_in(in_memory(), 2, &["two", "two", "two", "two"]);
    catch_up(&mut second, &mut log);
    drop(second);
    assert_eq!(found(&mut folder.index(), &term("two")), [4, 3, 2, 1]);
}

/// Many messages, so that the file has many pages.
fn many() -> Log {
    let mut log = in_memory();
    let session = begin(&mut log, "alice", 1);
    for number in 0..2_000 {
        let text = format!("common w{number} and v{} too", number % 97);
        say_at(&mut log, session, &text, 1_000 + number);
    }
    log.commit().unwrap();
    log
}

#[test]
fn a_file_that_was_cut_or_overwritten_is_made_anew() {
    let mut log = many();
    let whole = Folder::new();
    catch_up(&mut whole.index(), &mut log);
    let bytes = fs::read(whole.file()).unwrap();
    let page = 4096;
    let pages = bytes.len() / page;
    assert!(pages > 10, "{pages} pages");
    let all: Vec<i64> = (1..=2_000).rev().collect();
    let mut was_damaged = 0;
    let zeroed = (0..pages).map(|at| (at, bytes.len()));
    let cut = [1, 2, pages / 2, pages - 1].map(|at| (pages, at * page - 7));
    for (zero, length) in zeroed.chain(cut) {
        let folder = Folder::new();
        let mut spoiled = bytes.clone();
        if zero < pages {
            spoiled[zero * page..(zero + 1) * page].fill(0);
        }
        spoiled.truncate(length);
        fs::write(folder.file(), &spoiled).unwrap();
        let mut index = folder.index();
        catch_up(&mut index, &mut log);
        // A search that meets the damage says so, and the next one is right.
        let query = term("common");
        match index.candidates(&query, &Page::newest(usize::MAX)) {
            Ok(_) => {}
            Err(problem) => {
                was_damaged += 1;
                assert_eq!(problem.kind, ProblemKind::Damaged);
                let what = format!(
                    "the index `{}` is damaged; the next search makes it anew",
                    folder.file().canonicalize().unwrap().display()
                );
                assert_eq!(problem.what, what);
                catch_up(&mut index, &mut log);
                assert_eq!(found(&mut index, &query), all);
            }
        }
    }
    assert!(was_damaged > 0);
}

#[test]
fn flipped_bytes_do_no_more_than_spoil_the_index() {
    let mut log = many();
    let folder = Folder::new();
    let mut index = folder.index();
    catch_up(&mut index, &mut log);
    drop(index);
    let length = fs::metadata(folder.file()).unwrap().len();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..60 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let file = fs::File::options()
            .read(true)
            .write(true)
            .open(folder.file())
            .unwrap();
        let (at, mut byte) = (random % length, [0]);
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ 0x41], at).unwrap();
        drop(file);
        let mut index = folder.index();
        for query in [
            term("common"),
            term("w7"),
            IndexQuery::new(Narrowing::Everything),
        ] {
            // Nothing is written into the log's place, and nothing panics.
            let _ = index.candidates(&query, &Page::newest(10));
            let _ = index.ranked(&query, 10);
        }
        let reached = index.catch_up(&mut log, &mut |_, _| ControlFlow::Continue(()));
        assert!(reached.is_ok_and(|reached| reached));
    }
    fs::write(folder.file(), "nothing of it").unwrap();
    let mut index = folder.index();
    catch_up(&mut index, &mut log);
    assert_eq!(found(&mut index, &term("w7")), [8]);
}
