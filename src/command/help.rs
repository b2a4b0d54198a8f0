//! `/help`: shows the table of commands, or explains one of them or a topic.

use super::action::{Action, Next};
use super::argument::Arguments;
use super::deleting;
use super::spec::{Alias, Argument, Spec};
use super::topics::{TOPICS, Topic};
use crate::chat::{Chat, listing};
use crate::domain::{CommandHelp, Error, Event, Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Help {
    /// Every command, and what the other lines mean.
    All(&'static [&'static Spec]),
    /// A command, a topic, or both of that name.
    Only(Option<&'static Spec>, Option<&'static Topic>),
}

/// The lines that are no commands, explained in the same list.
pub(crate) const OTHER_LINES: [(&str, &str); 4] = [
    ("anything else", "is said to the model"),
    ("//TEXT", "says /TEXT"),
    (
        "\"\"\"",
        "on a line of its own begins and ends a message of several lines",
    ),
    (
        "\"\"\"WORD",
        "on a line of its own begins a message of any text that only the same line ends; WORD is 1 to 64 of A-Z, 0-9, _",
    ),
];

impl Action for Help {
    const SPEC: Spec = Spec {
        name: "/help",
        arguments: "[COMMAND|TOPIC]",
        summary: "explains the commands, or one of them, or with examples one of keys, pipes, models, sessions, search, undo",
        aliases: &[Alias {
            name: "/?",
            implies: "",
        }],
        argument: Argument::Command,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let commands = arguments.commands;
        let Some(text) = arguments.optional() else {
            return Ok(Self::All(commands));
        };
        let name = format!("/{}", text.trim_start_matches('/'));
        let spec = commands.iter().find(|spec| spec.is_called(&name));
        let topic = TOPICS.iter().find(|topic| topic.name == text);
        if spec.is_none() && topic.is_none() {
            if deleting::is_wanted(text) {
                return Err(Error::NoDeleting(name));
            }
            let topics = TOPICS.iter().map(|topic| topic.name);
            let mut words: Vec<_> = commands.iter().map(|spec| spec.word()).collect();
            let topics: Vec<_> = topics.filter(|name| !words.contains(name)).collect();
            words.extend(topics);
            return Err(Self::SPEC.unknown_word(text, &words));
        }
        Ok(Self::Only(spec.copied(), topic))
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let (specs, others) = match &self {
            Self::All(specs) => (*specs, &OTHER_LINES[..]),
            Self::Only(spec, topic) => (spec.as_slice(), topic.map_or(&[][..], |topic| topic.rows)),
        };
        listing::list(chat, None, sink, &mut |_, rows| {
            for spec in specs {
                let aliases: Vec<_> = spec.aliases.iter().map(|alias| alias.name).collect();
                rows.emit(&Event::Help(&CommandHelp {
                    usage: &spec.usage(),
                    summary: spec.summary,
                    aliases: &aliases,
                }));
            }
            for (usage, summary) in others {
                // A topic of a command's name may explain that command, too.
                if specs.len() == 1 && specs[0].usage() == *usage {
                    continue;
                }
                rows.emit(&Event::Help(&CommandHelp {
                    usage,
                    summary,
                    aliases: &[],
                }));
            }
            Ok(false)
        })?;
        Ok(Next::Line)
    }
}
