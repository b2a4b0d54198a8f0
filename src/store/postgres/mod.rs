//! Rows in a PostgreSQL database, for a team: many write at the same time.
//!
//! ```text
//! parameters   who we are to which server; host, pass_file, service_file
//! connect      from there to a connection; tls, greeting
//! client       one connection, asked and waited for
//! server       one that may go away and come back
//! handle       what is asked, and in which group; beginning and committing of these
//! guess        a turn in one round trip, if nobody else has written: known says what is
//! settling     whether a group has lasted whose answer was lost
//! open_group   what a group has to write
//! horizon      up to which message nothing can appear any more
//! pages        a range of messages, read page by page, and ahead; fitting
//! schema       the tables
//! terms        which messages may hold what is looked for
//! rights       which role may do what to them, and as whom it speaks
//! trouble      what goes wrong, as sentences
//! ```
//!
//! The others are the rows, table by table.

mod added_move;
mod added_rows;
mod beginning;
mod chain;
mod client;
mod columns;
mod committing;
mod connect;
mod copied_rows;
mod copying;
mod durability;
mod ends;
mod fitting;
mod greeting;
mod guess;
mod handle;
mod horizon;
mod host;
mod imports;
mod known;
mod message_columns;
mod messages;
mod moves;
mod names;
mod new_sessions;
mod newest;
mod open_group;
mod pages;
mod parameters;
mod partials;
mod pass_file;
mod put_heads;
mod records;
mod rights;
mod schema;
mod server;
mod service_file;
mod sessions;
mod settling;
mod terms;
#[cfg(test)]
mod tests;
mod tls;
mod trouble;
mod users;

use std::time::Duration;

use tokio_postgres::types::Type;

use super::Result;
use super::backend::{
    Along, Backend, Commit, Facts, GroupStart, MessageQuery, MoveQuery, Numbering, Plan,
    SessionQuery, TermIndex, TextRange,
};
use super::copying::{Source, Target};
use super::damage::Damage;
use super::imported::{FoundImport, Sought};
use super::index::{IndexQuery, Page, Ranked};
use super::record::{Behind, Import, SessionRecord};
use super::rows::{
    End, LearnedWindow, Link, MessageRow, MoveRow, NewSession, Partial, PartialRow, SessionChange,
    SessionRow, Sighting,
};
use super::waits::Waits;
use crate::domain::{
    Flow, Granted, Message, MessageId, MessageRecord, MoveId, Numbered, NumberedMove, OwnedSent,
    Problem, ProblemKind, SessionId, SessionKey, SourceKey, UserName, UserSummary,
};
use client::Waiting;
use handle::Handle;
use horizon::Horizon;
use imports::Noted;
use names::Names;
use pages::Pages;
use parameters::Parameters;
use rights::SpeaksAs;
use server::Server;
use terms::Terms;

/// A handle to a store on a server.
pub(super) struct Postgres {
    handle: Handle,
    pages: Pages,
    names: Names,
    horizon: Horizon,
    /// What was passed over since that was asked.
    damage: Damage,
    /// The last message and the last move when it was asked for news last.
    news: Option<(i64, i64)>,
    /// Whether the terms of messages are of use to this role, once that is known.
    may_search: Option<bool>,
    /// As whom the login may speak, as far as that was asked.
    speaks_as: Option<SpeaksAs>,
}

/// Prepares a store at an address. Nothing is connected before something is asked.
///
/// # Errors
/// A sentence about an address, or a file that it leads to, which cannot be understood.
pub(super) fn open(
    address: &str,
    variables: &dyn Fn(&str) -> Option<String>,
    waits: Waits,
) -> Result<Box<dyn Backend>> {
    let patience = waits.silence / 3;
    let server = server(address, variables, waits)?;
    Ok(Box::new(Postgres::over(server, patience)))
}

/// The same for a store that is copied.
///
/// # Errors
/// As for [`open`].
pub(super) fn copy_source(
    address: &str,
    variables: &dyn Fn(&str) -> Option<String>,
    waits: Waits,
) -> Result<Box<dyn Source>> {
    let patience = waits.silence / 3;
    Ok(copying::source(
        server(address, variables, waits)?,
        patience,
    ))
}

