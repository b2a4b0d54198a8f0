//! `/each`: one text to several at once.

use super::action::{Action, Next};
use super::argument::{Arguments, free_text, shorten, split_word};
use super::name_list::name_list;
use super::spec::{Argument, Spec};
use crate::chat::ask::{self, Audience};
use crate::chat::{Chat, users};
use crate::domain::{Error, Result, Sink, UserName};

/// Who is meant and what is said to them, as far as the text alone tells.
///
/// Words that could be names are decided on when the command runs, by
/// [`Each::resolve`], because only the chat knows which users exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Each {
    Everybody {
        text: String,
    },
    Personas {
        names: Vec<String>,
        text: String,
    },
    /// The first word could be a user's name: `bob hi`, and also `hello there`.
    OneName {
        name: String,
        /// What is said if it is one.
        rest: String,
        /// What is said to everybody if it is none.
        whole: String,
    },
    /// Several names, so all of them have to be users: a mistyped name is an
    /// error, and the text is not said to everybody.
    Names {
        names: Vec<String>,
        text: String,
    },
    /// The first word ends with a comma: `alice, bob hi`, and also `hello, bob`.
    Comma {
        /// What stands before and between the commas of that word.
        names: Vec<String>,
        whole: String,
    },
}

/// Stands before the names of personas.
const PERSONAS: &str = "--personas";

/// Stands before a text that could be taken for names.
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
        let whole = arguments.required("a text")?;
        let (first, rest) = split_word(whole);
        match first {
            TO_ALL => return Ok(Self::Everybody { text: some(rest)? }),
            PERSONAS => return personas(rest.trim()),
            flag if flag.starts_with("--") => {
                return Err(mistaken(format!("does not know `{}`", shorten(flag))));
            }
            _ => {}
        }
        let (mut names, rest) = name_list(whole);
        let (rest, whole) = (rest.trim().to_owned(), whole.to_owned());
        if names.len() > 1 {
            return match UserName::new(&names[0]) {
                Ok(_) => Ok(Self::Names { names, text: rest }),
                Err(_) => Err(unknown(&names[0])),
            };
        }
        if let Some(name) = names.pop() {
            return Ok(Self::OneName { name, rest, whole });
        }
        Ok(match first.strip_suffix(',') {
            Some(before) => Self::Comma {
                names: before.split(',').map(str::to_owned).collect(),
                whole,
            },
            None => Self::Everybody { text: whole },
        })
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let present = chat.present();
        let (audience, text) = self.resolve(&present, &mut |name| {
            Ok(present.contains(name) || users::is_known(chat, name)?)
        })?;
        ask::fan_out(chat, audience, &text, sink).map(|()| Next::Line)
    }
}

impl Each {
    /// Decides which words are users and which are said.
    ///
    /// `present` are the users who have a current session.
    fn resolve(
        self,
        present: &[UserName],
        is_user: &mut dyn FnMut(&UserName) -> Result<bool>,
    ) -> Result<(Audience, String)> {
        match self {
            Self::Everybody { text } => Ok((Audience::Everybody, text)),
            Self::Personas { names, text } => Ok((Audience::Personas(names), text)),
            Self::OneName { name, rest, whole } => {
                if let Some(user) = as_user(&name, is_user)? {
                    return Ok((Audience::Users(vec![user]), some(&rest)?));
                }
                match present.iter().find(|user| is_near(&name, user.as_str())) {
                    Some(near) => Err(mistaken(format!(
                        "does not know the user `{}`, which is nearly `{near}`",
                        shorten(&name)
                    ))),
                    None => Ok((Audience::Everybody, whole)),
                }
            }
            Self::Names { names, text } => {
                let mut users = Vec::new();
                for name in &names {
                    users.push(as_user(name, is_user)?.ok_or_else(|| unknown(name))?);
                }
                Ok((Audience::Users(users), some(&text)?))
            }
            Self::Comma { names, whole } => {
                // Said to everybody, `alice, bob hi` would reach the wrong people.
                for name in &names {
                    if as_user(name, is_user)?.is_some() {
                        return Err(mistaken("takes names without blanks between them".into()));
                    }
                }
                Ok((Audience::Everybody, whole))
            }
        }
    }
}

/// What follows `--personas`: their names, then the text.
fn personas(text: &str) -> Result<Each> {
    let (names, text) = split_word(text);
    let names: Vec<String> = names.split(',').map(str::to_owned).collect();
    if names.iter().any(String::is_empty) {
        return Err(Each::SPEC.needs("the names of personas after `--personas`"));
    }
    let text = some(text)?;
    Ok(Each::Personas { names, text })
}

/// A text without the white space around it, which may not be empty.
fn some(text: &str) -> Result<String> {
    free_text(text).ok_or_else(|| Each::SPEC.needs("a text"))
}

/// The user that a word names, if there is one.
fn as_user(
    word: &str,
    is_user: &mut dyn FnMut(&UserName) -> Result<bool>,
) -> Result<Option<UserName>> {
    let Ok(name) = UserName::new(word) else {
        return Ok(None);
    };
    Ok(is_user(&name)?.then_some(name))
}

/// Whether a word is a name but for one typing error.
fn is_near(word: &str, name: &str) -> bool {
    name.chars().count() > 2
        && word.chars().count() > 2
        && strsim::damerau_levenshtein(word, name) == 1
}

fn unknown(name: &str) -> Error {
    mistaken(format!("does not know the user `{}`", shorten(name)))
}

/// What looks like a list of users is none.
fn mistaken(why: String) -> Error {
    Each::SPEC.wrong(
        why,
        "`/each alice,bob TEXT`; `/each -- TEXT` says any text to all",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Each> {
        Each::parse(Arguments::new(text, &Each::SPEC, &[]))
    }

    /// Parses and resolves where alice, bob and x y are users and alice has a session.
    fn addressed(text: &str) -> Result<(Audience, String)> {
        let present = [UserName::new("alice").unwrap()];
        parse(text)?.resolve(&present, &mut |name| {
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
        let to = |audience, text: &str| (audience, text.to_owned());
        let ok = |arguments| addressed(arguments).unwrap();
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
            assert!(addressed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_mistake_that_needs_no_users_is_found_before_it_runs() {
        for wrong in [
            "",
            "--",
            "--personas",
            "--personas a,b",
            "--personas a, hi",
            "--persona a hi",
            "b\u{7}ob,alice hi",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        for unclear in ["bob", "eve,mallory hi", "alice, bob hi", "alice,b\u{7}ob"] {
            assert!(parse(unclear).is_ok(), "{unclear}");
        }
    }

    #[test]
    fn the_first_unknown_name_is_told_before_a_missing_text() {
        let why = |text| addressed(text).unwrap_err().to_string();
        assert_eq!(why("bob,eve,mallory"), why("bob,eve hi"));
        assert!(why("bob,eve").contains("`eve`"));
        assert!(why("bob,alice").contains("needs a text"));
    }
}
