//! Asking a model: one turn, several at once, and what the model is sent.

mod audience;
mod compact;
mod compaction;
mod context;
mod context_messages;
mod context_request;
mod fan_out;
mod incoming;
mod instructions;
mod kept_reply;
mod models;
mod named_sink;
mod question;
mod recover;
mod reply_stream;
mod shortening;
mod show_context;
mod turn;
mod turn_beside;
mod workers;
mod written_summary;

pub(crate) use audience::Audience;
pub(crate) use compact::compact;
pub(in crate::chat) use context_messages::foreign_message;
pub(crate) use fan_out::fan_out;
pub(crate) use models::{choose_model, list_models, model_names, show_model};
pub(in crate::chat) use recover::recover_for;
pub(crate) use recover::{look_again, recover};
pub(crate) use show_context::{
    context_share, show_anybodys_context_at, show_context, show_context_at,
};
pub(crate) use turn::{edit_to, go_on, retry, say};
