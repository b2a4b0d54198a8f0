//! `--copy`: a whole store, from a file to a server and back, whatever happens meanwhile.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::support::cluster::Cluster;
use crate::support::events::events;
use crate::support::run::{Outcome, SAYLOG, Saylog, check, feed};
use crate::support::script::scripted;
use crate::support::store::Store;
use crate::support::wait::random;

/// A store in a file, whatever store the suite runs on.
struct File(Saylog);

impl File {
    /// A file whose sessions were forked, moved, archived and cleared, with a prompt that was
    /// sent, an import, a reply that is still coming, and a window that was learned.
    fn lived() -> Self {
        let file = Self(scripted());
        let text = "/start Trip\nby train?\nwrong\n/undo\n/system be brief\nhi\n/fork\nforked\n\
                    /clear\n/archive\n/user bob\n/start\nmine é 你好 🚂\n";
        assert_eq!(file.play(text).code, 0);
        file.stored().tamper(
            "INSERT INTO prompts VALUES (3, 'be kind');
             INSERT INTO sent VALUES (2, 1, NULL, NULL, 3);
             INSERT INTO origins VALUES (x'00112233445566778899aabbccddeeff', 1),
                                        (x'ff112233445566778899aabbccddee00', 2);
             INSERT INTO imports VALUES (1, 'chatgpt', 2, NULL, 1, 0, 'gpt');
             INSERT INTO windows VALUES ('http://a/v1', 'm', 4096, NULL),
                                        ('http://A/v1', 'm', 1, 2);
             INSERT INTO partials (session, writer, content, model, beat)
                VALUES (3, 'somebody', 'half of', 'm', 5);
             UPDATE sessions SET floor = 2 WHERE id = 1;",
        );
        file
    }

    /// A file with so many messages, each of a few kilobytes.
    fn long(messages: usize) -> Self {
        let file = Self(scripted());
        assert_eq!(file.play("/start\nhello\n").code, 0);
        file.stored().tamper(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 3 UNION ALL SELECT n + 1 FROM numbers
                WHERE n < {messages})
             INSERT INTO messages (id, parent, previous, seq, session, role, content, created_at,
                status) SELECT n, n - 1, n - 1, n, 1, 1, hex(zeroblob(2000)) || n, n, 0
             FROM numbers;
             UPDATE sessions SET head = {messages}, last = {messages}, count = {messages};"
        ));
        file
    }

    fn path(&self) -> PathBuf {
        self.0.store()
    }

    fn stored(&self) -> Store {
        Store::open(&self.path())
    }

    fn play(&self, transcript: &str) -> Outcome {
        let mut command = self.command();
        command
            .args(["--model", "mock:echo", "--user", "alice", "--store"])
            .arg(self.path());
        feed(command, transcript.as_bytes())
    }

    /// The program, which is told of no store yet.
    fn command(&self) -> Command {
        let mut command = Command::new(SAYLOG);
        command
            .env_clear()
            .env("TZ", "UTC")
            .env("HOME", self.0.folder())
            .env("SAYLOG_TEST_OLLAMA", "none")
            .env("SAYLOG_TEST_PATIENCE", "3600000")
            .env("SAYLOG_TEST_CLOCK", "1795354327120+1")
            .current_dir(self.0.folder());
        command
    }

    fn copying(&self, from: &str, to: &str) -> Command {
        let mut command = self.command();
        command.args(["--copy", from, to]);
        command
    }

    /// Copies; in what is told, the folder is `<folder>`, and addresses are `<from>` and `<to>`.
    fn copy(&self, from: &str, to: &str) -> Outcome {
        self.told(feed(self.copying(from, to), b""), from, to)
    }

    fn told(&self, mut outcome: Outcome, from: &str, to: &str) -> Outcome {
        let folder = self.0.folder().to_string_lossy().into_owned();
        for text in [&mut outcome.stdout, &mut outcome.stderr] {
            *text = text.replace(&format!("{folder}/"), "");
            *text = text.replace(&format!("from {from} "), "from <from> ");
            *text = text.replace(to, "<to>");
        }
        outcome
    }

    /// All that a file of the folder holds.
    fn everything(&self, name: &str) -> Vec<String> {
        Store::open(&self.0.folder().join(name)).everything()
    }
}

