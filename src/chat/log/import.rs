//! `/import`: conversations of other programs, put into the log.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::secret_count::SecretCount;
use crate::chat::Chat;
use crate::domain::{
    BrokenRecord, Draft, Error, Event, FileFault, Imported, MESSAGE_LIMIT, ReplyDetails, Result,
    Role, SessionId, Sink, SourceKey, Status, Timestamp, UserName, Work, is_blank, preview_of,
};
use crate::format::{Broken, Conversation, Fault, Found, LeftOut, Utterance, Visit};
use crate::store::{ImportedMessage, ImportedSession};

/// By which names of sessions are made out of those of other programs.
const NAMESPACE: Uuid = Uuid::from_u128(0x0d8b_63ab_7c35_4f0e_9a55_5f1e_52c8_30b4);

/// An import may take this long before it is said how far it is.
const QUIET: Duration = Duration::from_millis(500);

/// How much of a title is kept, on one line.
const TITLE_CHARACTERS: usize = 200;

/// So many messages are written before they are committed.
pub(super) const COMMITTED_AT_ONCE: usize = 4096;

/// A source, and how it is read.
pub(crate) struct ImportSource<'a> {
    /// What a person calls it.
    pub file: &'a str,
    /// The program that it comes from, as filters name it.
    pub form: &'static str,
    /// Shows what is in it.
    pub read: &'a mut dyn FnMut(&mut Visit<'_>) -> std::result::Result<(), Fault>,
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
pub(crate) fn import(
    chat: &mut Chat,
    source: &mut ImportSource<'_>,
    sink: &mut dyn Sink,
) -> Result<()> {
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
    let (file, form, is_dry) = (source.file, source.form, source.is_dry);
    let (read_so_far, begun) = (source.read_so_far, Instant::now());
    let read = (source.read)(&mut |found| {
        let taken = match &found {
            Found::Broken(broken) => {
                told.broken += 1;
                tell_broken(file, broken, sink)
            }
            Found::Conversation(conversation) => {
                let whose = Whose {
                    user: &user,
                    form,
                    is_dry,
                };
                let taken = take(chat, &whose, conversation, &mut told, &mut counts, sink);
                taken.and_then(|()| go_on(begun, read_so_far(), sink))
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
    // Whether to go on is asked when the receipt is written.
    let _ = sink.work(None);
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
        Ok(()) if told.broken == 0 => return Ok(()),
        Ok(()) => FileFault::Incomplete(told.broken),
        Err(Fault::Io(error)) => FileFault::Unreadable(error),
        Err(Fault::Broken(broken)) => FileFault::Broken(broken.place, broken.why),
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

/// Whose a conversation is to be, and where it comes from.
struct Whose<'a> {
    user: &'a UserName,
    form: &'static str,
    is_dry: bool,
}

/// Puts what is new of a conversation into the log.
fn take(
    chat: &mut Chat,
    whose: &Whose<'_>,
    conversation: &Conversation,
    told: &mut Imported,
    counts: &mut Counts,
    sink: &mut dyn Sink,
) -> Result<()> {
    counts.left_out.add(&conversation.left_out);
    let texts = conversation
        .messages
        .iter()
        .map(|said| without_nul(&said.content));
    let texts: Vec<_> = texts.collect();
    let title = conversation.title.as_deref();
    let title = title.map(|title| preview_of(&without_nul(title), TITLE_CHARACTERS));
    let session = session_of(whose, &conversation.id);
    let now = chat.settings.now();
    let (messages, current) = messages_of(conversation, &texts, session, now, &mut counts.left_out);
    if messages.is_empty() {
        return Ok(());
    }
    let last_at = messages.iter().map(|message| message.said_at).max();
    let imported = ImportedSession {
        user: whose.user,
        session,
        title: title.as_deref().filter(|title| !title.is_empty()),
        source: whose.form,
        last_at: last_at.unwrap_or(now),
    };
    let count = if whose.is_dry {
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
        for text in &texts {
            counts.secrets.look(text);
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

/// Tells how far the import is if it takes long, and fails if the person stops it.
pub(super) fn go_on(begun: Instant, (done, total): (u64, u64), sink: &mut dyn Sink) -> Result<()> {
    let work = Work {
        what: "the import",
        unit: "KiB",
        done,
        total,
    };
    // Of some sources nobody knows how large they are.
    let work = (total > 0 && begun.elapsed() >= QUIET).then_some(work);
    if sink.work(work).is_break() {
        sink.flush()?;
        return Err(Error::Interrupted);
    }
    Ok(())
}

/// The name of a session here: the same for the same conversation of the same user.
fn session_of(whose: &Whose<'_>, id: &str) -> SessionId {
    let name = format!("{}\0{}\0{id}", whose.form, whose.user);
    SessionId::new(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

/// The key of a message of a session.
fn key_of(session: SessionId, id: &str) -> SourceKey {
    let name = format!("{session}\0{id}");
    Uuid::new_v5(&NAMESPACE, name.as_bytes()).into_bytes()
}

/// The messages that the log takes, and which of them ends the branch that is shown. What
/// follows one that it does not take follows what that follows.
fn messages_of<'a>(
    conversation: &'a Conversation,
    texts: &'a [std::borrow::Cow<'a, str>],
    session: SessionId,
    now: Timestamp,
    left_out: &mut LeftOut,
) -> (Vec<ImportedMessage<'a>>, Option<usize>) {
    let mut taken: Vec<ImportedMessage<'a>> = Vec::new();
    // For each one there, the one here that it is, or that stands in for it.
    let mut places: Vec<Option<usize>> = Vec::with_capacity(texts.len());
    let mut at = conversation.at.unwrap_or(now);
    for (said, text) in conversation.messages.iter().zip(texts) {
        let parent = said
            .parent
            .and_then(|parent| places.get(parent).copied().flatten());
        at = said.at.unwrap_or(at);
        let kind = if text.len() > MESSAGE_LIMIT {
            Some("messages over 16 MiB")
        } else if is_blank(text) && said.reasoning.is_none() {
            Some("empty messages")
        } else {
            None
        };
        if let Some(kind) = kind {
            left_out.count(kind);
            places.push(parent);
            continue;
        }
        places.push(Some(taken.len()));
        taken.push(ImportedMessage {
            key: key_of(session, &said.id),
            parent,
            said_at: at,
            draft: draft_of(conversation, said, text, now),
        });
    }
    let current = conversation
        .current
        .and_then(|at| places.get(at).copied().flatten());
    (taken, current)
}

fn draft_of<'a>(
    conversation: &'a Conversation,
    said: &'a Utterance,
    text: &'a str,
    now: Timestamp,
) -> Draft<'a> {
    let model = said.model.as_deref().or(conversation.model.as_deref());
    Draft {
        model: model.filter(|_| said.role == Role::Ai),
        status: Status::Complete,
        usage: said.usage,
        details: ReplyDetails {
            finish_reason: said.finish_reason.as_deref(),
            reasoning: said.reasoning.as_deref(),
            citations: None,
        },
        ..Draft::new(said.role, text, now)
    }
}

/// A text as the log takes it: NUL ends texts in other programs.
fn without_nul(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}").into()
    } else {
        text.into()
    }
}
