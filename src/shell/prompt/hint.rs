//! What is shown behind the line and below it, in grey.

use colored::Colorize;
use rustyline::Context;
use rustyline::hint::{Hint, Hinter};

use super::columns::Window;
use super::line_helper::LineHelper;
use super::line_state::Purpose;
use super::shown_line::{is_reflowing, write};
use crate::command::{self, SPECS};
use crate::render::{visible_line, wrapped};

/// The tallest menu, in rows.
const MOST_ROWS: usize = 12;

/// What is not in the line, but shown with it.
pub(super) struct LineHint {
    shown: String,
    /// What the right arrow takes of it.
    taken: Option<String>,
}

impl Hint for LineHint {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.taken.as_deref()
    }
}

impl Hinter for LineHelper {
    type Hint = LineHint;

    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<LineHint> {
        // The editor asks for a hint at every change of the line, before anything else.
        if self.state.lock().purpose != Purpose::Answer {
            self.draft.set_line(line);
        }
        let window = Window::now();
        let room = self.shown.borrow_mut().room(window, line, pos);
        if let Some(room) = room.filter(|_| is_reflowing()) {
            write(&room);
        }
        let mut hint = self.suggestion(line, pos);
        if let Some(menu) = self.menu_rows(line, pos, window) {
            hint = Some(LineHint {
                shown: menu,
                taken: None,
            });
        }
        let notice = self.state.lock().notice.clone();
        if let Some(notice) = notice {
            // A row that is full would look like one that goes on.
            let columns = window.columns.saturating_sub(1);
            let rows = wrapped(&visible_line(&notice), Some(columns), 2);
            hint = Some(LineHint {
                shown: format!("\n{}", rows.dimmed()),
                taken: None,
            });
        }
        self.state.lock().has_suggestion = hint.as_ref().is_some_and(|hint| hint.taken.is_some());
        hint
    }
}

impl LineHelper {
    /// The menu below the line, if it belongs to the line as it is.
    fn menu_rows(&self, line: &str, pos: usize, window: Window) -> Option<String> {
        let is_its = self.menu.borrow().as_ref()?.line() == (line.to_owned(), pos);
        if !is_its {
            self.close_menu();
            return None;
        }
        let begin = self.state.lock().begin;
        let rows = window.end_of(line, begin).row + 1;
        // Half of what was said stays in sight.
        let half = (window.rows / 2).min(MOST_ROWS);
        let most = window.rows.saturating_sub(rows + 1).min(half);
        let menu = self.menu.borrow();
        let rows = menu.as_ref()?.rows(most, window.columns);
        (!rows.is_empty()).then_some(rows)
    }

    /// The rest of a command's name and what it takes, or of what was typed before.
    fn suggestion(&self, line: &str, pos: usize) -> Option<LineHint> {
        let is_searching = self.state.lock().is_searching;
        if pos < line.len() || line.trim().is_empty() || is_searching {
            return None;
        }
        if self.is_command(line)
            && let Some(usage) = usage(line.trim_start())
        {
            return Some(usage);
        }
        let purpose = self.state.lock().purpose;
        if purpose != Purpose::Line || self.folds.has_token(line) {
            return None;
        }
        let rest = self.past.suggestion(line)?;
        let fits = self.fitting().fits(&format!("{line}{rest}"));
        fits.then(|| LineHint {
            shown: rest.dimmed().to_string(),
            taken: Some(rest),
        })
    }
}

/// The part of a command's usage that is not typed yet.
fn usage(line: &str) -> Option<LineHint> {
    if line.len() < 2 {
        return None;
    }
    if let Some((name, rest)) = line.split_once(char::is_whitespace) {
        let entry = command::find(name).filter(|_| rest.is_empty())?;
        return hint("", entry.spec.arguments);
    }
    if let Some(spec) = command::find(line).map(|entry| entry.spec) {
        let implied = spec.implied_by(line);
        let arguments = if implied.is_empty() {
            spec.arguments
        } else {
            ""
        };
        return hint("", &space_before(arguments));
    }
    let spec = SPECS.iter().find(|spec| spec.name.starts_with(line))?;
    let rest = &spec.name[line.len()..];
    hint(rest, &space_before(spec.arguments))
}

/// The right arrow takes the name and leaves the arguments.
fn hint(name: &str, arguments: &str) -> Option<LineHint> {
    let shown = format!("{name}{arguments}");
    (!shown.is_empty()).then(|| LineHint {
        shown: shown.dimmed().to_string(),
        taken: (!name.is_empty()).then(|| name.to_owned()),
    })
}

fn space_before(arguments: &str) -> String {
    if arguments.is_empty() {
        String::new()
    } else {
        format!(" {arguments}")
    }
}