/// The server of this process, if there is one.
macro_rules! cluster {
    () => {
        match Cluster::shared() {
            Some(cluster) => cluster,
            None => return,
        }
    };
}

const LIVED: &str = "11 messages of 3 sessions and 2 users copied from <from> to <to>, and \
                     compared.\n  1 reply was still coming: the copy has what had come of it\n";

/// What is told twice: as what is still coming is looked for, and of the line.
const UNFINISHED: &str = "the log in this database is a copy that is not complete; the same \
                          `saylog --copy FROM TO` goes on with it\n";

const IS_NOT_EMPTY: &str = "saylog: the store that is to become the copy is not empty; name a \
                            new file, or an empty database\n";

#[test]
fn there_and_back_it_is_the_same_row_by_row() {
    let (cluster, file) = (cluster!(), File::lived());
    let (first, second) = (cluster.database(), cluster.database());
    check(&file.copy("saylog.db", &first), LIVED, "", 0);
    check(&file.copy(&first, &second), LIVED, "", 0);
    check(&file.copy(&second, "back.db"), LIVED, "", 0);
    check(&file.copy("back.db", "again.db"), LIVED, "", 0);
    let expected = file.everything("saylog.db");
    assert_eq!(expected.len(), 11 + 3 + 2 + 3 + 1 + 1 + 2 + 1 + 2 + 1);
    assert_eq!(file.everything("back.db"), expected);
    assert_eq!(file.everything("again.db"), expected);
    let back = Store::open(&file.0.folder().join("back.db"));
    assert_eq!((back.integrity(), back.version()), ("ok".into(), 6));
    let (_, database) = first.rsplit_once('/').expect("a database");
    let nonces = "SELECT count(*) FROM saylog.messages WHERE nonce <> 0";
    assert_eq!(cluster.sql(database, nonces), "0\n");
}

#[test]
fn both_sides_have_the_same_columns() {
    let (cluster, file) = (cluster!(), File::lived());
    let server = cluster.database();
    assert_eq!(file.copy("saylog.db", &server).code, 0);
    let (_, database) = server.rsplit_once('/').expect("a database");
    let columns = cluster.sql(
        database,
        "SELECT c.table_name || '.' || c.column_name FROM information_schema.columns AS c
         JOIN information_schema.tables AS t USING (table_schema, table_name)
         WHERE c.table_schema = 'saylog' AND t.table_type = 'BASE TABLE'
               AND c.table_name NOT IN ('store', 'terms', 'logins') AND c.column_name <> 'nonce'
               AND (c.table_name, c.column_name) NOT IN (('prompts', 'user'), ('windows', 'user'))",
    );
    let mut columns: Vec<&str> = columns.lines().collect();
    columns.sort_unstable();
    let in_file: Vec<String> = file.stored().rows(
        "SELECT t.name || '.' || c.name FROM sqlite_schema AS t
         JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table' ORDER BY 1",
    );
    assert_eq!(columns, in_file);
}

#[test]
fn a_prompt_that_a_server_holds_twice_is_copied_once() {
    let (cluster, file) = (cluster!(), File::lived());
    let server = cluster.database();
    check(&file.copy("saylog.db", &server), LIVED, "", 0);
    let (_, database) = server.rsplit_once('/').expect("a database");
    // Two processes have said it for the first time at the same moment.
    cluster.sql(
        database,
        "INSERT INTO saylog.prompts (content) VALUES ('be kind'), ('be brief');
         INSERT INTO saylog.sent VALUES (4, 3, NULL, NULL, 4), (7, 6, NULL, NULL, 5)",
    );
    check(&file.copy(&server, "back.db"), LIVED, "", 0);
    let back = Store::open(&file.0.folder().join("back.db"));
    assert_eq!(
        back.rows::<(i64, String)>("SELECT * FROM prompts ORDER BY id"),
        [(3, "be kind".into()), (5, "be brief".into())]
    );
    assert_eq!(
        back.rows::<(i64, i64)>("SELECT reply, prompt FROM sent ORDER BY reply"),
        [(2, 3), (4, 3), (7, 5)]
    );
}

