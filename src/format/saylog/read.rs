//! Lines to values.

use std::io::{self, BufRead, Read};

use serde::Deserialize;

use super::values::{At, Id, Key, Name, Text};
use super::{PART, Totals, VERSION};
use crate::domain::{
    Links, MESSAGE_LIMIT, MessageRecord, MoveKind, MoveRecord, NamedPlace, Numbered, ReplyDetails,
    Role, SentLinks, SessionHead, SessionId, SessionState, SourceKey, Status, Timestamp, Usage,
    UserName, is_of_program, preview_of,
};

/// The longest line, in bytes: a message whose every character is escaped, and what was
/// thought before it.
const LINE_LIMIT: usize = 6 * MESSAGE_LIMIT + 64 * 1024 * 1024;

/// The longest name of a model, a persona or a program, in characters.
const NAME_CHARACTERS: usize = 256;

/// So much is taken for what a line has beside a text, in bytes.
const BESIDE_TEXT: usize = 512;

/// What some editors put before a text.
const ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The lines of a file, of which one at a time is in memory.
pub(crate) struct Lines<'s> {
    source: &'s mut dyn BufRead,
    line: Vec<u8>,
    number: u64,
}

/// A line that holds something.
#[derive(Debug)]
pub(crate) struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// How long it is, in bytes.
    pub bytes: usize,
    /// What it says, or why that cannot be read, as the end of a sentence.
    pub says: Result<Record, String>,
}

/// What a line says.
#[derive(Debug)]
pub(crate) enum Record {
    /// The file begins; it has not all of somebody's or of everybody's messages if it
    /// `is_part`.
    Head {
        is_part: bool,
    },
    Session(SessionFields),
    Message(Box<MessageFields>),
    State(Box<SessionState>),
    Move(Box<MoveRecord>),
    End(Totals),
    /// Something that this version does not know.
    Unknown,
}

/// A session.
#[derive(Debug)]
pub(crate) struct SessionFields {
    user: UserName,
    session: SessionId,
    started_at: Timestamp,
    persona: Option<String>,
    source: Option<String>,
    behind: Option<Numbered>,
}

impl SessionFields {
    /// The session.
    pub(crate) fn head(&self) -> SessionHead<'_> {
        SessionHead {
            session: self.session,
            user: &self.user,
            started_at: self.started_at,
            persona: self.persona.as_deref(),
            source: self.source.as_deref(),
            behind: self.behind,
        }
    }
}

/// A message.
#[derive(Debug)]
pub(crate) struct MessageFields {
    at: Numbered,
    role: Role,
    content: String,
    said_at: Timestamp,
    model: Option<String>,
    status: Status,
    usage: Option<Usage>,
    finish_reason: Option<String>,
    reasoning: Option<String>,
    citations: Option<String>,
    depth: Option<i64>,
    links: Links<Numbered>,
    configured: Option<String>,
    origin: Option<SourceKey>,
}

impl MessageFields {
    /// The message.
    pub(crate) fn record(&self) -> MessageRecord<'_> {
        MessageRecord {
            at: self.at,
            role: self.role,
            content: &self.content,
            said_at: self.said_at,
            model: self.model.as_deref(),
            status: self.status,
            usage: self.usage,
            details: ReplyDetails {
                finish_reason: self.finish_reason.as_deref(),
                reasoning: self.reasoning.as_deref(),
                citations: self.citations.as_deref(),
            },
            depth: self.depth,
            links: self.links,
            configured: self.configured.as_deref(),
            origin: self.origin,
        }
    }
}

