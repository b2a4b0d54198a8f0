//! What a line means, and the commands: one file each.

mod clear;
mod help;
mod history;
mod line;
mod model;
mod models;
mod quit;
mod resume;
mod start;
mod table;
mod user;
mod users;

use crate::chat::Chat;
use crate::domain::{Result, Scope, Sink, UserName};

pub use line::{Line, parse, switches_user, words};
pub use table::{ALL, Argument, Spec, find};

/// A command with its arguments, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Switch to a user, or show who is speaking.
    User(Option<UserName>),
    /// List all users.
    Users,
    /// Begin a session, with a title or without.
    Start(Option<String>),
    /// Return to an earlier session.
    Resume(String),
    /// Empty the context.
    Clear,
    /// List messages.
    History(Scope),
    /// Choose who answers, or show it.
    Model(Option<String>),
    /// List who could answer.
    Models,
    /// Explain the command of this name, or all.
    Help(Option<&'static str>),
    /// Leave.
    Quit,
}

/// Whether there is a next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Go on with the next line.
    Line,
    /// Leave.
    Leave,
}

impl Command {
    /// Does what the command says and tells the sink what happened.
    pub fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        match self {
            Self::User(name) => user::run(chat, name, sink)?,
            Self::Users => users::run(chat, sink)?,
            Self::Start(title) => chat.start(title.as_deref(), false, sink)?,
            Self::Resume(which) => chat.resume(&which, sink)?,
            Self::Clear => chat.clear(sink)?,
            Self::History(scope) => history::run(chat, scope, sink)?,
            Self::Model(name) => model::run(chat, name, sink)?,
            Self::Models => models::run(chat, sink)?,
            Self::Help(name) => help::run(name, sink),
            Self::Quit => return Ok(Next::Leave),
        }
        Ok(Next::Line)
    }
}
