//! Questions with their answers, a row for both.

use std::ops::ControlFlow;

use super::super::chain::push;
use super::super::content::{name_in, named};
use super::super::conversation::{Conversation, Utterance};
use super::super::source::{Fault, Found, Visit};
use super::super::tables::{Record, Tables};
use super::super::times::time_of_text;
use crate::domain::{Role, Usage};

/// The tables, and what is needed of them.
pub(super) const NEEDED: [(&str, &[&str]); 2] = [
    ("conversations", &["id", "name", "model"]),
    (
        "responses",
        &[
            "id",
            "model",
            "prompt",
            "system",
            "response",
            "conversation_id",
            "datetime_utc",
        ],
    ),
];

/// What came with later versions: the columns of `responses` behind those above.
const LATER: [&str; 3] = ["input_tokens", "output_tokens", "reasoning"];

/// Reads them in the order of their names, which tell when they began.
pub(super) fn read(
    tables: &Tables,
    has_threads: bool,
    visit: &mut Visit<'_>,
) -> Result<ControlFlow<()>, Fault> {
    let found = tables.columns("responses")?;
    let later = LATER.map(|column| {
        if found.iter().any(|found| found == column) {
            format!("r.{column}")
        } else {
            "NULL".to_owned()
        }
    });
    let condition = if has_threads {
        "WHERE coalesce(r.conversation_id, r.id) NOT IN \
         (SELECT t.id FROM threads AS t JOIN turns AS u ON u.thread_id = t.id)"
    } else {
        ""
    };
    let question = format!(
        "SELECT coalesce(r.conversation_id, r.id), r.id, c.name, c.model, r.model, r.system, \
         r.prompt, r.response, r.datetime_utc, {} FROM responses AS r \
         LEFT JOIN conversations AS c ON c.id = r.conversation_id {condition} \
         ORDER BY 1, r.datetime_utc, r.id",
        later.join(", ")
    );
    let beside = Beside::new(tables)?;
    let mut reader = Reader::default();
    let flow = tables.rows(&question, &[], &mut |row| {
        let id = row.text(0).unwrap_or_default();
        if reader
            .conversation
            .as_ref()
            .is_none_or(|open| open.id != id)
            && reader.end(visit).is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        reader.take(id, row, &beside)?;
        Ok(ControlFlow::Continue(()))
    })?;
    if flow.is_break() {
        return Ok(flow);
    }
    Ok(reader.end(visit))
}

/// The conversation that is being read.
#[derive(Default)]
struct Reader {
    conversation: Option<Conversation>,
    /// The prompt of the system that holds.
    system: Option<String>,
}

impl Reader {
    /// Takes a question with its answer.
    fn take(&mut self, id: String, row: &Record<'_>, beside: &Beside<'_>) -> Result<(), Fault> {
        let conversation = self.conversation.get_or_insert_with(|| Conversation {
            id,
            title: row.text(2).filter(|name| !name.is_empty()),
            at: row.text(8).and_then(|at| time_of_text(&at)),
            model: row.text(3).filter(|model| !model.is_empty()),
            ..Conversation::default()
        });
        let name = row.text(1).unwrap_or_default();
        let at = row.text(8).and_then(|at| time_of_text(&at));
        let said = |kind: &str, role, text| Utterance {
            at,
            ..Utterance::new(format!("{name}:{kind}"), role, text)
        };
        let system = row.text(5).filter(|system| !system.is_empty());
        if system.is_some() && system != self.system {
            let text = system.clone().unwrap_or_default();
            push(conversation, said("system", Role::System, text));
            self.system = system;
        }
        let mut question = vec![row.text(6).unwrap_or_default()];
        question.retain(|text| !text.is_empty());
        question.extend(beside.of(&name, conversation)?);
        push(
            conversation,
            said("prompt", Role::User, question.join("\n")),
        );
        let mut answer = said("response", Role::Ai, row.text(7).unwrap_or_default());
        answer.model = row.text(4).filter(|model| !model.is_empty());
        answer.usage = row
            .number(9)
            .zip(row.number(10))
            .map(|(prompt, reply)| Usage { prompt, reply });
        answer.reasoning = row.text(11).filter(|reasoning| !reasoning.is_empty());
        push(conversation, answer);
        Ok(())
    }

    /// Tells the conversation that is over.
    fn end(&mut self, visit: &mut Visit<'_>) -> ControlFlow<()> {
        self.system = None;
        match self.conversation.take() {
            Some(conversation) => visit(Found::Conversation(conversation)),
            None => ControlFlow::Continue(()),
        }
    }
}

/// What later versions keep beside a question, as far as the database has it.
struct Beside<'t> {
    tables: &'t Tables,
    questions: Vec<&'static str>,
}

impl<'t> Beside<'t> {
    /// For each: the tables and columns that it needs, and the question for kind, name
    /// and what is to be counted.
    const QUESTIONS: [(&'static [(&'static str, &'static str)], &'static str); 4] = [
        (
            &[
                ("prompt_attachments", "attachment_id"),
                ("attachments", "path"),
            ],
            "SELECT 'image', coalesce(a.path, a.url, a.type), 'attachments' \
             FROM prompt_attachments AS p JOIN attachments AS a ON a.id = p.attachment_id \
             WHERE p.response_id = ?1 ORDER BY p.\"order\"",
        ),
        (
            &[("prompt_fragments", "fragment_id"), ("fragments", "source")],
            "SELECT 'file', coalesce(f.source, f.hash), 'fragments' \
             FROM prompt_fragments AS p JOIN fragments AS f ON f.id = p.fragment_id \
             WHERE p.response_id = ?1 ORDER BY p.\"order\"",
        ),
        (
            &[("tool_calls", "response_id")],
            "SELECT NULL, NULL, 'calls' FROM tool_calls WHERE response_id = ?1",
        ),
        (
            &[("tool_results", "response_id")],
            "SELECT NULL, NULL, 'results' FROM tool_results WHERE response_id = ?1",
        ),
    ];

    fn new(tables: &'t Tables) -> Result<Self, Fault> {
        let mut questions = Vec::new();
        for (needed, question) in Self::QUESTIONS {
            let mut is_there = true;
            for (table, column) in needed {
                is_there &= tables.columns(table)?.iter().any(|found| found == column);
            }
            if is_there {
                questions.push(question);
            }
        }
        Ok(Self { tables, questions })
    }

    /// The placeholders of what is beside a question; all of it is counted.
    fn of(&self, name: &str, conversation: &mut Conversation) -> Result<Vec<String>, Fault> {
        let mut placeholders = Vec::new();
        for question in &self.questions {
            let _ = self.tables.rows(question, &[name], &mut |row| {
                conversation.left_out.count(match row.text(2).as_deref() {
                    Some("attachments") => "images",
                    Some("fragments") => "fragments",
                    Some("calls") => "tool calls",
                    _ => "tool results",
                });
                if let Some(kind) = row.text(0) {
                    let name = row.text(1).unwrap_or_default();
                    placeholders.push(named(&kind, &name_in(&name).unwrap_or(name)));
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(placeholders)
    }
}
