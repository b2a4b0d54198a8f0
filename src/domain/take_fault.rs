//! Why a text of a message cannot be taken out of the program.

use std::fmt;

use super::{MessageId, ProblemKind, SaveFault};

/// What is wrong with a text that was to be printed, copied or saved.
#[derive(Debug)]
pub(crate) enum TakeFault {
    /// The context has no reply.
    NoReply,
    /// There is nothing in the message.
    Empty(MessageId),
    /// The message has no block of code.
    NoCode(MessageId),
    /// It has so many blocks, and none of this number.
    NoSuchBlock(MessageId, usize, usize),
    /// It has so many blocks, and it was not said which.
    SeveralBlocks(MessageId, usize),
    /// Standard output is no terminal, so nobody has a clipboard there.
    NeedsTerminal,
    /// The text has so many bytes, which no terminal takes, or this one takes none;
    /// and no program that would take it is there.
    NoClipboard(usize),
    /// This program did not take it: why.
    Clipboard(&'static str, String),
    /// It could not be written into this file.
    Unsaved(String, SaveFault),
}

impl TakeFault {
    /// A stable word for scripts.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NoReply | Self::Empty(_) => "nothing_to_do",
            Self::NoCode(_) | Self::NoSuchBlock(..) => "code_not_found",
            Self::SeveralBlocks(..) => "bad_argument",
            Self::NeedsTerminal => "needs_terminal",
            Self::NoClipboard(_) | Self::Clipboard(..) => "clipboard",
            Self::Unsaved(_, fault) => fault.code(),
        }
    }

    /// What has to change before the same can succeed.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::SeveralBlocks(..) => "usage",
            Self::Clipboard(..) => ProblemKind::Other.word(),
            Self::Unsaved(_, fault) => fault.kind(),
            _ => ProblemKind::Refused.word(),
        }
    }

    /// The next thing to try.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::NoReply => "say something first".into(),
            Self::Empty(_) => "`/context` shows the ids of a session".into(),
            Self::NoCode(id) => format!("`/show #{id}` shows it whole"),
            Self::NoSuchBlock(..) => "`/code` lists them".into(),
            Self::SeveralBlocks(..) => "`/code 1 FILE` writes the first; `/code` lists them".into(),
            Self::NeedsTerminal => "`/code N` prints a block of code, `/show #12` a message".into(),
            Self::NoClipboard(_) | Self::Clipboard(..) => {
                "`/code N FILE` writes a block of code into a file".into()
            }
            Self::Unsaved(_, fault) => fault.hint(),
        }
    }
}

impl fmt::Display for TakeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoReply => f.write_str("there is no reply in the context"),
            Self::Empty(id) => write!(f, "there is nothing to copy in #{id}"),
            Self::NoCode(id) => write!(f, "there is no block of code in #{id}"),
            Self::NoSuchBlock(id, count, number) => {
                let s = if *count == 1 { "" } else { "s" };
                write!(
                    f,
                    "#{id} has {count} block{s} of code, and none is number {number}"
                )
            }
            Self::SeveralBlocks(id, count) => {
                write!(f, "#{id} has {count} blocks of code, and a file takes one")
            }
            Self::NeedsTerminal => f.write_str("`/copy` needs a terminal, which has a clipboard"),
            Self::NoClipboard(bytes) => write!(
                f,
                "there is no program that takes a text of {bytes} bytes: \
                 neither wl-copy, xclip, xsel nor pbcopy"
            ),
            Self::Clipboard(tool, why) => write!(f, "`{tool}` did not take it: {why}"),
            Self::Unsaved(path, fault) => write!(f, "`{path}` {fault}"),
        }
    }
}
