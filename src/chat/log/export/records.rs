//! All that the log has, in saylog's own form.

use std::collections::{BTreeMap, HashMap};

use super::super::candidates::{Candidates, Wanted};
use super::super::filtered::begin_of;
use super::super::suits::Suits;
use super::super::transfer_progress::TransferProgress;
use super::carried::CarriedIds;
use super::output::Output;
use crate::chat::Chat;
use crate::chat::listing::go_on;
use crate::domain::{
    Error, Flow, Links, Message, MessageId, MessageRecord, MoveRecord, NamedPlace, Numbered,
    Result, Scope, SessionHead, SessionId, SessionKey, SessionState, Sink, UserName,
};
use crate::format::{PART, Written};
use crate::query::{Filter, Query};
use crate::store::{Behind, Carried, Place, SAYLOG, SessionRecord};

/// So many sessions are looked at before what they are is written.
const SESSIONS_AT_ONCE: usize = 256;

/// So many ids of messages are looked through before the person may stop it.
const IDS_AT_ONCE: i64 = 16 * 1024;

/// How often messages are looked for that were said meanwhile.
const ROUNDS: usize = 8;

/// What is written, part by part.
pub(super) struct Records<'a, 'o> {
    query: &'a Query,
    suits: &'a Suits,
    output: &'a mut Output<'o>,
    written: Written,
    /// The messages that were written, where filters chose them.
    chosen: Option<CarriedIds>,
    /// Links to messages that are not among these.
    pub(super) missing: u64,
    pub(super) conversations: u64,
    pub(super) messages: u64,
}

impl<'a, 'o> Records<'a, 'o> {
    pub(super) fn begin(query: &'a Query, suits: &'a Suits, output: &'a mut Output<'o>) -> Self {
        let scope = query.filter.scope;
        let plain = Filter {
            scope,
            ..Filter::default()
        };
        let is_whole =
            query.words.is_empty() && query.filter == plain && scope != Some(Scope::Session);
        Self {
            query,
            suits,
            output,
            written: Written::default(),
            chosen: (!is_whole).then(CarriedIds::default),
            missing: 0,
            conversations: 0,
            messages: 0,
        }
    }

    /// Writes it all.
    pub(super) fn write(&mut self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
        let scope = match (&self.chosen, self.suits.scope()) {
            (Some(_), _) => PART,
            (None, Scope::Global) => "global",
            (None, _) => "user",
        };
        self.written = Written::begin(scope, &mut self.output.gathered);
        if self.chosen.is_some() {
            self.part(chat, sink)?;
        } else {
            self.whole(chat, sink)?;
        }
        let totals = self.written.end(&mut self.output.gathered);
        (self.conversations, self.messages) = (totals.sessions, totals.messages);
        Ok(())
    }

    /// Everything of a user, or of all.
    fn whole(&mut self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
        let user = match self.suits.scope() {
            Scope::Global => None,
            Scope::User | Scope::Session => Some(chat.user().clone()),
        };
        let user = user.as_ref();
        let mut progress = TransferProgress::begin(chat, "the export", "messages");
        let (mut last, mut after) = (SessionKey(0), MessageId(0));
        let (mut branches, mut late) = (HashMap::new(), Vec::new());
        for round in 0..ROUNDS {
            let upto = chat.log.newest()?;
            let known = last;
            self.heads(chat, user, &mut last, &mut branches, sink)?;
            let range = (after, upto);
            self.range(chat, user, range, &mut branches, &mut progress, sink)?;
            after = upto;
            // Others write meanwhile: where a session stands is told when what it has was.
            let upto = if round + 1 == ROUNDS {
                MessageId(i64::MAX)
            } else {
                upto
            };
            let begun = std::mem::take(&mut late);
            self.late_states(chat, user, begun, upto, &mut late)?;
            self.states(chat, user, (known, last), upto, &mut late, sink)?;
            if late.is_empty() {
                break;
            }
        }
        progress.end(sink);
        Ok(())
    }

