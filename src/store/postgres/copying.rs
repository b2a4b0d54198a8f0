//! A log on a server that is copied, and one that becomes a copy.

use std::time::Duration;

use tokio_postgres::Row as Answer;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::super::Result;
use super::super::copying::{
    self, Cell, Claim, Life, Row, Rows, Snapshot, Source, TABLES, Table, Target,
};
use super::added_rows::{self, Column};
use super::client::{Ask, Patience, Value};
use super::copied_rows;
use super::handle::Handle;
use super::horizon::Horizon;
use super::schema::{self, COPYING, VERSION};
use super::server::Server;
use super::trouble::Trouble;
use crate::domain::Problem;

/// One look at everything, which lasts however long it is read. To a role that would see a
/// part of the rows only, the server refuses them all.
const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0;
    SET LOCAL row_security = off";

/// A transaction that writes.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED;
    SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL lock_timeout = '10s';
    SET LOCAL statement_timeout = 0; SET LOCAL row_security = off;
    SET LOCAL synchronous_commit = on";

/// What an unfinished copy is of, and who goes on with it.
const MARK: &str = "CREATE TABLE saylog.copying (
    identity text NOT NULL, shown text NOT NULL, writer text NOT NULL,
    settled bigint NOT NULL, settled_others bigint NOT NULL)";

/// Whoever writes into a copy has its mark to themselves; it is locked before anything else,
/// so that two who do never wait for each other in a circle.
const LOCK_MARK: &str = "LOCK TABLE saylog.copying IN ACCESS EXCLUSIVE MODE";

/// A log that is copied.
struct ServerSource {
    handle: Handle,
    patience: Duration,
}

/// A log that becomes a copy.
struct ServerTarget {
    server: Server,
    /// What this process is called in the mark.
    writer: String,
}

/// Prepares the log that is copied.
pub(super) fn source(server: Server, patience: Duration) -> Box<dyn Source> {
    let handle = Handle::new(server.opening(schema::Opening::Source));
    Box::new(ServerSource { handle, patience })
}

/// Prepares the one that becomes the copy.
pub(super) fn target(server: Server) -> Box<dyn Target> {
    Box::new(ServerTarget {
        server: server.opening(schema::Opening::Copy),
        writer: Uuid::new_v4().to_string(),
    })
}

impl Source for ServerSource {
    fn begin(&mut self) -> Result<Snapshot> {
        // Before the snapshot: whatever is not settled then may be missing in it.
        let settled = Horizon::new(self.patience).get(&mut self.handle)?;
        let newest = "SELECT coalesce(max(id), 0) FROM saylog.messages";
        let asked = self.handle.server.look(&[
            Ask::Batch(BEGIN_SNAPSHOT),
            Ask::Query("SELECT id::text FROM saylog.store", &[]),
            Ask::Query(newest, &[]),
        ]);
        let answers = asked.map_err(|trouble| unread(&trouble))?;
        let first = |at: usize| answers.get(at).and_then(|rows| rows.first());
        Ok(Snapshot {
            identity: identity(first(1)),
            newest: first(2).map_or(0, |row| row.get(0)),
            settled: settled.0,
            // They are drawn in any order, and few.
            settled_others: 0,
        })
    }
}

/// What a log is known by.
fn identity(store: Option<&Answer>) -> String {
    let id = store.map_or("", |row| row.get(0));
    format!("server {id}")
}

/// What cannot be read.
fn unread(trouble: &Trouble) -> Problem {
    trouble.problem().preventing("the log cannot be read")
}

/// What cannot be written.
fn unwritten(trouble: &Trouble) -> Problem {
    trouble.problem().preventing("the copy cannot be written")
}

impl Rows for ServerSource {
    fn rows(&mut self, table: &Table, after: Option<&[Cell]>) -> Result<Vec<Row>> {
        let server = &mut self.handle.server;
        copied_rows::read(table, after, |ask| server.ask_on(Patience::Look, &[ask]))
    }
}

impl Rows for ServerTarget {
    fn rows(&mut self, table: &Table, after: Option<&[Cell]>) -> Result<Vec<Row>> {
        copied_rows::read(table, after, |ask| self.server.look(&[ask]))
    }
}

