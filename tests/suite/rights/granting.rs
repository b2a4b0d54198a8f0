//! What `--grant` says, and to whom it gives what.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use super::Team;
use crate::support::run::{Saylog, check};
use crate::support::wait::until;

#[test]
fn a_role_that_was_granted_nothing_is_told_who_can_help() {
    let Some(team) = Team::of_owner() else { return };
    let speaker = team.granted("s", &[]);
    let stranger = team.role("x");
    let refused = team.play(&stranger, "alice", "/start\nhello\n");
    let address = team.cluster.address(&team.database);
    let address = address.replace("postgres@", &format!("{stranger}@"));
    let told = format!(
        "saylog: the store `{address}` cannot be opened: this role may not do that; whoever \
         made the store can run `saylog --grant ROLE`\n"
    );
    check(&refused, "", &told, 1);
    team.said(&speaker, "alice", "/start\nhello\n");
}

#[test]
fn it_says_what_the_role_may_do_and_may_be_said_twice() {
    let Some(team) = Team::new() else { return };
    let name = team.role("s");
    let off = "Row-level security is on: a role that `--grant` does not know sees nothing.\n";
    for (arguments, receipt) in [
        (&[][..], format!("`{name}` may speak now, as everybody.\n")),
        (
            &["--read"],
            format!("`{name}` may read the views `log` and `conversations` now, of everybody.\n"),
        ),
        (
            &["--as-user", "José 你好"],
            format!("`{name}` may speak now, as José 你好 only.\n{off}"),
        ),
        (
            &["--as-user", "bob", "--read"],
            format!(
                "`{name}` may read the views `log` and `conversations` now, of bob only.\n{off}"
            ),
        ),
    ] {
        for _ in 0..2 {
            let outcome = team.grant(&[&[name.as_str()], arguments].concat());
            check(&outcome, &receipt, "", 0);
        }
    }
    let outcome = team.grant(&[&name, "--as-user", "bob", "--json"]);
    let event = format!(
        "{{\"event\":\"grant\",\"line\":null,\"role\":\"{name}\",\"as_user\":\"bob\",\
         \"reads_only\":false}}\n"
    );
    check(&outcome, &event, "", 0);
}

#[test]
fn the_name_of_a_role_is_data() {
    let Some(team) = Team::new() else { return };
    for name in [
        "o'hara; DROP SCHEMA saylog CASCADE; --",
        "with \"quotes\"",
        "%I $$ %s",
        "你好",
        "PUBLIC",
        "user",
    ] {
        let role = team.name(name);
        let quoted = role.replace('"', "\"\"");
        team.cluster
            .sql("postgres", &format!("CREATE ROLE \"{quoted}\" LOGIN"));
        for arguments in [&[][..], &["--as-user", "it's \"me\""]] {
            let outcome = team.grant(&[&[role.as_str()], arguments].concat());
            assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0), "{name}");
            let ran = team.allowed(&role, "SELECT count(*) FROM saylog.log");
            assert_eq!(ran, "0\n", "{name}");
        }
    }
    check(
        &team.grant(&["public"]),
        "",
        "saylog: the server has no role `public`; `createuser NAME` or `CREATE ROLE` makes one\n",
        1,
    );
}

#[test]
fn what_cannot_be_granted_is_one_sentence() {
    let Some(team) = Team::of_owner() else { return };
    let (speaker, group) = (team.granted("s", &[]), team.granted("g", &[]));
    let no_rule = "may do everything here, and no rule binds it; name a role that is neither \
                   the store's owner nor a superuser";
    for role in [team.owner.as_str(), "postgres"] {
        let told = format!("saylog: `{role}` {no_rule}\n");
        check(&team.grant(&[role]), "", &told, 1);
        check(&team.grant(&[role, "--as-user", "bob"]), "", &told, 1);
    }
    let mut command = team.command(&speaker);
    command.args(["--grant", &speaker]);
    check(
        &crate::support::run::feed(command, b""),
        "",
        "saylog: only the role that made the store may grant it to others; name that role in \
         --store, or in PGUSER\n",
        1,
    );
    // Whoever belongs to a role has its rights, so such a binding would bind nobody.
    team.cluster
        .sql("postgres", &format!("GRANT {group} TO {speaker}"));
    let told = format!(
        "saylog: `{speaker}` belongs to `{group}`, so it cannot speak as one user while \
         `{group}` speaks as everybody; `REVOKE {group} FROM {speaker}` parts them\n"
    );
    check(&team.grant(&[&speaker, "--as-user", "bob"]), "", &told, 1);
    team.grant(&[&group, "--as-user", "bob"]);
    assert_eq!(team.grant(&[&speaker, "--as-user", "bob"]).code, 0);
    check(&team.grant(&[&group]), "", &told, 1);
}

