//! `/file`: says a file, with a question about it.

use super::action::{Action, Next};
use super::argument::{Arguments, free_text};
use super::named_file::{NamedFile, leading_path};
use super::spec::{Argument, Spec};
use crate::chat::Chat;
use crate::domain::{Error, Result, Sink};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File(NamedFile);

impl Action for File {
    const SPEC: Spec = Spec {
        name: "/file",
        arguments: "PATH [TEXT]",
        summary: "says TEXT and then what is in a file, as one message; quotes go around a PATH with blanks",
        aliases: &[],
        argument: Argument::Path,
    };

    fn parse(arguments: Arguments<'_>) -> Result<Self> {
        let typed = arguments.required("a path")?;
        let (path, rest) = leading_path(typed).map_err(mistaken)?;
        if path.is_empty() {
            return Err(Self::SPEC.needs("a path"));
        }
        let question = free_text(rest).unwrap_or_default();
        Ok(Self(NamedFile { path, question }))
    }

    fn run(self, _: &mut Chat, _: &mut dyn Sink) -> Result<Next> {
        Ok(Next::File(self.0))
    }
}

fn mistaken(why: String) -> Error {
    File::SPEC.wrong(
        why,
        "`/file \"a b.txt\" TEXT`, with `\\\"` for a quote and `\\\\` for a backslash",
    )
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::super::line::{Line, parse};
    use super::*;

    fn error(line: &str) -> String {
        parse(line).unwrap_err().to_string()
    }

    #[test]
    fn a_path_ends_at_a_blank_or_at_its_quote() {
        let is = |line: &str, path: &str, question: &str| {
            let file = File(NamedFile {
                path: path.into(),
                question: question.into(),
            });
            assert_eq!(parse(line).unwrap(), Line::Command(Command::File(file)));
        };
        is("/file a.txt", "a.txt", "");
        is("/file  a.txt\twhat is  this? ", "a.txt", "what is  this?");
        is("/file \"a b.txt\" what?", "a b.txt", "what?");
        is(r#"/file "a\"\\b\c" /quit"#, r#"a"\b\c"#, "/quit");
        is(r#"/file a\"b "x""#, r#"a\"b"#, r#""x""#);
        is("/file 你好 \"\"\"", "你好", "\"\"\"");
    }

    #[test]
    fn what_is_no_path_is_told() {
        assert_eq!(error("/file"), "`/file` needs a path");
        assert_eq!(error("/file \"\" x"), "`/file` needs a path");
        assert_eq!(
            error("/file \"a b"),
            "`/file` misses the quote behind `a b`"
        );
        assert_eq!(
            error("/file \"a\"b"),
            "`/file` finds `b` right behind a quote"
        );
        assert!(error(&format!("/file {}", "x".repeat(4097))).starts_with("`/file` takes no path"));
    }
}
