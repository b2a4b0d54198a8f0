//! A thousand conversations of fifty users over one pipe, in random order,
//! against a reference model. `SUITE_SEED` plays a run once more.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{json_command, plain};
use crate::support::dice::Dice;
use crate::support::events::{Row, events, log};
use crate::support::peer::Peer;
use crate::support::run::{echoing, without_hints};

const USERS: usize = 50;
const SESSIONS: usize = 1000;
const LINES: usize = 12_000;

/// A message of the model: its session, its role and what it says.
type Message = (usize, &'static str, String);

/// The reference: a list for the log, and for each session its user and the
/// places of its context in that list.
#[derive(Default)]
struct Model {
    speaking: usize,
    log: Vec<Message>,
    sessions: Vec<(usize, Vec<usize>)>,
    current: HashMap<usize, usize>,
}

/// What a line does.
#[derive(Clone, Debug)]
enum What {
    Say(String),
    Start,
    Clear,
    History,
    User(usize),
    Unknown,
}

/// A line: what it does, by whom and where, if it says so.
#[derive(Clone, Debug)]
struct Line {
    what: What,
    user: Option<usize>,
    session: Option<usize>,
}

fn name(user: usize) -> String {
    match user {
        0 => "alice".into(),
        7 => "zoë 7".into(),
        8 => "\"8\" /user".into(),
        user => format!("user {user}"),
    }
}

impl Model {
    fn start(&mut self, user: usize) -> usize {
        self.sessions.push((user, Vec::new()));
        self.sessions.len() - 1
    }

    /// The events that a line leads to; sessions are told by their numbers.
    fn play(&mut self, line: &Line) -> Vec<String> {
        let before = self.speaking;
        let user = line.user.unwrap_or(before);
        if line
            .session
            .is_some_and(|session| self.sessions[session].0 != user)
        {
            return vec!["error session_not_found".into()];
        }
        let own = self.current.get(&user).copied();
        let session = line.session.or(own);
        if let What::User(to) = line.what {
            let there = if to == user {
                session
            } else {
                self.current.get(&to).copied()
            };
            if line.user.is_none() && line.session.is_none() {
                self.speaking = to;
            }
            let there = there.map_or_else(|| "none".into(), |there| there.to_string());
            return vec![format!("user {} {there}", name(to))];
        }
        match (&line.what, session) {
            (What::Unknown, _) => vec!["error unknown_command".into()],
            (What::Start, _) => {
                let begun = self.start(user);
                if line.session.is_none() {
                    self.current.insert(user, begun);
                }
                vec![format!("start {} {begun}", name(user))]
            }
            (_, None) => vec!["error session_not_found".into()],
            (What::Say(text), Some(session)) => {
                for role in ["user", "ai"] {
                    self.sessions[session].1.push(self.log.len());
                    self.log.push((session, role, text.clone()));
                }
                vec![format!("reply {} {session} {text}", name(user))]
            }
            (What::Clear, Some(session)) => {
                let gone = std::mem::take(&mut self.sessions[session].1).len();
                vec![format!("clear {} {session} {gone}", name(user))]
            }
            (_, Some(session)) => self.history(session),
        }
    }

    fn history(&self, session: usize) -> Vec<String> {
        let (user, context) = &self.sessions[session];
        let row = |at: &usize| {
            let (_, role, text) = &self.log[*at];
            format!("message {} {session} {role} {text}", name(*user))
        };
        let mut rows: Vec<String> = context.iter().map(row).collect();
        rows.push(format!("end {}", context.len()));
        rows
    }
}

/// The numbers of sessions by their ids, in the order in which they began.
#[derive(Default)]
struct Sessions(HashMap<String, usize>);

impl Sessions {
    /// An event as the model tells it.
    fn told(&mut self, event: &Value) -> String {
        let name = event["event"].as_str().expect("a name");
        if name == "start" {
            let next = self.0.len();
            self.0.insert(plain(&event["session_id"]), next);
        }
        let whose = || {
            let session = &event["session_id"];
            let session = session.as_str().map(|id| self.0[id].to_string());
            let session = session.unwrap_or_else(|| "none".into());
            format!("{name} {} {session}", plain(&event["user_id"]))
        };
        match name {
            "error" => format!("error {}", plain(&event["code"])),
            "reply" => format!("{} {}", whose(), plain(&event["content"])),
            "message" => {
                let (role, content) = (plain(&event["role"]), plain(&event["content"]));
                format!("{} {role} {content}", whose())
            }
            "clear" => format!("{} {}", whose(), event["gone"]),
            "end" => format!("end {}", event["count"]),
            _ => whose(),
        }
    }
}

/// A text that would be something else anywhere but here.
fn text(dice: &mut Dice) -> String {
    const PIECES: [&str; 16] = [
        "\"\"\"",
        "\n",
        "/clear",
        "/user eve",
        "\\",
        "\"",
        "\\u0041",
        "é",
        "你好",
        "🙂🚂",
        "\u{1b}[31m",
        "\u{202e}",
        "\r\n",
        "\t",
        "{\"say\":\"x\"}",
        "#!",
    ];
    let pieces = 1 + dice.below(6);
    let mut text: String = (0..pieces).map(|_| dice.pick(&PIECES)).collect();
    text.push_str("end");
    text
}

/// A text as JSON, sometimes with every character escaped.
fn quoted(text: &str, dice: &mut Dice) -> String {
    if !dice.one_in(4) {
        return Value::from(text).to_string();
    }
    let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
    format!("\"{}\"", units.collect::<String>())
}

fn line(dice: &mut Dice, model: &Model) -> Line {
    let what = match dice.below(100) {
        0..80 => What::Say(text(dice)),
        80..84 => What::Start,
        84..88 => What::Clear,
        88..96 => What::History,
        96..98 => What::User(dice.below(USERS)),
        _ => What::Unknown,
    };
    // Only the first thousand can be named: the ids of the others are not known yet.
    let any = dice.below(SESSIONS);
    let (user, session) = match dice.below(10) {
        0..5 => (Some(model.sessions[any].0), Some(any)),
        5..7 => (Some(dice.below(USERS)), None),
        7 => (None, None),
        8 => (None, Some(any)),
        _ => (Some(dice.below(USERS)), Some(any)),
    };
    Line {
        what,
        user,
        session,
    }
}

/// A line as it is written; the key that comes first is drawn.
fn written(line: &Line, reference: usize, ids: &[String], dice: &mut Dice) -> String {
    let command = |text: String| ("line", text);
    let (key, text) = match &line.what {
        What::Say(text) => ("say", text.clone()),
        What::Start => command("/start".into()),
        What::Clear => command("/clear".into()),
        What::History => command("/history".into()),
        What::User(user) => command(format!("/user {}", name(*user))),
        What::Unknown => command("/nonsense".into()),
    };
    let reference = if reference.is_multiple_of(2) {
        reference.to_string()
    } else {
        Value::from(reference.to_string()).to_string()
    };
    let mut fields = vec![
        format!("\"{key}\":{}", quoted(&text, dice)),
        format!("\"ref\":{reference}"),
    ];
    if let Some(user) = line.user {
        fields.push(format!("\"user\":{}", quoted(&name(user), dice)));
    }
    if let Some(session) = line.session {
        fields.push(format!("\"session\":\"{}\"", ids[session]));
    }
    let first = dice.below(fields.len());
    fields.swap(0, first);
    format!("{{{}}}", fields.join(","))
}

#[test]
fn a_thousand_conversations_of_fifty_users_over_one_pipe() {
    let chosen = std::env::var("SUITE_SEED").ok();
    let seed = chosen.map_or_else(Dice::seed, |seed| seed.parse().expect("a number"));
    let mut dice = Dice::new(seed);
    let saylog = echoing();
    let (mut model, mut sessions) = (Model::default(), Sessions::default());
    let mut peer = Peer::new(json_command(&saylog));
    let mut ids = Vec::new();
    for session in 0..SESSIONS {
        // When the rest begins, the last one of each user is their current one.
        let user = session % USERS;
        assert_eq!(model.start(user), session);
        model.current.insert(user, session);
        let start = json!({"line": "/start", "user": name(user), "ref": session});
        peer.say(&start.to_string());
        if session % 100 == 99 {
            for number in session - 99..=session {
                let started = peer.next_line().expect("an answer");
                let started: Value = serde_json::from_str(&started).expect("JSON");
                assert_eq!(started["ref"], number);
                let expected = format!("start {} {number}", name(number % USERS));
                assert_eq!(sessions.told(&started), expected);
                ids.push(plain(&started["session_id"]));
            }
        }
    }
    let (mut script, mut expected) = (String::new(), Vec::new());
    for number in 0..LINES {
        let line = line(&mut dice, &model);
        script += &written(&line, number, &ids, &mut dice);
        script.push('\n');
        let told = model.play(&line);
        expected.extend(told.into_iter().map(|told| (number.to_string(), told)));
    }
    let begun = peer.printed.len();
    peer.pour(script);
    let outcome = peer.leave();
    let told = without_hints(&outcome.stderr);
    assert_eq!((told.as_str(), outcome.code), ("", 1), "seed {seed}");
    let answers = events(&outcome.stdout[begun..]);
    assert_eq!(answers.len(), expected.len(), "seed {seed}");
    for (answer, (reference, expected)) in answers.iter().zip(&expected) {
        assert_eq!(&plain(&answer["ref"]), reference, "seed {seed}");
        assert_eq!(
            &sessions.told(answer),
            expected,
            "seed {seed}, ref {reference}"
        );
    }
    let mut by_number: Vec<(usize, String)> = Vec::new();
    by_number.extend(sessions.0.iter().map(|(id, number)| (*number, id.clone())));
    by_number.sort();
    // The log is the plain list.
    let rows = log(&saylog);
    let row = |row: &Row| {
        (
            sessions.0[&row.session_id],
            row.role.clone(),
            row.content.clone(),
        )
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    let list = model
        .log
        .iter()
        .map(|(session, role, text)| (*session, (*role).to_owned(), text.clone()));
    assert!(
        rows == list.collect::<Vec<_>>(),
        "seed {seed}: the log differs"
    );
    // Every context, as a process finds it that knows nothing of the lines.
    let (mut script, mut expected) = (String::new(), Vec::new());
    for (session, id) in &by_number {
        let user = name(model.sessions[*session].0);
        let line = json!({"line": "/history", "user": user, "session": id, "ref": session});
        script += &format!("{line}\n");
        expected.extend(model.history(*session));
    }
    let outcome = saylog.hear(script);
    let said = without_hints(&outcome.stderr);
    assert_eq!((said.as_str(), outcome.code), ("", 0), "seed {seed}");
    let told = events(&outcome.stdout);
    let told: Vec<_> = told.iter().map(|event| sessions.told(event)).collect();
    assert!(told == expected, "seed {seed}: a context differs");
    assert_eq!(saylog.integrity(), "ok");
}
