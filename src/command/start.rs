//! `/start`: a new session.

use super::{Argument, Command, Spec, line, table::Alias};
use crate::domain::{Error, Result};

pub static SPEC: Spec = Spec {
    name: "/start",
    arguments: "[--as NAME] [TITLE]",
    summary: "starts a new session for the current user and makes it theirs, as a persona if one is named",
    aliases: &[Alias {
        name: "/new",
        means: "",
    }],
    argument: Argument::Persona,
    parse,
};

/// What comes before the name of a persona.
pub const AS: &str = "--as";

fn parse(arguments: &str) -> Result<Command> {
    let (first, rest) = line::split(arguments);
    if first.starts_with("--") && first != AS {
        return Err(line::not_one_of(&SPEC, first, &[AS]));
    }
    if first != AS {
        let title = (!arguments.is_empty()).then(|| arguments.to_owned());
        let persona = None;
        return Ok(Command::Start { title, persona });
    }
    let (persona, title) = line::split(rest.trim());
    if persona.is_empty() {
        return Err(Error::BadArgument {
            command: "/start --as".into(),
            why: "names no persona".into(),
            hint: "`/personas` lists them".into(),
        });
    }
    let title = title.trim();
    Ok(Command::Start {
        title: (!title.is_empty()).then(|| title.to_owned()),
        persona: Some(persona.to_owned()),
    })
}
