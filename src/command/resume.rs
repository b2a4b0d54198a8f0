//! `/resume`: returns to an earlier session.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, session};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resume {
    /// An id, a title, a number of the last list, or `latest`.
    which: Option<String>,
    /// If it may be several, the person is asked; it may be only a part of a title then.
    asks: bool,
}

impl Action for Resume {
    const SPEC: Spec = Spec {
        name: "/resume",
        arguments: "[ID|TITLE|N|latest]",
        summary: "returns to an earlier session and shows its last turns",
        aliases: &[],
        argument: Argument::Session,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let which = arguments.optional().map(str::to_owned);
        Ok(Self { which, asks: false })
    }

    fn asking(self) -> Self {
        Self { asks: true, ..self }
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let which = self.which.as_deref();
        if self.asks {
            let choices = session::resume_or_ask(chat, which, sink)?;
            return Ok(choices.map_or(Next::Line, Next::Choose));
        }
        session::resume(chat, which.unwrap_or("latest"), sink).map(|()| Next::Line)
    }
}
