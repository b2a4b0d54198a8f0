use super::super::trial::{Told, broken, is_read_to_an_end, said, tell_all, told};
use super::*;
use crate::domain::Timestamp;

const SESSION: &[u8] = include_bytes!("session.yaml");

const JOURNAL: &[u8] = include_bytes!("messages.md");

fn tell(name: &str, mut source: &[u8]) -> Vec<Told> {
    told(|visit| read(&mut source, name, visit))
}

#[test]
fn a_session_is_read_with_every_trap() {
    let mut expected = Conversation {
        id: "20261103T103000-greetings".into(),
        title: Some("greetings".into()),
        at: Some(Timestamp(1_793_701_800_000)),
        model: Some("openai:gpt-4o".into()),
        messages: vec![
            said("1", None, Role::User, "Wie heißt du? 🙂"),
            said("2", Some(0), Role::Ai, "aichat:\n\n  yours\n# truly"),
            said("3", Some(1), Role::System, "They exchanged names."),
            said(
                "4",
                Some(2),
                Role::User,
                "What is this?\n[image: image/png]",
            ),
            said("5", Some(3), Role::Ai, "I look."),
            said("6", Some(4), Role::Ai, "\tA cat\u{7}\n"),
        ],
        ..Conversation::default()
    };
    for kind in ["images", "tool calls", "messages without text"] {
        expected.left_out.count(kind);
    }
    let expected = [
        broken("message 8", "nobody knows the role `narrator`"),
        broken("message 9", "it has no role"),
        Told::Conversation(expected),
    ];
    assert_eq!(tell("20261103T103000-greetings.yaml", SESSION), expected);
}

#[test]
fn what_is_no_session_is_refused() {
    let fault = |place: &str, why: &str| [Told::Fault(place.into(), why.into())];
    assert_eq!(
        tell("x.yaml", b"a: b"),
        fault("the session", "it has no `messages`")
    );
    assert_eq!(tell("x", b"a: b\nc"), fault("line 2", "it has no key"));
    let why = "no line begins with `# CHAT:`";
    assert_eq!(tell("messages.md", b"x"), fault("line 1", why));
    assert_eq!(tell("messages.md", b""), []);
}

#[test]
fn a_journal_is_read_with_every_trap() {
    let chat = |title: &str, second: i64, said: Vec<Utterance>| {
        let mut conversation = Conversation {
            title: Some(title.into()),
            at: Some(Timestamp((1_793_701_800 + second) * 1000)),
            messages: said,
            ..Conversation::default()
        };
        for message in &mut conversation.messages {
            message.at = conversation.at;
        }
        conversation
    };
    let first = chat(
        "Wie heißt [du]?",
        0,
        vec![
            said("1", None, Role::User, "Wie heißt [du]?\n\n# CHAT: me"),
            said("2", Some(0), Role::Ai, "aichat\n--------\n🙂"),
        ],
    );
    let mut second = chat(
        "look",
        5,
        vec![
            said("1", None, Role::User, "look"),
            said("2", Some(0), Role::Ai, "A cat"),
        ],
    );
    second.left_out.count("tool calls");
    let last = chat(
        "cut off",
        9,
        vec![
            said("1", None, Role::User, "cut off"),
            said("2", Some(0), Role::Ai, "as I"),
        ],
    );
    let mut found = tell("messages.md", JOURNAL);
    let mut ids = Vec::new();
    for told in &mut found {
        if let Told::Conversation(conversation) = told {
            ids.push(std::mem::take(&mut conversation.id));
        }
    }
    let expected = [
        Told::Conversation(first),
        Told::Conversation(second),
        broken("line 21", "it has no reply"),
        Told::Conversation(last),
    ];
    assert_eq!(found, expected);
    let starts = ids.iter().map(|id| id.split(' ').next().unwrap());
    let times = [
        "2026-11-03T11:30:00+01:00",
        "2026-11-03T10:30:05Z",
        "2026-11-03T10:30:09Z",
    ];
    assert_eq!(starts.collect::<Vec<_>>(), times);
}

#[test]
fn whatever_is_read_there_is_an_end() {
    is_read_to_an_end(|source, _, visit| read(source, "x.yaml", visit), SESSION);
    is_read_to_an_end(
        |source, _, visit| read(source, "messages.md", visit),
        JOURNAL,
    );
    assert_eq!(tell_all(read, b"messages: []").len(), 1);
}
