//! Messages for other programs and for people.

use std::collections::{BTreeSet, HashSet};
use std::ops::RangeInclusive;

use super::super::candidates::{Candidates, Wanted};
use super::super::filtered::begin_of;
use super::super::suits::Suits;
use super::super::transfer_progress::TransferProgress;
use super::Written;
use super::output::Output;
use crate::chat::Chat;
use crate::chat::ask::foreign_message;
use crate::chat::listing::go_on;
use crate::domain::{Flow, Message, MessageId, Result, Scope, Sink};
use crate::format::{Heading, Writer};
use crate::query::Query;
use crate::store::{Selection, SessionQuery, SessionRow, Which};

/// So many sessions are looked up together.
const SESSIONS_AT_ONCE: usize = 64;

/// What is written, page by page.
pub(super) struct Pages<'a, 'o> {
    query: &'a Query,
    suits: &'a Suits,
    /// Nothing was said of which messages are wanted.
    is_all: bool,
    /// Which messages of the contexts are wanted, as far as their number decides it.
    wanted: RangeInclusive<MessageId>,
    /// While these are counted: the ids of as many as are wanted.
    counted: Option<BTreeSet<MessageId>>,
    writer: Box<dyn Writer>,
    output: &'a mut Output<'o>,
    conversations: u64,
    messages: u64,
    /// Replies without text, which the form has no place for.
    empty_replies: u64,
}

impl<'a, 'o> Pages<'a, 'o> {
    /// Begins what this writer writes of what the query finds.
    pub(super) fn begin(
        query: &'a Query,
        suits: &'a Suits,
        is_all: bool,
        mut writer: Box<dyn Writer>,
        output: &'a mut Output<'o>,
    ) -> Self {
        writer.begin(&mut output.gathered);
        Self {
            query,
            suits,
            is_all,
            wanted: MessageId(0)..=MessageId(i64::MAX),
            counted: None,
            writer,
            output,
            conversations: 0,
            messages: 0,
            empty_replies: 0,
        }
    }

    /// Writes messages in the order of the log.
    pub(super) fn log(&mut self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
        let limit = self.query.filter.limit.unwrap_or(u64::MAX);
        let behind = begin_of(chat, self.query, self.suits, sink)?.behind;
        let mut candidates = if self.is_all {
            Candidates::everything(chat, behind)?
        } else {
            let wanted = Wanted::Behind(behind);
            Candidates::begin(chat, self.query, self.suits, wanted, sink)?
        };
        let (mut marks, mut sessions) = (Vec::new(), HashSet::new());
        let mut has_more = true;
        while has_more && self.messages < limit {
            has_more = candidates.next(chat, self.query, &mut |message| {
                let is_wanted = self.messages < limit
                    && (self.suits.found_in(self.query, message, &mut marks)).is_some();
                if is_wanted {
                    sessions.insert(message.session);
                    self.messages += 1;
                    self.output.secrets.look(message.content);
                    self.writer.message(message, &mut self.output.gathered);
                }
            })?;
            self.output.write_out(sink)?;
            go_on(candidates.work(), sink)?;
        }
        if candidates.work().is_some() {
            // What was told of it is no more to be seen.
            let _ = sink.work(None);
        }
        self.conversations = sessions.len() as u64;
        Ok(())
    }

    /// Finds out which messages a limit leaves. The same message may be in several contexts, so
    /// they are counted before any is written; as many ids are held as are wanted.
    pub(super) fn count(&mut self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
        if self.query.filter.limit.is_none() {
            return Ok(());
        }
        self.counted = Some(BTreeSet::new());
        self.conversations(chat, sink)?;
        let counted = self.counted.take().unwrap_or_default();
        if let (Some(first), Some(last)) = (counted.first(), counted.last()) {
            self.wanted = *first..=*last;
        }
        // The same contexts are read again, and what is damaged is told of that.
        let _ = chat.log.take_damage();
        Ok(())
    }

    /// Counts a message that suits: of more than are wanted the newest are, with `after:`
    /// the first.
    fn is_counted(&mut self, id: MessageId) -> bool {
        let Some(counted) = &mut self.counted else {
            return false;
        };
        counted.insert(id);
        if (self.query.filter.limit).is_some_and(|limit| counted.len() as u64 > limit) {
            match self.suits.after() {
                Some(_) => counted.pop_last(),
                None => counted.pop_first(),
            };
        }
        true
    }

