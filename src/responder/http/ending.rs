//! What a person is told about how a reply ended, and what the log keeps of it.

use super::completion::{Completion, Outcome};
use super::endpoint::Endpoint;
use super::fault::Fault;
use super::wording::quoted;
use crate::domain::{Problem, ProblemKind};
use crate::responder::Ending;
use crate::responder::damage::DAMAGED;

/// The ending of a reply that an endpoint was asked for.
pub(super) fn ending(outcome: Outcome, endpoint: &Endpoint) -> Ending {
    let completion = match outcome {
        Ok(completion) => completion,
        Err(fault) => Completion {
            fault: Some(fault),
            ..Completion::default()
        },
    };
    let ending = match &completion.fault {
        Some(fault) => Ending {
            too_long: fault.too_long(),
            is_unstarted: matches!(fault, Fault::NoThread),
            ..Ending::failed(fault.problem(endpoint))
        },
        None => Ending {
            problem: remark(&completion),
            ..Ending::complete()
        },
    };
    let reason = completion.finish_reason();
    Ending {
        finish_reason: reason.map(|reason| quoted(endpoint, reason)),
        usage: completion.usage,
        citations: completion.citations,
        ..ending
    }
}

/// What to say about a reply that ended properly.
fn remark(completion: &Completion) -> Option<Problem> {
    let (what, hint) = if completion.is_shortened() {
        (
            "the reply stopped at the model's limit of tokens",
            Some("`/continue` asks it to go on"),
        )
    } else if completion.is_damaged {
        (DAMAGED, None)
    } else {
        return None;
    };
    Some(Problem {
        kind: ProblemKind::Other,
        what: what.into(),
        hint: hint.map(str::to_owned),
    })
}