#[test]
fn a_server_that_goes_away_is_told_and_the_copy_goes_on() {
    let (cluster, file) = (cluster!(), File::long(12_000));
    let server = cluster.database();
    assert_eq!(file.copy("saylog.db", &server).code, 0);
    let (_, database) = server.rsplit_once('/').expect("a database");
    let mut child = file
        .copying(&server, "back.db")
        .arg("--json")
        .env("SAYLOG_TEST_PATIENCE", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    let mut first = String::new();
    output.read_line(&mut first).expect("its output");
    assert!(first.starts_with("{\"event\":\"progress\""), "{first}");
    let end = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database}'
            AND pid <> pg_backend_pid()"
    );
    assert_eq!(cluster.sql("postgres", &end), "1\n");
    let mut told = String::new();
    let mut errors = child.stderr.take().expect("its errors");
    errors.read_to_string(&mut told).expect("its errors");
    assert_eq!(child.wait().expect("its end").code(), Some(1));
    let lost = [
        "the server has ended the connection",
        "the connection is gone",
    ];
    let sentences = lost.map(|why| {
        format!(
            "saylog: the log cannot be read: {why}; the same command goes on with it; is the \
             server running, and does the network reach it?\n"
        )
    });
    assert!(sentences.contains(&told), "{told}");
    let whole =
        "12000 messages of 1 session and 1 user copied from <from> to <to>, and compared.\n";
    check(&file.copy(&server, "back.db"), whole, "", 0);
    assert_eq!(file.everything("back.db"), file.everything("saylog.db"));
}

#[test]
fn programs_are_told_in_json() {
    let file = File::lived();
    let mut command = file.copying("saylog.db", "copy.db");
    command.arg("--json").env("SAYLOG_TEST_PATIENCE", "0");
    let outcome = feed(command, b"");
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let folder = fs::canonicalize(file.0.folder()).expect("a folder");
    let told = events(&outcome.stdout);
    assert_eq!(
        told.last(),
        Some(&json!({
            "event": "store_copy", "line": null, "from": folder.join("saylog.db"),
            "to": folder.join("copy.db"), "complete": true, "went_on": false, "id": 11,
            "newest_id": 11, "nul_replaced": 0, "coming": 1,
            "rows": {"users": 2, "prompts": 1, "messages": 11, "sessions": 3, "moves": 3,
                     "sent": 1, "imports": 1, "origins": 2, "windows": 2, "partials": 1},
        }))
    );
    let progress: Vec<_> = told[..told.len() - 1]
        .iter()
        .map(|it| {
            (
                it["event"].as_str(),
                it["what"].as_str(),
                it["total"].as_u64(),
            )
        })
        .collect();
    assert_eq!(
        progress,
        [
            (Some("progress"), Some("copy"), Some(11)),
            (Some("progress"), Some("check"), Some(11))
        ]
    );
}

#[test]
fn the_copy_is_used_like_any_other_store() {
    let (cluster, file) = (cluster!(), File::lived());
    let server = cluster.database();
    assert_eq!(file.copy("saylog.db", &server).code, 0);
    let lines = "/resume Trip\non it goes\n/undo\n/redo\n/fork\n/user carl\n/start\nnew here\n\
                 /search in:global train\n/history global\n";
    let mut outcomes = [server.as_str(), "saylog.db"].map(|store| {
        let mut command = file.command();
        command
            .args([
                "--json",
                "--model",
                "mock:echo",
                "--user",
                "alice",
                "--store",
                store,
            ])
            .envs([
                ("SAYLOG_TEST_CLOCK", "1795354400000"),
                ("SAYLOG_TEST_SEED", "77"),
            ]);
        feed(command, lines.as_bytes())
    });
    for outcome in &mut outcomes {
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    }
    let [on_server, in_file] = outcomes;
    let (on_server, in_file) = (events(&on_server.stdout), events(&in_file.stdout));
    assert_eq!(on_server, in_file);
    let ids = on_server.iter().filter(|event| event["event"] == "message");
    assert_eq!(ids.map(|event| event["id"].as_i64()).max(), Some(Some(15)));
}

