//! `/users`: lists everybody, with counts.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, users};
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Users;

impl Action for Users {
    const SPEC: Spec = Spec {
        name: "/users",
        arguments: "",
        summary: "lists every user with sessions, messages and last time",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        arguments.nothing().map(|()| Self)
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        users::list(chat, sink).map(|()| Next::Line)
    }
}
