//! Stores as earlier releases wrote them: the first opening brings them to this
//! version's tables, wholly or not at all, and no message changes.
//!
//! `stores/N.db` was written by the release with schema N, `stores/N.jsonl` is
//! what that release's own `/history global --json` printed of it. Both hold the
//! same conversations: alice's "plans" was cleared in the midst, her other
//! session as the last thing that was done.

mod branches;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::support::account::set_mode;
use crate::support::events::events;
use crate::support::run::{Outcome, STARTED, Saylog, check, feed, has};
use crate::support::strace::strace;

/// Earlier versions of the schema.
const OLD: [u32; 3] = [1, 2, 3];

/// Those that kept no moves: a clear was to be seen by messages without a parent.
const WITHOUT_MOVES: [u32; 2] = [1, 2];

/// The current version of the schema.
const NOW: u32 = 6;

/// The clear of "plans", as `/moves` lists what an earlier release did.
const CLEARED: &str = "1 <time> clear #18 -> none, 8 messages left; `/fork at #18`\n";

fn stored(version: u32, ending: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/stores");
    PathBuf::from(folder).join(format!("{version}.{ending}"))
}

/// A copy of an old store, which nothing has opened yet.
fn old(version: u32) -> Saylog {
    let saylog = Saylog::new();
    fs::copy(stored(version, "db"), saylog.store()).expect("a copy of the old store");
    set_mode(&saylog.store(), 0o600);
    saylog
}

/// The messages that a run listed, every field of each.
fn messages(listing: &str) -> Vec<Value> {
    let events = events(listing).into_iter();
    events.filter(|event| event["event"] == "message").collect()
}

/// The messages that the store began with are what they were for the release
/// that wrote them, every field of each; gives those that came since.
#[track_caller]
fn unchanged(saylog: &Saylog, version: u32) -> Vec<Value> {
    let then = fs::read_to_string(stored(version, "jsonl")).expect("the old listing");
    let (then, mut now) = (messages(&then), messages(&saylog.log()));
    assert!(then.len() == 28 && now.len() >= 28, "{} listed", now.len());
    let since = now.split_off(28);
    for (mut then, now) in then.into_iter().zip(now) {
        if version == 1 {
            // Nobody counted yet; what is absent is null.
            then["prompt_tokens"] = Value::Null;
            then["reply_tokens"] = Value::Null;
        }
        assert_eq!(now, with_details(then));
    }
    since
}

/// A message of a release that kept nothing of a reply beside its text.
fn with_details(mut message: Value) -> Value {
    for field in [
        "finish_reason",
        "reasoning",
        "citations",
        "said_at",
        "source",
    ] {
        assert!(message.get(field).is_none());
        message[field] = Value::Null;
    }
    message
}

/// The version of a store's schema, and the result of its integrity check.
fn state(saylog: &Saylog) -> (u32, String) {
    let store = saylog.stored();
    (store.version(), store.integrity())
}

/// The short id of the session with that title or those first words.
fn short(version: u32, words: &str) -> &'static str {
    match (version, words) {
        (1, "plans") => "66d9d643",
        (1, "first of three") => "f81b79b4",
        (1, "") => "90b0a248",
        (1, "team notes") => "ae132413",
        (1, "is anybody there?") => "de5f5624",
        (1, _) => "e3ad45cf",
        (2, "plans") => "518b6441",
        (2, "first of three") => "7f94cde7",
        (2, "") => "16cbbbbd",
        (2, "team notes") => "4494d657",
        (2, "is anybody there?") => "a9ee59d4",
        (2, _) => "3576ef39",
        (_, "plans") => "aad26ad3",
        (_, "first of three") => "61f0abae",
        (_, "") => "de76e8f5",
        (_, "team notes") => "4ea66d56",
        (_, "is anybody there?") => "096e4343",
        (_, _) => "3a6a396e",
    }
}

/// Who answers in "plans": the second release let a session choose.
fn model_of_plans(version: u32) -> &'static str {
    if version == 1 { "mock" } else { "mock:echo" }
}

#[test]
fn an_old_store_becomes_a_new_one_with_the_very_same_messages() {
    for version in OLD {
        let saylog = old(version);
        assert_eq!(state(&saylog), (version, "ok".into()));
        assert_eq!(unchanged(&saylog, version), [Value::Null; 0]);
        assert_eq!(state(&saylog), (NOW, "ok".into()));
        // Once more, when there is nothing to migrate any more.
        assert_eq!(unchanged(&saylog, version), [Value::Null; 0]);
    }
}

