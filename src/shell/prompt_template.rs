//! The template of the prompt, as a person writes it: `{user}{/title:20} {model}> `.

use std::fmt;
use std::str::FromStr;

use colored::Color;
use serde::Deserialize;

/// What a width may be at most, in columns.
const MOST_COLUMNS: usize = 500;

/// What stands in a prompt, piece by piece.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct PromptTemplate(pub(super) Vec<Piece>);

/// A piece of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Shown as it is.
    Text(String),
    /// Shown if there is such a value.
    Value(Placeholder),
    /// What follows looks like that, too.
    Look(Look),
}

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placeholder {
    pub(super) value: Value,
    /// It is cut at so many columns.
    pub(super) columns: Option<usize>,
    /// What stands before and behind it where there is such a value.
    pub(super) before: String,
    pub(super) after: String,
}

/// What a prompt can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    User,
    /// The first characters of the session's id.
    Id,
    /// The session's title, or else its short id.
    Title,
    Persona,
    Model,
    /// How much of its window the context takes, with a `%`.
    Share,
}

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Color(Color),
    Bold,
    Dim,
    Italic,
    Underline,
    /// As the terminal shows text by itself.
    Reset,
}

const VALUES: [(&str, Value); 6] = [
    ("user", Value::User),
    ("id", Value::Id),
    ("title", Value::Title),
    ("persona", Value::Persona),
    ("model", Value::Model),
    ("share", Value::Share),
];

const LOOKS: [(&str, Look); 14] = [
    ("bold", Look::Bold),
    ("dim", Look::Dim),
    ("italic", Look::Italic),
    ("underline", Look::Underline),
    ("black", Look::Color(Color::Black)),
    ("red", Look::Color(Color::Red)),
    ("green", Look::Color(Color::Green)),
    ("yellow", Look::Color(Color::Yellow)),
    ("blue", Look::Color(Color::Blue)),
    ("magenta", Look::Color(Color::Magenta)),
    ("cyan", Look::Color(Color::Cyan)),
    ("white", Look::Color(Color::White)),
    ("gray", Look::Color(Color::BrightBlack)),
    ("reset", Look::Reset),
];

impl PromptTemplate {
    /// `alice/trip to Rome> `, with the share of the window if that is wanted.
    pub(super) fn usual(has_share: bool) -> Self {
        let value = |value, before: &str, columns| {
            Piece::Value(Placeholder {
                value,
                columns,
                before: before.to_owned(),
                after: String::new(),
            })
        };
        let mut pieces = vec![
            value(Value::User, "", None),
            value(Value::Title, "/", Some(20)),
        ];
        if has_share {
            pieces.push(value(Value::Share, " ", None));
        }
        pieces.push(Piece::Text("> ".to_owned()));
        Self(pieces)
    }

    /// Whether it shows how much of its window the context takes.
    pub(super) fn has_share(&self) -> bool {
        let is_share =
            |piece: &Piece| matches!(piece, Piece::Value(it) if it.value == Value::Share);
        self.0.iter().any(is_share)
    }
}

impl fmt::Display for PromptTemplate {
    /// Writes it as a person would.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn name<T: PartialEq>(names: &[(&'static str, T)], wanted: &T) -> &'static str {
            let found = names.iter().find(|(_, known)| known == wanted);
            found.map_or("", |(name, _)| name)
        }
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => {
                    f.write_str(&text.replace('{', "{{").replace('}', "}}"))?;
                }
                Piece::Look(look) => write!(f, "{{{}}}", name(&LOOKS, look))?,
                Piece::Value(it) => {
                    write!(f, "{{{}{}", it.before, name(&VALUES, &it.value))?;
                    if let Some(columns) = it.columns {
                        write!(f, ":{columns}")?;
                    }
                    write!(f, "{}}}", it.after)?;
                }
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for PromptTemplate {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for PromptTemplate {
    type Err = String;

    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it, and at which column.
    fn from_str(template: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = template;
        while let Some(c) = rest.chars().next() {
            let at = column(template, rest);
            let after = &rest[c.len_utf8()..];
            rest = match c {
                '{' | '}' if after.starts_with(c) => {
                    text.push(c);
                    &after[1..]
                }
                '{' => {
                    let closed = after
                        .split_once('}')
                        .filter(|(inner, _)| !inner.contains('{'));
                    let (inner, behind) = closed.ok_or_else(|| {
                        format!("the brace at column {at} is never closed; `{{{{` is a brace")
                    })?;
                    if !text.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut text)));
                    }
                    pieces.push(piece(inner, at)?);
                    behind
                }
                '}' => {
                    return Err(format!(
                        "the brace at column {at} closes nothing; `}}}}` is a brace"
                    ));
                }
                c if c.is_control() && c != '\n' => {
                    return Err(format!(
                        "a control character stands at column {at}; colours are `{{red}}` and the like"
                    ));
                }
                c => {
                    text.push(c);
                    after
                }
            };
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(Self(pieces))
    }
}

