//! An endpoint: its address, key, proxy and limits.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};
use ureq::Proxy;
use ureq::http::Uri;

use super::key::Key;
use crate::domain::{MESSAGE_LIMIT, Problem, ProblemKind};

/// An endpoint with the API of OpenAI, and how it is asked.
#[derive(Clone)]
pub(crate) struct Endpoint {
    /// The name of the model, as the endpoint knows it.
    pub model: String,
    /// The address up to `/chat/completions`, usually ending in `/v1`.
    pub base_url: String,
    /// The form of its requests and answers.
    pub api: Api,
    /// The key that is sent, if any.
    pub key: Option<Key>,
    /// The header that the key is sent in, bare; if none is named it is the one
    /// that the API wants.
    pub key_header: Option<String>,
    /// Further headers, by name. Their values are kept secret as the key is.
    pub headers: Vec<(String, String)>,
    /// What is added to the query of every address. The values are secret, too.
    pub query: Vec<(String, String)>,
    /// A file of certificates in PEM that are trusted besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// Whether the key, and what else is secret, may go over plain http to
    /// another machine.
    pub allow_key_over_http: bool,
    /// The environment variable that holds the key, for hints.
    pub key_variable: Option<String>,
    /// How much context it is sent at most, in tokens.
    pub window: usize,
    /// Whether a person has said so; else it is a guess.
    pub is_window_configured: bool,
    /// How often a request is sent again of whose reply no byte has come.
    pub retries: u32,
    /// Temperature and the like, sent unchanged; null removes a default.
    pub parameters: Map<String, Value>,
    /// The proxy.
    pub proxy: ProxyChoice,
    /// What names the proxy if one is named: a flag, a variable, a key of the
    /// configuration.
    pub proxy_origin: String,
    /// Limits of time and size.
    pub limits: Limits,
}

/// The form of requests and answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Api {
    /// OpenAI's chat completions, which most servers have.
    #[default]
    Chat,
    /// OpenAI's responses. Nothing is kept at the other side.
    Responses,
    /// Anthropic's messages.
    Anthropic,
}

/// Which proxy an endpoint is reached through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ProxyChoice {
    /// The one that `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` and the like choose.
    #[default]
    Environment,
    /// None.
    Direct,
    /// This one, by its URL.
    Proxy(String),
}

/// Limits of time and size. [`Duration::MAX`] is no limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The time to find the address of a name.
    pub resolve: Duration,
    /// The time to connect, TLS included.
    pub connect: Duration,
    /// The time from the request to the beginning of the answer; some endpoints load
    /// the model meanwhile.
    pub answer: Duration,
    /// The time between two pieces of an answer, whatever they hold.
    pub idle: Duration,
    /// The time from the first request to the end of the reply, with all tries and
    /// the waits between them.
    pub total: Option<Duration>,
    /// The time to wait for the very end once everything that matters has arrived:
    /// a stream may lack its last event, a refusal its reason.
    pub end: Duration,
    /// The sum of all waits that a busy endpoint may ask for.
    pub patience: Duration,
    /// The size of a reply, in bytes.
    pub reply: usize,
    /// The size of one event of a stream, in bytes.
    pub event: usize,
    /// How many bytes may arrive without any text of the reply.
    pub without_text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            resolve: Duration::from_secs(10),
            connect: Duration::from_secs(15),
            answer: Duration::from_mins(5),
            idle: Duration::from_mins(2),
            total: None,
            end: Duration::from_secs(2),
            patience: Duration::from_secs(30),
            reply: MESSAGE_LIMIT,
            // JSON may need two bytes for each of the reply; pictures may stand beside it.
            event: 2 * MESSAGE_LIMIT,
            without_text: 256 * 1024 * 1024,
        }
    }
}

