//! The up-arrow: from the line to earlier ones, and back.

use std::collections::HashMap;

use super::fitting::Fitting;
use super::past::Past;

/// Where in the past the line is.
///
/// The walk begins with what was typed: only lines that begin like that are shown.
/// What is changed on the way stays changed until the line is sent.
#[derive(Default)]
pub(super) struct RecallWalk {
    at: Option<usize>,
    /// What was typed before the cursor when the walk began.
    begun: String,
    /// What was typed, and where the cursor was.
    draft: (String, usize),
    /// The entry that was shown last.
    shown: String,
    changed: HashMap<usize, String>,
}

impl RecallWalk {
    /// The entry before the line, and the place of the cursor in it; none if there
    /// is no earlier one.
    pub(super) fn older(
        &mut self,
        past: &Past,
        fitting: &Fitting<'_>,
        line: &str,
        pos: usize,
    ) -> Option<(String, usize)> {
        self.leave(fitting, line, pos);
        let mut index = self.at.unwrap_or(past.len());
        loop {
            index = index.checked_sub(1)?;
            let text = past.entry(index, str::to_owned)?;
            if text.starts_with(&self.begun) {
                let entry = self.changed.get(&index).cloned();
                let entry = entry.unwrap_or_else(|| fitting.whole(&text));
                if entry != line {
                    return Some(self.show(past, index, entry));
                }
            }
        }
    }

    /// The entry behind the line, and at last what was typed.
    pub(super) fn newer(
        &mut self,
        past: &Past,
        fitting: &Fitting<'_>,
        line: &str,
        pos: usize,
    ) -> Option<(String, usize)> {
        let at = self.at?;
        self.leave(fitting, line, pos);
        for index in at + 1..past.len() {
            let text = past.entry(index, str::to_owned)?;
            if text.starts_with(&self.begun) {
                let entry = self.changed.get(&index).cloned();
                let entry = entry.unwrap_or_else(|| fitting.whole(&text));
                if entry != line {
                    return Some(self.show(past, index, entry));
                }
            }
        }
        self.at = None;
        self.shown.clear();
        Some(self.draft.clone())
    }

    /// Whether the line is an entry as it was found.
    pub(super) fn is_unchanged(&self, line: &str) -> bool {
        self.at.is_some_and(|at| !self.changed.contains_key(&at)) && line == self.shown
    }

    /// Keeps what was typed, or changed, before another line is shown.
    fn leave(&mut self, fitting: &Fitting<'_>, line: &str, pos: usize) {
        match self.at {
            None => {
                self.begun = fitting.folds.expand(&line[..pos]);
                self.draft = (line.to_owned(), pos);
            }
            Some(at) if line != self.shown => {
                self.changed.insert(at, line.to_owned());
            }
            Some(_) => {}
        }
    }

    fn show(&mut self, past: &Past, index: usize, entry: String) -> (String, usize) {
        past.show(index);
        self.at = Some(index);
        self.shown.clone_from(&entry);
        let end = entry.len();
        (entry, end)
    }
}
