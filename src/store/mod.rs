//! What keeps users, sessions and messages.
//!
//! ```text
//! log        the interface: writes, commits, where sessions stand
//! listing    messages in order, sessions, users
//! partials   replies that are still coming
//! leases     whose process still lives
//! walk       contexts, links, what a user said before
//! group      what is written between two commits
//! rules      what a message or a move makes of a session
//! backend    what holds the rows, and knows none of that
//! sqlite     … in a file
//! memory     … in this process
//! postgres   … on a server
//! copying    a whole store, row by row, into an empty one
//! index      which messages may hold what is looked for, in a file of its own
//! ```
//!
//! A session is a pointer into the log: its *head* is the end of its context,
//! and every message knows its `parent` in the context and the `previous` one
//! of the same session.

mod address;
mod backend;
mod codes;
#[cfg(test)]
mod conformance;
mod copying;
mod cursor;
mod damage;
mod file_limit;
mod group;
mod import;
mod imported;
#[cfg_attr(
    not(test),
    allow(dead_code, reason = "the search that asks it comes next")
)]
mod index;
mod join;
mod known_imports;
mod leases;
mod listing;
mod log;
mod look;
mod memory;
mod newest;
mod partials;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
mod records;
mod rows;
mod rules;
mod search_index;
mod server_address;
mod smallest;
mod sqlite;
mod waits;
mod walk;
mod writer;

use std::time::Duration;

use crate::domain::{Granted, Problem, ProblemKind, StoreCopied};
use memory::Memory;

pub(crate) use address::Address;
pub(crate) use backend::{SessionQuery, Which, Written};
pub(crate) use copying::{CopyProgress, CopyStop, TellCopy};
pub(crate) use cursor::Selection;
pub(crate) use file_limit::heed_file_limit;
pub(crate) use imported::{
    ImportedConversation, ImportedCount, ImportedMessage, ImportedSession, SAYLOG,
};
#[allow(unused_imports, reason = "the benchmarks measure it from inside")]
pub(crate) use index::Index;
pub(crate) use index::{IndexQuery, Order, Page};
pub(crate) use join::{Beginning, Join, MessageJoined, SessionJoined, StateJoined};
pub(crate) use log::Log;
pub(crate) use look::LogWalk;
pub(crate) use partials::{Part, Recovered, Taken};
pub(crate) use record::{Behind, SessionRecord};
pub(crate) use records::Carried;
pub(crate) use rows::{End, LearnedWindow, Link, NewSession, Place, SessionRow};
pub(crate) use rules::{Move, redo_of};
pub(crate) use search_index::SearchIndex;
pub(crate) use sqlite::is_store;
pub(crate) use waits::Waits;
pub(crate) use walk::Recall;
pub(crate) use writer::next_beat;

use backend::Backend;
use server_address::ServerAddress;

/// The result of a store's work.
pub(crate) type Result<T> = std::result::Result<T, Problem>;

/// Asked again and again while another process keeps the store to itself, with
/// how long that has lasted: true once it is pointless to go on waiting.
pub(crate) type GiveUp = Box<dyn Fn(Duration) -> bool + Send>;

/// Opens the store at an address, and makes it if there is none.
///
/// # Errors
/// A sentence about a store that is not of this version, is damaged, or cannot
/// be opened; it is left as it was.
pub(crate) fn open(address: &Address, waits: Waits) -> Result<Log> {
    let backend: Box<dyn Backend> = match address {
        Address::Memory => Box::new(Memory::new()),
        Address::MemoryNumberingAtCommit => Box::new(Memory::numbering_at_commit()),
        Address::File(path) => sqlite::open(path, false, waits.for_file())?,
        Address::DefaultFile(path) => sqlite::open(path, true, waits.for_file())?,
        Address::Server(server) => open_server(server, waits)?,
    };
    let log = Log::new(backend);
    Ok(match address {
        Address::File(path) | Address::DefaultFile(path) => log.in_file(path),
        Address::Memory | Address::MemoryNumberingAtCommit | Address::Server(_) => log,
    })
}

#[cfg(feature = "postgres")]
fn open_server(address: &ServerAddress, waits: Waits) -> Result<Box<dyn Backend>> {
    let variable = waits.variable;
    let opened = postgres::open(address.text(), &variable, waits).and_then(|mut backend| {
        // Whoever cannot be reached now is told of at once, as with a file.
        backend.reach()?;
        Ok(backend)
    });
    opened.map_err(|problem| problem.preventing(&format!("the store `{address}` cannot be opened")))
}

