//! `/sessions`: what one can return to.

use super::{Argument, Command, Spec, line};
use crate::domain::{Result, Scope};

pub static SPEC: Spec = Spec {
    name: "/sessions",
    arguments: "[global] [--all]",
    summary: "lists your sessions, or everybody's, latest first; --all with those in which nothing was said",
    aliases: &[],
    argument: Argument::Sessions,
    parse,
};

/// The words that it takes.
pub const WORDS: [&str; 2] = ["global", "--all"];

fn parse(arguments: &str) -> Result<Command> {
    let (mut scope, mut all) = (Scope::User, false);
    for word in arguments.split_whitespace() {
        match word {
            "global" => scope = Scope::Global,
            "--all" => all = true,
            other => return Err(line::not_one_of(&SPEC, other, &WORDS)),
        }
    }
    Ok(Command::Sessions { scope, all })
}
