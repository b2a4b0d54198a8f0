//! The past as the line editor searches it.

use std::borrow::Cow;
use std::path::Path;
use std::rc::Rc;

use rustyline::history::{History, SearchDirection, SearchResult};

use super::columns::Window;
use super::fitting::Fitting;
use super::folds::Folds;
use super::line_state::{LineState, Purpose};
use super::past::Past;

/// The history of the current user, and of nobody else: what is long is folded.
pub(super) struct LineHistory {
    pub(super) past: Rc<Past>,
    pub(super) folds: Folds,
    pub(super) state: LineState,
}

impl LineHistory {
    /// An entry as it may stand in the line, with the place of a match in it.
    fn result(&self, index: usize, text: &str, pos: usize) -> SearchResult<'_> {
        let fitting = Fitting {
            folds: &self.folds,
            window: Window::now(),
            from: self.state.lock().begin,
        };
        self.past.show(index);
        let entry = fitting.whole(text);
        let pos = if entry == text { pos } else { entry.len() };
        SearchResult {
            entry: Cow::Owned(entry),
            idx: index,
            pos,
        }
    }

    fn find(
        &self,
        start: usize,
        direction: SearchDirection,
        matches: impl Fn(&str) -> Option<usize>,
    ) -> Option<SearchResult<'_>> {
        if self.state.lock().purpose == Purpose::Answer {
            return None;
        }
        let mut index = start;
        loop {
            let found = (self.past).entry(index, |text| {
                matches(text).map(|pos| (text.to_owned(), pos))
            });
            match (found, direction) {
                (Some(Some((text, pos))), _) => return Some(self.result(index, &text, pos)),
                (None, SearchDirection::Reverse) => return None,
                (_, SearchDirection::Reverse) => index = index.checked_sub(1)?,
                (_, SearchDirection::Forward) if index + 1 < self.past.len() => index += 1,
                (_, SearchDirection::Forward) => return None,
            }
        }
    }
}

impl History for LineHistory {
    fn get(
        &self,
        index: usize,
        direction: SearchDirection,
    ) -> rustyline::Result<Option<SearchResult<'_>>> {
        if self.state.lock().purpose == Purpose::Answer {
            return Ok(None);
        }
        // Asked for the first entry there is, go up from the bottom.
        let mut at = index;
        if direction == SearchDirection::Forward && index == 0 {
            self.past.entry(0, |_| ());
            at = self.past.oldest();
        }
        let text = self.past.entry(at, str::to_owned);
        Ok(text.map(|text| self.result(at, &text, 0)))
    }

    fn len(&self) -> usize {
        self.past.len()
    }

    fn is_empty(&self) -> bool {
        false
    }

    fn search(
        &self,
        term: &str,
        start: usize,
        direction: SearchDirection,
    ) -> rustyline::Result<Option<SearchResult<'_>>> {
        if term.is_empty() {
            return Ok(None);
        }
        Ok(self.find(start, direction, |text| text.find(term)))
    }

    fn starts_with(
        &self,
        term: &str,
        start: usize,
        direction: SearchDirection,
    ) -> rustyline::Result<Option<SearchResult<'_>>> {
        Ok(self.find(start, direction, |text| {
            text.starts_with(term).then_some(term.len())
        }))
    }

    // The log is the history: the editor neither adds to it nor keeps a file.

    fn add(&mut self, _: &str) -> rustyline::Result<bool> {
        Ok(false)
    }

    fn add_owned(&mut self, _: String) -> rustyline::Result<bool> {
        Ok(false)
    }

    fn set_max_len(&mut self, _: usize) -> rustyline::Result<()> {
        Ok(())
    }

    fn ignore_dups(&mut self, _: bool) -> rustyline::Result<()> {
        Ok(())
    }

    fn ignore_space(&mut self, _: bool) {}

    fn save(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn append(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn load(&mut self, _: &Path) -> rustyline::Result<()> {
        Ok(())
    }

    fn clear(&mut self) -> rustyline::Result<()> {
        Ok(())
    }
}
