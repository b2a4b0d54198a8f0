//! The rules of saylog as a small reference model: a list for the log, and
//! for each session a place in it, the places that were cleared below, and what
//! could be redone. It uses no database.

mod listings;
mod moves;
mod sessions;

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::lines::Line;

pub(super) const USERS: [&str; 3] = ["alice", "bob", "zoë x"];

/// The default model, which repeats what it is sent.
pub(super) const ECHO: &str = "mock:echo";

const SENTENCE: &str = "This is a mock response from AI.";

/// How many messages a receipt names.
const NAMED: usize = 32;

/// How many characters of the first thing said in a session are kept to call it by.
const WORDS: usize = 200;

/// A message of the log; its id is its place there, from 1.
pub(super) struct Message {
    seq: i64,
    parent: Option<i64>,
    user: usize,
    session: usize,
    role: &'static str,
    content: String,
    model: Option<String>,
    /// The system prompt of its session when it was written.
    system: Option<i64>,
}

/// Where a session stands: the end of its context, and the ends of those that
/// were cleared below it.
#[derive(Clone, Default)]
struct Place {
    head: Option<i64>,
    cleared: Vec<i64>,
}

/// A move that can be redone.
struct Undone {
    from: Place,
    gone: usize,
    is_reply: bool,
}

#[derive(Default)]
struct Session {
    user: usize,
    title: Option<String>,
    words: Option<String>,
    model: Option<String>,
    system: Option<i64>,
    place: Place,
    redo: Vec<Undone>,
    moves: Vec<Value>,
    /// Its messages in the log.
    own: Vec<i64>,
    /// The newest message of the log when it was begun.
    begun_after: i64,
    /// The session that it is a fork of.
    origin: Option<usize>,
}

/// What the model cannot compute: session ids and times.
#[derive(Default)]
pub(super) struct Chance {
    /// Of each session its id and the time of its beginning.
    pub sessions: Vec<(String, String)>,
    /// The time of each message.
    pub messages: Vec<String>,
}

#[derive(Default)]
pub(super) struct Model {
    pub chance: Chance,
    pub log: Vec<Message>,
    sessions: Vec<Session>,
    user: usize,
    current: HashMap<usize, usize>,
    listed: Option<(usize, Vec<usize>)>,
    /// The messages that are quotations, which nobody edits.
    quotations: HashSet<i64>,
    default: String,
    /// How many contexts were found empty though `/undo` brings something back.
    pub notices: usize,
}

/// An event without its line, or the code of an error.
type Told = Result<Vec<Value>, &'static str>;

impl Model {
    /// Another process on the same store.
    pub(super) fn begin(&mut self) {
        (self.user, self.listed) = (0, None);
        self.current.clear();
        ECHO.clone_into(&mut self.default);
        self.notices = 0;
    }

