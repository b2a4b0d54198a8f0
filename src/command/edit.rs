//! `/edit`: the last message, said differently.

use super::{Argument, Command, Next, Spec, line};
use crate::chat::{Chat, ask, moves};
use crate::domain::{Result, Sink};

pub static SPEC: Spec = Spec {
    name: "/edit",
    arguments: "[TEXT|--editor]",
    summary: "puts your last message back into the line, or into $VISUAL or $EDITOR, or says TEXT instead of it",
    aliases: &[],
    argument: Argument::Edit,
    parse: |arguments| {
        Ok(Command::Edit(match arguments {
            "" => Edit::Line,
            EDITOR => Edit::Editor,
            flag if flag.starts_with("--") => {
                return Err(line::not_one_of(&SPEC, flag, &[EDITOR]));
            }
            text => Edit::Text(text.to_owned()),
        }))
    },
};

/// The word that asks for an editor.
pub const EDITOR: &str = "--editor";

/// How the message is edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// In the next line.
    Line,
    /// In the person's editor.
    Editor,
    /// It is edited already.
    Text(String),
}

pub fn run(chat: &mut Chat, edit: Edit, sink: &mut dyn Sink) -> Result<Next> {
    match edit {
        Edit::Line => {
            let said = moves::last_said(chat)?;
            moves::edit(chat, sink)?;
            Ok(Next::Edit(said))
        }
        Edit::Editor => Ok(Next::Editor(moves::last_said(chat)?)),
        Edit::Text(text) => {
            ask::edit_to(chat, &text, sink)?;
            Ok(Next::Line)
        }
    }
}
