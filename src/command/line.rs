//! From a line to what it means.

use super::Command;
use super::table::{ALL, Argument, Spec, find};
use crate::domain::{Error, NameError, Result, Scope, is_blank};

/// How much of a person's word an error repeats, in characters.
const QUOTED: usize = 40;

/// What a line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Nothing: it is blank.
    Blank,
    /// Something said to the model, exactly this.
    Say(&'a str),
    /// A command.
    Command(Command),
}

/// Reads a line. It is a command if its first byte is `/` and its second is not.
///
/// # Errors
/// An unknown command, with the one that looks most like it, or a wrong argument.
pub fn parse(line: &str) -> Result<Line<'_>> {
    let Some(rest) = line.strip_prefix('/') else {
        return Ok(if is_blank(line) {
            Line::Blank
        } else {
            Line::Say(line)
        });
    };
    if rest.starts_with('/') {
        return Ok(Line::Say(rest));
    }
    let (name, rest) = split(line);
    let arguments = rest.trim();
    let Some((spec, means)) = find(name) else {
        return Err(Error::UnknownCommand {
            typed: shorten(name),
            nearest: nearest(name).map(str::to_owned),
        });
    };
    if spec.argument == Argument::User && arguments.is_empty() && !rest.is_empty() {
        // A script whose variable was empty must not go on as whoever spoke before.
        return Err(NameError::Empty.into());
    }
    if means.is_empty() {
        return (spec.parse)(arguments).map(Line::Command);
    }
    if arguments.is_empty() {
        return (spec.parse)(means).map(Line::Command);
    }
    Err(takes_nothing(name, arguments))
}

/// Whether these are the first bytes of a line that would switch the user.
///
/// When such a line fails, a transcript must not go on as the wrong person.
pub fn switches_user(head: &[u8]) -> bool {
    let name = super::user::SPEC.name.as_bytes();
    head.strip_prefix(name)
        .is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
}

/// The first word, and what follows it.
pub(super) fn split(line: &str) -> (&str, &str) {
    line.split_at(line.find(char::is_whitespace).unwrap_or(line.len()))
}

/// The command or alias that looks most like `name`, if one looks like it at all.
fn nearest(name: &str) -> Option<&'static str> {
    if name.len() > QUOTED {
        return None;
    }
    let name = name.to_lowercase();
    ALL.iter()
        .flat_map(|spec| {
            std::iter::once(spec.name).chain(spec.aliases.iter().map(|alias| alias.name))
        })
        .map(|candidate| (closeness(&name, candidate), candidate))
        .filter(|&(close, _)| close >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// How alike two names are, from 0 to 1; the beginning of a name is like it.
fn closeness(typed: &str, candidate: &str) -> f64 {
    let like = strsim::normalized_damerau_levenshtein(typed, candidate);
    if typed.len() > 2 && candidate.starts_with(typed) {
        like.max(0.9)
    } else {
        like
    }
}

/// A person's word, cut to what an error needs to repeat.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Accepts an empty argument only.
pub(super) fn nothing(spec: &Spec, arguments: &str, command: Command) -> Result<Command> {
    if arguments.is_empty() {
        Ok(command)
    } else {
        Err(takes_nothing(spec.name, arguments))
    }
}

/// Accepts any argument but an empty one.
pub(super) fn something<'a>(spec: &Spec, arguments: &'a str, what: &str) -> Result<&'a str> {
    if arguments.is_empty() {
        Err(wanting(spec, what))
    } else {
        Ok(arguments)
    }
}

/// A command without the argument that it needs.
pub(super) fn wanting(spec: &Spec, what: &str) -> Error {
    Error::BadArgument {
        command: spec.name.to_owned(),
        why: format!("needs {what}"),
        hint: format!("`{}`", spec.usage()),
    }
}

fn takes_nothing(name: &str, arguments: &str) -> Error {
    Error::BadArgument {
        command: name.to_owned(),
        why: format!("takes no argument, not `{}`", shorten(arguments)),
        hint: format!("type `{name}` alone"),
    }
}

