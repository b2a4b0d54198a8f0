//! Help while a line is being typed: completion, a grey hint, colours.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use colored::{Color, Colorize};
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

use crate::chat::Chat;
use crate::command::spec::Argument;
use crate::command::{self, SPECS};
use crate::domain::{Result, UserName, is_deceptive};
use crate::render::{user_color, visible_line};

/// How many users are offered at most, and how many sessions: what fits a screen.
const USERS: usize = 60;
const SESSIONS: usize = 20;

/// Helps with commands; what is said to the model is nobody's business.
pub struct Assistant {
    chat: Rc<RefCell<Chat>>,
    color: Color,
}

impl Assistant {
    /// An assistant that knows the users and sessions of `chat`.
    pub fn new(chat: Rc<RefCell<Chat>>) -> Self {
        Self {
            chat,
            color: Color::White,
        }
    }

    /// Shows the prompt in this user's colour.
    pub fn helps(&mut self, user: &UserName) {
        self.color = user_color(user);
    }

    /// What may stand where the end of `typed` stands as the argument of a
    /// command: where that end begins, and the words.
    fn arguments(&self, argument: Argument, typed: &str) -> (usize, Vec<String>) {
        // Nothing is offered while the store cannot be read; a line would tell why.
        let mut chat = self.chat.borrow_mut();
        let (from, words) = match argument {
            Argument::User => (0, chat.users_like(typed, USERS).map(|users| named(&users))),
            Argument::Session => (0, chat.sessions_like(typed, SESSIONS)),
            Argument::Model => (0, Ok(chat.models_like(typed))),
            Argument::Persona { flag } => match after(typed, flag) {
                Some(from) => (from, Ok(chat.personas_like(&typed[from..]))),
                None => (0, Ok(beginning(&[flag], typed))),
            },
            Argument::Audience { flag } => match after(typed, flag) {
                Some(from) => {
                    let from = from + last_of_list(&typed[from..]);
                    (from, Ok(chat.personas_like(&typed[from..])))
                }
                None if typed.starts_with('-') => (0, Ok(beginning(&[flag], typed))),
                None => {
                    let from = last_of_list(typed);
                    let users = chat.users_like(&typed[from..], USERS);
                    let quoted = |users: Vec<UserName>| users.iter().map(in_list).collect();
                    let mut words: Result<Vec<String>> = users.map(quoted);
                    if let (true, Ok(words)) = (typed.is_empty(), &mut words) {
                        words.push(flag.to_owned());
                    }
                    (from, words)
                }
            },
            Argument::Command => {
                let words: Vec<_> = SPECS.iter().map(|spec| spec.word()).collect();
                (0, Ok(beginning(&words, typed)))
            }
            Argument::Words(words) => {
                let from = typed.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                (from, Ok(beginning(words, &typed[from..])))
            }
            Argument::Word(words) => (0, Ok(beginning(words, typed))),
            Argument::Any => (0, Ok(Vec::new())),
        };
        (from, words.unwrap_or_default())
    }
}

fn named(users: &[UserName]) -> Vec<String> {
    users.iter().map(ToString::to_string).collect()
}

/// A name as it stands in a list of names.
fn in_list(user: &UserName) -> String {
    let quoted = user.quoted();
    if user.as_str().contains(',') && !quoted.starts_with('"') {
        return format!("\"{quoted}\"");
    }
    quoted.into_owned()
}

/// Those of these words that begin with what is typed.
fn beginning(words: &[&str], typed: &str) -> Vec<String> {
    let words = words.iter().filter(|word| word.starts_with(typed));
    words.map(ToString::to_string).collect()
}

/// Where the word behind a flag begins, if it is being typed.
fn after(typed: &str, flag: &str) -> Option<usize> {
    let rest = typed.strip_prefix(flag)?;
    let word = rest.trim_start();
    let is_next = word.len() < rest.len() && !word.contains(char::is_whitespace);
    is_next.then_some(typed.len() - word.len())
}

/// Where the last name of a list begins.
fn last_of_list(typed: &str) -> usize {
    typed.rfind(',').map_or(0, |at| at + 1)
}

impl Helper for Assistant {}

impl Validator for Assistant {}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = &line[..pos];
        if !is_command(line) {
            return Ok((pos, Vec::new()));
        }
        let Some((name, rest)) = typed.split_once(char::is_whitespace) else {
            return Ok((0, names(typed)));
        };
        let Some(spec) = command::find(name).map(|entry| entry.spec) else {
            return Ok((pos, Vec::new()));
        };
        if !spec.implied_by(name).is_empty() {
            return Ok((pos, Vec::new()));
        }
        let argument = rest.trim_start();
        let (from, offers) = self.arguments(spec.argument, argument);
        let pairs = offers.into_iter().map(|word| Pair {
            display: visible_line(&word),
            replacement: word,
        });
        Ok((pos - argument.len() + from, pairs.collect()))
    }
}

