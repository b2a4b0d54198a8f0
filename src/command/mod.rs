//! What a line means, and the commands: one file each.

mod clear;
mod context;
mod each;
mod edit;
mod fork;
mod help;
mod history;
mod line;
mod model;
mod models;
mod moves;
mod personas;
mod quit;
mod quote;
mod redo;
mod rename;
mod resume;
mod retry;
mod sessions;
mod show;
mod start;
mod system;
mod table;
mod undo;
mod user;
mod users;

use crate::chat::{self, Chat};
use crate::domain::{MessageId, Result, Scope, Sink, UserName};

pub use each::PERSONAS;
pub use edit::Edit;
pub use line::{Line, parse, switches_user, words};
pub use start::AS;
pub use system::System;
pub use table::{ALL, Argument, Spec, find};

/// A command with its arguments, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Switch to a user, or show who is speaking.
    User(Option<UserName>),
    /// List all users.
    Users,
    /// Begin a session.
    Start {
        /// Its title.
        title: Option<String>,
        /// Who it is started as.
        persona: Option<String>,
    },
    /// List sessions.
    Sessions {
        /// Whose.
        scope: Scope,
        /// Also those in which nothing was said.
        all: bool,
    },
    /// Return to an earlier session.
    Resume(String),
    /// Give the session another title.
    Rename(String),
    /// Begin a session with a past.
    Fork {
        /// The last message of that past; none for the end of the current context.
        at: Option<MessageId>,
        /// Its title.
        title: Option<String>,
    },
    /// Empty the context.
    Clear,
    /// Take so many turns out of the context.
    Undo(u64),
    /// Take an undo back.
    Redo,
    /// Ask for the last reply again, of this model.
    Retry(Option<String>),
    /// Say the last message differently.
    Edit(Edit),
    /// List the moves of the session.
    Moves,
    /// List messages.
    History(Scope),
    /// Show what the model sees, or saw at a message.
    Context(Option<MessageId>),
    /// Show one message.
    Show(MessageId, Scope),
    /// Quote messages.
    Quote(Vec<MessageId>),
    /// Show or set the system prompt.
    System(System),
    /// List the personas.
    Personas,
    /// Say something to several.
    Each(String),
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Go on with the next line.
    Line,
    /// Go on with a line that holds this already.
    Edit(String),
    /// Let the person's editor change this, then say it in place of what was said last.
    Editor(String),
    /// Leave.
    Leave,
}

impl Command {
    /// Does what the command says and tells the sink what happened.
    pub fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        match self {
            Self::User(name) => user::run(chat, name, sink)?,
            Self::Users => users::run(chat, sink)?,
            Self::Start { title, persona } => {
                chat::session::start(chat, title.as_deref(), persona.as_deref(), false, sink)?;
            }
            Self::Sessions { scope, all } => chat::session::list(chat, scope, all, sink)?,
            Self::Resume(which) => chat::session::resume(chat, &which, sink)?,
            Self::Rename(title) => chat::session::rename(chat, &title, sink)?,
            Self::Fork { at: None, title } => chat::session::fork(chat, title.as_deref(), sink)?,
            Self::Fork {
                at: Some(id),
                title,
            } => chat::session::fork_at(chat, id, title.as_deref(), sink)?,
            Self::Clear => chat::moves::clear(chat, sink)?,
            Self::Undo(turns) => chat::moves::undo(chat, turns, sink)?,
            Self::Redo => chat::moves::redo(chat, sink)?,
            Self::Retry(model) => chat::ask::retry(chat, model.as_deref(), sink)?,
            Self::Edit(edit) => return edit::run(chat, edit, sink),
            Self::Moves => chat::moves::list(chat, sink)?,
            Self::History(scope) => history::run(chat, scope, sink)?,
            Self::Context(None) => chat::ask::show_context(chat, sink)?,
            Self::Context(Some(id)) => chat::ask::show_context_at(chat, id, sink)?,
            Self::Show(id, scope) => chat::log::show(chat, id, scope, sink)?,
            Self::Quote(ids) => chat::log::quote(chat, &ids, sink)?,
            Self::System(system) => system::run(chat, &system, sink)?,
            Self::Personas => chat::session::list_personas(chat, sink),
            Self::Each(arguments) => each::run(chat, &arguments, sink)?,
            Self::Model(name) => model::run(chat, name, sink)?,
            Self::Models => models::run(chat, sink)?,
            Self::Help(name) => help::run(name, sink),
            Self::Quit => return Ok(Next::Leave),
        }
        Ok(Next::Line)
    }
}
