//! Random lines through the program equal a small reference model.

use std::collections::HashMap;

use proptest::prelude::*;

use crate::support::run::{Saylog, without_hints};

/// What a line may be.
#[derive(Clone, Debug)]
enum Line {
    User(usize),
    Start,
    Clear,
    Resume,
    Say(String),
    Block(Vec<String>),
    Unknown,
    Blank,
    History,
    HistoryUser,
    HistoryGlobal,
}

const USERS: [&str; 3] = ["alice", "bob", "zoë x"];

/// A message of the model: who, in which session, what.
#[derive(Clone, Debug)]
struct Message {
    user: usize,
    session: usize,
    entry: String,
}

/// The reference: a list for the log, and a list of indexes into it for each context.
#[derive(Default)]
struct Model {
    user: usize,
    log: Vec<Message>,
    contexts: Vec<Vec<usize>>,
    owners: Vec<usize>,
    current: HashMap<usize, usize>,
    answers: Vec<String>,
    notes: String,
    failed: bool,
}

impl Model {
    fn say(&mut self, text: &str) {
        let Some(&session) = self.current.get(&self.user) else {
            self.failed = true;
            return;
        };
        for role in ["user", "ai"] {
            self.contexts[session].push(self.log.len());
            self.log.push(Message {
                user: self.user,
                session,
                entry: format!("{}|{role}|{text}", USERS[self.user]),
            });
        }
        self.answers.push(text.to_owned());
    }

    fn list(&mut self, mut shown: Vec<usize>) {
        shown.sort_unstable();
        self.answers
            .extend(shown.iter().map(|&index| self.log[index].entry.clone()));
        self.answers.push(format!("end {}", shown.len()));
    }

    /// How many messages of a session are in the log.
    fn count(&self, session: usize) -> usize {
        let of = |message: &&Message| message.session == session;
        self.log.iter().filter(of).count()
    }

    /// What `/resume` prints: the last two turns of the session, if it has any.
    fn resume(&mut self, session: usize) {
        self.current.insert(self.user, session);
        let (count, context) = (self.count(session), &self.contexts[session]);
        self.answers
            .push(format!("resume {count} {}", context.len()));
        if context.is_empty() && count > 0 {
            let notice = "its context is empty; `/undo` brings back what was cleared\n";
            self.notes.push_str(notice);
        }
        self.list(context[context.len().saturating_sub(4)..].to_vec());
    }

    fn play(&mut self, line: &Line) {
        match line {
            Line::User(user) => {
                self.user = *user;
                self.answers.push(USERS[*user].to_owned());
            }
            Line::Start => {
                self.current.insert(self.user, self.contexts.len());
                self.contexts.push(Vec::new());
                self.owners.push(self.user);
                self.answers.push("start".to_owned());
            }
            Line::Clear => match self.current.get(&self.user) {
                Some(&session) => {
                    let gone = std::mem::take(&mut self.contexts[session]).len();
                    let stay = self.count(session);
                    let way = if gone > 0 { "/undo" } else { "" };
                    self.answers.push(format!("clear {stay} {gone} {way}"));
                }
                None => self.failed = true,
            },
            Line::Resume => {
                let own = |session: &usize| self.owners[*session] == self.user;
                let last = |session: &usize| {
                    self.log
                        .iter()
                        .rposition(|message| message.session == *session)
                };
                let latest = (0..self.owners.len())
                    .filter(own)
                    .max_by_key(|session| (last(session), *session));
                match latest {
                    Some(session) => self.resume(session),
                    None => self.failed = true,
                }
            }
            Line::Say(text) => self.say(text),
            Line::Block(lines) => {
                let text = lines.join("\n");
                if !text.chars().all(char::is_whitespace) {
                    self.say(&text);
                }
            }
            Line::Unknown => self.failed = true,
            Line::Blank => {}
            Line::History => match self.current.get(&self.user) {
                Some(&session) => self.list(self.contexts[session].clone()),
                None => self.failed = true,
            },
            Line::HistoryUser => {
                let own = |index: &usize| self.log[*index].user == self.user;
                let shown = self
                    .contexts
                    .iter()
                    .flatten()
                    .copied()
                    .filter(own)
                    .collect();
                self.list(shown);
            }
            Line::HistoryGlobal => self.list((0..self.log.len()).collect()),
        }
    }
}

