//! What happens to sessions: which one is current, what it is called, who answers in it.

use crate::domain::{MessageId, SessionId, Timestamp, UserName};

/// Who is speaking now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CurrentUser<'a> {
    pub user: &'a UserName,
    /// Their current session, if they have one.
    pub session: Option<SessionId>,
    /// Whether the log has a session of theirs.
    pub known: bool,
}

/// A session began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionStart<'a> {
    pub user: &'a UserName,
    /// The new session.
    pub session: SessionId,
    /// Its title, if it was given one.
    pub title: Option<&'a str>,
    /// The persona it was started as, if any.
    pub persona: Option<&'a str>,
    /// The session that was current before, if there was one, and its title.
    pub left: Option<SessionId>,
    pub left_title: Option<&'a str>,
    /// True if nobody typed `/start`: the first message began it.
    pub unasked: bool,
}

/// The user returned to an earlier session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionResume<'a> {
    pub user: &'a UserName,
    pub session: SessionId,
    pub title: Option<&'a str>,
    /// How many messages it has in the log.
    pub count: i64,
    /// How many messages its context has.
    pub context: i64,
    /// The time of its last message, else of its beginning, and how long ago that
    /// was, in milliseconds.
    pub last_at: Timestamp,
    pub age: i64,
    /// True if nobody typed `/resume`: it was asked for at launch.
    pub unasked: bool,
}

/// A session began with the context of another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionFork<'a> {
    pub user: &'a UserName,
    /// The new session.
    pub session: SessionId,
    /// The session whose context it begins with.
    pub origin: SessionId,
    /// The title of that, if it has one.
    pub origin_title: Option<&'a str>,
    /// How long ago something was said in that, in milliseconds.
    pub origin_age: i64,
    /// The last message of that context, if it has one.
    pub at: Option<MessageId>,
    /// The title of the new session, if it was given one.
    pub title: Option<&'a str>,
    /// How many messages its context has.
    pub count: i64,
}

/// A session was given another title.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionRename<'a> {
    pub user: &'a UserName,
    pub session: SessionId,
    pub title: &'a str,
    /// Its title before, if it had one.
    pub previous: Option<&'a str>,
}

/// A session was put out of the lists, or back into them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionArchive<'a> {
    pub user: &'a UserName,
    pub session: SessionId,
    /// Its title, if it has one.
    pub title: Option<&'a str>,
    /// Whether lists leave it out from now on.
    pub archived: bool,
}

/// Who answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CurrentModel<'a> {
    pub user: &'a UserName,
    /// The session whose model this is; none if there is no current session and
    /// it is the model that the next one begins with.
    pub session: Option<SessionId>,
    pub model: &'a str,
    /// Who answered before; none if it is only shown.
    pub previous: Option<&'a str>,
}
