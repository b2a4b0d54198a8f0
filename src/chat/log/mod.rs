//! Reading the log: listings, single messages, the up-arrow.

mod history;
mod quote;
mod recall;
mod show;

pub(crate) use history::history;
pub(crate) use quote::quote;
pub(crate) use recall::{recall, recall_more};
pub(crate) use show::show;
