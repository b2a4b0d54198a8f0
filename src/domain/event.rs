//! What happened, as data, and who is told.

use std::ops::ControlFlow;

use super::{Error, Message, Progress, Result, Scope, SessionId, Timestamp, Usage, UserName};

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
    },
    /// The model answered.
    Reply(&'a Message<'a>),
    /// One row of a listing of messages.
    Message(&'a Message<'a>),
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