#[test]
fn only_an_empty_store_becomes_a_copy() {
    let file = File::lived();
    check(&file.copy("saylog.db", "copy.db"), LIVED, "", 0);
    let before = file.everything("copy.db");
    check(&file.copy("saylog.db", "copy.db"), "", IS_NOT_EMPTY, 1);
    assert_eq!(file.everything("copy.db"), before);
    check(
        &file.copy("saylog.db", "./saylog.db"),
        "",
        "saylog: the source and the copy would be the same store; name a new file, or an empty \
         database\n",
        1,
    );
    check(
        &file.copy("nothing.db", "new.db"),
        "",
        "saylog: there is no store in `nothing.db`\n",
        1,
    );
    assert!(!file.0.folder().join("new.db").exists());
    let cluster = cluster!();
    let (server, empty) = (cluster.database(), cluster.database());
    assert_eq!(file.copy("saylog.db", &server).code, 0);
    check(&file.copy("saylog.db", &server), "", IS_NOT_EMPTY, 1);
    check(
        &file.copy(&server, &server),
        "",
        "saylog: the source and the copy would be the same store; name a new file, or an empty \
         database\n",
        1,
    );
    check(
        &file.copy(&empty, "new.db"),
        "",
        "saylog: there is no log in this database; name the database that has one\n",
        1,
    );
    assert!(!file.0.folder().join("new.db").exists());
}

#[test]
fn a_password_in_an_argument_is_a_mistake() {
    let file = File::lived();
    for (from, to) in [
        ("postgres://a:s3cret@h/x", "new.db"),
        ("saylog.db", "postgres://h/x?password=s3cret"),
    ] {
        check(
            &file.copy(from, to),
            "",
            "saylog: --copy: a password does not belong in an argument, which everybody on this \
             machine can see; PGPASSFILE, ~/.pgpass or a service file may hold it, for each \
             server its own\n",
            2,
        );
    }
    check(
        &file.copy("memory:", "new.db"),
        "",
        "saylog: --copy: a store in memory is gone with the process; name a file or a server\n",
        2,
    );
    let mut command = file.copying("saylog.db", "new.db");
    command.args(["--copy", "saylog.db", "newer.db"]);
    check(
        &feed(command, b""),
        "",
        "saylog: --copy: one store is copied at a time\n",
        2,
    );
    assert!(!file.0.folder().join("new.db").exists());
}

#[test]
fn a_store_with_a_nul_in_it_can_be_passed_on() {
    let (cluster, file) = (cluster!(), File::lived());
    let (copy, import) = (cluster.database(), cluster.database());
    file.stored().tamper(
        "UPDATE messages SET content = 'a' || char(0) || 'é', reasoning = char(0),
                             finish_reason = 's' || char(0), model = 'm' || char(0) WHERE id = 2;
         UPDATE sessions SET words = 'w' || char(0) WHERE id = 1;",
    );
    let (received, coming) = LIVED.split_once('\n').expect("two lines");
    check(
        &file.copy("saylog.db", &copy),
        &format!(
            "{received}\n  5 texts had NUL characters, which PostgreSQL does not take: the copy has \
             U+FFFD there\n{coming}"
        ),
        "",
        0,
    );
    check(&file.copy("saylog.db", "whole.db"), LIVED, "", 0);
    assert_eq!(file.everything("whole.db"), file.everything("saylog.db"));
    let on = |store: &str, arguments: &[&str]| {
        let mut command = file.command();
        command.args(["--user", "alice", "--model", "mock:echo", "--store", store]);
        command.args(arguments);
        feed(command, b"")
    };
    let exported = on("saylog.db", &["--export", "in:global log.jsonl"]);
    assert_eq!(exported.code, 0, "{exported:?}");
    for (store, told) in [
        (import.as_str(), "11 messages added"),
        (&import, "; 0 messages added"),
        (&copy, "; 0 messages added"),
        ("saylog.db", "; 0 messages added"),
    ] {
        let outcome = on(store, &["--import", "log.jsonl"]);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        assert!(outcome.stdout.contains(told), "{outcome:?}");
    }
    for store in [&import, &copy] {
        let (_, database) = store.rsplit_once('/').expect("a database");
        let texts = "SELECT content, reasoning, finish_reason, model FROM saylog.messages
                     WHERE content LIKE 'a%é'";
        assert_eq!(
            cluster.sql(database, texts),
            "a\u{fffd}é|\u{fffd}|s\u{fffd}|m\u{fffd}\n"
        );
    }
}

