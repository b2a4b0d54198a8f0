//! Who may do what in a log on a server: what `--grant` gives a role, and that two logins
//! which are bound to a user each see nothing of each other, whatever they try.

mod apart;
mod attacks;
mod documented;
mod granting;
mod reading;
mod speaking;
mod tricks;

use std::process::Command;

use tempfile::TempDir;

use crate::support::cluster::Cluster;
use crate::support::run::{Outcome, SAYLOG, feed};

/// A database, the roles that were made for it, and a folder to run the program in.
struct Team {
    cluster: &'static Cluster,
    database: String,
    folder: TempDir,
    /// Who makes the store.
    owner: String,
}

impl Team {
    /// An empty database in which a superuser makes the store; none without PostgreSQL.
    fn new() -> Option<Self> {
        let cluster = Cluster::shared()?;
        let address = cluster.database();
        let (_, database) = address.rsplit_once('/').expect("a database");
        Some(Self {
            cluster,
            database: database.to_owned(),
            folder: tempfile::tempdir().expect("a folder"),
            owner: "postgres".into(),
        })
    }

    /// The same where a role that is no superuser makes the store.
    fn of_owner() -> Option<Self> {
        let mut team = Self::new()?;
        team.owner = team.role("owner");
        let grant = format!(
            "GRANT CREATE ON DATABASE {} TO {}",
            team.database, team.owner
        );
        team.cluster.sql("postgres", &grant);
        Some(team)
    }

    /// What a role is called in the cluster, which other tests share.
    fn name(&self, role: &str) -> String {
        format!("{role}_{}", self.database)
    }

    /// Makes a role that can log in.
    fn role(&self, role: &str) -> String {
        let name = self.name(role);
        self.cluster
            .sql("postgres", &format!("CREATE ROLE {name} LOGIN"));
        name
    }

    /// The program on the store, as this login of the server.
    fn command(&self, login: &str) -> Command {
        let address = self.cluster.address(&self.database);
        let mut command = Command::new(SAYLOG);
        command
            .env_clear()
            .env("TZ", "UTC")
            .env("HOME", self.folder.path())
            .env("USER", "somebody")
            .env("SAYLOG_TEST_PATIENCE", "3600000")
            .env("SAYLOG_TEST_OLLAMA", "none")
            .current_dir(self.folder.path())
            .arg("--store")
            .arg(address.replace("postgres@", &format!("{login}@")));
        command
    }

    /// Gives rights, as the owner.
    fn grant(&self, arguments: &[&str]) -> Outcome {
        let mut command = self.command(&self.owner);
        command.arg("--grant").args(arguments);
        feed(command, b"")
    }

    /// Makes a role and gives it rights.
    #[track_caller]
    fn granted(&self, role: &str, arguments: &[&str]) -> String {
        let name = self.role(role);
        let outcome = self.grant(&[&[name.as_str()], arguments].concat());
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        name
    }

    /// Runs these lines as a login and a user.
    fn play(&self, login: &str, user: &str, transcript: &str) -> Outcome {
        let mut command = self.command(login);
        command.args(["--user", user]);
        feed(command, transcript.as_bytes())
    }

    /// The same where all of them have to succeed.
    #[track_caller]
    fn said(&self, login: &str, user: &str, transcript: &str) -> String {
        let outcome = self.play(login, user, transcript);
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
        outcome.stdout
    }

    /// Runs statements as a role; what was refused is told in the server's words, all of
    /// them.
    fn sql(&self, login: &str, statements: &str) -> Result<String, String> {
        let mut psql = self.cluster.psql(&self.database);
        // What the server tells beside is told, too.
        psql.args(["-U", login, "-v", "VERBOSITY=verbose", "-c", statements]);
        let ran = psql.output().expect("psql");
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        if !ran.status.success() {
            return Err(told);
        }
        Ok(format!("{}{told}", String::from_utf8_lossy(&ran.stdout)))
    }

    /// The same, refused: the first line of it.
    #[track_caller]
    fn refused(&self, login: &str, statements: &str) -> String {
        let ran = self.sql(login, statements);
        let told = ran.expect_err(statements);
        let told = told.lines().next().unwrap_or_default();
        told.trim_start_matches("ERROR:").trim().to_owned()
    }

    /// The same, allowed.
    #[track_caller]
    fn allowed(&self, login: &str, statements: &str) -> String {
        self.sql(login, statements).expect(statements)
    }
}

/// Two logins, each bound to a user, who have said something: alice's words, titles and
/// names have `hers7` in them, and bob's `his7`.
struct Two {
    team: Team,
    alice: String,
    bob: String,
}

impl Two {
    fn of(team: Team) -> Self {
        let alice = team.granted("a", &["--as-user", "alice-hers7"]);
        let bob = team.granted("b", &["--as-user", "bob-his7"]);
        let two = Self { team, alice, bob };
        for (login, user, word) in [
            (&two.alice, "alice-hers7", "hers7"),
            (&two.bob, "bob-his7", "his7"),
        ] {
            let script = format!(
                "/start plan-{word}\n/system prompt-{word}\n/model mock:echo\nwords-{word} one\n\
                 words-{word} two\n/clear\nwords-{word} three\n/start\n"
            );
            two.team.said(login, user, &script);
        }
        two
    }
}

/// Two logins whose sessions have something in every table.
fn full(team: Team) -> Two {
    let two = Two::of(team);
    for (user, word) in [("alice-hers7", "hers7"), ("bob-his7", "his7")] {
        two.team.allowed(
            "postgres",
            &format!(
                "INSERT INTO saylog.prompts (\"user\", content)
                     SELECT id, 'configured-{word}' FROM saylog.users WHERE name = '{user}';
                 INSERT INTO saylog.windows SELECT id, 'http://{word}', 'm', 1 FROM saylog.users
                     WHERE name = '{user}';
                 INSERT INTO saylog.sent (reply, answers, prompt)
                     SELECT max(l.id), 1, max(p.id) FROM saylog.log AS l, saylog.prompts AS p
                     WHERE l.user_id = '{user}' AND p.content = 'configured-{word}';
                 INSERT INTO saylog.origins
                     SELECT decode(md5('{word}'), 'hex'), max(id) FROM saylog.log
                     WHERE user_id = '{user}';
                 INSERT INTO saylog.imports (session, source)
                     SELECT max(id), 'from-{word}' FROM saylog.sessions
                     WHERE \"user\" = (SELECT id FROM saylog.users WHERE name = '{user}');
                 INSERT INTO saylog.partials (session, writer, content, model, beat, sent_prompt)
                     SELECT max(s.id), 'writer-{word}', 'partial-{word}', 'm', 1, max(p.id)
                     FROM saylog.sessions AS s JOIN saylog.prompts AS p ON p.\"user\" = s.\"user\"
                     WHERE s.\"user\" = (SELECT id FROM saylog.users WHERE name = '{user}')"
            ),
        );
    }
    two
}

/// Runs a test with either kind of owner.
fn with_both(test: impl Fn(&Two)) {
    for team in [Team::new(), Team::of_owner()] {
        let Some(team) = team else { return };
        test(&full(team));
    }
}

/// Something of bob's, asked as a superuser.
fn of_bob(two: &Two, what: &str) -> String {
    let query = format!(
        "SELECT {what} FROM saylog.sessions AS s JOIN saylog.users AS u ON u.id = s.\"user\"
         LEFT JOIN saylog.messages AS m ON m.session = s.id WHERE u.name = 'bob-his7'"
    );
    two.team.allowed("postgres", &query).trim().to_owned()
}