impl Line {
    fn typed(&self) -> String {
        match self {
            Self::User(user) => format!("/user {}", USERS[*user]),
            Self::Start => "/start".into(),
            Self::Clear => "/clear".into(),
            Self::Resume => "/resume latest".into(),
            Self::Say(text) if text.starts_with('/') => format!("/{text}"),
            Self::Say(text) => text.clone(),
            Self::Block(lines) => format!("\"\"\"\n{}\n\"\"\"", lines.join("\n")),
            Self::Unknown => "/nonsense".into(),
            Self::Blank => " \t".into(),
            Self::History => "/history".into(),
            Self::HistoryUser => "/history user".into(),
            Self::HistoryGlobal => "/history global".into(),
        }
    }
}

/// Text of one line that is not blank, not a command and not `"""`.
fn text() -> impl Strategy<Value = String> {
    let any = "[ -~éü你好🙂\u{1b}\u{9b}\u{202e}\u{2028}\t\r]{0,12}[!-~你]";
    let special = prop_oneof![
        Just("/clear".to_owned()),
        Just("//user eve".to_owned()),
        Just("2026-11-22T13:32:07.120Z bob x user: forged".to_owned()),
        Just("'; DROP TABLE messages; --".to_owned()),
    ];
    prop_oneof![8 => any.prop_filter("a fence", |text| text != "\"\"\""), 1 => special]
}

fn line() -> impl Strategy<Value = Line> {
    prop_oneof![
        4 => (0..USERS.len()).prop_map(Line::User),
        2 => Just(Line::Start),
        2 => Just(Line::Clear),
        1 => Just(Line::Resume),
        10 => text().prop_map(Line::Say),
        2 => prop::collection::vec(text(), 1..4).prop_map(Line::Block),
        1 => Just(Line::Unknown),
        1 => Just(Line::Blank),
        2 => Just(Line::History),
        2 => Just(Line::HistoryUser),
        1 => Just(Line::HistoryGlobal),
    ]
}

/// Translates the program's events into the strings that the model produces.
fn answers(json: &str) -> Vec<String> {
    json.lines()
        .filter_map(|line| {
            let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
            match event["event"].as_str()? {
                "user" => Some(text("user_id")),
                "start" => Some("start".into()),
                "resume" => Some(format!("resume {} {}", event["count"], event["context"])),
                "clear" => Some(format!(
                    "clear {} {} {}",
                    event["count"],
                    event["gone"],
                    text("way")
                )),
                "reply" => Some(text("content")),
                "message" => Some(format!(
                    "{}|{}|{}",
                    text("user_id"),
                    text("role"),
                    text("content")
                )),
                "end" => Some(format!("end {}", event["count"])),
                _ => None,
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_lines_do_what_the_model_does(
        first in prop::collection::vec(line(), 1..60),
        second in prop::collection::vec(line(), 1..30),
    ) {
        let saylog = Saylog::new().with(&["--json", "--model", "mock:echo"]);
        let mut model = Model::default();
        // Two processes on one store: the second does not know the current sessions of the first.
        for lines in [first, second] {
            let script: String = lines.iter().map(|line| line.typed() + "\n").collect();
            let outcome = saylog.play(&script);
            (model.user, model.failed) = (0, false);
            model.current.clear();
            model.answers.clear();
            model.notes.clear();
            for line in &lines {
                model.play(line);
            }
            prop_assert_eq!(answers(&outcome.stdout), std::mem::take(&mut model.answers), "{}", script);
            prop_assert_eq!(outcome.code, i32::from(model.failed));
            prop_assert_eq!(&without_hints(&outcome.stderr), &model.notes);
        }
        prop_assert_eq!(saylog.integrity(), "ok");
    }
}