/// The fields of all kinds of lines.
#[derive(Debug, Deserialize)]
struct Raw<'l> {
    #[serde(borrow)]
    r#type: Option<Text<'l>>,
    version: Option<u64>,
    scope: Option<Text<'l>>,
    session_id: Option<Id>,
    user_id: Option<Text<'l>>,
    started_at: Option<At>,
    persona: Option<Text<'l>>,
    source: Option<Text<'l>>,
    behind: Option<Name>,
    seq: Option<i64>,
    role: Option<Text<'l>>,
    content: Option<Text<'l>>,
    at: Option<At>,
    model: Option<Text<'l>>,
    status: Option<Text<'l>>,
    prompt_tokens: Option<i64>,
    reply_tokens: Option<i64>,
    finish_reason: Option<Text<'l>>,
    reasoning: Option<Text<'l>>,
    citations: Option<Text<'l>>,
    parent: Option<Name>,
    depth: Option<i64>,
    system: Option<Name>,
    floor: Option<Name>,
    oldest: Option<Name>,
    sent: Option<RawSent<'l>>,
    origin: Option<Key>,
    title: Option<Text<'l>>,
    first_words: Option<Text<'l>>,
    archived_at: Option<At>,
    fork_of: Option<Id>,
    head: Option<Name>,
    base: Option<Name>,
    context: Option<i64>,
    redo: Option<Name>,
    import_head: Option<Name>,
    why: Option<Text<'l>>,
    from: Option<RawPlace>,
    to: Option<RawPlace>,
    gone: Option<i64>,
    back: Option<i64>,
    sessions: Option<u64>,
    messages: Option<u64>,
    moves: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct RawSent<'l> {
    last: Option<Name>,
    floor: Option<Name>,
    system: Option<Name>,
    #[serde(borrow)]
    configured: Option<Text<'l>>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct RawPlace {
    head: Option<Name>,
    base: Option<Name>,
    floor: Option<Name>,
}

impl<'s> Lines<'s> {
    pub(crate) fn new(source: &'s mut dyn BufRead) -> Self {
        Self {
            source,
            line: Vec::new(),
            number: 0,
        }
    }

    /// The next line that is not blank; none at the end.
    ///
    /// # Errors
    /// If the source cannot be read.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            self.line.clear();
            let most = u64::try_from(LINE_LIMIT).unwrap_or(u64::MAX);
            let mut start = (&mut *self.source).take(most.saturating_add(1));
            if start.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.line.len() > LINE_LIMIT && self.line.last() != Some(&b'\n') {
                pass_over_line(self.source)?;
                return Ok(Some(Line {
                    number: self.number,
                    bytes: 0,
                    says: Err(format!("it is longer than {LINE_LIMIT} bytes")),
                }));
            }
            if self.number == 1 && self.line.starts_with(ORDER_MARK) {
                self.line.drain(..ORDER_MARK.len());
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        Ok(Some(Line {
            number: self.number,
            bytes: self.line.len() + BESIDE_TEXT,
            says: record(self.line.trim_ascii()),
        }))
    }
}

fn record(bytes: &[u8]) -> Result<Record, String> {
    let raw: Raw<'_> = serde_json::from_slice(bytes).map_err(|error| {
        let why = error.to_string();
        let (why, _) = why.split_once(" at line ").unwrap_or((&why, ""));
        format!("it cannot be read: {why}, at column {}", error.column())
    })?;
    let kind = raw.r#type.as_ref().map_or("", |kind| &*kind.0);
    match kind {
        "message" => message(raw),
        "session" => session(&raw),
        "state" => state(&raw),
        "move" => step(&raw),
        "end" => Ok(Record::End(Totals {
            sessions: needed(raw.sessions, "count of sessions")?,
            messages: needed(raw.messages, "count of messages")?,
            moves: needed(raw.moves, "count of moves")?,
        })),
        "saylog" => match raw.version {
            Some(..=VERSION) => Ok(Record::Head {
                is_part: text(raw.scope.as_ref()) == Some(PART),
            }),
            Some(newer) => Err(format!(
                "it is of version {newer} of the form, which is newer"
            )),
            None => Err("it has no version".into()),
        },
        _ => Ok(Record::Unknown),
    }
}

fn session(raw: &Raw<'_>) -> Result<Record, String> {
    let typed = needed(text(raw.user_id.as_ref()), "user")?;
    let user = UserName::new(typed).ok();
    let user = user.filter(|user| user.as_str() == typed);
    let session = needed(raw.session_id, "session")?.0;
    Ok(Record::Session(SessionFields {
        user: user.ok_or("the name of its user is none")?,
        session,
        started_at: needed(raw.started_at, "beginning")?.0,
        persona: name(raw.persona.as_ref()),
        source: name(raw.source.as_ref()),
        behind: raw.behind.map(|name| name.of(session)),
    }))
}

