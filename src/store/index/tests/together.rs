//! Several handles, and steps between which it stops.

use std::thread;

use rusqlite::Connection;

use super::*;
use crate::domain::ProblemKind;

fn many(log: Log) -> Log {
    let texts: Vec<_> = (0..100).map(|number| format!("word w{number}")).collect();
    said(log, &texts.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn it_can_be_stopped_between_steps_and_goes_on() {
    let (folder, mut log) = (Folder::new(), many(in_memory()));
    let mut index = folder.index();
    index.rows_at_once = 30;
    let mut told = Vec::new();
    let reached = index.catch_up(&mut log, &mut |done, all| {
        told.push((done, all));
        if done == 60 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(!reached.unwrap());
    assert_eq!(told, [(0, 100), (30, 100), (60, 100)]);
    assert_eq!(found(&mut index, &term("word")).len(), 60);
    drop(index);
    let mut index = folder.index();
    told.clear();
    let reached = index.catch_up(&mut log, &mut |done, all| {
        told.push((done, all));
        ControlFlow::Continue(())
    });
    assert!(reached.unwrap());
    assert_eq!(told, [(0, 40)]);
    assert_eq!(found(&mut index, &term("word")).len(), 100);
    assert_eq!(found(&mut index, &term("w99")), [100]);
    // Nothing is missing, so nothing is told.
    let reached = index.catch_up(&mut log, &mut |_, _| ControlFlow::Break(()));
    assert!(reached.unwrap());
}

#[test]
fn several_at_once_index_every_message_once() {
    let folder = Folder::new();
    drop(many(folder.log()));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let (mut index, mut log) = (folder.index(), folder.log());
                index.rows_at_once = 3;
                catch_up(&mut index, &mut log);
                let all: Vec<i64> = (1..=100).rev().collect();
                assert_eq!(found(&mut index, &term("word")), all);
            });
        }
    });
}

#[test]
fn what_is_said_later_is_there_after_the_next_catching_up() {
    let (folder, mut log) = (Folder::new(), said(in_memory(), &["one"]));
    let (mut first, mut second) = (folder.index(), folder.index());
    catch_up(&mut first, &mut log);
    say_at(&mut log, SessionKey(1), "one two", 1_000);
    catch_up(&mut second, &mut log);
    assert_eq!(found(&mut first, &term("one")), [2, 1]);
    assert_eq!(found(&mut second, &term("two")), [2]);
}

#[test]
fn whoever_keeps_it_to_themselves_is_not_waited_for_for_ever() {
    let (folder, mut log) = (Folder::new(), many(in_memory()));
    let mut index = folder.index();
    let other = Connection::open(folder.file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // A person may stop waiting.
    let mut asked = 0;
    let reached = index.catch_up(&mut log, &mut |_, _| {
        asked += 1;
        if asked == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert!(!reached.unwrap());
    let busy = index.catch_up(&mut log, &mut |_, _| ControlFlow::Continue(()));
    let busy = busy.unwrap_err();
    assert_eq!(busy.kind, ProblemKind::Busy);
    let what = "cannot be used: another process keeps it to itself";
    assert!(busy.what.ends_with(what), "{}", busy.what);
    other.execute_batch("ROLLBACK").unwrap();
    catch_up(&mut index, &mut log);
}
