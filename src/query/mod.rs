//! What a person asks of the log: the language, and what suits it.
//!
//! [`terms_of`] says what an index keeps of a text, and
//! [`Narrowing`] what it can say of what is wanted; whether that occurs in a text is
//! decided by looking at it, with an index or without.

#![cfg_attr(
    not(test),
    expect(
        dead_code,
        unused_imports,
        reason = "the commands that search come after it"
    )
)]

mod fold;
mod letter;
mod narrowing;
mod terms;
mod text_wanted;

pub(crate) use narrowing::Narrowing;
pub(crate) use terms::terms_of;
pub(crate) use text_wanted::TextWanted;

#[cfg(test)]
mod tests;
