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

use crate::chat::{Chat, ask};
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
                chat.start(title.as_deref(), persona.as_deref(), false, sink)?;
            }
            Self::Sessions { scope, all } => chat.list_sessions(scope, all, sink)?,
            Self::Resume(which) => chat.resume(&which, sink)?,
            Self::Rename(title) => chat.rename(&title, sink)?,
            Self::Fork { at: None, title } => chat.fork(title.as_deref(), sink)?,
            Self::Fork {
                at: Some(id),
                title,
            } => chat.fork_at(id, title.as_deref(), sink)?,
            Self::Clear => chat.clear(sink)?,
            Self::Undo(turns) => chat.undo(turns, sink)?,
            Self::Redo => chat.redo(sink)?,
            Self::Retry(model) => ask::retry(chat, model.as_deref(), sink)?,
            Self::Edit(edit) => return edit::run(chat, edit, sink),
            Self::Moves => chat.list_moves(sink)?,
            Self::History(scope) => history::run(chat, scope, sink)?,
            Self::Context(None) => ask::show_context(chat, sink)?,
            Self::Context(Some(id)) => ask::show_context_at(chat, id, sink)?,
            Self::Show(id, scope) => chat.show(id, scope, sink)?,
            Self::Quote(ids) => chat.quote(&ids, sink)?,
            Self::System(system) => system::run(chat, &system, sink)?,
            Self::Personas => chat.list_personas(sink),
            Self::Each(arguments) => each::run(chat, &arguments, sink)?,
            Self::Model(name) => model::run(chat, name, sink)?,
            Self::Models => models::run(chat, sink)?,
            Self::Help(name) => help::run(name, sink),
            Self::Quit => return Ok(Next::Leave),
        }
        Ok(Next::Line)
    }
}
