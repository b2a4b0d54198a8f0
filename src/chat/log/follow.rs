//! `/follow`: messages as they come, whoever writes them.

use std::thread;

use super::filtered::begin_of;
use super::search::read;
use super::suits::Suits;
use crate::chat::Chat;
use crate::chat::listing;
use crate::domain::{Error, Event, MessageId, Result, Scope, Sink};
use crate::store::LogWalk;

/// So many messages are looked at before what suits is written out.
const MESSAGES_AT_ONCE: u64 = 512;

/// Tells the messages that a query finds as they are written, by this process or others,
/// until the person stops it: each once, in the order of the log; those of the current
/// user, unless it asks for another scope. It begins behind the newest message there is,
/// behind the one that is named, or with the newest so many.
///
/// # Errors
/// When it is stopped, always; before that if the log cannot be read, or the query asks
/// for somebody else's messages within one's own.
pub(crate) fn follow(chat: &mut Chat, text: &str, sink: &mut dyn Sink) -> Result<()> {
    chat.commit(sink)?;
    let query = read(chat, "/follow", text, None)?;
    let suits = Suits::new(chat, "/follow", Scope::User, &query.filter)?;
    if suits.after().is_some() && query.filter.limit.is_some() {
        return Err(Error::BadArgument {
            command: "/follow".into(),
            why: "has no end, so it cannot be the first so many behind a message".into(),
            hint: "name one of `after:` and `limit:`".into(),
        });
    }
    listing::begin(chat, sink)?;
    let mut behind = match (suits.after(), query.filter.limit) {
        (None, None) => chat.log.newest()?,
        _ => begin_of(chat, &query, &suits, sink)?.behind,
    };
    sink.flush()?;
    let (mut marks, mut is_told) = (Vec::new(), false);
    loop {
        let upto = chat.log.newest_now()?;
        if upto <= behind {
            // Something may have come and be held back, which is told once.
            if !is_told {
                is_told = tell_damage(chat, sink)?;
            }
            thread::sleep(chat.log.pause_between_looks());
            heed(sink)?;
            continue;
        }
        is_told = false;
        let mut walk = LogWalk::On(behind, upto);
        loop {
            let has_more = chat
                .log
                .look_further(&mut walk, MESSAGES_AT_ONCE, &mut |message| {
                    if suits.found_in(&query, message, &mut marks).is_some() {
                        sink.emit(&Event::Message(message));
                    }
                })?;
            sink.flush()?;
            heed(sink)?;
            if !has_more {
                break;
            }
        }
        behind = upto;
        tell_damage(chat, sink)?;
    }
}

/// The newest message of the log, for one who asks again and again.
///
/// # Errors
/// If the store has gone meanwhile, or is of a newer version.
pub(crate) fn newest_now(chat: &mut Chat) -> Result<MessageId> {
    Ok(chat.log.newest_now()?)
}

/// Ends it when the person or the reader has had enough.
fn heed(sink: &mut dyn Sink) -> Result<()> {
    if sink.work(None).is_continue() {
        return Ok(());
    }
    sink.flush()?;
    Err(Error::Interrupted)
}

/// Tells what could not be read, if there is something; what comes then can be.
fn tell_damage(chat: &mut Chat, sink: &mut dyn Sink) -> Result<bool> {
    let Some(problem) = chat.log.take_damage() else {
        return Ok(false);
    };
    sink.emit(&Event::Error(&problem.into()));
    sink.flush()?;
    Ok(true)
}
