//! `/import`: conversations of other programs, put into the log.

use std::ops::ControlFlow;

use super::arrival::{Arrival, Arrived, Whose};
use super::beside::{Pass, read_beside};
use super::secret_count::SecretCount;
use super::transfer_progress::TransferProgress;
use crate::chat::Chat;
use crate::domain::{BrokenRecord, Error, Event, FileFault, Imported, Result, Sink};
use crate::format::{Broken, Fault, LeftOut, Visit};
use crate::store::{ImportedConversation, ImportedCount, ImportedSession};

/// So many messages are written before they are committed.
pub(super) const COMMITTED_AT_ONCE: usize = 4096;

/// The same for bytes of text: so much is in memory several times while it is written.
const WRITTEN_AT_ONCE: usize = 2 * 1024 * 1024;

/// Shows what is in a source, on another thread.
pub(crate) type ReadSource<'a> =
    Box<dyn FnOnce(&mut Visit<'_>) -> std::result::Result<(), Fault> + Send + 'a>;

/// A source, and how it is read.
pub(crate) struct ImportSource<'a> {
    /// What a person calls it.
    pub file: &'a str,
    /// The program that it comes from, as filters name it.
    pub form: &'static str,
    /// Shows what is in it.
    pub read: ReadSource<'a>,
    /// How many KiB of it are read, and how many there are.
    pub read_so_far: &'a dyn Fn() -> (u64, u64),
    /// Only what would be done is told.
    pub is_dry: bool,
}

