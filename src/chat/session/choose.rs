//! `/resume` where a person can be asked which session they mean.

use std::borrow::Cow;

use super::find::{Named, look_for, none_to_return_to};
use super::list::summary;
use super::resume::resume_or_stay;
use crate::chat::Chat;
use crate::domain::{
    Error, Event, Flow, Result, SessionChoice, SessionChoices, SessionKey, Sink, preview_of,
};
use crate::store::{SessionQuery, SessionRow, Which};

/// How many sessions are shown to choose from.
const SHOWN: usize = 10;

/// How many sessions are looked through at once.
const PAGE: usize = 1000;

/// How much of the first words stands behind a title, in characters.
const WORDS_CHARACTERS: usize = 48;

/// Returns to the session that `which` names, or else to the one whose title or
/// first words, or what it is a fork of, have all words of it somewhere, whatever
/// their case. Nothing named
/// means any session but the current one. If it may be several, they are given to
/// choose from, and nothing is done.
///
/// # Errors
/// None is meant.
pub(crate) fn resume_or_ask(
    chat: &mut Chat,
    which: Option<&str>,
    sink: &mut dyn Sink,
) -> Result<Option<SessionChoices>> {
    let Some(which) = which else {
        let here = chat.speakers.session().map(|session| session.key);
        let is_other = |row: &SessionRow| here != Some(row.key);
        let others = look_through(chat, Which::Spoken, &[], &is_other, sink)?;
        if !others.found.is_empty() {
            return one_or_all(chat, others, true, sink);
        }
        if chat.speakers.session().is_none() {
            return Err(none_to_return_to(chat)?);
        }
        sink.emit(&Event::Notice("you have no other session"));
        return Ok(None);
    };
    // What was passed over before has nothing to do with it.
    chat.log.take_damage();
    let typed = match look_for(chat, which) {
        Ok(found) => return go_back(chat, &found, sink).map(|()| None),
        Err(error @ Error::AmbiguousSession(..)) => {
            let Some(named) = Named::by(chat, which)? else {
                return Err(error);
            };
            let meant = look_through(chat, Which::All, &[], &|row| named.has(row), sink)?;
            if meant.found.is_empty() {
                // All of them are archived, and stay out of what is offered.
                return Err(error);
            }
            return one_or_all(chat, meant, false, sink);
        }
        Err(Error::NoSuchSession(typed)) => typed,
        Err(error) => return Err(chat.log.take_damage().map_or(error, Error::from)),
    };
    let words = which.trim_end_matches('…').to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    if words.is_empty() {
        return Err(Error::NoSuchSession(typed));
    }
    let suits = |row: &SessionRow| has_words(row, &words);
    let mut meant = look_through(chat, Which::All, &words, &suits, sink)?;
    if meant.found.is_empty() {
        // What is archived is offered where nothing else is.
        meant = look_through(chat, Which::Archived, &words, &suits, sink)?;
    }
    if meant.found.is_empty() {
        return Err(Error::NoSessionWith(typed));
    }
    one_or_all(chat, meant, false, sink)
}

/// Returns to a session that was chosen.
pub(crate) fn resume_chosen(
    chat: &mut Chat,
    choice: &SessionChoice,
    sink: &mut dyn Sink,
) -> Result<()> {
    resume_by_key(chat, choice.key, sink)
}

fn resume_by_key(chat: &mut Chat, key: SessionKey, sink: &mut dyn Sink) -> Result<()> {
    let user = chat.speakers.user();
    let found = chat.log.find(user, Which::Key(key), 1)?.pop();
    go_back(chat, &found.ok_or(Error::SessionNotFound)?, sink)
}

/// The prompt has greeted with the model that answers everywhere else.
fn go_back(chat: &mut Chat, found: &SessionRow, sink: &mut dyn Sink) -> Result<()> {
    resume_or_stay(chat, found, sink)?;
    let (model, usual) = (chat.model(), chat.answering.name(None));
    if model != usual {
        let notice = format!("{model} answers here: `/model` has chosen it for this session");
        sink.emit(&Event::Notice(&notice));
    }
    Ok(())
}

