//! What can go wrong, as facts; the sentence, the stable word and the hint of each.

use std::borrow::Cow;
use std::{fmt, io};

use super::{
    FileFault, MESSAGE_LIMIT, MessageId, NameError, Problem, SessionId, SettingFault, TakeFault,
    TextError, ValueError, io_reason,
};

/// The result of anything that a line may ask for.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Everything that a line can fail with.
///
/// `Display` gives one sentence, lower case and without a full stop, with the
/// person's own words in backticks. It may hold characters that must not reach
/// a terminal: renderers pass it through their gate like any other text.
#[derive(Debug)]
pub(crate) enum Error {
    /// A message or a command needs a session and the user has none.
    SessionNotFound,
    /// The current user has no session that could be returned to.
    NoSessions,
    /// All sessions of the current user are archived.
    OnlyArchived,
    /// No session of the current user answers to this.
    NoSuchSession(String),
    /// No session of the current user has these words in its name.
    NoSessionWith(String),
    /// Several sessions of the current user answer to this; their ids and names.
    AmbiguousSession(String, Vec<String>),
    /// The current user has no message of this id.
    NoSuchMessage(MessageId),
    /// The last search found no message of this number.
    NoSuchHit(i64),
    /// Nobody has a message of this id.
    NobodysMessage(MessageId),
    /// Nothing was said or cleared that could be taken back.
    NothingToUndo,
    /// Nothing was undone since something was said last.
    NothingToRedo,
    /// The context does not end with a reply to a question.
    NothingToRetry,
    /// The context does not end with a reply that was cut short.
    NothingToContinue,
    /// There are no turns but the last.
    NothingToCompact,
    /// Nothing was said in the context that could be said differently.
    NothingToEdit,
    /// The session is archived already.
    IsArchived(SessionId),
    /// No archived session of the current user answers to this.
    NotArchived(String),
    /// No session of the current user is archived.
    NothingArchived,
    /// The context has quotations, and nothing that was said.
    OnlyQuotations,
    /// The session stands elsewhere than when its last message was looked up.
    MovedMeanwhile,
    /// A command needs a line editor, and a transcript has none.
    NeedsTerminal(&'static str),
    /// One of several who were to be asked at once has no session: whoever that
    /// is, and the lines that begin one.
    Absent(String, String),
    /// One of several who were asked at once failed: whoever that was, and how.
    Asked(String, Box<Error>),
    /// What went wrong, and a better hint than it has by itself.
    Advised(Box<Error>, String),
    /// A line began with `/` and a word that is no command.
    UnknownCommand {
        /// The word, with its slash.
        typed: String,
        /// The command that looks most like it, with its slash.
        nearest: Option<String>,
    },
    /// A line began with a word, given with its slash, that deletes in other programs.
    NoDeleting(String),
    /// A command was given an argument that it does not take.
    BadArgument {
        /// The command, with its slash.
        command: String,
        /// What is wrong with the argument.
        why: String,
        /// What to type instead.
        hint: String,
    },
    /// A text cannot be a user name.
    Name(NameError),
    /// A line is not UTF-8; the position of the first wrong byte, from 1.
    InvalidUtf8(usize),
    /// A typed line is not UTF-8; the editor does not say where.
    NotUtf8,
    /// A line holds a NUL byte; its position, from 1.
    NulByte(usize),
    /// A line or block is longer than [`MESSAGE_LIMIT`].
    TooLong,
    /// The input ended inside a block.
    UnterminatedBlock {
        /// The number of the line that it began on.
        line: u64,
        /// What stood there, `"""` or `"""` and a word, which would have ended it.
        mark: String,
    },
    /// A line of JSON cannot be said.
    Value(ValueError),
    /// What was piped beside a question, or to be said alone, is no text that can be said.
    Piped(TextError),
    /// Standard input was to be said, and has nothing.
    NothingPiped,
    /// A file cannot be said: its path as it was typed, and why.
    File(String, FileFault),
    /// A text of a message cannot be printed, copied or saved.
    Take(TakeFault),
    /// A setting cannot be kept in the configuration file.
    Setting(SettingFault),
    /// The model cannot be asked, or the endpoint's list of models cannot be had.
    Responder(Problem),
    /// The model was asked that many times, 0 if it is no matter of requests, and
    /// gave no whole reply.
    Unanswered(Problem, u32),
    /// The store does not let this user speak: whoever has logged in to it is another one.
    NotThisUser(Problem),
    /// The store refused or failed.
    Store(Problem),
    /// A transcript could not be opened: its name and why.
    Script(String, io::Error),
    /// The input could not be read.
    Input(io::Error),
    /// The output could not be written.
    Output(io::Error),
    /// The person stopped what was being done.
    Interrupted,
}

impl Error {
    /// The same with a hint that is better where it happened.
    pub(crate) fn advised(self, hint: String) -> Self {
        Self::Advised(Box::new(self), hint)
    }

