//! A login that is bound to a user tries, in SQL, to read, write or guess what is another's.

use super::{of_bob, with_both};

/// Every table and view of the log.
const SHOWN: [&str; 12] = [
    "users",
    "sessions",
    "messages",
    "moves",
    "prompts",
    "sent",
    "partials",
    "windows",
    "origins",
    "imports",
    "log",
    "conversations",
];

#[test]
fn no_table_and_no_view_shows_a_row_of_another() {
    with_both(|two| {
        let (team, uuids) = (&two.team, of_bob(two, "DISTINCT s.uuid"));
        for table in SHOWN {
            let rows = team.allowed(&two.alice, &format!("SELECT * FROM saylog.{table}"));
            assert!(!rows.is_empty(), "{table}");
            assert!(!rows.contains("his7"), "{table}: {rows}");
            assert!(uuids.lines().all(|uuid| !rows.contains(uuid)), "{table}");
            let count = format!("SELECT count(*) FROM saylog.{table}");
            let all: usize = team
                .allowed("postgres", &count)
                .trim()
                .parse()
                .expect("a count");
            let seen = [&two.alice, &two.bob].map(|login| team.allowed(login, &count));
            let seen = seen.map(|seen| seen.trim().parse::<usize>().expect("a count"));
            assert_eq!(seen.iter().sum::<usize>(), all, "{table}: {seen:?}");
            assert!(seen.iter().all(|seen| *seen > 0), "{table}: {seen:?}");
        }
    });
}

