//! `/fork`: another session with the same past.

use super::{Argument, Command, Spec, line};
use crate::domain::{Error, MessageId, Result};

pub static SPEC: Spec = Spec {
    name: "/fork",
    arguments: "[at #ID] [TITLE]",
    summary: "starts a session with the past of this one, or up to a message of yours; this one stays",
    aliases: &[],
    argument: Argument::Any,
    parse,
};

fn parse(arguments: &str) -> Result<Command> {
    let title = |text: &str| {
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    // `at#12` is meant as it looks.
    let spaced = arguments
        .strip_prefix("at#")
        .map(|rest| format!("at #{rest}"));
    let arguments = spaced.as_deref().unwrap_or(arguments);
    let (first, rest) = line::split(arguments);
    if first.starts_with("--") {
        return Err(line::not_one_of(&SPEC, first, &["at #ID"]));
    }
    let (id, after) = line::split(rest.trim());
    // A title may begin with the word, a number after it makes it a place.
    if first != "at" || !(id.is_empty() || id.starts_with('#') || MessageId::parse(id).is_some()) {
        let (at, title) = (None, title(arguments));
        return Ok(Command::Fork { at, title });
    }
    let at = MessageId::parse(id).ok_or_else(|| Error::BadArgument {
        command: "/fork at".into(),
        why: if id.is_empty() {
            "needs the id of a message".into()
        } else {
            format!("takes the id of a message, not `{}`", line::shorten(id))
        },
        hint: "`/context` shows the ids".into(),
    })?;
    Ok(Command::Fork {
        at: Some(at),
        title: title(after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fork(at: Option<i64>, title: Option<&str>) -> Command {
        Command::Fork {
            at: at.map(MessageId),
            title: title.map(str::to_owned),
        }
    }

    #[test]
    fn a_place_comes_before_a_title_and_a_title_may_begin_like_one() {
        assert_eq!(parse("").unwrap(), fork(None, None));
        assert_eq!(parse("my plan").unwrap(), fork(None, Some("my plan")));
        assert_eq!(parse("at #12").unwrap(), fork(Some(12), None));
        assert_eq!(parse("at#12 b").unwrap(), fork(Some(12), Some("b")));
        assert!(parse("--as poet").is_err());
        assert_eq!(parse("at 12  b c").unwrap(), fork(Some(12), Some("b c")));
        assert_eq!(parse("at home").unwrap(), fork(None, Some("at home")));
        assert!(parse("at #x").is_err() && parse("at").is_err() && parse("at #").is_err());
    }
}
