//! What the current user typed and said before, and nobody else.

use std::cell::{Cell, RefCell, RefMut};
use std::collections::HashMap;
use std::rc::Rc;

use super::command_file::CommandFile;
use super::draft_folder::{DraftFile, DraftFolder};
use super::typed_text::{as_text, as_typed, safe};
use crate::chat::{Chat, log};
use crate::domain::{MESSAGE_LIMIT, MessageId, UserName};
use crate::store::Recall;
use crate::transcript::is_mark;

/// How far back the up-arrow goes into the log, in messages.
pub(super) const LOGGED_MESSAGES: usize = 10_000;

/// How many of them are read at once.
const MESSAGES_AT_ONCE: usize = 100;

/// How much of the log, and of what is typed, is kept in memory, in bytes.
const KEPT_BYTES: usize = 2 * MESSAGE_LIMIT;

/// How many entries are looked through for a suggestion.
const SUGGESTED_FROM: usize = 200;

/// The longest suggestion, in bytes.
const LONGEST_SUGGESTION: usize = 300;

/// The past of each user of this process, of whom one is current.
///
/// Messages come from the log, which is read as far as the up-arrow goes, and
/// between them commands of earlier runs from a file. Lines typed in this process,
/// commands among them, are kept here and come first.
///
/// Entries have numbers. Those from earlier end at `LOGGED_MESSAGES`, from where
/// those of this process count up.
pub(super) struct Past {
    chat: Rc<RefCell<Chat>>,
    user: RefCell<Option<UserName>>,
    users: RefCell<HashMap<UserName, UserPast>>,
    /// The current line belongs to an open block.
    in_block: Cell<bool>,
    /// Where drafts and commands of earlier runs are.
    folder: Option<DraftFolder>,
}

/// The past of one user.
#[derive(Default)]
struct UserPast {
    /// Lines typed in this process, oldest first, after the drafts of earlier runs.
    typed: Vec<TypedLine>,
    /// Messages from the log and commands of earlier runs, newest first, as far as
    /// they have been read.
    logged: Vec<String>,
    bytes: usize,
    /// Where in the log to read on: it begins before the first line of this process.
    recall: Option<Recall>,
    is_at_end: bool,
    /// Commands of earlier runs, newest last, each with the newest message of the
    /// log then: as far as they are not in `logged` yet.
    commands: Vec<(MessageId, String)>,
    file: Option<CommandFile>,
}

struct TypedLine {
    text: String,
    /// Where it waits, if it is a draft that nobody has looked at yet.
    unseen: Option<DraftFile>,
}

impl Past {
    /// A past without a user yet.
    pub(super) fn new(chat: Rc<RefCell<Chat>>, folder: Option<DraftFolder>) -> Self {
        Self {
            chat,
            user: RefCell::default(),
            users: RefCell::default(),
            in_block: Cell::default(),
            folder,
        }
    }

    /// Shows the past of this user from now on, `in_block` as text.
    pub(super) fn begin_line(&self, user: &UserName, in_block: bool) {
        self.of(user);
        *self.user.borrow_mut() = Some(user.clone());
        self.in_block.set(in_block);
    }