#[test]
fn the_sessions_of_an_old_store_are_listed_as_if_they_had_always_been_counted() {
    for version in OLD {
        let saylog = old(version);
        let id = |words| short(version, words);
        let model = model_of_plans(version);
        let outcome = saylog.play(
            "/sessions\n/sessions --all\n/user bob\n/sessions\n/user x y\n/sessions\n/sessions global\n",
        );
        let plans = format!("{} 4 12 {model} <time> \"plans\"\n", id("plans"));
        let three = format!(
            "{} 0 6 mock <time> \"first of three\"\n",
            id("first of three")
        );
        let notes = format!("{} 6 6 mock <time> \"team notes\"\n", id("team notes"));
        let anybody = format!(
            "{} 2 2 mock <time> \"is anybody there?\"\n",
            id("is anybody there?")
        );
        let space = format!(
            "{} 2 2 mock <time> \"my name has a space in it\"\n",
            id("my name has a space in it")
        );
        let empty = format!("{} 0 0 mock <time> -\n", id(""));
        check(
            &outcome.normal(&saylog),
            &format!(
                "1 {plans}2 {three}\
                 1 {empty}2 {plans}3 {three}\
                 bob\n1 {anybody}2 {notes}\
                 x y\n1 {space}\
                 \"x y\" {space}bob {anybody}bob {notes}alice {plans}alice {three}"
            ),
            "",
            0,
        );
    }
}

#[test]
fn what_an_old_release_cleared_last_comes_back() {
    for version in OLD {
        let saylog = old(version);
        let outcome = saylog
            .play("/resume first of three\n/moves\n/undo\n/sessions\n/redo\n/undo\n/history\n");
        let mock = "This is a mock response from AI.";
        let (user, ai) = ("<time> alice <1> user:", "<time> alice <1> ai:");
        check(
            &outcome.normal(&saylog),
            &format!(
                "Session <1> resumed, 6 messages.\n\
                 1 <time> clear #12 -> none, 6 messages left; `/fork at #12`\n\
                 6 messages are back in the context (#7, #8, #9, #10, #11, #12); `/redo` takes them out again.\n\
                 1 {plans} 4 12 {model} <time> \"plans\"\n\
                 2 {three} 6 6 mock <time> \"first of three\" current\n\
                 6 messages left the context (#7, #8, #9, #10, #11, #12); `/undo` brings them back.\n\
                 6 messages are back in the context (#7, #8, #9, #10, #11, #12); `/redo` takes them out again.\n\
                 {user} first of three\n{ai} {mock}\n\
                 {user} second of three\n{ai} {mock}\n\
                 {user} third of three\n{ai} {mock}\n",
                plans = short(version, "plans"),
                three = short(version, "first of three"),
                model = model_of_plans(version),
            ),
            "its context is empty; `/undo` brings back what was cleared\n",
            0,
        );
        assert_eq!(unchanged(&saylog, version), [Value::Null; 0]);
    }
}

/// What `/context` shows of the first eight messages of "plans".
const EARLIER: &str = "#1 user 11 tokens: Where shall we go in May?\n\
     #2 ai 12 tokens: This is a mock response from AI.\n\
     #3 user 21 tokens: Three ideas:\n    \n    1. the coast\n    2. the hills, by train\n       (two changes)\n\
     #4 ai 12 tokens: This is a mock response from AI.\n\
     #5 user 22 tokens: 日本語も大丈夫? 👩‍👩‍👧‍👦 naïve café 🚂 ＷＩＤＥ\n\
     #6 ai 12 tokens: This is a mock response from AI.\n\
     #17 user 10 tokens: And what would it cost?\n\
     #18 ai 12 tokens: This is a mock response from AI.\n";

#[test]
fn below_what_was_said_since_lies_what_an_old_release_cleared() {
    for version in OLD {
        let saylog = old(version).with(&["--resume", "plans"]);
        let outcome =
            saylog.play("/moves\n/undo 3\n/undo 2\n/undo\n/context\n/undo\n/redo\n/moves\n");
        check(
            &outcome.normal(&saylog),
            &format!(
                "{CLEARED}\
                 4 messages left the context (#19, #20, #21, #22); `/redo` brings them back.\n\
                 8 messages are back in the context (#1 … #18); `/redo` takes them out again.\n\
                 {EARLIER}8 messages, 112 of 8192 tokens (1 %)\n\
                 2 messages left the context (#17, #18); `/redo` brings them back.\n\
                 2 messages are back in the context (#17, #18); `/undo` takes them out again.\n\
                 {CLEARED}\
                 2 <time> undo #22 -> none, 4 messages left; `/fork at #22`\n\
                 3 <time> undo none -> #18, 8 messages came\n\
                 4 <time> undo #18 -> #6, 2 messages left; `/fork at #18`\n\
                 5 <time> redo #6 -> #18, 2 messages came; `/fork at #6`\n"
            ),
            "<stdin>:2: `/undo` cannot take 3 turns out: the context has 2 turns; \
             `/undo 2` takes all of it out\n",
            1,
        );
        assert_eq!(unchanged(&saylog, version), [Value::Null; 0]);
    }
}

