//! The log never changes: random moves and messages by several users, in
//! several runs, against a plain list for the log and a reference model for
//! every context, move and answer. `SUITE_SEED` plays a run once more.

mod lines;
mod model;

use serde_json::Value;

use lines::{Line, Lines};
use model::{ECHO, Model};

use crate::support::dice::Dice;
use crate::support::events::events;
use crate::support::run::{Outcome, Saylog, without_hints};

/// How many processes follow each other on the store, and how many lines each plays.
const ROUNDS: usize = 12;
const LINES: usize = 1000;

/// What cannot be foreseen of an event, or is for people only.
const UNFORESEEN: [&str; 8] = [
    "tokens", "way_now", "window", "percent", "error", "hint", "kind", "line",
];

/// A store and the model of it.
struct Comparison {
    saylog: Saylog,
    model: Model,
    /// The whole log, as it was listed last.
    log: String,
    seed: u64,
}

impl Comparison {
    fn new(seed: u64) -> Self {
        // Nothing is left out of a context for want of room.
        let window = ["--window", "100000000"];
        Self {
            saylog: Saylog::new().with(&["--model", ECHO]).with(&window),
            model: Model::default(),
            log: String::new(),
            seed,
        }
    }

    /// Plays lines in a process of their own and compares every event.
    fn play(&mut self, lines: &[Line]) {
        let script: String = lines.iter().map(|line| line.typed() + "\n").collect();
        let Outcome { stdout, stderr, .. } = self.run(&script);
        self.look_up();
        let mut answers = events(&stdout).into_iter().peekable();
        let mut number = 0;
        self.model.begin();
        for line in lines {
            number += line.typed().split('\n').count();
            for expected in self.model.play(line) {
                let at = format!("seed {}, line {number}: {}", self.seed, line.typed());
                let answer = answers.next_if(|answer| answer["line"] == number);
                let answer = answer.unwrap_or_else(|| panic!("{at}: no answer like {expected}"));
                assert_eq!(foreseen(answer), expected, "{at}");
            }
            let further = answers.next_if(|answer| answer["line"] == number);
            assert_eq!(further, None, "seed {}: {}", self.seed, line.typed());
        }
        assert_eq!(answers.next(), None, "seed {}", self.seed);
        let told = without_hints(&stderr);
        let notices = told.lines().filter(|notice| {
            assert!(notice.starts_with("its context is empty"), "{notice}");
            notice.contains("`/undo`")
        });
        assert_eq!(notices.count(), self.model.notices, "seed {}", self.seed);
        self.compare_log();
    }

    fn run(&self, script: &str) -> Outcome {
        let mut command = self.saylog.command();
        command.arg("--json");
        let outcome = crate::support::run::feed(command, script.as_bytes());
        // Whatever fails, no random line ends the program.
        assert!(
            [0, 1].contains(&outcome.code),
            "seed {}: {}",
            self.seed,
            outcome.code
        );
        outcome
    }

    /// Finds out what nobody can foresee, and that nothing that was in the log has changed.
    fn look_up(&mut self) {
        let log = self.saylog.log();
        // The last line counts the others.
        let (kept, _) = log.trim_end().rsplit_once('\n').unwrap_or_default();
        assert!(
            kept.starts_with(&self.log),
            "seed {}: the log has changed",
            self.seed
        );
        let since = events(kept[self.log.len()..].trim_start());
        let times = since
            .iter()
            .map(|row| row["created_at"].as_str().expect("a time").to_owned());
        self.model.chance.messages.extend(times);
        kept.clone_into(&mut self.log);
        let store = self.saylog.stored();
        let sessions = "SELECT uuid, strftime('%Y-%m-%dT%H:%M:%S', created_at / 1000, 'unixepoch')
                               || printf('.%03dZ', created_at % 1000) FROM sessions ORDER BY id";
        self.model.chance.sessions = store.rows(sessions);
    }

    /// The log is the plain list, in order, every field of every message.
    fn compare_log(&self) {
        let rows = self.log.lines().count();
        assert_eq!(rows, self.model.log.len(), "seed {}", self.seed);
        for (row, id) in events(&self.log).into_iter().zip(1..) {
            assert_eq!(
                foreseen(row),
                self.model.message("message", id),
                "seed {}",
                self.seed
            );
        }
    }
}

/// An event without what cannot be foreseen.
fn foreseen(mut event: Value) -> Value {
    let fields = event.as_object_mut().expect("an object");
    for field in UNFORESEEN {
        fields.remove(field);
    }
    if fields["event"] == "move_row" {
        fields.remove("created_at");
    }
    event
}

#[test]
fn ten_thousand_random_moves_and_messages_change_contexts_and_never_the_log() {
    let chosen = std::env::var("SUITE_SEED").ok();
    let seed = chosen.map_or_else(Dice::seed, |seed| seed.parse().expect("a number"));
    let mut dice = Dice::new(seed);
    let mut comparison = Comparison::new(seed);
    for _ in 0..ROUNDS {
        // Everybody returns to where they were, if they were anywhere.
        let mut script: Vec<Line> = [2, 1, 0]
            .into_iter()
            .flat_map(|user| [Line::User(user), Line::Resume("latest".into())])
            .collect();
        let mut lines = Lines::new(&mut dice, &comparison.model);
        script.extend((0..LINES).map(|_| lines.line()));
        comparison.play(&script);
    }
    // Every session once more, as a process finds it that knows nothing of the moves.
    let mut last = Vec::new();
    for session in 0..comparison.model.sessions() {
        let (id, _) = &comparison.model.chance.sessions[session];
        let user = model::USERS
            .iter()
            .position(|user| *user == comparison.model.owner(session));
        last.extend([
            Line::User(user.expect("a user")),
            Line::Resume(id.clone()),
            Line::History,
            Line::Context,
            Line::Moves,
        ]);
    }
    let all = true;
    last.extend([Line::Sessions { global: true, all }, Line::HistoryUser]);
    for user in 0..model::USERS.len() {
        last.extend([Line::User(user), Line::Sessions { global: false, all }]);
    }
    comparison.play(&last);
    assert_eq!(comparison.saylog.integrity(), "ok");
}
