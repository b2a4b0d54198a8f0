//! Messages that a group adds, column by column.

use std::sync::LazyLock;

use super::super::codes;
use super::super::rows::MessageRow;
use super::client::Value;
use super::columns::Column;
use crate::domain::MessageId;

/// How many values the messages of a group are: the nonce, and a column each.
pub(super) const MESSAGE_VALUES: usize = 21;

/// Where messages are added, in the order of these values.
pub(super) const MESSAGES: &str = "saylog.messages
        (nonce, id, session, seq, parent, previous, depth, system, floor, oldest, created_at,
         said_at, prompt_tokens, reply_tokens, role, status, content, model, finish_reason,
         reasoning, citations)";

/// Copies messages in, in the same order.
pub(super) static COPY_MESSAGES: LazyLock<String> =
    LazyLock::new(|| format!("COPY {MESSAGES} FROM STDIN (FORMAT binary)"));

/// Adds messages. Lists that are unnested beside each other in the output come row by row; in
/// FROM the server would first keep each of them as a table, which takes twice as long.
pub(super) static ADD_MESSAGES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO {MESSAGES}
         SELECT $1, unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::bigint[]),
             unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::bigint[]),
             unnest($8::bigint[]), unnest($9::bigint[]), unnest($10::bigint[]),
             unnest($11::bigint[]), unnest($12::bigint[]), unnest($13::bigint[]),
             unnest($14::bigint[]), unnest($15::smallint[]), unnest($16::smallint[]),
             unnest($17::text[]), unnest($18::text[]), unnest($19::text[]),
             unnest($20::text[]), unnest($21::text[])"
    )
});

/// Messages, column by column. Of a column that may be NULL everything behind its last value
/// is left out: where a list ends, the server takes NULL while others go on.
#[derive(Default)]
pub(super) struct MessageColumns {
    pub(super) ids: Vec<i64>,
    sessions: Vec<i64>,
    seqs: Vec<i64>,
    parents: Vec<Option<i64>>,
    previous: Vec<Option<i64>>,
    depths: Vec<Option<i64>>,
    systems: Vec<Option<i64>>,
    floors: Vec<Option<i64>>,
    oldest: Vec<Option<i64>>,
    created_at: Vec<i64>,
    said_at: Vec<Option<i64>>,
    prompt_tokens: Vec<Option<i64>>,
    reply_tokens: Vec<Option<i64>>,
    roles: Vec<i16>,
    statuses: Vec<i16>,
    contents: Vec<String>,
    models: Vec<Option<String>>,
    finish_reasons: Vec<Option<String>>,
    reasonings: Vec<Option<String>>,
    citations: Vec<Option<String>>,
}

impl MessageColumns {
    /// Adds a message.
    pub(super) fn push(&mut self, id: i64, row: &MessageRow<'_>) {
        let number = |id: Option<MessageId>| id.map(|id| id.0);
        let text = |text: Option<&str>| text.map(str::to_owned);
        let at = self.ids.len();
        self.ids.push(id);
        self.sessions.push(row.session.0);
        self.seqs.push(row.seq);
        put(&mut self.parents, at, number(row.parent));
        put(&mut self.previous, at, number(row.previous));
        put(&mut self.depths, at, row.depth);
        put(&mut self.systems, at, number(row.system));
        put(&mut self.floors, at, number(row.floor));
        put(&mut self.oldest, at, number(row.oldest));
        self.created_at.push(row.created_at.0);
        put(&mut self.said_at, at, row.said_at.map(|at| at.0));
        let usage = row.usage;
        put(&mut self.prompt_tokens, at, usage.map(|usage| usage.prompt));
        put(&mut self.reply_tokens, at, usage.map(|usage| usage.reply));
        self.roles.push(codes::of_role(row.role));
        self.statuses.push(codes::of_status(row.status));
        self.contents.push(row.content.to_owned());
        put(&mut self.models, at, text(row.model));
        let details = row.details;
        put(&mut self.finish_reasons, at, text(details.finish_reason));
        put(&mut self.reasonings, at, text(details.reasoning));
        put(&mut self.citations, at, text(details.citations));
    }

    /// The columns of [`COPY_MESSAGES`].
    pub(super) fn columns<'a>(&'a self, nonce: &'a i64) -> [Column<'a>; MESSAGE_VALUES] {
        [
            Column::Same(nonce),
            Column::Numbers(&self.ids),
            Column::Numbers(&self.sessions),
            Column::Numbers(&self.seqs),
            Column::MaybeNumbers(&self.parents),
            Column::MaybeNumbers(&self.previous),
            Column::MaybeNumbers(&self.depths),
            Column::MaybeNumbers(&self.systems),
            Column::MaybeNumbers(&self.floors),
            Column::MaybeNumbers(&self.oldest),
            Column::Numbers(&self.created_at),
            Column::MaybeNumbers(&self.said_at),
            Column::MaybeNumbers(&self.prompt_tokens),
            Column::MaybeNumbers(&self.reply_tokens),
            Column::Codes(&self.roles),
            Column::Codes(&self.statuses),
            Column::Texts(&self.contents),
            Column::MaybeTexts(&self.models),
            Column::MaybeTexts(&self.finish_reasons),
            Column::MaybeTexts(&self.reasonings),
            Column::MaybeTexts(&self.citations),
        ]
    }

    /// The values of [`ADD_MESSAGES`].
    pub(super) fn values<'a>(&'a self, nonce: &'a i64) -> [Value<'a>; MESSAGE_VALUES] {
        self.columns(nonce).map(Column::whole)
    }
}

/// Puts a value into a column, at this place.
fn put<T>(column: &mut Vec<Option<T>>, at: usize, value: Option<T>) {
    if value.is_some() {
        column.resize_with(at, || None);
        column.push(value);
    }
}
