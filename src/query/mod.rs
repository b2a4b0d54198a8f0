//! What a person asks of the log: the language, and what suits it.
//!
//! A [`Query`] is a [`Filter`], which a store can answer, and words, which have to be
//! looked for in texts. [`terms_of`] says what an index keeps of a text, and
//! [`Narrowing`] what it can say of a question; whether a text suits is decided by
//! [`Query::matches`] alone, with an index or without.
//!
//! Values only: the time and the zone are given.

#![cfg_attr(
    not(test),
    expect(
        dead_code,
        unused_imports,
        reason = "the commands that search come after it"
    )
)]

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

pub(crate) use error::{QueryError, QueryFault};
pub(crate) use filter::{Among, Filter, Key};
pub(crate) use narrowing::Narrowing;
pub(crate) use pattern::Pattern;
pub(crate) use question::Query;
pub(crate) use snippet::snippet;
pub(crate) use terms::terms_of;
pub(crate) use text_wanted::TextWanted;
pub(crate) use words::{Clause, Term, Wanted};

#[cfg(test)]
mod tests;
