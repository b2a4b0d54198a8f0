//! The store in an SQLite file, or in memory for `--ephemeral`.

mod append;
mod connect;
mod context;
mod fault;
mod file;
mod group;
mod moves;
mod query;
mod read;
mod schema;
mod sessions;
mod wait;
mod watch;
mod writer;

use std::path::Path;

use rusqlite::Connection;

use super::{
    Found, Link, Listing, Move, Opening, Partial, Pointer, Recall, Receipt, Redo, Result, Roll,
    Selection, Store, Which,
};
use crate::domain::{Draft, Flow, Message, MessageId, MoveId, SessionKey, UserName, UserSummary};
use connect::Journal;
use group::Group;
use read::Tags;
use watch::Watch;

use wait::GiveUp;

/// A store in SQLite: write-ahead log, one sync a commit.
pub struct Sqlite {
    connection: Connection,
    /// Over the files that were opened; none in memory.
    watch: Option<Watch>,
    group: Group,
    tags: Tags,
    caution: Option<&'static str>,
}

impl Sqlite {
    /// Opens the store at `path`, and makes it if there is none.
    ///
    /// `give_up` is asked while another process writes: once it says so, the
    /// wait is over.
    ///
    /// # Errors
    /// A sentence about a file that is not a store of this version, is damaged,
    /// or cannot be opened; such a file is left byte for byte as it was.
    pub fn open(path: &Path, give_up: GiveUp) -> Result<Self> {
        let (connection, watch, journal) = connect::file(path, give_up)?;
        let mut store = Self::with(connection, Some(watch));
        if journal == Journal::Rollback {
            store.caution = Some("the store lies on a network share: every commit is slower there");
        }
        Ok(store)
    }

    /// The same, and makes the folder that the file lies in, for its owner alone.
    ///
    /// # Errors
    /// Those of [`Sqlite::open`], and if the folder cannot be made.
    pub fn open_making_folder(path: &Path, give_up: GiveUp) -> Result<Self> {
        if let Some(folder) = path.parent() {
            file::make_folder(folder)?;
        }
        Self::open(path, give_up)
    }

    /// A store in memory, gone when it is dropped.
    ///
    /// # Errors
    /// If SQLite cannot be set up, which is a lack of memory.
    pub fn ephemeral() -> Result<Self> {
        Ok(Self::with(connect::memory()?, None))
    }

    fn with(connection: Connection, watch: Option<Watch>) -> Self {
        Self {
            connection,
            watch,
            group: Group::default(),
            tags: Tags::default(),
            caution: None,
        }
    }

    /// Something about the store that a person should know, if there is something.
    pub fn caution(&self) -> Option<&'static str> {
        self.caution
    }
}

impl Store for Sqlite {
    fn start(&mut self, opening: &Opening<'_>) -> Result<SessionKey> {
        self.write(|connection, group| {
            let key = sessions::start(connection, opening)?;
            group.begun(key, opening);
            Ok(key)
        })
    }

    fn append(&mut self, session: SessionKey, draft: &Draft<'_>) -> Result<Receipt> {
        self.write(|connection, group| group.append(connection, session, draft))
    }

    fn set_system(&mut self, session: SessionKey, draft: Option<&Draft<'_>>) -> Result<()> {
        self.write(|connection, group| group.set_system(connection, session, draft))
    }

    fn pointer(&mut self, session: SessionKey) -> Result<Pointer> {
        self.write(|connection, group| group.pointer(connection, session))
    }

    fn peek(&mut self, session: SessionKey) -> Result<Pointer> {
        moves::pointer(&self.connection, session).map_err(|error| fault::reading(&error))
    }

    fn relocate(
        &mut self,
        session: SessionKey,
        step: &Move,
        depth: i64,
        redo: Redo,
    ) -> Result<MoveId> {
        self.write(|connection, group| group.relocate(connection, session, step, depth, redo))
    }

    fn move_made(&mut self, id: MoveId) -> Result<Move> {
        moves::made(&self.connection, id).map_err(|error| fault::reading(&error))
    }

    fn moves(
        &mut self,
        session: SessionKey,
        after: Option<MoveId>,
        visit: &mut dyn FnMut(MoveId, &Move) -> Flow,
    ) -> Result<()> {
        moves::list(&self.connection, session, after, visit).map_err(|error| fault::reading(&error))
    }

