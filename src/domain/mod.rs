//! What saylog talks about: users, sessions, messages, events, errors.
//!
//! Values only: nothing here reads a clock, a terminal, a file or a random
//! number. Code further up does that and passes the result in.

mod citation;
mod error;
mod error_from;
mod error_kind;
mod event;
mod file_fault;
mod granted;
mod ids;
mod invisible;
mod message;
mod moves;
mod problem;
mod receipt;
mod record;
mod reference;
mod reply;
mod reply_details;
mod save_fault;
mod scope;
mod sent;
mod sentence;
mod session;
mod setting_fault;
mod take_fault;
mod taken;
mod text;
mod text_error;
mod transfer;
mod user;
mod value_error;
mod work;
mod zone;

pub(crate) use citation::Citation;
pub(crate) use error::{Error, Result};
pub(crate) use event::*;
pub(crate) use file_fault::{FileFault, Rest};
pub(crate) use granted::Granted;
pub(crate) use ids::{MessageId, MessageName, MoveId, SessionId, SessionKey};
pub(crate) use invisible::{
    CONTEXT_CHARACTERS, Standing, context, has_stray, is_stray, is_unseen, standing,
};
pub(crate) use message::{Draft, Message, Role, Status, Timestamp, Usage};
pub(crate) use moves::{Inverse, MoveKind, Moved};
pub(crate) use problem::{Problem, ProblemKind};
pub(crate) use receipt::{Appended, Late, Receipt, Ticket};
pub(crate) use record::{
    Links, MessageRecord, MoveRecord, NamedPlace, Numbered, NumberedMove, SentLinks, SessionHead,
    SessionState, SourceKey, former_number, is_of_program,
};
pub(crate) use reference::Reference;
pub(crate) use reply::{ContextMessage, Progress, Retry, RetryReason};
pub(crate) use reply_details::{LENGTH, OwnedReplyDetails, ReplyDetails};
pub(crate) use save_fault::SaveFault;
pub(crate) use scope::Scope;
pub(crate) use sent::{OwnedSent, Sent};
pub(crate) use sentence::{io_reason, sentence};
pub(crate) use session::{QUOTED_CHARACTERS, SessionSummary, preview_of};
pub(crate) use setting_fault::SettingFault;
pub(crate) use take_fault::TakeFault;
pub(crate) use taken::{CopyWay, TakenText};
pub(crate) use text::{is_blank, is_invisible, is_same_text, shows_nothing, without_nul};
pub(crate) use text_error::TextError;
pub(crate) use transfer::{BrokenRecord, Exported, Imported, StoreCopied};
pub(crate) use user::{NameError, UserName};
pub(crate) use value_error::{JsonKind, ValueError};
pub(crate) use work::Work;
pub(crate) use zone::Zone;

/// The longest message, in bytes: a line or a `"""` block beyond it is refused.
pub(crate) const MESSAGE_LIMIT: usize = 16 * 1024 * 1024;
