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
        let mut line = MessageLine::begin(out, message.at);
        line.text(r#","role":"#, message.role.word());
        line.text(r#","content":"#, message.content);
        line.value(r#","at":"#, &At(message.said_at));
        line.text_of(r#","model":"#, message.model);
        let status = message.status;
        line.text_of(
            r#","status":"#,
            (status != Status::Complete).then(|| status.word()),
        );
        line.number_of(
            r#","prompt_tokens":"#,
            message.usage.map(|usage| usage.prompt),
        );
        line.number_of(
            r#","reply_tokens":"#,
            message.usage.map(|usage| usage.reply),
        );
        line.text_of(r#","finish_reason":"#, message.details.finish_reason);
        line.text_of(r#","reasoning":"#, message.details.reasoning);
        line.text_of(r#","citations":"#, message.details.citations);
        let links = &message.links;
        line.name(r#","parent":"#, links.parent);
        line.number_of(r#","depth":"#, message.depth);
        line.name(r#","system":"#, links.system);
        line.name(r#","floor":"#, links.floor);
        line.name(r#","oldest":"#, links.oldest);
        if let Some(sent) = &links.sent {
            let session = message.at.session;
            let sent = SentFields {
                last: named(sent.last, session),
                floor: named(sent.floor, session),
                system: named(sent.system, session),
                configured: message.configured,
            };
            line.value(r#","sent":"#, &sent);
        }
        if let Some(origin) = message.origin {
            line.value(r#","origin":"#, &Key(origin));
        }
        line.end();
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

/// The line of a message, field by field: there are very many of these, and serde would
/// look through each name for what has to be escaped.
struct MessageLine<'a> {
    out: &'a mut Vec<u8>,
    session: SessionId,
}

impl<'a> MessageLine<'a> {
    fn begin(out: &'a mut Vec<u8>, at: Numbered) -> Self {
        let Numbered { session, seq } = at;
        out.extend_from_slice(br#"{"type":"message","session_id":"#);
        let mut line = Self { out, session };
        line.value("", &Id(session));
        line.number_of(r#","seq":"#, Some(seq));
        line
    }

    fn value(&mut self, name: &str, value: &impl Serialize) {
        self.out.extend_from_slice(name.as_bytes());
        // Texts and numbers can always be written, and so can memory.
        let _ = serde_json::to_writer(&mut *self.out, value);
    }

    fn text(&mut self, name: &str, text: &str) {
        self.value(name, &text);
    }

    fn text_of(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    fn number_of(&mut self, name: &str, number: Option<i64>) {
        if let Some(number) = number {
            self.value(name, &number);
        }
    }

    fn name(&mut self, name: &str, at: Option<Numbered>) {
        if let Some(at) = at {
            self.value(name, &Name::within(at, self.session));
        }
    }

    fn end(self) {
        self.out.extend_from_slice(b"}\n");
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
