//! What a model is sent of a conversation: the newest whole turns that fit its window.

use crate::chat::Chat;
use crate::chat::tokens::{TokenBudget, TokenEstimator};
use crate::domain::{
    ContextMessage, Error, Event, Flow, MessageId, Problem, ProblemKind, Result, Role, SessionId,
    SessionKey, Sink, UserName,
};
use crate::responder::Ask;
use crate::store::Log;

/// A context as a model is sent it.
pub(super) struct Context {
    /// The system prompt, which stands before the messages.
    pub(super) system: Option<SentSystemPrompt>,
    /// The messages, oldest first.
    pub(super) messages: Vec<ContextMessage>,
    /// For each of the messages where it comes from and what it costs.
    pub(super) origins: Vec<Origin>,
    pub(super) budget: TokenBudget,
    /// The model's window, in tokens.
    pub(super) window: usize,
    /// False for a model that is sent the bare question.
    is_read: bool,
    /// Older messages were left out because they do not fit.
    pub(super) outgrows_window: bool,
    /// How many older messages of the context are left out.
    pub(super) left_out: i64,
}

/// A system prompt, as it is sent.
pub(super) struct SentSystemPrompt {
    /// The message that holds it; none if it comes from the configuration.
    pub(super) id: Option<MessageId>,
    /// The session in which it was set.
    pub(super) session: Option<SessionId>,
    pub(super) content: String,
    pub(super) tokens: usize,
}

/// Where a message of a context comes from.
pub(super) struct Origin {
    pub(super) id: MessageId,
    pub(super) session: SessionId,
    pub(super) tokens: usize,
}

/// Which context to read, and how much of it.
#[derive(Clone, Copy)]
pub(super) struct ContextRequest<'a> {
    /// Whose context it is. A message of anybody else in it is an error.
    pub(super) user: &'a UserName,
    /// The last message of the context.
    pub(super) last: Option<MessageId>,
    /// The session's system prompt.
    pub(super) system: Option<MessageId>,
    /// The system prompt of the configuration, for a session without one.
    pub(super) configured: Option<&'a str>,
    /// The question that follows the context and has to fit, too.
    pub(super) question: Option<&'a str>,
    /// The model's window, in tokens.
    pub(super) window: usize,
    /// The oldest message to read, if that is recorded. Everything from there
    /// on is read then, whether it fits or not.
    pub(super) oldest: Option<MessageId>,
}

impl Context {
    /// The context of a model that wants none.
    pub(super) fn unread() -> Self {
        Self {
            system: None,
            messages: Vec::new(),
            origins: Vec::new(),
            budget: TokenBudget::new(0),
            window: 0,
            is_read: false,
            outgrows_window: false,
            left_out: 0,
        }
    }

    /// Reads a context from its end back, as far as the window reaches. That
    /// costs what the window holds, however long the session is.
    pub(super) fn read(
        request: ContextRequest<'_>,
        log: &mut Log,
        tokens: &TokenEstimator,
    ) -> Result<Self> {
        let mut context = Self {
            budget: TokenBudget::new(request.window),
            window: request.window,
            is_read: true,
            ..Self::unread()
        };
        context.system = system_prompt(request, log)?;
        if let Some(system) = &mut context.system {
            system.tokens = tokens.force(&system.content, &mut context.budget);
        }
        if let Some(question) = request.question {
            tokens.force(question, &mut context.budget);
        }
        let mut is_whole = context.read_messages(request, log, tokens)?;
        if request.oldest.is_none() {
            is_whole &= !context.drop_leading_replies();
        }
        if !is_whole && let Some(last) = request.last {
            let depth = log.depth(Some(last))?;
            context.left_out = depth - i64::try_from(context.messages.len()).unwrap_or(depth);
        }
        context.messages.reverse();
        context.origins.reverse();
        Ok(context)
    }

    /// Reads messages, newest first; true if it came to the beginning.
    fn read_messages(
        &mut self,
        request: ContextRequest<'_>,
        log: &mut Log,
        tokens: &TokenEstimator,
    ) -> Result<bool> {
        let (mut foreign, mut is_whole) = (None, true);
        log.context(request.last, &mut |message| {
            if message.user != request.user {
                foreign = Some(message.id);
                return Flow::Full;
            }
            let cost = if request.oldest.is_some() {
                tokens.force(message.content, &mut self.budget)
            } else if let Some(cost) = tokens.take(message.content, &mut self.budget) {
                cost
            } else {
                (is_whole, self.outgrows_window) = (false, true);
                return Flow::Full;
            };
            self.messages.push(ContextMessage {
                role: message.role,
                content: message.content.to_owned(),
            });
            self.origins.push(Origin {
                id: message.id,
                session: message.session,
                tokens: cost,
            });
            if request.oldest == Some(message.id) {
                is_whole = message.parent.is_none();
                return Flow::Full;
            }
            Flow::More
        })?;
        match foreign {
            Some(id) => Err(foreign_message(id, request.user)),
            None => Ok(is_whole),
        }
    }

    /// Leaves out the replies at the far end whose question did not fit; true
    /// if there were any. They are the last ones: nothing is reversed yet.
    fn drop_leading_replies(&mut self) -> bool {
        let mut were_dropped = false;
        while self
            .messages
            .pop_if(|oldest| oldest.role == Role::Ai)
            .is_some()
        {
            were_dropped = true;
            if let Some(origin) = self.origins.pop() {
                self.budget.taken -= origin.tokens;
            }
        }
        were_dropped
    }

    /// The first message that is sent, which the log keeps with the reply: the
    /// question itself if nothing before it fits. None if no context was read.
    pub(super) fn oldest(&self, question: Option<MessageId>) -> Option<MessageId> {
        let first = self.origins.first().map(|origin| origin.id);
        first.or(question).filter(|_| self.is_read)
    }

    /// What a model is asked that is sent this context.
    pub(super) fn ask<'a>(&'a self, question: &'a str) -> Ask<'a> {
        Ask {
            system: self.system.as_ref().map(|system| system.content.as_str()),
            context: &self.messages,
            message: question,
        }
    }

    /// Tells once for each session that its context no longer fits.
    pub(super) fn tell_left_out(&self, session: SessionKey, chat: &mut Chat, sink: &mut dyn Sink) {
        if self.outgrows_window && chat.answering.note_outgrown(session) {
            let notice = format!(
                "the context no longer fits the model's window: the {} oldest of {} messages are \
                 left out; `/context` shows what it sees",
                self.left_out,
                self.left_out + i64::try_from(self.messages.len()).unwrap_or(0)
            );
            sink.emit(&Event::Notice(&notice));
        }
    }
}

/// The session's system prompt, or else the configured one; it costs nothing yet.
fn system_prompt(request: ContextRequest<'_>, log: &mut Log) -> Result<Option<SentSystemPrompt>> {
    let Some(id) = request.system else {
        return Ok(request.configured.map(|content| SentSystemPrompt {
            id: None,
            session: None,
            content: content.to_owned(),
            tokens: 0,
        }));
    };
    let (mut content, mut session, mut is_own) = (String::new(), None, false);
    log.message(id, &mut |message| {
        is_own = message.user == request.user;
        session = Some(message.session);
        message.content.clone_into(&mut content);
    })?;
    if !is_own {
        return Err(foreign_message(id, request.user));
    }
    Ok(Some(SentSystemPrompt {
        id: Some(id),
        session,
        content,
        tokens: 0,
    }))
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
