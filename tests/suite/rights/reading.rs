//! A role that reads the views.

use super::{Team, Two};

#[test]
fn a_reader_reads_the_views_and_nothing_else() {
    for team in [Team::new(), Team::of_owner()] {
        let Some(team) = team else { return };
        let speaker = team.granted("s", &[]);
        let reader = team.granted("r", &["--read"]);
        team.said(
            &speaker,
            "alice",
            "/start the plan\n/system be brief\nhello\n",
        );
        assert_eq!(
            team.allowed(
                &reader,
                "SELECT id, user_id, role, content, source FROM saylog.log ORDER BY id"
            ),
            "1|alice|system|be brief|\n2|alice|user|hello|\n\
             3|alice|ai|This is a mock response from AI.|\n"
        );
        let talks =
            "SELECT user_id, title, first_words, system, messages FROM saylog.conversations";
        assert_eq!(
            team.allowed(&reader, talks),
            "alice|the plan|hello|be brief|3\n"
        );
        for statement in [
            "SELECT nonce FROM saylog.messages",
            "SELECT * FROM saylog.moves",
            "SELECT * FROM saylog.partials",
            "SELECT * FROM saylog.prompts",
            "SELECT * FROM saylog.sent",
            "SELECT * FROM saylog.windows",
            "SELECT * FROM saylog.logins",
            "SELECT * FROM saylog.newest_message()",
            "SELECT nextval('saylog.message_ids')",
            "INSERT INTO saylog.users (name) VALUES ('x')",
            "UPDATE saylog.sessions SET title = 'x'",
            "DELETE FROM saylog.partials",
        ] {
            let told = team.refused(&reader, statement);
            assert!(told.contains("permission denied"), "{statement}: {told}");
        }
        let outcome = team.play(&reader, "alice", "/log\n");
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1));
    }
}

#[test]
fn a_reader_who_is_bound_sees_that_user_only() {
    for team in [Team::new(), Team::of_owner()] {
        let Some(team) = team else { return };
        let two = Two::of(team);
        let team = &two.team;
        let bound = team.granted("r", &["--read", "--as-user", "bob-his7"]);
        let free = team.granted("f", &["--read"]);
        let users = "SELECT DISTINCT user_id FROM saylog.log ORDER BY 1";
        let owners = "SELECT DISTINCT user_id FROM saylog.conversations ORDER BY 1";
        for query in [users, owners] {
            assert_eq!(team.allowed(&bound, query), "bob-his7\n");
            assert_eq!(team.allowed(&free, query), "alice-hers7\nbob-his7\n");
            assert_eq!(team.allowed(&team.owner, query), "alice-hers7\nbob-his7\n");
        }
    }
}

/// The views as PostgreSQL 14 has them.
fn views_of_14(team: &Team) {
    let views = include_str!("../../../src/store/postgres/schema/1-views.sql");
    let (_, last) = views.split_once("DO $$").expect("the last step");
    let last = format!("DO $${}", last.replace(">= 150000", ">= 990000"));
    let version = team.allowed(&team.owner, "SHOW server_version_num");
    if version.trim() >= "150000" {
        team.allowed(&team.owner, &last);
    }
    let options = "SELECT DISTINCT reloptions FROM pg_class
                   WHERE relnamespace = 'saylog'::regnamespace AND relkind = 'v'";
    assert_eq!(
        team.allowed(&team.owner, options),
        "{security_barrier=true}\n"
    );
}

#[test]
fn the_views_of_postgresql_14_keep_users_apart_too() {
    for team in [Team::new(), Team::of_owner()] {
        let Some(team) = team else { return };
        let two = Two::of(team);
        let team = &two.team;
        let speaker = team.granted("s", &[]);
        views_of_14(team);
        // Her session is made to point at his messages.
        let at_his = "UPDATE saylog.sessions SET
            system = (SELECT min(m.id) FROM saylog.messages AS m JOIN saylog.sessions AS s
                      ON s.id = m.session JOIN saylog.users AS u ON u.id = s.\"user\"
                      WHERE u.name = 'bob-his7' AND m.role = 0)
            WHERE title = 'plan-hers7'";
        team.allowed("postgres", at_his);
        for (login, other) in [(&two.alice, "his7"), (&two.bob, "hers7")] {
            for view in ["log", "conversations"] {
                let rows = team.allowed(login, &format!("SELECT * FROM saylog.{view}"));
                assert!(!rows.is_empty() && !rows.contains(other), "{rows}");
            }
        }
        for login in [&speaker, &team.owner] {
            let rows = team.allowed(login, "SELECT * FROM saylog.log");
            assert!(rows.contains("hers7") && rows.contains("his7"), "{rows}");
            let of_her = "SELECT system FROM saylog.conversations WHERE title = 'plan-hers7'";
            assert_eq!(team.allowed(login, of_her), "\n");
        }
    }
}
