//! What completes commands and their arguments.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::file_reader::FileReader;
use super::super::set::{self, SettingsDesk};
use super::offers::{Offer, best, matches, matching, suiting};
use super::path_completion;
use crate::chat::log::ReplyCode;
use crate::chat::session::SessionOffer;
use crate::chat::{Chat, ask, log, session, users};
use crate::command::named_file::last_path;
use crate::command::spec::{Argument, FORMAT_FLAG};
use crate::command::topics::{TOPICS, Topic};
use crate::command::{self, SPECS};
use crate::domain::{UserName, preview_of};
use crate::format::{Form, Program};
use crate::query::Key;
use crate::render::age_in_words;

/// How many users, sessions and messages are offered at most.
const OFFERED: usize = 200;

/// How much of a block of code is offered with its number, in characters.
const FIRST_WORDS: usize = 60;

/// How many of an id's characters tell a session from others at a glance.
const ID_CHARACTERS: usize = 4;

/// Completes from a chat, and paths from the files that can be said.
pub(super) struct Completion {
    pub(super) chat: Rc<RefCell<Chat>>,
    pub(super) files: FileReader,
    pub(super) settings: SettingsDesk,
}

impl Completion {
    /// What can complete the word before the cursor of a command: where the word
    /// begins, and the words for it.
    pub(super) fn offers(&self, typed: &str) -> (usize, Vec<Offer>) {
        let blanks = typed.len() - typed.trim_start().len();
        let Some((name, rest)) = typed[blanks..].split_once(char::is_whitespace) else {
            return (blanks, names(&typed[blanks..]));
        };
        let argument = rest.trim_start();
        let begin = typed.len() - argument.len();
        let Some(spec) = command::find(name).map(|entry| entry.spec) else {
            return (begin, Vec::new());
        };
        if !spec.implied_by(name).is_empty() {
            return (begin, Vec::new());
        }
        let last = argument.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        if argument[last..].starts_with('#') && spec.arguments.contains('#') {
            return (begin + last, self.messages(&argument[last..]));
        }
        let (from, offers) = self.arguments(spec.argument, argument);
        (begin + from, offers)
    }

    /// What can complete the arguments typed so far: where the word to replace
    /// begins, and the words for it.
    fn arguments(&self, argument: Argument, typed: &str) -> (usize, Vec<Offer>) {
        match argument {
            Argument::User => (0, self.users(typed, ToString::to_string)),
            Argument::Session => (0, self.sessions(typed)),
            Argument::SessionOrArchived { flag } => match archived(typed, flag) {
                Some(from) => (from, self.archived(&typed[from..])),
                None if typed.starts_with('-') => (0, matching([flag], typed)),
                None => (0, self.sessions(typed)),
            },
            Argument::Model => (0, matching(ask::model_names(&self.chat.borrow()), typed)),
            Argument::Persona { flag } => match after(typed, flag) {
                Some(from) => (from, self.personas(&typed[from..])),
                None => (0, matching([flag], typed)),
            },
            Argument::Audience { flag } => match after(typed, flag) {
                Some(from) => {
                    let from = from + last_of_list(&typed[from..]);
                    (from, self.personas(&typed[from..]))
                }
                None if typed.starts_with('-') => (0, matching([flag], typed)),
                None => {
                    let from = last_of_list(typed);
                    let mut offers = self.users(&typed[from..], in_list);
                    if typed.is_empty() {
                        offers.push(Offer::word(flag));
                    }
                    (from, offers)
                }
            },
            Argument::Command => {
                let specs = SPECS.iter().map(|spec| (spec.word(), spec.summary));
                let is_new = |topic: &&Topic| command::find(&format!("/{}", topic.name)).is_none();
                let topics = TOPICS.iter().filter(is_new);
                let topics = topics.map(|topic| (topic.name, topic.summary));
                let words = specs.chain(topics).map(|(word, summary)| Offer {
                    notes: vec![summary.to_owned()],
                    ..Offer::word(word)
                });
                (0, suiting(words, typed))
            }
            Argument::Query { words } => self.query(typed, words),
            Argument::Grouped { words, keys } => self.grouped(typed, words, keys),
            Argument::Words(words) => {
                let from = typed.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                (from, matching(words, &typed[from..]))
            }
            Argument::Word(words) => (0, matching(words, typed)),
            Argument::Path => (0, path_completion::paths(typed, &self.files)),
            Argument::Paths { flags } => self.paths(typed, flags),
            Argument::Code => self.code(typed),
            Argument::Setting => self.setting(typed),
            Argument::Any => (0, Vec::new()),
        }
    }

    // Nothing is offered while the store cannot be read; the next line will say why.