    /// Writes sessions behind one; those that come before their first message wait.
    fn heads(
        &mut self,
        chat: &mut Chat,
        user: Option<&UserName>,
        last: &mut SessionKey,
        branches: &mut HashMap<SessionId, SessionRecord>,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        loop {
            let page = chat.log.session_records(user, *last, SESSIONS_AT_ONCE)?;
            let Some(record) = page.last() else {
                return Ok(());
            };
            *last = record.row.key;
            for record in page {
                if is_branch(&record) {
                    branches.insert(record.row.session, record);
                } else {
                    self.head(chat, &record)?;
                }
            }
            self.output.write_out(sink)?;
        }
    }

    fn head(&mut self, chat: &mut Chat, record: &SessionRecord) -> Result<()> {
        let behind = behind_of(chat, record)?;
        self.written
            .session(&head_of(record, behind), &mut self.output.gathered);
        Ok(())
    }

    /// Writes messages behind one up to another.
    fn range(
        &mut self,
        chat: &mut Chat,
        user: Option<&UserName>,
        (mut after, upto): (MessageId, MessageId),
        branches: &mut HashMap<SessionId, SessionRecord>,
        progress: &mut TransferProgress,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let mut heads = Vec::with_capacity(branches.len());
        for record in branches.values() {
            heads.push((record.row.session, behind_of(chat, record)?));
        }
        let behinds: HashMap<_, _> = heads.into_iter().collect();
        while after < upto {
            let end = MessageId(after.0.saturating_add(IDS_AT_ONCE).min(upto.0));
            let mut last = end;
            let visited = chat
                .log
                .records(Carried::Range(after, end), &mut |message, behind| {
                    if user.is_none_or(|user| user == message.user) {
                        if let Some(record) = branches.remove(&message.session) {
                            let at = behinds.get(&message.session).copied().flatten();
                            let head = head_of(&record, at);
                            self.written.session(&head, &mut self.output.gathered);
                        }
                        self.message(message, behind);
                    }
                    if self.output.is_full() {
                        last = message.id;
                        return Flow::Full;
                    }
                    Flow::More
                });
            visited?;
            after = last;
            self.output.write_out(sink)?;
            let count = |id: MessageId| u64::try_from(id.0).unwrap_or(0);
            progress.tell(count(after), count(upto), sink)?;
        }
        Ok(())
    }

    /// Writes where sessions behind one up to another stand, and their moves. Those that
    /// have messages behind `upto` are late.
    fn states(
        &mut self,
        chat: &mut Chat,
        user: Option<&UserName>,
        (known, end): (SessionKey, SessionKey),
        upto: MessageId,
        late: &mut Vec<SessionKey>,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        // What goes on apart is forked from, and stands first.
        for of_branches in [true, false] {
            let mut last = known;
            while last < end {
                // Where a session stands and its moves are of one moment.
                chat.log.hold()?;
                let page = chat.log.session_records(user, last, SESSIONS_AT_ONCE)?;
                let Some(record) = page.last() else { break };
                last = record.row.key;
                let page = page.iter().filter(|record| record.row.key <= end);
                for record in page.filter(|record| is_branch(record) == of_branches) {
                    self.state_or_late(chat, record, upto, late)?;
                }
                chat.log.let_go();
                self.output.write_out(sink)?;
                if !sink.wants_more() {
                    return Err(Error::Interrupted);
                }
            }
        }
        Ok(())
    }

    /// The same for those that were late.
    fn late_states(
        &mut self,
        chat: &mut Chat,
        user: Option<&UserName>,
        begun: Vec<SessionKey>,
        upto: MessageId,
        late: &mut Vec<SessionKey>,
    ) -> Result<()> {
        for key in begun {
            chat.log.hold()?;
            if let Some(record) = chat.log.session_record(user, key)? {
                self.state_or_late(chat, &record, upto, late)?;
            }
            chat.log.let_go();
        }
        Ok(())
    }

    fn state_or_late(
        &mut self,
        chat: &mut Chat,
        record: &SessionRecord,
        upto: MessageId,
        late: &mut Vec<SessionKey>,
    ) -> Result<()> {
        if record.end.last > Some(upto) {
            late.push(record.row.key);
            return Ok(());
        }
        self.state(chat, record)
    }

