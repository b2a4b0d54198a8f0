//! The person's pager, which shows what is longer than their window.

mod paging;
mod showing;

use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub(super) use paging::Paging;

/// The pager that is used if no variable names one: it ends by itself where
/// everything fits, shows colours, and leaves the text where it was shown.
const USUAL: &str = "less -FRX";

/// What `less` is told where its person tells it nothing, which is also how it is left, and
/// what `lv` needs for colours, as git does it.
const DEFAULTS: [(&str, &str); 2] = [
    (
        "LESS",
        "FRXPs?e(END) q leaves:q leaves, the space bar goes on.$",
    ),
    ("LV", "-c"),
];

/// The pagers that show colours.
const WITH_COLORS: [&str; 4] = ["less", "most", "bat", "batcat"];

/// Who else has the terminal, as far as it is under control.
pub(super) trait Lender {
    /// Gives it to another program, as it was found.
    fn lend(&self);

    /// Takes it again.
    fn take_back(&self);
}

/// Nobody: it is as it was found.
impl Lender for () {
    fn lend(&self) {}

    fn take_back(&self) {}
}

/// The program that shows long listings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pager {
    /// The variable that names it; none if it is the usual one.
    variable: Option<&'static str>,
    /// The program and its arguments, as they were written.
    line: String,
}

impl Pager {
    /// The one of `$SAYLOG_PAGER`, or else `$PAGER`, or else the usual one; none if
    /// the first of these that is set says so: it is empty, or `cat`.
    pub(crate) fn of_environment() -> Option<Self> {
        let mut variables = ["SAYLOG_PAGER", "PAGER"].into_iter();
        let named = variables.find_map(|name| Some((name, env::var_os(name)?)));
        Self::new(
            named
                .as_ref()
                .map(|(name, value)| (*name, value.as_os_str())),
        )
    }

    fn new(named: Option<(&'static str, &OsStr)>) -> Option<Self> {
        let line = named.map_or(USUAL.into(), |(_, value)| value.to_string_lossy());
        let line = line.trim();
        (!line.is_empty() && line != "cat").then(|| Self {
            variable: named.map(|(name, _)| name),
            line: line.to_owned(),
        })
    }

    /// Starts it, without a shell. Nothing in its words is expanded.
    ///
    /// # Errors
    /// Why it cannot be run, in a sentence; nothing if it is the usual one, which no
    /// machine needs to have.
    fn start(&self) -> Result<Child, Option<String>> {
        let words = self.words()?;
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdin(Stdio::piped());
        for (name, value) in DEFAULTS {
            if env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        command.spawn().map_err(|error| self.trouble(&error))
    }

    fn words(&self) -> Result<Vec<String>, Option<String>> {
        let words = shell_words::split(&self.line).unwrap_or_default();
        if words.first().is_none_or(String::is_empty) {
            let name = self.variable.unwrap_or("the pager");
            let why = "a quote is not closed; shown without a pager";
            return Err(Some(format!("cannot read {name}, `{}`: {why}", self.line)));
        }
        Ok(words)
    }

    fn trouble(&self, error: &io::Error) -> Option<String> {
        let name = self.variable?;
        let (line, why) = (&self.line, crate::domain::io_reason(error));
        Some(format!(
            "cannot run `{line}` of {name}: {why}; shown without a pager"
        ))
    }

    /// Whether it is known to show colours.
    fn shows_colors(&self) -> bool {
        let program = self.words().unwrap_or_default().into_iter().next();
        let program = program.unwrap_or_default();
        let name = Path::new(&program).file_name().and_then(OsStr::to_str);
        name.is_some_and(|name| WITH_COLORS.contains(&name))
    }
}
