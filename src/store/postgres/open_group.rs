//! What an open group has to write, until it is sent: all of it in one round trip.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::backend::Newest;
use super::super::codes;
use super::super::rows::{End, MessageRow, MoveRow};
use super::client::{Ask, Value};
use super::{ends, guess};
use crate::domain::{MessageId, SessionId, SessionKey, SourceKey};

/// A group of writes.
pub(super) struct OpenGroup {
    /// Drawn for this group: what it has written carries it.
    pub(super) nonce: i64,
    /// Where the sessions stand that it has locked.
    pub(super) ends: HashMap<SessionKey, End>,
    /// Ids that were drawn and are not used yet.
    pub(super) ids: VecDeque<i64>,
    /// The last one that was drawn at all.
    pub(super) last_drawn: i64,
    /// How many ids it was guessed to draw.
    pub(super) count_drawn: usize,
    /// The newest message, its own if it has some.
    pub(super) newest: Newest,
    /// Where its only session is thought to stand, if nothing was asked yet: neither that
    /// nor its ids are certain.
    pub(super) guess: Option<(SessionKey, End)>,
    /// Something by which is seen whether it has become durable.
    pub(super) mark: Option<Mark>,
    messages: MessageColumns,
    sent: SentColumns,
    origins: (Vec<Vec<u8>>, Vec<i64>),
    moves: Vec<(SessionKey, MoveRow)>,
    changes: BTreeMap<SessionKey, ends::EndChange>,
    end_columns: ends::EndColumns,
    gone_partials: (Vec<i64>, Vec<String>),
}

/// Something that a group has written, under its nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A message: its session and its number in that.
    Message(SessionKey, i64),
    /// A move.
    Move(i64),
    /// A session.
    Session(SessionId),
}

/// Messages, column by column.
#[derive(Default)]
struct MessageColumns {
    ids: Vec<i64>,
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
    /// The values of [`ADD_MESSAGES`].
    fn values<'a>(&'a self, nonce: &'a i64) -> [Value<'a>; MESSAGE_VALUES] {
        [
            value(nonce, Type::INT8),
            value(&self.ids, Type::INT8_ARRAY),
            value(&self.sessions, Type::INT8_ARRAY),
            value(&self.seqs, Type::INT8_ARRAY),
            value(&self.parents, Type::INT8_ARRAY),
            value(&self.previous, Type::INT8_ARRAY),
            value(&self.depths, Type::INT8_ARRAY),
            value(&self.systems, Type::INT8_ARRAY),
            value(&self.floors, Type::INT8_ARRAY),
            value(&self.oldest, Type::INT8_ARRAY),
            value(&self.created_at, Type::INT8_ARRAY),
            value(&self.said_at, Type::INT8_ARRAY),
            value(&self.prompt_tokens, Type::INT8_ARRAY),
            value(&self.reply_tokens, Type::INT8_ARRAY),
            value(&self.roles, Type::INT2_ARRAY),
            value(&self.statuses, Type::INT2_ARRAY),
            value(&self.contents, Type::TEXT_ARRAY),
            value(&self.models, Type::TEXT_ARRAY),
            value(&self.finish_reasons, Type::TEXT_ARRAY),
            value(&self.reasonings, Type::TEXT_ARRAY),
            value(&self.citations, Type::TEXT_ARRAY),
        ]
    }
}

/// What models were sent, column by column.
#[derive(Default)]
struct SentColumns {
    replies: Vec<i64>,
    answers: Vec<i64>,
    floors: Vec<Option<i64>>,
    systems: Vec<Option<i64>>,
    prompts: Vec<Option<i64>>,
}

/// How many values the messages of a group are: the nonce, and a column each.
pub(super) const MESSAGE_VALUES: usize = 21;

/// Where messages are added, in the order of these values.
pub(super) const INTO_MESSAGES: &str = "INSERT INTO saylog.messages
        (nonce, id, session, seq, parent, previous, depth, system, floor, oldest, created_at,
         said_at, prompt_tokens, reply_tokens, role, status, content, model, finish_reason,
         reasoning, citations)";

/// Adds messages.
static ADD_MESSAGES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{INTO_MESSAGES}
         SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],
             $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
             $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::smallint[],
             $16::smallint[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[])"
    )
});

/// Adds what models were sent.
const ADD_SENT: &str = "INSERT INTO saylog.sent (reply, answers, floor, system, prompt)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])";

/// Adds keys of other programs.
const ADD_ORIGINS: &str = "INSERT INTO saylog.origins (source, message)
    SELECT * FROM unnest($1::bytea[], $2::bigint[])";

