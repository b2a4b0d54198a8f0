//! `/import`: conversations of other programs, put into the log.

use std::ops::ControlFlow;

use super::arrival::{Arrival, Arrived, Whose};
use super::beside::{Pass, read_beside};
use super::secret_count::SecretCount;
use super::transfer_progress::TransferProgress;
use crate::chat::Chat;
use crate::domain::{BrokenRecord, Error, Event, FileFault, Imported, Result, Sink};
use crate::format::{Broken, Fault, LeftOut, Visit};
use crate::store::ImportedSession;

/// So many messages are written before they are committed.
pub(super) const COMMITTED_AT_ONCE: usize = 4096;

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
    let mut told = Imported {
        file: source.file.to_owned(),
        form: source.form,
        user: user.to_string(),
        is_dry: source.is_dry,
        ..Imported::default()
    };
    let (mut counts, mut failed) = (Counts::default(), None);
    let (file, form) = (source.file, source.form);
    let read_so_far = source.read_so_far;
    let mut progress = TransferProgress::begin(chat, "the import", "KiB");
    let whose = Whose { user: &user, form };
    let read = source.read;
    let read = |pass: &mut Pass<'_, Arrived>| {
        read(&mut |found| {
            let arrived = Arrived::of(&whose, found);
            let bytes = arrived.bytes();
            pass(arrived, bytes)
        })
    };
    let read = read_beside(read, &mut |arrived| {
        let taken = match &arrived {
            Arrived::Broken(broken) => {
                told.broken += 1;
                tell_broken(file, broken, sink)
            }
            Arrived::Conversation(arrival) => {
                let taken = take(chat, &whose, arrival, &mut told, &mut counts, sink);
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
    // What was written so far stays, whatever came then.
    let committed = chat.commit(sink);
    told.left_out = counts.left_out.kinds().collect();
    told.secrets = counts.secrets.kinds();
    committed?;
    sink.emit(&Event::Imported(&told));
    if let Some(error) = failed {
        return Err(error);
    }
    let fault = match read {
        Some(Err(Fault::Io(error))) => FileFault::Unreadable(error),
        Some(Err(Fault::Broken(broken))) => FileFault::Broken(broken.place, broken.why),
        _ if told.broken == 0 => return Ok(()),
        _ => FileFault::Incomplete(told.broken),
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

/// What is counted by kind.
#[derive(Default)]
struct Counts {
    left_out: LeftOut,
    secrets: SecretCount,
}

/// Puts what is new of a conversation into the log.
fn take(
    chat: &mut Chat,
    whose: &Whose<'_>,
    arrival: &Arrival,
    told: &mut Imported,
    counts: &mut Counts,
    sink: &mut dyn Sink,
) -> Result<()> {
    let Arrival {
        conversation,
        session,
        ..
    } = arrival;
    counts.left_out.add(&conversation.left_out);
    let now = chat.settings.now();
    let (messages, current) = arrival.messages(now, &mut counts.left_out);
    if messages.is_empty() {
        return Ok(());
    }
    let last_at = messages.iter().map(|message| message.said_at).max();
    let imported = ImportedSession {
        user: whose.user,
        session: *session,
        title: conversation.title.as_deref(),
        source: whose.form,
        last_at: last_at.unwrap_or(now),
    };
    let count = if told.is_dry {
        chat.log.look_at_import(&imported, &messages)?
    } else {
        chat.log.import(&imported, &messages, current)?
    };
    match (count.is_new, count.added) {
        (true, _) => told.new += 1,
        (false, 0) => told.same += 1,
        (false, _) => told.changed += 1,
    }
    if count.added > 0 {
        for said in &conversation.messages {
            counts.secrets.look(&said.content);
        }
    }
    told.messages += count.added;
    told.known += count.known;
    told.left += u64::from(count.is_left);
    if chat.pending() >= COMMITTED_AT_ONCE {
        chat.commit(sink)?;
    }
    Ok(())
}
