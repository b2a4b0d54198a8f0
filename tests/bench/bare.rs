//! The limit: the same work straight against rusqlite, with no more code than
//! it takes. Same tables, integer keys, `synchronous=FULL`, groups of the same
//! size; no triggers, no checks, no second index.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use rusqlite::{Connection, params};
use serde::Serialize;

const REPLY: &str = "This is a mock response from AI.";

/// How many messages are committed at once.
const GROUP: usize = 4096;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS sessions (
        id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, user INTEGER NOT NULL,
        head INTEGER, last INTEGER, title TEXT, created_at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS messages (
        id INTEGER PRIMARY KEY, parent INTEGER, previous INTEGER, seq INTEGER NOT NULL,
        session INTEGER NOT NULL, role INTEGER NOT NULL, content TEXT NOT NULL,
        created_at INTEGER NOT NULL, model TEXT, status INTEGER NOT NULL,
        prompt_tokens INTEGER, reply_tokens INTEGER);";

/// The bare program: one of the roles below, on a store; or a client of an endpoint.
pub(crate) fn main(arguments: &[String]) {
    let [role, store] = arguments else {
        panic!("a role and a store");
    };
    if role == "model" {
        return super::models::bare(store);
    }
    #[cfg(feature = "postgres")]
    if role == "server-turn" {
        return super::server::bare_turn(store);
    }
    #[cfg(feature = "postgres")]
    if role == "server-turns" {
        return super::server::bare_turns(store);
    }
    let store = Path::new(store);
    match role.as_str() {
        "turn" => turn(store),
        "turns" => super::turns::bare(store),
        "lockstep" => answer_lines(store),
        "listing" => list(store),
        "index" => super::search::index(store),
        "reader" => super::transfer::reader(store),
        "counts" => super::stats::bare(store),
        "records" => super::transfer::records(store),
        "scan" => super::searches::scan(store),
        "builtin" => super::search::builtin(store),
        other => panic!("no role is called {other}"),
    }
}

/// The command that runs it.
pub(crate) fn command(role: &str, store: &Path) -> Command {
    let mut command = Command::new(super::installed::bare());
    command.env_clear().args(["bare", role]).arg(store);
    command
}

/// Starts it for one turn; seconds.
pub(crate) fn spawn_one_turn(store: &Path) -> f64 {
    super::saylog::one_turn(command("turn", store))
}

/// Starts it for a listing whose output is read like saylog's; seconds.
pub(crate) fn spawn_listing(store: &Path) -> f64 {
    let since = Instant::now();
    let mut child = command("listing", store)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut buffer = vec![0; 1 << 20];
    while std::io::Read::read(&mut stdout, &mut buffer).expect("rows") > 0 {}
    assert!(child.wait().expect("an end").success());
    since.elapsed().as_secs_f64()
}

fn open(store: &Path) -> Connection {
    let connection = Connection::open(store).expect("the store opens");
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;")
        .expect("the settings");
    connection
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.expect("after 1970").as_millis()).expect("before the end of time")
}

/// The end of a session.
#[derive(Clone, Copy, Default)]
struct End {
    last: Option<i64>,
    seq: i64,
}

fn insert(connection: &Connection, session: i64, end: &mut End, role: i64, content: &str) {
    end.seq += 1;
    let model = (role == 2).then_some("mock");
    let id = connection
        .prepare_cached(
            "INSERT INTO messages (parent, previous, seq, session, role, content, created_at, model, status)
             VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
        )
        .and_then(|mut insert| {
            insert.insert(params![end.last, end.seq, session, role, content, now(), model])
        })
        .expect("a message");
    end.last = Some(id);
}

fn start(connection: &Connection, user: &str) -> i64 {
    connection
        .prepare_cached("INSERT OR IGNORE INTO users (name) VALUES (?1)")
        .and_then(|mut insert| insert.execute([user]))
        .expect("a user");
    connection
        .prepare_cached(
            "INSERT INTO sessions (uuid, user, created_at)
             VALUES (?1, (SELECT id FROM users WHERE name = ?2), ?3)",
        )
        .and_then(|mut insert| {
            insert.insert(params![uuid::Uuid::new_v4().to_string(), user, now()])
        })
        .expect("a session")
}

fn move_end(connection: &Connection, session: i64, end: End) {
    connection
        .prepare_cached("UPDATE sessions SET head = ?2, last = ?2 WHERE id = ?1")
        .and_then(|mut update| update.execute(params![session, end.last]))
        .expect("an end");
}

fn run(connection: &Connection, sql: &str) {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute([]))
        .expect("it runs");
}

