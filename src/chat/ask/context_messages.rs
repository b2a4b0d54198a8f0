//! The messages of a context: which of them are read, and what is made of them.

use super::context_request::ContextRequest;
use crate::chat::tokens::{TokenBudget, TokenEstimator};
use crate::domain::{
    ContextMessage, Error, Flow, Message, MessageId, Problem, ProblemKind, Result, Role, SessionId,
    UserName,
};
use crate::store::Log;

/// What stands between neighbours of one role that are sent as one message.
pub(super) const NEIGHBOUR_GAP: &str = "\n\n";

/// What a model reads before a summary, which is sent as the user's.
const SUMMARY_HEAD: &str = "This is a summary of what we said before:\n\n";

/// The messages of a context that fit, oldest first.
pub(super) struct ContextMessages {
    pub(super) entries: Vec<Entry>,
    /// The oldest of them, beside a summary.
    pub(super) oldest: Option<MessageId>,
    /// How many messages of the context were looked at, the ones among them
    /// that are not sent included.
    pub(super) count: i64,
    /// Whether that is all of the context.
    pub(super) is_whole: bool,
    /// Older ones were left out because they do not fit.
    pub(super) outgrows_window: bool,
}

/// A message of a context, as the log has it.
pub(super) struct Entry {
    pub(super) id: MessageId,
    pub(super) session: SessionId,
    pub(super) role: Role,
    pub(super) content: String,
    pub(super) tokens: usize,
}

/// Where a message of a context comes from.
pub(super) struct Origin {
    /// The messages of the log that it is put together from; none for an
    /// instruction that nobody said.
    pub(super) ids: Vec<MessageId>,
    pub(super) session: Option<SessionId>,
    pub(super) tokens: usize,
}

/// Reads a context from its end back.
struct Reader<'r> {
    user: &'r UserName,
    /// The oldest message to read, if that is recorded.
    recorded: Option<MessageId>,
    /// The first message that a summary has left in the context.
    first_kept: Option<MessageId>,
    tokens: &'r TokenEstimator,
    budget: &'r mut TokenBudget,
    /// Newest first.
    entries: Vec<Entry>,
    count: i64,
    is_whole: bool,
    outgrows_window: bool,
    /// The message that was read last says that the one before it got no answer.
    is_unanswered: bool,
    /// The message with text that was read last is a reply.
    is_reply: bool,
    foreign: Option<MessageId>,
}

impl ContextMessages {
    /// Reads the messages of a context, newest first, as far as they fit; all of
    /// them from the oldest on if that one is recorded.
    pub(super) fn read(
        request: ContextRequest<'_>,
        budget: &mut TokenBudget,
        log: &mut Log,
        tokens: &TokenEstimator,
    ) -> Result<Self> {
        let summary = match request.place.floor {
            Some(floor) => Some(summary(floor, request.user, budget, log, tokens)?),
            None => None,
        };
        let mut reader = Reader {
            user: request.user,
            recorded: request.oldest,
            first_kept: log.first_kept(request.place.floor)?,
            tokens,
            budget,
            entries: Vec::new(),
            count: i64::from(summary.is_some()),
            is_whole: true,
            outgrows_window: false,
            is_unanswered: false,
            is_reply: false,
            foreign: None,
        };
        log.context(request.place.head, &mut |message| reader.take(message))?;
        if let Some(id) = reader.foreign {
            return Err(foreign_message(id, request.user));
        }
        if request.oldest.is_none() {
            reader.drop_leading_replies();
        }
        let oldest = reader.entries.last().map(|entry| entry.id);
        reader.entries.extend(summary);
        reader.entries.reverse();
        Ok(Self {
            entries: reader.entries,
            oldest,
            count: reader.count,
            is_whole: reader.is_whole,
            outgrows_window: reader.outgrows_window,
        })
    }
}

