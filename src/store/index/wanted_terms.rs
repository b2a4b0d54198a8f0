//! What is wanted, as sets of terms: for a store that keeps the terms of its messages
//! itself.

use super::entry::{REASONING, Tag, entry, word};
use super::expression::{IndexQuery, MOST_OF_ALL, MOST_OF_ANY, is_complete, told_statuses};
use crate::domain::{Message, Status};
use crate::query::{Among, Narrowing};

/// The terms that a message has to have, and those that it must not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct WantedTerms {
    /// All of these,
    pub(in crate::store) all: Vec<String>,
    /// one of each of these,
    pub(in crate::store) any: Vec<Vec<String>>,
    /// and none of these.
    pub(in crate::store) none: Vec<String>,
    /// No message at all suits.
    pub(in crate::store) is_nothing: bool,
}

impl WantedTerms {
    /// What a query wants, as far as whole terms say it: beginnings of words are left to
    /// whoever reads the text.
    pub(in crate::store) fn of(query: &IndexQuery) -> Self {
        let mut wanted = Self::default();
        wanted.add_words(&query.words, query.in_reasoning);
        wanted.add_tags(&query.users, |user| Tag::User(user.as_str()));
        wanted.add_tags(&query.sessions, |id| Tag::Session(*id));
        wanted.add_tags(&query.roles, |role| Tag::Role(*role));
        wanted.add_tags(&query.models, |model| Tag::Model(model));
        wanted.add_tags(&query.sources, |source| Tag::Source(source));
        let told = told_statuses(&query.statuses);
        let is_left = query
            .statuses
            .none_of
            .iter()
            .any(|status| is_complete(*status))
            && told.one_of.is_empty();
        if is_left {
            let rest = [Status::Interrupted, Status::Failed].to_vec();
            wanted.add_one_of(rest.iter().map(|status| Tag::Status(*status)));
        }
        wanted.add_tags(&told, |status| Tag::Status(*status));
        wanted.none.truncate(MOST_OF_ANY);
        wanted
    }

    /// The terms of the words alone.
    pub(in crate::store) fn words(query: &IndexQuery) -> Vec<String> {
        let mut words = Self::default();
        words.add_words(&query.words, query.in_reasoning);
        let any = words.any.into_iter().flatten();
        words.all.into_iter().chain(any).take(MOST_OF_ALL).collect()
    }

    fn add_words(&mut self, wanted: &Narrowing, in_reasoning: bool) {
        match wanted {
            Narrowing::All(parts) => {
                for part in parts {
                    self.add_words(part, in_reasoning);
                }
            }
            Narrowing::Any(parts) => {
                let terms = parts.iter().map(|part| one_term(part, in_reasoning));
                // What is no single term lets too much through to be asked for.
                if let Some(terms) = terms.collect::<Option<Vec<_>>>() {
                    self.add_any(terms);
                }
            }
            part => {
                let term = one_term(part, in_reasoning);
                let has_room = self.all.len() < MOST_OF_ALL;
                self.all.extend(term.filter(|_| has_room));
            }
        }
    }

    fn add_any(&mut self, mut terms: Vec<String>) {
        match terms.len() {
            0 => self.is_nothing = true,
            1 => self.all.append(&mut terms),
            MOST_OF_ANY.. => {}
            _ => self.any.push(terms),
        }
    }

    fn add_one_of<'a>(&mut self, tags: impl Iterator<Item = Tag<'a>>) {
        let written: Vec<String> = tags.map(written).collect();
        if !written.is_empty() {
            self.add_any(written);
        }
    }

    fn add_tags<'a, T>(&mut self, among: &'a Among<T>, tag: impl Fn(&'a T) -> Tag<'a>) {
        self.add_one_of(among.one_of.iter().map(&tag));
        // What shares its tag with others is left to whoever reads the names.
        let none_of = among.none_of.iter().map(&tag).filter(|tag| tag.is_exact());
        self.none.extend(none_of.map(written));
    }
}

fn written(tag: Tag<'_>) -> String {
    let mut written = String::new();
    tag.write(&mut written);
    written
}

/// The term that a part wants, if it is one whole term.
fn one_term(wanted: &Narrowing, in_reasoning: bool) -> Option<String> {
    let Narrowing::Term(term) = wanted else {
        return None;
    };
    let mut written = String::new();
    if in_reasoning {
        written.push(REASONING);
    }
    word(term, &mut written);
    Some(written).filter(|_| !term.is_empty())
}

/// The terms of a message, each once.
pub(in crate::store) fn terms_of_message(message: &Message<'_>) -> Vec<String> {
    let mut text = String::new();
    entry(message, &mut text);
    let mut terms: Vec<String> = text.split(' ').map(str::to_owned).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}
