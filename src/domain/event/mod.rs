//! What happened, as data, and who is told.
//!
//! A new event is a variant here and, if it has more than three fields, a
//! struct in one of the files below. Each renderer has one `match` without a
//! wildcard, so the compiler names every place where the event is missing.

mod choice;
mod clock;
mod context;
mod hit;
mod info;
mod listing;
mod session;
mod setting;
mod stat;
mod waiting;

use std::ops::ControlFlow;

use super::{
    BrokenRecord, CopyWay, Error, Exported, Granted, Imported, Message, Progress, Receipt, Result,
    Scope, SessionSummary, StoreCopied, TakenText, Ticket, Work, Zone,
};

pub(crate) use choice::{SessionChoice, SessionChoices};
pub(crate) use clock::ClockDoubt;
pub(crate) use context::{
    ContextClear, ContextPart, ContextSize, ReplyCost, SessionMove, SystemPrompt,
};
pub(crate) use hit::Hit;
pub(crate) use info::Info;
pub(crate) use listing::{CommandHelp, ListedMove, PersonaSummary, UserSummary};
pub(crate) use session::{
    CurrentModel, CurrentUser, SessionArchive, SessionFork, SessionRename, SessionResume,
    SessionStart,
};
pub(crate) use setting::{SavedSetting, Setting, SettingChange, SettingSource};
pub(crate) use stat::{HeatRow, MessageCounts, StatRow};
pub(crate) use waiting::Awaited;

