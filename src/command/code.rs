//! `/code`: lists the blocks of code of the last reply, prints one, or writes it
//! into a file.

use super::action::{Action, Next};
use super::argument::{Arguments, shorten, split_word};
use super::named_file::leading_path;
use super::spec::{Argument, Spec};
use crate::chat::log::ReplyCode;
use crate::chat::{Chat, listing};
use crate::domain::{Event, Result, Sink, TakeFault, sentence};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    List,
    /// The block of that number is shown.
    Print(usize),
    /// The block of that number, or the only one, is written into this file.
    Save(Option<usize>, String),
}

impl Action for Code {
    const SPEC: Spec = Spec {
        name: "/code",
        arguments: "[N] [FILE]",
        summary: "lists the blocks of code of the last reply, prints the N-th, or writes it into a new FILE",
        aliases: &[],
        argument: Argument::Code,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let Some(text) = arguments.optional() else {
            return Ok(Self::List);
        };
        let (word, rest) = split_word(text);
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        let number = number(word);
        if is_number && number.is_none() {
            let why = format!("has no block `{}`: they count from 1", shorten(word));
            return Err(Self::SPEC.wrong(why, "`/code` lists them"));
        }
        if word.starts_with(['-', '+']) {
            let why = format!(
                "takes the number of a block or a file, not `{}`",
                shorten(word)
            );
            let hint = "`/code` lists the blocks; `./` before it makes it a file's name";
            return Err(Self::SPEC.wrong(why, hint));
        }
        let path = if is_number { rest.trim_start() } else { text };
        match (number, path) {
            (Some(number), "") => Ok(Self::Print(number)),
            (number, path) => saved(number, path),
        }
    }

    fn run(self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<Next> {
        let code = ReplyCode::last(chat)?;
        let block = match self {
            Self::List => {
                list(&code, chat, sink)?;
                return Ok(Next::Line);
            }
            Self::Print(number) => {
                sink.emit(&Event::Code(&code.block(number)?));
                return Ok(Next::Line);
            }
            Self::Save(None, path) => Next::Save(code.only_block()?, path),
            Self::Save(Some(number), path) => Next::Save(code.block(number)?, path),
        };
        Ok(block)
    }
}

fn saved(number: Option<usize>, typed: &str) -> Result<Code> {
    let hint = "`/code 1 \"a b.txt\"`, with `\\\"` for a quote and `\\\\` for a backslash";
    let wrong = |why| Code::SPEC.wrong(why, hint);
    let (path, rest) = leading_path(typed).map_err(wrong)?;
    if path.is_empty() {
        return Err(wrong("needs a path between its quotes".into()));
    }
    if rest.trim().is_empty() {
        return Ok(Code::Save(number, path));
    }
    let rest = shorten(rest.trim());
    Err(wrong(format!("takes one file, and not `{rest}` behind it")))
}

/// Tells every block. That there is none is told to people.
fn list(code: &ReplyCode, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
    listing::list(chat, None, sink, &mut |_, rows| {
        for block in &code.blocks {
            rows.emit(&Event::CodeRow(block));
        }
        if code.blocks.is_empty() {
            let nothing = TakeFault::NoCode(code.message);
            let nothing = sentence(&nothing, Some(nothing.hint()));
            rows.emit_beside(&Event::Notice(&nothing));
        }
        Ok(false)
    })
}

/// The number of a block, from 1.
pub(super) fn number(text: &str) -> Option<usize> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|&number| is_number && number > 0)
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::line::{Line, parse};
    use super::*;

    #[test]
    fn a_number_is_a_block_and_what_follows_is_a_file() {
        let save = |number, path: &str| Code::Save(number, path.into());
        for (line, expected) in [
            ("/code", Code::List),
            ("/code 2 ", Code::Print(2)),
            ("/code 2 a.rs", save(Some(2), "a.rs")),
            ("/code 1 2", save(Some(1), "2")),
            ("/code a.rs", save(None, "a.rs")),
            ("/code \"2\"", save(None, "2")),
            ("/code 2x", save(None, "2x")),
            (r#"/code 1 "a \"b\" c"  "#, save(Some(1), r#"a "b" c"#)),
            ("/code ~/x", save(None, "~/x")),
        ] {
            let parsed = parse(line).unwrap();
            assert_eq!(parsed, Line::Command(Command::Code(expected)), "{line}");
        }
        for (line, told) in [
            ("/code 0", "`/code` has no block `0`: they count from 1"),
            (
                "/code 99999999999999999999",
                "`/code` has no block `99999999999999999999`: they count from 1",
            ),
            (
                "/code 1 a b",
                "`/code` takes one file, and not `b` behind it",
            ),
            ("/code a b", "`/code` takes one file, and not `b` behind it"),
            ("/code \"a", "`/code` misses the quote behind `a`"),
            ("/code \"a\"b", "`/code` finds `b` right behind a quote"),
            ("/code \"\"", "`/code` needs a path between its quotes"),
        ] {
            assert_eq!(parse(line).unwrap_err().to_string(), told);
        }
    }
}
