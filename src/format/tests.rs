//! Readers are told any bytes, and answer.

use std::collections::HashSet;
use std::io::{self, Read};
use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;

type Reader = fn(&mut dyn Read, &mut Visit<'_>) -> Result<(), Fault>;

/// Readers, and a file in the form of each.
const READERS: [(Reader, &str); 4] = [
    (
        chatgpt::read,
        concat!(
            r#"{"conversations":["#,
            include_str!("chatgpt/tree.json"),
            r#",{"id":"\ud83d"}]}"#
        ),
    ),
    (
        claude::read,
        r#"[{"uuid":"c","name":"é","chat_messages":[
            {"uuid":"a","sender":"human","text":"","content":[{"type":"text","text":"1"}]},
            {"uuid":"b","parent_message_uuid":"a","sender":"assistant","text":"2\ud83d\ude42"}]}]"#,
    ),
    (
        open_webui::read,
        r#"[{"id":"c","chat":{"history":{"currentId":"b","messages":{
            "a":{"role":"user","content":"1","timestamp":1700000000},"b":{"parentId":"a","role":"assistant",
            "content":"<details type=\"reasoning\"><summary>x</summary>&gt; é</details>2"}}}}}]"#,
    ),
    (
        librechat::read,
        r#"{"conversationId":"c","messages":[{"messageId":"a","isCreatedByUser":true,"text":"1","children":[
            {"messageId":"b","isCreatedByUser":false,"text":"2","children":[]}]},{"parentMessageId":"b"}]}"#,
    ),
];

/// Reads all there is, and makes sure that what is found can be told again.
fn read_all(reader: Reader, mut source: &[u8]) {
    let read = reader(&mut source, &mut |found| {
        if let Found::Conversation(conversation) = found {
            let messages = &conversation.messages;
            let ids: HashSet<_> = messages.iter().map(|said| &said.id).collect();
            assert_eq!(ids.len(), messages.len());
            for (place, said) in messages.iter().enumerate() {
                assert!(said.parent.is_none_or(|parent| parent < place));
            }
            assert!(conversation.current.is_none_or(|at| at < messages.len()));
        }
        ControlFlow::Continue(())
    });
    assert!(!matches!(read, Err(Fault::Io(_))));
}

#[test]
fn a_file_may_end_anywhere() {
    for (reader, file) in READERS {
        for end in 0..file.len() {
            read_all(reader, &file.as_bytes()[..end]);
        }
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    struct Torn;
    impl Read for Torn {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("torn"))
        }
    }
    for (reader, _) in READERS {
        let read = reader(&mut Torn, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(read, Err(Fault::Io(_))));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(
        which in 0..READERS.len(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..12_usize, any::<Edit>()), 0..6),
    ) {
        let (reader, file) = READERS[which];
        let mut bytes = file.as_bytes().to_vec();
        for (at, length, edit) in edits {
            let at = at.index(bytes.len() + 1);
            let end = (at + length).min(bytes.len());
            edit.apply(&mut bytes, at, end);
        }
        read_all(reader, &bytes);
    }
}

/// What happens to a piece of a file.
#[derive(Clone, Debug)]
enum Edit {
    Removed,
    Doubled,
    Replaced(Vec<u8>),
}

impl Edit {
    fn apply(self, bytes: &mut Vec<u8>, at: usize, end: usize) {
        let piece = match self {
            Self::Removed => Vec::new(),
            Self::Doubled => bytes[at..end].repeat(2),
            Self::Replaced(piece) => piece,
        };
        bytes.splice(at..end, piece);
    }
}

impl Arbitrary for Edit {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        let signs = prop::sample::select(br#"{}[]",:\\"#.to_vec());
        prop_oneof![
            Just(Self::Removed),
            Just(Self::Doubled),
            proptest::collection::vec(signs, 0..4).prop_map(Self::Replaced),
            proptest::collection::vec(any::<u8>(), 0..4).prop_map(Self::Replaced),
            Just(Self::Replaced(b"null".to_vec())),
            Just(Self::Replaced(br"\ud800".to_vec())),
        ]
        .boxed()
    }
}
