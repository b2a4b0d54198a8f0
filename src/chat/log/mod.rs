//! Reading the log: listings, single messages, the up-arrow.

mod history;
mod quote;
mod recall;
mod show;

pub use history::{list_global, list_session, list_user, read};
pub use quote::quote;
pub use recall::{recall, recall_more};
pub use show::show;
