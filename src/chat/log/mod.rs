//! Reading the log: listings, single messages, the up-arrow.

mod arrival;
mod beside;
mod candidates;
mod export;
mod filtered;
mod follow;
mod history;
mod import;
mod join;
mod quote;
mod recall;
mod search;
mod secret_count;
mod show;
mod stats;
mod suits;
mod take;
mod transfer_progress;

pub(crate) use export::export;
pub(crate) use filtered::list_suiting;
pub(crate) use follow::{follow, newest_now};
pub(crate) use history::{history, list_log};
pub(crate) use import::{ImportSource, ReadSource, import};
pub(crate) use join::{JoinSource, join};
pub(super) use quote::is_quotation;
pub(crate) use quote::quote;
pub(crate) use recall::{newest, recall, recall_more, recent};
pub(crate) use search::search;
pub(crate) use show::show;
pub(crate) use stats::{Grouping, stats};
pub(crate) use take::{ReplyCode, last_reply, text_of};
