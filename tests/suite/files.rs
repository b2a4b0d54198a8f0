//! What may stand at the store's path, and what happens to it: foreign things
//! are refused with one line and left byte for byte as before.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::support::account::set_mode;
use crate::support::run::{MOCK, STARTED, Saylog, check};
use crate::support::store::Store;

/// Runs on what `make` put at the path; it must be refused and stay as it was.
#[track_caller]
fn refused(make: impl FnOnce(&Path), sentence: &str) {
    let saylog = Saylog::new();
    make(&saylog.store());
    let before = snapshot(saylog.folder());
    check(
        &saylog.play("/start\nhello\n").normal(&saylog),
        "",
        &format!("saylog: {sentence}\n"),
        1,
    );
    let after = snapshot(saylog.folder());
    let names =
        |files: &[(String, Vec<u8>)]| files.iter().map(|file| file.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&after), names(&before));
    assert!(after == before, "some byte has changed");
}

/// Names and bytes of everything in a folder.
fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).unwrap_or_default();
            (path.to_string_lossy().into_owned(), bytes)
        })
        .collect();
    files.sort();
    files
}

fn sql(path: &Path, statements: &str) {
    Store::open(path).write(statements).expect("it runs");
    set_mode(path, 0o600);
}

/// A store with one turn in it.
fn store(path: &Path) {
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n");
    fs::copy(saylog.store(), path).expect("a copy");
}

const FOREIGN: &str = "`<folder>/saylog.db` is not a saylog store; it was left as it is; name another file with --store";

#[test]
fn a_folder_is_refused() {
    refused(
        |path| fs::create_dir(path).expect("a folder"),
        "`<folder>/saylog.db` is a folder, not a store; name a file inside it with --store",
    );
}

#[test]
fn a_socket_is_refused() {
    refused(
        |path| drop(std::os::unix::net::UnixListener::bind(path).expect("a socket")),
        "`<folder>/saylog.db` is not a regular file; name another file with --store",
    );
}

#[test]
fn text_of_any_length_is_refused() {
    for text in ["x", "SQLite format 3\0", &"some notes\n".repeat(1000)] {
        refused(|path| fs::write(path, text).expect("a file"), FOREIGN);
    }
}

#[test]
fn somebody_elses_database_is_refused() {
    refused(
        |path| sql(path, "CREATE TABLE t (x); INSERT INTO t VALUES (1)"),
        FOREIGN,
    );
    refused(
        |path| {
            sql(
                path,
                "PRAGMA application_id = 7; PRAGMA user_version = 3; CREATE TABLE t (x)",
            );
        },
        FOREIGN,
    );
    refused(
        |path| {
            sql(
                path,
                "PRAGMA journal_mode = WAL; CREATE TABLE users (id, name)",
            );
        },
        FOREIGN,
    );
}

#[test]
fn what_sqlite_would_remove_beside_a_store_is_left_as_it_is() {
    for end in ["-wal", "-shm", "-journal"] {
        let sentence = format!(
            "beside the store `<folder>/saylog.db` stands `<folder>/saylog.db{end}`, which SQLite \
             has not written but would remove; both were left as they are; move it away, or name \
             another file with --store"
        );
        let beside = |path: &Path| path.with_file_name(format!("saylog.db{end}"));
        refused(
            |path| fs::write(beside(path), "my own notes\n").expect("a file"),
            &sentence,
        );
        refused(
            |path| {
                store(path);
                fs::write(beside(path), "notes").expect("a file");
            },
            &sentence,
        );
        // Another store is one of its neighbours.
        refused(|path| store(&beside(path)), &sentence);
    }
}

