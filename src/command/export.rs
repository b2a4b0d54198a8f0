//! `/export`: writes messages into a file.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten, split_word};
use super::log::is_filter;
use super::named_file::Quoted;
use super::spec::{Argument, FORMAT_FLAG, Spec};
use super::wanted_export::WantedExport;
use crate::chat::Chat;
use crate::domain::{Error, Result, Sink};
use crate::format::Form;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Export(WantedExport);

const FORMAT: &str = FORMAT_FLAG;
const FORCE: &str = "--force";

impl Action for Export {
    const SPEC: Spec = Spec {
        name: "/export",
        arguments: "[--format F] [--force] [FILTERS] FILE",
        summary: "writes your conversations, or what FILTERS find of them, into a new FILE, in the form that its name tells: .jsonl (all there is, for another saylog), .md, .txt, .csv; or --format saylog, markdown, text, csv, openai, langchain or trace",
        aliases: &[],
        argument: Argument::Query {
            words: &[FORMAT, FORCE],
        },
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let mut flags = Flags::default();
        let rest = flags.take_leading(arguments.required("a file")?)?;
        let (filters, path) = trailing_path(rest);
        let filters = flags.take_trailing(filters)?;
        let Flags { form, is_forced } = flags;
        if path.is_empty() {
            return Err(Self::SPEC.needs("a file"));
        }
        Self::SPEC.refuse_unknown_option(filters, &[FORMAT, FORCE])?;
        if !rest.ends_with('"') {
            Self::SPEC.refuse_unknown_option(&path, &[FORMAT, FORCE])?;
            if is_filter(&path) {
                let why = format!("would write a file named `{}`", shorten(&path));
                return Err(
                    Self::SPEC.wrong(why, "filters stand before the file; in quotes it is one")
                );
            }
        }
        let form = form.or_else(|| Form::of_name(&path));
        let form = form.ok_or_else(|| {
            let why = format!("cannot tell the form of `{}`", shorten(&path));
            Self::SPEC.wrong(why, &format!("`/export --format F …`: {}", known()))
        })?;
        Ok(Self(WantedExport {
            filters: filters.to_owned(),
            form,
            path,
            is_forced,
        }))
    }

    fn run(self, _: &mut Chat, _: &mut dyn Sink) -> Result<Next> {
        Ok(Next::Export(self.0))
    }
}

/// What flags say, which stand before the filters or behind them.
#[derive(Default)]
struct Flags {
    form: Option<Form>,
    is_forced: bool,
}

impl Flags {
    /// Takes those that stand first; gives the rest.
    fn take_leading<'a>(&mut self, typed: &'a str) -> Result<&'a str> {
        let mut rest = typed;
        loop {
            let (word, behind) = split_word(rest);
            rest = match word {
                FORCE => {
                    self.is_forced = true;
                    behind.trim_start()
                }
                FORMAT => {
                    let (word, behind) = split_word(behind.trim_start());
                    self.set_form(word)?;
                    behind.trim_start()
                }
                _ => return Ok(rest),
            };
        }
    }

    /// The same of those that stand last.
    fn take_trailing<'a>(&mut self, typed: &'a str) -> Result<&'a str> {
        let mut rest = typed.trim_end();
        loop {
            let (before, word) = split_last_word(rest);
            let (before_both, flag) = split_last_word(before);
            rest = if word == FORCE {
                self.is_forced = true;
                before
            } else if flag == FORMAT {
                self.set_form(word)?;
                before_both
            } else if word == FORMAT {
                return Err(unknown(""));
            } else {
                return Ok(rest);
            };
        }
    }

    fn set_form(&mut self, word: &str) -> Result<()> {
        self.form = Some(Form::parse(word).ok_or_else(|| unknown(word))?);
        Ok(())
    }
}

/// What stands before the last word, and that.
fn split_last_word(text: &str) -> (&str, &str) {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    (text[..text.len() - word.len()].trim_end(), word)
}

fn unknown(word: &str) -> Error {
    let why = match word {
        "" => "needs the name of a form behind --format".to_owned(),
        word => format!("does not know the form `{}`", shorten(word)),
    };
    Export::SPEC.wrong(why, &known())
}

/// The forms there are.
fn known() -> String {
    let words = Form::ALL.map(Form::word).join(", ");
    format!("one of {words}")
}

/// The last word, or what stands there between quotes, and what stands before it.
fn trailing_path(text: &str) -> (&str, String) {
    let text = text.trim_end();
    if text.ends_with('"') {
        // The quotes that begin behind a blank, the first of them that ends here.
        let begins = text.match_indices('"').map(|(at, _)| at);
        for at in begins {
            let is_begin = text[..at].is_empty() || text[..at].ends_with(char::is_whitespace);
            if is_begin && let Quoted::Closed(path, "") = Quoted::parse(&text[at + 1..]) {
                return (text[..at].trim_end(), path);
            }
        }
    }
    let (before, path) = split_last_word(text);
    (before, path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::line::{Line, parse};
    use super::*;

    #[test]
    fn a_file_stands_behind_filters_and_tells_its_form() {
        let export = |filters: &str, form, path: &str, is_forced| {
            Export(WantedExport {
                filters: filters.into(),
                form,
                path: path.into(),
                is_forced,
            })
        };
        for (line, expected) in [
            ("/export a.md", export("", Form::Markdown, "a.md", false)),
            (
                "/export since:2h \"a b\" c.CSV",
                export("since:2h \"a b\"", Form::Csv, "c.CSV", false),
            ),
            (
                r#"/export --force user:"a b" "c \"d\".txt""#,
                export("user:\"a b\"", Form::Text, "c \"d\".txt", true),
            ),
            (
                "/export --format openai --force -",
                export("", Form::OpenAi, "-", true),
            ),
            (
                "/export --format trace in:global a.csv",
                export("in:global", Form::SessionTrace, "a.csv", false),
            ),
            (
                "/export in:global x --format openai --force a.csv",
                export("in:global x", Form::OpenAi, "a.csv", true),
            ),
            (
                r#"/export "a b.md""#,
                export("", Form::Markdown, "a b.md", false),
            ),
        ] {
            let parsed = parse(line).unwrap();
            assert_eq!(parsed, Line::Command(Command::Export(expected)), "{line}");
        }
        for (line, told) in [
            ("/export", "`/export` needs a file"),
            ("/export --force", "`/export` needs a file"),
            ("/export --forc a.md", "`/export` does not know `--forc`"),
            (
                "/export in:global --dry-run a.md",
                "`/export` does not know `--dry-run`",
            ),
            ("/export a.md --froce", "`/export` does not know `--froce`"),
            (
                "/export --format saylog - in:session",
                "`/export` would write a file named `in:session`",
            ),
            ("/export a", "`/export` cannot tell the form of `a`"),
            ("/export -", "`/export` cannot tell the form of `-`"),
            (
                "/export --format pdf a",
                "`/export` does not know the form `pdf`",
            ),
            (
                "/export in:global --format a.md",
                "`/export` needs the name of a form behind --format",
            ),
            (
                "/export --format",
                "`/export` needs the name of a form behind --format",
            ),
        ] {
            assert_eq!(parse(line).unwrap_err().to_string(), told, "{line}");
        }
    }
}
