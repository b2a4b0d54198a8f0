//! The manual page.
//!
//! It is made of what the help is made of: the options, the commands and the keys. What
//! is not fixed here goes through [`escaped`] or [`argument`], so that no text can be
//! taken for a request of roff.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory};

use super::cli::Arguments;
use super::guide::{EXIT_CODES, FILES, examples, keys};
use crate::command::SPECS;
use crate::command::help::OTHER_LINES;

/// When the page was last looked through: a page needs a date, and the one of its
/// printing would make each a different one.
const DATE: &str = "2026-11-28";

/// The variables that are read besides those that stand in for options.
const VARIABLES: [(&str, &str); 6] = [
    ("SAYLOG_PAGER, PAGER", "what shows long listings"),
    ("VISUAL, EDITOR", "what opens the line that is being typed"),
    ("NO_COLOR", "no colours, if it is set and not empty"),
    ("TZ", "the zone in which times are read and shown"),
    (
        "XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_STATE_HOME",
        "where the files below are, if they are absolute paths",
    ),
    (
        "HTTPS_PROXY, HTTP_PROXY, NO_PROXY",
        "the way to an endpoint, unless --proxy or SAYLOG_PROXY says so",
    ),
];

const DESCRIPTION: [&str; 4] = [
    "saylog has two memories. A session is what the model remembers: private to one user; \
     started, cleared, undone, forked and resumed at will. The log is what was said: every \
     message of every user, kept for good.",
    "Without arguments at a terminal it is a prompt. WORDS are a question, which is said in a \
     session begun for it; what is piped is said with it, or with -c TEXT. Otherwise lines \
     come from -c, from the file of -f, or from standard input.",
    "Answers go to standard output; hints, warnings and errors to standard error.",
    "Whatever was shown is on disk, and nothing is ever deleted from the log.",
];

/// The page, as roff that man(1) and mandoc(1) read.
pub(crate) fn manual() -> String {
    let mut command = Arguments::command();
    command.build();
    let mut page = Page::default();
    let version = format!("saylog {}", env!("CARGO_PKG_VERSION"));
    page.request(
        "TH",
        &["SAYLOG", "1", DATE, &version, "General Commands Manual"],
    );
    page.section("NAME");
    page.line("saylog \\- a chat prompt with two memories: sessions, and a log of everything");
    page.section("SYNOPSIS");
    for form in [
        "[\\fIOPTIONS\\fR] [\\fIWORDS\\fR...]",
        "[\\fIOPTIONS\\fR] \\fB\\-c\\fR \\fILINE\\fR...",
    ] {
        page.line(&format!("\\fBsaylog\\fR {form}"));
        page.line(".br");
    }
    page.line("\\fBsaylog\\fR [\\fIOPTIONS\\fR] \\fB\\-f\\fR \\fIFILE\\fR");
    page.section("DESCRIPTION");
    page.paragraphs(&DESCRIPTION);
    page.section("OPTIONS");
    page.options(&command);
    page.section("LINES");
    page.paragraphs(&[
        "A line that begins with / is a command, every other one is said to the model.",
    ]);
    for spec in SPECS {
        let aliases: Vec<_> = spec.aliases.iter().map(|alias| alias.name).collect();
        let also = if aliases.is_empty() {
            String::new()
        } else {
            format!(" (also {})", aliases.join(", "))
        };
        page.row(&spec.usage(), &format!("{}{also}", spec.summary));
    }
    page.rows(&OTHER_LINES);
    page.section("KEYS");
    page.rows(keys());
    page.section("EXIT STATUS");
    page.rows(&EXIT_CODES);
    page.section("FILES");
    page.rows(&FILES);
    page.section("ENVIRONMENT");
    page.paragraphs(&[
        "An option comes before its variable, and that before the configuration. Those of \
         options are named with them: SAYLOG_USER, SAYLOG_STORE, SAYLOG_MODEL and so on.",
    ]);
    page.rows(&VARIABLES);
    page.section("EXAMPLES");
    for (typed, does) in examples() {
        page.row(typed, does);
    }
    page.section("SEE ALSO");
    page.line("\\fBsqlite3\\fR(1), \\fBpsql\\fR(1), \\fBless\\fR(1)");
    page.text
}