/// What stands in braces that begin at a column.
fn piece(inner: &str, at: usize) -> Result<Piece, String> {
    let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    let begin = inner.find(is_of_name).unwrap_or(inner.len());
    let end = begin
        + inner[begin..]
            .find(|c| !is_of_name(c))
            .unwrap_or(inner.len() - begin);
    let (before, named, after) = (&inner[..begin], &inner[begin..end], &inner[end..]);
    let (name, width) = match named.split_once(':') {
        Some((name, width)) => (name, Some(width)),
        None => (named, None),
    };
    if let Some((_, value)) = VALUES.iter().find(|(known, _)| *known == name)
        && !inner.contains(char::is_control)
    {
        let columns = width.map(|width| {
            columns(width).ok_or_else(|| {
            format!(
                "the width of `{{{inner}}}` at column {at} is no number from 1 to {MOST_COLUMNS}"
            )
        })
        });
        return Ok(Piece::Value(Placeholder {
            value: *value,
            columns: columns.transpose()?,
            before: before.to_owned(),
            after: after.to_owned(),
        }));
    }
    let look = LOOKS.iter().find(|(known, _)| *known == inner);
    if let Some((_, look)) = look {
        return Ok(Piece::Look(*look));
    }
    let values = VALUES.iter().map(|(name, _)| *name);
    let known: Vec<&str> = values.chain(LOOKS.iter().map(|(name, _)| *name)).collect();
    Err(format!(
        "`{{{}}}` at column {at} means nothing; one of {}",
        inner.escape_debug(),
        known.join(", ")
    ))
}

fn columns(width: &str) -> Option<usize> {
    let columns = width.parse().ok()?;
    (1..=MOST_COLUMNS).contains(&columns).then_some(columns)
}

/// At which character of a text its end `rest` begins, from 1.
fn column(text: &str, rest: &str) -> usize {
    1 + text[..text.len() - rest.len()].chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(value: Value, columns: Option<usize>, before: &str, after: &str) -> Piece {
        Piece::Value(Placeholder {
            value,
            columns,
            before: before.to_owned(),
            after: after.to_owned(),
        })
    }

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[test]
    fn a_template_is_text_values_and_looks() {
        let template = "{bold}{user}{reset}{/title:20} {{你}} { (persona)}{ share}> ";
        assert_eq!(
            template.parse::<PromptTemplate>().unwrap().0,
            [
                Piece::Look(Look::Bold),
                value(Value::User, None, "", ""),
                Piece::Look(Look::Reset),
                value(Value::Title, Some(20), "/", ""),
                text(" {你} "),
                value(Value::Persona, None, " (", ")"),
                value(Value::Share, None, " ", ""),
                text("> "),
            ]
        );
        for has_share in [false, true] {
            let share = if has_share { "{ share}" } else { "" };
            let usual = format!("{{user}}{{/title:20}}{share}> ").parse();
            assert_eq!(usual, Ok(PromptTemplate::usual(has_share)));
            assert_eq!(PromptTemplate::usual(has_share).has_share(), has_share);
        }
        assert_eq!("".parse(), Ok(PromptTemplate(Vec::new())));
        assert_eq!("a\nb".parse(), Ok(PromptTemplate(vec![text("a\nb")])));
    }

    #[test]
    fn a_template_is_written_as_it_was_read() {
        for template in [
            "{bold}{user}{reset}{/title:20} {{你}} { (persona)}{ share}> ",
            "",
            "a\nb}}",
        ] {
            let read: PromptTemplate = template.parse().unwrap();
            assert_eq!(read.to_string(), template);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_column() {
        let known = "one of user, id, title, persona, model, share, bold, dim, italic, underline, \
                     black, red, green, yellow, blue, magenta, cyan, white, gray, reset";
        for (template, told) in [
            (
                "你 {usr}> ",
                format!("`{{usr}}` at column 3 means nothing; {known}"),
            ),
            ("{}", format!("`{{}}` at column 1 means nothing; {known}")),
            (
                "{ bold}",
                format!("`{{ bold}}` at column 1 means nothing; {known}"),
            ),
            (
                "{\tuser}",
                format!("`{{\\tuser}}` at column 1 means nothing; {known}"),
            ),
            (
                "{user",
                "the brace at column 1 is never closed; `{{` is a brace".into(),
            ),
            (
                "{{{user {id}",
                "the brace at column 3 is never closed; `{{` is a brace".into(),
            ),
            (
                "a}b",
                "the brace at column 2 closes nothing; `}}` is a brace".into(),
            ),
            (
                "{title:0}",
                "the width of `{title:0}` at column 1 is no number from 1 to 500".into(),
            ),
            (
                " {/title:wide}",
                "the width of `{/title:wide}` at column 2 is no number from 1 to 500".into(),
            ),
            (
                "a\x1b[31m",
                "a control character stands at column 2; colours are `{red}` and the like".into(),
            ),
        ] {
            assert_eq!(
                template.parse::<PromptTemplate>(),
                Err(told),
                "{template:?}"
            );
        }
    }
}