    fn users(&self, typed: &str, written: impl Fn(&UserName) -> String) -> Vec<Offer> {
        let mut chat = self.chat.borrow_mut();
        let mut found = users::matching(&mut chat, typed, OFFERED).unwrap_or_default();
        let others = users::matching(&mut chat, "", OFFERED).unwrap_or_default();
        for user in others {
            if !found.contains(&user) {
                found.push(user);
            }
        }
        let found = found
            .iter()
            .filter_map(|user| Some((matches(user.as_str(), typed)?, Offer::word(written(user)))));
        best(found)
    }

    /// Files, the flags among them, and the words for a form.
    fn paths(&self, typed: &str, flags: &[&'static str]) -> (usize, Vec<Offer>) {
        let from = last_path(typed);
        let word = &typed[from..];
        if is_behind_format(&typed[..from]) {
            return (from, matching(Program::ALL.map(Program::word), word));
        }
        if word.starts_with('-') {
            return (from, matching(flags.iter().copied(), word));
        }
        (from, path_completion::paths(word, &self.files))
    }

    /// The words at the beginning, what has to follow the first of them, and filters.
    fn grouped(
        &self,
        typed: &str,
        words: &[&'static str],
        keys: &[&'static str],
    ) -> (usize, Vec<Offer>) {
        let last = typed.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let before: Vec<_> = typed[..last].split_whitespace().collect();
        if before.first() == words.first() && before.len() == 1 {
            return (last, matching(keys.iter().copied(), &typed[last..]));
        }
        self.query(typed, if before.is_empty() { words } else { &[] })
    }

    /// The keys of filters, the words at the beginning, and the values of a filter.
    fn query(&self, typed: &str, words: &[&'static str]) -> (usize, Vec<Offer>) {
        let last = typed.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let word = &typed[last..];
        if words.contains(&FORMAT_FLAG) && is_behind_format(&typed[..last]) {
            return (last, matching(Form::ALL.map(Form::word), word));
        }
        let begins = typed[..last]
            .split_whitespace()
            .all(|it| words.contains(&it));
        let first = words.iter().filter(|it| begins && it.starts_with(word));
        if begins && word.starts_with("--") {
            return (last, first.map(|it| Offer::word(*it)).collect());
        }
        let from = last + usize::from(word.starts_with('-'));
        let word = &typed[from..];
        if let Some((key, value)) = word.split_once(':') {
            let from = from + key.len() + 1;
            let offers = match Key::parse(key) {
                Some(Key::In) => matching(["session", "user", "global", "reasoning"], value),
                Some(Key::Role) => matching(["system", "user", "ai"], value),
                Some(Key::Status) => matching(["complete", "interrupted", "failed"], value),
                Some(Key::Source) => matching(Program::ALL.map(Program::word), value),
                Some(Key::User) => self.users(value, |user| user.quoted().into_owned()),
                Some(Key::Model) => matching(ask::model_names(&self.chat.borrow()), value),
                _ => Vec::new(),
            };
            return (from, offers);
        }
        let keys = Key::ALL.iter().map(|key| format!("{}:", key.word()));
        let keys = keys.filter(|key| !word.is_empty() && key.starts_with(word));
        let offers = first
            .map(|it| Offer::word(*it))
            .chain(keys.map(Offer::word));
        (from, offers.collect())
    }

    fn personas(&self, typed: &str) -> Vec<Offer> {
        matching(session::persona_names(&self.chat.borrow()), typed)
    }

    fn sessions(&self, typed: &str) -> Vec<Offer> {
        let mut chat = self.chat.borrow_mut();
        let found = session::offers(&mut chat, typed, OFFERED).unwrap_or_default();
        let mut offers: Vec<_> = found.into_iter().map(session_offer).collect();
        if !typed.is_empty() && "latest".starts_with(typed) {
            offers.push(Offer::word("latest"));
        }
        offers
    }

    fn archived(&self, typed: &str) -> Vec<Offer> {
        let mut chat = self.chat.borrow_mut();
        let found = session::archived_offers(&mut chat, typed, OFFERED).unwrap_or_default();
        found.into_iter().map(session_offer).collect()
    }

    /// The names of settings, the words that one may be, and the flag that saves it.
    fn setting(&self, typed: &str) -> (usize, Vec<Offer>) {
        const SAVE: &str = "--save";
        let Some((key, rest)) = typed.split_once(char::is_whitespace) else {
            let offered = self.settings.offered(&mut self.chat.borrow_mut());
            let offers = offered.into_iter().map(|(key, value)| Offer {
                notes: vec![preview_of(&value, FIRST_WORDS)],
                ..Offer::word(key)
            });
            return (0, suiting(offers, typed));
        };
        let last = typed.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let word = &typed[last..];
        if word.starts_with('-') || rest.trim_start().len() > word.len() {
            let may_follow = |offer: &Offer| !offer.word.is_empty() && word.starts_with('-');
            let offers = matching([SAVE], word).into_iter().filter(may_follow);
            return (last, offers.collect());
        }
        (last, matching(set::words(key), word))
    }

    /// Blocks of code by their numbers, and behind one, or where it is none, a path.
    fn code(&self, typed: &str) -> (usize, Vec<Offer>) {
        let digits = typed.bytes().take_while(u8::is_ascii_digit).count();
        let rest = &typed[digits..];
        if digits > 0 && rest.starts_with(char::is_whitespace) {
            let from = typed.len() - rest.trim_start().len();
            return (from, path_completion::paths(&typed[from..], &self.files));
        }
        if !rest.is_empty() {
            return (0, path_completion::paths(typed, &self.files));
        }
        let blocks = ReplyCode::last(&mut self.chat.borrow_mut()).map(|code| code.blocks);
        let offers = blocks.unwrap_or_default().into_iter().map(|block| {
            let lines = block.lines();
            let s = if lines == 1 { "" } else { "s" };
            let language = block.language.as_deref().unwrap_or_default();
            let words = preview_of(&block.content, FIRST_WORDS);
            Offer {
                word: block.number.unwrap_or_default().to_string(),
                name: String::new(),
                notes: vec![language.to_owned(), format!("{lines} line{s}"), words],
            }
        });
        (
            0,
            offers
                .filter(|offer| offer.word.starts_with(typed))
                .collect(),
        )
    }

    /// Messages by their numbers: those whose number begins like this.
    fn messages(&self, typed: &str) -> Vec<Offer> {
        let mut chat = self.chat.borrow_mut();
        let found = log::recent(&mut chat, OFFERED).unwrap_or_default();
        let offers = found.into_iter().map(|message| Offer {
            word: format!("#{}", message.id),
            name: String::new(),
            notes: vec![message.role.word().to_owned(), message.words],
        });
        offers
            .filter(|offer| offer.word.starts_with(typed))
            .collect()
    }
}

fn session_offer(found: SessionOffer) -> Offer {
    let id = found.session.to_string();
    let s = if found.messages == 1 { "" } else { "s" };
    Offer {
        word: found.word,
        name: format!("{}…", &id[..ID_CHARACTERS]),
        notes: vec![
            found.name.unwrap_or_default(),
            age_in_words(found.age),
            format!("{} message{s}", found.messages),
        ],
    }
}

/// Where what is archived begins to be named, behind a flag.
fn archived(typed: &str, flag: &str) -> Option<usize> {
    let rest = typed.strip_prefix(flag)?;
    let name = rest.trim_start();
    (name.len() < rest.len()).then_some(typed.len() - name.len())
}

/// The commands and aliases that suit what is typed.
pub(super) fn names(typed: &str) -> Vec<Offer> {
    let mut found = Vec::new();
    let begun = typed.trim_start_matches('/');
    for spec in SPECS {
        let aliases = spec.aliases.iter().map(|alias| (alias.name, ""));
        for (name, arguments) in std::iter::once((spec.name, spec.arguments)).chain(aliases) {
            // `/` alone offers names only; who uses an alias knows how it begins.
            let is_offered = name == spec.name || name.starts_with(typed) && !begun.is_empty();
            if let Some(how) = matches(&name[1..], begun).filter(|_| is_offered) {
                let space = if arguments.is_empty() { "" } else { " " };
                let offer = Offer {
                    notes: vec![spec.summary.to_owned()],
                    ..Offer::word(format!("{name}{space}"))
                };
                found.push((how, offer));
            }
        }
    }
    best(found)
}

/// A name as it stands in a list of names.
fn in_list(user: &UserName) -> String {
    let quoted = user.quoted();
    if user.as_str().contains(',') && !quoted.starts_with('"') {
        return format!("\"{quoted}\"");
    }
    quoted.into_owned()
}

/// Where the word after a flag begins, if it is being typed.
fn after(typed: &str, flag: &str) -> Option<usize> {
    let rest = typed.strip_prefix(flag)?;
    let word = rest.trim_start();
    let is_next = word.len() < rest.len() && !word.contains(char::is_whitespace);
    is_next.then_some(typed.len() - word.len())
}

/// Whether a form is to follow what was typed.
fn is_behind_format(typed: &str) -> bool {
    typed.split_whitespace().next_back() == Some(FORMAT_FLAG)
}

/// Where the last name of a list begins.
fn last_of_list(typed: &str) -> usize {
    typed.rfind(',').map_or(0, |at| at + 1)
}
