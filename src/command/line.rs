//! Parses a line: something said, or a command.

use super::action::Action;
use super::argument::{LONGEST_QUOTE, shorten, split_word, takes_nothing};
use super::spec::Argument;
use super::user::User;
use super::{Command, SPECS, find};
use crate::domain::{Error, NameError, Result, is_blank};

/// What a line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    Blank,
    /// Said to the model, exactly like this.
    Say(&'a str),
    Command(Command),
}

/// Parses a line. It is a command if its first byte is `/` and its second is not.
///
/// # Errors
/// An unknown command, with the one that looks most like it, or a wrong argument.
pub(crate) fn parse(line: &str) -> Result<Line<'_>> {
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
    let (name, rest) = split_word(line);
    let arguments = rest.trim();
    let Some(entry) = find(name) else {
        return Err(Error::UnknownCommand {
            typed: shorten(name),
            nearest: nearest(name).map(str::to_owned),
        });
    };
    if entry.spec.argument == Argument::User && arguments.is_empty() && !rest.is_empty() {
        // A script whose variable was empty must not go on as whoever spoke before.
        return Err(NameError::Empty.into());
    }
    let implied = entry.spec.implied_by(name);
    let arguments = match (implied, arguments) {
        ("", typed) => typed,
        (implied, "") => implied,
        (_, typed) => return Err(takes_nothing(name, typed)),
    };
    (entry.parse)(arguments).map(Line::Command)
}

/// Whether a line that begins with these bytes would switch the user.
///
/// When such a line fails, a transcript must not go on as the wrong person.
pub(crate) fn switches_user(head: &[u8]) -> bool {
    let name = User::SPEC.name.as_bytes();
    head.strip_prefix(name)
        .is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
}

/// The command or alias that looks most like `name`, if one looks like it at all.
fn nearest(name: &str) -> Option<&'static str> {
    if name.len() > LONGEST_QUOTE {
        return None;
    }
    let name = name.to_lowercase();
    let names = SPECS.iter().flat_map(|spec| spec.names());
    names
        .map(|candidate| (closeness(&name, candidate), candidate))
        .filter(|&(close, _)| close >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// How alike two names are, from 0 to 1. The beginning of a name counts as very like it.
fn closeness(typed: &str, candidate: &str) -> f64 {
    let like = strsim::normalized_damerau_levenshtein(typed, candidate);
    if typed.len() > 2 && candidate.starts_with(typed) {
        like.max(0.9)
    } else {
        like
    }
}

#[cfg(test)]
mod tests {
    use super::super::clear::Clear;
    use super::super::help::Help;
    use super::super::history::History;
    use super::super::quit::Quit;
    use super::super::start::Start;
    use super::*;
    use crate::domain::Scope;

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
        assert_eq!(
            parse("/clear").unwrap(),
            Line::Command(Command::Clear(Clear))
        );
        assert_eq!(
            parse("/clear  ").unwrap(),
            Line::Command(Command::Clear(Clear))
        );
        assert_eq!(parse("你好 ").unwrap(), Line::Say("你好 "));
    }

    #[test]
    fn aliases_are_commands() {
        assert_eq!(
            parse("/log").unwrap(),
            Line::Command(Command::History(History(Scope::Global)))
        );
        assert_eq!(parse("/bye").unwrap(), Line::Command(Command::Quit(Quit)));
        assert_eq!(parse("/exit").unwrap(), Line::Command(Command::Quit(Quit)));
        assert_eq!(
            parse("/?").unwrap(),
            Line::Command(Command::Help(Help::All(SPECS)))
        );
        assert_eq!(
            parse("/new a b").unwrap(),
            Line::Command(Command::Start(Start {
                title: Some("a b".into()),
                persona: None
            }))
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