/// Returns to the only session that is meant.
fn one_or_all(
    chat: &mut Chat,
    meant: SessionChoices,
    first_is_likely: bool,
    sink: &mut dyn Sink,
) -> Result<Option<SessionChoices>> {
    if let [only] = &meant.found[..] {
        return resume_by_key(chat, only.key, sink).map(|()| None);
    }
    Ok(Some(SessionChoices {
        first_is_likely,
        ..meant
    }))
}

/// Looks through the sessions of the current user for those that suit, in pages.
fn look_through(
    chat: &mut Chat,
    which: Which<'_>,
    words: &[&str],
    suits: &dyn Fn(&SessionRow) -> bool,
    sink: &mut dyn Sink,
) -> Result<SessionChoices> {
    // What was passed over before has nothing to do with it.
    chat.log.take_damage();
    let now = chat.settings.now().0;
    let here = chat.speakers.session().map(|session| session.key);
    let (mut meant, mut after) = (SessionChoices::default(), None);
    loop {
        let (user, mut seen) = (Some(chat.speakers.user()), 0);
        let query = SessionQuery { user, which, after };
        chat.log.sessions(&query, &mut |row| {
            after = Some(row.rank());
            seen += 1;
            let is_current = here == Some(row.key);
            if !suits(row) {
            } else if meant.found.len() < SHOWN || is_current {
                // The current one is shown wherever it stands among them.
                if meant.found.len() == SHOWN {
                    meant.found.pop();
                    meant.more += 1;
                }
                meant.found.push(SessionChoice {
                    key: row.key,
                    session: row.session,
                    name: name_of(row, words),
                    age: now - row.touched_at.0,
                    is_current,
                });
            } else {
                meant.more += 1;
            }
            if seen < PAGE { Flow::More } else { Flow::Full }
        })?;
        if seen < PAGE {
            break;
        }
    }
    if let Some(problem) = chat.log.take_damage() {
        let error = Error::from(problem);
        if meant.found.is_empty() {
            return Err(error);
        }
        sink.emit(&Event::Error(&error));
    }
    Ok(meant)
}

/// Whether each of these words, which are in lower case, is somewhere in what lists
/// call a session, or in its first words.
fn has_words(row: &SessionRow, words: &[&str]) -> bool {
    let shown = summary(row, "");
    let [title, fork_of] = [shown.title.map(Cow::from), shown.fork_of().map(Cow::from)];
    let told = [
        lowered(title),
        lowered(fork_of),
        lowered(shown.preview.map(Cow::from)),
    ];
    let mut words = words.iter();
    words.all(|word| told.iter().any(|told| told.contains(word)))
}

/// What a session is called: with what it is a fork of or its first words behind that,
/// if it is not all that was looked for.
fn name_of(row: &SessionRow, words: &[&str]) -> Option<String> {
    let shown = summary(row, "");
    let has_all = |name: &str| {
        let name = name.to_lowercase();
        words.iter().all(|word| name.contains(word))
    };
    let name = shown.called()?.into_owned();
    if has_all(&name) || (shown.title.is_none() && shown.origin.is_none()) {
        return Some(name);
    }
    let longer = shown.fork_of().filter(|_| shown.title.is_some());
    let longer = longer.map(|fork_of| format!("{name} ({fork_of})"));
    if let Some(longer) = longer.filter(|longer| has_all(longer)) {
        return Some(longer);
    }
    let said = shown.preview.map(|said| preview_of(said, WORDS_CHARACTERS));
    Some(said.map_or(name.clone(), |said| format!("{name}: {said}")))
}

fn lowered(text: Option<Cow<'_, str>>) -> String {
    text.unwrap_or_default().to_lowercase()
}
