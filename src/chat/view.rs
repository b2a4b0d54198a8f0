//! What the model sees: the newest whole turns of a context that fit its window.

use super::Chat;
use super::gauge::{Gauge, Room};
use crate::domain::{
    Error, Flow, Message, MessageId, Problem, ProblemKind, Result, Role, Said, SessionId, UserName,
};

/// A context as a model is told it.
pub(super) struct View {
    /// What it is told first.
    pub(super) system: Option<Instruction>,
    /// What was said, oldest first.
    pub(super) said: Vec<Said>,
    /// Where each of these comes from, and how many tokens it takes.
    pub(super) origins: Vec<Origin>,
    pub(super) room: Room,
    /// The model's window, in tokens.
    pub(super) window: usize,
    /// Whether a model looks at it.
    is_seen: bool,
    /// Whether older messages do not fit.
    pub(super) has_outgrown: bool,
    /// How many older messages of the context it is not told.
    pub(super) left_out: i64,
}

/// A system prompt.
pub(super) struct Instruction {
    /// The message that holds it; none if it comes from the configuration.
    pub(super) id: Option<MessageId>,
    /// The session that it was given in.
    pub(super) session: Option<SessionId>,
    pub(super) content: String,
    pub(super) tokens: usize,
}

/// Where a message of a view comes from.
pub(super) struct Origin {
    pub(super) id: MessageId,
    pub(super) session: SessionId,
    pub(super) tokens: usize,
}

/// Which context a view is of.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    /// Whose it is: nobody else's word may be in it.
    pub(super) user: &'a UserName,
    /// The message that it ends with.
    pub(super) last: Option<MessageId>,
    /// The session's system prompt.
    pub(super) system: Option<MessageId>,
    /// What is told if the session has none.
    pub(super) configured: Option<&'a str>,
    /// The message that follows and has to fit, too.
    pub(super) message: Option<&'a str>,
    /// The model's window, in tokens.
    pub(super) window: usize,
    /// The message that it began with when it was told, if that is known.
    pub(super) oldest: Option<MessageId>,
}

impl View {
    /// A view of nothing, for who wants to know nothing.
    pub(super) fn nothing() -> Self {
        Self {
            system: None,
            said: Vec::new(),
            origins: Vec::new(),
            room: Gauge::room(0),
            window: 0,
            is_seen: false,
            has_outgrown: false,
            left_out: 0,
        }
    }

    /// The first message that is told to who answers a question: the question
    /// itself, if nothing before it fits. None if nobody looked.
    pub(super) fn oldest(&self, question: MessageId) -> Option<MessageId> {
        let first = self.origins.first().map_or(question, |origin| origin.id);
        self.is_seen.then_some(first)
    }

    /// What was sent, by the estimate that nobody has corrected.
    pub(super) fn estimate(&self) -> f64 {
        self.room.estimate
    }
}

impl Chat {
    /// Looks at a context from its end back, as far as the window reaches. It
    /// costs what the window costs.
    pub(super) fn view(&mut self, frame: Frame<'_>) -> Result<View> {
        let mut view = View {
            room: Gauge::room(frame.window),
            window: frame.window,
            is_seen: true,
            ..View::nothing()
        };
        view.system = self.instruction(frame)?;
        if let Some(system) = &mut view.system {
            system.tokens = self.gauge.force(&system.content, &mut view.room);
        }
        if let Some(message) = frame.message {
            self.gauge.force(message, &mut view.room);
        }
        let (gauge, mut stranger, mut is_whole) = (&self.gauge, None, true);
        self.store.context(frame.last, &mut |message| {
            if message.user != frame.user {
                stranger = Some(message.id);
                return Flow::Full;
            }
            let tokens = if frame.oldest.is_some() {
                gauge.force(message.content, &mut view.room)
            } else if let Some(tokens) = gauge.take(message.content, &mut view.room) {
                tokens
            } else {
                (is_whole, view.has_outgrown) = (false, true);
                return Flow::Full;
            };
            view.said.push(Said {
                role: message.role,
                content: message.content.to_owned(),
            });
            view.origins.push(Origin {
                id: message.id,
                session: message.session,
                tokens,
            });
            if frame.oldest == Some(message.id) {
                is_whole = message.parent.is_none();
                return Flow::Full;
            }
            Flow::More
        })?;
        if let Some(id) = stranger {
            return Err(not_theirs(id, frame.user));
        }
        // Half a turn at the far end is left out.
        while frame.oldest.is_none() && view.said.last().is_some_and(|first| first.role == Role::Ai)
        {
            view.said.pop();
            is_whole = false;
            if let Some(origin) = view.origins.pop() {
                view.room.taken -= origin.tokens;
            }
        }
        if !is_whole && let Some(last) = frame.last {
            let depth = self.store.depth(Some(last))?;
            view.left_out = depth - i64::try_from(view.said.len()).unwrap_or(depth);
        }
        view.said.reverse();
        view.origins.reverse();
        Ok(view)
    }

    fn instruction(&mut self, frame: Frame<'_>) -> Result<Option<Instruction>> {
        let Some(id) = frame.system else {
            return Ok(frame.configured.map(|content| Instruction {
                id: None,
                session: None,
                content: content.to_owned(),
                tokens: 0,
            }));
        };
        let (mut content, mut session, mut is_theirs) = (String::new(), None, false);
        self.store.message(id, &mut |message| {
            is_theirs = message.user == frame.user;
            session = Some(message.session);
            message.content.clone_into(&mut content);
        })?;
        if !is_theirs {
            return Err(not_theirs(id, frame.user));
        }
        Ok(Some(Instruction {
            id: Some(id),
            session,
            content,
            tokens: 0,
        }))
    }

    /// Shows a message of the current user.
    ///
    /// # Errors
    /// [`Error::NoSuchMessage`] if there is none, or it is another user's.
    pub(super) fn own_message(
        &mut self,
        id: MessageId,
        visit: &mut dyn FnMut(&Message<'_>),
    ) -> Result<()> {
        let (user, mut is_theirs) = (&self.user, false);
        self.store.message(id, &mut |message| {
            if message.user == user {
                is_theirs = true;
                visit(message);
            }
        })?;
        if is_theirs {
            Ok(())
        } else {
            Err(Error::NoSuchMessage(id))
        }
    }
}

/// Another user's words stand in a context: whatever put them there, they go nowhere.
pub(super) fn not_theirs(id: MessageId, user: &UserName) -> Error {
    Error::Store(Problem {
        kind: ProblemKind::Damaged,
        what: format!(
            "message #{id} in the context is not one of {user}; nothing was sent or shown"
        ),
        hint: Some("another program has changed the store; `/clear` begins anew".into()),
    })
}
