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
pub(super) const INTO_MESSAGES: &str = "INSERT INTO saylog.messages
        (nonce, id, session, seq, parent, previous, depth, system, floor, oldest, created_at,
         said_at, prompt_tokens, reply_tokens, role, status, content, model, finish_reason,
         reasoning, citations)";

/// Copies messages in, in the same order.
pub(super) const COPY_MESSAGES: &str = "COPY saylog.messages
        (nonce, id, session, seq, parent, previous, depth, system, floor, oldest, created_at,
         said_at, prompt_tokens, reply_tokens, role, status, content, model, finish_reason,
         reasoning, citations)
    FROM STDIN (FORMAT binary)";

/// Adds messages.
pub(super) static ADD_MESSAGES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{INTO_MESSAGES}
         SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
             $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
             $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::smallint[],
             $16::smallint[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[])"
    )
});

/// Messages, column by column.
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
        self.ids.push(id);
        self.sessions.push(row.session.0);
        self.seqs.push(row.seq);
        self.parents.push(number(row.parent));
        self.previous.push(number(row.previous));
        self.depths.push(row.depth);
        self.systems.push(number(row.system));
        self.floors.push(number(row.floor));
        self.oldest.push(number(row.oldest));
        self.created_at.push(row.created_at.0);
        self.said_at.push(row.said_at.map(|at| at.0));
        self.prompt_tokens.push(row.usage.map(|usage| usage.prompt));
        self.reply_tokens.push(row.usage.map(|usage| usage.reply));
        self.roles.push(codes::of_role(row.role));
        self.statuses.push(codes::of_status(row.status));
        self.contents.push(row.content.to_owned());
        self.models.push(text(row.model));
        self.finish_reasons.push(text(row.details.finish_reason));
        self.reasonings.push(text(row.details.reasoning));
        self.citations.push(text(row.details.citations));
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
