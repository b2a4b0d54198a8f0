//! Helps with a line while it is typed: the struct that rustyline calls, and the
//! grey hint. Completion and colours are in files of their own.

use std::cell::RefCell;
use std::rc::Rc;

use colored::Color;
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

use super::super::file_reader::FileReader;
use super::draft::Draft;
use crate::chat::Chat;
use crate::command::{self, SPECS};
use crate::domain::UserName;
use crate::render::user_color;

/// Helps with commands only, not with what is said to the model.
pub(super) struct LineHelper {
    pub(super) chat: Rc<RefCell<Chat>>,
    /// What paths are completed by.
    pub(super) files: FileReader,
    /// The colour of the current user, in which the prompt is shown.
    pub(super) color: Color,
    /// The line belongs to an open block, where nothing is a command.
    in_block: bool,
    /// Learns of every change of the line.
    draft: Draft,
}

impl LineHelper {
    /// A helper that completes users, sessions and models from `chat`.
    pub(super) fn new(chat: Rc<RefCell<Chat>>, files: FileReader, draft: Draft) -> Self {
        Self {
            chat,
            files,
            color: Color::White,
            in_block: false,
            draft,
        }
    }

    /// `user` begins a line, `in_block` one of an open block.
    pub(super) fn begin_line(&mut self, user: &UserName, in_block: bool) {
        self.color = user_color(user);
        self.in_block = in_block;
    }

    /// Whether a line, as far as it is typed, is a command.
    pub(super) fn is_command(&self, line: &str) -> bool {
        let is_command = line.starts_with('/') && !line.starts_with("//") && !line.contains('\n');
        is_command && !self.in_block
    }
}

impl Helper for LineHelper {}

impl Validator for LineHelper {}

/// The part of a command's usage that is not typed yet.
pub(super) struct UsageHint {
    shown: String,
    /// How much of it is the rest of the name, which the right arrow key accepts.
    name: usize,
}

impl Hint for UsageHint {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        (self.name > 0).then(|| &self.shown[..self.name])
    }
}

impl Hinter for LineHelper {
    type Hint = UsageHint;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<UsageHint> {
        // The editor asks for a hint at every change of the line, before anything else.
        self.draft.set_line(line);
        if pos < line.len() || line.len() < 2 || !self.is_command(line) {
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

fn usage(shown: &str, name: usize) -> Option<UsageHint> {
    (!shown.is_empty()).then(|| UsageHint {
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
