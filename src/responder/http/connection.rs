//! Sentences for what can go wrong with a connection.

use std::io::{self, ErrorKind};

use ureq::{Error, Timeout};

use super::endpoint::{self, Endpoint};
use super::wording::{quoted, time_span};
use crate::domain::io_reason;

/// The sentence and the hint for a failure before an answer began.
pub(super) fn before_answer(error: &Error, endpoint: &Endpoint) -> (String, Option<String>) {
    let uri = endpoint.address("").ok();
    let host = uri.as_ref().map_or_else(String::new, endpoint::host);
    let name = uri.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
    let limits = &endpoint.limits;
    let proxy = endpoint.effective_proxy().ok().flatten();
    let proxy_hint = || Some("check the variables HTTPS_PROXY and NO_PROXY".to_owned());
    let address_hint = || Some("check the base URL and the network".to_owned());
    let server_hint = || {
        if uri.as_ref().is_some_and(endpoint::is_loopback) {
            Some("start the server there, or check the base URL".to_owned())
        } else {
            address_hint()
        }
    };
    if let Some(text) = tls(error) {
        return tls_sentence(&text, &host);
    }
    if let (Some(proxy), Error::Io(_) | Error::HostNotFound | Error::ConnectionFailed) =
        (&proxy, error)
    {
        let what = format!(
            "the proxy {}:{} cannot be reached",
            proxy.host(),
            proxy.port()
        );
        return (what, proxy_hint());
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
                time_span(limits.resolve)
            ),
            address_hint(),
        ),
        Error::Timeout(Timeout::Connect) => (
            format!(
                "{host} could not be connected to within {}",
                time_span(limits.connect)
            ),
            address_hint(),
        ),
        Error::Timeout(Timeout::RecvResponse) => (
            format!("{host} did not answer within {}", time_span(limits.answer)),
            Some("ask again, or raise the time-out".into()),
        ),
        Error::Timeout(_) => (format!("{host} did not take the request in time"), None),
        Error::ConnectProxyFailed(_) => ("the proxy refused the connection".into(), proxy_hint()),
        Error::InvalidProxyUrl => ("the address of the proxy is no URL".into(), proxy_hint()),
        Error::LargeResponseHeader(..) => {
            (format!("the header of {host}'s answer is too long"), None)
        }
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

/// The text of a TLS error, if TLS failed.
fn tls(error: &Error) -> Option<String> {
    match error {
        Error::Io(error) if error.kind() == ErrorKind::InvalidData => Some(error.to_string()),
        Error::Rustls(error) => Some(error.to_string()),
        Error::Tls(text) => Some((*text).into()),
        _ => None,
    }
}

fn tls_sentence(text: &str, host: &str) -> (String, Option<String>) {
    let of_certificate = |why: &str| format!("the certificate of {host} {why}");
    let clock = || Some("check this machine's clock".to_owned());
    if !text.contains("peer certificate") {
        return (
            format!("{host} does not speak TLS as we do"),
            Some("check the scheme and the port of the base URL".into()),
        );
    }
    if text.contains("not valid for name") || text.contains("NotValidForName") {
        let hint = "check the base URL; somebody may stand between".to_owned();
        (of_certificate("belongs to another host"), Some(hint))
    } else if text.to_lowercase().contains("expired") {
        (of_certificate("has expired"), clock())
    } else if text.to_lowercase().contains("not valid yet") || text.contains("NotValidYet") {
        (of_certificate("is not valid yet"), clock())
    } else {
        let hint = "no known authority signed it; somebody may stand between".to_owned();
        (of_certificate("cannot be trusted"), Some(hint))
    }
}

fn is_cut(error: &io::Error) -> bool {
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
    use super::super::ProxyChoice;
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
        for (text, sentence) in [
            (
                "UnknownIssuer",
                "the certificate of h.example:8443 cannot be trusted",
            ),
            (
                "certificate expired: verification time 1",
                "the certificate of h.example:8443 has expired",
            ),
            (
                "certificate not valid for name \"h\"; x",
                "the certificate of h.example:8443 belongs to another host",
            ),
            (
                "certificate not valid yet: x",
                "the certificate of h.example:8443 is not valid yet",
            ),
        ] {
            let error = io::Error::new(
                ErrorKind::InvalidData,
                format!("invalid peer certificate: {text}"),
            );
            assert_eq!(told(&Error::Io(error)), sentence);
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
        let late = told(&Error::Timeout(Timeout::Connect));
        assert_eq!(late, "h.example:8443 could not be connected to within 15 s");
        let mut endpoint = endpoint();
        endpoint.proxy = ProxyChoice::Proxy("http://me:secret@proxy.example:3128".into());
        let refused = Error::Io(ErrorKind::ConnectionRefused.into());
        assert_eq!(
            before_answer(&refused, &endpoint).0,
            "the proxy proxy.example:3128 cannot be reached"
        );
    }
}
