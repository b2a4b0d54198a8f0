//! One request and its answer, on the worker thread.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use serde_json::Value;
use ureq::http::header::{DATE, LOCATION, RETRY_AFTER, SERVER};
use ureq::http::{HeaderMap, Request, Response, StatusCode, Uri};
use ureq::{Agent, Body};

use super::answer::{Answer, Stopped, send};
use super::completion::Completion;
use super::connection::is_cut;
use super::endpoint::{self, Api};
use super::fault::Fault;
use super::limits::Limits;
use super::refusal::Refusal;
use super::reported_error::ReportedError;
use super::salvaged::Salvaged;
use super::told_wait::told_wait;
use super::unpacked::{Unpacked, unknown_packing};
use super::worker::{Sender, Signal};

/// How much of the body of a refusal is read.
const REFUSAL_BYTES: usize = 64 * 1024;

/// How deep in the body of a refusal a wait is looked for.
const DETAILS_DEPTH: usize = 6;

/// How much may come after the end of a reply before the connection is given up.
const REST_BYTES: usize = 64 * 1024;

/// Everything that the worker needs for a request.
#[derive(Clone)]
pub(super) struct Exchange {
    pub address: Uri,
    pub headers: HeaderMap,
    /// The body of a POST; without it the request is a GET.
    pub body: Option<Arc<Vec<u8>>>,
    /// The form of the answer.
    pub api: Api,
    pub limits: Limits,
}

/// The body of an answer, and whether any of it has come.
struct Arriving<R> {
    stream: R,
    has_come: bool,
}

impl<R: Read> Read for Arriving<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.has_come |= count > 0;
        Ok(count)
    }
}

impl Exchange {
    /// Asks for a reply and sends it to the caller piece by piece.
    pub(super) fn reply(&self, agent: &Agent, signals: &Sender) {
        self.carry_out(agent, signals, |answer| answer.reply(signals));
    }

    /// Asks for the models and sends their names to the caller, a line each.
    pub(super) fn models(&self, agent: &Agent, signals: &Sender) {
        self.carry_out(agent, signals, |answer| answer.models(signals));
    }

