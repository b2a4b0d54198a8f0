//! The history of the line editor: what the current user said before, from the log.

use std::borrow::Cow;
use std::cell::{RefCell, RefMut};
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use rustyline::history::{History, SearchDirection, SearchResult};

use super::draft_folder::{DraftFile, DraftFolder};
use crate::chat::{Chat, log};
use crate::domain::UserName;
use crate::render::visible;
use crate::store::Recall;
use crate::transcript::is_mark;

/// How far back the up-arrow goes into the log, in messages.
const LOGGED_MESSAGES: usize = 10_000;

/// How many of them are read at once.
const MESSAGES_AT_ONCE: usize = 100;

/// Longer messages, in bytes, are not offered: a line editor is no place for them.
const LONGEST_ENTRY: usize = 64 * 1024;

/// The history of the current user, and of nobody else.
///
/// Messages come from the log, which is read as far as the up-arrow goes. Lines
/// typed in this process, commands among them, are kept here and come first.
///
/// rustyline numbers the entries. Those from the log end at `LOGGED_MESSAGES`,
/// from where those of this process count up.
pub(super) struct LineHistory {
    chat: Rc<RefCell<Chat>>,
    user: Option<UserName>,
    histories: RefCell<HashMap<UserName, UserHistory>>,
    /// The current line belongs to an open block.
    in_block: bool,
    /// Where drafts of earlier runs are.
    drafts: Option<DraftFolder>,
}

/// The history of one user.
#[derive(Default)]
struct UserHistory {
    /// Lines typed in this process, oldest first, after the drafts of earlier runs.
    typed: Vec<TypedLine>,
    /// Messages from the log, newest first, as far as they have been read.
    logged: Vec<String>,
    /// Where in the log to read on: it begins before the first line of this process.
    recall: Option<Recall>,
    is_at_end: bool,
}

struct TypedLine {
    text: String,
    /// Where it waits, if it is a draft that nobody has looked at yet.
    unseen: Option<DraftFile>,
}

impl LineHistory {
    /// A history without a user yet.
    pub(super) fn new(chat: Rc<RefCell<Chat>>, drafts: Option<DraftFolder>) -> Self {
        Self {
            chat,
            user: None,
            histories: RefCell::default(),
            in_block: false,
            drafts,
        }
    }

    /// Shows the history of this user from now on, `in_block` as text.
    pub(super) fn begin_line(&mut self, user: &UserName, in_block: bool) {
        self.history_of(user);
        self.user = Some(user.clone());
        self.in_block = in_block;
    }

    /// The history of a user, which begins with the drafts of earlier runs.
    fn history_of(&self, user: &UserName) -> RefMut<'_, UserHistory> {
        RefMut::map(self.histories.borrow_mut(), |histories| {
            histories.entry(user.clone()).or_insert_with(|| {
                let drafts = self.drafts.as_ref().map(|folder| folder.read(user));
                let typed = drafts.into_iter().flatten().map(|draft| TypedLine {
                    text: safe(&draft.text),
                    unseen: Some(draft.file),
                });
                UserHistory {
                    typed: typed.collect(),
                    ..UserHistory::default()
                }
            })
        })
    }

    /// The current user sees the entry at `index`. A draft that has been seen is
    /// in the person's hands again: the next run does not offer it. The others wait.
    fn show(&self, index: usize) {
        let (Some(user), Some(at)) = (&self.user, index.checked_sub(LOGGED_MESSAGES)) else {
            return;
        };
        let mut history = self.history_of(user);
        let line = history.typed.get_mut(at);
        if let Some(file) = line.and_then(|line| line.unseen.take()) {
            file.remove();
        }
    }

    /// Adds a line that `user` typed.
    pub(super) fn remember(&mut self, user: &UserName, text: &str) {
        let mut history = self.history_of(user);
        // The log is read up to here, before this line gets into it.
        history.begin(&self.chat, user);
        if text.len() <= LONGEST_ENTRY
            && !text.trim().is_empty()
            && history.typed.last().is_none_or(|last| last.text != text)
        {
            if history.typed.len() >= LOGGED_MESSAGES {
                history.typed.remove(0);
            }
            history.typed.push(TypedLine {
                text: safe(text),
                unseen: None,
            });
        }
    }

    /// Looks at the entry at `index`; the newest entry has the highest index.
    fn entry<T>(&self, index: usize, look: impl FnOnce(&str) -> T) -> Option<T> {
        let user = self.user.as_ref()?;
        let mut history = self.history_of(user);
        let look = |text: &str| look(if self.in_block { as_text(text) } else { text });
        match index.checked_sub(LOGGED_MESSAGES) {
            Some(recent) => history.typed.get(recent).map(|line| look(&line.text)),
            None => {
                let back = LOGGED_MESSAGES - 1 - index;
                history.read_back(back, &self.chat, user);
                history.logged.get(back).map(|text| look(text))
            }
        }
    }

    fn find(
        &self,
        start: usize,
        direction: SearchDirection,
        matches: impl Fn(&str) -> Option<usize>,
    ) -> Option<SearchResult<'_>> {
        let mut index = start;
        loop {
            let found = self.entry(index, |text| {
                matches(text).map(|pos| (text.to_owned(), pos))
            });
            match (found, direction) {
                (Some(Some((text, pos))), _) => {
                    self.show(index);
                    return Some(SearchResult {
                        entry: Cow::Owned(text),
                        idx: index,
                        pos,
                    });
                }
                (None, SearchDirection::Reverse) => return None,
                (_, SearchDirection::Reverse) => index = index.checked_sub(1)?,
                (_, SearchDirection::Forward) if index + 1 < self.len() => index += 1,
                (_, SearchDirection::Forward) => return None,
            }
        }
    }
}