#[test]
fn nothing_can_be_written_where_another_is() {
    with_both(|two| {
        let team = &two.team;
        let before = SHOWN.map(|table| {
            let rows = format!("SELECT * FROM saylog.{table} AS t ORDER BY t::text");
            team.allowed(&two.bob, &rows)
        });
        let session = of_bob(two, "min(s.id)");
        let (message, user) = (of_bob(two, "min(m.id)"), of_bob(two, "min(u.id)"));
        let uuid = of_bob(two, "min(s.uuid::text)");
        let prompt = "SELECT id FROM saylog.prompts WHERE content = 'configured-his7'";
        let prompt = team.allowed("postgres", prompt).trim().to_owned();
        let message_row = "INSERT INTO saylog.messages
            (id, session, seq, created_at, nonce, role, status, content)";
        for statement in [
            format!("{message_row} VALUES (nextval('saylog.message_ids'), {session}, 99, 0, 0, 1, 0, 'x')"),
            format!("{message_row} VALUES (nextval('saylog.message_ids'), {session}, 1, 0, 0, 1, 0, 'x')"),
            format!("{message_row} VALUES ({message}, {session}, 99, 0, 0, 1, 0, 'x')"),
            format!("INSERT INTO saylog.sessions (uuid, \"user\", touched, touched_at, created_at)
                     VALUES (gen_random_uuid(), {user}, 0, 0, 0)"),
            format!("INSERT INTO saylog.sessions (uuid, \"user\", touched, touched_at, created_at)
                     VALUES ('{uuid}', {user}, 0, 0, 0)"),
            format!("INSERT INTO saylog.moves (id, session, why, gone, back, moved_at, nonce)
                     VALUES (nextval('saylog.move_ids'), {session}, 'clear', 0, 0, 0, 0)"),
            format!("INSERT INTO saylog.partials (session, writer, content, model, beat)
                     VALUES ({session}, 'x', 'x', 'x', 1)"),
            format!("INSERT INTO saylog.partials (session, writer, content, model, beat, sent_prompt)
                     SELECT min(id), 'x', 'x', 'x', 1, {prompt} FROM saylog.sessions"),
            format!("INSERT INTO saylog.imports (session, source) VALUES ({session}, 'x')
                     ON CONFLICT (session) DO UPDATE SET head = NULL"),
            format!("INSERT INTO saylog.origins (source, message) VALUES ('x', {message})"),
            format!("INSERT INTO saylog.sent (reply, answers) VALUES ({message}, 1)"),
            format!("INSERT INTO saylog.sent (reply, answers, prompt)
                     SELECT min(id), 1, {prompt} FROM saylog.messages"),
            format!("INSERT INTO saylog.prompts (\"user\", content) VALUES ({user}, 'x')"),
            format!("INSERT INTO saylog.windows (\"user\", endpoint, model, tokens)
                     VALUES ({user}, 'x', 'x', 1)"),
            "INSERT INTO saylog.windows (\"user\", endpoint, model, tokens) VALUES (0, 'x', 'x', 1)".into(),
            "INSERT INTO saylog.users (name) VALUES ('bob-his7')".into(),
            "INSERT INTO saylog.users (name) VALUES ('nobody')".into(),
        ] {
            let told = team.sql(&two.alice, &statement).expect_err(&statement);
            // It is the rule that refuses, and it says nothing about what is there.
            assert!(told.contains("row-level security"), "{statement}: {told}");
            assert!(!told.contains("DETAIL") && !told.contains("his7"), "{told}");
        }
        for (statement, told) in [
            (
                format!("UPDATE saylog.sessions SET head = NULL WHERE id = {session}"),
                "",
            ),
            ("UPDATE saylog.sessions SET title = 'taken'".into(), ""),
            (
                format!("SELECT id FROM saylog.sessions WHERE id = {session} FOR UPDATE"),
                "",
            ),
            (
                format!("DELETE FROM saylog.partials WHERE session = {session}"),
                "",
            ),
            ("UPDATE saylog.windows SET tokens = 5".into(), ""),
            ("UPDATE saylog.imports SET head = 1".into(), ""),
            ("UPDATE saylog.partials SET content = ''".into(), ""),
            ("DELETE FROM saylog.partials".into(), ""),
        ] {
            assert_eq!(team.allowed(&two.alice, &statement), told, "{statement}");
        }
        for statement in [
            format!("UPDATE saylog.sessions SET \"user\" = {user}"),
            "UPDATE saylog.messages SET content = 'x'".into(),
            "DELETE FROM saylog.messages".into(),
            "DELETE FROM saylog.sessions".into(),
            "TRUNCATE saylog.messages".into(),
            "UPDATE saylog.moves SET gone = 1".into(),
            "UPDATE saylog.users SET name = 'x'".into(),
            "DELETE FROM saylog.prompts".into(),
            "DELETE FROM saylog.sent".into(),
            "DELETE FROM saylog.origins".into(),
            "UPDATE saylog.store SET version = 9".into(),
            "UPDATE saylog.partials SET session = 1".into(),
            "UPDATE saylog.windows SET \"user\" = 1".into(),
            "SELECT setval('saylog.message_ids', 1)".into(),
            "SELECT nextval('saylog.users_id_seq')".into(),
            "BEGIN; LOCK TABLE saylog.messages IN ACCESS EXCLUSIVE MODE".into(),
        ] {
            let told = team.refused(&two.alice, &statement);
            assert!(told.contains("permission denied"), "{statement}: {told}");
        }
        let after = SHOWN.map(|table| {
            let rows = format!("SELECT * FROM saylog.{table} AS t ORDER BY t::text");
            team.allowed(&two.bob, &rows)
        });
        assert_eq!(before, after);
    });
}

#[test]
fn unique_keys_say_nothing_about_whose_they_are() {
    with_both(|two| {
        let team = &two.team;
        let (uuid, message) = (of_bob(two, "min(s.uuid::text)"), of_bob(two, "min(m.id)"));
        let origin = "decode(md5('his7'), 'hex')";
        for statement in [
            format!(
                "INSERT INTO saylog.sessions (uuid, \"user\", touched, touched_at, created_at)
                 SELECT '{uuid}', saylog.own_user(), 0, 0, 0"
            ),
            format!(
                "INSERT INTO saylog.messages
                     (id, session, seq, created_at, nonce, role, status, content)
                 SELECT {message}, min(id), 99, 0, 0, 1, 0, 'x' FROM saylog.sessions"
            ),
            format!("INSERT INTO saylog.origins SELECT {origin}, min(id) FROM saylog.messages"),
        ] {
            let told = team.sql(&two.alice, &statement).expect_err(&statement);
            assert!(told.contains("duplicate key"), "{told}");
            assert!(!told.contains("DETAIL") && !told.contains("his7"), "{told}");
            // Nor can what is there be had by a conflict.
            let insert = format!("{statement} ON CONFLICT DO NOTHING RETURNING 'new'");
            assert_eq!(team.allowed(&two.alice, &insert), "");
        }
    });
}

#[test]
fn what_a_session_points_at_is_shown_if_it_is_its_users() {
    with_both(|two| {
        let team = &two.team;
        // She may point her own session wherever she likes.
        let message = of_bob(two, "min(m.id)");
        let point = format!(
            "UPDATE saylog.sessions SET head = {message}, last = {message}, system = {message},
             floor = {message}, origin = (SELECT min(id) FROM saylog.sessions) - 1
             WHERE title = 'plan-hers7'"
        );
        team.allowed(&two.alice, &point);
        let lines = "/resume plan-hers7\n/context\n/fork\nhello\n/system\n/undo\n/sessions --all\n";
        let outcome = team.play(&two.alice, "alice-hers7", lines);
        let told = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(!told.contains("his7"), "{told}");
        let talks = team.allowed(&two.alice, "SELECT * FROM saylog.conversations");
        assert!(!talks.contains("his7"), "{talks}");
        // Nor does one who speaks as everybody show it as hers.
        let free = team.granted("s", &[]);
        let outcome = team.play(&free, "alice-hers7", lines);
        let told = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(!told.contains("his7"), "{told}");
    });
}