#[test]
fn a_row_that_the_other_side_cannot_take_is_named_and_stops_it() {
    let cluster = cluster!();
    for (tampering, mending, row) in [
        (
            "UPDATE messages SET model = CAST(x'ff' AS TEXT) WHERE id = 5",
            "UPDATE messages SET model = NULL WHERE id = 5",
            "row 5 of `messages` cannot be copied: its `model` is not UTF-8",
        ),
        (
            "UPDATE messages SET role = 7 WHERE id = 5",
            "UPDATE messages SET role = 0 WHERE id = 5",
            "row 5 of `messages` cannot be copied: its `role` is 7, which stands for nothing",
        ),
        (
            "UPDATE messages SET seq = 1 WHERE id = 3",
            "UPDATE messages SET seq = 3 WHERE id = 3",
            "row 3 of `messages` cannot be copied: it contradicts what is stored",
        ),
        (
            "UPDATE sessions SET uuid = upper(uuid) WHERE id = 2",
            "UPDATE sessions SET uuid = lower(uuid) WHERE id = 2",
            "row 2 of `sessions` cannot be copied: its `uuid` is no UUID as saylog writes it",
        ),
        (
            "PRAGMA foreign_keys = OFF; UPDATE moves SET session = 9 WHERE id = 2",
            "UPDATE moves SET session = 2 WHERE id = 2",
            "row 2 of `moves` cannot be copied: it contradicts what is stored",
        ),
    ] {
        let (file, server) = (File::lived(), cluster.database());
        file.stored().tamper(tampering);
        check(
            &file.copy("saylog.db", &server),
            "",
            &format!(
                "saylog: {row}; mend it in the source; then the same command goes on with it\n"
            ),
            1,
        );
        let mut command = file.command();
        command.args(["--user", "alice", "--store", &server, "-c", "/users"]);
        check(
            &feed(command, b""),
            "",
            &format!("saylog: the store `{server}` cannot be opened: {UNFINISHED}"),
            1,
        );
        file.stored().tamper(mending);
        check(&file.copy("saylog.db", &server), LIVED, "", 0);
        check(&file.copy(&server, "back.db"), LIVED, "", 0);
        assert_eq!(file.everything("back.db"), file.everything("saylog.db"));
    }
}

#[test]
fn an_unfinished_copy_is_of_no_use_and_of_its_source_only() {
    let file = File::lived();
    file.stored()
        .tamper("UPDATE messages SET role = 7 WHERE id = 5");
    let copied = file.copy("saylog.db", "copy.db");
    assert_eq!((copied.stdout.as_str(), copied.code), ("", 1));
    let refused = "saylog: the store `copy.db` is a copy that is not complete; the same \
                   `saylog --copy FROM TO` goes on with it\n";
    let mut command = file.command();
    command.args(["--user", "alice", "--store", "copy.db", "-c", "/users"]);
    check(&file.told(feed(command, b""), "\0", "\0"), "", refused, 1);
    check(&file.copy("copy.db", "other.db"), "", refused, 1);
    let other = File::lived();
    let elsewhere = other.path().to_string_lossy().into_owned();
    let outcome = file.copy(&elsewhere, "copy.db");
    assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
    check(
        &outcome,
        "",
        "saylog: the store that is to become the copy is an unfinished one of `saylog.db`; name \
         a new file, or an empty database\n",
        1,
    );
}

#[test]
fn what_is_said_meanwhile_is_copied_when_it_is_gone_on_with() {
    let (cluster, file) = (cluster!(), File::lived());
    let server = cluster.database();
    file.stored()
        .tamper("UPDATE moves SET why = CAST(x'ff' AS TEXT) WHERE id = 3");
    assert_eq!(file.copy("saylog.db", &server).code, 1);
    // Heads move, what was still coming has come, an import goes on.
    file.stored().tamper(
        "UPDATE moves SET why = 'clear' WHERE id = 3;
         DELETE FROM partials; UPDATE imports SET head = 4;
         INSERT INTO origins VALUES (x'0a', 3)",
    );
    assert_eq!(file.play("/resume Trip\nmore\n/undo\n").code, 0);
    check(
        &file.copy("saylog.db", &server),
        "13 messages of 3 sessions and 2 users copied from <from> to <to>, and compared.\n",
        "",
        0,
    );
    assert_eq!(file.copy(&server, "back.db").code, 0);
    assert_eq!(file.everything("back.db"), file.everything("saylog.db"));
}

