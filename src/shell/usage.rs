//! The help about arguments, as wide as the window.

use crate::render::wrapped;

/// A description stands beside its flag if it has as many columns there.
const FEWEST_COLUMNS_BESIDE: usize = 30;

/// How far it is indented below it, otherwise.
const INDENT_BELOW: usize = 8;

/// Breaks the lines of a help at words. It may have colours.
pub(crate) fn wrapped_usage(help: &str, columns: usize) -> String {
    let lines = help.split('\n').map(|line| {
        let Some((flag, description)) = columns_of(line) else {
            let indent = line.len() - line.trim_start_matches(' ').len();
            return wrapped(line, Some(columns), indent);
        };
        let taken = width(&line[..line.len() - description.len()]);
        if columns >= taken + FEWEST_COLUMNS_BESIDE {
            return wrapped(line, Some(columns), taken);
        }
        let below = format!("{:INDENT_BELOW$}{description}", "");
        let flag = wrapped(flag, Some(columns), INDENT_BELOW);
        format!("{flag}\n{}", wrapped(&below, Some(columns), INDENT_BELOW))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A flag and its description, which two blanks or more part.
fn columns_of(line: &str) -> Option<(&str, &str)> {
    let begin = line.len() - line.trim_start_matches(' ').len();
    let gap = begin + line[begin..].find("  ")?;
    let description = line[gap..].trim_start_matches(' ');
    (begin > 0 && !description.is_empty()).then_some((&line[..gap], description))
}

/// The columns of a text of ASCII in which sequences may set colours.
fn width(text: &str) -> usize {
    let parts = text.split('\x1b').enumerate();
    let shown = parts.map(|(at, part)| match part.split_once('m') {
        Some((_, shown)) if at > 0 => shown.len(),
        _ => part.len(),
    });
    shown.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: &str = "\
Options:
  -f, --file <FILE>  Play the lines of FILE; - is standard input
      --start        Start a session when a message needs one, in transcripts too

/help among them lists the commands; anything else is said.";

    #[test]
    fn descriptions_hang_beside_their_flags_or_below_them() {
        assert_eq!(wrapped_usage(HELP, 200), HELP);
        assert_eq!(
            wrapped_usage(HELP, 52),
            "\
Options:
  -f, --file <FILE>  Play the lines of FILE; - is
                     standard input
      --start        Start a session when a message
                     needs one, in transcripts too

/help among them lists the commands; anything else
is said."
        );
        assert_eq!(
            wrapped_usage(HELP, 40),
            "\
Options:
  -f, --file <FILE>
        Play the lines of FILE; - is
        standard input
      --start
        Start a session when a message
        needs one, in transcripts too

/help among them lists the commands;
anything else is said."
        );
    }

    #[test]
    fn colours_take_no_columns() {
        let line = "  \x1b[1m--start\x1b[0m  Start a session when a message needs one, in scripts";
        assert_eq!(
            wrapped_usage(line, 43),
            "  \x1b[1m--start\x1b[0m  Start a session when a message\n           needs one, in scripts"
        );
    }
}