/// The same for one that becomes a copy.
///
/// # Errors
/// As for [`open`].
pub(super) fn copy_target(
    address: &str,
    variables: &dyn Fn(&str) -> Option<String>,
    waits: Waits,
) -> Result<Box<dyn Target>> {
    server(address, variables, waits).map(copying::target)
}

/// Gives a role rights to the store at an address, which is made if there is none.
///
/// # Errors
/// A sentence about a role that is not there, or about who may not do this.
pub(super) fn grant(
    address: &str,
    variables: &dyn Fn(&str) -> Option<String>,
    waits: Waits,
    granted: &Granted,
) -> Result<()> {
    rights::grant(&mut server(address, variables, waits)?, granted)
}

/// The server at an address, to which nothing is connected yet.
fn server(
    address: &str,
    variables: &dyn Fn(&str) -> Option<String>,
    waits: Waits,
) -> Result<Server> {
    let parameters = Parameters::find(address, variables)?;
    // Whether it can be opened may hang on what they say.
    parameters
        .warnings
        .iter()
        .for_each(|warning| (waits.tell)(warning));
    let waiting = Waiting {
        silence: waits.silence,
        is_over: waits.is_over,
        tell: waits.tell,
    };
    Ok(Server::new(parameters, waiting, waits.give_up))
}

impl Postgres {
    fn over(server: Server, patience: Duration) -> Self {
        Self {
            handle: Handle::new(server),
            pages: Pages::default(),
            names: Names::default(),
            horizon: Horizon::new(patience),
            damage: Damage::default(),
            news: None,
            may_search: None,
            speaks_as: None,
        }
    }

    fn terms(&mut self) -> Terms<'_> {
        Terms {
            handle: &mut self.handle,
            pages: &mut self.pages,
            names: &mut self.names,
        }
    }
}

impl TermIndex for Postgres {
    fn known(&mut self) -> Result<MessageId> {
        self.terms().known()
    }

    fn add_next(&mut self, upto: MessageId) -> Result<MessageId> {
        self.terms().add_next(upto)
    }

    fn candidates(&mut self, query: &IndexQuery, page: &Page) -> Result<Vec<MessageId>> {
        self.terms().candidates(query, page)
    }

    fn ranked(&mut self, query: &IndexQuery, limit: usize) -> Result<Ranked> {
        self.terms().ranked(query, limit)
    }
}

/// What is asked for is not there.
fn missing() -> Problem {
    let what = "something that it points to is missing";
    Problem::new(ProblemKind::Damaged, what)
}

impl Backend for Postgres {
    fn facts(&self) -> Facts {
        let version = self.handle.server.version();
        let version = version.map_or_else(String::new, |number| {
            format!(" {}.{}", number / 10_000, number % 10_000)
        });
        Facts {
            numbering: Numbering::AtCommit,
            warnings: Vec::new(),
            engine: format!("PostgreSQL{version}"),
            schema: u32::try_from(schema::VERSION).ok(),
        }
    }

    fn has_news(&mut self) -> Result<bool> {
        let rows = self.handle.rows(
            "SELECT m.last_value, v.last_value
             FROM saylog.message_ids AS m, saylog.move_ids AS v",
            &[],
        )?;
        let now = rows.first().map(|row| (row.get(0), row.get(1)));
        Ok(std::mem::replace(&mut self.news, now) != now)
    }

    /// Each look is a question to the server, which has others to serve.
    fn pause_between_looks(&self) -> Duration {
        Duration::from_millis(100)
    }

    fn reach(&mut self) -> Result<()> {
        self.handle
            .server
            .connect()
            .map_err(|trouble| trouble.problem())
    }

    fn admit(&mut self, user: &UserName) -> Result<()> {
        if self.speaks_as.is_none() {
            self.speaks_as = Some(rights::speaks_as(&mut self.handle)?);
        }
        self.speaks_as
            .as_ref()
            .map_or(Ok(()), |known| known.admit(user))
    }

    fn check_version(&mut self) -> Result<()> {
        let rows = self.handle.ask(&[schema::get_version()])?;
        let version = rows.first().and_then(|rows| rows.first());
        let version = version.map(|row| row.get(0));
        schema::check(version).map_err(|trouble| trouble.problem())
    }

