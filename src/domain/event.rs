//! What happened, as data, and who is told.

use std::ops::ControlFlow;

use super::{
    Error, Message, MessageId, Moved, Progress, Result, Role, Scope, SessionId, SessionSummary,
    Timestamp, Usage, UserName,
};

/// Something that happened because of a line. Events borrow what they tell of.
#[derive(Debug)]
pub enum Event<'a> {
    /// Who is speaking now.
    User {
        /// The current user.
        user: &'a UserName,
        /// Their current session, if they have one.
        session: Option<SessionId>,
        /// Whether the log knows them already.
        known: bool,
    },
    /// A session began and is its user's current one.
    Start {
        /// The user.
        user: &'a UserName,
        /// The new session.
        session: SessionId,
        /// Its title, if it was given one.
        title: Option<&'a str>,
        /// The persona it was started as, if any.
        persona: Option<&'a str>,
        /// True if nobody typed `/start`: the first message began it.
        unasked: bool,
    },
    /// An earlier session became its user's current one.
    Resume {
        /// The user.
        user: &'a UserName,
        /// The session.
        session: SessionId,
        /// Its title, if it has one.
        title: Option<&'a str>,
        /// How many messages it has in the log.
        count: i64,
        /// How many messages its context has.
        context: i64,
        /// True if nobody typed `/resume`: it was asked for at launch.
        unasked: bool,
    },
    /// A session began with the past of another and is its user's current one.
    Fork {
        /// The user.
        user: &'a UserName,
        /// The new session.
        session: SessionId,
        /// The session whose past it has.
        origin: SessionId,
        /// The last message of that past, if it has one.
        at: Option<MessageId>,
        /// Its title, if it was given one.
        title: Option<&'a str>,
        /// How many messages its context has.
        count: i64,
    },
    /// A session has another title.
    Rename {
        /// The user.
        user: &'a UserName,
        /// The session.
        session: SessionId,
        /// Its title.
        title: &'a str,
    },
    /// What the current session is told before the conversation.
    System {
        /// The user.
        user: &'a UserName,
        /// The session.
        session: SessionId,
        /// The message that holds it; none if it comes from the configuration.
        id: Option<MessageId>,
        /// The text, if there is one.
        content: Option<&'a str>,
        /// Whether it was set or taken away just now.
        changed: bool,
    },
    /// The head of the current session was moved.
    Move {
        /// The user.
        user: &'a UserName,
        /// The session.
        session: SessionId,
        /// What the move did.
        moved: &'a Moved,
    },
    /// The model answered.
    Reply(&'a Message<'a>),
    /// The model answered one of several who were asked at once.
    Tagged {
        /// The reply.
        message: &'a Message<'a>,
        /// The persona that answered, if it was asked as one.
        persona: Option<&'a str>,
    },
    /// Messages were put into the current context as a quotation; the message that holds them.
    Quote(&'a Message<'a>),
    /// One row of a listing of messages.
    Message(&'a Message<'a>),
    /// The one message that was asked for.
    Shown(&'a Message<'a>),
    /// A message beside the one that was asked for.
    Neighbour(&'a Message<'a>),
    /// One row of the listing of sessions.
    SessionRow(&'a SessionSummary<'a>),
    /// One row of the listing of moves.
    MoveRow {
        /// Its number in its session, from 1.
        number: u64,
        /// What it did; of its messages none are named.
        moved: &'a Moved,
        /// When it was made.
        at: Timestamp,
    },
    /// One row of what the model sees.
    ContextRow(&'a ContextPart<'a>),
    /// How much of the model's window its context takes.
    Context {
        /// The user.
        user: &'a UserName,
        /// The session.
        session: SessionId,
        /// Who answers in it.
        model: &'a str,
        /// How many tokens the rows are, by estimate.
        tokens: usize,
        /// The model's window, in tokens. A quarter of it is left for the reply.
        window: usize,
        /// How many messages of the context are told.
        count: u64,
        /// How many older ones do not fit.
        left_out: i64,
    },
    /// One row of the listing of personas.
    PersonaRow(&'a PersonaSummary<'a>),
    /// One row of the listing of users.
    UserRow(&'a UserSummary),
    /// One row of the listing of commands.
    Help(&'a CommandHelp<'a>),
    /// The end of a listing.
    End {
        /// How far it reached; none for a listing that is not of the log.
        scope: Option<Scope>,
        /// How many rows it had.
        count: u64,
    },
    /// A session's context was emptied.
    Clear {
        /// The user.
        user: &'a UserName,
        /// The session.
        session: SessionId,
        /// How many messages of the session stay in the log.
        count: i64,
        /// What the move did, unless the context was empty already.
        moved: Option<&'a Moved>,
    },
    /// Who answers.
    Model {
        /// The user.
        user: &'a UserName,
        /// Their current session, if they have one: the choice is its own.
        session: Option<SessionId>,
        /// The name of the model.
        model: &'a str,
    },
    /// One row of the listing of models.
    ModelRow {
        /// The name, as `/model` takes it.
        model: &'a str,
        /// Whether it answers now.
        current: bool,
    },
    /// What a reply took, told on request.
    Cost {
        /// What the endpoint counted, if it did.
        usage: Option<Usage>,
        /// From the question to the end of the reply, in milliseconds.
        milliseconds: i64,
    },
    /// Something that a person should know and a script need not.
    Notice(&'a str),
    /// A line failed.
    Error(&'a Error),
}

/// One user, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSummary {
    /// The user.
    pub user: UserName,
    /// How many sessions they began.
    pub sessions: i64,
    /// How many messages those sessions have in the log.
    pub messages: i64,
    /// When the newest of those messages was written.
    pub last_at: Option<Timestamp>,
    /// Whether this is who is speaking.
    pub current: bool,
}

/// One part of what a model sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextPart<'a> {
    /// The message; none for a system prompt that comes from the configuration.
    pub id: Option<MessageId>,
    /// The session that the message was said in.
    pub session: Option<SessionId>,
    /// Who says it.
    pub role: Role,
    /// The exact text.
    pub content: &'a str,
    /// How many tokens it takes, by estimate.
    pub tokens: usize,
}

/// One persona, described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonaSummary<'a> {
    /// Its name, as `/start --as` takes it.
    pub name: &'a str,
    /// What it is told before the conversation, if anything.
    pub system: Option<&'a str>,
    /// Who answers, if it says so.
    pub model: Option<&'a str>,
    /// Whether the current user's sessions begin as it.
    pub default: bool,
}

/// One command, described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandHelp<'a> {
    /// Its name and arguments, as typed.
    pub usage: &'a str,
    /// What it does, in one line.
    pub summary: &'a str,
    /// The other names that it answers to, with their slashes.
    pub aliases: &'a [&'a str],
}

/// Whether the teller may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// There is room for more.
    More,
    /// Enough is waiting to be written: finish reading, then call [`Sink::drain`].
    Full,
}

/// Whoever is told what happened.
pub trait Sink {
    /// Takes note of an event. Nothing is written yet.
    fn tell(&mut self, event: &Event<'_>) -> Flow;

    /// Is told, while a reply is waited for, what comes of it; it is shown at
    /// once. Everything before has been drained. `Break` stops the reply.
    fn progress(&mut self, progress: Progress<'_>) -> ControlFlow<()>;

    /// Writes out what has been told so far. The teller has committed
    /// everything that those events speak of.
    ///
    /// # Errors
    /// [`Error::Output`] if it cannot be written, [`Error::Interrupted`] if the
    /// person wants no more of it.
    fn drain(&mut self) -> Result<()>;
}