impl Endpoint {
    /// An endpoint without a key, with a window of 8192 tokens and the usual limits.
    pub(crate) fn new(model: impl Into<String>, base_url: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            base_url: base_url.into(),
            api: Api::default(),
            key: None,
            key_header: None,
            headers: Vec::new(),
            query: Vec::new(),
            ca_file: None,
            allow_key_over_http: false,
            key_variable: None,
            window: 8192,
            is_window_configured: false,
            retries: 2,
            parameters: Map::new(),
            proxy: ProxyChoice::default(),
            proxy_origin: "--proxy".into(),
            limits: Limits::default(),
        }
    }

    /// Checks whether it can be asked at all, without sending anything.
    ///
    /// # Errors
    ///
    /// The address is no URL of http or https, holds a password, or is one that
    /// the key must not go to; or the key or the proxy's address is malformed.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        self.address("")?;
        self.effective_proxy()?;
        Ok(())
    }

    /// The URL of a path below the base.
    pub(super) fn address(&self, path: &str) -> Result<Uri, Problem> {
        let base = self.base_url.trim();
        let wrong = |why: &str| Problem {
            kind: ProblemKind::Other,
            what: format!("the address of the model {why}"),
            hint: Some("a base URL looks like `http://localhost:11434/v1`".into()),
        };
        let uri: Uri = base.parse().map_err(|_| wrong("is no URL"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(wrong("is no URL"));
        };
        if !matches!(scheme, "http" | "https") {
            return Err(wrong("is neither http nor https"));
        }
        if authority.as_str().contains('@') {
            return Err(Problem {
                kind: ProblemKind::Other,
                what: "the address of the model has a name or a password in it".into(),
                hint: Some("a key belongs in an environment variable".into()),
            });
        }
        if let Some(key) = &self.key {
            if scheme == "http" && !is_loopback(&uri) {
                return Err(Problem {
                    kind: ProblemKind::Other,
                    what: format!("the key is not sent over plain http to {}", host(&uri)),
                    hint: Some("use https; http is for this machine only".into()),
                });
            }
            if key.header().is_none() {
                return Err(Problem {
                    kind: ProblemKind::Other,
                    what: "the key has a character that cannot be sent".into(),
                    hint: self
                        .key_variable
                        .as_ref()
                        .map(|name| format!("check the variable {name}")),
                });
            }
        }
        let base = uri.path().trim_end_matches('/');
        let base = ["/chat/completions", "/responses", "/messages"]
            .iter()
            .find_map(|path| base.strip_suffix(path))
            .unwrap_or(base);
        let query = uri
            .query()
            .map_or_else(String::new, |query| format!("?{query}"));
        format!("{scheme}://{authority}{base}{path}{query}")
            .parse()
            .map_err(|_| wrong("is no URL"))
    }

    /// The proxy that is used for the base URL, if any.
    pub(super) fn effective_proxy(&self) -> Result<Option<Proxy>, Problem> {
        let uri = self.base_url.trim().parse::<Uri>().ok();
        if uri.as_ref().is_some_and(is_loopback) {
            return Ok(None);
        }
        match &self.proxy {
            ProxyChoice::Direct => Ok(None),
            ProxyChoice::Environment => {
                let passes =
                    |proxy: &Proxy| uri.as_ref().is_some_and(|uri| !proxy.is_no_proxy(uri));
                Ok(Proxy::try_from_env().filter(passes))
            }
            ProxyChoice::Proxy(url) => Proxy::new(url).map(Some).map_err(|_| Problem {
                kind: ProblemKind::Other,
                what: "the address of the proxy is no URL".into(),
                hint: Some("it looks like `http://proxy.example:3128`".into()),
            }),
        }
    }
}

/// Host and port of an address.
pub(super) fn host(uri: &Uri) -> String {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

/// Whether an address is on this machine.
pub(super) fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(base: &str) -> Result<String, String> {
        let uri = Endpoint::new("m", base).address("/chat/completions");
        uri.map(|uri| uri.to_string())
            .map_err(|problem| problem.what)
    }

    #[test]
    fn a_base_may_end_in_several_ways() {
        for base in [
            "",
            "/",
            "/chat/completions",
            "/chat/completions/",
            "/responses",
            "/messages/",
        ] {
            let found = address(&format!(" https://h.example/v1{base}"));
            assert_eq!(found.unwrap(), "https://h.example/v1/chat/completions");
        }
        assert_eq!(
            address("http://h:1").unwrap(),
            "http://h:1/chat/completions"
        );
        let query = address("https://h/v1?version=2").unwrap();
        assert_eq!(query, "https://h/v1/chat/completions?version=2");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for base in ["", "localhost:11434/v1", "/v1", "http://", "http://a b"] {
            assert_eq!(
                address(base).unwrap_err(),
                "the address of the model is no URL",
                "{base}"
            );
        }
        let other = address("ftp://h/v1").unwrap_err();
        assert_eq!(other, "the address of the model is neither http nor https");
        let secret = address("https://me:secret@h/v1").unwrap_err();
        assert_eq!(
            secret,
            "the address of the model has a name or a password in it"
        );
    }

    #[test]
    fn a_key_goes_over_tls_or_stays_on_this_machine() {
        for (base, goes) in [
            ("https://h.example/v1", true),
            ("http://localhost:1/v1", true),
            ("http://a.localhost./v1", true),
            ("http://127.3.2.1/v1", true),
            ("http://[::1]:1/v1", true),
            ("http://[::ffff:127.0.0.1]/v1", true),
            ("http://h.example/v1", false),
            ("http://localhost.example/v1", false),
            ("http://192.168.1.2/v1", false),
        ] {
            let mut endpoint = Endpoint::new("m", base);
            assert!(endpoint.check().is_ok(), "{base}");
            endpoint.key = Key::new("test-key-123");
            assert_eq!(endpoint.check().is_ok(), goes, "{base}");
        }
        let mut endpoint = Endpoint::new("m", "https://h/v1");
        endpoint.key = Key::new("test\u{7}key");
        assert_eq!(
            endpoint.check().unwrap_err().what,
            "the key has a character that cannot be sent"
        );
    }

    #[test]
    fn no_proxy_leads_to_this_machine() {
        let mut endpoint = Endpoint::new("m", "http://127.0.0.1:1/v1");
        endpoint.proxy = ProxyChoice::Proxy("http://proxy.example:3128".into());
        assert!(endpoint.effective_proxy().unwrap().is_none());
        endpoint.base_url = "http://h.example/v1".into();
        assert_eq!(
            endpoint.effective_proxy().unwrap().unwrap().host(),
            "proxy.example"
        );
        endpoint.proxy = ProxyChoice::Proxy("http://".into());
        assert!(endpoint.check().is_err());
    }
}