/// Something that happened because of a line. Events borrow what they speak of.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// Who is speaking now.
    User(CurrentUser<'a>),
    /// A session began and is its user's current one.
    Start(SessionStart<'a>),
    /// An earlier session became its user's current one.
    Resume(SessionResume<'a>),
    /// A session began with the context of another and is its user's current one.
    Fork(SessionFork<'a>),
    /// A session was given another title.
    Rename(SessionRename<'a>),
    /// A session was put out of the lists, or back into them.
    Archive(SessionArchive<'a>),
    /// Who answers.
    Model(CurrentModel<'a>),
    /// The system prompt of the current session, shown or changed.
    System(SystemPrompt<'a>),
    /// The head of the current session was moved.
    Move(SessionMove<'a>),
    /// The context of the current session was emptied.
    Clear(ContextClear<'a>),
    /// How much of the model's window the context takes.
    Context(ContextSize<'a>),
    /// The model answered.
    Reply {
        message: &'a Message<'a>,
        /// How many requests were sent for it; 0 if it took none.
        tries: u32,
    },
    /// The beginning of a reply, which has become a message of its own: the rest
    /// of it follows.
    Beginning {
        message: &'a Message<'a>,
        /// How many requests were sent for the reply.
        tries: u32,
    },
    /// One of several models or personas that were asked at once answered.
    Tagged {
        message: &'a Message<'a>,
        /// The persona that answered, if it was asked as one.
        persona: Option<&'a str>,
        /// How many requests were sent for it; 0 if it took none.
        tries: u32,
    },
    /// Messages were put into the current context as a quotation; the message that holds them.
    Quote(&'a Message<'a>),
    /// One row of a listing of messages.
    Message(&'a Message<'a>),
    /// The one message that was asked for.
    Shown(&'a Message<'a>),
    /// A message that a search has found.
    Hit(&'a Hit<'a>),
    /// A message before or after the one that was asked for.
    Neighbour(&'a Message<'a>),
    /// One row of the listing of sessions.
    SessionRow(&'a SessionSummary<'a>),
    /// The current session beside a list that it is none of.
    Here {
        row: &'a SessionSummary<'a>,
        /// The list is of the user's own sessions, which have numbers.
        is_own: bool,
        /// It is one of those that were asked about, and none of the latest. Else nothing
        /// was said in it yet, or it is archived, which only a person has to be told.
        is_older: bool,
    },
    /// Sessions of which a person is asked for one. Nobody else ever is.
    Choices(&'a SessionChoices),
    /// One row of the listing of moves.
    MoveRow(&'a ListedMove<'a>),
    /// One row of the listing of a context.
    ContextRow(&'a ContextPart<'a>),
    /// One row of the listing of personas.
    PersonaRow(&'a PersonaSummary<'a>),
    /// One row of the listing of users.
    UserRow(&'a UserSummary),
    /// One row of what was counted.
    StatRow(&'a StatRow<'a>),
    /// One day of the week, with its messages by hours.
    HeatRow(HeatRow<'a>),
    /// One row of the listing of models.
    ModelRow {
        /// The name, as `/model` takes it.
        model: &'a str,
        /// Whether it answers now.
        current: bool,
    },
    /// One row of the listing of commands.
    Help(&'a CommandHelp<'a>),
    /// One row of the listing of a reply's blocks of code.
    CodeRow(&'a TakenText),
    /// A block of code, which was asked for.
    Code(&'a TakenText),
    /// A text was copied.
    Copy { text: &'a TakenText, to: CopyWay },
    /// A block of code was written into a file.
    Saved {
        text: &'a TakenText,
        /// The file.
        path: &'a str,
    },
    /// A part of an export to standard output, as it is.
    ExportedText(&'a str),
    /// A role of the server was given rights to the log.
    Granted(&'a Granted),
    /// Messages were written into a file.
    Exported(&'a Exported),
    /// What came of a source that was imported.
    Imported(&'a Imported),
    /// A record of it could not be read.
    Broken(BrokenRecord<'a>),
    /// A whole store was copied.
    StoreCopied(&'a StoreCopied),
    /// A setting, shown.
    Setting(&'a Setting),
    /// A setting that was to be different.
    SettingChange(&'a SettingChange),
    /// The times of this listing are wanted in another zone than usual, by a person.
    Zone(Zone),
    /// The end of a listing.
    End {
        /// Whose messages were listed; none for a listing that is not of the log.
        scope: Option<Scope>,
        /// How many rows it had.
        count: u64,
        /// Whether there are older ones that it was not asked for.
        more: bool,
    },
    /// With what a person works.
    Info(&'a Info<'a>),
    /// These are waited for: told when they are asked, and whenever one of them has
    /// answered. Nobody: the wait is over.
    Awaited(&'a [Awaited<'a>]),
    /// What a reply took, told if the person asked for such figures.
    Cost(ReplyCost),
    /// The clock cannot be right. Like a notice it is for people.
    Clock(ClockDoubt),
    /// Something that a person should know and a script need not.
    Notice(&'a str),
    /// A line failed.
    Error(&'a Error),
}

/// Whether the sink can take more before it is flushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// There is room for more.
    More,
    /// Enough is waiting to be written: finish reading, then call [`Sink::flush`].
    Full,
}

/// Takes events and shows them.
pub(crate) trait Sink {
    /// Takes an event. Nothing is written yet.
    fn emit(&mut self, event: &Event<'_>) -> Flow;

    /// Takes a reply that gets its place in the log with the next commit: its
    /// id, its number and its parent say nothing yet. It is shown among the
    /// events around it once [`Sink::confirm`] tells its place.
    fn emit_at_commit(&mut self, reply: &Message<'_>, ticket: Ticket);

    /// Takes the places of messages that were told before they had one.
    fn confirm(&mut self, receipts: &[(Ticket, Receipt)]);

    /// Takes what comes of a reply that is waited for, and shows it at once.
    /// All events before must have been flushed. `Break` stops the reply.
    fn progress(&mut self, progress: Progress<'_>) -> ControlFlow<()>;

    /// Takes how far a long piece of work is that is no reply, and shows it at once; or
    /// that nothing of it is to be seen any more. All events before must have been
    /// flushed. `Break` stops it.
    fn work(&mut self, work: Option<Work<'_>>) -> ControlFlow<()>;

    /// Writes out the events so far. Whatever they speak of must have been
    /// committed before.
    ///
    /// # Errors
    /// [`Error::Output`] if it cannot be written, [`Error::Interrupted`] if the
    /// person wants no more of it.
    fn flush(&mut self) -> Result<()>;

    /// A listing begins. Whatever was told before must have been committed.
    ///
    /// # Errors
    /// As for [`Sink::flush`].
    fn begin_listing(&mut self) -> Result<()> {
        Ok(())
    }

    /// Whether the person wants more of the listing. They may have left it without
    /// a signal, as a pager is left.
    fn wants_more(&self) -> bool {
        true
    }

    /// The listing is over, whatever came of it: waits for whoever still reads it.
    ///
    /// # Errors
    /// As for [`Sink::flush`].
    fn end_listing(&mut self) -> Result<()> {
        self.flush()
    }
}