/// Adds a move.
const ADD_MOVE: &str = "INSERT INTO saylog.moves
        (id, session, why, from_head, to_head, from_base, to_base, from_floor, to_floor, redo,
         gone, back, moved_at, nonce)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

/// Removes parts of replies.
const REMOVE_PARTIALS: &str = "DELETE FROM saylog.partials AS p
    USING unnest($1::bigint[], $2::text[]) AS gone (session, writer)
    WHERE p.session = gone.session AND p.writer = gone.writer";

impl OpenGroup {
    /// A group under this nonce.
    pub(super) fn new(nonce: i64) -> Self {
        Self {
            nonce,
            ends: HashMap::new(),
            ids: VecDeque::new(),
            last_drawn: 0,
            count_drawn: 0,
            newest: Newest::NONE,
            guess: None,
            mark: None,
            messages: MessageColumns::default(),
            sent: SentColumns::default(),
            origins: Default::default(),
            moves: Vec::new(),
            changes: BTreeMap::new(),
            end_columns: ends::EndColumns::default(),
            gone_partials: Default::default(),
        }
    }

    /// Adds a message, with the next of the ids that were drawn.
    pub(super) fn add_message(&mut self, id: i64, row: &MessageRow<'_>, prompt: Option<i64>) {
        let number = |id: Option<MessageId>| id.map(|id| id.0);
        let text = |text: Option<&str>| text.map(str::to_owned);
        let columns = &mut self.messages;
        columns.ids.push(id);
        columns.sessions.push(row.session.0);
        columns.seqs.push(row.seq);
        columns.parents.push(number(row.parent));
        columns.previous.push(number(row.previous));
        columns.depths.push(row.depth);
        columns.systems.push(number(row.system));
        columns.floors.push(number(row.floor));
        columns.oldest.push(number(row.oldest));
        columns.created_at.push(row.created_at.0);
        columns.said_at.push(row.said_at.map(|at| at.0));
        columns
            .prompt_tokens
            .push(row.usage.map(|usage| usage.prompt));
        columns
            .reply_tokens
            .push(row.usage.map(|usage| usage.reply));
        columns.roles.push(codes::of_role(row.role));
        columns.statuses.push(codes::of_status(row.status));
        columns.contents.push(row.content.to_owned());
        columns.models.push(text(row.model));
        columns.finish_reasons.push(text(row.details.finish_reason));
        columns.reasonings.push(text(row.details.reasoning));
        columns.citations.push(text(row.details.citations));
        if let Some(sent) = row.sent {
            self.sent.replies.push(id);
            self.sent.answers.push(sent.last.0);
            self.sent.floors.push(number(sent.floor));
            self.sent.systems.push(number(sent.system));
            self.sent.prompts.push(prompt);
        }
        self.newest = Newest {
            id: MessageId(id),
            at: row.created_at,
        };
        // What carries the nonce says it better than a session, which others may begin, too.
        if !matches!(self.mark, Some(Mark::Message(..))) {
            self.mark = Some(Mark::Message(row.session, row.seq));
        }
    }

    /// Notes by which key a message came from another program.
    pub(super) fn add_origin(&mut self, key: &SourceKey, message: MessageId) {
        self.origins.0.push(key.to_vec());
        self.origins.1.push(message.0);
    }

    /// Adds a move.
    pub(super) fn add_move(&mut self, session: SessionKey, row: &MoveRow) {
        self.moves.push((session, *row));
        if matches!(self.mark, None | Some(Mark::Session(_))) {
            self.mark = Some(Mark::Move(row.id.0));
        }
    }

    /// Moves a session's end.
    pub(super) fn move_end(
        &mut self,
        session: SessionKey,
        end: &End,
        words: Option<&str>,
        answered_by: Option<&str>,
    ) {
        let change = self.changes.entry(session).or_default();
        change.set(end, words, answered_by);
        self.ends.insert(session, *end);
    }

    /// Removes what a writer had kept.
    pub(super) fn remove_partial(&mut self, session: SessionKey, writer: &str) {
        self.gone_partials.0.push(session.0);
        self.gone_partials.1.push(writer.to_owned());
    }

    /// Whether something waits to be sent.
    pub(super) fn is_waiting(&self) -> bool {
        !(self.messages.ids.is_empty()
            && self.origins.0.is_empty()
            && self.moves.is_empty()
            && self.changes.is_empty()
            && self.gone_partials.0.is_empty())
    }

    /// Whether it was guessed and has become more than a guess can hold: that is few
    /// messages of one session, and where that stands behind them.
    pub(super) fn is_beyond_guess(&self) -> bool {
        let Some((session, _)) = self.guess else {
            return false;
        };
        !(self.origins.0.is_empty()
            && self.moves.is_empty()
            && self.sent.replies.is_empty()
            && self.gone_partials.0.is_empty()
            && self.changes.keys().eq([&session])
            && (1..=guess::MOST_MESSAGES).contains(&self.messages.ids.len())
            && self.messages.ids.last() == Some(&self.last_drawn))
    }

