//! `/follow`: shows messages as they are written.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use super::wanted_follow::WantedFollow;
use crate::chat::Chat;
use crate::domain::{Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Follow(WantedFollow);

impl Action for Follow {
    const SPEC: Spec = Spec {
        name: "/follow",
        arguments: "[FILTERS]",
        summary: "shows what you say and are told as it is written, here or by other processes, or what FILTERS such as in:global find of it, until Ctrl-C; in a script as the last line",
        aliases: &[],
        argument: Argument::Query { words: &[] },
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        Self::SPEC.refuse_unknown_option(arguments.text, &[])?;
        Ok(Self(WantedFollow {
            filters: arguments.text.to_owned(),
        }))
    }

    fn run(self, _: &mut Chat, _: &mut dyn Sink) -> Result<Next> {
        Ok(Next::Follow(self.0))
    }
}
