//! What a person asks of the log: the language, and what suits it.
//!
//! A [`Query`] is a [`Filter`], which a store can answer, and words, which have to be
//! looked for in texts. [`terms_of`] says what an index keeps of a text, and
//! [`Narrowing`] what it can say of a question; whether a text suits is decided by
//! [`Query::matches`] alone, with an index or without.
//!
//! Values only: the time and the zone are given.

mod dates;
mod error;
mod filter;
mod fold;
mod letter;
mod narrowing;
mod parse;
mod pattern;
mod places;
mod question;
mod snippet;
mod table;
mod terms;
mod text_wanted;
mod words;

pub(crate) use filter::{Among, Filter, Key};
pub(crate) use narrowing::Narrowing;
pub(crate) use question::Query;
pub(crate) use snippet::snippet;
pub(crate) use terms::terms_of;

#[cfg(test)]
mod tests;