    /// Writes where a session stands, and its moves.
    fn state(&mut self, chat: &mut Chat, record: &SessionRecord) -> Result<()> {
        let SessionRecord {
            row, end, import, ..
        } = record;
        // Of a part only messages are told that were chosen, and no moves to others.
        let is_part = self.chosen.is_some();
        let moves = if is_part {
            0
        } else {
            chat.log.count_moves(row.key)?
        };
        let there = import.as_ref().and_then(|import| import.model.as_ref());
        let model = row.model.as_ref().or(there);
        let is_renumbered = import.as_ref().is_some_and(|import| import.is_renumbered);
        let mut names = Names {
            session: row.session,
            last: end
                .last
                .filter(|_| !is_renumbered)
                .map(|last| (last, end.count)),
        };
        let state = SessionState {
            session: row.session,
            messages: end.count,
            moves,
            title: row.title.clone(),
            preview: row.preview.clone().filter(|_| !is_part),
            model: model.cloned(),
            archived_at: row.archived_at,
            origin: row.origin.as_ref().map(|origin| origin.session),
            place: self.place(chat, end.place, &mut names)?,
            depth: end.depth,
            system: self.name(chat, end.system, &mut names)?,
            redo: chat.log.named_move(end.redo)?,
            import_head: match import {
                Some(import) => self.name(chat, import.head, &mut names)?,
                None => None,
            },
        };
        Written::state(&state, &mut self.output.gathered);
        if moves > 0 {
            self.moves(chat, record, moves, &mut names)?;
        }
        Ok(())
    }

    fn moves(
        &mut self,
        chat: &mut Chat,
        record: &SessionRecord,
        count: i64,
        names: &mut Names,
    ) -> Result<()> {
        let (mut after, mut left) = (None, usize::try_from(count).unwrap_or(usize::MAX));
        while left > 0 {
            let mut page = Vec::new();
            chat.log.moves(record.row.key, after, &mut |row| {
                page.push(*row);
                if page.len() < SESSIONS_AT_ONCE.min(left) {
                    Flow::More
                } else {
                    Flow::Full
                }
            })?;
            let Some(last) = page.last() else { break };
            (after, left) = (Some(last.id), left - page.len());
            for row in &page {
                let step = MoveRecord {
                    session: record.row.session,
                    kind: row.kind,
                    from: self.place(chat, row.from, names)?,
                    to: self.place(chat, row.to, names)?,
                    redo: chat.log.named_move(row.redo)?,
                    gone: row.gone,
                    back: row.back,
                    at: row.at,
                };
                self.written.step(&step, &mut self.output.gathered);
            }
        }
        Ok(())
    }

    fn place(&mut self, chat: &mut Chat, place: Place, names: &mut Names) -> Result<NamedPlace> {
        Ok(NamedPlace {
            head: self.name(chat, place.head, names)?,
            floor: self.name(chat, place.floor, names)?,
            base: chat.log.named_move(place.base)?,
        })
    }

    /// What a message is called everywhere, unless filters left it out.
    fn name(
        &mut self,
        chat: &mut Chat,
        id: Option<MessageId>,
        names: &mut Names,
    ) -> Result<Option<Numbered>> {
        let Some(id) = id else { return Ok(None) };
        if self.chosen.as_ref().is_some_and(|chosen| !chosen.has(id)) {
            self.missing += 1;
            return Ok(None);
        }
        names.of(chat, id)
    }

    /// Writes the messages that filters choose, and the sessions that these are of.
    fn part(&mut self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
        let limit = self.query.filter.limit.unwrap_or(u64::MAX);
        let behind = begin_of(chat, self.query, self.suits, sink)?.behind;
        let wanted = Wanted::Behind(behind);
        let mut candidates = Candidates::begin(chat, self.query, self.suits, wanted, sink)?;
        let (mut marks, mut sessions) = (Vec::new(), BTreeMap::new());
        let (mut has_more, mut count) = (true, 0);
        while has_more && count < limit {
            let mut page: Vec<(MessageId, SessionId)> = Vec::new();
            has_more = candidates.next(chat, self.query, &mut |message| {
                let is_wanted = count < limit
                    && (self.suits.found_in(self.query, message, &mut marks)).is_some();
                if is_wanted {
                    count += 1;
                    page.push((message.id, message.session));
                }
            })?;
            self.page(chat, &page, &mut sessions)?;
            self.output.write_out(sink)?;
            go_on(candidates.work(), sink)?;
        }
        if candidates.work().is_some() {
            // What was told of it is no more to be seen.
            let _ = sink.work(None);
        }
        for (key, user) in sessions {
            if let Some(record) = chat.log.session_record(Some(&user), key)? {
                self.state(chat, &record)?;
            }
            self.output.write_out(sink)?;
        }
        Ok(())
    }

