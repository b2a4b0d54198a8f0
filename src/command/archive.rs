//! `/archive`: puts a session out of the lists, or back into them.

use super::action::{Action, Next};
use super::argument::{Arguments, free_text, split_word};
use super::spec::{Argument, Spec};
use crate::chat::{Chat, session};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Archive {
    /// An id, a title, a number of the last list, or `latest`; none is the current
    /// session, or the one that was archived last.
    which: Option<String>,
    /// It is to be listed again.
    undo: bool,
}

/// The word that takes it back.
const UNDO: &str = "--undo";

impl Action for Archive {
    const SPEC: Spec = Spec {
        name: "/archive",
        arguments: "[--undo] [ID|TITLE|N|latest]",
        summary: "keeps a session out of lists and completion, this one or another; --undo brings it back, and nothing leaves the log",
        aliases: &[],
        argument: Argument::SessionOrArchived { flag: UNDO },
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let (word, rest) = split_word(arguments.text);
        let (undo, which) = match word {
            UNDO => (true, rest),
            flag if flag.starts_with("--") => {
                return Err(Self::SPEC.unknown_word(flag, &[UNDO]));
            }
            _ => (false, arguments.text),
        };
        let which = free_text(which);
        Ok(Self { which, undo })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let which = self.which.as_deref();
        if self.undo {
            session::bring_back(chat, which, sink)?;
        } else {
            session::archive(chat, which, sink)?;
        }
        Ok(Next::Line)
    }
}
