//! `/each`: one text to several at once.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten, split_word};
use super::spec::{Argument, Spec};
use crate::chat::{Audience, Chat};
use crate::domain::{Error, Result, Sink, UserName};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Each {
    arguments: String,
}

/// What comes before the names of personas.
const PERSONAS: &str = "--personas";

/// What comes before a text that might be taken for names.
const TO_ALL: &str = "--";

impl Action for Each {
    const SPEC: Spec = Spec {
        name: "/each",
        arguments: "[USER,USER…|--personas A,B] TEXT",
        summary: "says TEXT in the current sessions of these users or personas, or of all users, side by side",
        aliases: &[],
        argument: Argument::Audience { flag: PERSONAS },
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let arguments = arguments.required("a text")?.to_owned();
        Ok(Self { arguments })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let present = chat.present();
        let (audience, text) = addressed(&self.arguments, &present, &mut |name| {
            Ok(present.contains(name) || chat.knows(name)?)
        })?;
        chat.each(audience, text, sink).map(|()| Next::Line)
    }
}

/// Who is meant, and what is to be said to them.
///
/// The first word names users if it has a comma in it or is one's name; so a
/// mistyped name in a list is an error, and the text not said to everybody.
fn addressed<'a>(
    arguments: &'a str,
    present: &[UserName],
    is_user: &mut dyn FnMut(&UserName) -> Result<bool>,
) -> Result<(Audience, &'a str)> {
    let (first, rest) = split_word(arguments);
    let text = rest.trim();
    if first == TO_ALL {
        return said(Audience::Everybody, text);
    }
    if first == PERSONAS {
        let (names, text) = split_word(text);
        let names: Vec<String> = names.split(',').map(str::to_owned).collect();
        if names.iter().any(String::is_empty) {
            return Err(Each::SPEC.needs("the names of personas after `--personas`"));
        }
        return said(Audience::Personas(names), text.trim());
    }
    if first.starts_with("--") {
        return Err(mistaken(format!("does not know `{}`", shorten(first))));
    }
    let (names, rest) = list(arguments);
    if let [one] = names.as_slice()
        && !is_name(one, is_user)?
    {
        if let Some(near) = present.iter().find(|user| is_near(one, user.as_str())) {
            return Err(mistaken(format!(
                "does not know the user `{}`, which is nearly `{near}`",
                shorten(one)
            )));
        }
        return said(Audience::Everybody, arguments);
    }
    let mut users = Vec::new();
    for name in &names {
        if !is_name(name, is_user)? {
            return Err(mistaken(format!(
                "does not know the user `{}`",
                shorten(name)
            )));
        }
        users.push(UserName::new(name)?);
    }
    if !users.is_empty() {
        return said(Audience::Users(users), rest.trim());
    }
    // `alice, bob hi`: a blank too many would tell it to everybody.
    if let Some(before) = first.strip_suffix(',')
        && before.split(',').try_fold(false, |any, name| {
            Ok::<_, Error>(any || is_name(name, is_user)?)
        })?
    {
        return Err(mistaken("takes names without blanks between them".into()));
    }
    said(Audience::Everybody, arguments)
}

/// Whether a word is a name but for one slip of the finger.
fn is_near(word: &str, name: &str) -> bool {
    name.chars().count() > 2
        && word.chars().count() > 2
        && strsim::damerau_levenshtein(word, name) == 1
}

fn is_name(word: &str, is_user: &mut dyn FnMut(&UserName) -> Result<bool>) -> Result<bool> {
    UserName::new(word).map_or(Ok(false), |name| is_user(&name))
}

/// That what looks like a list of users is none.
fn mistaken(why: String) -> Error {
    Each::SPEC.wrong(
        why,
        "`/each alice,bob TEXT`; `/each -- TEXT` says any text to all",
    )
}

fn said(audience: Audience, text: &str) -> Result<(Audience, &str)> {
    if text.is_empty() {
        return Err(Each::SPEC.needs("a text"));
    }
    Ok((audience, text))
}

/// The names of a list that begins a text, and what follows it; no names if it
/// begins with none. A name that holds a blank or a comma stands in double
/// quotes, as listings write it.
fn list(text: &str) -> (Vec<String>, &str) {
    let (mut names, mut rest) = (Vec::new(), text);
    loop {
        let mut name = String::new();
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut chars = quoted.char_indices();
            let end = loop {
                match chars.next() {
                    Some((at, '"')) => break at + 1,
                    Some((_, '\\')) => name.extend(chars.next().map(|(_, c)| c)),
                    Some((_, c)) => name.push(c),
                    None => return (Vec::new(), text),
                }
            };
            rest = &quoted[end..];
        } else {
            let end = rest.find(|c: char| c == ',' || c.is_whitespace());
            let (plain, after) = rest.split_at(end.unwrap_or(rest.len()));
            name.push_str(plain);
            rest = after;
        }
        if name.trim().is_empty() {
            // `hello, world` is no list.
            return (Vec::new(), text);
        }
        names.push(name);
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None if rest.is_empty() || rest.starts_with(char::is_whitespace) => {
                return (names, rest);
            }
            None => return (Vec::new(), text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<(Audience, &str)> {
        let present = [UserName::new("alice").unwrap()];
        addressed(arguments, &present, &mut |name| {
            Ok(["alice", "bob", "x y"].contains(&name.as_str()))
        })
    }

    fn users(names: &[&str]) -> Audience {
        Audience::Users(
            names
                .iter()
                .map(|name| UserName::new(name).unwrap())
                .collect(),
        )
    }

    #[test]
    fn the_first_word_is_a_list_if_it_has_a_comma_or_is_a_user() {
        let to = |audience, text| (audience, text);
        let ok = |arguments| parse(arguments).unwrap();
        assert_eq!(
            ok("alice,bob hi there"),
            to(users(&["alice", "bob"]), "hi there")
        );
        assert_eq!(ok("bob hi"), to(users(&["bob"]), "hi"));
        assert_eq!(ok("\"x y\",bob hi"), to(users(&["x y", "bob"]), "hi"));
        assert_eq!(ok("hello there"), to(Audience::Everybody, "hello there"));
        assert_eq!(ok("hello, bob"), to(Audience::Everybody, "hello, bob"));
        assert_eq!(ok("-- bob hi"), to(Audience::Everybody, "bob hi"));
        let personas = Audience::Personas(vec!["a".into(), "b".into()]);
        assert_eq!(ok("--personas a,b hi"), to(personas, "hi"));
    }

    #[test]
    fn a_list_without_a_text_is_a_mistake() {
        for wrong in [
            "alice,bob",
            "bob",
            "--",
            "--personas a,b",
            "--personas",
            "--personas a, hi",
            "alice,eve hi",
            "eve,mallory hi",
            "alice, bob hi",
            "alise your bill",
            "--persona critic hi",
            "--personas=critic hi",
            "alice,b\u{7}ob hi",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
