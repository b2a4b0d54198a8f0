//! `/resume`: returns to an earlier session.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, session};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resume {
    /// An id, a title, a number of the last list, or `latest`.
    which: String,
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
        let which = arguments.optional().unwrap_or("latest").to_owned();
        Ok(Self { which })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        session::resume(chat, &self.which, sink).map(|()| Next::Line)
    }
}
