//! Threads: pointers into a tree of messages, which are called by what is in them and
//! before them.

use std::collections::HashMap;
use std::ops::ControlFlow;

use serde_json::Value;

use super::super::ancestors::without_blank;
use super::super::content::{name_in, named};
use super::super::conversation::{Conversation, Utterance};
use super::super::json::{items, text, value_of};
use super::super::source::{Broken, Fault, Found, Visit};
use super::super::speaker::Speaker;
use super::super::tables::{Record, Tables};
use super::super::times::time_of_text;
use crate::domain::{Role, Timestamp, Usage};

/// The tables, and what is needed of them.
pub(super) const NEEDED: [(&str, &[&str]); 4] = [
    (
        "threads",
        &["id", "name", "tip_message_hash", "datetime_utc"],
    ),
    (
        "turns",
        &[
            "id",
            "thread_id",
            "parent_message_hash",
            "tip_message_hash",
            "model",
            "input_tokens",
            "output_tokens",
            "datetime_utc",
        ],
    ),
    ("messages", &["hash", "parent_hash", "role"]),
    (
        "parts",
        &["message_hash", "position", "type", "text", "payload"],
    ),
];

const THREADS: &str = "SELECT id, name, tip_message_hash, datetime_utc FROM threads ORDER BY id";

const TURNS: &str = "SELECT parent_message_hash, tip_message_hash, model, input_tokens, \
    output_tokens, datetime_utc FROM turns WHERE thread_id = ?1 ORDER BY datetime_utc, id";

const MESSAGE: &str = "SELECT parent_hash, role FROM messages WHERE hash = ?1";

const PARTS: &str =
    "SELECT type, text, payload FROM parts WHERE message_hash = ?1 ORDER BY position";

const FRAGMENT: &str = "SELECT content FROM fragments WHERE id = ?1";

const ATTACHMENT: &str = "SELECT coalesce(path, url, type) FROM attachments WHERE id = ?1";