/// An argument that is none of the words a command takes.
pub(super) fn not_one_of(spec: &Spec, typed: &str, words: &[&str]) -> Error {
    let like = |word: &&&str| strsim::damerau_levenshtein(typed, word) <= 2;
    let nearest = words.iter().filter(|_| typed.len() <= QUOTED).find(like);
    Error::BadArgument {
        command: spec.name.to_owned(),
        why: format!("does not know `{}`", shorten(typed)),
        hint: match nearest {
            Some(word) => format!("did you mean `{} {word}`?", spec.name),
            None => format!("one of {}", words.join(", ")),
        },
    }
}

/// The words that an argument may be, where they are always the same.
pub fn words(argument: Argument) -> Vec<&'static str> {
    match argument {
        Argument::Scope => Scope::ALL.map(Scope::word).to_vec(),
        Argument::Command => ALL.iter().map(|spec| &spec.name[1..]).collect(),
        Argument::Sessions => super::sessions::WORDS.to_vec(),
        Argument::System => vec![super::system::CLEAR],
        Argument::Edit => vec![super::edit::EDITOR],
        Argument::Any
        | Argument::User
        | Argument::Session
        | Argument::Model
        | Argument::Persona
        | Argument::Each => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(line: &str) -> String {
        parse(line).unwrap_err().hint().unwrap().into_owned()
    }

    #[test]
    fn the_first_byte_decides() {
        assert_eq!(parse("").unwrap(), Line::Blank);
        assert_eq!(parse(" \t").unwrap(), Line::Blank);
        assert_eq!(parse(" /clear").unwrap(), Line::Say(" /clear"));
        assert_eq!(parse("//clear").unwrap(), Line::Say("/clear"));
        assert_eq!(parse("///").unwrap(), Line::Say("//"));
        assert_eq!(parse("/clear").unwrap(), Line::Command(Command::Clear));
        assert_eq!(parse("/clear  ").unwrap(), Line::Command(Command::Clear));
        assert_eq!(parse("你好 ").unwrap(), Line::Say("你好 "));
    }

    #[test]
    fn aliases_are_commands() {
        assert_eq!(
            parse("/log").unwrap(),
            Line::Command(Command::History(Scope::Global))
        );
        assert_eq!(parse("/bye").unwrap(), Line::Command(Command::Quit));
        assert_eq!(parse("/exit").unwrap(), Line::Command(Command::Quit));
        assert_eq!(parse("/?").unwrap(), Line::Command(Command::Help(None)));
        assert_eq!(
            parse("/new a b").unwrap(),
            Line::Command(Command::Start {
                title: Some("a b".into()),
                persona: None
            })
        );
    }

    #[test]
    fn an_unknown_command_has_its_nearest_as_hint() {
        assert!(hint("/histroy").starts_with("did you mean `/history`?"));
        assert!(hint("/hist").starts_with("did you mean `/history`?"));
        assert!(hint("/User bob").starts_with("did you mean `/user`?"));
        assert!(hint("/zzzzzz").starts_with("`/help` lists the commands"));
        assert!(hint("/").starts_with("`/help` lists the commands"));
    }

    #[test]
    fn wrong_arguments_are_errors() {
        assert_eq!(hint("/history globel"), "did you mean `/history global`?");
        assert_eq!(hint("/history me"), "one of session, user, global");
        assert_eq!(hint("/clear all"), "type `/clear` alone");
        assert_eq!(hint("/log x"), "type `/log` alone");
        assert_eq!(hint("/help clera"), "did you mean `/help clear`?");
    }

    #[test]
    fn a_failed_switch_is_known_by_its_bytes() {
        assert!(switches_user(b"/user") && switches_user(b"/user a\xff"));
        assert!(!switches_user(b"/users") && !switches_user(b"say /user") && !switches_user(b""));
    }
}
