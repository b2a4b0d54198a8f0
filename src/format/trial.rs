//! What the tests of the readers share.

use std::io::BufRead;
use std::ops::ControlFlow;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::conversation::{Conversation, Utterance};
use super::source::{Broken, Fault, Found, Visit};
use crate::domain::Role;

/// A reader of files.
pub(super) type Reader = fn(&mut dyn BufRead, &str, &mut Visit<'_>) -> Result<(), Fault>;

/// What a reader tells, and how it ends.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    Conversation(Conversation),
    Broken(String, String),
    Fault(String, String),
}

pub(super) fn broken(place: &str, why: &str) -> Told {
    Told::Broken(place.to_owned(), why.to_owned())
}

/// A message behind another one.
pub(super) fn said(id: &str, parent: Option<usize>, role: Role, content: &str) -> Utterance {
    Utterance {
        parent,
        ..Utterance::new(id, role, content)
    }
}

/// All that is told while something is read.
pub(super) fn told(read: impl FnOnce(&mut Visit<'_>) -> Result<(), Fault>) -> Vec<Told> {
    let mut told = Vec::new();
    let result = read(&mut |found| {
        told.push(match found {
            Found::Conversation(conversation) => Told::Conversation(conversation),
            Found::Broken(Broken { place, why }) => Told::Broken(place, why),
        });
        ControlFlow::Continue(())
    });
    match result {
        Ok(()) => {}
        Err(Fault::Broken(Broken { place, why })) => told.push(Told::Fault(place, why)),
        Err(Fault::Io(error)) => told.push(Told::Fault("io".into(), error.to_string())),
    }
    told
}

/// All that a reader tells of a file.
pub(super) fn tell_all(read: Reader, mut source: &[u8]) -> Vec<Told> {
    told(|visit| read(&mut source, "source.jsonl", visit))
}

/// Feeds a reader what became of its file by chance, and looks whether what it tells can
/// be walked, and whether it ends when it is asked to.
pub(super) fn is_read_to_an_end(read: Reader, file: &[u8]) {
    let config = ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let places = proptest::collection::vec((0..file.len(), 0_usize..40, any::<u8>()), 1..6);
    let result = TestRunner::new(config).run(&places, |places| {
        let mut mutant = file.to_vec();
        for (at, length, byte) in places {
            let at = at.min(mutant.len());
            let end = (at + length).min(mutant.len());
            match byte % 4 {
                // Something is lost, twice there, or another byte.
                0 => drop(mutant.drain(at..end)),
                1 => {
                    let part = mutant[at..end].to_vec();
                    mutant.splice(at..at, part);
                }
                2 => mutant.truncate(end.max(1)),
                _ if at < mutant.len() => mutant[at] = byte,
                _ => {}
            }
        }
        let mut found = 0;
        let end = read(&mut mutant.as_slice(), "source.jsonl", &mut |_| {
            found += 1;
            ControlFlow::Break(())
        });
        // Who has enough is told no more, and that is no fault.
        assert!(found == 0 || found == 1 && end.is_ok());
        for told in tell_all(read, &mutant) {
            if let Told::Conversation(conversation) = told {
                check(&conversation);
            }
        }
        Ok(())
    });
    assert_eq!(result, Ok(()));
}

/// Every message stands behind the one that it follows, and has a name of its own.
fn check(conversation: &Conversation) {
    let mut names = std::collections::BTreeSet::new();
    for (at, message) in conversation.messages.iter().enumerate() {
        assert!(message.parent.is_none_or(|parent| parent < at));
        assert!(names.insert(&message.id), "{} twice", message.id);
    }
    let length = conversation.messages.len();
    assert!(conversation.current.is_none_or(|current| current < length));
}
