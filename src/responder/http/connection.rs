//! Sentences for what can go wrong with a connection.

use std::io::{self, ErrorKind};

use rustls::CertificateError;
use ureq::{Error, Timeout};

use super::certificates;
use super::endpoint::{self, Endpoint};
use super::proxy::{NamedProxy, ProxyChoice, is_loopback};
use super::wording::{quoted, time_span};
use crate::domain::io_reason;

/// What rustls passes on where a server presents the certificate of an authority.
const AUTHORITY_AS_SERVER: &str = "CaUsedAsEndEntity";

/// The sentence and the hint for a failure before an answer began.
pub(super) fn before_answer(error: &Error, endpoint: &Endpoint) -> (String, Option<String>) {
    let uri = endpoint.address("").ok();
    let host = uri.as_ref().map_or_else(String::new, endpoint::host);
    let name = uri.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
    let limits = &endpoint.limits;
    let proxy = endpoint.effective_proxy().ok().flatten();
    let address_hint = || Some("check the base URL and the network".to_owned());
    let server_hint = || {
        if uri.as_ref().is_some_and(is_loopback) {
            Some("start the server there, or check the base URL".to_owned())
        } else {
            address_hint()
        }
    };
    if let Some(sentence) = tls(error, &host, endpoint) {
        return sentence;
    }
    if let Some(sentence) = proxy.and_then(|proxy| of_proxy(error, &proxy, &host, endpoint)) {
        return sentence;
    }
    match error {
        Error::HostNotFound => (format!("the name `{name}` is not known"), address_hint()),
        Error::Io(error) if error.to_string().contains("lookup address") => {
            (format!("the name `{name}` is not known"), address_hint())
        }
        Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused => (format!("nothing answers at {host}"), server_hint()),
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
                (
                    format!("there is no way to {host}"),
                    Some("check the network".into()),
                )
            }
            _ if is_cut(error) => (
                format!("{host} closed the connection without an answer"),
                server_hint(),
            ),
            _ => (
                format!("{host} cannot be reached: {}", io_reason(error)),
                address_hint(),
            ),
        },
        Error::Timeout(Timeout::Resolve) => (
            format!(
                "the name `{name}` was not found within {}",
                time_span(limits.resolve.min(limits.connect))
            ),
            address_hint(),
        ),
        Error::Timeout(Timeout::Connect) => (
            format!(
                "{host} could not be connected to within {}",
                time_span(limits.connect)
            ),
            Some(format!(
                "check the base URL and the network, or {}",
                raise("connect")
            )),
        ),
        Error::Timeout(Timeout::RecvResponse) => (
            format!("{host} did not answer within {}", time_span(limits.answer)),
            Some(format!("ask again, or {}", raise("first_byte"))),
        ),
        Error::Timeout(_) => (
            format!(
                "{host} did not take the request within {}",
                time_span(limits.idle)
            ),
            Some(format!("ask again, or {}", raise("idle"))),
        ),
        Error::LargeResponseHeader(..) => {
            (format!("the header of {host}'s answer is too long"), None)
        }
        Error::Protocol(error) if error.to_string().to_lowercase().contains("header") => (
            format!("the header of {host}'s answer cannot be read"),
            Some("what stands before the server may add to it; ask whoever runs that".into()),
        ),
        Error::Protocol(_) => (
            format!("{host} does not speak HTTP"),
            Some("check the scheme and the port of the base URL".into()),
        ),
        other => (
            format!(
                "{host} cannot be asked: {}",
                quoted(endpoint, &other.to_string())
            ),
            address_hint(),
        ),
    }
}

/// How a time-out is raised, by the name of its key.
pub(super) fn raise(key: &str) -> String {
    format!("raise `{key}`: `--timeout {key}=SECONDS`, or under `[models.NAME]`")
}

/// What to look at if a proxy is in the way.
pub(super) fn proxy_hint(endpoint: &Endpoint) -> Option<String> {
    let origin = endpoint.effective_proxy().ok().flatten()?.origin;
    Some(match endpoint.proxy {
        ProxyChoice::Environment => format!("check the variables {origin} and NO_PROXY"),
        _ => format!("check {origin}"),
    })
}

/// The sentence for a failure on the way to a proxy, or of the proxy itself.
fn of_proxy(
    error: &Error,
    proxy: &NamedProxy,
    host: &str,
    endpoint: &Endpoint,
) -> Option<(String, Option<String>)> {
    let named = format!("the proxy {} ({})", proxy.host(), proxy.origin);
    let what = match error {
        Error::Io(error) if is_cut(error) => {
            format!("the connection to {host} through {named} was closed without an answer")
        }
        Error::Io(_) | Error::HostNotFound | Error::ConnectionFailed => {
            format!("{named} cannot be reached")
        }
        Error::Timeout(Timeout::Connect) => format!(
            "{host} could not be connected to through {named} within {}",
            time_span(endpoint.limits.connect)
        ),
        Error::ConnectProxyFailed(reason) if reason.contains("407") => {
            format!("{named} wants a name and a password (407)")
        }
        Error::ConnectProxyFailed(reason) => {
            let status = reason.split(|c: char| !c.is_ascii_digit());
            match status.rev().find(|digits| digits.len() == 3) {
                Some(status) => format!("{named} refused the connection ({status})"),
                None => format!("{named} refused the connection"),
            }
        }
        Error::InvalidProxyUrl => format!("the address of the proxy ({}) is no URL", proxy.origin),
        _ => return None,
    };
    Some((what, proxy_hint(endpoint)))
}

