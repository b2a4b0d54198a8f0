//! What a model is sent of a conversation: the newest whole turns that fit its window.
//!
//! Every chat template takes it: the roles alternate, nothing is empty, and a
//! question that got no answer is not asked again with the next one.

use super::context_messages::{
    ContextMessages, NEIGHBOUR_GAP, Origin, foreign_system_prompt, sendable,
};
use super::context_request::ContextRequest;
use crate::chat::Chat;
use crate::chat::tokens::{TokenBudget, TokenEstimator};
use crate::domain::{ContextMessage, Event, MessageId, Result, Role, SessionId, SessionKey, Sink};
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
    /// The oldest message of the log that is sent, beside a summary.
    oldest: Option<MessageId>,
    /// The question, if it is sent with what was said right before it.
    question: Option<String>,
    /// False for a model that is sent the bare question.
    is_read: bool,
    /// Older messages were left out because they do not fit.
    pub(super) outgrows_window: bool,
    /// How many messages the context has.
    depth: i64,
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

impl Context {
    /// The context of a model that wants none.
    pub(super) fn unread() -> Self {
        Self {
            system: None,
            messages: Vec::new(),
            origins: Vec::new(),
            budget: TokenBudget::new(0),
            window: 0,
            oldest: None,
            question: None,
            is_read: false,
            outgrows_window: false,
            depth: 0,
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
        let mut budget = TokenBudget::with_reply(request.window, request.reply);
        let mut system = system_prompt(request, log)?;
        if let Some(system) = &mut system {
            system.tokens = tokens.force(&system.content, &mut budget);
        }
        if let Some(question) = request.question {
            tokens.force(question, &mut budget);
        }
        let read = ContextMessages::read(request, &mut budget, log, tokens)?;
        let (mut depth, mut left_out) = (0, 0);
        if !read.is_whole {
            depth = log.depth(request.place)?;
            left_out = depth - read.count;
        }
        let mut context = Self {
            system,
            budget,
            window: request.window,
            oldest: read.oldest,
            is_read: true,
            outgrows_window: read.outgrows_window,
            depth,
            left_out,
            ..Self::unread()
        };
        (context.messages, context.origins) = sendable(read.entries);
        if let Some(question) = request.question {
            context.question = context.take_last_of_user(question);
        }
        Ok(context)
    }

    /// A context of these messages, whether they fit or not.
    pub(super) fn of(
        (messages, origins): (Vec<ContextMessage>, Vec<Origin>),
        request: &ContextRequest<'_>,
        log: &mut Log,
        tokens: &TokenEstimator,
    ) -> Result<Self> {
        let system = system_prompt(*request, log)?;
        let mut budget = TokenBudget::new(request.window);
        let sent = messages.iter().map(|message| message.content.as_str());
        let before = system.iter().map(|system| system.content.as_str());
        for text in before.chain(sent).chain(request.question) {
            tokens.force(text, &mut budget);
        }
        let mut context = Self {
            system,
            budget,
            messages,
            origins,
            window: request.window,
            ..Self::unread()
        };
        if let Some(question) = request.question {
            context.question = context.take_last_of_user(question);
        }
        Ok(context)
    }

    /// What the user has said right before their question, and the question: one
    /// message. None if the last word is not theirs.
    fn take_last_of_user(&mut self, question: &str) -> Option<String> {
        let said = self.messages.pop_if(|last| last.role == Role::User)?;
        self.origins.pop();
        Some(said.content + NEIGHBOUR_GAP + question)
    }

    /// Adds an instruction that nobody said.
    pub(super) fn add_instruction(&mut self, instruction: &str, tokens: &TokenEstimator) {
        self.messages.push(ContextMessage {
            role: Role::User,
            content: instruction.to_owned(),
        });
        self.origins.push(Origin {
            ids: Vec::new(),
            session: None,
            tokens: tokens.force(instruction, &mut self.budget),
        });
    }

    /// The first message that is sent, which the log keeps with the reply: the
    /// question itself if nothing before it fits. None if no context was read.
    pub(super) fn oldest(&self, question: Option<MessageId>) -> Option<MessageId> {
        self.oldest.or(question).filter(|_| self.is_read)
    }

    /// The system prompt, if it is that of the configuration.
    pub(super) fn configured_system(&self) -> Option<&str> {
        let system = self.system.as_ref().filter(|system| system.id.is_none());
        system.map(|system| system.content.as_str())
    }

    /// What a model is asked that is sent this context.
    pub(super) fn ask<'a>(&'a self, question: &'a str) -> Ask<'a> {
        Ask {
            system: self.system.as_ref().map(|system| system.content.as_str()),
            context: &self.messages,
            message: self.question.as_deref().unwrap_or(question),
        }
    }

    /// Tells once for each session that its context no longer fits.
    pub(super) fn tell_left_out(&self, session: SessionKey, chat: &mut Chat, sink: &mut dyn Sink) {
        if self.outgrows_window && chat.answering.note_outgrown(session) {
            let notice = format!(
                "the context no longer fits the model's window: the {} oldest of {} messages are \
                 left out; `/context` shows what it sees",
                self.left_out, self.depth
            );
            sink.emit(&Event::Notice(&notice));
        }
    }

    /// Tells that the question alone is more than the model takes.
    pub(super) fn tell_too_large(
        &self,
        question: &str,
        model: &str,
        tokens: &TokenEstimator,
        sink: &mut dyn Sink,
    ) {
        let tokens = tokens.cost(question);
        if self.is_read && tokens > self.window {
            let notice = format!(
                "the message is about {tokens} tokens long, and `{model}` takes {}: it may be \
                 refused",
                self.window
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
        return Err(foreign_system_prompt(id, request.user));
    }
    Ok(Some(SentSystemPrompt {
        id: Some(id),
        session,
        content,
        tokens: 0,
    }))
}
