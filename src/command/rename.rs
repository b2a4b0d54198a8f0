//! `/rename`: gives the session another title.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, session};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rename {
    title: String,
}

impl Action for Rename {
    const SPEC: Spec = Spec {
        name: "/rename",
        arguments: "TITLE",
        summary: "gives the current session another title",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let title = arguments.required("a title")?.to_owned();
        Ok(Self { title })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        session::rename(chat, &self.title, sink).map(|()| Next::Line)
    }
}
