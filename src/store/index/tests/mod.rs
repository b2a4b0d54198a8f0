//! An index over logs in memory and in files.

mod disk;
mod narrowing;
mod remade;
mod times;
mod together;

use std::ops::ControlFlow;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{Index, IndexQuery, Order, Page};
use crate::domain::{
    Draft, MessageId, ReplyDetails, Role, SessionId, SessionKey, Status, Timestamp, UserName,
};
use crate::query::{Among, Narrowing};
use crate::store::memory::Memory;
use crate::store::rows::NewSession;
use crate::store::{Log, sqlite};

/// A folder for a store and its index.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn store(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("store.db-index")
    }

    fn index(&self) -> Index {
        Index::open(&self.store()).unwrap()
    }

    /// A log in the file.
    fn log(&self) -> Log {
        Log::new(sqlite::open(&self.store(), false, Box::new(|_| false)).unwrap())
    }
}

fn in_memory() -> Log {
    Log::new(Box::new(Memory::new()))
}

fn session_id(number: u32) -> SessionId {
    SessionId::parse(&format!("{number:08x}-0f3a-4c1d-9b7e-000000000001")).unwrap()
}

fn begin(log: &mut Log, name: &str, number: u32) -> SessionKey {
    let owner = UserName::new(name).unwrap();
    let session = NewSession {
        user: &owner,
        session: session_id(number),
        title: None,
        model: None,
        persona: None,
        at: Timestamp(0),
        system: None,
        preview: None,
        origin: None,
    };
    log.start(&session, None).unwrap()
}

fn say_at(log: &mut Log, session: SessionKey, content: &str, at: i64) {
    let draft = Draft::new(Role::User, content, Timestamp(at));
    log.append(session, &draft).unwrap();
}

/// A log in which alice says these in the session of that number.
fn said_in(mut log: Log, number: u32, texts: &[&str]) -> Log {
    let session = begin(&mut log, "alice", number);
    for text in texts {
        say_at(&mut log, session, text, 1_000);
    }
    log.commit().unwrap();
    log
}

fn said(log: Log, texts: &[&str]) -> Log {
    said_in(log, 1, texts)
}

fn catch_up(index: &mut Index, log: &mut Log) {
    let reached = index.catch_up(log, &mut |_, _| ControlFlow::Continue(()));
    assert!(reached.unwrap());
}

fn term(term: &str) -> IndexQuery {
    IndexQuery::new(Narrowing::Term(term.into()))
}

fn one_of<T>(one_of: impl Into<Vec<T>>) -> Among<T> {
    Among {
        one_of: one_of.into(),
        none_of: Vec::new(),
    }
}

fn none_of<T>(none_of: impl Into<Vec<T>>) -> Among<T> {
    Among {
        one_of: Vec::new(),
        none_of: none_of.into(),
    }
}

/// The ids of all candidates, newest first.
fn found(index: &mut Index, query: &IndexQuery) -> Vec<i64> {
    let ids = index.candidates(query, &Page::newest(usize::MAX)).unwrap();
    ids.into_iter().map(|id| id.0).collect()
}
