//! The up-arrow: what the current user said before, out of the log.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use rustyline::history::{History, SearchDirection, SearchResult};

use crate::chat::Chat;
use crate::domain::{UserName, is_deceptive};
use crate::render::visible;
use crate::store::Recall;

/// How far back the up-arrow goes into the log, in messages.
const DEPTH: usize = 10_000;

/// How many of them are read at once.
const PAGE: usize = 100;

/// Longer messages are not offered: a line editor is no place for them.
const LONGEST: usize = 64 * 1024;

/// The past of whoever is speaking, and of nobody else.
///
/// Messages come from the log, read as the up-arrow gets to them; lines typed
/// in this process, commands among them, are remembered here and come first.
pub struct Past {
    chat: Rc<RefCell<Chat>>,
    user: Option<UserName>,
    memories: RefCell<HashMap<UserName, Memory>>,
}

#[derive(Default)]
struct Memory {
    /// Lines typed in this process, oldest first.
    recent: Vec<String>,
    /// Messages from the log, newest first, as far as they have been read.
    old: Vec<String>,
    /// Where in the log reading goes on: before the first line of this process.
    recall: Option<Recall>,
    ended: bool,
}

impl Past {
    /// A past that belongs to nobody yet.
    pub fn new(chat: Rc<RefCell<Chat>>) -> Self {
        Self {
            chat,
            user: None,
            memories: RefCell::default(),
        }
    }

    /// From now on it is this user's.
    pub fn belongs_to(&mut self, user: &UserName) {
        self.user = Some(user.clone());
    }

    /// Keeps a line that `user` typed, as it has to be typed to mean the same.
    pub fn remember(&mut self, user: &UserName, text: &str) {
        let mut memories = self.memories.borrow_mut();
        let memory = memories.entry(user.clone()).or_default();
        // The log is read up to here, before this line gets into it.
        memory.begin(&self.chat, user);
        if text.len() <= LONGEST
            && !text.trim().is_empty()
            && memory.recent.last().is_none_or(|last| last != text)
        {
            if memory.recent.len() >= DEPTH {
                memory.recent.remove(0);
            }
            memory.recent.push(safe(text));
        }
    }

    /// Looks at the entry at `index`; the newest has the highest.
    fn entry<T>(&self, index: usize, look: impl FnOnce(&str) -> T) -> Option<T> {
        let user = self.user.as_ref()?;
        let mut memories = self.memories.borrow_mut();
        let memory = memories.entry(user.clone()).or_default();
        match index.checked_sub(DEPTH) {
            Some(recent) => memory.recent.get(recent).map(|text| look(text)),
            None => {
                let back = DEPTH - 1 - index;
                memory.read_back(back, &self.chat, user);
                memory.old.get(back).map(|text| look(text))
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

impl Memory {
    /// Marks where in the log the past of this process begins.
    fn begin(&mut self, chat: &Rc<RefCell<Chat>>, user: &UserName) {
        if self.recall.is_none() && !self.ended {
            self.recall = chat.borrow_mut().recall(user).ok();
            self.ended = self.recall.is_none();
        }
    }

    /// Reads on until the entry that is `back` entries from the newest is there.
    fn read_back(&mut self, back: usize, chat: &Rc<RefCell<Chat>>, user: &UserName) {
        self.begin(chat, user);
        while self.old.len() <= back && !self.ended {
            let Some(recall) = &mut self.recall else {
                return;
            };
            // A store that cannot be read has no past; the next line will tell why.
            let page = chat
                .borrow_mut()
                .recall_more(recall, PAGE)
                .unwrap_or_default();
            self.ended = page.is_empty();
            for text in page {
                if text.len() > LONGEST || text == "\"\"\"" {
                    continue;
                }
                let typed = as_typed(&text);
                if self.old.last().is_none_or(|last| *last != typed) {
                    self.old.push(typed);
                }
            }
        }
    }
}

/// A message as it has to be typed: one that begins with a slash gets a second one.
pub fn as_typed(message: &str) -> String {
    if message.starts_with('/') && !message.contains('\n') {
        safe(&format!("/{message}"))
    } else {
        safe(message)
    }
}

/// The editor would put control characters into the line and on the terminal:
/// they come back as what is shown for them.
fn safe(text: &str) -> String {
    if text.chars().any(is_deceptive) {
        visible(text).into_owned()
    } else {
        text.to_owned()
    }
}

impl History for Past {
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
                self.memories
                    .borrow()
                    .get(user)
                    .map(|memory| DEPTH - memory.old.len())
            });
            at = oldest.unwrap_or(DEPTH);
        }
        Ok(self.entry(at, str::to_owned).map(|text| SearchResult {
            entry: Cow::Owned(text),
            idx: at,
            pos: 0,
        }))
    }

    fn len(&self) -> usize {
        let recent = self.user.as_ref().and_then(|user| {
            self.memories
                .borrow()
                .get(user)
                .map(|memory| memory.recent.len())
        });
        DEPTH + recent.unwrap_or(0)
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

    // The past is the log: the editor neither adds to it nor keeps a file.

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
