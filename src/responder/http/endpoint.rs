//! An endpoint: its address, key and proxy.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};
use ureq::http::Uri;

use super::key::{Key, Secrets};
use super::limits::Limits;
use super::proxy::{NamedProxy, ProxyChoice, is_loopback};
use super::variables::Variables;
use crate::domain::{Problem, ProblemKind};

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
    /// What the environment says about proxies and certificates; whoever asks the
    /// endpoint sets it.
    pub variables: Arc<Variables>,
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
            variables: Arc::default(),
            limits: Limits::default(),
        }
    }

    /// Checks whether it can be asked at all, without sending anything.
    ///
    /// # Errors
    ///
    /// The address is no URL of http or https, holds a password, or is one that
    /// the key must not go to; or the proxy's address is malformed.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let uri = self.address("")?;
        let proxy = self.effective_proxy()?;
        let secret = match (&self.key, &self.headers[..], &self.query[..]) {
            (Some(_), ..) => "the key is",
            (None, [_, ..], _) => "what `headers` holds is",
            (None, [], [_, ..]) => "what `query` holds is",
            (None, [], []) => return Ok(()),
        };
        let way = proxy.filter(|proxy| !proxy.is_loopback());
        let is_near = is_loopback(&uri) && way.is_none();
        if uri.scheme_str() == Some("https") || is_near || self.allow_key_over_http {
            return Ok(());
        }
        let to = match way.filter(|_| is_loopback(&uri)) {
            Some(proxy) => format!("the proxy {}", proxy.host()),
            None => host(&uri),
        };
        Err(Problem {
            kind: ProblemKind::Other,
            what: format!("{secret} not sent over plain http to {to}"),
            hint: Some(
                "use https, or set `allow_key_over_http` for this model if the network is yours"
                    .into(),
            ),
        })
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
        let base = uri.path().trim_end_matches('/');
        let base = ["/chat/completions", "/responses", "/messages"]
            .iter()
            .find_map(|path| base.strip_suffix(path))
            .unwrap_or(base);
        let written = uri.query().map(str::to_owned);
        let added = self.query.iter();
        let added = added.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let query: Vec<String> = written.into_iter().chain(added).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let query = query.join("&");
        format!("{scheme}://{authority}{base}{path}{mark}{query}")
            .parse()
            .map_err(|_| wrong("is no URL"))
    }

    /// The proxy that is used for the base URL, if any.
    pub(super) fn effective_proxy(&self) -> Result<Option<NamedProxy>, Problem> {
        match (&self.proxy, self.base_url.trim().parse::<Uri>()) {
            (ProxyChoice::Proxy(url), _) => NamedProxy::new(url, &self.proxy_origin).map(Some),
            (ProxyChoice::Environment, Ok(uri)) if !is_loopback(&uri) => {
                NamedProxy::of_environment(&uri, &self.variables)
            }
            (ProxyChoice::Direct | ProxyChoice::Environment, _) => Ok(None),
        }
    }

    /// What no message may hold: the key, the values of headers and query, and the
    /// password of the proxy.
    pub(super) fn secrets(&self) -> Secrets {
        let headers = self.headers.iter().map(|(_, value)| value.clone());
        let query = self.query.iter().flat_map(|(_, value)| {
            // An endpoint may quote the address as it was sent.
            [value.clone(), encoded(value)]
        });
        let proxy = self.effective_proxy().ok().flatten();
        let proxy = proxy.map(|proxy| proxy.secrets()).unwrap_or_default();
        Secrets::new(self.key.as_ref(), headers.chain(query).chain(proxy))
    }
}

/// A name or a value of a query, with all but letters, digits and `-._~` encoded.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Host and port of an address.
pub(super) fn host(uri: &Uri) -> String {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    authority.rsplit('@').next().unwrap_or_default().to_owned()
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
    }

    #[test]
    fn other_secrets_stay_where_the_key_does() {
        let mut endpoint = Endpoint::new("m", "http://h.example/v1");
        endpoint.query = vec![("api-version".into(), "one two&3".into())];
        let told = |endpoint: &Endpoint| endpoint.check().err().map(|problem| problem.what);
        let what = "what `query` holds is not sent over plain http to h.example";
        assert_eq!(told(&endpoint).unwrap(), what);
        endpoint.headers = vec![("X-Secret".into(), "hidden".into())];
        let what = "what `headers` holds is not sent over plain http to h.example";
        assert_eq!(told(&endpoint).unwrap(), what);
        endpoint.allow_key_over_http = true;
        assert_eq!(told(&endpoint), None);
        let sent = endpoint.address("/models").unwrap().to_string();
        assert_eq!(sent, "http://h.example/v1/models?api-version=one%20two%263");
        let cut = endpoint.secrets().cut("hidden in one%20two%263");
        assert!(!cut.contains("hidden") && !cut.contains("%20"), "{cut}");
        // A proxy elsewhere would see what goes to this machine.
        endpoint.allow_key_over_http = false;
        endpoint.base_url = "http://localhost:1/v1".into();
        assert_eq!(told(&endpoint), None);
        endpoint.proxy = ProxyChoice::Proxy("http://me:secret@proxy.example:3128".into());
        let what =
            "what `headers` holds is not sent over plain http to the proxy proxy.example:3128";
        assert_eq!(told(&endpoint).unwrap(), what);
        endpoint.proxy = ProxyChoice::Proxy("http://127.0.0.1:3128".into());
        assert_eq!(told(&endpoint), None);
    }

    #[test]
    fn a_proxy_that_is_named_leads_to_this_machine_too() {
        let mut endpoint = Endpoint::new("m", "http://127.0.0.1:1/v1");
        assert!(endpoint.effective_proxy().unwrap().is_none());
        endpoint.proxy = ProxyChoice::Proxy("http://proxy.example:3128".into());
        for base in ["http://127.0.0.1:1/v1", "http://h.example/v1"] {
            endpoint.base_url = base.into();
            let proxy = endpoint.effective_proxy().unwrap().unwrap();
            assert_eq!(proxy.host(), "proxy.example:3128");
        }
        endpoint.proxy = ProxyChoice::Proxy("http://".into());
        assert!(endpoint.check().is_err());
        endpoint.proxy = ProxyChoice::Direct;
        assert!(endpoint.effective_proxy().unwrap().is_none());
    }
}
