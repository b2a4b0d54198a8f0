//! `/export`: messages of the log, written for other programs and for people.

use std::collections::{BTreeSet, HashSet};
use std::ops::RangeInclusive;

use super::candidates::{Candidates, Wanted};
use super::filtered::begin_of;
use super::search::read;
use super::secret_count::SecretCount;
use super::suits::Suits;
use crate::chat::Chat;
use crate::chat::ask::foreign_message;
use crate::chat::listing::{self, go_on};
use crate::domain::{Error, Flow, Message, MessageId, Problem, Result, Scope, Sink};
use crate::format::{Form, Heading, Order, Writer};
use crate::query::Query;
use crate::store::{Selection, SessionQuery, SessionRow, Which};

/// So much is gathered before it is written: while it is written, nobody waits for the
/// store.
const WRITTEN_AT_ONCE: usize = 64 * 1024;

/// Takes the next part of what is written.
pub(crate) type Write<'a> = dyn FnMut(&str, &mut dyn Sink) -> Result<()> + 'a;

/// What was written.
pub(crate) struct Written {
    pub conversations: u64,
    pub messages: u64,
    /// What looks like a key in these, by kind.
    pub secrets: Vec<(&'static str, u64)>,
    /// Messages that could not be read are not among it: the sentence about them.
    pub damage: Option<Problem>,
}

/// Writes what a query finds of one's own, unless it asks for another scope, in this form:
/// all, or the newest so many; with `after:` the first. Of a form of conversations, `session:`
/// and `in:session` choose conversations, with what they took over when they were forked.
///
/// # Errors
/// If it cannot be read or written, asks for somebody else's messages within one's own,
/// or is stopped.
pub(crate) fn export<'a>(
    chat: &mut Chat,
    filters: &str,
    form: Form,
    write: &'a mut Write<'a>,
    sink: &mut dyn Sink,
) -> Result<Written> {
    listing::begin(chat, sink)?;
    sink.flush()?;
    let query = read(chat, "/export", filters, None)?;
    let suits = Suits::new(chat, "/export", Scope::User, &query.filter)?;
    let mut pages = Pages {
        query: &query,
        suits: &suits,
        is_all: filters.trim().is_empty(),
        wanted: MessageId(0)..=MessageId(i64::MAX),
        counted: None,
        writer: form.writer(),
        write,
        gathered: Vec::new(),
        secrets: SecretCount::default(),
        conversations: 0,
        messages: 0,
    };
    pages.writer.begin(&mut pages.gathered);
    match form.order() {
        Order::Log => pages.log(chat, sink)?,
        Order::Conversations => {
            pages.count(chat, sink)?;
            pages.conversations(chat, sink)?;
        }
    }
    pages.finish(sink)?;
    Ok(Written {
        conversations: pages.conversations,
        messages: pages.messages,
        secrets: pages.secrets.kinds(),
        damage: chat.log.take_damage(),
    })
}

/// What is written, page by page.
struct Pages<'a> {
    query: &'a Query,
    suits: &'a Suits,
    /// Nothing was said of which messages are wanted.
    is_all: bool,
    /// Which messages of the contexts are wanted, as far as their number decides it.
    wanted: RangeInclusive<MessageId>,
    /// While these are counted: the ids of as many as are wanted.
    counted: Option<BTreeSet<MessageId>>,
    writer: Box<dyn Writer>,
    write: &'a mut Write<'a>,
    gathered: Vec<u8>,
    secrets: SecretCount,
    conversations: u64,
    messages: u64,
}

impl Pages<'_> {
    /// Writes messages in the order of the log.
    fn log(&mut self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
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
                    self.secrets.look(message.content);
                    self.writer.message(message, &mut self.gathered);
                }
            })?;
            self.write_out(sink)?;
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
    fn count(&mut self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
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
    fn conversations(&mut self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
        let owner = (self.suits.scope() != Scope::Global).then(|| chat.user().clone());
        for which in [Which::All, Which::Archived] {
            let mut after = None;
            loop {
                let mut next: Option<SessionRow> = None;
                let user = owner.as_ref();
                let query = SessionQuery { user, which, after };
                chat.log.sessions(&query, &mut |row| {
                    next = Some(row.clone());
                    Flow::Full
                })?;
                let Some(row) = next else {
                    break;
                };
                after = Some(row.rank());
                if self.suits.is_of_session(row.session) {
                    self.conversation(chat, &row, sink)?;
                }
                if sink.work(None).is_break() {
                    sink.flush()?;
                    return Err(Error::Interrupted);
                }
            }
        }
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
                if self.gathered.len() < WRITTEN_AT_ONCE {
                    Flow::More
                } else {
                    Flow::Full
                }
            })?;
            if let Some(id) = context.foreign {
                return Err(foreign_message(id, &row.user));
            }
            self.write_out(sink)?;
            if !has_more {
                break;
            }
        }
        if context.has_begun {
            self.conversations += 1;
            self.writer.end_conversation(&mut self.gathered);
        }
        Ok(())
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
        if !is_wanted || self.is_counted(message.id) {
            return;
        }
        if !std::mem::replace(&mut context.has_begun, true) {
            let heading = Heading {
                session: context.row.session,
                user: &context.row.user,
                title: context.row.title.as_deref(),
            };
            self.writer.begin_conversation(&heading, &mut self.gathered);
        }
        self.messages += 1;
        self.secrets.look(message.content);
        self.writer.message(message, &mut self.gathered);
    }

    /// Writes out what has gathered, if it is enough.
    fn write_out(&mut self, sink: &mut dyn Sink) -> Result<()> {
        if self.gathered.len() < WRITTEN_AT_ONCE {
            return Ok(());
        }
        self.finish(sink)
    }

    fn finish(&mut self, sink: &mut dyn Sink) -> Result<()> {
        // Forms are made of texts.
        let text = String::from_utf8_lossy(&self.gathered);
        (self.write)(&text, sink)?;
        self.gathered.clear();
        Ok(())
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