/// The sentence and the hint for a failure in the middle of an answer.
pub(super) fn during_answer(error: &Error) -> (String, Option<String>) {
    match error {
        Error::Io(error) if !is_cut(error) => {
            (format!("the reply was cut off: {}", io_reason(error)), None)
        }
        Error::Protocol(_) => ("the reply was cut off: the stream is damaged".into(), None),
        _ => ("the reply was cut off".into(), None),
    }
}

/// The sentence for a failure of TLS.
fn tls(error: &Error, host: &str, endpoint: &Endpoint) -> Option<(String, Option<String>)> {
    let reason = match error {
        Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
            error.get_ref().and_then(|inner| inner.downcast_ref())
        }
        Error::Rustls(error) => Some(error),
        Error::Tls(_) => None,
        _ => return None,
    };
    let Some(rustls::Error::InvalidCertificate(reason)) = reason else {
        return Some((
            format!("{host} does not speak TLS as we do"),
            Some("check the scheme and the port of the base URL".into()),
        ));
    };
    let (why, hint) = match reason {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            "belongs to another host",
            "check the base URL; somebody may stand between".to_owned(),
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            ("has expired", "check this machine's clock".to_owned())
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ("is not valid yet", "check this machine's clock".to_owned())
        }
        CertificateError::Other(other) if other.to_string() == AUTHORITY_AS_SERVER => (
            "is for an authority (CA:TRUE) and not for a server",
            "sign one for the server with it, or make one with CA:FALSE".to_owned(),
        ),
        _ => ("cannot be trusted", untrusted_hint(endpoint)),
    };
    Some((format!("the certificate of {host} {why}"), Some(hint)))
}

fn untrusted_hint(endpoint: &Endpoint) -> String {
    certificates::complaint(&endpoint.variables).unwrap_or_else(|| {
        "no known authority signed it: name yours with `ca_file` or SSL_CERT_FILE, \
         or somebody stands between"
            .into()
    })
}

/// Whether a connection was closed by the other side.
pub(super) fn is_cut(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Endpoint {
        let mut endpoint = Endpoint::new("m1", "https://h.example:8443/v1");
        endpoint.proxy = ProxyChoice::Direct;
        endpoint
    }

    fn told(error: &Error) -> String {
        before_answer(error, &endpoint()).0
    }

    #[test]
    fn certificates_have_sentences() {
        for (reason, sentence) in [
            (CertificateError::UnknownIssuer, "cannot be trusted"),
            (CertificateError::Expired, "has expired"),
            (CertificateError::NotValidForName, "belongs to another host"),
            (CertificateError::NotValidYet, "is not valid yet"),
        ] {
            let reason = rustls::Error::InvalidCertificate(reason);
            let error = io::Error::new(ErrorKind::InvalidData, reason);
            assert_eq!(
                told(&Error::Io(error)),
                format!("the certificate of h.example:8443 {sentence}")
            );
        }
    }

    #[test]
    fn failures_on_the_way_have_sentences() {
        let io = |kind: ErrorKind| told(&Error::Io(kind.into()));
        assert_eq!(
            io(ErrorKind::ConnectionRefused),
            "nothing answers at h.example:8443"
        );
        assert_eq!(
            io(ErrorKind::NetworkUnreachable),
            "there is no way to h.example:8443"
        );
        for (timeout, what, key) in [
            (
                Timeout::Connect,
                "could not be connected to within 15 s",
                "connect",
            ),
            (
                Timeout::RecvResponse,
                "did not answer within 300 s",
                "first_byte",
            ),
            (
                Timeout::PerWrite,
                "did not take the request within 120 s",
                "idle",
            ),
        ] {
            let (late, hint) = before_answer(&Error::Timeout(timeout), &endpoint());
            assert_eq!(late, format!("h.example:8443 {what}"));
            let raise = format!("or {}", raise(key));
            assert!(hint.unwrap().ends_with(&raise));
        }
        let mut endpoint = endpoint();
        endpoint.proxy = ProxyChoice::Proxy("http://me:secret@proxy.example:3128".into());
        let refused = Error::Io(ErrorKind::ConnectionRefused.into());
        let (what, hint) = before_answer(&refused, &endpoint);
        let named = "the proxy proxy.example:3128 (--proxy)";
        assert_eq!(what, format!("{named} cannot be reached"));
        assert_eq!(hint.unwrap(), "check --proxy");
        for (reason, sentence) in [
            ("responded 403/403", "refused the connection (403)"),
            ("responded 407/407", "wants a name and a password (407)"),
            ("did not respond", "refused the connection"),
        ] {
            let failed = Error::ConnectProxyFailed(format!("proxy server {reason}"));
            let what = before_answer(&failed, &endpoint).0;
            assert_eq!(what, format!("{named} {sentence}"));
        }
    }
}