/// Opens the store, starts a session, commits one turn.
fn turn(store: &Path) {
    let connection = open(store);
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .expect("a line");
    run(&connection, "BEGIN IMMEDIATE");
    let (session, mut end) = (start(&connection, "alice"), End::default());
    insert(&connection, session, &mut end, 1, line.trim_end());
    insert(&connection, session, &mut end, 2, REPLY);
    move_end(&connection, session, end);
    run(&connection, "COMMIT");
    println!("{REPLY}");
}

/// Commits each line of standard input before it answers.
fn answer_lines(store: &Path) {
    let connection = open(store);
    connection.execute_batch(TABLES).expect("the tables");
    let (session, mut end) = (start(&connection, "alice"), End::default());
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        commit_turn(&connection, session, &mut end, &line.expect("a line"));
        writeln!(out, "{REPLY}")
            .and_then(|()| out.flush())
            .expect("an answer");
    }
}

fn commit_turn(connection: &Connection, session: i64, end: &mut End, line: &str) {
    run(connection, "BEGIN IMMEDIATE");
    insert(connection, session, end, 1, line);
    insert(connection, session, end, 2, REPLY);
    move_end(connection, session, *end);
    run(connection, "COMMIT");
}

/// So many turns, a commit each, in this process.
pub(crate) fn commits(store: &Path, turns: u32) {
    let connection = open(store);
    connection.execute_batch(TABLES).expect("the tables");
    let (session, mut end) = (start(&connection, "alice"), End::default());
    for _ in 0..turns {
        commit_turn(&connection, session, &mut end, "hello");
    }
}

/// Appends these texts to one session, in groups.
pub(crate) fn append(store: &Path, texts: &[String]) {
    let connection = open(store);
    connection.execute_batch(TABLES).expect("the tables");
    let (session, mut end) = (start(&connection, "alice"), End::default());
    for group in texts.chunks(GROUP) {
        run(&connection, "BEGIN IMMEDIATE");
        for text in group {
            insert(&connection, session, &mut end, 1, text);
        }
        move_end(&connection, session, end);
        run(&connection, "COMMIT");
    }
}

/// A session in which each message is committed.
pub(crate) struct Commits {
    connection: Connection,
    session: i64,
    end: End,
}

impl Commits {
    /// A new session.
    pub(crate) fn new(store: &Path) -> Self {
        let connection = open(store);
        connection.execute_batch(TABLES).expect("the tables");
        let session = start(&connection, "alice");
        Self {
            connection,
            session,
            end: End::default(),
        }
    }

    /// Commits a message.
    pub(crate) fn message(&mut self, text: &str) {
        run(&self.connection, "BEGIN IMMEDIATE");
        insert(&self.connection, self.session, &mut self.end, 1, text);
        move_end(&self.connection, self.session, self.end);
        run(&self.connection, "COMMIT");
    }
}

/// What a script comes to: who starts and who says what.
pub(crate) struct Rows<'a> {
    steps: Vec<Step<'a>>,
}

enum Step<'a> {
    Start(&'a str),
    Say(&'a str, &'a str),
}

impl<'a> Rows<'a> {
    /// Reads a script beforehand: the limit is the writing.
    pub(crate) fn of(script: &'a str) -> Self {
        let mut user = "alice";
        let mut steps = Vec::new();
        for line in script.lines() {
            if let Some(name) = line.strip_prefix("/user ") {
                user = name;
            } else if line == "/start" {
                steps.push(Step::Start(user));
            } else {
                steps.push(Step::Say(user, line));
            }
        }
        Self { steps }
    }

    /// How many messages it comes to.
    pub(crate) fn messages(&self) -> usize {
        let said = |step: &&Step<'_>| matches!(step, Step::Say(..));
        2 * self.steps.iter().filter(said).count()
    }

    /// Writes them in groups.
    pub(crate) fn write(&self, store: &Path) {
        let connection = open(store);
        connection.execute_batch(TABLES).expect("the tables");
        let mut sessions: HashMap<&str, (i64, End)> = HashMap::new();
        let mut moved: HashMap<i64, End> = HashMap::new();
        let mut pending = 0;
        run(&connection, "BEGIN IMMEDIATE");
        for step in &self.steps {
            match step {
                Step::Start(user) => {
                    sessions.insert(user, (start(&connection, user), End::default()));
                }
                Step::Say(user, line) => {
                    let (session, end) = sessions.get_mut(user).expect("a session");
                    insert(&connection, *session, end, 1, line);
                    insert(&connection, *session, end, 2, REPLY);
                    moved.insert(*session, *end);
                    pending += 2;
                }
            }
            if pending >= GROUP {
                for (session, end) in moved.drain() {
                    move_end(&connection, session, end);
                }
                run(&connection, "COMMIT");
                run(&connection, "BEGIN IMMEDIATE");
                pending = 0;
            }
        }
        for (session, end) in moved.drain() {
            move_end(&connection, session, end);
        }
        run(&connection, "COMMIT");
    }
}