/// Puts what is new in a source into the log, as the current user's, and tells what came
/// of it. The person may stop it behind any conversation: what is there then stays, and
/// the next import goes on.
///
/// # Errors
/// If the source cannot be read, or not all of it: what could be is in the log.
pub(crate) fn import(chat: &mut Chat, source: ImportSource<'_>, sink: &mut dyn Sink) -> Result<()> {
    chat.commit(sink)?;
    sink.flush()?;
    let user = chat.user().clone();
    let whose = Whose {
        user: &user,
        form: source.form,
    };
    let told = Imported {
        file: source.file.to_owned(),
        form: source.form,
        user: user.to_string(),
        is_dry: source.is_dry,
        ..Imported::default()
    };
    let mut importing = Importing::new(whose, told);
    let (file, read_so_far) = (source.file, source.read_so_far);
    let mut failed = None;
    let mut progress = TransferProgress::begin(chat, "the import", "KiB");
    let read = source.read;
    let read = |pass: &mut Pass<'_, Arrived>| {
        read(&mut |found| {
            let arrived = Arrived::of(&whose, found);
            let bytes = arrived.bytes();
            pass(arrived, bytes)
        })
    };
    let read = read_beside(read, &mut |arrived| {
        let bytes = arrived.bytes();
        let taken = match arrived {
            Arrived::Broken(broken) => {
                importing.told.broken += 1;
                tell_broken(file, &broken, sink)
            }
            Arrived::Conversation(arrival) => {
                let taken = importing.take(chat, *arrival, bytes, sink);
                taken.and_then(|()| {
                    let (done, total) = read_so_far();
                    progress.tell(done, total, sink)
                })
            }
        };
        match taken {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    progress.end(sink);
    if failed.is_none() {
        failed = importing.write(chat, sink).err();
    }
    // What was written so far stays, whatever came then.
    let committed = chat.commit(sink);
    let told = importing.told();
    committed?;
    sink.emit(&Event::Imported(&told));
    if let Some(error) = failed {
        return Err(error);
    }
    let rest = told.rest();
    let fault = match read {
        Some(Err(Fault::Io(error))) => FileFault::Unreadable(error),
        Some(Err(Fault::Broken(broken))) => FileFault::Broken(broken.place, broken.why, rest),
        _ if told.broken == 0 => return Ok(()),
        _ => FileFault::Incomplete(told.broken, rest),
    };
    Err(Error::File(file.to_owned(), fault))
}

fn tell_broken(file: &str, broken: &Broken, sink: &mut dyn Sink) -> Result<()> {
    sink.emit(&Event::Broken(BrokenRecord {
        file,
        place: &broken.place,
        why: &broken.why,
    }));
    sink.flush()
}

/// An import under way.
struct Importing<'a> {
    whose: Whose<'a>,
    told: Imported,
    left_out: LeftOut,
    secrets: SecretCount,
    /// Conversations that wait to be written together: to look up what is there of one, and
    /// to commit it, takes a store elsewhere as long as for many.
    waiting: Vec<Arrival>,
    /// How many messages these have, and about how many bytes.
    messages: usize,
    bytes: usize,
}

impl<'a> Importing<'a> {
    fn new(whose: Whose<'a>, told: Imported) -> Self {
        Self {
            whose,
            told,
            left_out: LeftOut::default(),
            secrets: SecretCount::default(),
            waiting: Vec::new(),
            messages: 0,
            bytes: 0,
        }
    }

    /// Takes a conversation, and writes those that wait if they are enough.
    fn take(
        &mut self,
        chat: &mut Chat,
        arrival: Arrival,
        bytes: usize,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        self.messages += arrival.conversation.messages.len().max(1);
        self.bytes += bytes;
        self.waiting.push(arrival);
        if self.messages >= COMMITTED_AT_ONCE || self.bytes >= WRITTEN_AT_ONCE {
            self.write(chat, sink)?;
        }
        Ok(())
    }

    /// Puts what is new of the conversations that wait into the log.
    fn write(&mut self, chat: &mut Chat, sink: &mut dyn Sink) -> Result<()> {
        (self.messages, self.bytes) = (0, 0);
        let (waiting, now) = (std::mem::take(&mut self.waiting), chat.settings.now());
        let mut arrived = Vec::new();
        for arrival in &waiting {
            self.left_out.add(&arrival.conversation.left_out);
            let (messages, current) = arrival.messages(now, &mut self.left_out);
            let Some(last_at) = messages.iter().map(|message| message.said_at).max() else {
                self.left_out.count("conversations without messages");
                continue;
            };
            arrived.push((
                arrival,
                ImportedConversation {
                    session: ImportedSession {
                        user: self.whose.user,
                        session: arrival.session,
                        title: arrival.conversation.title.as_deref(),
                        source: self.whose.form,
                        last_at,
                        is_dated: arrival.times().next().is_some(),
                    },
                    messages,
                    current,
                },
            ));
        }
        if arrived.is_empty() {
            return Ok(());
        }
        // Programs write the latest first, and what is searched has the latest last: so far as
        // conversations are written together, they are put in so.
        arrived.sort_by_key(|(_, conversation)| conversation.session.last_at);
        let (arrivals, conversations): (Vec<_>, Vec<_>) = arrived.into_iter().unzip();
        let counts = if self.told.is_dry {
            chat.log.look_at_import(&conversations)?
        } else {
            chat.log.import(&conversations)?
        };
        for (arrival, count) in arrivals.into_iter().zip(counts) {
            self.count(arrival, &count);
        }
        if chat.pending() >= COMMITTED_AT_ONCE {
            chat.commit(sink)?;
        }
        Ok(())
    }

    /// Counts what came of a conversation.
    fn count(&mut self, arrival: &Arrival, count: &ImportedCount) {
        match (count.is_new, count.added) {
            (true, _) => self.told.new += 1,
            (false, 0) => self.told.same += 1,
            (false, _) => self.told.changed += 1,
        }
        if count.added > 0 {
            for said in &arrival.conversation.messages {
                self.secrets.look(&said.content);
            }
        }
        self.told.messages += count.added;
        self.told.known += count.known;
        self.told.left += u64::from(count.is_left);
    }

    /// What is told of it all.
    fn told(self) -> Imported {
        Imported {
            left_out: self.left_out.kinds().collect(),
            secrets: self.secrets.kinds(),
            ..self.told
        }
    }
}
