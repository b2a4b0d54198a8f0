//! Lines to values and back.

use super::*;
use crate::domain::{
    Links, MessageRecord, MoveKind, MoveRecord, NamedPlace, Numbered, ReplyDetails, Role,
    SentLinks, SessionHead, SessionId, SessionState, Status, Timestamp, Usage, UserName,
};

fn session(number: u8) -> SessionId {
    SessionId::parse(&format!("5b0c1f7e-0f3a-4c1d-9b7e-0000000000{number:02}")).unwrap()
}

fn named(number: u8, seq: i64) -> Numbered {
    let session = session(number);
    Numbered { session, seq }
}

/// What lines say, or why not.
fn told(text: &str) -> Vec<String> {
    let mut bytes = text.as_bytes();
    let mut lines = Lines::new(&mut bytes);
    let mut told = Vec::new();
    while let Some(line) = lines.next().unwrap() {
        let says = match line.says {
            Ok(Record::Session(fields)) => format!("{:?}", fields.head()),
            Ok(Record::Message(fields)) => format!("{:?}", fields.record()),
            Ok(record) => format!("{record:?}"),
            Err(why) => why,
        };
        told.push(format!("{}: {says}", line.number));
    }
    told
}

#[test]
fn everything_comes_back_from_its_line() {
    let user = UserName::new("Zoë \"x\"").unwrap();
    let head = SessionHead {
        session: session(1),
        user: &user,
        started_at: Timestamp(i64::MAX),
        persona: Some("critic"),
        source: Some("chatgpt"),
        behind: Some(named(2, 0)),
    };
    let message = MessageRecord {
        at: named(1, 7),
        role: Role::Ai,
        content: "a \"b\"\\\n\u{1}\u{7f}\u{2028}\u{1f600}",
        said_at: Timestamp(-1),
        model: Some("m/ö"),
        status: Status::Interrupted,
        usage: Some(Usage {
            prompt: 7,
            reply: 3,
        }),
        details: ReplyDetails {
            finish_reason: Some("stop"),
            reasoning: Some("hm\n"),
            citations: Some("[{\"url\":\"x\"}]"),
        },
        depth: Some(3),
        links: Links {
            parent: Some(named(1, 6)),
            system: Some(named(2, 1)),
            floor: Some(named(1, 5)),
            oldest: Some(named(2, 2)),
            sent: Some(SentLinks {
                last: Some(named(1, 6)),
                floor: None,
                system: Some(named(2, 1)),
            }),
        },
        configured: Some("be brief"),
        origin: Some([0x55; 16]),
    };
    let place = NamedPlace {
        head: Some(named(1, 7)),
        base: Some(named(2, 1)),
        floor: None,
    };
    let state = SessionState {
        session: session(1),
        messages: 7,
        moves: 1,
        title: Some("t\u{1b}".into()),
        preview: Some("a".into()),
        model: Some("m".into()),
        archived_at: Some(Timestamp(0)),
        origin: Some(session(2)),
        place,
        depth: 3,
        system: Some(named(2, 1)),
        redo: Some(named(1, 1)),
        import_head: Some(named(1, 2)),
    };
    let step = MoveRecord {
        session: session(1),
        kind: MoveKind::Compact,
        from: NamedPlace::default(),
        to: place,
        redo: Some(named(1, 1)),
        gone: 4,
        back: 0,
        at: Timestamp(1_795_354_327_120),
    };
    let mut out = Vec::new();
    let mut written = Written::begin("global", &mut out);
    written.session(&head, &mut out);
    written.message(&message, &mut out);
    Written::state(&state, &mut out);
    written.step(&step, &mut out);
    let totals = written.end(&mut out);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(
        told(&text),
        [
            "1: Head { is_part: false }".to_owned(),
            format!("2: {head:?}"),
            format!("3: {message:?}"),
            format!("4: State({state:?})"),
            format!("5: Move({step:?})"),
            format!("6: End({totals:?})"),
        ]
    );
    assert_eq!(
        totals,
        Totals {
            sessions: 1,
            messages: 1,
            moves: 1
        }
    );
}

#[test]
fn fields_may_come_in_any_order_and_unknown_ones_are_passed_over() {
    let line = r#"{"at":"2026-11-22T13:32:07.120Z","mood":{"of":["x",1]},"content":"a","role":"user","seq":1,"session_id":"5b0c1f7e-0f3a-4c1d-9b7e-000000000001","type":"message"}"#;
    let [told] = &told(&format!("\u{feff}\n \n{line}"))[..] else {
        panic!("one line");
    };
    assert!(
        told.starts_with("3: MessageRecord { at: Numbered"),
        "{told}"
    );
}

#[test]
fn what_a_line_lacks_is_said() {
    let id = r#""session_id":"5b0c1f7e-0f3a-4c1d-9b7e-000000000001""#;
    for (line, why) in [
        (
            r#"{"type":"message","role":"user"}"#.to_owned(),
            "it has no text",
        ),
        (
            format!(r#"{{"type":"message",{id},"role":"user","content":"","seq":0,"at":0}}"#),
            "it has no number",
        ),
        (
            format!(r#"{{"type":"session",{id},"user_id":" ada","started_at":0}}"#),
            "the name of its user is none",
        ),
        (
            r#"{"type":"session","session_id":"x"}"#.into(),
            "it cannot be read: the id of a session is no UUID, at column 35",
        ),
        (
            format!(r#"{{"type":"state",{id},"messages":-1}}"#),
            "it cannot be read: invalid value: integer `-1`, expected u64, at column 81",
        ),
        (
            format!(r#"{{"type":"message",{id},"parent":[1]}}"#),
            "it cannot be read: invalid type: integer `1`, expected a text, at column 81",
        ),
        (r#"{"type":"saylog"}"#.into(), "it has no version"),
        (
            r#"{"type":"message","origin":"zz"}"#.into(),
            "it cannot be read: an origin is not 32 hexadecimal digits, at column 32",
        ),
        (
            "[1]".into(),
            "it cannot be read: invalid type: integer `1`, expected a text, at column 2",
        ),
    ] {
        assert_eq!(told(&line), [format!("1: {why}")], "{line}");
    }
}
