//! A log on a PostgreSQL server, beside the same statements by a bare client: the same
//! tables, prepared statements, nothing checked.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::cluster::Cluster;
use super::figures::{median, ms, report, row};
use super::saylog::{Peer, command, one_session};

/// How many messages are written at once.
const GROUP: i64 = 4_096;

/// How many rows are written one by one.
const ROWS: i64 = 400;

/// A turn in one statement: lock, draw, two rows, move the head.
const TURN: &str = "WITH s AS (
        SELECT id, head, last, count, depth FROM saylog.sessions WHERE id = $1 FOR UPDATE),
    d AS (SELECT nextval('saylog.message_ids') AS asked, nextval('saylog.message_ids') AS told FROM s),
    q AS (INSERT INTO saylog.messages
              (id, session, seq, parent, previous, depth, created_at, nonce, role, status, content)
          SELECT d.asked, s.id, s.count + 1, s.head, s.last, s.depth + 1, $2, 0, 1, 0, $3 FROM s, d),
    r AS (INSERT INTO saylog.messages
              (id, session, seq, parent, previous, depth, created_at, nonce, role, status, content, model)
          SELECT d.told, s.id, s.count + 2, d.asked, d.asked, s.depth + 2, $2, 0, 2, 0, $4, 'mock'
          FROM s, d)
    UPDATE saylog.sessions AS t
    SET head = d.told, last = d.told, count = s.count + 2, depth = s.depth + 2, touched = d.told,
        touched_at = $2
    FROM s, d WHERE t.id = s.id";

const REPLY: &str = "This is a mock response from AI.";
const WORDS: &str =
    "so this is what one person might well have typed into a prompt, neither very long";

/// A bare client.
struct Bare {
    runtime: Runtime,
    client: Client,
}

impl Bare {
    fn new(folder: &Path, database: &str) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let client = runtime.block_on(async {
            let stream = tokio::net::UnixStream::connect(folder.join(".s.PGSQL.5432"));
            let stream = stream.await.expect("a socket");
            let mut config = Config::new();
            config
                .user("postgres")
                .dbname(database)
                .ssl_mode(SslMode::Disable);
            let (client, connection) = config.connect_raw(stream, NoTls).await.expect("a server");
            tokio::spawn(connection);
            client
        });
        Self { runtime, client }
    }

    fn prepare(&self, sql: &str) -> Statement {
        let prepared = self.runtime.block_on(self.client.prepare(sql));
        prepared.expect("a statement")
    }

    fn session(&self) -> i64 {
        let rows = self.runtime.block_on(self.client.query(
            "INSERT INTO saylog.sessions (uuid, \"user\", touched, touched_at, created_at)
             SELECT gen_random_uuid(), min(id), 0, 0, 0 FROM saylog.users RETURNING id",
            &[],
        ));
        rows.expect("a session")[0].get(0)
    }

    fn turn(&self, statement: &Statement, session: i64) {
        let values: [&(dyn ToSql + Sync); 4] = [&session, &1_i64, &WORDS, &REPLY];
        let turn = self.client.execute(statement, &values);
        self.runtime.block_on(turn).expect("a turn");
    }
}

/// Plays a script; seconds.
fn play(address: &Path, script: &str) -> f64 {
    let since = Instant::now();
    let mut child = command(address)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(script.as_bytes()).expect("the script");
    drop(stdin);
    assert!(child.wait().expect("an end").success());
    since.elapsed().as_secs_f64()
}

/// A database with the tables and one user.
fn made(cluster: &Cluster) -> (String, String) {
    let address = cluster.database();
    let ended = play(Path::new(&address), "/start\n");
    assert!(ended > 0.0);
    let name = address.rsplit_once('/').expect("a name").1.to_owned();
    (address, name)
}

/// Does one of these on a server that is as durable as one is by default.
fn on_server(work: fn(&Cluster)) {
    match Cluster::start("-c shared_buffers=512MB -c max_wal_size=4GB") {
        Some(cluster) => work(&cluster),
        None => println!("skipped: PostgreSQL is not installed"),
    }
}

pub(crate) fn server_start(_: &Path) {
    on_server(start);
}

pub(crate) fn server_turns(_: &Path) {
    on_server(turns);
}

