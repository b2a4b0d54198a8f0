//! Users are kept apart: no model is sent and nobody is shown what another
//! user said, whichever command is used.

mod tampering;

use std::collections::BTreeSet;
use std::fs;

use crate::support::dice::Dice;
use crate::support::events::events;
use crate::support::run::{NO_SESSIONS, Saylog, USER_SILENT, check};
use crate::support::script::{dump, ids};

const USERS: usize = 8;

/// The model that [`listening`] prepares.
const LISTENER: [&str; 2] = ["--model", "cmd:/bin/sh answer.sh"];

/// A store beside a program that keeps what it is told, a file a turn, and
/// answers with the last secret in it.
fn listening() -> Saylog {
    let saylog = Saylog::new();
    let script = "told=$(mktemp told/XXXXXXXX) && cat > $told
        echo \"heard $(grep -o 'secret-[a-z]' $told | tail -n 1)\"";
    fs::write(saylog.folder().join("answer.sh"), script).expect("a script");
    fs::create_dir(saylog.folder().join("told")).expect("a folder");
    saylog
}

/// Every context that was sent to a model.
fn told(saylog: &Saylog) -> Vec<String> {
    let files = fs::read_dir(saylog.folder().join("told")).expect("a folder");
    files
        .map(|file| fs::read_to_string(file.expect("a file").path()).expect("what was told"))
        .collect()
}

fn name(user: usize) -> String {
    format!("user-{user}")
}

/// The word that only that user says.
fn secret(user: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(user).expect("a few users"));
    format!("secret-{letter}")
}

/// The users whose secrets are in a text.
fn owners(text: &str) -> BTreeSet<String> {
    let has = |user: &usize| text.contains(&secret(*user));
    (0..USERS).filter(has).map(name).collect()
}

/// Lines by all users in turn, each with the secret of whoever says it.
struct Talk<'a> {
    dice: &'a mut Dice,
    user: usize,
    /// Names of sessions, anybody's.
    sessions: &'a [String],
    /// About so many messages are in the log.
    newest: usize,
}

impl Talk<'_> {
    fn id(&mut self) -> usize {
        self.dice.below(self.newest + 3) + 1
    }

    fn which(&mut self) -> String {
        match self.dice.below(4) {
            0 => "latest".into(),
            1 => (self.dice.below(6) + 1).to_string(),
            _ if self.sessions.is_empty() => "latest".into(),
            _ => self.sessions[self.dice.below(self.sessions.len())].clone(),
        }
    }

    fn line(&mut self) -> String {
        let said = format!("{} near {}", secret(self.user), self.newest);
        match self.dice.below(100) {
            0..34 => {
                self.newest += 2;
                said
            }
            34..48 => {
                self.user = self.dice.below(USERS);
                format!("/user {}", name(self.user))
            }
            48..53 => format!("/start {said}"),
            53..60 => format!("/resume {}", self.which()),
            60..64 => "/fork".into(),
            64..69 => format!("/fork at #{}", self.id()),
            69..76 => format!("/quote #{} #{}", self.id(), self.id()),
            76..79 => "/clear".into(),
            79..83 => "/undo".into(),
            83..85 => "/redo".into(),
            85..87 => format!("/edit {said}"),
            87..89 => "/retry".into(),
            89..91 => format!("/system {said}"),
            91 => "/context".into(),
            92 => format!("/context at #{}", self.id()),
            93 => format!("/show #{}", self.id()),
            94 => "/history".into(),
            95 => "/history user".into(),
            96 => "/sessions".into(),
            97 => "/each a word to everybody".into(),
            _ => {
                let (one, two) = (self.dice.below(USERS), self.dice.below(USERS));
                format!("/each {},{} a word to two", name(one), name(two))
            }
        }
    }
}

/// Nothing that was shown to a user was said by another; `lines` are what was played.
#[track_caller]
fn shows_only_ones_own(stdout: &str, lines: &[String], seed: u64) {
    let mut speaking = "alice".to_owned();
    for event in events(stdout) {
        let at = format!("seed {seed}: {event}");
        if event["event"] == "user" {
            event["user_id"]
                .as_str()
                .expect("a name")
                .clone_into(&mut speaking);
        }
        let line = event["line"]
            .as_u64()
            .and_then(|line| usize::try_from(line).ok());
        let line = &lines[line.expect("a line") - 1];
        let whose = match event["user_id"].as_str() {
            Some(user) => user,
            None => &speaking,
        };
        assert!(line.starts_with("/each") || whose == speaking, "{at}");
        // The line itself is repeated by some errors.
        if event["event"] != "error" {
            let owners = owners(&event.to_string());
            assert!(owners.iter().all(|owner| owner == whose), "{line}: {at}");
        }
    }
}

