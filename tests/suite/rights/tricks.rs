//! A login that is bound to a user tries to become another one, or to have the server tell
//! what its tables do not show.

use super::{Team, full, of_bob, with_both};

#[test]
fn neither_a_role_nor_a_setting_makes_somebody_else_of_a_login() {
    with_both(|two| {
        let (team, bob, owner) = (&two.team, &two.bob, &two.team.owner);
        for statement in [
            format!("SET ROLE {bob}"),
            format!("SET ROLE {owner}"),
            format!("SET SESSION AUTHORIZATION {bob}"),
            "SELECT * FROM saylog.logins".into(),
            "UPDATE saylog.logins SET \"user\" = NULL".into(),
            "INSERT INTO saylog.logins SELECT current_user::regrole".into(),
            "ALTER TABLE saylog.messages DISABLE ROW LEVEL SECURITY".into(),
            "ALTER TABLE saylog.messages NO FORCE ROW LEVEL SECURITY".into(),
            "DROP POLICY own ON saylog.messages".into(),
            "CREATE POLICY all_of_it ON saylog.messages USING (true)".into(),
            "CREATE OR REPLACE FUNCTION saylog.own_user(asked name DEFAULT current_user)
             RETURNS bigint LANGUAGE sql RETURN 2"
                .into(),
            "ALTER FUNCTION saylog.own_user SECURITY INVOKER".into(),
            "CREATE TABLE saylog.mine (x int)".into(),
            "CREATE TRIGGER mine BEFORE INSERT ON saylog.messages EXECUTE FUNCTION saylog.refuse()"
                .into(),
            "ALTER VIEW saylog.log SET (security_invoker = false)".into(),
            "SET session_replication_role = replica".into(),
            "SET row_security = off; SELECT * FROM saylog.messages".into(),
            "COPY saylog.messages TO PROGRAM 'cat'".into(),
        ] {
            let told = team.sql(&two.alice, &statement).expect_err(&statement);
            assert!(!told.contains("his7"), "{statement}: {told}");
        }
        let everything = "SELECT content FROM saylog.messages UNION SELECT content FROM saylog.log";
        for setting in [
            "SET search_path = pg_temp, public, saylog",
            "SET saylog.name = 'bob-his7'",
            "SET saylog.role = 'postgres'",
            "SET row_security = on",
            "SET enable_seqscan = off",
            "SET jit = off",
            "SET application_name = 'bob-his7'",
        ] {
            let told = team.allowed(&two.alice, &format!("{setting}; {everything}"));
            assert!(
                told.contains("hers7") && !told.contains("his7"),
                "{setting}: {told}"
            );
        }
        // The number of another login's user cannot be asked for.
        for asked in [bob.as_str(), owner, "postgres", "nobody at all"] {
            let own = team.allowed(&two.alice, "SELECT saylog.own_user()");
            let asked = format!("SELECT saylog.own_user('{asked}')");
            assert_eq!(team.allowed(&two.alice, &asked), own);
        }
    });
}