    /// Sends the request, checks the status, reads the answer with `read`, and sends
    /// the end. After a whole answer it reads on to the very end, and says so: then
    /// the connection can be used again.
    fn carry_out(
        &self,
        agent: &Agent,
        signals: &Sender,
        read: impl FnOnce(Answer<'_>) -> Result<Completion, Stopped>,
    ) {
        let mut arriving = None;
        let outcome = match self.send(agent) {
            Ok(response) if has_reply(response.status()) => {
                send(signals, Signal::Alive).and_then(|()| {
                    let (head, body) = response.into_parts();
                    let arriving = arriving.insert(Arriving {
                        stream: Salvaged::new(body.into_reader()),
                        has_come: false,
                    });
                    self.read(&head.headers, arriving, read)
                })
            }
            Ok(response) => Err(self.refused(response, signals)),
            Err(error) => Err(Fault::Connection(error).into()),
        };
        let outcome = match outcome {
            Ok(whole) => Ok(whole),
            Err(Stopped::Fault(fault)) => Err(fault),
            Err(Stopped::Gone) => return,
        };
        let is_whole = matches!(&outcome, Ok(completion) if completion.fault.is_none());
        let arriving = arriving.filter(|_| is_whole);
        let is_heard = signals.send(Signal::End(outcome)).is_ok();
        if is_heard && arriving.is_some_and(|rest| ends(rest.stream)) {
            let _ = signals.send(Signal::Spent);
        }
    }

    fn read(
        &self,
        headers: &HeaderMap,
        arriving: &mut Arriving<impl Read>,
        read: impl FnOnce(Answer<'_>) -> Result<Completion, Stopped>,
    ) -> Result<Completion, Stopped> {
        if let Some(packing) = unknown_packing(headers) {
            return Err(Fault::Packed(packing).into());
        }
        let outcome = match Unpacked::new(&mut *arriving, headers) {
            Ok(mut stream) => read(Answer {
                stream: &mut stream,
                api: self.api,
                limits: &self.limits,
            }),
            Err(error) => Err(Fault::Broken(error.into()).into()),
        };
        match outcome {
            // Only the head came: nothing of an answer.
            Err(Stopped::Fault(Fault::Broken(ureq::Error::Io(error))))
                if !arriving.has_come && is_cut(&error) =>
            {
                Err(Fault::HeadOnly(ureq::Error::Io(error)).into())
            }
            other => other,
        }
    }

    /// Reads an answer with another status. The status is sent before the body is
    /// read, and stands alone if nothing of that arrives; so does what has arrived
    /// if no more comes.
    fn refused(&self, response: Response<Body>, signals: &Sender) -> Stopped {
        let status = response.status().as_u16();
        let headers = response.headers();
        if response.status().is_redirection() {
            let to = headers.get(LOCATION).and_then(|to| to.to_str().ok());
            let to = to.and_then(|to| to.parse::<Uri>().ok());
            let to = to.filter(|to| to.authority().is_some());
            return Fault::Elsewhere(status, to.as_ref().map(endpoint::host)).into();
        }
        let wait = wait(headers);
        let headers = headers.clone();
        let is_of_proxy = is_of_proxy(&headers);
        let refusal = |body: &[u8]| {
            let said = ReportedError::in_body(status, body);
            let in_words = || told_wait(said.words.as_deref()?);
            Fault::Refused(Refusal {
                status,
                wait: wait.or_else(|| wait_in(body)).or_else(in_words),
                said,
                // No reply was asked for.
                is_of_list: self.body.is_none(),
                is_of_proxy,
            })
        };
        let mut body = Vec::new();
        if let Err(stopped) = send(signals, Signal::ProbableEnd(Err(refusal(&body)))) {
            return stopped;
        }
        let stream = Salvaged::new(response.into_body().into_reader());
        let Ok(mut stream) = Unpacked::new(stream, &headers) else {
            return refusal(&body).into();
        };
        let since = Instant::now();
        let mut buffer = [0; 8 * 1024];
        // Any part of the body is good enough.
        while body.len() < REFUSAL_BYTES && since.elapsed() < self.limits.end {
            match stream.read(&mut buffer) {
                Ok(count) if count > 0 => {
                    body.extend_from_slice(buffer.get(..count).unwrap_or_default());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                _ => break,
            }
            // The connection may stay open behind it.
            if serde_json::from_slice::<IgnoredAny>(&body).is_ok() {
                break;
            }
            if let Err(stopped) = send(signals, Signal::ProbableEnd(Err(refusal(&body)))) {
                return stopped;
            }
        }
        refusal(&body).into()
    }

    fn send(&self, agent: &Agent) -> Result<Response<Body>, ureq::Error> {
        let mut request = Request::builder().uri(&self.address);
        if let Some(headers) = request.headers_mut() {
            headers.clone_from(&self.headers);
        }
        match &self.body {
            Some(body) => agent.run(request.method("POST").body(body.as_slice())?),
            None => agent.run(request.method("GET").body(())?),
        }
    }
}

/// Reads what is left of an answer; whether that was little, and then the end.
fn ends(mut rest: impl Read) -> bool {
    let mut buffer = [0; 4096];
    let mut length = 0;
    while length < REST_BYTES {
        match rest.read(&mut buffer) {
            Ok(0) => return true,
            Ok(count) => length += count,
            Err(_) => return false,
        }
    }
    false
}

/// Whether an answer with this status may hold a reply: any success but the one
/// that says that there is none.
fn has_reply(status: StatusCode) -> bool {
    status.is_success() && status != StatusCode::NO_CONTENT
}

/// Whether a proxy says that it answers itself.
fn is_of_proxy(headers: &HeaderMap) -> bool {
    let server = headers.get(SERVER).and_then(|server| server.to_str().ok());
    let is_squid = server.is_some_and(|server| server.to_lowercase().starts_with("squid"));
    is_squid || headers.contains_key("x-squid-error") || headers.contains_key("proxy-agent")
}

/// How long the endpoint asks us to wait: seconds, a date, or milliseconds. What no
/// clock can tell is for ever.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| {
        let number: f64 = text.split(',').next()?.trim().parse().ok()?;
        let wait = Duration::try_from_secs_f64(number);
        (number >= 0.0).then(|| wait.unwrap_or(Duration::MAX))
    };
    if let Some(wait) = text("retry-after-ms").and_then(seconds) {
        return Some(wait / 1000);
    }
    let text = text(RETRY_AFTER.as_str())?;
    if let Some(wait) = seconds(text) {
        return Some(wait);
    }
    let date = |text: &str| Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp());
    let until = date(text)?;
    // By the clock of the endpoint, which set the date: ours may be wrong.
    let now = headers.get(DATE).and_then(|now| date(now.to_str().ok()?));
    let wait = until.duration_since(now.unwrap_or_else(jiff::Timestamp::now));
    Some(Duration::try_from(wait).unwrap_or_default())
}

