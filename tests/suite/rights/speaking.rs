//! The program as a login that was granted no more than speaking: every line works.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::Team;
use crate::support::peer::Peer;
use crate::support::run::feed;

/// Every command that reads or writes the store.
const LINES: &str = "\
/user
/start the plan
hello
/model mock:echo
/system be brief
hello again
/undo
/redo
/undo 2
one
/retry
/edit two
it is said at such length that a summary of it is worth something, it is said at such length that a summary of it is worth something, it is said at such length that a summary of it is worth something, it is said at such length that a summary of it is worth something, it is said at such length that a summary of it is worth something, and on
more
/model mock
/compact
/model mock:echo
/clear
/moves
three
/fork
/fork at #5
four
/rename another plan
/sessions
/sessions global
/resume the plan
/context
/context at #3
/quote #3
/show #3
/show #3 global
/code
/history
/history global
/log
/log user
/log role:ai limit:2
/search hello
/search --rank hello
/stats
/stats by user in:global
/stats heat
/each alice at once
/users
/personas
/info
/archive
/archive --undo the plan
/resume the plan
/export all.jsonl
/export --format openai some.jsonl
/import all.jsonl
/import some.jsonl
/import --dry-run some.jsonl
/file some.jsonl what is it?
";

/// Commands that read and write nothing in the store, or cannot run in a script; `/follow`
/// and `/continue` have tests of their own.
const OTHERS: [&str; 7] = [
    "copy", "models", "set", "help", "quit", "follow", "continue",
];

#[test]
fn every_line_works_for_a_role_that_was_granted() {
    for (make, arguments) in [
        (Team::new as fn() -> Option<Team>, &[][..]),
        (Team::new, &["--as-user", "alice"]),
        (Team::of_owner, &["--as-user", "alice"]),
    ] {
        let Some(team) = make() else { return };
        let role = team.granted("s", arguments);
        let outcome = team.play(&role, "alice", LINES);
        let errors = outcome.stderr.lines();
        let errors: Vec<&str> = errors.filter(|line| line.starts_with("<stdin>")).collect();
        assert_eq!(
            (errors, outcome.code),
            (Vec::new(), 0),
            "{}",
            outcome.stdout
        );
    }
}

#[test]
fn no_command_was_forgotten_there() {
    let Some(team) = Team::new() else { return };
    let help = team.said("postgres", "alice", "/help\n");
    let names = help.lines().filter_map(|line| line.strip_prefix('/'));
    let names = names.filter_map(|line| line.split([' ', '\t']).next());
    for name in names.filter(|name| name.chars().all(char::is_alphabetic) && !name.is_empty()) {
        let is_run = LINES.contains(&format!("/{name}\n")) || LINES.contains(&format!("/{name} "));
        assert!(is_run || OTHERS.contains(&name), "{name}");
    }
}

#[test]
fn a_reply_that_was_cut_off_is_kept_and_gone_on_with() {
    let Some(team) = Team::new() else { return };
    for arguments in [&[][..], &["--as-user", "alice"]] {
        let role = team.granted(if arguments.is_empty() { "s" } else { "b" }, arguments);
        let mut command = team.command(&role);
        command.args([
            "--user",
            "alice",
            "--model",
            "cmd:sh -c 'echo begun; sleep 20'",
            "--start",
            "-c",
            "hello",
        ]);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let count = "SELECT count(*) FROM saylog.partials WHERE content <> ''";
        let begun = Instant::now();
        while team.cluster.sql(&team.database, count) == "0\n" {
            assert!(begun.elapsed() < Duration::from_mins(1), "nothing was kept");
            std::thread::sleep(Duration::from_millis(20));
        }
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        let outcome = team.play(&role, "alice", "/resume latest\n/continue\n");
        assert!(outcome.stderr.contains("is kept"), "{}", outcome.stderr);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        let left = team
            .cluster
            .sql(&team.database, "SELECT count(*) FROM saylog.partials");
        assert_eq!(left, "0\n");
    }
}

