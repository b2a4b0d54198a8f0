//! What kind of failure an error is, and how often a model was asked before it:
//! what a script decides by what to do next.

use std::io;

use super::{Error, ProblemKind, ValueError};

impl Error {
    /// A stable word that says whether the same may succeed later, and what has to
    /// change first. The [`code`](Self::code) says what failed.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Asked(_, error) | Self::Advised(error, _) => error.kind(),
            Self::Take(fault) => fault.kind(),
            Self::Setting(fault) => fault.kind(),
            // As things are it cannot be done; the line may be right.
            Self::SessionNotFound
            | Self::NoSessions
            | Self::OnlyArchived
            | Self::NoSuchSession(_)
            | Self::NoSessionWith(_)
            | Self::AmbiguousSession(..)
            | Self::NoSuchMessage(_)
            | Self::NobodysMessage(_)
            | Self::NoSuchHit(_)
            | Self::NothingToUndo
            | Self::NothingToRedo
            | Self::NothingToRetry
            | Self::NothingToContinue
            | Self::NothingToCompact
            | Self::NothingToEdit
            | Self::IsArchived(_)
            | Self::NotArchived(_)
            | Self::NothingArchived
            | Self::OnlyQuotations
            | Self::MovedMeanwhile
            | Self::NeedsTerminal(_)
            | Self::Absent(..)
            | Self::File(..)
            | Self::Value(ValueError::NoSuchSession(_)) => "refused",
            // The line, or what was piped, is no good.
            Self::UnknownCommand { .. }
            | Self::NoDeleting(_)
            | Self::BadArgument { .. }
            | Self::Name(_)
            | Self::InvalidUtf8(_)
            | Self::NotUtf8
            | Self::NulByte(_)
            | Self::TooLong
            | Self::UnterminatedBlock { .. }
            | Self::Value(_)
            | Self::Piped(_)
            | Self::NothingPiped => "usage",
            Self::Responder(problem)
            | Self::Unanswered(problem, _)
            | Self::NotThisUser(problem)
            | Self::Store(problem) => problem.kind.word(),
            Self::Script(_, error) | Self::Input(error) | Self::Output(error) => io_kind(error),
            Self::Interrupted => "other",
        }
    }

    /// How many requests were sent for the reply that did not come, if there were any.
    pub(crate) fn tries(&self) -> Option<u32> {
        match self {
            Self::Asked(_, error) | Self::Advised(error, _) => error.tries(),
            Self::Unanswered(_, tries @ 1..) => Some(*tries),
            _ => None,
        }
    }
}

/// The kind of a failure of the system's.
fn io_kind(error: &io::Error) -> &'static str {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ProblemKind::Full,
        io::ErrorKind::ReadOnlyFilesystem => ProblemKind::ReadOnly,
        io::ErrorKind::NotFound => ProblemKind::Gone,
        _ => ProblemKind::Other,
    };
    kind.word()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{MessageId, Problem};

    fn unanswered(tries: u32) -> Error {
        let problem = Problem::new(ProblemKind::Busy, "it is busy").with_hint("wait");
        Error::Unanswered(problem, tries)
    }

    #[test]
    fn the_kind_says_what_has_to_change_before_the_same_can_succeed() {
        let full = || io::Error::from_raw_os_error(28);
        for (error, kind) in [
            (Error::NoSuchMessage(MessageId(1)), "refused"),
            (Error::TooLong, "usage"),
            (unanswered(1), "busy"),
            (Error::Asked("bob".into(), Box::new(unanswered(1))), "busy"),
            (Error::Output(full()), "full"),
            (Error::Script("x".into(), full()), "full"),
            (Error::Interrupted, "other"),
        ] {
            assert_eq!(error.kind(), kind, "{error}");
        }
    }

    #[test]
    fn how_often_a_model_was_asked_is_told_if_it_was_more_than_once() {
        for (tries, sentence, told) in [
            (0, "it is busy", None),
            (1, "it is busy", Some(1)),
            (3, "it is busy (asked 3 times)", Some(3)),
        ] {
            let error = unanswered(tries);
            assert_eq!(error.to_string(), sentence);
            assert_eq!(error.hint().unwrap(), "wait");
            assert_eq!((error.code(), error.tries()), ("responder", told));
            let of_bob = Error::Asked("bob".into(), Box::new(error));
            assert_eq!(of_bob.to_string(), format!("bob: {sentence}"));
            assert_eq!(of_bob.tries(), told);
        }
    }
}
