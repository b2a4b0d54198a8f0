//! `/fork`: begins another session with the same past.

use super::action::{Action, Next};
use super::argument::{Arguments, free_text, shorten, split_word};
use super::spec::{Argument, Spec};
use crate::chat::{Chat, session};
use crate::domain::{Error, MessageId, Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fork {
    /// The last message of that past; none for the end of the current context.
    at: Option<MessageId>,
    title: Option<String>,
}

impl Action for Fork {
    const SPEC: Spec = Spec {
        name: "/fork",
        arguments: "[at #ID] [TITLE]",
        summary: "starts a session with the past of this one, or up to a message of yours; this one stays",
        aliases: &[],
        argument: Argument::Any,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        // `at#12` is meant as it looks.
        let spaced = arguments
            .text
            .strip_prefix("at#")
            .map(|rest| format!("at #{rest}"));
        let text = spaced.as_deref().unwrap_or(arguments.text);
        let (first, rest) = split_word(text);
        if first.starts_with("--") {
            return Err(Self::SPEC.unknown_word(first, &["at #ID"]));
        }
        let (id, after) = split_word(rest.trim());
        // A title may begin with `at`; an id behind it, or nothing, makes it a place.
        let is_place = first == "at"
            && (id.is_empty() || id.starts_with('#') || MessageId::parse(id).is_some());
        if !is_place {
            return Ok(Self {
                at: None,
                title: free_text(text),
            });
        }
        let at = MessageId::parse(id).ok_or_else(|| Error::BadArgument {
            command: "/fork at".into(),
            why: if id.is_empty() {
                "needs the id of a message".into()
            } else {
                format!("takes the id of a message, not `{}`", shorten(id))
            },
            hint: "`/context` shows the ids".into(),
        })?;
        Ok(Self {
            at: Some(at),
            title: free_text(after),
        })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let title = self.title.as_deref();
        match self.at {
            Some(id) => session::fork_at(chat, id, title, sink)?,
            None => session::fork(chat, title, sink)?,
        }
        Ok(Next::Line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Fork> {
        Fork::parse(Arguments::new(text, &Fork::SPEC, &[]))
    }

    #[test]
    fn a_place_comes_before_a_title_and_a_title_may_begin_like_one() {
        for (text, at, title) in [
            ("", None, None),
            ("my plan", None, Some("my plan")),
            ("at #12", Some(12), None),
            ("at#12 b", Some(12), Some("b")),
            ("at 12  b c", Some(12), Some("b c")),
            ("at home", None, Some("at home")),
        ] {
            let fork = Fork {
                at: at.map(MessageId),
                title: title.map(str::to_owned),
            };
            assert_eq!(parse(text).unwrap(), fork, "{text}");
        }
        for wrong in ["--as poet", "at #x", "at", "at #"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
