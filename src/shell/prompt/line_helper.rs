//! Helps with a line while it is typed: the struct that rustyline calls, and what
//! it is asked to do with the line. Colours are in a file of their own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use colored::Color;
use rustyline::completion::Completer;
use rustyline::line_buffer::LineBuffer;
use rustyline::validate::Validator;
use rustyline::{Changeset, Context, Helper};

use super::columns::Window;
use super::completion::Completion;
use super::draft::Draft;
use super::fitting::Fitting;
use super::folds::Folds;
use super::line_state::{LineState, MenuState, Purpose, Wish};
use super::menu::Menu;
use super::past::Past;
use super::recall::RecallWalk;
use super::shown_line::ShownLine;
use crate::domain::UserName;
use crate::render::user_color;

/// Helps the current user.
pub(super) struct LineHelper {
    pub(super) completion: Completion,
    pub(super) past: Rc<Past>,
    pub(super) folds: Folds,
    pub(super) state: LineState,
    /// Learns of every change of the line.
    pub(super) draft: Draft,
    /// The colour of the current user, in which the prompt is shown.
    pub(super) color: Cell<Color>,
    pub(super) menu: RefCell<Option<Menu>>,
    pub(super) walk: RefCell<RecallWalk>,
    /// What is on the screen.
    pub(super) shown: RefCell<ShownLine>,
    /// What the line is to become.
    change: RefCell<Option<(String, usize)>>,
}

impl LineHelper {
    /// A helper that recalls the past and keeps `draft` up to date.
    pub(super) fn new(
        completion: Completion,
        past: Rc<Past>,
        draft: Draft,
        state: LineState,
    ) -> Self {
        Self {
            completion,
            past,
            folds: draft.folds(),
            state,
            draft,
            color: Cell::new(Color::White),
            menu: RefCell::default(),
            walk: RefCell::default(),
            shown: RefCell::default(),
            change: RefCell::default(),
        }
    }

    /// `user` begins a line.
    pub(super) fn begin_line(&self, user: &UserName) {
        self.color.set(user_color(user));
        self.menu.take();
        self.walk.take();
        self.shown.take();
    }

    /// Whether a line, as far as it is typed, is a command.
    pub(super) fn is_command(&self, line: &str) -> bool {
        let line = line.trim_start();
        let is_command = line.starts_with('/') && !line.starts_with("//") && !line.contains('\n');
        is_command && self.state.lock().purpose == Purpose::Line
    }

    /// Whether the line is one of the past as it was found there.
    pub(super) fn is_recalled(&self, line: &str) -> bool {
        self.walk.borrow().is_unchanged(line)
    }

    pub(super) fn fitting(&self) -> Fitting<'_> {
        Fitting {
            folds: &self.folds,
            window: Window::now(),
            from: self.state.lock().begin,
        }
    }

    /// What the line becomes by a wish, and where the cursor goes; none if it
    /// stays as it is.
    fn fulfil(&self, wish: Wish, line: &str, pos: usize) -> Option<(String, usize)> {
        match wish {
            Wish::Set(line, pos) => Some((line, pos)),
            Wish::Older | Wish::Newer if self.state.lock().purpose == Purpose::Answer => None,
            Wish::Older => {
                let mut walk = self.walk.borrow_mut();
                walk.older(&self.past, &self.fitting(), line, pos)
            }
            Wish::Newer => {
                let mut walk = self.walk.borrow_mut();
                walk.newer(&self.past, &self.fitting(), line, pos)
            }
            Wish::Next | Wish::Previous => self.complete_word(wish == Wish::Next, line, pos),
            Wish::Restore => {
                let menu = self.close_menu()?;
                Some(menu.restored())
            }
            Wish::Take => {
                self.close_menu();
                Some((line.to_owned(), pos))
            }
        }
    }

    /// Opens the menu, or goes on in it.
    fn complete_word(&self, is_forward: bool, line: &str, pos: usize) -> Option<(String, usize)> {
        let mut menu = self.menu.borrow_mut();
        if let Some(menu) = &mut *menu {
            menu.walk(is_forward);
            self.state.lock().menu = MenuState::Chosen;
            return Some(menu.line());
        }
        if !self.is_command(line) {
            return None;
        }
        let (from, offers) = self.completion.offers(&line[..pos]);
        let found = Menu::new(line, from, pos, offers)?;
        let changed = found.line();
        if found.has_choice() {
            *menu = Some(found);
            self.state.lock().menu = MenuState::Open;
        }
        Some(changed)
    }

    pub(super) fn close_menu(&self) -> Option<Menu> {
        self.state.lock().menu = MenuState::Closed;
        self.menu.take()
    }
}

impl Helper for LineHelper {}

impl Validator for LineHelper {}

/// The way into the line: the editor hands the line itself to whoever completes
/// it, and what a key wishes is done there, as one step that can be undone.
impl Completer for LineHelper {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let wish = self.state.lock().wish.take();
        let change = wish.and_then(|wish| self.fulfil(wish, line, pos));
        // With exactly one candidate the editor updates the line at once.
        let candidates = change.iter().map(|_| String::from("x")).collect();
        *self.change.borrow_mut() = change;
        Ok((pos, candidates))
    }

    fn update(&self, line: &mut LineBuffer, _: usize, _: &str, changes: &mut Changeset) {
        let Some((text, pos)) = self.change.take() else {
            return;
        };
        if line.as_str() != text {
            line.replace(0..line.len(), &text, changes);
        }
        line.set_pos(pos);
    }
}
