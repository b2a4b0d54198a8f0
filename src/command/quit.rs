//! `/quit`: leaves.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Alias, Argument, Spec};
use crate::chat::Chat;
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quit;

impl Action for Quit {
    const SPEC: Spec = Spec {
        name: "/quit",
        arguments: "",
        summary: "leaves",
        aliases: &[
            Alias {
                name: "/exit",
                implies: "",
            },
            Alias {
                name: "/bye",
                implies: "",
            },
        ],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        arguments.nothing().map(|()| Self)
    }

    fn run(self, _: &mut Chat, _: &mut dyn Sink) -> Result<Next> {
        Ok(Next::Leave)
    }
}
