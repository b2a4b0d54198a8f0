//! Who a server lets in, and how the program finds the server and the password.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::OnceLock;

use tempfile::tempdir;

use super::{IS_IT_RUNNING, at, free_port, lines, program};
use crate::support::cluster::{Cluster, Wanted};
use crate::support::peer::Peer;
use crate::support::run::{STARTED, check};

/// Over the network of this machine a password is asked for, except of the owner.
const RULES: &str = "local all all trust
host all postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
";

/// A server that is reached by its port, and that port. Ann, whose password is `s3cret`,
/// owns the database `talk`; Bob, whose password is `hunter2`, owns nothing.
pub(super) fn open_server() -> Option<&'static (Cluster, u16)> {
    static SERVER: OnceLock<Option<(Cluster, u16)>> = OnceLock::new();
    let start = || {
        Cluster::shared()?;
        let port = free_port();
        let cluster = Cluster::wanted(&Wanted {
            options: "-c listen_addresses=127.0.0.1 -c hba_file=FOLDER/rules -c fsync=off",
            files: &[("rules", RULES)],
            port: Some(port),
            ..Wanted::default()
        })?;
        cluster.sql(
            "postgres",
            "CREATE ROLE ann LOGIN PASSWORD 's3cret'; CREATE ROLE bob LOGIN PASSWORD 'hunter2'",
        );
        cluster.sql("postgres", "CREATE DATABASE talk OWNER ann");
        Some((cluster, port))
    };
    SERVER.get_or_init(start).as_ref()
}

/// What is told of a store that cannot be opened, before any line is read.
fn told(address: &str, why: &str) -> String {
    format!("saylog: the store `{address}` cannot be opened: {why}\n")
}