    /// A stable word for scripts.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::SessionNotFound
            | Self::NoSuchSession(_)
            | Self::NoSessionWith(_)
            | Self::NoSessions
            | Self::OnlyArchived
            | Self::NotArchived(_)
            | Self::Absent(..) => "session_not_found",
            Self::AmbiguousSession(..) => "session_ambiguous",
            Self::NoSuchMessage(_) | Self::NobodysMessage(_) | Self::NoSuchHit(_) => {
                "message_not_found"
            }
            Self::NothingToUndo
            | Self::NothingToRedo
            | Self::NothingToRetry
            | Self::NothingToContinue
            | Self::NothingToCompact
            | Self::NothingToEdit
            | Self::IsArchived(_)
            | Self::NothingArchived
            | Self::OnlyQuotations
            | Self::MovedMeanwhile => "nothing_to_do",
            Self::NeedsTerminal(_) => "needs_terminal",
            Self::Asked(_, error) | Self::Advised(error, _) => error.code(),
            Self::UnknownCommand { .. } | Self::NoDeleting(_) => "unknown_command",
            Self::BadArgument { .. } => "bad_argument",
            Self::Name(_) | Self::NotThisUser(_) => "invalid_user",
            Self::InvalidUtf8(_) | Self::NotUtf8 | Self::Piped(TextError::InvalidUtf8(_)) => {
                "invalid_utf8"
            }
            Self::NulByte(_) | Self::Piped(TextError::NulByte(_)) => "nul_byte",
            Self::TooLong | Self::Piped(TextError::TooLong) => "too_long",
            Self::NothingPiped => "nothing_piped",
            Self::UnterminatedBlock { .. } => "unterminated_block",
            Self::Value(why) => why.code(),
            Self::File(_, fault) => fault.code(),
            Self::Take(fault) => fault.code(),
            Self::Setting(fault) => fault.code(),
            Self::Responder(_) | Self::Unanswered(..) => "responder",
            Self::Store(_) => "store",
            Self::Script(..) | Self::Input(_) => "input",
            Self::Output(_) => "output",
            Self::Interrupted => "interrupted",
        }
    }

    /// The next thing to try, where it is known.
    pub(crate) fn hint(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::SessionNotFound | Self::NoSessions => "`/start` begins one".into(),
            Self::Absent(_, lines) => lines.as_str().into(),
            Self::NoSuchSession(_) => {
                "an id or its first four characters or more, a title, a number, or `latest`; \
                 `/sessions` lists them"
                    .into()
            }
            Self::NoSessionWith(_) => "`/sessions` lists them".into(),
            Self::AmbiguousSession(_, ids) => format!("one of {}", ids.join(", ")).into(),
            Self::NoSuchHit(_) => "`#12` is a message by its id; `/search` numbers what it finds".into(),
            Self::NoSuchMessage(_) => "`/context` shows the ids of a session".into(),
            Self::NobodysMessage(_) => "`--json` shows the ids in `/history global`".into(),
            Self::IsArchived(_) | Self::NotArchived(_) => "`/sessions --archived` lists such".into(),
            Self::OnlyArchived => "`/sessions --archived` lists them".into(),
            Self::NothingArchived => "`/archive` archives the current one".into(),
            Self::NothingToUndo => "`/moves` lists what was moved".into(),
            Self::NothingToRedo => {
                "`/redo` follows `/undo`, before anything else is said; `/moves` lists what was moved"
                    .into()
            }
            Self::NothingToContinue => {
                "`/retry` asks for another reply; saying something goes on from here".into()
            }
            Self::NothingToCompact => {
                "a summary takes the place of older turns; the last one stays".into()
            }
            Self::NothingToRetry | Self::NothingToEdit | Self::OnlyQuotations => {
                "say something first".into()
            }
            Self::MovedMeanwhile => {
                "the up-arrow has your text; `/edit` begins with what was said last now".into()
            }
            Self::NeedsTerminal(_) => {
                "`/edit TEXT` says TEXT in place of what was said last".into()
            }
            Self::Asked(_, error) => return error.hint(),
            Self::UnknownCommand { typed, nearest } => match nearest {
                Some(nearest) => {
                    format!("did you mean `{nearest}`? `/{typed}` says `{typed}`").into()
                }
                None => format!("`/help` lists the commands; `/{typed}` says `{typed}`").into(),
            },
            Self::NoDeleting(_) => {
                "`/archive` keeps a session out of lists, `/clear` empties the context".into()
            }
            Self::BadArgument { hint, .. } | Self::Advised(_, hint) => hint.as_str().into(),
            Self::Name(_) => "a name is 1 to 128 bytes of visible text".into(),
            Self::InvalidUtf8(_) | Self::Piped(TextError::InvalidUtf8(_)) => {
                "convert the input to UTF-8".into()
            }
            Self::NotUtf8 => "the terminal has to send UTF-8".into(),
            Self::NulByte(_) => "remove it; the rest of the line was not sent either".into(),
            Self::Piped(TextError::NulByte(_)) => {
                "a message is text; say what a file of another kind holds in words".into()
            }
            Self::NothingPiped => "pipe a text into `saylog -`, as in `cat FILE | saylog -`".into(),
            Self::TooLong | Self::Piped(TextError::TooLong) => {
                let mebibytes = MESSAGE_LIMIT / 1024 / 1024;
                format!("a message has at most {mebibytes} MiB").into()
            }
            Self::UnterminatedBlock { mark, .. } => {
                format!("a block ends with `{mark}` on a line of its own; it was not sent").into()
            }
            Self::Value(why) => why.hint(),
            Self::File(_, fault) => fault.hint()?.into(),
            Self::Take(fault) => fault.hint().into(),
            Self::Setting(fault) => fault.hint()?.into(),
            Self::Responder(problem)
            | Self::Unanswered(problem, _)
            | Self::NotThisUser(problem)
            | Self::Store(problem) => problem.hint.as_deref()?.into(),
            Self::Script(..) | Self::Input(_) | Self::Output(_) | Self::Interrupted => return None,
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SessionNotFound => f.write_str("User chat session not found!"),
            Self::NoSuchSession(typed) => write!(f, "no session of yours is `{typed}`"),
            Self::NoSessionWith(typed) => write!(
                f,
                "no session of yours has `{typed}` in its title or first words"
            ),
            Self::AmbiguousSession(typed, _) => {
                write!(f, "several sessions of yours answer to `{typed}`")
            }
            Self::NoSuchMessage(id) => write!(f, "no message of yours is #{id}"),
            Self::NoSuchHit(number) => write!(f, "the last search found no number {number}"),
            Self::NobodysMessage(id) => write!(f, "there is no message #{id}"),
            Self::NothingToUndo => f.write_str("there is nothing to take back"),
            Self::NothingToRedo => f.write_str("nothing was undone since the last message"),
            Self::NothingToRetry => f.write_str("there is no reply to ask for again"),
            Self::NothingToContinue => f.write_str("there is no reply that was cut short"),
            Self::NothingToCompact => {
                f.write_str("there is nothing that a summary could take the place of")
            }
            Self::NothingToEdit => f.write_str("there is nothing to say differently"),
            Self::OnlyQuotations => {
                f.write_str("the context has only quotations, and nothing that you said")
            }
            Self::MovedMeanwhile => {
                f.write_str("nothing was changed: another window has gone on in this session")
            }
            Self::NeedsTerminal(command) => {
                write!(f, "`{command}` needs a terminal to edit in")
            }
            Self::IsArchived(session) => write!(f, "session {session} is archived already"),
            Self::NotArchived(typed) => write!(f, "no archived session of yours is `{typed}`"),
            Self::NothingArchived => f.write_str("no session of yours is archived"),
            Self::OnlyArchived => f.write_str("your sessions are archived"),
            Self::NoSessions => f.write_str("you have no session yet"),
            Self::Absent(who, _) => write!(f, "{who}: {}", Self::SessionNotFound),
            Self::Asked(who, error) => write!(f, "{who}: {error}"),
            Self::Advised(error, _) => write!(f, "{error}"),
            Self::UnknownCommand { typed, .. } => write!(f, "unknown command `{typed}`"),
            Self::NoDeleting(typed) => {
                write!(f, "there is no `{typed}`: nothing leaves the log")
            }
            Self::BadArgument { command, why, .. } => write!(f, "`{command}` {why}"),
            Self::Name(why) => write!(f, "{why}"),
            Self::InvalidUtf8(at) => {
                write!(f, "the line is not UTF-8 (byte {at}) and was not sent")
            }
            Self::NotUtf8 => f.write_str("the line is not UTF-8 and was not sent"),
            Self::NulByte(at) => write!(f, "the line has a NUL byte (byte {at}) and was not sent"),
            Self::TooLong => f.write_str("the message is too long and was not sent"),
            Self::UnterminatedBlock { line, mark } => {
                let name = match mark.as_str() {
                    "\"\"\"" => String::new(),
                    mark => format!(" `{mark}`"),
                };
                write!(
                    f,
                    "the input ended in the block{name} that began on line {line}"
                )
            }
            Self::Piped(TextError::InvalidUtf8(at)) => write!(
                f,
                "standard input is not UTF-8 (byte {at}), and nothing was sent"
            ),
            Self::Piped(TextError::NulByte(at)) => write!(
                f,
                "standard input has a NUL byte (byte {at}), and nothing was sent"
            ),
            Self::Piped(TextError::TooLong) => {
                f.write_str("standard input is too long for a message, and nothing was sent")
            }
            Self::NothingPiped => f.write_str("there is nothing to say: standard input is blank"),
            Self::Value(why) => write!(f, "{why}"),
            Self::File(path, fault) => write!(f, "`{path}` {fault}"),
            Self::Take(fault) => write!(f, "{fault}"),
            Self::Setting(fault) => write!(f, "{fault}"),
            Self::Unanswered(problem, tries @ 2..) => {
                write!(f, "{} (asked {tries} times)", problem.what)
            }
            Self::Responder(problem)
            | Self::Unanswered(problem, _)
            | Self::NotThisUser(problem)
            | Self::Store(problem) => f.write_str(&problem.what),
            Self::Script(name, error) => write!(f, "`{name}` cannot be read: {}", io_reason(error)),
            Self::Input(error) => write!(f, "the input cannot be read: {}", io_reason(error)),
            Self::Output(error) => write!(f, "the output cannot be written: {}", io_reason(error)),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the user name is empty"),
            Self::TooLong(bytes) => write!(f, "the user name is too long ({bytes} bytes)"),
            Self::Invisible(c) => write!(
                f,
                "the user name has a control or invisible character (U+{:04X})",
                u32::from(*c)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_names_the_nearest_and_the_way_to_say_it() {
        let error = Error::UnknownCommand {
            typed: "/histroy".into(),
            nearest: Some("/history".into()),
        };
        assert_eq!(error.to_string(), "unknown command `/histroy`");
        assert_eq!(
            error.hint().unwrap(),
            "did you mean `/history`? `//histroy` says `/histroy`"
        );
        assert_eq!(error.code(), "unknown_command");
    }

    #[test]
    fn system_errors_lose_their_number() {
        let error = Error::Output(io::Error::from_raw_os_error(28));
        assert_eq!(
            error.to_string(),
            "the output cannot be written: no space left on device"
        );
    }
}