/// The commands and aliases that begin with what is typed.
fn names(typed: &str) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for spec in SPECS {
        let aliases = spec.aliases.iter().map(|alias| (alias.name, ""));
        for (name, arguments) in std::iter::once((spec.name, spec.arguments)).chain(aliases) {
            // Aliases are for the fingers that know them: alone `/` offers only names.
            if name.starts_with(typed) && (name == spec.name || typed.len() > 1) {
                let space = if arguments.is_empty() { "" } else { " " };
                pairs.push(Pair {
                    display: name.to_owned(),
                    replacement: format!("{name}{space}"),
                });
            }
        }
    }
    pairs
}

/// Whether a line, as far as it is typed, is a command.
fn is_command(line: &str) -> bool {
    line.starts_with('/') && !line.starts_with("//") && !line.contains('\n')
}

/// The usage of the command being typed, as far as it is not typed yet.
pub struct Usage {
    shown: String,
    /// How much of it is the rest of the name, which the right arrow accepts.
    name: usize,
}

impl Hint for Usage {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        (self.name > 0).then(|| &self.shown[..self.name])
    }
}

impl Hinter for Assistant {
    type Hint = Usage;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<Usage> {
        if pos < line.len() || line.len() < 2 || !is_command(line) {
            return None;
        }
        if let Some((name, rest)) = line.split_once(char::is_whitespace) {
            let entry = command::find(name).filter(|_| rest.is_empty())?;
            return usage(entry.spec.arguments, 0);
        }
        if let Some(spec) = command::find(line).map(|entry| entry.spec) {
            let implied = spec.implied_by(line);
            let arguments = if implied.is_empty() {
                spec.arguments
            } else {
                ""
            };
            return usage(&space_before(arguments), 0);
        }
        let spec = SPECS.iter().find(|spec| spec.name.starts_with(line))?;
        let rest = &spec.name[line.len()..];
        usage(
            &format!("{rest}{}", space_before(spec.arguments)),
            rest.len(),
        )
    }
}

fn usage(shown: &str, name: usize) -> Option<Usage> {
    (!shown.is_empty()).then(|| Usage {
        shown: shown.to_owned(),
        name,
    })
}

fn space_before(arguments: &str) -> String {
    if arguments.is_empty() {
        String::new()
    } else {
        format!(" {arguments}")
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let shown = shown(line);
        if !is_command(line) {
            return shown;
        }
        let end = shown.find(char::is_whitespace).unwrap_or(shown.len());
        let (name, rest) = shown.split_at(end);
        let is_known = command::find(name).is_some();
        let may_become = rest.is_empty() && !names(name).is_empty();
        if is_known {
            format!("{}{rest}", name.cyan().bold()).into()
        } else if may_become {
            shown
        } else {
            format!("{}{rest}", name.red()).into()
        }
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        prompt.color(self.color).to_string().into()
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        hint.dimmed().to_string().into()
    }

    fn highlight_char(&self, line: &str, _: usize, _: CmdKind) -> bool {
        // Otherwise the editor writes the typed character by itself, raw.
        line.starts_with('/') || line.chars().any(is_deceptive)
    }
}

/// The line as the terminal may see it: of the same width as the editor counts.
///
/// The editor counts control characters, and escape sequences as a whole, as
/// having no width, so exactly these are left out. (The message keeps them, and
/// a notice says so.) All of ESC, C0 and C1 go, so no sequence can come together.
fn shown(line: &str) -> Cow<'_, str> {
    if !line.chars().any(|c| is_deceptive(c) && c != '\n') {
        return line.into();
    }
    let mut shown = String::with_capacity(line.len());
    let mut in_sequence = Sequence::No;
    for c in line.chars() {
        in_sequence = match (in_sequence, c) {
            (Sequence::Begun, '[') | (Sequence::Control, ';' | '0'..='9') => Sequence::Control,
            (Sequence::Begun | Sequence::Control, _) => Sequence::No,
            (Sequence::No, '\x1b') => Sequence::Begun,
            (Sequence::No, _) => {
                if !is_deceptive(c) || c == '\n' || c == '\t' {
                    shown.push(c);
                }
                Sequence::No
            }
        };
    }
    shown.into()
}

/// How far into an escape sequence the editor's count of columns is.
#[derive(Clone, Copy)]
enum Sequence {
    No,
    Begun,
    Control,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_reaches_the_terminal() {
        for (line, expected) in [
            ("a\x1b]52;c;x\x07b", "a52;c;xb"),
            ("\x1b\x1b[31mx", "[31mx"),
            ("a\x1b[31mb", "ab"),
            ("a\u{9b}31mb", "a31mb"),
            ("a\nb\tc", "a\nb\tc"),
            ("你好\u{202e}x", "你好x"),
        ] {
            assert_eq!(shown(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_newline_inside_a_sequence_is_not_written() {
        assert_eq!(shown("a\x1b\nb"), "ab");
    }
}
