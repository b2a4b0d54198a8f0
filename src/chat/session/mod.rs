//! The sessions of the current user: started, named, listed, returned to.

mod archive;
mod choose;
mod find;
mod fork;
mod list;
mod offers;
mod persona;
mod resume;
mod start;
mod system;

pub(crate) use archive::{archive, bring_back};
pub(crate) use choose::{resume_chosen, resume_or_ask};
pub(super) use find::{find, may_begin_id};
pub(crate) use fork::{fork, fork_at};
pub(crate) use list::{Listed, list};
pub(crate) use offers::{SessionOffer, archived_offers, offers};
pub(crate) use persona::{list_personas, persona_names};
pub(crate) use resume::{resume, resume_unasked};
pub(super) use start::current_or_started;
pub(crate) use start::{rename, start, start_if_none};
pub(crate) use system::{set_system, show_system};
