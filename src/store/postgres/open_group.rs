//! What an open group has to write, until it is sent: all of it in one round trip.

use std::collections::{BTreeMap, HashMap, VecDeque};

use tokio_postgres::types::Type;
use uuid::Uuid;

use super::super::backend::Newest;
use super::super::rows::{End, MessageRow, MoveRow};
use super::added_move::{ADD_MOVE, AddedMove};
use super::client::{Ask, Value};
use super::columns::{self, Column, CopiedRows};
use super::ends::{EndChange, EndColumns, MOVE_ENDS};
use super::guess;
use super::message_columns::{ADD_MESSAGES, COPY_MESSAGES, MessageColumns};
use super::put_heads::{PUT_HEADS, PutHeads};
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
    /// Some of it was copied in.
    pub(super) has_copied: bool,
    /// How many ids it was guessed to draw.
    pub(super) count_drawn: usize,
    /// The newest message, its own if it has some.
    pub(super) newest: Newest,
    /// Where its only session is thought to stand, if nothing was asked yet: neither that
    /// nor its ids are certain.
    pub(super) guess: Option<(SessionKey, End)>,
    /// How many were drawn since it began.
    pub(super) drawn: i32,
    /// Something by which is seen whether it has become durable.
    pub(super) mark: Option<Mark>,
    messages: MessageColumns,
    sent: SentColumns,
    origins: (Vec<Vec<u8>>, Vec<i64>),
    put_heads: PutHeads,
    moves: Vec<(SessionKey, MoveRow)>,
    changes: BTreeMap<SessionKey, EndChange>,
    end_columns: EndColumns,
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

/// What models were sent, column by column.
#[derive(Default)]
struct SentColumns {
    replies: Vec<i64>,
    answers: Vec<i64>,
    floors: Vec<Option<i64>>,
    systems: Vec<Option<i64>>,
    prompts: Vec<Option<i64>>,
}

/// Adds what models were sent.
const ADD_SENT: &str = "INSERT INTO saylog.sent (reply, answers, floor, system, prompt)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])";

/// Adds keys of other programs.
const ADD_ORIGINS: &str = "INSERT INTO saylog.origins (source, message)
    SELECT unnest($1::bytea[]), unnest($2::bigint[])";

/// Copies such keys in.
const COPY_ORIGINS: &str = "COPY saylog.origins (source, message) FROM STDIN (FORMAT binary)";

/// Removes parts of replies.
const REMOVE_PARTIALS: &str = "DELETE FROM saylog.partials AS p
    USING unnest($1::bigint[], $2::text[]) AS gone (session, writer)
    WHERE p.session = gone.session AND p.writer = gone.writer";

impl OpenGroup {
    /// A group under a nonce of its own.
    pub(super) fn new() -> Self {
        Self {
            nonce: draw_nonce(),
            ends: HashMap::new(),
            ids: VecDeque::new(),
            last_drawn: 0,
            has_copied: false,
            drawn: 0,
            count_drawn: 0,
            newest: Newest::NONE,
            guess: None,
            mark: None,
            messages: MessageColumns::default(),
            sent: SentColumns::default(),
            origins: Default::default(),
            put_heads: PutHeads::default(),
            moves: Vec::new(),
            changes: BTreeMap::new(),
            end_columns: EndColumns::default(),
            gone_partials: Default::default(),
        }
    }

    /// Adds a message, with the next of the ids that were drawn.
    pub(super) fn add_message(&mut self, id: i64, row: &MessageRow<'_>, prompt: Option<i64>) {
        let number = |id: Option<MessageId>| id.map(|id| id.0);
        self.messages.push(id, row);
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

    /// Notes from which program a session came, and where its context's end was put.
    pub(super) fn set_import(
        &mut self,
        session: SessionKey,
        source: &str,
        head: Option<MessageId>,
    ) {
        self.put_heads.put(session, source, head);
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
            && self.put_heads.is_empty()
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
            && self.put_heads.is_empty()
            && self.moves.is_empty()
            && self.sent.replies.is_empty()
            && self.gone_partials.0.is_empty()
            && self.changes.keys().eq([&session])
            && (1..=guess::MOST_MESSAGES).contains(&self.messages.ids.len())
            && self.messages.ids.last() == Some(&self.last_drawn))
    }