#[test]
fn what_sqlite_leaves_beside_a_store_keeps_nobody_out() {
    let version = 3_007_000_u32.to_ne_bytes();
    let begun = |length: usize| -> Vec<u8> {
        let mut bytes = version.to_vec();
        bytes.resize(length, 0);
        bytes
    };
    // As a disk that fills up, a kill or a power cut leaves it.
    for (end, bytes) in [
        ("-shm", vec![]),
        ("-shm", vec![0; 3]),
        ("-shm", begun(4)[..3].to_vec()),
        ("-shm", vec![0; 4096]),
        ("-shm", begun(8192)),
        ("-shm", begun(32 * 1024)),
        ("-wal", vec![]),
        ("-wal", vec![0; 4096]),
        ("-journal", vec![]),
        ("-journal", vec![0; 512]),
    ] {
        let saylog = Saylog::new();
        saylog.play("/start\nhello\n");
        let beside = saylog.folder().join(format!("saylog.db{end}"));
        fs::write(beside, &bytes).expect("a file");
        let outcome = saylog.play("/resume\nagain\n");
        assert_eq!(
            (outcome.code, outcome.stderr.as_str()),
            (0, ""),
            "{end} {}",
            bytes.len()
        );
        assert_eq!(saylog.said().len(), 4);
    }
}

#[test]
fn no_store_is_made_where_sqlite_keeps_what_belongs_to_another() {
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n");
    let begin = |name: &str| {
        let mut command = std::process::Command::new(crate::support::run::SAYLOG);
        command.env_clear().current_dir(saylog.folder());
        command.args(["--user", "a", "--store", name, "-c", "/start"]);
        crate::support::run::feed(command, b"").normal(&saylog)
    };
    for end in ["-wal", "-shm", "-journal"] {
        let name = format!("saylog.db{end}");
        check(
            &begin(&name),
            "",
            &format!(
                "saylog: `<folder>/{name}` is the name of what SQLite keeps beside \
                 `<folder>/saylog.db`; no store was made there; name another file with --store\n"
            ),
            1,
        );
        assert!(!saylog.folder().join(&name).exists());
    }
    // Without that other one it is a name like any.
    check(&begin("diary-journal"), STARTED, "", 0);
}

#[test]
fn a_newer_store_is_refused() {
    refused(
        |path| {
            store(path);
            sql(path, "PRAGMA user_version = 99");
        },
        "`<folder>/saylog.db` was written by a newer saylog (schema 99, this one knows 6); \
         it was left as it is; use the newer program",
    );
}

#[test]
fn a_store_that_was_made_newer_but_not_checkpointed_is_refused() {
    let saylog = Saylog::new();
    saylog.play("/start\nhello\n");
    let newer = saylog.stored();
    newer.write("PRAGMA user_version = 99").expect("it runs");
    let before = fs::read(saylog.store()).expect("the file");
    check(
        &saylog.play("hello\n").normal(&saylog),
        "",
        "saylog: `<folder>/saylog.db` was written by a newer saylog (schema 99, this one knows 6); \
         it was left as it is; use the newer program\n",
        1,
    );
    assert_eq!(fs::read(saylog.store()).expect("the file"), before);
    drop(newer);
}

const DAMAGED: &str = "the store `<folder>/saylog.db` is damaged; it was left as it is; \
                       the sqlite3 shell's `.recover` saves what can be read";

#[test]
fn a_store_cut_anywhere_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = folder.path().join("whole.db");
    store(&whole);
    let size = fs::metadata(&whole).expect("a store").len();
    for cut in [
        1,
        100,
        4095,
        4096,
        4097,
        size / 2,
        size - 4096,
        size - 5000,
        size - 100,
    ] {
        refused(
            |path| {
                fs::copy(&whole, path).expect("a copy");
                let file = fs::File::options().write(true).open(path);
                file.expect("the file")
                    .set_len(size - cut)
                    .expect("it is cut");
            },
            DAMAGED,
        );
    }
}

#[test]
fn a_store_that_has_grown_by_a_part_of_a_page_is_refused() {
    refused(
        |path| {
            store(path);
            let file = fs::File::options().append(true).open(path);
            file.expect("the file")
                .write_all(b"x")
                .expect("it is written");
        },
        DAMAGED,
    );
}

#[test]
fn a_store_whose_schema_is_overwritten_is_refused() {
    refused(
        |path| {
            store(path);
            let mut bytes = fs::read(path).expect("the file");
            bytes[100..4096].fill(0xa5);
            fs::write(path, bytes).expect("the file");
        },
        DAMAGED,
    );
}

#[test]
fn an_empty_file_becomes_a_store() {
    let saylog = Saylog::new();
    fs::write(saylog.store(), "").expect("a file");
    check(
        &saylog.play("/start\nhello\n"),
        &format!("{STARTED}{MOCK}"),
        "",
        0,
    );
    assert_eq!(saylog.said().len(), 2);
}

