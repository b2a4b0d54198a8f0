//! `messages.md`: questions with their replies, one behind another.
//!
//! ```text
//! # CHAT: a summary [2026-11-03T10:30:00+01:00] (a role)
//! the question
//! --------
//! the reply
//! --------
//! ```
//!
//! A line of hyphens that somebody said cannot be told from one that separates. The last
//! one before the next heading ends the reply, and the first one ends the question:
//! replies have such lines more often.

use std::io::{BufRead, Read};
use std::ops::ControlFlow;

use super::super::chain::{digest, push};
use super::super::conversation::{Conversation, Utterance};
use super::super::json::RECORD_LIMIT;
use super::super::source::{Broken, Fault, Found, Visit};
use super::super::times::time_of_text;
use crate::domain::{Role, Timestamp};

const HEADING: &str = "# CHAT: ";

const SEPARATOR: &str = "--------";

/// Reads all questions.
pub(super) fn read(source: &mut dyn BufRead, visit: &mut Visit<'_>) -> Result<(), Fault> {
    let most = u64::try_from(RECORD_LIMIT).unwrap_or(u64::MAX);
    let mut open: Option<Chat> = None;
    let mut number = 0_u64;
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line beyond that is read in pieces, and its chat is too long anyway.
        if (&mut *source).take(most).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        number += 1;
        let text = String::from_utf8_lossy(&line);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if let Some((title, time, at)) = heading(text) {
            if let Some(chat) = open.take()
                && chat.tell(visit).is_break()
            {
                return Ok(());
            }
            open = Some(Chat::new(number, title, time, at));
        } else if let Some(chat) = &mut open {
            chat.take(text);
        }
    }
    if let Some(chat) = open {
        // It is the last, whatever the answer.
        let _ = chat.tell(visit);
    } else if number > 0 {
        return Err(Fault::Broken(Broken {
            place: "line 1".to_owned(),
            why: format!("no line begins with `{}`", HEADING.trim_end()),
        }));
    }
    Ok(())
}

/// The summary, the time as it is written, and what it means. Without a time a line is
/// something that was said.
fn heading(line: &str) -> Option<(&str, &str, Timestamp)> {
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    let (summary, rest) = line.strip_prefix(HEADING)?.rsplit_once('[')?;
    let (time, _) = rest.split_once(']')?;
    Some((summary.trim_end(), time, time_of_text(time)?))
}

/// A question with its reply that is being read.
struct Chat {
    number: u64,
    title: String,
    time: String,
    at: Timestamp,
    lines: Vec<String>,
    length: usize,
}

impl Chat {
    fn new(number: u64, title: &str, time: &str, at: Timestamp) -> Self {
        Self {
            number,
            title: title.to_owned(),
            time: time.to_owned(),
            at,
            lines: Vec::new(),
            length: 0,
        }
    }

    fn take(&mut self, line: &str) {
        self.length = self.length.saturating_add(line.len() + 1);
        if self.length <= RECORD_LIMIT {
            self.lines.push(line.to_owned());
        }
    }

    fn tell(self, visit: &mut Visit<'_>) -> ControlFlow<()> {
        let place = format!("line {}", self.number);
        visit(match self.conversation() {
            Ok(conversation) => Found::Conversation(conversation),
            Err(why) => Found::Broken(Broken {
                place,
                why: why.to_owned(),
            }),
        })
    }

    fn conversation(mut self) -> Result<Conversation, &'static str> {
        if self.length > RECORD_LIMIT {
            return Err("it is too long");
        }
        let is_separator = |line: &String| line == SEPARATOR;
        let middle = self.lines.iter().position(is_separator);
        let middle = middle.ok_or("it has no reply")?;
        // What ends in the middle of a reply has no second one.
        if let Some(end) = self.lines.iter().rposition(is_separator)
            && end > middle
        {
            self.lines.truncate(end);
        }
        let mut reply = self.lines.split_off(middle);
        reply.remove(0);
        let mut conversation = Conversation {
            title: Some(self.title).filter(|title| !title.is_empty()),
            at: Some(self.at),
            ..Conversation::default()
        };
        let tool = reply.first().is_some_and(|line| line == "<tool_calls>");
        if tool && let Some(end) = reply.iter().position(|line| line == "</tool_calls>") {
            reply.drain(..=end);
            conversation.left_out.count("tool calls");
        }
        for (id, role, lines) in [("1", Role::User, self.lines), ("2", Role::Ai, reply)] {
            let mut message = Utterance::new(id, role, lines.join("\n"));
            message.at = Some(self.at);
            push(&mut conversation, message);
        }
        conversation.id = format!("{} {}", self.time, digest(&conversation.messages));
        Ok(conversation)
    }
}
