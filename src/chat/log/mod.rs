//! Reading the log: listings, single messages, the up-arrow.

mod history;
mod quote;
mod recall;
mod show;

pub use history::history;
pub use quote::quote;
pub use recall::{recall, recall_more};
pub use show::show;