#[test]
fn many_lines_at_once_are_kept_whether_or_not_they_may_be_copied_in() {
    let Some(team) = Team::new() else { return };
    let lines: String = (0..300).map(|number| format!("line {number}\n")).collect();
    for (name, arguments) in [("s", &[][..]), ("b", &["--as-user", "alice"])] {
        let role = team.granted(name, arguments);
        let said = team.said(&role, "alice", &format!("/start\n{lines}"));
        let replies = said.lines().filter(|line| line.starts_with("This is"));
        assert_eq!(replies.count(), 300);
        let kept = "SELECT count(*), max(seq) FROM saylog.messages
                    WHERE session = (SELECT max(id) FROM saylog.sessions)";
        assert_eq!(team.cluster.sql(&team.database, kept).trim(), "600|600");
    }
}

#[test]
fn what_others_say_is_followed_as_far_as_it_is_seen() {
    let Some(team) = Team::new() else { return };
    let free = team.granted("s", &[]);
    let bound = team.granted("b", &["--as-user", "bob"]);
    let follow = |login: &str, user: &str| {
        let mut command = team.command(login);
        command.args(["--user", user, "-c", "/follow in:global role:user"]);
        Peer::new(command)
    };
    let (mut of_all, mut of_bob) = (follow(&free, "alice"), follow(&bound, "bob"));
    // Whatever is said before somebody looks is not followed: it is said until it is seen.
    let mut seen = (None, None);
    for number in 0..50 {
        team.said(&free, "alice", &format!("/start\nhers {number}\n"));
        team.said(&free, "bob", &format!("/start\nhis {number}\n"));
        if number == 2 {
            seen = (of_all.next_line(), of_bob.next_line());
            break;
        }
    }
    assert!(seen.0.is_some_and(|line| line.contains("user: h")));
    assert!(
        seen.1
            .is_some_and(|line| line.contains("bob") && line.contains("his "))
    );
    drop((of_all, of_bob));
}

#[test]
fn a_login_that_is_bound_speaks_as_nobody_else() {
    let Some(team) = Team::of_owner() else { return };
    let bound = team.granted("b", &["--as-user", "bob"]);
    let sentence = "this login of the server speaks as bob only; `--user bob`, or log in as \
                    another role\n";
    // At the start: nothing is played.
    let outcome = team.play(&bound, "alice", "/start\nhello\n");
    crate::support::run::check(&outcome, "", &format!("saylog: {sentence}"), 1);
    // Nor as an agent that reads for her.
    let mut command = team.command(&bound);
    command.args(["--user", "alice", "--mcp"]);
    let outcome = feed(command, b"");
    crate::support::run::check(&outcome, "", &format!("saylog: {sentence}"), 1);
    // In the middle: a transcript ends as at any user that cannot be.
    let outcome = team.play(&bound, "bob", "/start\n/user alice\nhello\n");
    assert_eq!(outcome.stderr, format!("<stdin>:2: {sentence}"));
    assert_eq!(outcome.code, 3);
    // In a line of JSON: that line alone.
    let mut command = team.command(&bound);
    command.args(["--user", "bob", "--start", "--input", "json"]);
    let lines = "{\"say\":\"hello\",\"user\":\"alice\"}\n{\"line\":\"/start\",\"user\":\"alice\"}\n\
                 {\"say\":\"mine\"}\n";
    let outcome = feed(command, lines.as_bytes());
    let codes: Vec<&str> = (outcome.stdout.lines())
        .filter(|line| line.contains("\"code\":\"invalid_user\""))
        .filter_map(|line| line.split(',').nth(1))
        .collect();
    assert_eq!(codes, ["\"line\":1", "\"line\":2"], "{}", outcome.stdout);
    assert!(outcome.stdout.contains("\"event\":\"reply\""));
    // One that knows no user any more speaks as nobody.
    let stranger = team.granted("x", &[]);
    let forget = format!("DELETE FROM saylog.logins WHERE login = '{stranger}'::regrole");
    team.allowed(&team.owner, &forget);
    team.grant(&[&bound, "--as-user", "bob"]);
    let outcome = team.play(&stranger, "bob", "/log global\n");
    crate::support::run::check(
        &outcome,
        "",
        "saylog: this login of the server may speak as nobody; whoever made the store can run \
         `saylog --grant ROLE`\n",
        1,
    );
}