impl ServerTarget {
    /// Does something in one transaction, whose answers are given, if nobody else has gone on
    /// with the copy meanwhile.
    fn mine(&mut self, asks: &[Ask<'_>]) -> std::result::Result<(), Stopped> {
        self.server.connect()?;
        let begun = self.server.ask_on(
            Patience::Look,
            &[
                Ask::Batch(BEGIN),
                Ask::Batch(LOCK_MARK),
                Ask::Query("SELECT writer FROM saylog.copying", &[]),
            ],
        );
        let is_mine = begun.map(|answers| {
            let mark = answers.get(2).and_then(|rows| rows.first());
            mark.is_some_and(|row| row.get::<_, &str>(0) == self.writer)
        });
        let done = match is_mine {
            Ok(true) => self.server.ask_on(Patience::Commit, asks),
            Ok(false) => {
                self.take_back();
                return Err(Stopped::Problem(copying::taken_by_another()));
            }
            Err(Trouble::Refused(code)) if code.code() == "42P01" => {
                self.take_back();
                return Err(Stopped::Problem(copying::taken_by_another()));
            }
            Err(trouble) => Err(trouble),
        };
        match done {
            Ok(_) => Ok(()),
            Err(trouble) => {
                self.take_back();
                Err(trouble.into())
            }
        }
    }

    fn take_back(&mut self) {
        if (self
            .server
            .ask_on(Patience::Look, &[Ask::Batch("ROLLBACK")]))
        .is_err()
        {
            // The server takes it back itself when the connection ends.
            self.server.hang_up();
        }
    }

    /// Marks an empty log, or goes on with a copy, in a transaction that is open.
    fn mark(&mut self, source: &Snapshot, shown: &str) -> std::result::Result<Claim, Stopped> {
        let some: Vec<String> = (TABLES.iter())
            .map(|table| format!("EXISTS (SELECT 1 FROM saylog.{})", table.name))
            .collect();
        let some = format!("SELECT {}", some.join(" OR "));
        let answers = self.server.ask_on(
            Patience::Look,
            &[
                // Nobody else marks it, or makes tables.
                schema::lock(),
                Ask::Query("SELECT id::text, version FROM saylog.store", &[]),
            ],
        )?;
        let store = answers.get(1).and_then(|rows| rows.first());
        if identity(store) == source.identity {
            return Err(Stopped::Problem(copying::same_store()));
        }
        if store.is_some_and(|row| row.get::<_, i32>(1) == COPYING) {
            return self.go_on(source);
        }
        let answers = self.server.ask_on(
            Patience::Look,
            &[
                // Whoever is writing comes to their end.
                Ask::Batch("LOCK TABLE saylog.users, saylog.sessions IN EXCLUSIVE MODE"),
                Ask::Query(&some, &[]),
            ],
        )?;
        let some = answers.get(1).and_then(|rows| rows.first());
        if some.is_some_and(|row| row.get(0)) {
            return Err(Stopped::Problem(copying::not_empty()));
        }
        let set = format!("UPDATE saylog.store SET version = {COPYING}");
        let mark = "INSERT INTO saylog.copying VALUES ($1, $2, $3, $4, $5)";
        let values: [Value<'_>; 5] = [
            (&source.identity, Type::TEXT),
            (&shown, Type::TEXT),
            (&self.writer, Type::TEXT),
            (&source.settled, Type::INT8),
            (&source.settled_others, Type::INT8),
        ];
        self.server.ask_on(Patience::Look, &[Ask::Batch(MARK)])?;
        self.server.ask_on(
            Patience::Commit,
            &[
                Ask::Query(mark, &values),
                Ask::Batch(&set),
                Ask::Batch("COMMIT"),
            ],
        )?;
        Ok(Claim {
            settled: source.settled,
            settled_others: source.settled_others,
            goes_on: false,
        })
    }

    /// Goes on with a copy, in a transaction that is open.
    fn go_on(&mut self, source: &Snapshot) -> std::result::Result<Claim, Stopped> {
        let select = "SELECT identity, shown, settled, settled_others FROM saylog.copying";
        let asked = (self.server).ask_on(
            Patience::Look,
            &[Ask::Batch(LOCK_MARK), Ask::Query(select, &[])],
        );
        let answers = match asked {
            // Meanwhile it was completed.
            Err(Trouble::Refused(code)) if code.code() == "42P01" => {
                return Err(Stopped::Problem(copying::not_empty()));
            }
            asked => asked?,
        };
        let Some(mark) = answers.get(1).and_then(|rows| rows.first()) else {
            return Err(Trouble::Foreign.into());
        };
        if mark.get::<_, &str>(0) != source.identity {
            return Err(Stopped::Problem(copying::copy_of_another(mark.get(1))));
        }
        let claim = Claim {
            settled: mark.get(2),
            settled_others: mark.get(3),
            goes_on: true,
        };
        let passing = TABLES
            .iter()
            .rev()
            .filter(|table| table.life == Life::Passes);
        let delete: Vec<String> = passing
            .map(|table| format!("DELETE FROM saylog.{}", table.name))
            .collect();
        let delete = delete.join("; ");
        let values: [Value<'_>; 1] = [(&self.writer, Type::TEXT)];
        self.server.ask_on(
            Patience::Commit,
            &[
                Ask::Query("UPDATE saylog.copying SET writer = $1", &values),
                Ask::Batch(&delete),
                Ask::Batch("COMMIT"),
            ],
        )?;
        Ok(claim)
    }
}

/// Why something was not done.
enum Stopped {
    Trouble(Trouble),
    Problem(Problem),
}

impl From<Trouble> for Stopped {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl Stopped {
    fn problem(self) -> Problem {
        match self {
            Self::Trouble(trouble) => unwritten(&trouble),
            Self::Problem(problem) => problem,
        }
    }
}

impl Target for ServerTarget {
    fn claim(&mut self, source: &Snapshot, shown: &str) -> Result<Claim> {
        let begun = self.server.ask(Patience::Look, &[Ask::Batch(BEGIN)]);
        let marked = match begun {
            Ok(_) => self.mark(source, shown),
            Err(trouble) => return Err(unwritten(&trouble)),
        };
        marked.map_err(|stopped| {
            self.take_back();
            stopped.problem()
        })
    }

    fn last(&mut self, table: &Table) -> Result<Option<i64>> {
        let key = table.columns.first().map_or("id", |(name, _)| name);
        let sql = format!("SELECT max({key}) FROM saylog.{}", table.name);
        let answers = self.server.look(&[Ask::Query(&sql, &[])]);
        let answers = answers.map_err(|trouble| unwritten(&trouble))?;
        Ok(answers
            .first()
            .and_then(|rows| rows.first())
            .and_then(|row| row.get(0)))
    }

    fn takes_nul(&self) -> bool {
        false
    }

    fn put(&mut self, table: &Table, rows: &[Row]) -> Result<()> {
        let columns: Vec<Column<'_>> = (table.columns.iter().enumerate())
            .map(|(at, (_, kind))| Column::of(*kind, rows, at))
            .collect();
        let values: Vec<Value<'_>> = columns.iter().map(Column::value).collect();
        let insert = added_rows::insert(table);
        let added = self.mine(&[Ask::Query(&insert, &values), Ask::Batch("COMMIT")]);
        match added {
            Ok(()) => Ok(()),
            Err(Stopped::Trouble(Trouble::Refused(code)))
                if matches!(code.code().get(..2), Some("22" | "23" | "54")) =>
            {
                match rows {
                    [row] => {
                        let why = Trouble::Refused(code).problem().what;
                        Err(copying::refused(table, row, &why))
                    }
                    // One of them is at fault: it is found, and named.
                    rows => {
                        let (first, rest) = rows.split_at(rows.len() / 2);
                        self.put(table, first)?;
                        self.put(table, rest)
                    }
                }
            }
            Err(stopped) => Err(stopped.problem()),
        }
    }

    fn finish(&mut self) -> Result<()> {
        // A sequence whose number was never drawn gives 1 first.
        let set = |sequence: &str, table: &str| {
            format!("SELECT setval({sequence}, max(id)) FROM saylog.{table} HAVING max(id) > 0;")
        };
        let identity = |table: &str| {
            set(
                &format!("pg_get_serial_sequence('saylog.{table}', 'id')"),
                table,
            )
        };
        let statements = [
            set("'saylog.message_ids'", "messages"),
            set("'saylog.move_ids'", "moves"),
            identity("users"),
            identity("sessions"),
            identity("prompts"),
            "DROP TABLE saylog.copying;".to_owned(),
            format!("UPDATE saylog.store SET version = {VERSION}; COMMIT"),
        ];
        let statements = statements.concat();
        match self.mine(&[Ask::Batch(&statements)]) {
            Ok(()) => {}
            Err(Stopped::Trouble(trouble)) if trouble.is_loss() => {
                // The answer was lost: the mark says whether it was done.
                self.server.hang_up();
                let looked = self.server.look(&[schema::get_version()]);
                let rows = looked.map_err(|trouble| unwritten(&trouble))?;
                let version = rows.first().and_then(|rows| rows.first());
                if version.is_none_or(|row| row.get::<_, i32>(0) == COPYING) {
                    return Err(unwritten(&trouble));
                }
            }
            Err(stopped) => return Err(stopped.problem()),
        }
        // It was filled at once: what the planner knows of it is out of date, and to tell it
        // takes a moment. Without the right to do it, the server does so later.
        let _ = self.server.look(&[Ask::Batch("ANALYZE saylog.messages")]);
        Ok(())
    }
}