    fn page(
        &mut self,
        chat: &mut Chat,
        page: &[(MessageId, SessionId)],
        sessions: &mut BTreeMap<SessionKey, UserName>,
    ) -> Result<()> {
        let mut last = None;
        for (_, session) in page {
            if last.replace(*session) == Some(*session) {
                continue;
            }
            let Some((key, user)) = chat.log.named(*session)? else {
                continue;
            };
            if sessions.contains_key(&key) {
                continue;
            }
            if let Some(record) = chat.log.session_record(Some(&user), key)? {
                self.head(chat, &record)?;
                sessions.insert(key, user);
            }
        }
        let ids: Vec<_> = page.iter().map(|(id, _)| *id).collect();
        chat.log
            .records(Carried::These(&ids), &mut |message, behind| {
                self.message(message, behind);
                Flow::More
            })?;
        Ok(())
    }

    /// Writes a message.
    fn message(&mut self, message: &Message<'_>, behind: &Behind) {
        self.output.secrets.look(message.content);
        self.missing += behind.broken;
        let links: Links<Numbered> = match &mut self.chosen {
            None => behind.links.map(&mut |link| Some(link.at)),
            Some(chosen) => {
                let links = behind
                    .links
                    .map(&mut |link| chosen.has(link.id).then_some(link.at));
                self.missing += behind.links.count() - links.count();
                chosen.add(message.id);
                links
            }
        };
        let record = MessageRecord {
            at: Numbered {
                session: message.session,
                seq: behind.former_number.unwrap_or(message.seq),
            },
            role: message.role,
            content: message.content,
            said_at: message.time(),
            model: message.model,
            status: message.status,
            usage: message.usage,
            details: message.details,
            depth: behind.depth,
            links,
            configured: behind.configured.as_deref(),
            origin: behind.origin,
        };
        self.written.message(&record, &mut self.output.gathered);
    }
}

/// What messages of a session are called, of which the last is known.
struct Names {
    session: SessionId,
    last: Option<(MessageId, i64)>,
}

impl Names {
    fn of(&mut self, chat: &mut Chat, id: MessageId) -> Result<Option<Numbered>> {
        if let Some((last, seq)) = self.last
            && last == id
        {
            let session = self.session;
            return Ok(Some(Numbered { session, seq }));
        }
        Ok(chat.log.numbered(id)?)
    }
}

fn is_branch(record: &SessionRecord) -> bool {
    let import = record.import.as_ref();
    import.is_some_and(|import| import.behind.is_some())
}

/// The message behind which a session went on apart from another one, if it did.
fn behind_of(chat: &mut Chat, record: &SessionRecord) -> Result<Option<Numbered>> {
    let behind = record.import.as_ref().and_then(|import| import.behind);
    match (behind, &record.row.origin) {
        (Some(MessageId(0)), Some(origin)) => Ok(Some(Numbered {
            session: origin.session,
            seq: 0,
        })),
        (Some(id), _) => Ok(chat.log.numbered(id)?),
        (None, _) => Ok(None),
    }
}

fn head_of(record: &SessionRecord, behind: Option<Numbered>) -> SessionHead<'_> {
    let source = record.import.as_ref().map(|import| import.source.as_str());
    SessionHead {
        session: record.row.session,
        user: &record.row.user,
        started_at: record.started_at,
        persona: record.row.persona.as_deref(),
        source: source.filter(|source| *source != SAYLOG),
        behind,
    }
}
