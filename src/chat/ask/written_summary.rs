//! What a model wrote that was asked for a summary.

use std::time::Duration;

use super::context::Context;
use crate::chat::tokens::TokenEstimator;
use crate::domain::{Error, Event, LENGTH, Problem, ProblemKind, Result, Sink, Status, sentence};
use crate::responder::{Ending, SEND_LESS};

/// What the model wrote that was asked for a summary.
pub(super) struct WrittenSummary {
    pub(super) model: String,
    pub(super) text: String,
    pub(super) ending: Ending,
    /// From the request to the end.
    pub(super) took: Duration,
}

impl WrittenSummary {
    /// The same if it is a whole summary that makes the context shorter; what else
    /// there is to say of it is told. `covered` is what it is to stand for.
    ///
    /// # Errors
    /// [`Error::Unanswered`] if none came, or a part of it; [`Error::Interrupted`].
    pub(super) fn checked(
        mut self,
        covered: &Context,
        tokens: &TokenEstimator,
        sink: &mut dyn Sink,
    ) -> Result<Self> {
        let problem = self.ending.problem.take();
        let is_cut = self.ending.finish_reason.as_deref() == Some(LENGTH);
        let before: usize = covered.origins.iter().map(|origin| origin.tokens).sum();
        let failed =
            |what: &str, hint: &str| Problem::new(ProblemKind::Other, what).with_hint(hint);
        let failure = match (self.ending.status, problem) {
            (Status::Interrupted, _) => return Err(Error::Interrupted),
            (Status::Failed, Some(problem)) => for_summary(problem),
            (Status::Complete, _) if is_cut => failed(
                "the summary was cut at the model's limit of tokens, and nothing was changed",
                "`--parameter max_tokens=N` raises it, `/model` chooses another model",
            ),
            _ if self.text.trim().is_empty() => failed(
                "the model wrote no summary, and nothing was changed",
                "`/model` chooses another one",
            ),
            _ if tokens.cost(&self.text) >= before => failed(
                "the summary is no shorter than what it would stand for, and nothing was changed",
                "`/compact` once there is more to summarize, `/clear` empties the context",
            ),
            (_, problem) => {
                if let Some(problem) = problem {
                    let told = sentence(problem.what, problem.hint);
                    sink.emit(&Event::Notice(&told));
                }
                return Ok(self);
            }
        };
        Err(Error::Unanswered(failure, self.ending.tries))
    }
}

/// What went wrong when a summary was asked for. What helps there is another
/// summary, not another reply.
fn for_summary(problem: Problem) -> Problem {
    let hint = problem.hint.unwrap_or_default();
    let hint = if hint.contains(SEND_LESS) {
        format!("{SEND_LESS}, `/clear` empties it")
    } else if hint.is_empty() || hint.contains("`/compact`") {
        "`/clear` empties the context".into()
    } else {
        hint.replace("`/retry`", "`/compact`")
    };
    Problem {
        what: format!(
            "there is no summary, and nothing was changed: {}",
            problem.what
        ),
        hint: Some(hint),
        kind: problem.kind,
    }
}
