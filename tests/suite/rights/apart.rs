//! Two logins, each bound to a user, and the program: neither sees anything of the other.

use super::{Team, Two};

/// What is asked for in the other's words, titles, names, ids and numbers.
const LINES: &str = "\
/users
/user
/log
/log global
/log in:global
/history global
/search words*
/search in:global words*
/search --rank in:global words-OTHER
/stats in:global
/stats by user in:global
/stats by model in:global
/sessions --all
/sessions global
/sessions --archived
/moves
/resume plan-OTHER
/resume SESSION
/archive plan-OTHER
/archive SESSION
/fork at #MESSAGE
/context at #MESSAGE
/show #MESSAGE
/show #MESSAGE global
/quote #MESSAGE
/each NAME,OTHER hello
/log user:NAME
/log session:plan-OTHER
/log session:SESSION
/export in:global --force all.jsonl
/export in:global --force all.md
/info
";

/// What the program tells, with what is its own of each run taken out.
fn told(two: &Two, login: &str, user: &str, lines: &str) -> String {
    let team = &two.team;
    let outcome = team.play(login, user, lines);
    let files = ["all.jsonl", "all.md"]
        .map(|file| std::fs::read_to_string(team.folder.path().join(file)).unwrap_or_default());
    format!("{}{}{}", outcome.stdout, outcome.stderr, files.concat())
}

#[test]
fn the_program_shows_nothing_of_another() {
    for team in [Team::new(), Team::of_owner()] {
        let Some(team) = team else { return };
        let two = Two::of(team);
        let team = &two.team;
        for (login, user, other, name) in [
            (&two.alice, "alice-hers7", "his7", "bob-his7"),
            (&two.bob, "bob-his7", "hers7", "alice-hers7"),
        ] {
            let of_other = format!(
                "SELECT min(session_id::text), min(id) FROM saylog.log WHERE user_id = '{name}'"
            );
            let of_other = team.allowed("postgres", &of_other);
            let (session, message) = of_other.trim().split_once('|').expect("two");
            let lines = (LINES.replace("plan-OTHER", &format!("plan-{other}")))
                .replace("words-OTHER", &format!("words-{other}"))
                .replace("NAME,OTHER", name)
                .replace("NAME", name)
                .replace("SESSION", session)
                .replace("MESSAGE", message);
            let told = told(&two, login, user, &lines);
            assert!(told.contains(user), "{told}");
            // What was typed is told again in errors: everything else is looked at.
            let told = told.replace(&format!("`plan-{other}`"), "");
            let told = told.replace(&format!("`{session}`"), "").replace(name, "");
            assert!(!told.contains(other) && !told.contains(session), "{told}");
        }
    }
}

#[test]
fn what_is_anothers_is_told_like_what_is_not_there() {
    let Some(team) = Team::of_owner() else { return };
    let two = Two::of(team);
    let team = &two.team;
    let of_bob = "SELECT session_id, id FROM saylog.log WHERE user_id = 'bob-his7'
                  ORDER BY id LIMIT 1";
    let of_bob = team.allowed("postgres", of_bob);
    let (session, message) = of_bob.trim().split_once('|').expect("two");
    let nowhere = "5b0c1f7e-0f3a-4c1d-9b7e-0123456789ab";
    for line in [
        "/show #MESSAGE",
        "/show #MESSAGE global",
        "/quote #MESSAGE",
        "/fork at #MESSAGE",
        "/context at #MESSAGE",
        "/resume SESSION",
        "/archive SESSION",
        "/log session:SESSION",
        "/log after:#MESSAGE limit:1 session:SESSION",
        "/each bob-his7 hello",
    ] {
        let ask = |session: &str, message: &str, name: &str| {
            let line = line.replace("SESSION", session).replace("MESSAGE", message);
            let line = line.replace("bob-his7", name);
            let outcome = team.play(&two.alice, "alice-hers7", &format!("{line}\n"));
            let told = format!("{}{}{}", outcome.stdout, outcome.stderr, outcome.code);
            told.replace(session, "SESSION")
                .replace(&format!("#{message}"), "#MESSAGE")
                .replace(name, "NAME")
        };
        let of_bob = ask(session, message, "bob-his7");
        let of_nobody = ask(nowhere, "987654", "nobody-there");
        assert_eq!(of_bob, of_nobody, "{line}");
    }
}

#[test]
fn what_one_has_learned_of_windows_the_other_does_not_know() {
    let Some(team) = Team::of_owner() else { return };
    let two = Two::of(team);
    let team = &two.team;
    let windows = "SELECT endpoint FROM saylog.windows";
    let of = |login: &str| {
        format!(
            "INSERT INTO saylog.windows (\"user\", endpoint, model, tokens)
             VALUES (saylog.own_user(), 'http://{login}', 'm', 1)"
        )
    };
    for login in [&two.alice, &two.bob] {
        team.allowed(login, &of(login));
        assert_eq!(team.allowed(login, windows), format!("http://{login}\n"));
    }
}
