//! `/edit`: replaces the last message with another.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::spec::{Argument, Spec};
use crate::chat::{Chat, ask, moves};
use crate::domain::{Result, Sink};

/// How the other message is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// In the next line.
    Line,
    /// In the person's editor.
    Editor,
    /// It is this.
    Text(String),
}

/// The word that asks for the person's editor.
const EDITOR: &str = "--editor";

impl Action for Edit {
    const SPEC: Spec = Spec {
        name: "/edit",
        arguments: "[TEXT|--editor]",
        summary: "lets you say your last message differently: in the line, in your editor, or as TEXT",
        aliases: &[],
        argument: Argument::Word(&[EDITOR]),
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        match arguments.text {
            "" => Ok(Self::Line),
            EDITOR => Ok(Self::Editor),
            flag if flag.starts_with("--") => Err(Self::SPEC.unknown_word(flag, &[EDITOR])),
            text => Ok(Self::Text(text.to_owned())),
        }
    }

    fn needs_editor(&self) -> Option<&'static str> {
        match self {
            Self::Line => Some("/edit"),
            Self::Editor => Some("/edit --editor"),
            Self::Text(_) => None,
        }
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        match self {
            Self::Line => moves::last_turn(chat).map(Next::Edit),
            Self::Editor => moves::last_turn(chat).map(Next::Editor),
            Self::Text(text) => ask::edit_to(chat, None, &text, sink).map(|()| Next::Line),
        }
    }
}