/// The sessions that a run listed: title, messages in the context and in the log.
fn sessions(outcome: &Outcome) -> Vec<(Value, i64, i64)> {
    let rows = events(&outcome.stdout);
    let rows = rows.iter().filter(|row| row["event"] == "session_row");
    rows.map(|row| {
        let count = |field: &str| row[field].as_i64().expect("a count");
        (row["title"].clone(), count("context"), count("messages"))
    })
    .collect()
}

#[test]
fn messages_of_old_versions_are_counted_though_none_of_them_knows_its_place() {
    for version in OLD {
        let saylog = old(version).with(&["--json", "--model", "mock:echo"]);
        let outcome = saylog.play(
            "/fork at #18 cost\nsaid now\n/fork at #4 early\n/quote #3\n/undo 2\n/sessions\n",
        );
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        assert_eq!(
            sessions(&outcome),
            [
                (json!("early"), 2, 1),
                (json!("cost"), 10, 2),
                (json!("plans"), 4, 12),
                (Value::Null, 0, 6),
            ]
        );
        let further = saylog.play("/resume early\n/fork later\nmore\n/redo\n/sessions\n");
        assert_eq!((further.stderr.as_str(), further.code), ("", 1));
        assert_eq!(
            sessions(&further)[..2],
            [(json!("later"), 4, 2), (json!("early"), 2, 1)]
        );
    }
}

#[test]
fn what_the_model_saw_of_old_messages_is_shown_and_what_no_longer_fits_is_counted() {
    for version in OLD {
        let saylog = old(version);
        let seven: String = EARLIER.split_inclusive('\n').take(11).collect();
        check(
            &saylog.play("/context at #18\n"),
            &format!("{seven}7 messages, 100 of 8192 tokens (1 %)\n"),
            "",
            0,
        );
        // Three quarters of the window are for messages: two turns fit, not three.
        let small = saylog.with(&["--window", "80"]);
        let four: String = EARLIER.split_inclusive('\n').skip(8).collect();
        check(
            &small
                .play("/context at #18\n/fork at #18\n/context\n")
                .normal(&small),
            &format!(
                "#5 user 22 tokens: 日本語も大丈夫? 👩‍👩‍👧‍👦 naïve café 🚂 ＷＩＤＥ\n\
                 #6 ai 12 tokens: This is a mock response from AI.\n\
                 #17 user 10 tokens: And what would it cost?\n\
                 3 messages, 44 of 80 tokens (55 %); 4 older messages are left out\n\
                 Session <1> forked from <2> at #18, 8 messages.\n\
                 {four}4 messages, 56 of 80 tokens (70 %); 4 older messages are left out\n"
            ),
            "",
            0,
        );
    }
}

/// Gives an old store one more user and session, as the release that wrote it
/// would have: messages (id, parent, previous, seq, role, content) after #28.
fn eves(saylog: &Saylog, messages: &str, last: i64) {
    let sql = format!(
        "INSERT INTO users (id, name) VALUES (9, 'eve');
         INSERT INTO sessions (id, uuid, user, head, last, created_at)
         VALUES (9, '5b0c1f7e-94a3-4be0-8d7c-3f2a9b1c6d10', 9, NULL, {last}, 0);
         INSERT INTO messages (id, parent, previous, seq, role, content, session, created_at, status)
         SELECT *, 9, 1790000000000, 0 FROM (VALUES {messages});"
    );
    saylog.stored().write(&sql).expect("as it was then");
}