#[test]
fn a_missing_folder_is_one_sentence() {
    let saylog = Saylog::new();
    let outcome = saylog.run(&["--store", "/nowhere/at/all.db", "-c", "/start"]);
    assert_eq!(outcome.code, 2, "--store twice is a usage error");
    let mut command = std::process::Command::new(crate::support::run::SAYLOG);
    command
        .env_clear()
        .args(["--user", "a", "--store", "/nowhere/at/all.db"]);
    check(
        &crate::support::run::feed(command, b""),
        "",
        "saylog: the store `/nowhere/at/all.db` cannot be made: its folder does not exist; \
         make the folder first, or name another file with --store\n",
        1,
    );
}

#[test]
fn a_name_that_looks_like_a_uri_is_a_name() {
    let saylog = Saylog::new();
    for name in [
        "file:odd.db?mode=memory",
        "sqlite:plain.db",
        "sqlite://slashes.db",
    ] {
        let mut command = std::process::Command::new(crate::support::run::SAYLOG);
        command.env_clear().current_dir(saylog.folder());
        command.args(["--user", "a", "--store", name, "-c", "/start"]);
        check(&crate::support::run::feed(command, b""), STARTED, "", 0);
    }
    let mut names: Vec<_> = snapshot(saylog.folder())
        .into_iter()
        .map(|(name, _)| name.rsplit('/').next().expect("a name").to_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["file:odd.db?mode=memory", "plain.db", "slashes.db"]);
}

/// A store as the first version of saylog left it: one session with one turn.
const FIRST: &str = "
    PRAGMA application_id = 0x7361796c;
    PRAGMA user_version = 1;
    INSERT INTO users VALUES (1, 'alice');
    INSERT INTO sessions VALUES
        (1, '11111111-1111-4111-8111-111111111111', 1, 2, 2, 'old', 1700000000000);
    INSERT INTO messages VALUES
        (1, NULL, NULL, 1, 1, 1, 'hello', 1700000000000, NULL, 0),
        (2, 1, 1, 2, 1, 2, 'This is a mock response from AI.', 1700000000001, 'mock', 0);
";

#[test]
fn a_store_of_the_first_version_is_brought_up_to_date() {
    let saylog = Saylog::new();
    sql(
        &saylog.store(),
        include_str!("../../src/store/sqlite/schema/1.sql"),
    );
    sql(&saylog.store(), FIRST);
    // New times are replaced by `<time>`; the old ones must come out unchanged.
    let mut outcome =
        saylog.play("/history global\n/resume 1111\nagain\n/history\n/model mock:echo\n");
    outcome.stdout = outcome.stdout.replace("2023-11-14T22:13:20.00", "<then>");
    check(
        &outcome.normal(&saylog),
        &format!(
            "<then>0Z alice <1> user: hello\n\
             <then>1Z alice <1> ai: {MOCK}\
             Session <1> resumed, 2 messages.\n\
             <then>0Z alice <1> user: hello\n\
             <then>1Z alice <1> ai: {MOCK}{MOCK}\
             <then>0Z alice <1> user: hello\n\
             <then>1Z alice <1> ai: {MOCK}\
             <time> alice <1> user: again\n<time> alice <1> ai: {MOCK}mock:echo\n",
        ),
        "",
        0,
    );
    let store = saylog.stored();
    let model: String = store.row("SELECT model FROM sessions");
    let uncounted = store.count("log WHERE prompt_tokens IS NULL");
    assert_eq!(
        (store.version(), uncounted, model.as_str()),
        (6, 4, "mock:echo")
    );
    assert_eq!(store.integrity(), "ok");
}

#[test]
fn ten_starts_at_once_bring_a_store_up_to_date() {
    let saylog = Saylog::new();
    sql(
        &saylog.store(),
        include_str!("../../src/store/sqlite/schema/1.sql"),
    );
    sql(&saylog.store(), FIRST);
    std::thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                let outcome = saylog.play("/resume\nhello\n");
                assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
            });
        }
    });
    assert_eq!(saylog.said().len(), 22);
}