impl Reader<'_> {
    /// Takes the next older message.
    fn take(&mut self, message: &Message<'_>) -> Flow {
        if self.first_kept.is_some_and(|first| message.id < first) {
            return Flow::Full;
        }
        if message.user != self.user {
            self.foreign = Some(message.id);
            return Flow::Full;
        }
        let is_question = message.role == Role::User;
        if is_question && std::mem::take(&mut self.is_unanswered) {
            return self.go_past(message);
        }
        if message.is_unanswered() {
            // A reply behind it says otherwise: it came after all.
            let is_answered = self.is_reply;
            self.is_unanswered = !is_answered;
            return self.go_past(message);
        }
        self.is_unanswered = false;
        self.is_reply = message.role == Role::Ai;
        let content = message.content;
        let tokens = if self.recorded.is_some() {
            self.tokens.force(content, self.budget)
        } else if let Some(tokens) = self.tokens.take(content, self.budget) {
            tokens
        } else {
            (self.is_whole, self.outgrows_window) = (false, true);
            return Flow::Full;
        };
        self.entries.push(Entry {
            id: message.id,
            session: message.session,
            role: message.role,
            content: content.to_owned(),
            tokens,
        });
        self.go_past(message)
    }

    /// Goes on before a message, unless it is the oldest one to be read.
    fn go_past(&mut self, message: &Message<'_>) -> Flow {
        self.count += 1;
        if self.recorded == Some(message.id) {
            self.is_whole = message.parent.is_none() || self.first_kept == self.recorded;
            return Flow::Full;
        }
        Flow::More
    }

    /// Leaves out the replies at the far end whose question did not fit. They are
    /// the last ones: nothing is reversed yet.
    fn drop_leading_replies(&mut self) {
        while let Some(entry) = self.entries.pop_if(|oldest| oldest.role == Role::Ai) {
            self.budget.taken -= entry.tokens;
            self.count -= 1;
            self.is_whole = false;
        }
    }
}

/// The summary that a context begins with. It is sent as something that the user
/// says, because it is no more than what they and the model have said.
fn summary(
    id: MessageId,
    user: &UserName,
    budget: &mut TokenBudget,
    log: &mut Log,
    tokens: &TokenEstimator,
) -> Result<Entry> {
    let mut entry = None;
    log.message(id, &mut |message| {
        let content = format!("{SUMMARY_HEAD}{}", message.content);
        entry = (message.user == user).then(|| Entry {
            id,
            session: message.session,
            role: Role::User,
            tokens: tokens.force(&content, budget),
            content,
        });
    })?;
    entry.ok_or_else(|| foreign_message(id, user))
}

/// Puts neighbours of one role together, with an empty line in between.
pub(super) fn sendable(entries: Vec<Entry>) -> (Vec<ContextMessage>, Vec<Origin>) {
    let mut messages: Vec<ContextMessage> = Vec::with_capacity(entries.len());
    let mut origins: Vec<Origin> = Vec::with_capacity(entries.len());
    for entry in entries {
        match (messages.last_mut(), origins.last_mut()) {
            (Some(message), Some(origin)) if message.role == entry.role => {
                message.content.push_str(NEIGHBOUR_GAP);
                message.content.push_str(&entry.content);
                origin.ids.push(entry.id);
                origin.tokens += entry.tokens;
            }
            _ => {
                messages.push(ContextMessage {
                    role: entry.role,
                    content: entry.content,
                });
                origins.push(Origin {
                    ids: vec![entry.id],
                    session: Some(entry.session),
                    tokens: entry.tokens,
                });
            }
        }
    }
    (messages, origins)
}

/// The same for the system prompt, which stays where a context is emptied.
pub(super) fn foreign_system_prompt(id: MessageId, user: &UserName) -> Error {
    match foreign_message(id, user) {
        Error::Store(problem) => Error::Store(
            problem
                .with_hint("another program has changed the store; `/system clear` takes it away"),
        ),
        other => other,
    }
}

/// The error for a message of another user in somebody's context. Only another
/// program can have put it there; it is neither sent nor shown.
pub(in crate::chat) fn foreign_message(id: MessageId, user: &UserName) -> Error {
    Error::Store(Problem {
        kind: ProblemKind::Damaged,
        what: format!(
            "message #{id} in the context is not one of {user}; nothing was sent or shown"
        ),
        hint: Some("another program has changed the store; `/clear` begins anew".into()),
    })
}
