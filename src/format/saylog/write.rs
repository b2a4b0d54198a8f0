//! Values to lines.

use serde::Serialize;

use super::VERSION;
use super::values::{At, Id, Key, Name};
use crate::domain::{
    MessageRecord, MoveRecord, NamedPlace, Numbered, SessionHead, SessionId, SessionState, Status,
};

/// How many lines of each kind a file has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub sessions: u64,
    pub messages: u64,
    pub moves: u64,
}

/// What is written of a log, whose lines it counts.
#[derive(Debug, Default)]
pub(crate) struct Written {
    totals: Totals,
}

#[derive(Serialize)]
struct Head<'a> {
    r#type: &'a str,
    version: u64,
    scope: &'a str,
}

#[derive(Serialize)]
struct SessionLine<'a> {
    r#type: &'a str,
    session_id: Id,
    user_id: &'a str,
    started_at: At,
    #[serde(skip_serializing_if = "Option::is_none")]
    persona: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<Name>,
}

#[derive(Serialize)]
struct MessageLine<'a> {
    r#type: &'a str,
    session_id: Id,
    seq: i64,
    role: &'a str,
    content: &'a str,
    at: At,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_tokens: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_tokens: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    citations: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    depth: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<SentFields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Key>,
}

#[derive(Serialize)]
struct SentFields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    configured: Option<&'a str>,
}

#[derive(Serialize)]
struct StateLine<'a> {
    r#type: &'a str,
    session_id: Id,
    messages: i64,
    moves: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_words: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_at: Option<At>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fork_of: Option<Id>,
    #[serde(flatten)]
    place: PlaceFields,
    context: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redo: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import_head: Option<Name>,
}

#[derive(Serialize)]
struct PlaceFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<Name>,
}

#[derive(Serialize)]
struct MoveLine<'a> {
    r#type: &'a str,
    session_id: Id,
    why: &'a str,
    from: PlaceFields,
    to: PlaceFields,
    #[serde(skip_serializing_if = "Option::is_none")]
    redo: Option<Name>,
    gone: i64,
    back: i64,
    at: At,
}

#[derive(Serialize)]
struct EndLine<'a> {
    r#type: &'a str,
    sessions: u64,
    messages: u64,
    moves: u64,
}

impl Written {
    /// Begins a file of that scope: `user`, `global`, or `part` where filters chose.
    pub(crate) fn begin(scope: &str, out: &mut Vec<u8>) -> Self {
        let head = Head {
            r#type: "saylog",
            version: VERSION,
            scope,
        };
        push(&head, out);
        Self::default()
    }

    pub(crate) fn session(&mut self, head: &SessionHead<'_>, out: &mut Vec<u8>) {
        self.totals.sessions += 1;
        let line = SessionLine {
            r#type: "session",
            session_id: Id(head.session),
            user_id: head.user.as_str(),
            started_at: At(head.started_at),
            persona: head.persona,
            source: head.source,
            behind: named(head.behind, head.session),
        };
        push(&line, out);
    }

    pub(crate) fn message(&mut self, message: &MessageRecord<'_>, out: &mut Vec<u8>) {
        self.totals.messages += 1;
        let Numbered { session, seq } = message.at;
        let name = |link| named(link, session);
        let links = &message.links;
        let sent = links.sent.as_ref().map(|sent| SentFields {
            last: name(sent.last),
            floor: name(sent.floor),
            system: name(sent.system),
            configured: message.configured,
        });
        let line = MessageLine {
            r#type: "message",
            session_id: Id(session),
            seq,
            role: message.role.word(),
            content: message.content,
            at: At(message.said_at),
            model: message.model,
            status: (message.status != Status::Complete).then(|| message.status.word()),
            prompt_tokens: message.usage.map(|usage| usage.prompt),
            reply_tokens: message.usage.map(|usage| usage.reply),
            finish_reason: message.details.finish_reason,
            reasoning: message.details.reasoning,
            citations: message.details.citations,
            parent: name(links.parent),
            depth: message.depth,
            system: name(links.system),
            floor: name(links.floor),
            oldest: name(links.oldest),
            sent,
            origin: message.origin.map(Key),
        };
        push(&line, out);
    }

    /// Writes where a session stands; its moves follow.
    pub(crate) fn state(state: &SessionState, out: &mut Vec<u8>) {
        let session = state.session;
        let line = StateLine {
            r#type: "state",
            session_id: Id(session),
            messages: state.messages,
            moves: state.moves,
            title: state.title.as_deref(),
            first_words: state.preview.as_deref(),
            model: state.model.as_deref(),
            archived_at: state.archived_at.map(At),
            fork_of: state.origin.map(Id),
            place: place(&state.place, session),
            context: state.depth,
            system: named(state.system, session),
            redo: named(state.redo, session),
            import_head: named(state.import_head, session),
        };
        push(&line, out);
    }

    pub(crate) fn step(&mut self, step: &MoveRecord, out: &mut Vec<u8>) {
        self.totals.moves += 1;
        let line = MoveLine {
            r#type: "move",
            session_id: Id(step.session),
            why: step.kind.word(),
            from: place(&step.from, step.session),
            to: place(&step.to, step.session),
            redo: named(step.redo, step.session),
            gone: step.gone,
            back: step.back,
            at: At(step.at),
        };
        push(&line, out);
    }

    /// Ends the file; gives what it has.
    pub(crate) fn end(&mut self, out: &mut Vec<u8>) -> Totals {
        let Totals {
            sessions,
            messages,
            moves,
        } = self.totals;
        let end = EndLine {
            r#type: "end",
            sessions,
            messages,
            moves,
        };
        push(&end, out);
        self.totals
    }
}

fn named(at: Option<Numbered>, session: SessionId) -> Option<Name> {
    at.map(|at| Name::within(at, session))
}

fn place(place: &NamedPlace, session: SessionId) -> PlaceFields {
    PlaceFields {
        head: named(place.head, session),
        base: named(place.base, session),
        floor: named(place.floor, session),
    }
}

fn push(line: &impl Serialize, out: &mut Vec<u8>) {
    // Texts and numbers can always be written, and so can memory.
    let _ = serde_json::to_writer(&mut *out, line);
    out.push(b'\n');
}
