//! What can go wrong with a request, and the sentence and the hint for it.

use std::io::ErrorKind;
use std::time::Duration;

use super::connection::{self, is_cut};
use super::endpoint::{Api, Endpoint};
use super::hints::{FILTERED, RETRY, api_hint, base_hint, shorten};
use super::limits::BarrenLimit;
use super::refusal::Refusal;
use super::reported_error::ReportedError;
use super::stop::{Stop, StopKind};
use super::wording::{quoted, size, time_span};
use crate::domain::{Problem, ProblemKind};
use crate::responder::LengthRefusal;

/// Why there is no reply, or only a part of it.
#[derive(Debug)]
pub(super) enum Fault {
    /// The endpoint answered with an error status.
    Refused(Refusal),
    /// The endpoint redirects to another address: status and host. Redirects are not followed.
    Elsewhere(u16, Option<String>),
    /// The connection failed before an answer began.
    Connection(ureq::Error),
    /// The connection was closed when no more than the head of an answer had come.
    HeadOnly(ureq::Error),
    /// The connection failed in the middle of an answer.
    Broken(ureq::Error),
    /// The answer ended before the reply did.
    Cut,
    /// The answer ended without a reply.
    Empty,
    /// Nothing arrived for this time.
    Silent(Duration),
    /// There were signs of life for this time, and nothing of a reply.
    Barren(BarrenLimit),
    /// The total time, which is this long, is over.
    Late(Duration),
    /// The answer is packed in a way that we do not know; its name.
    Packed(String),
    /// What arrived is no reply; its beginning.
    Nonsense(String),
    /// The reply came to its end, but a piece of it could not be read; its beginning.
    Missing(String),
    /// The text that the endpoint says at the end is another one than what came.
    Differs,
    /// By their numbers, some of the events did not come.
    Gap,
    /// The answer is a web page.
    Page,
    /// An event of the stream is longer than so many bytes.
    LongEvent(usize),
    /// The reply is longer than so many bytes.
    LongReply(usize),
    /// Much arrived, but no text of a reply.
    NoText,
    /// The endpoint reported an error in its answer.
    Reported(ReportedError),
    /// The endpoint ended the reply, but not because it is finished.
    Stopped(Stop),
    /// The reply was ended properly, but there is not a word in it.
    Wordless(Wordless),
    /// The endpoint cannot be asked as it is described.
    Unusable(Problem),
    /// The worker thread has ended without an outcome.
    NoWorker,
    /// There is no worker thread: nothing was sent.
    NoThread,
}

/// What there was instead of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wordless {
    /// Nothing at all, perhaps because there was no room for a word.
    Nothing { is_long: bool },
    /// The model only thought, perhaps until its tokens were used up.
    Thought { is_long: bool },
    /// The model only wanted a tool to be used.
    Tool,
}

impl Fault {
    /// What it says about the length of what was sent, if that is what is wrong.
    pub(super) fn too_long(&self) -> Option<LengthRefusal> {
        match self {
            Self::Refused(refusal) => refusal.said.too_long,
            Self::Reported(said) => said.too_long,
            _ => None,
        }
    }

    /// Whether a request failed because its connection was refused, or closed before
    /// an answer came.
    pub(super) fn is_dropped(&self) -> bool {
        matches!(self, Self::Connection(ureq::Error::Io(error))
            if is_cut(error) || error.kind() == ErrorKind::ConnectionRefused)
    }

    /// What has to change before the same can succeed: nothing but the time where
    /// something did not come, or broke off.
    fn kind(&self) -> ProblemKind {
        let is_busy = match self {
            Self::Silent(_)
            | Self::Late(_)
            | Self::Cut
            | Self::HeadOnly(_)
            | Self::Connection(ureq::Error::Timeout(_))
            | Self::Broken(ureq::Error::Timeout(_)) => true,
            Self::Broken(ureq::Error::Io(error)) => is_cut(error),
            other => other.is_dropped(),
        };
        if is_busy {
            ProblemKind::Busy
        } else {
            ProblemKind::Other
        }
    }