/// The wait that the body of a refusal asks for: Google tells it there, as
/// `"retryDelay": "36s"` among the details of the error, and in no header.
fn wait_in(body: &[u8]) -> Option<Duration> {
    fn found(value: &Value, depth: usize) -> Option<Duration> {
        let depth = depth.checked_sub(1)?;
        match value {
            Value::Array(list) => list.iter().find_map(|one| found(one, depth)),
            Value::Object(fields) => match fields.get("retryDelay").and_then(Value::as_str) {
                Some(wait) => {
                    Duration::try_from_secs_f64(wait.strip_suffix('s')?.parse().ok()?).ok()
                }
                None => fields.values().find_map(|one| found(one, depth)),
            },
            _ => None,
        }
    }
    found(&serde_json::from_slice(body).ok()?, DETAILS_DEPTH)
}

#[cfg(test)]
mod tests {
    use ureq::http::HeaderValue;

    use super::*;

    #[test]
    fn a_wait_is_asked_for_in_several_ways() {
        for (name, text, milliseconds) in [
            ("retry-after", "1", Some(1000)),
            ("retry-after", " 0 ", Some(0)),
            ("retry-after", "1.5", Some(1500)),
            ("retry-after-ms", "300", Some(300)),
            ("retry-after", "1, 2", Some(1000)),
            ("retry-after", "nan", None),
            ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("retry-after", "-1", None),
            ("retry-after", "later", None),
            ("date", "1", None),
        ] {
            let headers =
                HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static(text))]);
            let headers: HeaderMap = headers;
            let expected = milliseconds.map(Duration::from_millis);
            assert_eq!(wait(&headers), expected, "{name}: {text}");
        }
        for text in ["99999999999999999999", "1e300", "inf"] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
            assert_eq!(wait(&headers), Some(Duration::MAX), "{text}");
        }
    }

    #[test]
    fn a_date_to_wait_for_is_told_by_the_clock_of_the_endpoint() {
        let headers = |date| {
            HeaderMap::from_iter([
                (DATE, HeaderValue::from_static(date)),
                (
                    RETRY_AFTER,
                    HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"),
                ),
            ])
        };
        let at = |date| wait(&headers(date));
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(at("Sun, 06 Nov 1994 08:49:07 GMT"), seconds(30));
        assert_eq!(at("Sun, 06 Nov 1994 08:50:07 GMT"), seconds(0));
        assert_eq!(at("now"), seconds(0), "then ours has to do");
    }

    #[test]
    fn a_wait_may_stand_in_the_body() {
        for (body, milliseconds) in [
            (
                r#"[{"error":{"code":429,"details":[{"@type":"x"},{"retryDelay":"1.5s"}]}}]"#,
                Some(1500),
            ),
            (r#"{"error":{"details":[{"retryDelay":"soon"}]}}"#, None),
            (r#"{"error":{"details":[{"retryDelay":"-1s"}]}}"#, None),
            (r#"{"error":{}}"#, None),
            ("retryDelay: 1s", None),
        ] {
            let expected = milliseconds.map(Duration::from_millis);
            assert_eq!(wait_in(body.as_bytes()), expected, "{body}");
        }
    }
}