    /// Sends it as a guess, which it is not beyond.
    pub(super) fn send_guess<T>(&mut self, ask: impl FnOnce(&[Ask<'_>]) -> T) -> T {
        self.end_columns = ends::EndColumns::of(std::mem::take(&mut self.changes));
        let was = self.guess.map(|(_, end)| guess::KnownEnd::of(&end));
        let mut values = self.messages.values(&self.nonce).to_vec();
        values.extend(self.end_columns.values());
        values.extend(was.iter().flat_map(guess::KnownEnd::values));
        let statement = guess::statement(self.messages.ids.len());
        ask(&[Ask::Query(statement, &values)])
    }

    /// Sends what waits, and with `last` what comes behind it. What was sent waits no more,
    /// whatever becomes of it.
    pub(super) fn send<T>(&mut self, last: Option<&str>, ask: impl FnOnce(&[Ask<'_>]) -> T) -> T {
        self.end_columns = ends::EndColumns::of(std::mem::take(&mut self.changes));
        let message_values = self.messages.values(&self.nonce);
        let sent = &self.sent;
        let sent_values = [
            value(&sent.replies, Type::INT8_ARRAY),
            value(&sent.answers, Type::INT8_ARRAY),
            value(&sent.floors, Type::INT8_ARRAY),
            value(&sent.systems, Type::INT8_ARRAY),
            value(&sent.prompts, Type::INT8_ARRAY),
        ];
        let origin_values = [
            value(&self.origins.0, Type::BYTEA_ARRAY),
            value(&self.origins.1, Type::INT8_ARRAY),
        ];
        let partial_values = [
            value(&self.gone_partials.0, Type::INT8_ARRAY),
            value(&self.gone_partials.1, Type::TEXT_ARRAY),
        ];
        let moves: Vec<MoveColumns> = self.moves.iter().map(MoveColumns::of).collect();
        let move_values: Vec<[_; 14]> = (moves.iter())
            .map(|columns| columns.values(&self.nonce))
            .collect();
        let end_values = self.end_columns.values();
        let mut asks = Vec::new();
        if !self.messages.ids.is_empty() {
            asks.push(Ask::Query(&ADD_MESSAGES, &message_values));
        }
        if !sent.replies.is_empty() {
            asks.push(Ask::Query(ADD_SENT, &sent_values));
        }
        if !self.origins.0.is_empty() {
            asks.push(Ask::Query(ADD_ORIGINS, &origin_values));
        }
        for values in &move_values {
            asks.push(Ask::Query(ADD_MOVE, values));
        }
        if !self.end_columns.is_empty() {
            asks.push(Ask::Query(ends::MOVE_ENDS, &end_values));
        }
        if !self.gone_partials.0.is_empty() {
            asks.push(Ask::Query(REMOVE_PARTIALS, &partial_values));
        }
        asks.extend(last.map(Ask::Batch));
        let answer = ask(&asks);
        drop(asks);
        self.messages = MessageColumns::default();
        self.sent = SentColumns::default();
        self.origins = Default::default();
        self.moves.clear();
        self.gone_partials = Default::default();
        answer
    }
}

/// A value as the client binds it.
fn value(value: &(dyn tokio_postgres::types::ToSql + Sync), of: Type) -> Value<'_> {
    (value, of)
}

/// A move, as it is bound.
struct MoveColumns {
    why: &'static str,
    numbers: [Option<i64>; 12],
}

impl MoveColumns {
    fn of((session, row): &(SessionKey, MoveRow)) -> Self {
        Self {
            why: row.kind.word(),
            numbers: [
                Some(row.id.0),
                Some(session.0),
                row.from.head.map(|id| id.0),
                row.to.head.map(|id| id.0),
                row.from.base.map(|id| id.0),
                row.to.base.map(|id| id.0),
                row.from.floor.map(|id| id.0),
                row.to.floor.map(|id| id.0),
                row.redo.map(|id| id.0),
                Some(row.gone),
                Some(row.back),
                Some(row.at.0),
            ],
        }
    }

    fn values<'a>(&'a self, nonce: &'a i64) -> [Value<'a>; 14] {
        let number = |at: usize| value(&self.numbers[at], Type::INT8);
        [
            number(0),
            number(1),
            value(&self.why, Type::TEXT),
            number(2),
            number(3),
            number(4),
            number(5),
            number(6),
            number(7),
            number(8),
            number(9),
            number(10),
            number(11),
            value(nonce, Type::INT8),
        ]
    }
}