    /// How many sessions there are.
    pub(super) fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// The user whose session that is.
    pub(super) fn owner(&self, session: usize) -> &'static str {
        USERS[self.sessions[session].user]
    }

    /// The id of a message of that user which is near a place in the log.
    pub(super) fn id_of(&self, user: usize, near: usize) -> Option<i64> {
        let (before, after) = self.log.split_at(near.min(self.log.len()));
        let before = before.iter().rposition(|message| message.user == user);
        let after = || after.iter().position(|message| message.user == user);
        let at = before.or_else(|| after().map(|at| near + at))?;
        i64::try_from(at + 1).ok()
    }

    /// The events that a line leads to.
    pub(super) fn play(&mut self, line: &Line) -> Vec<Value> {
        let told = match line {
            Line::Say(text) => self.say(text),
            Line::User(user) => Ok(self.switch(*user)),
            Line::Start(title) => Ok(self.start(title.as_deref())),
            Line::Resume(which) => self.resume(which),
            Line::Rename(title) => self.rename(title),
            Line::Model(name) => Ok(self.choose(name)),
            Line::Fork(None, title) => self.fork(title.as_deref()),
            Line::Fork(Some(id), title) => self.fork_at(*id, title.as_deref()),
            Line::Clear => self.clear(),
            Line::Undo(turns) => self.undo(*turns),
            Line::Redo => self.redo(),
            Line::Retry(model) => self.retry(model.as_deref()),
            Line::Edit(text) => self.edit(text),
            Line::System(text) => self.system(text.as_deref()),
            Line::ShowSystem => self.show_system(),
            Line::Quote(ids) => self.quote(ids),
            Line::History => self.history(),
            Line::HistoryUser => Ok(self.history_user()),
            Line::Context => self.context(),
            Line::ContextAt(id) => self.context_at(*id),
            Line::Show(id) => self.show(*id),
            Line::Moves => self.moves(),
            Line::Sessions { global, all } => Ok(self.list(*global, *all)),
            Line::Wrong(_, code) => Err(*code),
        };
        told.unwrap_or_else(|code| vec![json!({"event": "error", "code": code, "tries": null})])
    }

    /// A message as a listing shows it.
    pub(super) fn message(&self, event: &str, id: i64) -> Value {
        let message = self.at(id);
        json!({
            "event": event, "id": id, "seq": message.seq, "parent_id": message.parent,
            "user_id": USERS[message.user], "session_id": self.name(message.session),
            "role": message.role, "content": message.content,
            "created_at": self.time(id), "model": message.model, "status": "complete",
            "prompt_tokens": null, "reply_tokens": null,
            "finish_reason": null, "reasoning": null, "citations": null,
            "said_at": null, "source": null,
        })
    }

    fn at(&self, id: i64) -> &Message {
        &self.log[usize::try_from(id - 1).expect("an id")]
    }

    fn time(&self, id: i64) -> &str {
        &self.chance.messages[usize::try_from(id - 1).expect("an id")]
    }

    fn name(&self, session: usize) -> &str {
        &self.chance.sessions[session].0
    }

    fn mine(&self) -> Result<usize, &'static str> {
        let current = self.current.get(&self.user).copied();
        current.ok_or("session_not_found")
    }

    /// A message of the current user.
    fn own(&self, id: i64) -> Result<i64, &'static str> {
        let exists = usize::try_from(id).is_ok_and(|id| (1..=self.log.len()).contains(&id));
        if exists && self.at(id).user == self.user {
            Ok(id)
        } else {
            Err("message_not_found")
        }
    }

    /// The context that ends with that message, oldest first.
    fn chain(&self, head: Option<i64>) -> Vec<i64> {
        let mut chain: Vec<i64> = std::iter::successors(head, |&id| self.at(id).parent).collect();
        chain.reverse();
        chain
    }

    fn context_of(&self, session: usize) -> Vec<i64> {
        self.chain(self.sessions[session].place.head)
    }

    fn append(
        &mut self,
        session: usize,
        role: &'static str,
        content: &str,
        model: Option<&str>,
    ) -> i64 {
        let id = i64::try_from(self.log.len() + 1).expect("a short log");
        let to = &mut self.sessions[session];
        to.own.push(id);
        self.log.push(Message {
            seq: i64::try_from(to.own.len()).expect("a short log"),
            parent: to.place.head,
            user: to.user,
            session,
            role,
            content: content.to_owned(),
            model: model.map(str::to_owned),
            system: to.system,
        });
        if role == "system" {
            to.system = Some(id);
            return id;
        }
        to.place.head = Some(id);
        to.redo.clear();
        if role == "user" && to.words.is_none() {
            let words: Vec<&str> = content.split_whitespace().collect();
            to.words = Some(cut(&words.join(" ")));
        }
        id
    }

    fn model_of(&self, session: usize) -> String {
        let chosen = self.sessions[session].model.clone();
        chosen.unwrap_or_else(|| self.default.clone())
    }

    fn reply(&mut self, session: usize, question: &str, model: &str) -> Value {
        let content = if model == ECHO { question } else { SENTENCE };
        let id = self.append(session, "ai", content, Some(model));
        let mut reply = self.message("reply", id);
        reply["tries"] = Value::Null;
        reply
    }

    fn say(&mut self, text: &str) -> Told {
        let session = self.mine()?;
        self.append(session, "user", text, None);
        let model = self.model_of(session);
        Ok(vec![self.reply(session, text, &model)])
    }

    fn switch(&mut self, user: usize) -> Vec<Value> {
        self.user = user;
        let session = self.current.get(&user).map(|&session| self.name(session));
        let known = self.sessions.iter().any(|session| session.user == user);
        vec![
            json!({"event": "user", "user_id": USERS[user], "session_id": session, "known": known}),
        ]
    }
}

fn end(scope: &str, count: usize) -> Value {
    json!({"event": "end", "scope": scope, "count": count, "more": false})
}

/// The beginning of a text, with an ellipsis where it went on.
fn cut(words: &str) -> String {
    match words.char_indices().nth(WORDS) {
        None => words.to_owned(),
        Some((at, ' ')) => format!("{} …", &words[..at]),
        Some((at, _)) => format!("{}…", &words[..at]),
    }
}

/// The last of these, at most so many.
fn newest(ids: &[i64], limit: usize) -> &[i64] {
    &ids[ids.len().saturating_sub(limit)..]
}