    /// The sentence and the hint. Texts of the endpoint are quoted without the key.
    pub(super) fn problem(&self, endpoint: &Endpoint) -> Problem {
        let (what, hint) = match self {
            Self::Refused(refusal) => return refusal.problem(endpoint),
            Self::Unusable(problem) => return problem.clone(),
            Self::Elsewhere(status, to) => (
                match to {
                    Some(to) => format!(
                        "the endpoint sends us to {} ({status})",
                        quoted(endpoint, to)
                    ),
                    None => format!("the endpoint sends us elsewhere ({status})"),
                },
                Some("redirects are not followed; if you trust it, make it the base URL".into()),
            ),
            Self::Connection(error) | Self::HeadOnly(error) => {
                connection::before_answer(error, endpoint)
            }
            Self::Broken(error) => {
                let (what, hint) = connection::during_answer(error);
                (what, hint.or_else(|| Some(RETRY.into())))
            }
            Self::Cut => ("the reply was cut off".into(), Some(RETRY.into())),
            Self::Empty => (
                "the endpoint sent nothing of a reply".into(),
                Some(RETRY.into()),
            ),
            Self::Silent(time) => (
                format!("the endpoint fell silent for {}", time_span(*time)),
                Some(format!(
                    "`/retry` asks again; {}",
                    connection::raise("idle")
                )),
            ),
            Self::Barren(BarrenLimit { time, key }) => (
                format!(
                    "the endpoint sent signs of life for {}, and nothing of a reply",
                    time_span(*time)
                ),
                Some(format!("`/retry` asks again; {}", connection::raise(key))),
            ),
            Self::Late(time) => (
                format!("the reply was not whole within {}", time_span(*time)),
                Some(format!(
                    "`/retry` asks again; {}",
                    connection::raise("total")
                )),
            ),
            Self::Packed(packing) => (
                format!(
                    "the endpoint packed its answer as `{}`, which nobody asked for",
                    quoted(endpoint, packing)
                ),
                None,
            ),
            Self::Nonsense(text) => (
                format!(
                    "the endpoint sent what is no reply: `{}`",
                    quoted(endpoint, text)
                ),
                Some(api_hint(endpoint, text).unwrap_or_else(|| base_hint(endpoint))),
            ),
            Self::Missing(text) => (
                format!(
                    "a piece of the reply cannot be read and is missing: `{}`",
                    quoted(endpoint, text)
                ),
                Some(RETRY.into()),
            ),
            Self::Differs => (
                "the endpoint says at its end that the reply is another text than what came".into(),
                Some(RETRY.into()),
            ),
            Self::Gap => (
                "a piece of the reply may be missing: the numbers of its events have a gap".into(),
                Some(RETRY.into()),
            ),
            Self::Page => (
                "the endpoint answered with a web page, not with a reply".into(),
                Some(base_hint(endpoint)),
            ),
            Self::LongEvent(limit) => (
                format!("the endpoint sent an event of more than {}", size(*limit)),
                None,
            ),
            Self::LongReply(limit) => (format!("the reply is longer than {}", size(*limit)), None),
            Self::NoText => ("the endpoint sends without end, but no reply".into(), None),
            Self::Reported(said) => reported(said, endpoint),
            Self::Stopped(stop) => stopped(stop, endpoint),
            Self::Wordless(wordless) => wordless.sentence(endpoint.api),
            Self::NoWorker | Self::NoThread => {
                ("the endpoint cannot be waited for: no thread".into(), None)
            }
        };
        Problem {
            kind: self.kind(),
            what,
            hint,
        }
    }
}

impl Wordless {
    fn sentence(self, api: Api) -> (String, Option<String>) {
        let limit = match api {
            Api::Chat | Api::Anthropic => "max_tokens",
            Api::Responses => "max_output_tokens",
        };
        let raise = format!("`--parameter {limit}=N` raises the limit");
        let (what, hint) = match self {
            Self::Nothing { is_long: false } => (
                "the model ended its reply without a word",
                "`/retry` asks again; `/context` shows what it was sent".into(),
            ),
            Self::Nothing { is_long: true } => (
                "the model's limit of tokens left no room for a word",
                format!("`/compact` shortens the context; {raise}"),
            ),
            Self::Thought { is_long: false } => {
                ("the model thought, but did not answer", RETRY.into())
            }
            Self::Thought { is_long: true } => (
                "the model thought until its limit of tokens, and did not answer",
                raise,
            ),
            Self::Tool => (
                "the model asked for a tool instead of answering",
                "it has none here; `/retry` asks again".into(),
            ),
        };
        (what.into(), Some(hint))
    }
}

fn reported(said: &ReportedError, endpoint: &Endpoint) -> (String, Option<String>) {
    let words = said.words.as_deref().map(|words| quoted(endpoint, words));
    let words = words.filter(|words| !words.is_empty());
    let (what, hint) = match said.too_long {
        Some(refusal) => ("the context is too long for the model", shorten(refusal)),
        None => ("the endpoint failed", RETRY.into()),
    };
    let what = match words {
        Some(words) => format!("{what}: {words}"),
        None => what.into(),
    };
    (what, Some(hint))
}

fn stopped(stop: &Stop, endpoint: &Endpoint) -> (String, Option<String>) {
    let word = quoted(endpoint, &stop.word);
    match stop.kind {
        StopKind::Filter => (
            format!("the reply was stopped by the endpoint's filter (`{word}`)"),
            Some(FILTERED.into()),
        ),
        StopKind::Tool if word.is_empty() => (
            "the model asked for a tool, and has none here".into(),
            Some(RETRY.into()),
        ),
        StopKind::Tool => (
            format!("the model asked for a tool, and has none here (`{word}`)"),
            Some(RETRY.into()),
        ),
        StopKind::Pending => (
            format!("the endpoint wants to reply later, which is no way to chat (`{word}`)"),
            Some("leave `background` out; `/retry` asks again".into()),
        ),
        _ => (
            format!("the endpoint ended the reply with `{word}`"),
            Some(RETRY.into()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_tokens_is_raised_by_the_name_that_the_form_has_for_it() {
        let mut endpoint = Endpoint::new("m", "https://h.example/v1");
        for (api, hint) in [
            (Api::Chat, "`--parameter max_tokens=N` raises the limit"),
            (
                Api::Anthropic,
                "`--parameter max_tokens=N` raises the limit",
            ),
            (
                Api::Responses,
                "`--parameter max_output_tokens=N` raises the limit",
            ),
        ] {
            endpoint.api = api;
            for (wordless, before) in [
                (Wordless::Thought { is_long: true }, ""),
                (
                    Wordless::Nothing { is_long: true },
                    "`/compact` shortens the context; ",
                ),
            ] {
                let told = Fault::Wordless(wordless).problem(&endpoint).hint;
                assert_eq!(told.unwrap(), format!("{before}{hint}"));
            }
        }
    }
}
