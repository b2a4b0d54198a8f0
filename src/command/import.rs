//! `/import`: puts conversations of other programs into the log.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten, split_word};
use super::named_file::leading_path;
use super::spec::{Argument, FORMAT_FLAG, Spec};
use super::wanted_import::WantedImport;
use crate::chat::Chat;
use crate::domain::{Error, Result, Sink};
use crate::format::Program;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import(WantedImport);

const FORMAT: &str = FORMAT_FLAG;
const DRY_RUN: &str = "--dry-run";

impl Action for Import {
    const SPEC: Spec = Spec {
        name: "/import",
        arguments: "[--format F] [--dry-run] FILE…",
        summary: "puts what is new in the conversations of other programs into the log, as yours; --dry-run only tells what that would be",
        aliases: &[],
        argument: Argument::Paths {
            flags: &[FORMAT, DRY_RUN],
        },
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let mut rest = arguments.required("a file")?;
        let (mut program, mut is_dry, mut paths) = (None, false, Vec::new());
        while !rest.is_empty() {
            let (word, behind) = split_word(rest);
            rest = match word {
                DRY_RUN => {
                    is_dry = true;
                    behind
                }
                FORMAT => {
                    let (word, behind) = split_word(behind.trim_start());
                    program = Some(Program::parse(word).ok_or_else(|| unknown(word))?);
                    behind
                }
                _ => {
                    Self::SPEC.refuse_unknown_option(word, &[DRY_RUN, FORMAT])?;
                    let hint = "`/import \"a b.json\"`";
                    let wrong = |why| Self::SPEC.wrong(why, hint);
                    let (path, behind) = leading_path(rest).map_err(wrong)?;
                    if path.is_empty() {
                        return Err(wrong("needs a path between its quotes".into()));
                    }
                    paths.push(path);
                    behind
                }
            }
            .trim_start();
        }
        if paths.is_empty() {
            return Err(Self::SPEC.needs("a file"));
        }
        Ok(Self(WantedImport {
            paths,
            program,
            is_dry,
        }))
    }

    fn run(self, _: &mut Chat, _: &mut dyn Sink) -> Result<Next> {
        Ok(Next::Import(self.0))
    }
}

fn unknown(word: &str) -> Error {
    let why = match word {
        "" => "needs the name of a form behind --format".to_owned(),
        word => format!("does not know the form `{}`", shorten(word)),
    };
    let words = Program::ALL.map(Program::word).join(", ");
    Import::SPEC.wrong(why, &format!("one of {words}"))
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::line::{Line, parse};
    use super::*;

    #[test]
    fn files_and_flags_stand_in_any_order() {
        let import = |paths: &[&str], program, is_dry| {
            Import(WantedImport {
                paths: paths.iter().map(ToString::to_string).collect(),
                program,
                is_dry,
            })
        };
        for (line, expected) in [
            ("/import a", import(&["a"], None, false)),
            (
                r#"/import "a \"b" --dry-run ~/c  --format codex"#,
                import(&["a \"b", "~/c"], Some(Program::Codex), true),
            ),
            ("/import \"--dry-run\"", import(&["--dry-run"], None, false)),
        ] {
            let parsed = parse(line).unwrap();
            assert_eq!(parsed, Line::Command(Command::Import(expected)), "{line}");
        }
        for (line, told) in [
            ("/import", "`/import` needs a file"),
            ("/import --dry-run", "`/import` needs a file"),
            (
                "/import --dryrun a.zip",
                "`/import` does not know `--dryrun`",
            ),
            (
                "/import --format x a",
                "`/import` does not know the form `x`",
            ),
            (
                "/import a --format",
                "`/import` needs the name of a form behind --format",
            ),
            ("/import \"a", "`/import` misses the quote behind `a`"),
            ("/import \"\"", "`/import` needs a path between its quotes"),
        ] {
            assert_eq!(parse(line).unwrap_err().to_string(), told, "{line}");
        }
    }
}