#[test]
fn no_model_is_told_the_words_of_two_users_whatever_they_do() {
    let seed = Dice::seed();
    let mut dice = Dice::new(seed);
    let saylog = listening().with(&LISTENER).with(&["--json"]);
    let mut log = 0;
    for _ in 0..3 {
        let sessions = sessions(&saylog);
        let mut talk = Talk {
            dice: &mut dice,
            user: 0,
            sessions: &sessions,
            newest: log,
        };
        // Whatever comes after, everybody has said something and has been told it again.
        let mut lines: Vec<String> = (0..USERS)
            .flat_map(|user| {
                let said = secret(user);
                [
                    format!("/user {}", name(user)),
                    format!("/start {said}"),
                    said.clone(),
                    said,
                ]
            })
            .collect();
        lines.push(format!("/user {}", name(0)));
        lines.extend((0..250).map(|_| talk.line()));
        let outcome = saylog.play(lines.join("\n") + "\n");
        assert_eq!(
            outcome.code, 1,
            "seed {seed}: some lines are refused, and nothing worse"
        );
        shows_only_ones_own(&outcome.stdout, &lines, seed);
        log = saylog.stored().count("messages");
    }
    let told = told(&saylog);
    let mut heard = BTreeSet::new();
    for context in &told {
        let owners = owners(context);
        assert!(
            owners.len() <= 1,
            "seed {seed}: {owners:?} in one context:\n{context}"
        );
        heard.extend(owners);
    }
    let longest = told.iter().map(|context| context.lines().count()).max();
    assert!(
        told.len() > 100 && heard.len() == USERS,
        "seed {seed}: {} {heard:?}",
        told.len()
    );
    assert!(longest >= Some(3), "seed {seed}: {longest:?}");
}

fn sessions(saylog: &Saylog) -> Vec<String> {
    if !saylog.store().exists() {
        return Vec::new();
    }
    ids(saylog)
}

/// Both lines get the same answer, but for what was typed.
#[track_caller]
fn alike(saylog: &Saylog, command: &str, (theirs, nobodys): (&str, &str)) {
    let [told, other] = [theirs, nobodys].map(|name| {
        let outcome = saylog.lines(&["/resume hers", &format!("{command}{name}")]);
        assert_eq!(outcome.code, 1, "{command}{name}: {}", outcome.stdout);
        let id = format!("#{}", name.trim_start_matches('#'));
        let errors = outcome.stderr.replace(&format!("`{name}`"), "`…`");
        (outcome.stdout, errors.replace(&id, "#…"))
    });
    assert_eq!(told, other, "{command}{theirs}");
}

#[test]
fn what_is_anothers_is_told_like_what_does_not_exist() {
    let saylog = Saylog::new();
    let script = "/user bob\n/start team notes\none\n/start\nwords of bob\n/start\nmore of bob\n\
                  /user alice\n/start hers\nhello\n";
    assert_eq!(saylog.play(script).code, 0);
    let before = dump(&saylog);
    let ids = ids(&saylog);
    let bob = &ids[..3];
    // The same form, and certainly nobody's: a version 4 UUID has a 4 there.
    let none = "5b0c1f7e-0f3a-1c1d-9b7e-0123456789ab";
    let resume = "/resume ";
    for id in bob {
        alike(&saylog, resume, (id, none));
        alike(&saylog, resume, (&id.to_uppercase(), &none.to_uppercase()));
        alike(&saylog, resume, (&id[..18], &none[..18]));
        alike(&saylog, "/retry ", (id, none));
    }
    for name in [
        "team notes",
        "team",
        "words of bob",
        "words",
        "more of bob",
        "2",
        "3",
    ] {
        alike(&saylog, resume, (name, "nobody's"));
    }
    for id in 1..=6 {
        let (theirs, nobodys) = (format!("#{id}"), "#999");
        for command in [
            "/fork at ",
            "/quote ",
            "/quote #7 ",
            "/show ",
            "/context at ",
        ] {
            alike(&saylog, command, (&theirs, nobodys));
            alike(&saylog, command, (&theirs[1..], &nobodys[1..]));
        }
        alike(&saylog, "/retry ", (&theirs, nobodys));
    }
    assert_eq!(dump(&saylog), before);
}

#[test]
fn whoever_has_no_session_is_given_nobodys() {
    let saylog = Saylog::new();
    assert_eq!(saylog.play("/user bob\n/start\nsecret-b\n").code, 0);
    let before = dump(&saylog);
    let lines = [
        "/resume",
        "/resume latest",
        "/resume 1",
        "/rename mine",
        "/fork",
        "/undo",
        "/redo",
        "/retry",
        "/edit x",
        "/clear",
        "/moves",
        "/context",
        "/system",
        "/system x",
        "/quote #1",
        "/history",
        "/each bob hello",
        "/each hello",
        "hello",
    ];
    for line in lines {
        // On the command line a text would begin a session.
        let outcome = saylog.play(format!("{line}\n"));
        assert_eq!((outcome.stdout.as_str(), outcome.code), ("", 1), "{line}");
        assert!(
            !outcome.stderr.contains("secret-b"),
            "{line}: {}",
            outcome.stderr
        );
    }
    check(
        &saylog.lines(&["/sessions --all", "/history user"]),
        "",
        &format!("{NO_SESSIONS}{USER_SILENT}"),
        0,
    );
    assert_eq!(dump(&saylog), before);
}
