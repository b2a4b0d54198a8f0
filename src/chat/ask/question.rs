//! A question: a message of a user that a model is to answer.

use std::time::Instant;

use super::context::Context;
use super::context_request::ContextRequest;
use crate::chat::Chat;
use crate::chat::tokens::TokenEstimator;
use crate::domain::{
    Appended, Draft, Error, MessageId, OwnedSent, Problem, ProblemKind, Receipt, Result, Role,
    SessionKey, Timestamp, UserName,
};
use crate::responder::{Responder, Window};
use crate::store::{Log, Place};

/// A question that is in the log.
pub(super) struct Question<'a> {
    /// Where it stands; none if the log says so at the commit only and the
    /// model wants to see nothing but the question.
    pub(super) place: Option<QuestionPlace>,
    pub(super) content: &'a str,
    /// When the model is asked, by the clock.
    pub(super) asked_at: Timestamp,
    /// The same by a clock that nobody sets.
    pub(super) asked: Instant,
    /// It is the instruction to go on with the reply that the context ends with.
    pub(super) continues: bool,
}

/// How much a model is sent.
#[derive(Clone, Copy)]
pub(super) struct Room {
    pub(super) window: Window,
    /// How many tokens of it a person has set apart for the reply.
    pub(super) reply: Option<usize>,
}

impl Room {
    /// That of a model with this window.
    pub(super) fn of(responder: &dyn Responder, window: Window) -> Self {
        let reply = responder.reply_tokens();
        Self { window, reply }
    }
}

/// Where a question stands.
#[derive(Clone, Copy)]
pub(super) struct QuestionPlace {
    pub(super) id: MessageId,
    /// Where the context ends that it is said in.
    pub(super) before: Place,
    /// The system prompt of its session.
    pub(super) system: Option<MessageId>,
}

impl<'a> Question<'a> {
    /// Appends a question for the model that is open to the log.
    pub(super) fn append(
        chat: &mut Chat,
        session: SessionKey,
        content: &'a str,
        asked_at: Timestamp,
    ) -> Result<Self> {
        let draft = Draft::new(Role::User, content, asked_at);
        let model = &chat.answering.open.responder;
        let appended = if model.waits() || model.window() != Window::Message {
            Appended::Now(chat.log.append_placed(session, &draft)?)
        } else {
            chat.log.append(session, &draft)?
        };
        match appended {
            Appended::Now(receipt) => Ok(Self::placed(&receipt, content, asked_at)),
            Appended::AtCommit(_) => Ok(Self {
                place: None,
                content,
                asked_at,
                asked: Instant::now(),
                continues: false,
            }),
        }
    }

    /// Appends the same question in several sessions.
    pub(super) fn append_to_each(
        chat: &mut Chat,
        sessions: &[SessionKey],
        content: &'a str,
        asked_at: Timestamp,
    ) -> Result<Vec<Self>> {
        let draft = Draft::new(Role::User, content, asked_at);
        let receipts = chat.log.append_placed_to_each(sessions, &draft)?;
        let receipts = receipts.iter();
        Ok(receipts
            .map(|receipt| Self::placed(receipt, content, asked_at))
            .collect())
    }

    fn placed(receipt: &Receipt, content: &'a str, asked_at: Timestamp) -> Self {
        let place = QuestionPlace {
            id: receipt.id,
            before: Place {
                head: receipt.parent,
                base: None,
                floor: receipt.floor,
            },
            system: receipt.system,
        };
        Self {
            place: Some(place),
            content,
            asked_at,
            asked: Instant::now(),
            continues: false,
        }
    }

    /// From now on a summary stands below the context that it is said in.
    pub(super) fn stands_on(&mut self, floor: Option<MessageId>) {
        if let Some(place) = &mut self.place {
            place.before.floor = floor;
        }
    }

    /// What the log is to keep of what the model was sent: the question's place,
    /// and what that does not tell of the context.
    pub(super) fn sent(&self, context: &Context) -> Option<OwnedSent> {
        self.place.map(|place| OwnedSent {
            last: place.id,
            floor: place.before.floor,
            system: place.system,
            configured: context.configured_system().map(str::to_owned),
        })
    }

    /// Reads what a model is sent before the question. `configured` is the
    /// system prompt for a session that has none.
    pub(super) fn context(
        &self,
        user: &UserName,
        room: Room,
        configured: Option<&str>,
        log: &mut Log,
        tokens: &TokenEstimator,
    ) -> Result<Context> {
        let (Window::Tokens(window), Some(place)) = (room.window, self.place) else {
            return Ok(Context::unread());
        };
        let request = ContextRequest {
            user,
            place: place.before,
            system: place.system,
            configured,
            question: Some(self.content),
            window,
            reply: room.reply,
            oldest: None,
        };
        let context = Context::read(request, log, tokens)?;
        let last = context.messages.last();
        if self.continues && last.is_none_or(|last| last.role != Role::Ai) {
            return Err(Error::Responder(Problem {
                kind: ProblemKind::Other,
                what: "the reply that was cut short does not fit the model's window".into(),
                hint: Some("ask for the rest of it in a message of its own".into()),
            }));
        }
        Ok(context)
    }
}
