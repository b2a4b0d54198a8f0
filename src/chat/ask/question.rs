//! A question: a message of a user that a model is to answer.

use super::context::{Context, ContextRequest};
use crate::chat::Chat;
use crate::chat::tokens::TokenEstimator;
use crate::domain::{Draft, MessageId, Result, Role, SessionKey, Timestamp, UserName};
use crate::responder::Window;
use crate::store::Log;

/// A question that is in the log.
pub(super) struct Question<'a> {
    pub(super) id: MessageId,
    /// The message before it in its context.
    pub(super) parent: Option<MessageId>,
    /// The system prompt of its session.
    pub(super) system: Option<MessageId>,
    pub(super) content: &'a str,
    /// When the model is asked, by the clock.
    pub(super) asked_at: Timestamp,
}

impl<'a> Question<'a> {
    /// Appends a question to the log.
    pub(super) fn append(
        chat: &mut Chat,
        session: SessionKey,
        content: &'a str,
        asked_at: Timestamp,
    ) -> Result<Self> {
        let draft = Draft::new(Role::User, content, asked_at);
        let receipt = chat.log.append_placed(session, &draft)?;
        Ok(Self {
            id: receipt.id,
            parent: receipt.parent,
            system: receipt.system,
            content,
            asked_at,
        })
    }

    /// Reads what a model is sent before the question. `configured` is the
    /// system prompt for a session that has none.
    pub(super) fn context(
        &self,
        user: &UserName,
        window: Window,
        configured: Option<&str>,
        log: &mut Log,
        tokens: &TokenEstimator,
    ) -> Result<Context> {
        let window = match window {
            Window::Message => return Ok(Context::unread()),
            Window::Tokens(window) => window,
        };
        let request = ContextRequest {
            user,
            last: self.parent,
            system: self.system,
            configured,
            question: Some(self.content),
            window,
            oldest: None,
        };
        Context::read(request, log, tokens)
    }
}