#[test]
fn a_store_in_a_file_has_no_roles() {
    let saylog = Saylog::new();
    for arguments in [
        &["--grant", "x"][..],
        &["--grant", "x", "--as-user", "bob", "--read"],
    ] {
        let mut command = std::process::Command::new(crate::support::run::SAYLOG);
        command
            .env_clear()
            .env("HOME", saylog.folder())
            .env("USER", "alice")
            .args(["--store", "talk.db"])
            .args(arguments);
        check(
            &crate::support::run::feed(command, b""),
            "",
            "saylog: --grant: a file has no roles; `--store postgres://…` names a log on a \
             server\n",
            2,
        );
    }
}

/// Everything that a role may do, a table, a column or a sequence a line.
const RIGHTS: &str = "
    SELECT c.relname || ' ' || string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type)
    FROM pg_class AS c, aclexplode(c.relacl) AS a
    WHERE c.relnamespace = 'saylog'::regnamespace AND a.grantee = 'ROLE'::regrole
    GROUP BY c.relname
    UNION ALL
    SELECT c.relname || ' ' || a.privilege_type || ' '
           || string_agg(t.attname, ' ' ORDER BY t.attname)
    FROM pg_class AS c JOIN pg_attribute AS t ON t.attrelid = c.oid, aclexplode(t.attacl) AS a
    WHERE c.relnamespace = 'saylog'::regnamespace AND a.grantee = 'ROLE'::regrole
    GROUP BY c.relname, a.privilege_type
    UNION ALL
    SELECT p.proname || ' ' || a.privilege_type
    FROM pg_proc AS p, aclexplode(p.proacl) AS a
    WHERE p.pronamespace = 'saylog'::regnamespace AND a.grantee = 'ROLE'::regrole
    ORDER BY 1";

#[test]
fn a_role_has_what_speaking_needs_and_no_more() {
    let Some(team) = Team::of_owner() else { return };
    let speaker = team.granted("s", &[]);
    let rights = team.allowed("postgres", &RIGHTS.replace("ROLE", &speaker));
    assert_eq!(
        rights,
        "\
conversations SELECT
imports INSERT SELECT
imports UPDATE behind head is_mixed is_renumbered model
is_everybody EXECUTE
log SELECT
message_ids SELECT USAGE
messages INSERT SELECT
move_ids SELECT USAGE
moves INSERT SELECT
newest_message EXECUTE
origins INSERT SELECT
own_user EXECUTE
partials DELETE INSERT SELECT
partials UPDATE answers beat behind content model oldest reasoning seen_at seen_beat seen_boot sent_floor sent_prompt sent_system taken
prompts INSERT SELECT
sent INSERT SELECT
sessions INSERT SELECT
sessions UPDATE answered_by archived_at base count depth floor head last model origin redo system title touched touched_at words
store SELECT
terms INSERT SELECT
users INSERT SELECT
windows INSERT SELECT
windows UPDATE configured tokens
"
    );
    // What was given before is taken away where less is granted.
    team.grant(&[&speaker, "--read"]);
    let rights = team.allowed("postgres", &RIGHTS.replace("ROLE", &speaker));
    assert!(!rights.contains("INSERT"), "{rights}");
    assert!(!rights.contains("UPDATE"), "{rights}");
}

#[test]
fn whoever_reads_at_the_moment_is_let_pass() {
    let Some(team) = Team::new() else { return };
    let speaker = team.granted("s", &[]);
    team.said(&speaker, "alice", "/start\nhello\n");
    let bound = team.role("b");
    // A reader has one table and wants another, which whoever grants has, and wants the first.
    // The server ends that by refusing whoever looks for circles: here the reader does not.
    let mut psql = team.cluster.psql(&team.database);
    psql.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut reader = psql.spawn().expect("psql");
    let mut asked = reader.stdin.take().expect("its input");
    let mut told = BufReader::new(reader.stdout.take().expect("its output")).lines();
    let mut ask = |statements: &str| {
        writeln!(asked, "{statements}").expect("it listens");
    };
    ask("SET deadlock_timeout = '1h'; BEGIN; SELECT count(*) FROM saylog.messages;");
    let mut next = || told.next().map(|line| line.expect("text"));
    assert_eq!(next().as_deref(), Some("2"));
    let mut command = team.command(&team.owner);
    command.args(["--grant", &bound, "--as-user", "bob"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let granting = command.spawn().expect("the program starts");
    let waits = "SELECT count(*) FROM pg_locks
        WHERE relation = 'saylog.messages'::regclass AND NOT granted";
    until("the table is waited for", || {
        team.cluster.sql(&team.database, waits) != "0\n"
    });
    ask("SELECT count(*) FROM saylog.sessions; COMMIT;");
    assert_eq!(next().as_deref(), Some("1"));
    let granted = granting.wait_with_output().expect("it ends");
    let receipt = String::from_utf8_lossy(&granted.stdout);
    assert!(receipt.starts_with(&format!("`{bound}` may speak now, as bob only.\n")));
    assert_eq!(granted.status.code(), Some(0));
    drop(asked);
    reader.wait().expect("it ends");
}