    fn begin(&mut self, plan: &Plan<'_>) -> Result<GroupStart> {
        self.handle.begin(plan)
    }

    fn commit(&mut self) -> Result<Commit> {
        self.handle.commit().inspect(|commit| {
            if *commit == Commit::Again {
                self.names.clear();
            }
        })
    }

    fn rollback(&mut self) {
        self.handle.rollback();
        self.names.clear();
    }

    fn is_in_group(&self) -> bool {
        self.handle.is_in_group()
    }

    fn wants_again(&self) -> bool {
        self.handle.wants_again()
    }

    fn begin_session(&mut self, row: &NewSession<'_>) -> Result<Option<SessionKey>> {
        self.admit(row.user)?;
        new_sessions::begin_alone(&mut self.handle, row)
    }

    fn add_session(&mut self, row: &NewSession<'_>, newest: MessageId) -> Result<SessionKey> {
        self.admit(row.user)?;
        new_sessions::add(&mut self.handle, row, newest)
    }

    fn add_sessions(
        &mut self,
        rows: &[NewSession<'_>],
        newest: MessageId,
    ) -> Result<Vec<SessionKey>> {
        for row in rows {
            self.admit(row.user)?;
        }
        new_sessions::add_all(&mut self.handle, rows, newest)
    }

    fn add_message(&mut self, row: &MessageRow<'_>) -> Result<MessageId> {
        let linked = row.parent.max(row.previous).max(row.system).max(row.floor);
        let id = self.handle.next_id(linked)?;
        let prompt = match row.sent.and_then(|sent| sent.configured) {
            Some(text) => Some(partials::prompt(&mut self.handle, row.session, text)?),
            None => None,
        };
        self.handle.group()?.add_message(id, row, prompt);
        Ok(MessageId(id))
    }

    fn next_move(&mut self) -> Result<MoveId> {
        moves::next(&mut self.handle)
    }

    fn add_move(&mut self, session: SessionKey, row: &MoveRow) -> Result<()> {
        self.handle.group()?.add_move(session, row);
        Ok(())
    }

    fn set_session(&mut self, session: SessionKey, change: &SessionChange<'_>) -> Result<()> {
        sessions::change(&mut self.handle, session, change)
    }

    fn put_partial(&mut self, row: &PartialRow<'_>) -> Result<()> {
        partials::put(&mut self.handle, row)
    }

    fn remove_partial(&mut self, session: SessionKey, writer: &str) -> Result<()> {
        self.handle.group()?.remove_partial(session, writer);
        Ok(())
    }

    fn taken(&mut self, session: SessionKey, writer: &str) -> Result<Option<MessageId>> {
        partials::taken(&mut self.handle, session, writer)
    }

    fn mark_taken(&mut self, session: SessionKey, writer: &str, message: MessageId) -> Result<()> {
        partials::mark_taken(&mut self.handle, session, writer, message)
    }

    fn see_partial(&mut self, session: SessionKey, writer: &str, seen: &Sighting) -> Result<()> {
        partials::see(&mut self.handle, session, writer, seen)
    }

    fn put_window(&mut self, endpoint: &str, model: &str, window: LearnedWindow) -> Result<()> {
        self.handle.rows(
            "INSERT INTO saylog.windows (\"user\", endpoint, model, tokens, configured)
             VALUES (coalesce(saylog.own_user(), 0), $1, $2, $3, $4)
             ON CONFLICT (\"user\", md5(endpoint), md5(model))
             DO UPDATE SET tokens = $3, configured = $4",
            &[
                (&endpoint, Type::TEXT),
                (&model, Type::TEXT),
                (&window.tokens, Type::INT8),
                (&window.configured, Type::INT8),
            ],
        )?;
        Ok(())
    }

    fn window(&mut self, endpoint: &str, model: &str) -> Result<Option<LearnedWindow>> {
        let rows = self.handle.rows(
            "SELECT tokens, configured FROM saylog.windows
             WHERE \"user\" = coalesce(saylog.own_user(), 0)
                   AND md5(endpoint) = md5($1) AND md5(model) = md5($2)",
            &[(&endpoint, Type::TEXT), (&model, Type::TEXT)],
        )?;
        Ok(rows.first().map(|row| LearnedWindow {
            tokens: row.get(0),
            configured: row.get(1),
        }))
    }

    fn imported(&mut self, key: &SourceKey) -> Result<Option<MessageId>> {
        imports::message(&mut self.handle, key)
    }

    fn imported_all(&mut self, sought: &[Sought<'_>]) -> Result<Vec<FoundImport>> {
        imports::messages(&mut self.handle, sought)
    }

    fn same_messages(
        &mut self,
        records: &[MessageRecord<'_>],
    ) -> Result<Vec<(Numbered, SessionKey)>> {
        records::same(&mut self.handle, records)
    }

    fn add_origin(&mut self, key: &SourceKey, message: MessageId) -> Result<()> {
        self.handle.group()?.add_origin(key, message);
        Ok(())
    }

    fn set_import(
        &mut self,
        session: SessionKey,
        source: &str,
        head: Option<MessageId>,
    ) -> Result<()> {
        self.handle.group()?.set_import(session, source, head);
        Ok(())
    }

    fn set_branch(&mut self, session: SessionKey, source: &str, behind: MessageId) -> Result<()> {
        let value = (&behind.0 as _, Type::INT8);
        imports::set(&mut self.handle, session, source, Noted::Behind, value)
    }

    fn set_import_model(&mut self, session: SessionKey, source: &str, model: &str) -> Result<()> {
        let value = (&model as _, Type::TEXT);
        imports::set(&mut self.handle, session, source, Noted::Model, value)
    }

    fn renumber(&mut self, session: SessionKey, source: &str) -> Result<()> {
        let value = (&true as _, Type::BOOL);
        imports::set(
            &mut self.handle,
            session,
            source,
            Noted::IsRenumbered,
            value,
        )
    }

    fn mix(&mut self, session: SessionKey) -> Result<()> {
        imports::mix(&mut self.handle, session)
    }

    fn import(&mut self, session: SessionKey) -> Result<Option<Import>> {
        imports::of(&mut self.handle, session)
    }

    fn imports(&mut self, sessions: &[SessionKey]) -> Result<Vec<(SessionKey, Import)>> {
        imports::of_all(&mut self.handle, sessions)
    }

    fn branches(&mut self, session: SessionKey, behind: MessageId) -> Result<Vec<SessionKey>> {
        imports::branches(&mut self.handle, session, behind)
    }

    fn named(&mut self, session: SessionId) -> Result<Option<(SessionKey, UserName)>> {
        sessions::named(&mut self.handle, session)
    }

    fn named_all(
        &mut self,
        sessions: &[SessionId],
    ) -> Result<Vec<(SessionId, SessionKey, UserName)>> {
        sessions::named_all(&mut self.handle, sessions)
    }

    fn count_sessions(&mut self, user: Option<&UserName>) -> Result<u64> {
        sessions::count(&mut self.handle, user)
    }

    fn session_records(
        &mut self,
        user: Option<&UserName>,
        after: SessionKey,
        visit: &mut dyn FnMut(&SessionRecord) -> Flow,
    ) -> Result<()> {
        sessions::records(&mut self.handle, user, after, visit)
    }

    fn records(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>, &Behind) -> Flow,
    ) -> Result<()> {
        let (names, damage) = (&mut self.names, &mut self.damage);
        let (handle, pages) = (&mut self.handle, &mut self.pages);
        records::visit(handle, pages, names, damage, query, visit)
    }

    fn end(&mut self, session: SessionKey) -> Result<End> {
        self.handle.end(session)?.ok_or_else(missing)
    }

    fn horizon(&mut self) -> Result<MessageId> {
        self.horizon.get(&mut self.handle)
    }

    fn newest(&mut self) -> Result<MessageId> {
        horizon::drawn(&mut self.handle)
    }

    fn behind_newest(&mut self, upto: MessageId, count: u64) -> Result<Option<MessageId>> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let rows = self.handle.rows(
            "SELECT id FROM saylog.messages WHERE id <= $1 ORDER BY id DESC LIMIT 1 OFFSET $2",
            &[(&upto.0, Type::INT8), (&count, Type::INT8)],
        )?;
        Ok(rows.first().map(|row| MessageId(row.get(0))))
    }

    fn messages(
        &mut self,
        query: &MessageQuery<'_>,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<()> {
        let (names, damage) = (&mut self.names, &mut self.damage);
        let (handle, pages) = (&mut self.handle, &mut self.pages);
        messages::messages(handle, pages, names, damage, query, visit)
    }

    fn texts(
        &mut self,
        range: &TextRange,
        visit: &mut dyn FnMut(MessageId, &str) -> Flow,
    ) -> Result<()> {
        messages::texts(&mut self.handle, &mut self.pages, range, visit)
    }

    fn chain(
        &mut self,
        from: MessageId,
        along: Along,
        visit: &mut dyn FnMut(&Link) -> Flow,
    ) -> Result<()> {
        chain::chain(&mut self.handle, from, along, visit)
    }

    fn sent(&mut self, message: MessageId) -> Result<Option<OwnedSent>> {
        partials::of_message(&mut self.handle, message)
    }

    fn following(&mut self, message: MessageId) -> Result<Option<MessageId>> {
        chain::following(&mut self.handle, message)
    }

    fn moves(&mut self, query: &MoveQuery, visit: &mut dyn FnMut(&MoveRow) -> Flow) -> Result<()> {
        moves::visit(&mut self.handle, query, visit)
    }

    fn count_moves(&mut self, session: SessionKey) -> Result<i64> {
        moves::count(&mut self.handle, session)
    }

    fn move_number(&mut self, id: MoveId) -> Result<Option<NumberedMove>> {
        moves::number(&mut self.handle, id)
    }

    fn numbered_move(&mut self, session: SessionKey, number: i64) -> Result<Option<MoveId>> {
        moves::numbered(&mut self.handle, session, number)
    }

    fn sessions(
        &mut self,
        query: &SessionQuery<'_>,
        visit: &mut dyn FnMut(&SessionRow) -> Flow,
    ) -> Result<()> {
        if let Some(user) = query.user {
            self.admit(user)?;
        }
        sessions::visit(&mut self.handle, query, visit)
    }

    fn titles(
        &mut self,
        wanted: &[(SessionId, UserName)],
        visit: &mut dyn FnMut(SessionId, SessionKey, Option<&str>),
    ) -> Result<()> {
        sessions::titles(&mut self.handle, wanted, visit)
    }

    fn newest_of_sessions(
        &mut self,
        user: &UserName,
        along: Along,
        visit: &mut dyn FnMut(SessionKey, MessageId, Option<MessageId>),
    ) -> Result<()> {
        sessions::newest_of_each(&mut self.handle, user, along, visit)
    }

    fn has_user(&mut self, user: &UserName) -> Result<bool> {
        users::has(&mut self.handle, user)
    }

    fn user_names(&mut self, prefix: &str, visit: &mut dyn FnMut(&UserName) -> Flow) -> Result<()> {
        users::names(&mut self.handle, prefix, visit)
    }

    fn users(
        &mut self,
        after: Option<&UserName>,
        visit: &mut dyn FnMut(&UserSummary) -> Flow,
    ) -> Result<()> {
        users::counted(&mut self.handle, after, visit)
    }

    fn partials(&mut self, user: &UserName) -> Result<Vec<Partial>> {
        let (speaks_as, partials) = partials::of_user(&mut self.handle, user)?;
        // What was granted since it was asked last is seen now.
        self.speaks_as.insert(speaks_as).admit(user)?;
        partials
    }

    fn take_damage(&mut self) -> Damage {
        std::mem::take(&mut self.damage)
    }

    fn term_index(&mut self) -> Result<Option<&mut dyn TermIndex>> {
        if self.may_search.is_none() {
            self.may_search = Some(terms::are_of_use(&mut self.handle)?);
        }
        Ok(match self.may_search {
            Some(true) => Some(self),
            _ => None,
        })
    }

    fn take_held_back(&mut self) -> Option<Problem> {
        self.horizon.take_held_back()
    }
}