#[test]
fn a_copy_that_was_killed_at_any_moment_goes_on() {
    let (cluster, file) = (cluster!(), File::long(2500));
    let (source, expected) = (cluster.database(), file.everything("saylog.db"));
    let whole = "2500 messages of 1 session and 1 user copied from <from> to <to>, and compared.\n";
    let begun = Instant::now();
    check(&file.copy("saylog.db", &source), whole, "", 0);
    let took = begun.elapsed();
    for round in 0..8 {
        let from = [source.as_str(), "saylog.db"][round % 2];
        let to = match round % 2 {
            0 => format!("back{round}.db"),
            _ => cluster.database(),
        };
        // Twice, from its beginning to its end.
        for _ in 0..2 {
            let mut child = file
                .copying(from, &to)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the program starts");
            let thousandths = u32::try_from(round * 125 + random(125)).expect("a number");
            thread::sleep(took * thousandths / 1000);
            child.kill().expect("a kill");
            child.wait().expect("its end");
        }
        let outcome = file.copy(from, &to);
        match outcome.code {
            0 => check(&outcome, whole, "", 0),
            // The kill came too late.
            _ => check(&outcome, "", IS_NOT_EMPTY, 1),
        }
        if round % 2 == 0 {
            assert_eq!(file.everything(&to), expected);
        } else {
            check(&file.copy(&to, &format!("back{round}.db")), whole, "", 0);
            assert_eq!(file.everything(&format!("back{round}.db")), expected);
        }
    }
}

#[test]
fn ctrl_c_tells_how_far_it_is() {
    let (cluster, file) = (cluster!(), File::long(12_000));
    let server = cluster.database();
    let mut child = file
        .copying("saylog.db", &server)
        .arg("--json")
        .env("SAYLOG_TEST_PATIENCE", "0")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    let mut first = String::new();
    output.read_line(&mut first).expect("its output");
    assert!(first.starts_with("{\"event\":\"progress\""), "{first}");
    let id = Pid::from_child(&child);
    kill_process(id, Signal::INT).expect("a signal");
    let mut rest = String::new();
    output.read_to_string(&mut rest).expect("its output");
    assert_eq!(child.wait().expect("its end").code(), Some(130));
    let told = events(&rest);
    let last = told.last().expect("a receipt");
    assert_eq!(
        (&last["event"], &last["complete"], &last["newest_id"]),
        (&json!("store_copy"), &json!(false), &json!(12_000))
    );
    check(
        &file.copy("saylog.db", &server),
        "12000 messages of 1 session and 1 user copied from <from> to <to>, and compared.\n",
        "",
        0,
    );
}

#[test]
fn of_two_at_once_one_makes_the_copy() {
    let (cluster, file) = (cluster!(), File::long(3000));
    for to in [cluster.database(), "copy.db".to_owned()] {
        let outcomes = thread::scope(|scope| {
            let runs = [0, 1].map(|_| scope.spawn(|| file.copy("saylog.db", &to)));
            runs.map(|run| run.join().expect("its end"))
        });
        let mut codes = outcomes.each_ref().map(|outcome| outcome.code);
        codes.sort_unstable();
        assert_eq!(codes, [0, 1], "{outcomes:?}");
        let taken = "saylog: another saylog has taken this copy over; let that one come to its \
                     end; then the same command goes on with it\n";
        let other = outcomes.iter().find(|outcome| outcome.code == 1);
        let told = &other.expect("one").stderr;
        assert!([taken, IS_NOT_EMPTY].contains(&told.as_str()), "{told}");
        assert_eq!(file.copy(&to, "back.db").code, 0);
        assert_eq!(file.everything("back.db"), file.everything("saylog.db"));
        fs::remove_file(file.0.folder().join("back.db")).expect("a file");
    }
}