fn message(raw: Raw<'_>) -> Result<Record, String> {
    let role = needed(text(raw.role.as_ref()), "role")?;
    let role = Role::parse(role).ok_or("its role is not known")?;
    let status = match text(raw.status.as_ref()) {
        None => Status::Complete,
        Some(word) => Status::parse(word).ok_or("its status is not known")?,
    };
    let content = needed(raw.content, "text")?.0.into_owned();
    let session = needed(raw.session_id, "session")?.0;
    let linked = |link: Option<Name>| link.map(|name| name.of(session));
    let usage = match (raw.prompt_tokens, raw.reply_tokens) {
        (Some(prompt), Some(reply)) => Some(Usage { prompt, reply }),
        _ => None,
    };
    let sent = raw.sent.as_ref();
    Ok(Record::Message(Box::new(MessageFields {
        at: Numbered {
            session,
            seq: needed(raw.seq.filter(|seq| *seq > 0), "number")?,
        },
        role,
        content,
        said_at: needed(raw.at, "time")?.0,
        model: name(raw.model.as_ref()),
        status,
        usage,
        finish_reason: owned(raw.finish_reason.as_ref()),
        reasoning: owned(raw.reasoning.as_ref()),
        citations: owned(raw.citations.as_ref()),
        depth: raw.depth.filter(|depth| *depth > 0),
        links: Links {
            parent: linked(raw.parent),
            system: linked(raw.system),
            floor: linked(raw.floor),
            oldest: linked(raw.oldest),
            sent: sent.map(|sent| SentLinks {
                last: linked(sent.last),
                floor: linked(sent.floor),
                system: linked(sent.system),
            }),
        },
        configured: sent.and_then(|sent| owned(sent.configured.as_ref())),
        origin: raw.origin.map(|key| key.0).filter(is_of_program),
    })))
}

fn state(raw: &Raw<'_>) -> Result<Record, String> {
    let session = needed(raw.session_id, "session")?.0;
    let place = RawPlace {
        head: raw.head,
        base: raw.base,
        floor: raw.floor,
    };
    Ok(Record::State(Box::new(SessionState {
        session,
        messages: needed(raw.messages.and_then(whole), "count of messages")?,
        moves: needed(raw.moves.and_then(whole), "count of moves")?,
        title: owned(raw.title.as_ref()),
        preview: owned(raw.first_words.as_ref()),
        model: name(raw.model.as_ref()),
        archived_at: raw.archived_at.map(|at| at.0),
        origin: raw.fork_of.map(|id| id.0),
        place: place.of(session),
        depth: raw.context.unwrap_or(0).max(0),
        system: raw.system.map(|name| name.of(session)),
        redo: raw.redo.map(|name| name.of(session)),
        import_head: raw.import_head.map(|name| name.of(session)),
    })))
}

fn step(raw: &Raw<'_>) -> Result<Record, String> {
    let session = needed(raw.session_id, "session")?.0;
    let why = needed(text(raw.why.as_ref()), "reason")?;
    Ok(Record::Move(Box::new(MoveRecord {
        session,
        kind: MoveKind::parse(why).ok_or("its reason is not known")?,
        from: needed(raw.from, "beginning")?.of(session),
        to: needed(raw.to, "end")?.of(session),
        redo: raw.redo.map(|name| name.of(session)),
        gone: needed(raw.gone, "count of messages that left")?,
        back: needed(raw.back, "count of messages that came back")?,
        at: needed(raw.at, "time")?.0,
    })))
}

impl RawPlace {
    fn of(self, session: SessionId) -> NamedPlace {
        let name = |name: Option<Name>| name.map(|name| name.of(session));
        NamedPlace {
            head: name(self.head),
            base: name(self.base),
            floor: name(self.floor),
        }
    }
}

fn needed<T>(field: Option<T>, what: &str) -> Result<T, String> {
    field.ok_or_else(|| format!("it has no {what}"))
}

fn text<'t>(field: Option<&'t Text<'_>>) -> Option<&'t str> {
    field.map(|text| &*text.0)
}

fn owned(field: Option<&Text<'_>>) -> Option<String> {
    text(field).map(str::to_owned)
}

/// A name of something: on one line, and not longer than names are.
fn name(field: Option<&Text<'_>>) -> Option<String> {
    let name = preview_of(text(field)?, NAME_CHARACTERS);
    (!name.is_empty()).then_some(name)
}

fn whole(count: u64) -> Option<i64> {
    i64::try_from(count).ok()
}

/// Reads up to the end of the line without keeping it.
fn pass_over_line(source: &mut dyn BufRead) -> io::Result<()> {
    source.skip_until(b'\n').map(|_| ())
}
