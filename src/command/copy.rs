//! `/copy`: puts a reply, its code or a message into the clipboard.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten, split_word};
use super::code::number as number_of_block;
use super::spec::{Argument, Spec};
use crate::chat::Chat;
use crate::chat::log::{self, ReplyCode};
use crate::domain::{Error, MessageId, Result, Sink, TakeFault};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Copy {
    /// The last reply.
    Reply,
    /// The block of code of that number in it, or the last one.
    Code(Option<usize>),
    /// This message.
    Message(MessageId),
}

impl Action for Copy {
    const SPEC: Spec = Spec {
        name: "/copy",
        arguments: "[code [N]|#ID]",
        summary: "copies the last reply, its last or N-th block of code, or a message of yours",
        aliases: &[],
        argument: Argument::Word(&["code"]),
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let Some(text) = arguments.optional() else {
            return Ok(Self::Reply);
        };
        if let ("code", number) = split_word(text) {
            return match number.trim() {
                "" => Ok(Self::Code(None)),
                number => number_of_block(number)
                    .map(|number| Self::Code(Some(number)))
                    .ok_or_else(|| mistaken(text)),
            };
        }
        let id = text.starts_with('#').then(|| MessageId::parse(text));
        let id = id.flatten().ok_or_else(|| mistaken(text))?;
        Ok(Self::Message(id))
    }

    fn run(self, chat: &mut Chat, _: &mut dyn Sink) -> Result<Next> {
        let text = match self {
            Self::Reply => log::last_reply(chat)?,
            Self::Code(None) => ReplyCode::last(chat)?.last_block()?,
            Self::Code(Some(number)) => ReplyCode::last(chat)?.block(number)?,
            Self::Message(id) => log::text_of(chat, id)?,
        };
        if text.content.is_empty() {
            return Err(TakeFault::Empty(text.message).into());
        }
        Ok(Next::Copy(text))
    }
}

fn mistaken(typed: &str) -> Error {
    Copy::SPEC.wrong(
        format!("does not know `{}`", shorten(typed)),
        "`/copy` alone, `/copy code`, `/copy code 2`, or `/copy #12`",
    )
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::line::{Line, parse};
    use super::*;

    #[test]
    fn what_is_copied_is_told_by_its_words() {
        for (line, expected) in [
            ("/copy", Some(Copy::Reply)),
            ("/copy code", Some(Copy::Code(None))),
            ("/copy code  2 ", Some(Copy::Code(Some(2)))),
            ("/copy #12", Some(Copy::Message(MessageId(12)))),
            ("/copy code 0", None),
            ("/copy code x", None),
            ("/copy code 1 2", None),
            ("/copy 12", None),
            ("/copy #0", None),
            ("/copy codes", None),
            ("/copy #1 #2", None),
        ] {
            match (parse(line), expected) {
                (Ok(Line::Command(Command::Copy(copy))), Some(expected)) => {
                    assert_eq!(copy, expected, "{line}");
                }
                (Err(error), None) => assert!(
                    error.to_string().starts_with("`/copy` does not know `"),
                    "{error}"
                ),
                (other, _) => panic!("{line}: {other:?}"),
            }
        }
    }
}