#[test]
fn a_wrong_password_is_told_once_and_nothing_is_played() {
    let Some((_, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let address = format!("postgres://ann@127.0.0.1:{port}/talk");
    let mut command = at(home.path(), &address);
    command.env("PGPASSWORD", "wrong");
    let why = "the server does not let this user in";
    let hint = "is the name right, and the password (PGPASSWORD, PGPASSFILE or ~/.pgpass)?";
    let expected = told(&address, &format!("{why}; {hint}"));
    check(&lines(command, &["/start", "hello"]), "", &expected, 1);

    let mut command = at(home.path(), &address);
    command.env("PGPASSWORD", "wrong").arg("--json");
    let event = format!(
        r#"{{"event":"error","line":null,"code":"store","error":"the store `{address}` cannot be opened: {why}","hint":"{hint}","kind":"refused","tries":null}}"#
    );
    let outcome = lines(command, &["/start"]);
    check(&outcome, &format!("{event}\n"), &expected, 1);
}

#[test]
fn a_password_that_nobody_knows_is_asked_for() {
    let Some((_, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let address = format!("postgres://ann@127.0.0.1:{port}/talk");
    let why = format!(
        "the server 127.0.0.1:{port} asks for a password, and none is known; \
         PGPASSWORD, PGPASSFILE, ~/.pgpass or a service file may hold it"
    );
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, "", &told(&address, &why), 1);
}

#[test]
fn a_password_is_found_where_psql_finds_it() {
    let Some((_, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let address = format!("postgres://ann@127.0.0.1:{port}/talk");
    let own = home.path().join("passwords");
    fs::write(&own, format!("other:*:*:*:no\n*:{port}:talk:ann:s3cret\n")).unwrap();
    fs::set_permissions(&own, Permissions::from_mode(0o600)).unwrap();

    let mut by_variable = at(home.path(), &address);
    by_variable.env("PGPASSWORD", "s3cret");
    let mut by_file = at(home.path(), &address);
    by_file.env("PGPASSFILE", &own);
    let by_parameter = at(
        home.path(),
        &format!("{address}?passfile={}", own.display()),
    );
    for command in [by_variable, by_file, by_parameter] {
        check(&lines(command, &["/start"]), STARTED, "", 0);
    }
    fs::rename(&own, home.path().join(".pgpass")).unwrap();
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, STARTED, "", 0);
}

#[test]
fn passwords_that_others_can_read_are_not_used() {
    let Some((_, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let file = home.path().join(".pgpass");
    fs::write(&file, "*:*:*:*:s3cret\n").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let warning = format!(
        "saylog: the passwords in {} are not used: others can read it (`chmod 600` mends that)\n",
        file.display()
    );
    let address = format!("postgres://ann@127.0.0.1:{port}/talk");
    let why = format!(
        "the server 127.0.0.1:{port} asks for a password, and none is known; \
         PGPASSWORD, PGPASSFILE, ~/.pgpass or a service file may hold it"
    );
    let outcome = lines(at(home.path(), &address), &["/start"]);
    let expected = format!("{warning}{}", told(&address, &why));
    check(&outcome, "", &expected, 1);
    // Where the password is known, nobody looks there.
    let mut command = at(home.path(), &address);
    command.env("PGPASSWORD", "s3cret");
    check(&lines(command, &["/start"]), STARTED, "", 0);
}

#[test]
fn a_service_names_everything() {
    let Some((_, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let services =
        format!("[team]\nhost=127.0.0.1\nport={port}\nuser=ann\ndbname=talk\npassword=s3cret\n");
    let file = home.path().join("services");
    fs::write(&file, &services).unwrap();
    let mut by_variables = at(home.path(), "postgres:");
    by_variables.env("PGSERVICE", "team");
    by_variables.env("PGSERVICEFILE", &file);
    let mut by_parameter = at(home.path(), "postgres:?service=team");
    by_parameter.env("PGSERVICEFILE", &file);
    for command in [by_variables, by_parameter] {
        check(&lines(command, &["/start"]), STARTED, "", 0);
    }
    fs::rename(&file, home.path().join(".pg_service.conf")).unwrap();
    let outcome = lines(at(home.path(), "postgres:?service=team"), &["/start"]);
    check(&outcome, STARTED, "", 0);
    let outcome = lines(at(home.path(), "postgres:?service=other"), &["/start"]);
    let why = "there is no service `other`; it stands as `[NAME]` in ~/.pg_service.conf, \
               or in the file of PGSERVICEFILE";
    check(&outcome, "", &told("postgres:?service=other", why), 1);
}

#[test]
fn the_variables_of_psql_name_a_server() {
    let Some((_, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let mut command = program(home.path());
    command
        .envs([("SAYLOG_STORE", "postgres:"), ("PGHOST", "127.0.0.1")])
        .envs([("PGUSER", "ann"), ("PGDATABASE", "talk")])
        .envs([
            ("PGPORT", port.to_string().as_str()),
            ("PGPASSWORD", "s3cret"),
        ]);
    check(&lines(command, &["/start"]), STARTED, "", 0);
}

#[test]
fn a_database_that_is_not_there_or_may_not_be_used_is_told() {
    let Some((cluster, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let address = format!("postgres://postgres@127.0.0.1:{port}/nowhere");
    let why = "the server has no such database; `createdb NAME` makes one";
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, "", &told(&address, why), 1);

    cluster.sql("postgres", "CREATE DATABASE bare");
    let address = format!("postgres://bob@127.0.0.1:{port}/bare");
    let why = "there is no log in this database, and this role may not make one; a role with \
               CREATE on the database opens it first (`GRANT CREATE ON DATABASE …`)";
    let mut command = at(home.path(), &address);
    command.env("PGPASSWORD", "hunter2");
    check(&lines(command, &["/start"]), "", &told(&address, why), 1);

    cluster.sql("postgres", "REVOKE CONNECT ON DATABASE bare FROM PUBLIC");
    let why = "this role may not do that; whoever made the store can run `saylog --grant ROLE`";
    let mut command = at(home.path(), &address);
    command.env("PGPASSWORD", "hunter2");
    check(&lines(command, &["/start"]), "", &told(&address, why), 1);
}

#[test]
fn too_many_connections_are_told() {
    let Some((cluster, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    cluster.sql(
        "postgres",
        "CREATE ROLE carol LOGIN PASSWORD 'x' CONNECTION LIMIT 0",
    );
    let address = format!("postgres://carol@127.0.0.1:{port}/talk");
    let mut command = at(home.path(), &address);
    command.env("PGPASSWORD", "x");
    let why = "the server has too many connections; try again later, or raise its max_connections";
    check(&lines(command, &["/start"]), "", &told(&address, why), 1);
}

#[test]
fn a_server_that_is_not_there_is_told_at_once() {
    let Some((_, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let unused = free_port();
    for (address, why) in [
        (
            format!("postgres://ann@127.0.0.1:{unused}/talk"),
            "no server listens there",
        ),
        (
            format!("postgres://ann@nowhere.invalid:{port}/talk"),
            "the host is not known, or not reached",
        ),
        (
            "postgres://ann@%2Fnowhere/talk".into(),
            "there is no socket of a server",
        ),
    ] {
        let outcome = lines(at(home.path(), &address), &["/start", "hello"]);
        let expected = told(&address, &format!("{why}; {IS_IT_RUNNING}"));
        check(&outcome, "", &expected, 1);
    }
}

#[test]
fn an_address_that_cannot_be_understood_is_told() {
    if Cluster::shared().is_none() {
        return;
    }
    let home = tempdir().unwrap();
    for (address, why) in [
        (
            "postgres://ann@h/talk?sslmode=yes",
            "`yes` is no sslmode; there are disable, allow, prefer, require, verify-ca and \
             verify-full",
        ),
        (
            "postgres://ann@h/talk?target_session_attrs=best",
            "`best` is no target_session_attrs; there are any, read-write, read-only, primary, \
             standby and prefer-standby",
        ),
        ("postgres://ann@h:0/talk", "`0` is no port"),
    ] {
        let outcome = lines(at(home.path(), address), &["/start"]);
        check(&outcome, "", &told(address, why), 1);
    }
}

#[test]
fn the_first_of_several_hosts_that_answers_counts() {
    let Some((_, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let dead = free_port();
    let address = format!("postgres://postgres@127.0.0.1:{dead},127.0.0.1:{port}/talk");
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, STARTED, "", 0);
    // What is wrong with one that answers says more than that the other does not.
    let address = format!("postgres://ann@127.0.0.1:{port},127.0.0.1:{dead}/talk");
    let mut command = at(home.path(), &address);
    command.env("PGPASSWORD", "wrong");
    let why = "the server does not let this user in; is the name right, and the password \
               (PGPASSWORD, PGPASSFILE or ~/.pgpass)?";
    check(&lines(command, &["/start"]), "", &told(&address, why), 1);
}

#[test]
fn whoever_is_no_longer_let_in_is_told_once() {
    let Some((cluster, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    cluster.sql("postgres", "CREATE ROLE dora LOGIN PASSWORD 'x'");
    cluster.sql("postgres", "CREATE DATABASE hers OWNER dora");
    let address = format!("postgres://dora@127.0.0.1:{port}/hers");
    let mut command = at(home.path(), &address);
    command.env("PGPASSWORD", "x");
    let mut peer = Peer::new(command);
    assert_eq!(peer.ask("/start").as_deref(), Some(STARTED.trim_end()));
    cluster.sql("postgres", "ALTER ROLE dora PASSWORD 'y'");
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE usename = 'dora'";
    assert_eq!(cluster.sql("postgres", kill), "1\n");
    // Its last answer is a moment old, so that nothing is sent without asking.
    cluster.sql("postgres", "SELECT pg_sleep(0.2)");
    peer.say("hello");
    let expected = "<stdin>:2: not saved: the server does not let this user in; is the name \
                    right, and the password (PGPASSWORD, PGPASSFILE or ~/.pgpass)?\n";
    check(&peer.hang_up(), STARTED, expected, 1);
}