#[derive(Serialize)]
struct Row<'a> {
    event: &'static str,
    line: Option<u64>,
    id: i64,
    seq: i64,
    parent_id: Option<i64>,
    user_id: &'a str,
    session_id: &'a str,
    role: &'static str,
    content: &'a str,
    created_at: String,
    model: Option<&'a str>,
    status: &'static str,
}

/// Writes the whole log as the same JSON.
fn list(store: &Path) {
    let connection = open(store);
    let mut out = BufWriter::with_capacity(64 * 1024, std::io::stdout().lock());
    let mut statement = connection
        .prepare(
            "SELECT m.id, m.seq, m.parent, u.name, s.uuid, m.role, m.content, m.created_at, m.model
             FROM messages AS m JOIN sessions AS s ON s.id = m.session JOIN users AS u ON u.id = s.user
             ORDER BY m.id",
        )
        .expect("the statement");
    let mut rows = statement.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        let text = |column| row.get_ref_unwrap(column).as_str().expect("text");
        let time = jiff::Timestamp::from_millisecond(row.get_unwrap(7)).expect("a time");
        let row = Row {
            event: "message",
            line: Some(1),
            id: row.get_unwrap(0),
            seq: row.get_unwrap(1),
            parent_id: row.get_unwrap(2),
            user_id: text(3),
            session_id: text(4),
            role: if row.get_unwrap::<_, i64>(5) == 1 {
                "user"
            } else {
                "ai"
            },
            content: text(6),
            created_at: format!("{time:.3}"),
            model: row.get_ref_unwrap(8).as_str_or_null().expect("text"),
            status: "complete",
        };
        serde_json::to_writer(&mut out, &row).expect("a row");
        out.write_all(b"\n").expect("a row");
    }
    out.flush().expect("rows");
}

/// Walks the longest context of a store back for so many tokens; seconds.
pub(crate) fn walk(store: &Path, tokens: usize) -> f64 {
    let connection = open(store);
    let head: Option<i64> = connection
        .query_row(
            "SELECT head FROM sessions ORDER BY depth DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .expect("a session");
    let mut message = connection
        .prepare("SELECT parent, role, content FROM messages WHERE id = ?1")
        .expect("the statement");
    let since = Instant::now();
    connection.execute_batch("BEGIN").expect("a snapshot");
    let (mut next, mut taken, mut said) = (head, 0, Vec::new());
    while let Some(id) = next.filter(|_| taken < tokens) {
        let (parent, role, content): (Option<i64>, i64, String) = message
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .expect("a message");
        taken += content.chars().count() / 4 + 4;
        said.push((role, content));
        next = parent;
    }
    connection.execute_batch("COMMIT").expect("its end");
    std::hint::black_box(said);
    since.elapsed().as_secs_f64()
}

/// Lists all sessions of a user, latest first, into memory; seconds.
pub(crate) fn sessions(store: &Path) -> f64 {
    let connection = open(store);
    let since = Instant::now();
    let mut out = Vec::new();
    let mut statement = connection
        .prepare(
            "SELECT uuid, depth, count, words, touched_at FROM sessions WHERE user = 1
             ORDER BY touched_at DESC, id DESC",
        )
        .expect("the statement");
    let mut rows = statement.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        let text = |column| row.get_ref_unwrap(column).as_str().expect("text");
        let (depth, count): (i64, i64) = (row.get_unwrap(1), row.get_unwrap(2));
        let time = jiff::Timestamp::from_millisecond(row.get_unwrap(4)).expect("a time");
        writeln!(out, "{} {depth} {count} {time:.3} {}", text(0), text(3)).expect("a row");
    }
    std::hint::black_box(out);
    since.elapsed().as_secs_f64()
}

/// How long one sync of a little data takes; seconds each.
pub(crate) fn syncs(path: &Path, count: u32) -> Vec<f64> {
    let mut file = File::create(path).expect("a file");
    (0..count)
        .map(|_| {
            file.write_all(&[0; 4096]).expect("a page");
            let since = Instant::now();
            file.sync_data().expect("a sync");
            since.elapsed().as_secs_f64()
        })
        .collect()
}