/// What stands in for something of the log's, or looks at what it is given before the rules do.
const OWN_OBJECTS: &str = "
    CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
    BEGIN RAISE NOTICE 'leaked %', $1; RETURN true; END $$;
    CREATE FUNCTION pg_temp.same(text, text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
    BEGIN RAISE NOTICE 'leaked %', $1; RETURN true; END $$;
    CREATE OPERATOR pg_temp.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_temp.same);
    CREATE FUNCTION pg_temp.own_user(asked name DEFAULT current_user) RETURNS bigint
        LANGUAGE sql RETURN 2::bigint;
    CREATE FUNCTION pg_temp.pg_has_role(name, oid, text) RETURNS boolean LANGUAGE sql RETURN true;
    CREATE FUNCTION pg_temp.quote_ident(text) RETURNS text LANGUAGE sql RETURN 'postgres'::text;
    CREATE FUNCTION pg_temp.row_security_active(regclass) RETURNS boolean
        LANGUAGE sql RETURN false;
    CREATE TEMP TABLE logins (login regrole, \"user\" bigint);
    CREATE TEMP TABLE sessions (id bigint, \"user\" bigint);
    INSERT INTO logins VALUES (current_user::regrole, 2), (current_user::regrole, NULL);
    INSERT INTO sessions SELECT x, 2 FROM generate_series(1, 100) AS x;
    SET search_path = pg_temp, saylog, public, pg_catalog;
";

#[test]
fn neither_functions_nor_tables_of_ones_own_come_between() {
    with_both(|two| {
        let team = &two.team;
        for query in [
            "SELECT * FROM saylog.messages WHERE pg_temp.leak(content)",
            "SELECT * FROM saylog.messages WHERE content OPERATOR(pg_temp.===) 'x'",
            "SELECT * FROM saylog.log WHERE pg_temp.leak(content) AND pg_temp.leak(user_id)",
            "SELECT * FROM saylog.log WHERE content OPERATOR(pg_temp.===) 'x'",
            "SELECT * FROM saylog.conversations
             WHERE pg_temp.leak(title) AND pg_temp.leak(system) AND pg_temp.leak(first_words)",
            "SELECT * FROM saylog.sessions WHERE pg_temp.leak(title) AND pg_temp.leak(words)",
            "SELECT * FROM saylog.users WHERE pg_temp.leak(name)",
            "SELECT * FROM saylog.prompts WHERE pg_temp.leak(content)",
            "SELECT * FROM saylog.partials WHERE pg_temp.leak(content)",
            "SELECT * FROM saylog.windows WHERE pg_temp.leak(endpoint)",
            "SELECT * FROM saylog.imports WHERE pg_temp.leak(source)",
            "SELECT * FROM saylog.messages AS m JOIN saylog.users AS u ON pg_temp.leak(u.name)
             AND pg_temp.leak(m.content)",
            "UPDATE saylog.sessions SET head = head WHERE pg_temp.leak(words)",
            "DELETE FROM saylog.partials WHERE pg_temp.leak(content)",
            "SELECT * FROM saylog.log WHERE 1 / (CASE WHEN content LIKE '%his7%' THEN 0 ELSE 1 END)
             = 1",
            "SELECT content::xid8 FROM saylog.messages WHERE content LIKE '%his7%'",
        ] {
            let told = team.sql(&two.alice, &format!("{OWN_OBJECTS} {query}"));
            let told = told.expect(query);
            assert!(!told.contains("his7"), "{query}: {told}");
        }
    });
}

#[test]
fn the_server_tells_nothing_beside_the_tables() {
    with_both(|two| {
        let team = &two.team;
        // His words are frequent, and everything is counted.
        let session = of_bob(two, "min(s.id)");
        team.allowed(
            "postgres",
            &format!(
                "INSERT INTO saylog.messages
                     (id, session, seq, created_at, nonce, role, status, content, model)
                 SELECT nextval('saylog.message_ids'), {session}, 1000 + x, 0, 0, 1, 0,
                        'often-his7', 'model-his7' FROM generate_series(1, 5000) AS x"
            ),
        );
        team.allowed("postgres", "ANALYZE");
        for catalog in [
            "pg_stats",
            "pg_stat_activity",
            "pg_stat_user_tables",
            "pg_locks",
            "pg_policies",
            "pg_stats_ext",
        ] {
            let rows = team.allowed(&two.alice, &format!("SELECT * FROM pg_catalog.{catalog}"));
            assert!(!rows.contains("his7"), "{catalog}: {rows}");
        }
        for catalog in ["pg_statistic", "pg_authid"] {
            let told = team.refused(&two.alice, &format!("SELECT * FROM {catalog}"));
            assert!(told.contains("permission denied"), "{told}");
        }
        // The planner expects as much of what he says often as of what nobody says.
        for (table, column, often) in [
            ("messages", "content", "often-his7"),
            ("messages", "model", "model-his7"),
            ("sessions", "title", "plan-his7"),
            ("users", "name", "bob-his7"),
            ("windows", "endpoint", "http://his7"),
        ] {
            for sign in ["=", "<", ">"] {
                let expected = |text: &str| {
                    let plan = format!(
                        "EXPLAIN (FORMAT yaml) SELECT * FROM saylog.{table}
                         WHERE {column} {sign} '{text}'"
                    );
                    team.allowed(&two.alice, &plan).replace(text, "TEXT")
                };
                assert_eq!(
                    expected(often),
                    expected("zzzzz"),
                    "{table}.{column} {sign}"
                );
            }
        }
        let plan = "EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM saylog.log";
        assert!(!team.allowed(&two.alice, plan).contains("his7"));
    });
}

#[test]
fn what_another_does_at_the_moment_is_not_seen() {
    let Some(team) = Team::of_owner() else { return };
    let two = full(team);
    let team = &two.team;
    let mut psql = team.cluster.psql(&team.database);
    let sleeping = "SELECT 'doing-his7', pg_sleep(60) FROM saylog.users";
    let mut child = psql
        .args(["-U", &two.bob, "-c", sleeping])
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("psql");
    let running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%doing-his_%'
                   AND state = 'active' AND pid <> pg_backend_pid()";
    while team.allowed("postgres", running) == "0\n" {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let rows = team.allowed(&two.alice, "SELECT * FROM pg_stat_activity");
    assert!(!rows.contains("his7"), "{rows}");
    let told = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'BOB'";
    let told = team.refused(&two.alice, &told.replace("BOB", &two.bob));
    assert!(
        told.contains("must be a member") || told.contains("permission denied"),
        "{told}"
    );
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

#[test]
fn a_login_keeps_its_user_under_another_name_and_in_a_group() {
    with_both(|two| {
        let team = &two.team;
        let seen = "SELECT DISTINCT user_id FROM saylog.log";
        let renamed = team.name("renamed");
        team.allowed(
            "postgres",
            &format!("ALTER ROLE {} RENAME TO {renamed}", two.alice),
        );
        assert_eq!(team.allowed(&renamed, seen), "alice-hers7\n");
        // Whoever belongs to a bound role is bound as it is.
        let member = team.role("m");
        team.allowed("postgres", &format!("GRANT {} TO {member}", two.bob));
        assert_eq!(team.allowed(&member, seen), "bob-his7\n");
        // Whoever belongs to two of them is nobody until they take one of the roles.
        team.allowed("postgres", &format!("GRANT {renamed} TO {member}"));
        assert_eq!(team.allowed(&member, seen), "");
        for (role, user) in [(&renamed, "alice-hers7"), (&two.bob, "bob-his7")] {
            let taken = format!("SET ROLE {role}; {seen}");
            assert_eq!(team.allowed(&member, &taken), format!("{user}\n"));
        }
        // A right that was given by hand shows nothing.
        let by_hand = team.role("h");
        let grant = format!(
            "GRANT USAGE ON SCHEMA saylog TO {by_hand};
             GRANT SELECT ON ALL TABLES IN SCHEMA saylog TO {by_hand};
             GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA saylog TO {by_hand}"
        );
        team.allowed("postgres", &grant);
        assert_eq!(team.allowed(&by_hand, seen), "");
    });
}