#[test]
fn each_of_the_clears_of_an_old_release_is_taken_back_the_last_first() {
    for version in WITHOUT_MOVES {
        let saylog = old(version);
        let messages = "(29, NULL, NULL, 1, 1, 'a'), (30, 29, 29, 2, 2, 'A'),
                        (31, NULL, 30, 3, 1, 'b'), (32, NULL, 31, 4, 1, 'c'), (33, 32, 32, 5, 2, 'C')";
        eves(&saylog, messages, 33);
        let outcome = saylog.play(
            "/user eve\n/resume a\n/moves\n/undo\n/undo\n/undo\n/undo\n/undo\n/undo\n/undo\n",
        );
        check(
            &outcome.normal(&saylog),
            "eve\n\
             Session <1> resumed, 5 messages.\n\
             1 <time> clear #30 -> none, 2 messages left; `/fork at #30`\n\
             2 <time> clear #31 -> none, 1 message left; `/fork at #31`\n\
             3 <time> clear #33 -> none, 2 messages left; `/fork at #33`\n\
             2 messages are back in the context (#32, #33); `/redo` takes them out again.\n\
             2 messages left the context (#32, #33); `/redo` brings them back.\n\
             1 message is back in the context (#31); `/redo` takes it out again.\n\
             1 message left the context (#31); `/redo` brings it back.\n\
             2 messages are back in the context (#29, #30); `/redo` takes them out again.\n\
             2 messages left the context (#29, #30); `/redo` brings them back.\n",
            "its context is empty; `/undo` brings back what was cleared\n\
             <stdin>:10: there is nothing to take back; `/moves` lists what was moved\n",
            1,
        );
    }
}

#[test]
fn the_first_words_of_an_old_session_are_those_of_a_new_one() {
    let first = "two  blanks, then\n\tanother line and so many words that they have to be cut";
    let saylog = Saylog::new().with(&["--json"]);
    let said = saylog.play(format!("/start\n\"\"\"\n{first}\n\"\"\"\n/sessions\n"));
    let words = |outcome: &Outcome| {
        let rows = events(&outcome.stdout);
        let row = rows.iter().find(|row| row["event"] == "session_row");
        row.expect("a session")["words"].clone()
    };
    for version in WITHOUT_MOVES {
        let old = old(version);
        eves(&old, &format!("(29, NULL, NULL, 1, 1, '{first}')"), 29);
        let old = old.with(&["--json"]);
        assert_eq!(words(&old.play("/user eve\n/sessions\n")), words(&said));
        let name = "two blanks, then another line and so many words …";
        let found = old.play(format!("/user eve\n/resume {name}\n"));
        assert_eq!(
            (found.stdout.contains("\"resume\""), found.code),
            (true, 0),
            "{}",
            found.stdout
        );
    }
}

#[test]
fn many_programs_that_open_an_old_store_at_once_all_work() {
    const MANY: usize = 8;
    for version in [OLD, OLD].concat() {
        let saylog = old(version);
        let ready = Barrier::new(MANY);
        let (saylog_ref, ready) = (&saylog, &ready);
        let speak = move |number: usize| {
            ready.wait();
            let user = format!("/user user {number}");
            let outcome = saylog_ref.lines(&[&user, "/start", "hello"]);
            check(
                &outcome,
                &format!("user {number} (new)\n{STARTED}This is a mock response from AI.\n"),
                "",
                0,
            );
        };
        thread::scope(|scope| {
            for number in 0..MANY {
                scope.spawn(move || speak(number));
            }
        });
        assert_eq!(state(&saylog), (NOW, "ok".into()));
        assert_eq!(unchanged(&saylog, version).len(), 2 * MANY);
        let cleared = saylog.play("/resume plans\n/moves\n").normal(&saylog);
        assert!(cleared.stdout.ends_with(CLEARED), "{}", cleared.stdout);
    }
}

/// What the second and the third release wrote to say something in "plans", and to answer.
const WRITTEN: [(u32, &str); 2] = [
    (
        2,
        "INSERT INTO messages
             (parent, previous, seq, session, role, content, created_at, model, status,
              prompt_tokens, reply_tokens)
         VALUES (22, 22, 13, 1, 1, 'said by the second release', 1790000000000, NULL, 0, NULL, NULL),
                (29, 29, 14, 1, 2, 'yes', 1790000000000, 'mock', 0, NULL, NULL);
         UPDATE sessions SET head = 30, last = 30 WHERE id = 1;",
    ),
    (
        3,
        "INSERT INTO messages
             (parent, previous, seq, session, role, content, created_at, model, status,
              prompt_tokens, reply_tokens, depth, system, oldest)
         VALUES (22, 22, 13, 1, 1, 'said by the third', 1790000000000, NULL, 0, NULL, NULL, 5, NULL, NULL),
                (29, 29, 14, 1, 2, 'yes', 1790000000000, 'mock', 0, NULL, NULL, 6, NULL, 19);
         UPDATE sessions SET head = 30, last = 30, count = 14, depth = 6, touched_at = 1790000000000,
                redo = NULL WHERE id = 1;",
    ),
];