pub(crate) fn server_writers(_: &Path) {
    on_server(many);
}

pub(crate) fn server_piped(_: &Path) {
    on_server(piped);
}

/// A long log: listed, exported, searched.
pub(crate) fn server_reading(_: &Path) {
    on_server(listing);
}

/// Start, one turn, exit.
fn start(cluster: &Cluster) {
    let (address, name) = made(cluster);
    let store = Path::new(&address);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let session = Bare::new(cluster.folder(), &name).session();
    for _ in 0..60 {
        let since = Instant::now();
        let ended = command(store)
            .args(["--start", "-c", WORDS])
            .stdout(Stdio::null())
            .status();
        assert!(ended.expect("it starts").success());
        ours.push(since.elapsed().as_secs_f64());
        let since = Instant::now();
        let mut bare = super::bare::command(
            "server-turn",
            Path::new(&format!("{}|{name}|{session}", cluster.folder().display())),
        );
        assert!(bare.status().expect("it starts").success());
        theirs.push(since.elapsed().as_secs_f64());
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let name = "server: start, one turn, exit";
    report(name, &ms(ours), &ms(theirs), ours / theirs, "≤ 1.3");
}

/// The bare program for one turn: `FOLDER|DATABASE|SESSION`.
pub(crate) fn bare_turn(place: &str) {
    let (bare, session) = at_place(place);
    let values: [&(dyn ToSql + Sync); 4] = [&session, &1_i64, &WORDS, &REPLY];
    let turn = bare.client.execute(TURN, &values);
    bare.runtime.block_on(turn).expect("a turn");
}

/// The bare program for a turn a line.
pub(crate) fn bare_turns(place: &str) {
    let (bare, session) = at_place(place);
    let statement = bare.prepare(TURN);
    for line in std::io::stdin().lock().lines() {
        assert_eq!(line.expect("a line"), WORDS);
        bare.turn(&statement, session);
        println!("{REPLY}");
    }
}

fn at_place(place: &str) -> (Bare, i64) {
    let mut parts = place.split('|');
    let mut next = || parts.next().expect("a part");
    let (folder, database) = (next(), next());
    let session = next().parse().expect("a number");
    (Bare::new(Path::new(folder), database), session)
}

/// One client, one turn at a time: beside a bare program that is spoken to through the same
/// pipes, and beside one that nobody has to be woken for.
fn turns(cluster: &Cluster) {
    const TURNS: u32 = 1_500;
    let (mut ours, mut theirs, mut inside) = (Vec::new(), Vec::new(), Vec::new());
    let (address, name) = made(cluster);
    for _ in 0..5 {
        let mut peer = Peer::new(Path::new(&address));
        peer.ask("/start");
        ours.push(rate(TURNS, || {
            peer.ask(WORDS);
        }));
        drop(peer);
        let bare = Bare::new(cluster.folder(), &name);
        let (statement, session) = (bare.prepare(TURN), bare.session());
        inside.push(rate(TURNS, || bare.turn(&statement, session)));
        let place = format!("{}|{name}|{session}", cluster.folder().display());
        let program = super::bare::command("server-turns", Path::new(&place));
        let mut peer = Peer::of(program);
        theirs.push(rate(TURNS, || {
            peer.ask(WORDS);
        }));
    }
    let (ours, theirs, inside) = (median(ours), median(theirs), median(inside));
    for (name, theirs, goal) in [
        ("server: a turn, one at a time", theirs, "≥ 0.8"),
        ("server: the same, bare without pipes", inside, ""),
    ] {
        let figures = [ours, theirs].map(|rate| format!("{rate:.0}/s"));
        report(name, &figures[0], &figures[1], ours / theirs, goal);
    }
}

/// So many of these; a second.
fn rate(turns: u32, mut turn: impl FnMut()) -> f64 {
    let since = Instant::now();
    (0..turns).for_each(|_| turn());
    f64::from(turns) / since.elapsed().as_secs_f64()
}

/// Sixteen writers, a turn a commit, while somebody follows and while nobody does.
fn many(cluster: &Cluster) {
    const TURNS: usize = 200;
    let (address, _) = made(cluster);
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..6 {
        let is_followed = round % 2 == 0;
        let mut follower = command(Path::new(&address));
        follower.args(["--json", "-c", "/follow in:global limit:0"]);
        let mut follower = is_followed.then(|| {
            let mut child = follower
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("it starts");
            let mut output = child.stdout.take().expect("a pipe");
            thread::spawn(move || {
                let mut buffer = vec![0; 1 << 16];
                while output.read(&mut buffer).is_ok_and(|read| read > 0) {}
            });
            child
        });
        let since = Instant::now();
        let writers: Vec<_> = (0..16)
            .map(|_| {
                let address = address.clone();
                thread::spawn(move || {
                    let mut peer = Peer::new(Path::new(&address));
                    peer.ask("/start");
                    for _ in 0..TURNS {
                        peer.ask(WORDS);
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().expect("it ends");
        }
        #[allow(clippy::cast_precision_loss)]
        rates[usize::from(is_followed)].push((16 * TURNS) as f64 / since.elapsed().as_secs_f64());
        if let Some(child) = &mut follower {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
    let [alone, followed] = rates.map(median);
    report(
        "server: 16 writers, followed beside unfollowed",
        &format!("{followed:.0}/s"),
        &format!("{alone:.0}/s"),
        followed / alone,
        "≥ 0.9",
    );
}

/// Turns through a pipe, here and over a link that takes half a millisecond.
fn piped(cluster: &Cluster) {
    const TURNS: usize = 100_000;
    let script = one_session(TURNS);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let (address, name) = made(cluster);
        ours.push(TURNS as f64 / play(Path::new(&address), &script));
        let bare = Bare::new(cluster.folder(), &name);
        theirs.push(TURNS as f64 / in_groups(&bare, TURNS));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    report(
        "server: piped turns, in groups",
        &format!("{ours:.0}/s"),
        &format!("{theirs:.0}/s"),
        ours / theirs,
        "≥ 0.8",
    );
    let far = far_from(cluster.folder());
    let (address, name) = made(cluster);
    let there = address.replace(
        &cluster.folder().display().to_string().replace('/', "%2F"),
        &far.display().to_string().replace('/', "%2F"),
    );
    let ours = TURNS as f64 / play(Path::new(&there), &script);
    let bare = Bare::new(&far, &name);
    let session = bare.session();
    let insert = bare.prepare(
        "INSERT INTO saylog.messages (id, session, seq, created_at, nonce, role, status, content)
         VALUES (nextval('saylog.message_ids'), $1, $2, 0, 0, 1, 0, $3)",
    );
    let since = Instant::now();
    bare.runtime.block_on(async {
        bare.client
            .batch_execute("BEGIN")
            .await
            .expect("a transaction");
        for seq in 0..ROWS {
            let values: [&(dyn ToSql + Sync); 3] = [&session, &seq, &WORDS];
            let row = bare.client.execute(&insert, &values);
            row.await.expect("a row");
        }
        bare.client
            .batch_execute("COMMIT")
            .await
            .expect("a transaction");
    });
    let theirs = ROWS as f64 / 2.0 / since.elapsed().as_secs_f64();
    report(
        "server: the same 0.5 ms away, beside row by row",
        &format!("{ours:.0}/s"),
        &format!("{theirs:.0}/s"),
        ours / theirs,
        "≥ 25",
    );
}

/// The same messages by `unnest`, in groups; seconds.
fn in_groups(bare: &Bare, turns: usize) -> f64 {
    let session = bare.session();
    let insert = bare.prepare(
        "INSERT INTO saylog.messages
             (id, session, seq, parent, previous, depth, created_at, nonce, role, status, content)
         SELECT id, session, seq, parent, parent, seq, 0, 0, role, 0, content
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::text[])
              AS m (id, session, seq, parent, role, content)",
    );
    let since = Instant::now();
    let (mut seq, total) = (0_i64, i64::try_from(turns * 2).expect("few"));
    bare.runtime.block_on(async {
        while seq < total {
            let count = (total - seq).min(GROUP);
            bare.client
                .batch_execute("BEGIN")
                .await
                .expect("a transaction");
            let draw = "SELECT nextval('saylog.message_ids') FROM generate_series(1, $1::int)";
            let wanted = i32::try_from(count).expect("few");
            let values: [&(dyn ToSql + Sync); 1] = [&wanted];
            let drawn = bare.client.query(draw, &values);
            let ids: Vec<i64> = drawn
                .await
                .expect("ids")
                .iter()
                .map(|row| row.get(0))
                .collect();
            let seqs: Vec<i64> = (seq + 1..=seq + count).collect();
            let roles: Vec<i16> = seqs
                .iter()
                .map(|seq| if seq % 2 == 0 { 2 } else { 1 })
                .collect();
            let texts: Vec<&str> = roles
                .iter()
                .map(|role| if *role == 2 { REPLY } else { WORDS })
                .collect();
            let sessions = vec![session; ids.len()];
            bare.client
                .execute(&insert, &[&ids, &sessions, &seqs, &ids, &roles, &texts])
                .await
                .expect("rows");
            bare.client
                .execute(
                    "UPDATE saylog.sessions SET count = count + $2 WHERE id = $1",
                    &[&session, &count],
                )
                .await
                .expect("a session");
            bare.client
                .batch_execute("COMMIT")
                .await
                .expect("a transaction");
            seq += count;
        }
    });
    since.elapsed().as_secs_f64()
}

/// A socket that leads to the server, each way taking a quarter of a millisecond.
fn far_from(server: &Path) -> std::path::PathBuf {
    let folder = tempfile::Builder::new()
        .prefix("far")
        .tempdir()
        .expect("a folder")
        .keep();
    let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).expect("a socket");
    let server = server.join(".s.PGSQL.5432");
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = UnixStream::connect(&server).expect("the server");
            for (mut from, mut to) in [
                (
                    client.try_clone().expect("a socket"),
                    server.try_clone().expect("a socket"),
                ),
                (server, client),
            ] {
                thread::spawn(move || {
                    let mut buffer = vec![0; 1 << 20];
                    while let Ok(read) = from.read(&mut buffer) {
                        if read == 0 {
                            break;
                        }
                        thread::sleep(Duration::from_micros(250));
                        if to.write_all(&buffer[..read]).is_err() {
                            break;
                        }
                    }
                    let _ = to.shutdown(std::net::Shutdown::Both);
                });
            }
        }
    });
    folder
}

/// A listing of everything, and searches in it.
fn listing(cluster: &Cluster) {
    const MESSAGES: i64 = 1_000_000;
    let (address, name) = made(cluster);
    fill(cluster, &name, MESSAGES);
    let (mut ours, mut theirs, mut peak) = (Vec::new(), Vec::new(), 0);
    for _ in 0..3 {
        let since = Instant::now();
        let mut log = command(Path::new(&address));
        log.args(["--json", "-c", "/log"]).stdout(Stdio::piped());
        let mut child = log.spawn().expect("it starts");
        let lines = BufReader::with_capacity(1 << 20, child.stdout.take().expect("a pipe")).lines();
        let mut count = 0;
        for line in lines {
            assert!(!line.expect("a line").is_empty());
            count += 1;
            if count == MESSAGES {
                peak = peak.max(peak_of(child.id()));
            }
        }
        assert!(child.wait().expect("an end").success() && count >= MESSAGES);
        ours.push(MESSAGES as f64 / since.elapsed().as_secs_f64());
        theirs.push(MESSAGES as f64 / pages(cluster, &name));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    report(
        "server: /log --json of 1,000,000",
        &format!("{ours:.0}/s"),
        &format!("{theirs:.0}/s"),
        ours / theirs,
        "≥ 0.8",
    );
    row(
        "server: its memory",
        &format!("{:.1} MiB", peak as f64 / 1024.0),
        "≤ 32 MiB",
    );
    export(&address, MESSAGES);
    searches(cluster, &address, &name);
}

/// Everything, as another saylog takes it in.
fn export(address: &str, messages: i64) {
    let mut rates = Vec::new();
    for _ in 0..3 {
        let since = Instant::now();
        let ended = command(Path::new(address))
            .args(["-c", "/export --format saylog in:global -"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(ended.expect("it starts").success());
        rates.push(messages as f64 / since.elapsed().as_secs_f64());
    }
    let rate = format!("{:.0}/s", median(rates));
    row("server: /export of 1,000,000", &rate, "");
}

/// The peak of a process's memory in KiB.
fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// Fills a log with messages of a hundred sessions.
fn fill(cluster: &Cluster, database: &str, messages: i64) {
    cluster.sql(
        database,
        &format!(
            "INSERT INTO saylog.sessions (uuid, \"user\", touched, touched_at, created_at)
             SELECT gen_random_uuid(), min(u.id), 0, 0, 0
             FROM saylog.users AS u, generate_series(1, 100) AS n GROUP BY n;
             INSERT INTO saylog.messages (id, session, seq, created_at, nonce, role, status, content)
             SELECT nextval('saylog.message_ids'), 2 + n % 100, 1 + n / 100, n, 0,
                    1 + n % 2, 0, 'message ' || n || ' says a word or two about ' ||
                    CASE WHEN n % 100000 = 0 THEN 'zebras' ELSE 'apples' END ||
                    ' and neither very long nor short'
             FROM generate_series(0, {messages} - 1) AS n;
             ANALYZE saylog.messages"
        ),
    );
}

/// The same rows by bare pages, as JSON lines to nowhere; seconds.
fn pages(cluster: &Cluster, database: &str) -> f64 {
    let bare = Bare::new(cluster.folder(), database);
    let page = bare.prepare(
        "SELECT id, session, seq, parent, role, content, created_at, model, status, prompt_tokens,
                reply_tokens, finish_reason
         FROM saylog.messages WHERE id > $1 ORDER BY id LIMIT 2000",
    );
    let since = Instant::now();
    let (mut after, mut out) = (0_i64, Vec::with_capacity(1 << 20));
    loop {
        let rows = bare
            .runtime
            .block_on(bare.client.query(&page, &[&after]))
            .expect("rows");
        let Some(last) = rows.last() else { break };
        after = last.get(0);
        out.clear();
        for row in &rows {
            let line = serde_json::json!({
                "id": row.get::<_, i64>(0), "session": row.get::<_, i64>(1),
                "seq": row.get::<_, i64>(2), "parent": row.get::<_, Option<i64>>(3),
                "role": row.get::<_, i16>(4), "content": row.get::<_, &str>(5),
                "created_at": row.get::<_, i64>(6), "model": row.get::<_, Option<&str>>(7),
            });
            serde_json::to_writer(&mut out, &line).expect("JSON");
            out.push(b'\n');
        }
    }
    since.elapsed().as_secs_f64()
}

/// A rare word, and the newest of a common one, over the start.
fn searches(cluster: &Cluster, address: &str, database: &str) {
    let store = Path::new(address);
    let run = |line: &str| {
        let since = Instant::now();
        let ended = command(store)
            .args(["--json", "-c", line])
            .stdout(Stdio::null())
            .status();
        assert!(ended.expect("it starts").success());
        since.elapsed().as_secs_f64()
    };
    let made = run("/search zebras");
    row(
        "server: the first search makes the index",
        &format!("{made:.1} s"),
        "",
    );
    cluster.sql(database, "VACUUM ANALYZE saylog.terms");
    let bare = Bare::new(cluster.folder(), database);
    for (name, word) in [("a rare word", "zebras"), ("the newest 20", "apples")] {
        let words = vec![word.to_owned()];
        let select = "SELECT id FROM saylog.terms WHERE terms @> $1 ORDER BY id DESC LIMIT 20";
        let (mut ours, mut idle, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..15 {
            ours.push(run(&format!("/search {word}")));
            idle.push(run("/users"));
            let since = Instant::now();
            let typed = tokio_postgres::types::Type::TEXT_ARRAY;
            let values: [(&(dyn ToSql + Sync), _); 1] = [(&words, typed)];
            let rows = bare.client.query_typed(select, &values);
            assert!(!bare.runtime.block_on(rows).expect("rows").is_empty());
            theirs.push(since.elapsed().as_secs_f64());
        }
        let (ours, idle, theirs) = (median(ours), median(idle), median(theirs));
        let more = ours - idle - theirs;
        report(
            &format!("server: {name}, over a start"),
            &ms(ours - idle),
            &ms(theirs),
            (ours - idle) / theirs,
            &format!("+ ≤ 5 ms ({:+.1})", more * 1000.0),
        );
    }
}