    /// The past of a user, which begins with the drafts of earlier runs.
    fn of(&self, user: &UserName) -> RefMut<'_, UserPast> {
        RefMut::map(self.users.borrow_mut(), |users| {
            users.entry(user.clone()).or_insert_with(|| {
                let drafts = self.folder.as_ref().map(|folder| folder.read(user));
                let typed = drafts.into_iter().flatten().map(|draft| TypedLine {
                    text: safe(&draft.text),
                    unseen: Some(draft.file),
                });
                let file = self.folder.as_ref();
                let file = file.map(|folder| CommandFile::new(folder, user));
                UserPast {
                    typed: typed.collect(),
                    commands: file.as_ref().map(CommandFile::read).unwrap_or_default(),
                    file,
                    ..UserPast::default()
                }
            })
        })
    }

    fn current(&self) -> Option<UserName> {
        self.user.borrow().clone()
    }

    /// The current user sees this entry. A draft that has been seen is in the
    /// person's hands again: the next run does not offer it. The others wait.
    pub(super) fn show(&self, index: usize) {
        let (Some(user), Some(at)) = (self.current(), index.checked_sub(LOGGED_MESSAGES)) else {
            return;
        };
        let mut past = self.of(&user);
        let line = past.typed.get_mut(at);
        if let Some(file) = line.and_then(|line| line.unseen.take()) {
            file.remove();
        }
    }

    /// Adds a line that `user` typed.
    pub(super) fn remember(&self, user: &UserName, text: &str) {
        let mut past = self.of(user);
        // The log is read up to here, before this line gets into it.
        past.begin(&self.chat, user);
        if text.trim().is_empty() || past.typed.last().is_some_and(|last| last.text == text) {
            return;
        }
        past.typed.push(TypedLine {
            text: safe(text),
            unseen: None,
        });
        let typed = &mut past.typed;
        let mut bytes: usize = typed.iter().map(|line| line.text.len()).sum();
        let mut oldest = 0;
        while typed.len() - oldest > LOGGED_MESSAGES
            || bytes > KEPT_BYTES && oldest + 1 < typed.len()
        {
            bytes -= typed[oldest].text.len();
            oldest += 1;
        }
        typed.drain(..oldest);
    }

    /// Keeps a command that `user` typed for later runs.
    pub(super) fn keep_command(&self, user: &UserName, command: &str) {
        let mut past = self.of(user);
        if let Some(file) = &mut past.file
            && let Ok(newest) = log::newest(&mut self.chat.borrow_mut())
        {
            file.add(newest, command);
        }
    }

    /// How many entries there may be: the newest has the highest number.
    pub(super) fn len(&self) -> usize {
        let typed = self.current().map(|user| self.of(&user).typed.len());
        LOGGED_MESSAGES + typed.unwrap_or(0)
    }

    /// The number of the oldest entry that has been read.
    pub(super) fn oldest(&self) -> usize {
        let read = self.current().map(|user| self.of(&user).logged.len());
        LOGGED_MESSAGES - read.unwrap_or(0)
    }

    /// Looks at the entry at `index`.
    pub(super) fn entry<T>(&self, index: usize, look: impl FnOnce(&str) -> T) -> Option<T> {
        let user = self.current()?;
        let mut past = self.of(&user);
        let in_block = self.in_block.get();
        let look = |text: &str| {
            if in_block {
                look(&as_text(text))
            } else {
                look(text)
            }
        };
        match index.checked_sub(LOGGED_MESSAGES) {
            Some(recent) => past.typed.get(recent).map(|line| look(&line.text)),
            None => {
                let back = LOGGED_MESSAGES - 1 - index;
                past.read_back(back, &self.chat, &user);
                past.logged.get(back).map(|text| look(text))
            }
        }
    }

    /// The rest of the newest line that begins like this and was typed in one go.
    pub(super) fn suggestion(&self, line: &str) -> Option<String> {
        let newest = self.len();
        let rest = |text: &str| {
            let rest = text.strip_prefix(line)?;
            let is_short = rest.len() <= LONGEST_SUGGESTION && !text.contains('\n');
            (is_short && !rest.trim().is_empty()).then(|| rest.to_owned())
        };
        for back in 1..=newest.min(SUGGESTED_FROM) {
            if let Some(found) = self.entry(newest - back, rest)? {
                return Some(found);
            }
        }
        None
    }
}

impl UserPast {
    /// Fixes the place in the log from which it is read backwards, once.
    fn begin(&mut self, chat: &Rc<RefCell<Chat>>, user: &UserName) {
        if self.recall.is_none() && !self.is_at_end {
            self.recall = log::recall(&mut chat.borrow_mut(), user).ok();
            if self.recall.is_none() {
                self.ends();
            }
        }
    }

    /// Reads from the log until there are more than `back` entries from it.
    fn read_back(&mut self, back: usize, chat: &Rc<RefCell<Chat>>, user: &UserName) {
        self.begin(chat, user);
        while self.logged.len() <= back && !self.is_at_end {
            let Some(recall) = &mut self.recall else {
                return;
            };
            // A store that cannot be read has no past; the next line will say why.
            let page = log::recall_more(&mut chat.borrow_mut(), recall, MESSAGES_AT_ONCE)
                .unwrap_or_default();
            if page.is_empty() {
                self.ends();
            }
            for (id, text) in page {
                while let Some((_, command)) = self.commands.pop_if(|(newest, _)| *newest >= id) {
                    self.add(command);
                }
                if !is_mark(&text) {
                    self.add(as_typed(&text));
                }
            }
            if self.bytes > KEPT_BYTES {
                self.ends();
            }
        }
    }

    /// There is no more of the log; what was typed before it follows.
    fn ends(&mut self) {
        self.is_at_end = true;
        while let Some((_, command)) = self.commands.pop() {
            self.add(command);
        }
    }

    fn add(&mut self, text: String) {
        if self.logged.last().is_none_or(|last| *last != text)
            && self.logged.len() < LOGGED_MESSAGES
        {
            self.bytes += text.len();
            self.logged.push(text);
        }
    }
}
