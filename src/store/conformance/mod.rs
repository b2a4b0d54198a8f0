//! What every kind of store does, tried on each of them: SQLite, memory, memory in
//! which messages get their ids at the commit and every other group is run again,
//! and PostgreSQL where it is installed.
//!
//! Messages are compared by session and number, which are the same everywhere;
//! ids have gaps in some stores.

#[cfg(feature = "postgres")]
#[allow(dead_code, reason = "the suite uses the rest of it")]
#[path = "../../../tests/suite/support/cluster.rs"]
pub(super) mod cluster;
mod groups;
mod imports;
mod joining;
mod messages;
mod moves;
mod newest;
mod random;
mod sessions;

use tempfile::TempDir;

use super::backend::{Along, Backend, MessageQuery, Plan, SessionQuery, Which};
use super::cursor::Listing;
use super::memory::Memory;
#[cfg(feature = "postgres")]
use super::postgres;
use super::rows::{End, NewSession, Place, SessionRow};
use super::rules::{self, Move};
use super::sqlite;
#[cfg(feature = "postgres")]
use super::waits::Waits;
use super::{Log, Part, Selection};
use crate::domain::{
    Appended, Draft, Flow, MessageId, MoveId, MoveKind, OwnedSent, Problem, ProblemKind,
    ReplyDetails, Role, Sent, SessionId, SessionKey, Status, Timestamp, Usage, UserName,
};

/// A store that several handles can be opened on.
struct Tenant {
    kind: Kind,
    memory: Memory,
    folder: TempDir,
    /// The database, on a server.
    #[cfg(feature = "postgres")]
    server: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Memory,
    MemoryNumberingAtCommit,
    #[cfg(feature = "postgres")]
    Server,
}

impl Tenant {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            memory: match kind {
                Kind::MemoryNumberingAtCommit => Memory::numbering_at_commit(),
                _ => Memory::new(),
            },
            folder: tempfile::tempdir().unwrap(),
            #[cfg(feature = "postgres")]
            server: None,
        }
    }

    /// One in a database of its own; none where PostgreSQL is not installed.
    #[cfg(feature = "postgres")]
    fn on_server() -> Option<Self> {
        let cluster = cluster::Cluster::shared()?;
        Some(Self {
            server: Some(cluster.database()),
            ..Self::new(Kind::Server)
        })
    }

    /// Whether messages get their ids at the commit.
    fn numbers_at_commit(&self) -> bool {
        !matches!(self.kind, Kind::Sqlite | Kind::Memory)
    }

    fn backend(&self) -> Box<dyn Backend> {
        match self.kind {
            Kind::Sqlite => {
                let path = self.folder.path().join("store.db");
                sqlite::open(&path, false, Box::new(|_| false)).unwrap()
            }
            #[cfg(feature = "postgres")]
            Kind::Server => {
                let address = self.server.as_deref().unwrap();
                postgres::open(address, &|_| None, Waits::for_tests()).unwrap()
            }
            _ => Box::new(self.memory.clone()),
        }
    }

    fn log(&self) -> Log {
        Log::new(self.backend())
    }
}

/// Each check becomes a test of its own on each kind of store.
macro_rules! checks {
    ($($file:ident: $($check:ident)*;)*) => {
        mod on_sqlite {
            $($(#[test] fn $check() {
                super::$file::$check(&super::Tenant::new(super::Kind::Sqlite));
            })*)*
        }
        mod on_memory {
            $($(#[test] fn $check() {
                super::$file::$check(&super::Tenant::new(super::Kind::Memory));
            })*)*
        }
        mod on_memory_numbering_at_commit {
            $($(#[test] fn $check() {
                super::$file::$check(&super::Tenant::new(super::Kind::MemoryNumberingAtCommit));
            })*)*
        }
        #[cfg(feature = "postgres")]
        mod on_postgres {
            $($(#[test] fn $check() {
                if let Some(tenant) = super::Tenant::on_server() {
                    super::$file::$check(&tenant);
                }
            })*)*
        }
    };
}