    fn link(&mut self, id: MessageId) -> Result<Option<Link>> {
        moves::link(&self.connection, id).map_err(|error| fault::reading(&error))
    }

    fn commit(&mut self) -> Result<()> {
        self.group.commit(&self.connection, self.watch.as_mut())
    }

    fn is_stopped(&self) -> bool {
        self.group.is_stopped()
    }

    fn pending(&self) -> usize {
        self.group.pending()
    }

    fn knows(&mut self, user: &UserName) -> Result<bool> {
        query::user(&self.connection, user)
            .map(|user| user.is_some())
            .map_err(|error| fault::reading(&error))
    }

    fn users_like(&mut self, prefix: &str, limit: usize) -> Result<Vec<UserName>> {
        query::users_like(&self.connection, prefix, limit).map_err(|error| fault::reading(&error))
    }

    fn users(
        &mut self,
        after: Option<&UserName>,
        visit: &mut dyn FnMut(UserSummary) -> Flow,
    ) -> Result<()> {
        query::users(&self.connection, after, visit).map_err(|error| fault::reading(&error))
    }

    fn find(&mut self, user: &UserName, which: Which<'_>, limit: usize) -> Result<Vec<Found>> {
        sessions::find(&self.connection, user, which, limit).map_err(|error| fault::reading(&error))
    }

    fn roll(&mut self, roll: &mut Roll, visit: &mut dyn FnMut(&Found) -> Flow) -> Result<bool> {
        sessions::roll(&self.connection, roll, visit).map_err(|error| fault::reading(&error))
    }

    fn rename(&mut self, session: SessionKey, title: &str) -> Result<()> {
        self.write(|connection, _| sessions::rename(connection, session, title))
    }

    fn list(&mut self, selection: Selection) -> Result<Listing> {
        query::newest(&self.connection)
            .map(|newest| Listing::new(selection, newest.map_or(0, |(id, _)| id)))
            .map_err(|error| fault::reading(&error))
    }

    fn read(
        &mut self,
        listing: &mut Listing,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<bool> {
        read::page(&self.connection, &mut self.tags, listing, visit)
            .map_err(|error| fault::reading(&error))
    }

    fn context(
        &mut self,
        last: Option<MessageId>,
        visit: &mut dyn FnMut(&Message<'_>) -> Flow,
    ) -> Result<()> {
        context::context(&self.connection, &mut self.tags, last, visit)
            .map_err(|error| fault::reading(&error))
    }

    fn message(&mut self, id: MessageId, visit: &mut dyn FnMut(&Message<'_>)) -> Result<()> {
        context::message(&self.connection, &mut self.tags, id, visit)
            .map_err(|error| fault::reading(&error))
    }

    fn following(&mut self, id: MessageId) -> Result<Option<MessageId>> {
        context::following(&self.connection, id).map_err(|error| fault::reading(&error))
    }

    fn keep_partial(&mut self, session: SessionKey, content: &str, model: &str) -> Result<()> {
        self.write(|connection, group| group.keep_partial(connection, session, content, model))?;
        self.commit()
    }

    fn partials(&mut self, user: &UserName) -> Result<Vec<Partial>> {
        let find = |connection: &Connection| {
            query::partials(connection, user).map_err(|error| fault::reading(&error))
        };
        if find(&self.connection)?.is_empty() {
            return Ok(Vec::new());
        }
        // Another process may have found them too: whoever writes first takes them.
        self.group.begin(&self.connection)?;
        let partials = find(&self.connection)?;
        for partial in &partials {
            self.group.expect_rest(partial.key, partial.writer.clone());
        }
        Ok(partials)
    }

    fn set_model(&mut self, session: SessionKey, model: &str) -> Result<()> {
        self.write(|connection, _| sessions::set_model(connection, session, model))
    }

    fn recall(&mut self, user: &UserName) -> Result<Recall> {
        query::recall(&self.connection, user).map_err(|error| fault::reading(&error))
    }

    fn recall_more(&mut self, recall: &mut Recall, limit: usize) -> Result<Vec<String>> {
        query::recall_more(&self.connection, recall, limit).map_err(|error| fault::reading(&error))
    }
}

impl Sqlite {
    /// Does a piece of writing inside the open group, which is begun if there is none.
    fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Group) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.group.begin(&self.connection)?;
        work(&self.connection, &mut self.group)
            .map_err(|error| self.group.fail(&self.connection, &error))
    }
}
