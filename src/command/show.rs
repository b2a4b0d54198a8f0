//! `/show`: shows one message whole, with its neighbours.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten};
use super::spec::{Argument, Spec};
use crate::chat::{Chat, log};
use crate::domain::{Error, MessageName, Result, Scope, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Show {
    name: MessageName,
    scope: Scope,
    /// How many messages before it and after it.
    around: u64,
}

/// The word before how many messages are shown around it.
const AROUND: &str = "--around";

/// How many that may be: what is longer is better listed.
const MOST_AROUND: u64 = 1000;

impl Action for Show {
    const SPEC: Spec = Spec {
        name: "/show",
        arguments: "#ID [global]",
        summary: "shows a message of yours, or of anybody, whole, with the ones before and after it, or with --around 10 the ten",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let text = arguments.required("the id of a message")?;
        let wrong = || {
            Self::SPEC.wrong(
                format!("takes the id of a message, not `{}`", shorten(text)),
                "`/show #12`, or `/show #12 global` for anybody's",
            )
        };
        let mut words = text.split_whitespace();
        let name = words.next().and_then(MessageName::parse);
        let name = name.ok_or_else(wrong)?;
        let (mut scope, mut around) = (Scope::User, 1);
        while let Some(word) = words.next() {
            match word {
                "global" => scope = Scope::Global,
                AROUND => around = number(words.next().unwrap_or_default())?,
                _ => return Err(wrong()),
            }
        }
        Ok(Self {
            name,
            scope,
            around,
        })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let id = chat.meant(self.name)?;
        let shown = log::show(chat, id, self.scope, self.around, sink);
        match shown {
            Ok(()) => Ok(Next::Line),
            // It was found where the person has looked for it.
            Err(error @ Error::NoSuchMessage(_)) if chat.is_hit(self.name) => {
                Err(error.advised(format!("`/show #{id} global` shows anybody's")))
            }
            Err(error) => Err(error),
        }
    }
}

fn number(typed: &str) -> Result<u64> {
    let number = typed.parse().ok();
    let number = number.filter(|number| (1..=MOST_AROUND).contains(number));
    number.ok_or_else(|| {
        Show::SPEC.wrong(
            format!(
                "takes a number from 1 to {MOST_AROUND}, not `{}`",
                shorten(typed)
            ),
            "`/show #12 --around 10`",
        )
    })
}