    /// Writes one conversation after the other, the latest first, and those that are
    /// archived behind the others.
    pub(super) fn conversations(&mut self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
        let owner = (self.suits.scope() != Scope::Global).then(|| chat.user().clone());
        let mut progress = TransferProgress::begin(chat, "the export", "conversations");
        let (mut done, total) = (0, chat.log.count_sessions(owner.as_ref())?);
        for which in [Which::All, Which::Archived] {
            let mut after = None;
            loop {
                let mut page: Vec<SessionRow> = Vec::new();
                let user = owner.as_ref();
                let query = SessionQuery { user, which, after };
                chat.log.sessions(&query, &mut |row| {
                    page.push(row.clone());
                    if page.len() < SESSIONS_AT_ONCE {
                        Flow::More
                    } else {
                        Flow::Full
                    }
                })?;
                let Some(last) = page.last() else {
                    break;
                };
                after = Some(last.rank());
                for row in &page {
                    chat.log.hold()?;
                    if self.suits.is_of_session(row.session) {
                        self.conversation(chat, row, sink)?;
                    }
                    done += 1;
                    progress.tell(done, total, sink)?;
                }
                chat.log.let_go();
            }
        }
        progress.end(sink);
        Ok(())
    }

    /// Writes a conversation as its context has it, with its system prompt first.
    fn conversation(
        &mut self,
        chat: &mut Chat,
        row: &SessionRow,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let mut context = Context {
            row,
            has_begun: false,
            foreign: None,
            marks: Vec::new(),
        };
        if let Some(system) = chat.log.end(row.key)?.system {
            chat.log.message(system, &mut |message| {
                self.take(message, &mut context);
            })?;
        }
        let mut listing = chat.log.list(Selection::Session(row.key))?;
        loop {
            let has_more = chat.log.read(&mut listing, &mut |message| {
                self.take(message, &mut context);
                if self.output.is_full() {
                    Flow::Full
                } else {
                    Flow::More
                }
            })?;
            if let Some(id) = context.foreign {
                return Err(foreign_message(id, &row.user));
            }
            if self.output.is_full() {
                // Whoever reads it may take their time.
                chat.log.let_go();
            }
            self.output.write_out(sink)?;
            if !has_more {
                break;
            }
        }
        if context.has_begun {
            self.conversations += 1;
            self.writer.end_conversation(&mut self.output.gathered);
        }
        Ok(())
    }

    /// How much was written.
    pub(super) fn written(&self) -> Written {
        let left_out = [("empty replies", self.empty_replies)];
        Written {
            conversations: self.conversations,
            messages: self.messages,
            left_out: left_out.into_iter().filter(|kind| kind.1 > 0).collect(),
            ..Written::default()
        }
    }

    /// Writes a message of a context, if it is wanted.
    fn take(&mut self, message: &Message<'_>, context: &mut Context<'_>) {
        if *message.user != context.row.user {
            context.foreign.get_or_insert(message.id);
            return;
        }
        let (query, suits) = (self.query, self.suits);
        let is_wanted = self.wanted.contains(&message.id)
            && (suits.found_in_context(query, message, &mut context.marks)).is_some();
        if !is_wanted {
            return;
        }
        if !self.writer.takes(message) {
            self.empty_replies += u64::from(self.counted.is_none());
            return;
        }
        if self.is_counted(message.id) {
            return;
        }
        if !std::mem::replace(&mut context.has_begun, true) {
            let heading = Heading {
                session: context.row.session,
                user: &context.row.user,
                title: context.row.title.as_deref(),
            };
            self.writer
                .begin_conversation(&heading, &mut self.output.gathered);
        }
        self.messages += 1;
        self.output.secrets.look(message.content);
        self.writer.message(message, &mut self.output.gathered);
    }
}

/// A context that is being written.
struct Context<'a> {
    row: &'a SessionRow,
    /// A message of it was written.
    has_begun: bool,
    /// Somebody else's message is in it: another program has put it there.
    foreign: Option<MessageId>,
    marks: Vec<std::ops::Range<usize>>,
}
