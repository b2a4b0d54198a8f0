//! Parses a line: something said, or a command.

use super::action::Action;
use super::argument::{LONGEST_QUOTE, shorten, split_word, takes_nothing};
use super::named_file::leading_path;
use super::spec::Argument;
use super::user::User;
use super::{Command, SPECS, deleting, find};
use crate::domain::{Error, NameError, Result, is_blank};

/// Names up to this length, with their slash, are short.
const SHORT_NAME: usize = 5;

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
/// An unknown command, with the one that looks most like it or does what is nearest
/// to it, or a wrong argument.
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
        if deleting::is_wanted(name) {
            return Err(Error::NoDeleting(name.to_owned()));
        }
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

/// The command or alias that looks most like `name`, if one is close: a slip of a
/// key away, or two where the name is long; or one that begins like it.
fn nearest(name: &str) -> Option<&'static str> {
    // Everything is close to a slash and a letter.
    if name.len() <= 2 || name.len() > LONGEST_QUOTE {
        return None;
    }
    let name = name.to_lowercase();
    let slips = if name.chars().count() <= SHORT_NAME {
        1
    } else {
        2
    };
    let names = || SPECS.iter().flat_map(|spec| spec.names());
    let nearest = names()
        .map(|candidate| (strsim::damerau_levenshtein(&name, candidate), candidate))
        .filter(|&(distance, _)| distance <= slips)
        .min_by_key(|&(distance, _)| distance);
    let begun = || names().find(|candidate| candidate.starts_with(&name));
    nearest.map(|(_, candidate)| candidate).or_else(begun)
}

/// The commands whose arguments are said to a model, or kept for it.
const SAYING: [&str; 4] = ["/edit", "/each", "/system", "/compact"];

/// Whether a line is a command with a text in it that a model is told.
pub(crate) fn tells_text(line: &str) -> bool {
    let (name, rest) = split_word(line.trim());
    let rest = rest.trim();
    if name == "/file" {
        return leading_path(rest).is_ok_and(|(_, text)| !text.trim().is_empty());
    }
    SAYING.contains(&name) && !rest.is_empty()
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
        assert!(hint("/hitsroy").starts_with("did you mean `/history`?"));
        assert!(hint("/undp").starts_with("did you mean `/undo`?"));
        // Nothing is close to these.
        assert!(hint("/zip").starts_with("`/help` lists the commands"));
        assert!(hint("/User bob").starts_with("did you mean `/user`?"));
        assert!(hint("/zzzzzz").starts_with("`/help` lists the commands"));
        assert!(hint("/").starts_with("`/help` lists the commands"));
    }

    #[test]
    fn wrong_arguments_are_errors() {
        assert_eq!(hint("/history globel"), "did you mean `/history global`?");
        assert_eq!(
            hint("/history me"),
            "one of session, user, global, or a number"
        );
        assert_eq!(hint("/clear all"), "type `/clear` alone");
        assert_eq!(
            hint("/log x"),
            "one of session, user, global, --utc, a number, or filters such as `since:yesterday`"
        );
        assert_eq!(hint("/quit x"), "type `/quit` alone");
        assert_eq!(hint("/help clera"), "did you mean `/help clear`?");
    }

    #[test]
    fn listings_take_a_number_before_and_behind_their_words() {
        let listed = |line| match parse(line).unwrap() {
            Line::Command(Command::History(History { scope, newest })) => (scope, newest),
            Line::Command(Command::Log(log)) => log.all().unwrap(),
            other => panic!("{other:?}"),
        };
        for (line, expected) in [
            ("/history", (Scope::Session, None)),
            ("/history 10", (Scope::Session, Some(10))),
            ("/history user 1", (Scope::User, Some(1))),
            ("/history 7  global", (Scope::Global, Some(7))),
            ("/log", (Scope::Global, None)),
            ("/log 20", (Scope::Global, Some(20))),
            ("/log session 020", (Scope::Session, Some(20))),
            ("/log 3 --utc user", (Scope::User, Some(3))),
            // More than can be counted are all.
            (
                "/log user 99999999999999999999999",
                (Scope::User, Some(u64::MAX)),
            ),
        ] {
            assert_eq!(listed(line), expected, "{line}");
        }
        for (line, why) in [
            ("/log 0", "takes a number from 1 on, not `0`"),
            ("/log -1", "takes a number from 1 on, not `-1`"),
            ("/log +1", "takes a number from 1 on, not `+1`"),
            ("/log 1.5", "takes a number from 1 on, not `1.5`"),
            ("/log 1 user 2", "takes one number, not `1 user 2`"),
        ] {
            let error = parse(line).unwrap_err();
            assert_eq!(error.to_string(), format!("`/log` {why}"));
            assert_eq!(error.hint().unwrap(), "`/log 10` lists the last 10");
        }
        assert_eq!(
            hint("/log user global"),
            "`/log [--utc] [global|user|session] [N]|FILTERS`"
        );
        assert_eq!(
            hint("/sessions x"),
            "one of global, --all, --archived, or a number"
        );
        assert_eq!(hint("/sessions -3"), "`/sessions 10` lists the last 10");
        assert!(parse("/sessions 20 global --all").is_ok());
    }

    #[test]
    fn a_failed_switch_is_known_by_its_bytes() {
        assert!(switches_user(b"/user") && switches_user(b"/user a\xff"));
        assert!(!switches_user(b"/users") && !switches_user(b"say /user") && !switches_user(b""));
    }
}