checks! {
    messages:
        a_message_comes_back_as_it_was_said
        what_was_sent_is_kept_only_where_links_do_not_tell_it
        a_context_ends_where_it_is_asked_to_whatever_was_said_since
        a_system_prompt_is_in_the_log_and_in_no_context
        contexts_are_listed_in_the_order_of_the_log
        a_listing_shows_the_log_as_it_was_when_it_began
        what_a_user_said_is_recalled_newest_first
        a_message_has_the_time_that_the_clock_said
        texts_are_looked_at_page_by_page
    ;
    moves:
        a_clear_moves_the_head_and_the_log_stays
        what_was_undone_can_be_redone_until_something_is_said
        a_held_session_stays_where_it_is
        a_late_reply_stays_outside_the_context
        a_second_reply_stays_outside_the_context
    ;
    newest:
        the_newest_of_a_listing_are_its_end
    ;
    sessions:
        sessions_are_listed_from_wherever_the_last_page_ended
        titles_of_several_sessions_are_found_at_once
        sessions_are_found_by_id_and_name
        what_is_archived_is_in_a_list_of_its_own
        the_latest_is_what_was_said_or_begun_last_whatever_the_clocks_say
        a_session_knows_who_answered_last_and_what_it_is_a_fork_of
        users_come_in_order_with_their_counts
    ;
    groups:
        two_logs_on_one_session_make_one_conversation
        what_others_say_in_a_session_is_news_once
        a_failed_read_stops_nothing
        what_is_not_committed_is_gone_with_the_handle
        a_group_that_is_taken_back_leaves_nothing
        a_reply_that_is_coming_is_kept_until_it_is_said
        a_reply_whose_end_could_not_be_said_is_not_lost_to_the_next
    ;
    imports:
        a_session_of_another_program_comes_once
        what_was_said_here_meanwhile_stays_where_it_is
        conversations_that_come_together_stay_apart
        what_follows_a_prompt_in_the_middle_goes_on_behind_what_that_follows
        an_import_that_is_not_committed_is_gone
        what_says_something_else_by_a_known_key_stands_beside_it
        a_prompt_that_says_something_else_moves_nothing
        conversations_of_one_name_stay_apart
    ;
    joining:
        a_log_of_another_machine_comes_once
        what_went_on_differently_is_a_session_of_its_own
        moves_come_behind_where_a_session_stands
        lines_that_are_taken_together_come_once
        what_fails_in_the_middle_leaves_nothing_of_what_was_taken_together
    ;
}

fn user(name: &str) -> UserName {
    UserName::new(name).unwrap()
}

fn session_id(number: u32) -> SessionId {
    SessionId::parse(&format!("{number:08x}-0f3a-4c1d-9b7e-000000000001")).unwrap()
}

fn begin(log: &mut Log, name: &str, number: u32) -> SessionKey {
    begin_titled(log, name, number, None)
}

fn begin_titled(log: &mut Log, name: &str, number: u32, title: Option<&str>) -> SessionKey {
    let owner = user(name);
    let session = NewSession {
        user: &owner,
        session: session_id(number),
        title,
        model: None,
        persona: None,
        at: Timestamp(i64::from(number)),
        system: None,
        preview: None,
        origin: None,
    };
    log.start(&session, None).unwrap()
}

fn say(log: &mut Log, session: SessionKey, role: Role, content: &str) {
    say_at(log, session, role, content, 1_000);
}

fn say_at(log: &mut Log, session: SessionKey, role: Role, content: &str, at: i64) {
    let draft = Draft::new(role, content, Timestamp(at));
    log.append(session, &draft).unwrap();
}

/// The contents of the context that ends with `last`, oldest first.
fn context(log: &mut Log, last: Option<MessageId>) -> Vec<String> {
    let mut said = Vec::new();
    log.context(last, &mut |message| {
        said.push(message.content.to_owned());
        Flow::More
    })
    .unwrap();
    said.reverse();
    said
}

fn head_of(log: &mut Log, session: SessionKey) -> Option<MessageId> {
    log.end(session).unwrap().place.head
}

fn current_context(log: &mut Log, session: SessionKey) -> Vec<String> {
    let head = head_of(log, session);
    context(log, head)
}

/// The contents of a listing, read so many messages at a time.
fn listed(log: &mut Log, selection: Selection, page: usize) -> Vec<String> {
    let mut listing = log.list(selection).unwrap();
    read(log, &mut listing, page)
}

fn read(log: &mut Log, listing: &mut Listing, page: usize) -> Vec<String> {
    let mut said = Vec::new();
    loop {
        let mut left = page;
        let more = log.read(listing, &mut |message| {
            said.push(message.content.to_owned());
            left -= 1;
            if left == 0 { Flow::Full } else { Flow::More }
        });
        if !more.unwrap() {
            return said;
        }
    }
}

fn step(kind: MoveKind, to: Place, gone: i64, back: i64) -> Move {
    Move {
        kind,
        to,
        gone,
        back,
        at: Timestamp(7),
    }
}

fn clear(log: &mut Log, session: SessionKey) -> End {
    let end = log.end_for_update(session).unwrap();
    let clear = step(MoveKind::Clear, Place::default(), end.depth, 0);
    log.relocate(session, &clear).unwrap();
    end
}