/// An earlier release that has had the file open all the while still writes as
/// it always did. It may be refused; but if it is not, no number comes twice.
#[test]
fn an_earlier_release_that_is_still_running_does_not_confuse_the_count() {
    for (version, statements) in WRITTEN {
        let saylog = old(version);
        assert_eq!(unchanged(&saylog, version), [Value::Null; 0]);
        let saylog = saylog.with(&["--json"]);
        let store = saylog.stored();
        let written = store.write(&format!("BEGIN IMMEDIATE; {statements} COMMIT;"));
        drop(store);
        let more = if written.is_ok() { 2 } else { 0 };
        let outcome = saylog.play("/resume plans\nsaid now\n/sessions\n");
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        let events = events(&outcome.stdout);
        let reply = events.iter().find(|event| event["event"] == "reply");
        assert_eq!(reply.expect("a reply")["seq"], 14 + more);
        assert_eq!(sessions(&outcome)[0], (json!("plans"), 6 + more, 14 + more));
    }
}

/// The program, which opens a store and lists sessions, under strace with these options.
fn tampered(saylog: &Saylog, options: &[&str]) -> Command {
    let mut program = saylog.command();
    program.args(["-c", "/sessions"]);
    strace(&program, &[&["-o", "/dev/null"], options].concat())
}

/// Does something to the first, the second, … call of a kind until the program
/// lives to the end; each time the old store is old, or new, and nothing else.
fn disturbed_at_each(call: &str, what: &str, code: i32) {
    for version in OLD {
        let (mut were_old, mut nth) = (0, 1);
        loop {
            let saylog = old(version);
            let inject = format!("inject={call}:{what}:when={nth}");
            let outcome = feed(
                tampered(&saylog, &["-e", &format!("trace={call}"), "-e", &inject]),
                b"",
            );
            let at = format!("{call} {what} {nth} of {version}: {}", outcome.stderr);
            let (now, integrity) = state(&saylog);
            assert!(now == version || now == NOW, "{now} after {at}");
            assert_eq!(integrity, "ok", "{at}");
            were_old += u32::from(now == version);
            assert_eq!(unchanged(&saylog, version), [Value::Null; 0], "{at}");
            let moves = saylog.play("/resume plans\n/moves\n").normal(&saylog);
            assert!(moves.stdout.ends_with(CLEARED), "{at}: {}", moves.stdout);
            if outcome.code == 0 {
                break;
            }
            assert_eq!(outcome.code, code, "{at}");
            nth += 1;
        }
        assert!(were_old > 0 && nth > 2, "{call}: {were_old} of {nth}");
    }
}

#[test]
fn killed_at_each_write_an_old_store_is_old_or_new() {
    if has("strace", "death in the midst of an upgrade") {
        for call in ["pwrite64", "fdatasync"] {
            disturbed_at_each(call, "signal=KILL", 137);
        }
    }
}

#[test]
fn on_a_disk_that_fills_an_old_store_stays_old_or_becomes_new() {
    if has("strace", "a disk that fills during an upgrade") {
        disturbed_at_each("pwrite64", "error=ENOSPC", 1);
    }
}

#[test]
fn an_old_store_that_must_not_be_written_is_refused_in_one_line_and_left_as_it_is() {
    if !has("strace", "a store that must not be written") {
        return;
    }
    for version in OLD {
        let saylog = old(version);
        let store = saylog.store();
        let path = store.to_str().expect("UTF-8");
        // The first two openings read the header and the size, and the third the header
        // once more, when it is this process's turn; SQLite's is the fourth, and after
        // it there is one that only reads.
        let deny = "inject=openat:error=EACCES:when=4";
        let denied = tampered(&saylog, &["-P", path, "-e", "trace=openat", "-e", deny]);
        check(
            &feed(denied, b"").normal(&saylog),
            "",
            "saylog: the store `<folder>/saylog.db` is of an earlier saylog and cannot be brought up to \
             date: the file or its folder cannot be written; it was left as it is\n",
            1,
        );
        let before = fs::read(stored(version, "db")).expect("the old store");
        assert!(
            fs::read(&store).expect("the store") == before,
            "it was written"
        );
    }
}
