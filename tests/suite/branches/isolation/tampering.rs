//! Another program puts one user's messages below another's context: what the
//! triggers allow is noticed before anything is sent or shown.

use super::{LISTENER, listening, told};
use crate::support::run::{Saylog, feed};
use crate::support::server::Server;

/// Bob and alice speak, then the store is changed with `sql`. Messages 1
/// to 5 are bob's, of which 1 is a system prompt, in session 1, which he
/// cleared (move 1); 6 to 9 are alice's, in session 2.
fn tampered(saylog: &Saylog, sql: &str) {
    let script = "/user bob\n/start bobs\n/model mock:echo\n/system secret-b prompt\nsecret-b one\nsecret-b two\n/clear\n\
                  /user alice\n/start hers\nhello\nagain\n";
    let outcome = saylog.play(script);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    let written = saylog.stored().write(sql);
    written.expect("the triggers allow it");
}

/// The ways to put bob's words below alice's, what brings them there, and the
/// first message that is not hers.
const TAMPERINGS: [(&str, &str, i64); 6] = [
    ("UPDATE sessions SET head = 5, depth = 4 WHERE id = 2", "", 5),
    ("UPDATE sessions SET head = 2, depth = 1 WHERE id = 2", "", 2),
    ("UPDATE sessions SET system = 1 WHERE id = 2", "", 1),
    ("UPDATE sessions SET base = 1 WHERE id = 2", "/undo 2\n/undo\n", 5),
    (
        "INSERT INTO messages (parent, previous, seq, session, role, content, created_at, status, depth)
         VALUES (5, 9, 5, 2, 1, 'as if she had said it', 0, 0, 1);
         UPDATE sessions SET head = 10, last = 10, depth = 5, count = 5 WHERE id = 2",
        "",
        5,
    ),
    (
        "INSERT INTO moves (session, why, from_head, to_head, gone, back, moved_at)
         VALUES (2, 'undo', 3, 9, 2, 0, 0);
         UPDATE sessions SET redo = 2 WHERE id = 2",
        "/redo\n",
        3,
    ),
];

#[test]
fn what_another_program_puts_below_a_context_is_not_sent_to_a_program() {
    for (sql, way, id) in TAMPERINGS {
        let saylog = listening();
        tampered(&saylog, sql);
        let saylog = saylog.with(&LISTENER).with(&["--resume", "hers"]);
        let outcome = saylog.play(format!("{way}hello?\n"));
        let way_on = if sql.contains("SET system") {
            "`/system clear` takes it away"
        } else {
            "`/clear` begins anew"
        };
        let sentence = format!(
            "message #{id} in the context is not one of alice; nothing was sent or shown; \
             another program has changed the store; {way_on}\n"
        );
        assert!(
            outcome.stderr.ends_with(&sentence),
            "{sql}: {}",
            outcome.stderr
        );
        let is_kept = |line: &&str| line.ends_with(" is kept, and no model was asked");
        let further = outcome.stderr.lines().filter(|line| !is_kept(line));
        assert_eq!((further.count(), outcome.code), (1, 1), "{sql}");
        assert_eq!(told(&saylog), [""; 0], "{sql}");
        assert!(
            !outcome.stdout.contains("secret-b"),
            "{sql}: {}",
            outcome.stdout
        );
        // And the hint helps; a system prompt stays until it is taken away.
        let further = saylog.play("/clear\n/system clear\nhello!\n");
        assert_eq!((further.stderr.as_str(), further.code), ("", 0), "{sql}");
        assert_eq!(
            told(&saylog),
            ["{\"role\":\"user\",\"content\":\"hello!\"}\n"],
            "{sql}"
        );
    }
}

#[test]
fn what_another_program_puts_below_a_context_is_not_sent_to_an_endpoint() {
    for (sql, way, id) in TAMPERINGS {
        let server = Server::replying(&["no"]);
        let saylog = Saylog::new();
        tampered(&saylog, sql);
        let saylog = saylog.with(&["--model", "m1", "--base-url", &server.base()]);
        for script in [
            format!("/resume hers\n{way}hello?\n"),
            "/resume hers\n/retry\n".into(),
        ] {
            let outcome = saylog.play(script);
            assert_eq!(outcome.code, 1, "{sql}");
            assert!(server.asked().is_none(), "{sql}: {}", outcome.stdout);
        }
        let outcome = saylog.play("/resume hers\nhello?\n");
        let sentence =
            format!("message #{id} in the context is not one of alice; nothing was sent or shown");
        assert!(
            outcome.stderr.contains(&sentence),
            "{sql}: {}",
            outcome.stderr
        );
        assert!(server.asked().is_none(), "{sql}: {}", outcome.stdout);
    }
}

#[test]
fn nobody_is_asked_by_each_if_one_context_is_not_its_users() {
    let saylog = listening();
    let (sql, _, id) = TAMPERINGS[0];
    tampered(&saylog, sql);
    let saylog = saylog.with(&LISTENER).with(&["--resume", "hers"]);
    let outcome = saylog.play("/user carol\n/start\n/each alice,carol hey\n");
    let newest: i64 = saylog.stored().row("SELECT max(id) FROM messages");
    let sentence = format!(
        "messages #{}, #{newest} are kept, and no model was asked\n<stdin>:3: message #{id} in \
         the context is not one of alice; nothing was sent or shown; another program has changed \
         the store; `/clear` begins anew\n",
        newest - 1
    );
    assert!(outcome.stderr.ends_with(&sentence), "{}", outcome.stderr);
    assert_eq!(outcome.code, 1);
    assert_eq!(told(&saylog), [""; 0]);
}

/// Whatever is put below alice's context, this line shows nothing of it.
#[track_caller]
fn shows_nothing_of_bobs(look: &str) {
    for (sql, way, _) in TAMPERINGS {
        let saylog = listening();
        tampered(&saylog, sql);
        let saylog = saylog.with(&LISTENER).with(&["--resume", "hers"]);
        for json in [&[][..], &["--json"]] {
            let mut command = saylog.command();
            command.args(json);
            let outcome = feed(command, format!("{way}{look}\n").as_bytes());
            for shown in [&outcome.stdout, &outcome.stderr] {
                assert!(!shown.contains("secret-b"), "{look} after {sql}:\n{shown}");
            }
        }
        let told = told(&saylog).concat();
        assert!(!told.contains("secret-b"), "{look} after {sql}:\n{told}");
    }
}

#[test]
fn what_another_program_puts_below_a_context_is_not_shown() {
    // Where there is a message 10, it is hers and follows one of his.
    for look in [
        "/context",
        "/context at #10",
        "/fork\n/context",
        "/fork at #10\n/context",
        "/fork at #10\nhello?",
        "/quote #10",
        "/retry",
        "/edit x",
        "/system",
        "/sessions",
        "/resume latest",
    ] {
        shows_nothing_of_bobs(look);
    }
}

#[test]
fn what_another_program_puts_before_a_message_is_no_neighbour_of_it() {
    shows_nothing_of_bobs("/show #10");
}

#[test]
fn what_another_program_puts_below_a_context_is_not_listed() {
    for look in ["/history", "/history user", "/fork\n/history"] {
        shows_nothing_of_bobs(look);
    }
}