#[cfg(not(feature = "postgres"))]
fn open_server(_: &ServerAddress, _: Waits) -> Result<Box<dyn Backend>> {
    Err(without_servers())
}

#[cfg(not(feature = "postgres"))]
fn without_servers() -> Problem {
    let what = "this saylog was built without PostgreSQL";
    Problem::new(ProblemKind::Refused, what)
}

/// Gives a role of the server rights to the store at an address.
///
/// # Errors
/// A sentence about a store that is not on a server, a role that is not there, or who may
/// not do this.
pub(crate) fn grant(address: &Address, waits: Waits, granted: &Granted) -> Result<()> {
    match address {
        Address::Server(server) => grant_on_server(server, waits, granted),
        _ => {
            let what = "only a store on a server knows roles";
            Err(Problem::new(ProblemKind::Refused, what))
        }
    }
}

#[cfg(feature = "postgres")]
fn grant_on_server(address: &ServerAddress, waits: Waits, granted: &Granted) -> Result<()> {
    let variable = waits.variable;
    postgres::grant(address.text(), &variable, waits, granted)
}

#[cfg(not(feature = "postgres"))]
fn grant_on_server(address: &ServerAddress, waits: Waits, _: &Granted) -> Result<()> {
    open_server(address, waits).map(drop)
}

/// Opens the store at an address to be read only: nothing is made or changed.
///
/// # Errors
/// A sentence about a store that is not there, is not of this version, is damaged, or
/// cannot be read.
pub(crate) fn open_to_read(address: &Address, waits: Waits) -> Result<Log> {
    match address {
        Address::File(path) | Address::DefaultFile(path) => {
            Ok(Log::new(sqlite::open_to_read(path)?).in_file(path))
        }
        Address::Memory | Address::MemoryNumberingAtCommit => {
            let what = "a store in memory is empty: there is nothing to read";
            Err(Problem::new(ProblemKind::Gone, what))
        }
        Address::Server(server) => open_server(server, waits).map(Log::new),
    }
}

/// Copies a whole store into an empty one, or goes on with that.
///
/// # Errors
/// If a row cannot be read, written, or be on the other side, or the person stops it. Until
/// it is whole, nobody can use the copy.
pub(crate) fn copy(
    from: &Address,
    to: &Address,
    waits: &dyn Fn() -> Waits,
    tell: TellCopy<'_>,
) -> std::result::Result<StoreCopied, CopyStop> {
    let in_memory = || {
        let what = "a store in memory is gone with the process: it can be no end of a copy";
        Problem::new(ProblemKind::Refused, what)
    };
    let mut source = match from {
        Address::File(path) | Address::DefaultFile(path) => {
            sqlite::copy_source(path, waits().for_file())?
        }
        Address::Server(server) => server_to_copy(server, waits())?,
        Address::Memory | Address::MemoryNumberingAtCommit => return Err(in_memory().into()),
    };
    let target = || match to {
        Address::File(path) | Address::DefaultFile(path) => {
            sqlite::copy_target(path, waits().for_file())
        }
        Address::Server(server) => server_for_copy(server, waits()),
        Address::Memory | Address::MemoryNumberingAtCommit => Err(in_memory()),
    };
    copying::copy(source.as_mut(), &target, &from.to_string(), tell)
}

#[cfg(feature = "postgres")]
fn server_to_copy(address: &ServerAddress, waits: Waits) -> Result<Box<dyn copying::Source>> {
    let variable = waits.variable;
    postgres::copy_source(address.text(), &variable, waits)
}

#[cfg(feature = "postgres")]
fn server_for_copy(address: &ServerAddress, waits: Waits) -> Result<Box<dyn copying::Target>> {
    let variable = waits.variable;
    postgres::copy_target(address.text(), &variable, waits)
}

#[cfg(not(feature = "postgres"))]
fn server_to_copy(_: &ServerAddress, _: Waits) -> Result<Box<dyn copying::Source>> {
    Err(without_servers())
}

#[cfg(not(feature = "postgres"))]
fn server_for_copy(_: &ServerAddress, _: Waits) -> Result<Box<dyn copying::Target>> {
    Err(without_servers())
}
