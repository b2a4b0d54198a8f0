//! `/help`: the table of commands.

use super::{ALL, Argument, Command, Spec, find, line, table::Alias};
use crate::domain::{CommandHelp, Event, Result, Sink};

pub static SPEC: Spec = Spec {
    name: "/help",
    arguments: "[COMMAND]",
    summary: "explains the commands, or one of them",
    aliases: &[Alias {
        name: "/?",
        means: "",
    }],
    argument: Argument::Command,
    parse,
};

/// What is not a command and yet means something, for the same listing.
pub const OTHER_LINES: [(&str, &str); 3] = [
    ("anything else", "is said to the model"),
    ("//TEXT", "says /TEXT"),
    (
        "\"\"\"",
        "on a line of its own begins and ends a message of several lines",
    ),
];

fn parse(arguments: &str) -> Result<Command> {
    if arguments.is_empty() {
        return Ok(Command::Help(None));
    }
    let slashed = format!("/{}", arguments.trim_start_matches('/'));
    match find(&slashed) {
        Some((spec, _)) => Ok(Command::Help(Some(spec.name))),
        None => Err(line::not_one_of(
            &SPEC,
            arguments,
            &line::words(Argument::Command),
        )),
    }
}

pub fn run(only: Option<&str>, sink: &mut dyn Sink) {
    let mut count = 0;
    for spec in ALL {
        if only.is_none_or(|only| only == spec.name) {
            let aliases: Vec<_> = spec.aliases.iter().map(|alias| alias.name).collect();
            count += 1;
            sink.tell(&Event::Help(&CommandHelp {
                usage: &spec.usage(),
                summary: spec.summary,
                aliases: &aliases,
            }));
        }
    }
    for (usage, summary) in OTHER_LINES {
        if only.is_none() {
            count += 1;
            sink.tell(&Event::Help(&CommandHelp {
                usage,
                summary,
                aliases: &[],
            }));
        }
    }
    sink.tell(&Event::End { scope: None, count });
}