impl UserHistory {
    /// Fixes the place in the log from which it is read backwards, once.
    fn begin(&mut self, chat: &Rc<RefCell<Chat>>, user: &UserName) {
        if self.recall.is_none() && !self.is_at_end {
            self.recall = log::recall(&mut chat.borrow_mut(), user).ok();
            self.is_at_end = self.recall.is_none();
        }
    }

    /// Reads from the log until there are more than `back` entries from it.
    fn read_back(&mut self, back: usize, chat: &Rc<RefCell<Chat>>, user: &UserName) {
        self.begin(chat, user);
        while self.logged.len() <= back && !self.is_at_end {
            let Some(recall) = &mut self.recall else {
                return;
            };
            // A store that cannot be read has no history; the next line will say why.
            let page = log::recall_more(&mut chat.borrow_mut(), recall, MESSAGES_AT_ONCE)
                .unwrap_or_default();
            self.is_at_end = page.is_empty();
            for text in page {
                if text.len() > LONGEST_ENTRY || is_mark(&text) {
                    continue;
                }
                let typed = as_typed(&text);
                if self.logged.last().is_none_or(|last| *last != typed) {
                    self.logged.push(typed);
                }
            }
        }
    }
}

/// A message as it has to be typed, unless it is a mark, which would open a block.
pub(super) fn as_typed(message: &str) -> String {
    safe(&doubled(message))
}

/// A message with the second slash that one line needs to be no command.
pub(super) fn doubled(message: &str) -> Cow<'_, str> {
    if message.starts_with('/') && !message.contains('\n') {
        format!("/{message}").into()
    } else {
        message.into()
    }
}

/// An entry as it has to be typed in an open block, where a slash needs no second one.
fn as_text(typed: &str) -> &str {
    match typed.strip_prefix('/') {
        Some(text) if text.starts_with('/') && !text.contains('\n') => text,
        _ => typed,
    }
}

/// Replaces control characters, which the editor would write to the terminal, by
/// their visible forms.
fn safe(text: &str) -> String {
    visible(text).into_owned()
}

impl History for LineHistory {
    fn get(
        &self,
        index: usize,
        direction: SearchDirection,
    ) -> rustyline::Result<Option<SearchResult<'_>>> {
        // Asked for the first entry there is, go up from the bottom.
        let mut at = index;
        if direction == SearchDirection::Forward && index == 0 {
            self.entry(0, |_| ());
            let oldest = self.user.as_ref().and_then(|user| {
                self.histories
                    .borrow()
                    .get(user)
                    .map(|history| LOGGED_MESSAGES - history.logged.len())
            });
            at = oldest.unwrap_or(LOGGED_MESSAGES);
        }
        Ok(self.entry(at, str::to_owned).map(|text| {
            self.show(at);
            SearchResult {
                entry: Cow::Owned(text),
                idx: at,
                pos: 0,
            }
        }))
    }

    fn len(&self) -> usize {
        let recent = self.user.as_ref().and_then(|user| {
            self.histories
                .borrow()
                .get(user)
                .map(|history| history.typed.len())
        });
        LOGGED_MESSAGES + recent.unwrap_or(0)
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