/// The page as far as it is written.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// A line that is roff already.
    fn line(&mut self, roff: &str) {
        self.text += roff;
        self.text.push('\n');
    }

    fn request(&mut self, name: &str, arguments: &[&str]) {
        let arguments: Vec<_> = arguments.iter().map(|text| argument(text)).collect();
        self.line(&format!(".{name} {}", arguments.join(" ")));
    }

    fn section(&mut self, heading: &str) {
        self.request("SH", &[heading]);
    }

    fn paragraphs(&mut self, texts: &[&str]) {
        for (at, text) in texts.iter().enumerate() {
            if at > 0 {
                self.line(".PP");
            }
            self.line(&escaped(text));
        }
    }

    fn rows(&mut self, rows: &[(&str, &str)]) {
        for (name, does) in rows {
            self.row(name, does);
        }
    }

    /// A name, and what it does below it.
    fn row(&mut self, name: &str, does: &str) {
        self.line(".TP");
        self.line(&format!("\\fB{}\\fR", escaped(name)));
        self.line(&escaped(does));
    }

    /// The options under the headings of the help.
    fn options(&mut self, command: &Command) {
        let mut headings: Vec<&str> = Vec::new();
        for heading in command.get_arguments().filter_map(Arg::get_help_heading) {
            if !headings.contains(&heading) {
                headings.push(heading);
            }
        }
        for heading in headings {
            self.request("SS", &[heading]);
            let under = |argument: &&Arg| argument.get_help_heading() == Some(heading);
            for argument in command.get_arguments().filter(under) {
                self.option(argument);
            }
        }
    }

    fn option(&mut self, argument: &Arg) {
        self.line(".TP");
        self.line(&usage(argument));
        let help = argument.get_long_help().or(argument.get_help());
        let help = help.map(ToString::to_string).unwrap_or_default();
        let mut paragraphs = help.split("\n\n");
        let first = paragraphs.next().unwrap_or_default();
        self.line(&escaped(&format!("{}.", first.trim_end_matches('.'))));
        for paragraph in paragraphs {
            self.line(&escaped(paragraph));
        }
        let values = argument.get_possible_values();
        let words: Vec<_> = values
            .iter()
            .map(clap::builder::PossibleValue::get_name)
            .collect();
        if !words.is_empty() && argument.get_action().takes_values() {
            self.line(&escaped(&format!("One of {}.", words.join(", "))));
        }
    }
}

/// The option with its value, as it is typed.
fn usage(argument: &Arg) -> String {
    let mut names = Vec::new();
    if let Some(short) = argument.get_short() {
        names.push(format!("\\fB\\-{short}\\fR"));
    }
    if let Some(long) = argument.get_long() {
        names.push(format!("\\fB{}\\fR", escaped(&format!("--{long}"))));
    }
    let mut usage = names.join(", ");
    if !argument.get_action().takes_values() {
        return usage;
    }
    for name in argument.get_value_names().unwrap_or_default() {
        let name = format!("\\fI{}\\fR", escaped(name));
        let _ = if argument.is_require_equals_set() {
            write!(usage, "[={name}]")
        } else if usage.is_empty() {
            write!(usage, "{name}...")
        } else {
            write!(usage, " {name}")
        };
    }
    usage
}

/// A text as one line of roff that shows exactly this.
fn escaped(text: &str) -> String {
    let mut roff = String::new();
    for c in text.chars() {
        match c {
            '\\' => roff.push_str("\\e"),
            '-' => roff.push_str("\\-"),
            '\'' => roff.push_str("\\(aq"),
            '`' => roff.push_str("\\(ga"),
            '^' => roff.push_str("\\(ha"),
            '~' => roff.push_str("\\(ti"),
            c if c.is_control() => roff.push(' '),
            c if c.is_ascii() => roff.push(c),
            c => {
                let _ = write!(roff, "\\[u{:04X}]", u32::from(c));
            }
        }
    }
    if roff.starts_with('.') {
        // At the beginning of a line it would be a request.
        roff.insert_str(0, "\\&");
    }
    roff
}

/// A text as one argument of a request.
fn argument(text: &str) -> String {
    let text = escaped(text).replace("\\-", "-").replace('"', "\\(dq");
    if text.is_empty() || text.contains(' ') {
        format!("\"{text}\"")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_request() {
        for (text, roff) in [
            (".so /etc/passwd", "\\&.so /etc/passwd"),
            ("'br", "\\(aqbr"),
            ("a\n.br", "a .br"),
            ("\\fB", "\\efB"),
            ("a-b \u{2192}", "a\\-b \\[u2192]"),
        ] {
            assert_eq!(escaped(text), roff);
        }
        assert_eq!(argument("a \"b\""), "\"a \\(dqb\\(dq\"");
    }
}
