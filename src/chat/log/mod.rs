//! Reading the log: listings, single messages, the up-arrow.

mod history;
mod quote;
mod recall;
mod show;

pub(crate) use history::{history, list_log};
pub(crate) use quote::quote;
pub(crate) use recall::{newest, recall, recall_more, recent};
pub(crate) use show::show;