pub(super) fn read(tables: &Tables, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, Fault> {
    tables.rows(THREADS, &[], &mut |row| {
        let mut thread = Thread::new(tables, row);
        let mut turns = Vec::new();
        let _ = tables.rows(TURNS, &[&thread.conversation.id], &mut |row| {
            turns.push(Turn::new(row));
            Ok(ControlFlow::Continue(()))
        })?;
        for turn in &turns {
            thread.follow(turn)?;
        }
        let tip = row.text(2);
        let nothing_known = Turn {
            tip: tip.clone(),
            ..Turn::default()
        };
        thread.follow(&nothing_known)?;
        let (conversation, broken) = thread.end(tip.as_deref());
        for broken in broken {
            if visit(Found::Broken(broken)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if conversation.messages.is_empty() && turns.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        Ok(visit(Found::Conversation(conversation)))
    })
}

/// A call of a model: what stands behind its parent, up to its tip, is its answer.
#[derive(Default)]
struct Turn {
    parent: Option<String>,
    tip: Option<String>,
    model: Option<String>,
    usage: Option<Usage>,
    at: Option<Timestamp>,
}

impl Turn {
    fn new(row: &Record<'_>) -> Self {
        let usage = row.number(3).zip(row.number(4));
        Self {
            parent: row.text(0),
            tip: row.text(1),
            model: row.text(2).filter(|model| !model.is_empty()),
            usage: usage.map(|(prompt, reply)| Usage { prompt, reply }),
            at: row.text(5).and_then(|at| time_of_text(&at)),
        }
    }
}

/// A thread that is being read.
struct Thread<'t> {
    tables: &'t Tables,
    conversation: Conversation,
    /// The messages that are there, by hash.
    places: HashMap<String, usize>,
    broken: Vec<Broken>,
}

impl<'t> Thread<'t> {
    fn new(tables: &'t Tables, row: &Record<'_>) -> Self {
        let conversation = Conversation {
            id: row.text(0).unwrap_or_default(),
            title: row.text(1).filter(|name| !name.is_empty()),
            at: row.text(3).and_then(|at| time_of_text(&at)),
            ..Conversation::default()
        };
        Self {
            tables,
            conversation,
            places: HashMap::new(),
            broken: Vec::new(),
        }
    }

    /// Adds what stands before the tip of a turn and is not there yet. Turns that ran
    /// before come first, so what is new belongs to this one.
    fn follow(&mut self, turn: &Turn) -> Result<(), Fault> {
        let mut chain: Vec<(String, String)> = Vec::new();
        let mut next = turn.tip.clone();
        let mut parent = None;
        let mut seen = std::collections::HashSet::new();
        while let Some(hash) = next.take() {
            if let Some(place) = self.places.get(&hash) {
                parent = Some(*place);
                break;
            }
            if !seen.insert(hash.clone()) {
                self.complain(&hash, "it stands before itself");
                break;
            }
            let mut role = None;
            let _ = self.tables.rows(MESSAGE, &[&hash], &mut |row| {
                next = row.text(0);
                role = Some(row.text(1).unwrap_or_default());
                Ok(ControlFlow::Continue(()))
            })?;
            match role {
                Some(role) => chain.push((hash, role)),
                None => self.complain(&hash, "it is missing"),
            }
        }
        let mut is_answer = turn.parent.is_none();
        for (hash, role) in chain.into_iter().rev() {
            let is_tip = turn.tip.as_deref() == Some(hash.as_str());
            let mut message = self.message(&hash, &role)?;
            message.parent = parent;
            message.at = turn.at;
            let before = parent.and_then(|parent| self.conversation.messages.get(parent));
            let before = before.map(|before| before.id.as_str());
            is_answer |= before.is_some() && before == turn.parent.as_deref();
            if message.role == Role::Ai && (is_answer || is_tip) {
                message.model.clone_from(&turn.model);
                message.usage = turn.usage.filter(|_| is_tip);
            }
            let place = self.conversation.messages.len();
            self.places.insert(hash, place);
            self.conversation.messages.push(message);
            parent = Some(place);
        }
        Ok(())
    }

    /// The message of a hash; without a text if it has no place in a log.
    fn message(&mut self, hash: &str, role: &str) -> Result<Utterance, Fault> {
        let mut parts = Vec::new();
        let _ = self.tables.rows(PARTS, &[hash], &mut |row| {
            let kind = row.text(0).unwrap_or_default();
            parts.push((kind, row.text(1), row.text(2)));
            Ok(ControlFlow::Continue(()))
        })?;
        let role = match Speaker::parse(role) {
            Some(Speaker::Is(role)) => Some(role),
            Some(Speaker::Tool) => None,
            None => {
                self.complain(hash, "nobody knows its role");
                None
            }
        };
        let (mut texts, mut thoughts) = (Vec::new(), Vec::new());
        for (kind, text, payload) in parts {
            let payload = payload.and_then(|payload| value_of(payload.as_bytes()).ok());
            let payload = payload.unwrap_or_default();
            let left_out = &mut self.conversation.left_out;
            match kind.as_str() {
                "tool_call" => left_out.count("tool calls"),
                "tool_result" => left_out.count("tool results"),
                "attachment" => {
                    left_out.count("images");
                    texts.push(self.attachment(&payload)?);
                }
                "text" | "reasoning" => {
                    let text = match text {
                        Some(text) => text,
                        None => self.borrowed(&payload)?,
                    };
                    let is_thought = kind == "reasoning";
                    if is_thought && text.is_empty() {
                        self.conversation.left_out.count("hidden thoughts");
                    } else if is_thought {
                        thoughts.push(text);
                    } else {
                        texts.push(text);
                    }
                }
                _ => left_out.count("unknown parts"),
            }
        }
        let content = role.map_or_else(String::new, |_| texts.join("\n"));
        let mut message = Utterance::new(hash, role.unwrap_or(Role::User), content);
        let reasoning = thoughts.join("\n\n");
        message.reasoning = Some(reasoning).filter(|reasoning| !reasoning.is_empty());
        Ok(message)
    }

    /// A text of which parts are kept once for all messages.
    fn borrowed(&self, payload: &Value) -> Result<String, Fault> {
        let mut whole = String::new();
        for piece in items(payload, "text_ref") {
            match text(piece, "literal") {
                Some(literal) => whole.push_str(literal),
                None => whole.push_str(&self.found(FRAGMENT, &piece["fragment"])?),
            }
        }
        Ok(whole)
    }

    fn attachment(&self, payload: &Value) -> Result<String, Fault> {
        let name = self.found(ATTACHMENT, &payload["attachment"]["id"])?;
        let name = name_in(&name).unwrap_or(name);
        Ok(named("image", &name))
    }

    /// What is asked of the row of that name.
    fn found(&self, question: &str, id: &Value) -> Result<String, Fault> {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let mut found = String::new();
        let _ = self.tables.rows(question, &[&id], &mut |row| {
            found = row.text(0).unwrap_or_default();
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    fn complain(&mut self, hash: &str, why: &str) {
        let place = format!("thread {}, message {hash}", self.conversation.id);
        let why = why.to_owned();
        self.broken.push(Broken { place, why });
    }

    /// The conversation, and what of it is broken.
    fn end(self, tip: Option<&str>) -> (Conversation, Vec<Broken>) {
        let mut conversation = self.conversation;
        let messages = std::mem::take(&mut conversation.messages);
        let (messages, places) = without_blank(messages, &mut conversation.left_out);
        conversation.messages = messages;
        let tip = tip.and_then(|tip| self.places.get(tip));
        conversation.current = tip.and_then(|tip| places.get(*tip).copied().flatten());
        (conversation, self.broken)
    }
}