    /// Sends it as a guess, which it is not beyond.
    pub(super) fn send_guess<T>(&mut self, ask: impl FnOnce(&[Ask<'_>]) -> T) -> T {
        self.end_columns = EndColumns::of(std::mem::take(&mut self.changes));
        let was = self
            .guess
            .map(|(session, end)| EndColumns::of_one(session, &end));
        let mut values = self.messages.values(&self.nonce).to_vec();
        values.extend(self.end_columns.values());
        values.extend(was.iter().flat_map(EndColumns::moved));
        let statement = guess::statement(self.messages.ids.len());
        ask(&[Ask::Query(statement, &values)])
    }

    /// Sends what waits, and with `last` what comes behind it; where `may_copy`, many rows by
    /// a copy. What was sent waits no more, whatever becomes of it.
    pub(super) fn send<T>(
        &mut self,
        may_copy: bool,
        last: Option<&str>,
        ask: impl FnOnce(&[Ask<'_>]) -> T,
    ) -> T {
        self.end_columns = EndColumns::of(std::mem::take(&mut self.changes));
        let (count, origins) = (self.messages.ids.len(), self.origins.0.len());
        self.has_copied |= may_copy && count.max(origins) >= columns::MANY;
        let message_columns = self.messages.columns(&self.nonce);
        let message_values = message_columns.map(Column::whole);
        let copied_messages = CopiedRows {
            statement: &COPY_MESSAGES,
            columns: &message_columns,
            count,
        };
        let sent = &self.sent;
        let sent_values = [
            value(&sent.replies, Type::INT8_ARRAY),
            value(&sent.answers, Type::INT8_ARRAY),
            value(&sent.floors, Type::INT8_ARRAY),
            value(&sent.systems, Type::INT8_ARRAY),
            value(&sent.prompts, Type::INT8_ARRAY),
        ];
        let origin_columns = [
            Column::Blobs(&self.origins.0),
            Column::Numbers(&self.origins.1),
        ];
        let origin_values = origin_columns.map(Column::whole);
        let copied_origins = CopiedRows {
            statement: COPY_ORIGINS,
            columns: &origin_columns,
            count: origins,
        };
        let put_heads = self.put_heads.take();
        let put_head_values = put_heads.values();
        let partial_values = [
            value(&self.gone_partials.0, Type::INT8_ARRAY),
            value(&self.gone_partials.1, Type::TEXT_ARRAY),
        ];
        let moves: Vec<AddedMove> = self.moves.iter().map(AddedMove::of).collect();
        let move_values: Vec<[_; 14]> = (moves.iter())
            .map(|columns| columns.values(&self.nonce))
            .collect();
        let end_values = self.end_columns.values();
        let mut asks = Vec::new();
        if may_copy && count >= columns::MANY {
            asks.push(Ask::Copy(&copied_messages));
        } else if count > 0 {
            asks.push(Ask::Query(&ADD_MESSAGES, &message_values));
        }
        if !sent.replies.is_empty() {
            asks.push(Ask::Query(ADD_SENT, &sent_values));
        }
        if may_copy && origins >= columns::MANY {
            asks.push(Ask::Copy(&copied_origins));
        } else if origins > 0 {
            asks.push(Ask::Query(ADD_ORIGINS, &origin_values));
        }
        if !put_heads.is_empty() {
            asks.push(Ask::Query(PUT_HEADS, &put_head_values));
        }
        for values in &move_values {
            asks.push(Ask::Query(ADD_MOVE, values));
        }
        if !self.end_columns.is_empty() {
            asks.push(Ask::Query(MOVE_ENDS, &end_values));
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

/// A number that nobody else draws.
pub(super) fn draw_nonce() -> i64 {
    Uuid::new_v4().as_u64_pair().1.cast_signed()
}
