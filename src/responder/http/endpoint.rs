//! An endpoint: its address, key and proxy.

use std::path::PathBuf;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};
use ureq::http::Uri;

use super::key::{Key, Secrets};
use super::limits::Limits;
use super::port::port_complaint;
use super::proxy::{NamedProxy, ProxyChoice, is_loopback};
use super::variables::Variables;
use crate::domain::{Problem, ProblemKind};
use crate::responder::DEFAULT_WINDOW;

/// The paths of the forms, with which a person may have written the address.
const API_PATHS: [&str; 3] = ["/chat/completions", "/responses", "/messages"];

/// What is encoded in a name or a value of a query.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An endpoint with one of the three forms of API, and how it is asked.
#[derive(Clone)]
pub(crate) struct Endpoint {
    /// The name of the model, as the endpoint knows it.
    pub model: String,
    /// The address before the path of the form, usually ending in `/v1`. Its query is
    /// secret.
    pub base_url: String,
    /// The same as a person wrote it, with the names of variables in the place of what
    /// they hold. The store may keep it.
    pub address_as_written: String,
    /// What those variables hold that stand in its path. It is secret, too.
    pub path_secrets: Vec<String>,
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Api {
    /// OpenAI's chat completions, which most servers have
    #[default]
    Chat,
    /// OpenAI's responses
    Responses,
    /// Anthropic's messages
    Anthropic,
}

impl Endpoint {
    /// An endpoint without a key, with the usual window and limits.
    pub(crate) fn new(model: impl Into<String>, base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        Self {
            model: model.into(),
            address_as_written: base_url.clone(),
            path_secrets: Vec::new(),
            base_url,
            api: Api::default(),
            key: None,
            key_header: None,
            headers: Vec::new(),
            query: Vec::new(),
            ca_file: None,
            allow_key_over_http: false,
            key_variable: None,
            window: DEFAULT_WINDOW,
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
    /// The address is no URL of http or https, names what is no port, holds a password,
    /// or is one that the key must not go to; or the proxy's address is malformed.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let uri = self.address("")?;
        let proxy = self.effective_proxy()?;
        let held = [
            (self.key.is_some(), "the key is"),
            (!self.headers.is_empty(), "what `headers` holds is"),
            (!self.query.is_empty(), "what `query` holds is"),
            (
                query_secrets(&uri).any(|value| !value.is_empty()),
                "what the query of the base URL holds is",
            ),
            (
                !self.path_secrets.is_empty(),
                "what a variable holds in the path of the base URL is",
            ),
        ];
        let Some((_, secret)) = held.into_iter().find(|(is_held, _)| *is_held) else {
            return Ok(());
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
        let named = "the address of the model";
        let wrong = |why: &str| Problem {
            kind: ProblemKind::Other,
            what: format!("{named} {why}"),
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
        if let Some(what) = port_complaint(&uri, named) {
            return Err(Problem {
                what,
                ..wrong("is no URL")
            });
        }
        let base = without_api_path(uri.path());
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

    /// What the store may know it by: its address as it was written, without the
    /// scheme, the query and the path of a form.
    pub(super) fn stored_address(&self) -> &str {
        let written = self.address_as_written.trim();
        let rest = written.split_once("://").map_or(written, |(_, rest)| rest);
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        without_api_path(path)
    }

    /// The same for people, also if it holds a name and a password, which no address may.
    pub(crate) fn public_address(&self) -> String {
        let address = self.stored_address();
        let bare = address.rsplit_once('@').map_or(address, |(_, rest)| rest);
        bare.to_owned()
    }

    /// The proxy that somebody has named, without a name and a password; none if the
    /// environment chooses it.
    pub(crate) fn named_proxy(&self) -> Option<String> {
        match &self.proxy {
            ProxyChoice::Environment => None,
            ProxyChoice::Direct => Some("none".into()),
            ProxyChoice::Proxy(url) => Some(match url.rsplit_once('@') {
                None => url.clone(),
                Some((login, host)) => {
                    let scheme = login.split_once("://").map_or("", |(scheme, _)| scheme);
                    format!("{scheme}://(hidden)@{host}")
                }
            }),
        }
    }

    /// What no message may hold: the key, the values of headers and queries, what
    /// variables hold in the path, and the password of the proxy.
    pub(super) fn secrets(&self) -> Secrets {
        let headers = self.headers.iter().map(|(_, value)| value.clone());
        let query = self.query.iter().flat_map(|(_, value)| {
            // An endpoint may quote the address as it was sent.
            [value.clone(), encoded(value)]
        });
        let uri: Option<Uri> = self.base_url.trim().parse().ok();
        let written = uri.iter().flat_map(query_secrets);
        let path = self.path_secrets.iter().flat_map(|value| {
            // It stands in the address encoded.
            [value.clone(), decoded(value)]
        });
        let proxy = self.effective_proxy().ok().flatten();
        let proxy = proxy.map(|proxy| proxy.secrets()).unwrap_or_default();
        let address = query.chain(written).chain(path);
        Secrets::new(self.key.as_ref(), headers.chain(address).chain(proxy))
    }
}

/// The part of an address before the path of a form, if it ends with one.
fn without_api_path(address: &str) -> &str {
    let address = address.trim_end_matches('/');
    let before = API_PATHS.iter().find_map(|path| address.strip_suffix(path));
    before.unwrap_or(address)
}

/// The values in the query of an address, as they stand there and decoded.
fn query_secrets(uri: &Uri) -> impl Iterator<Item = String> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let values = pairs.map(|pair| pair.split_once('=').map_or(pair, |(_, value)| value));
    values.flat_map(|value| [value.to_owned(), decoded(value)])
}

/// The address of the page of a list that begins after this id.
pub(super) fn page_after(address: &Uri, id: &str) -> Option<Uri> {
    let mark = if address.query().is_some() { '&' } else { '?' };
    let page = format!("{address}{mark}after_id={}", encoded(id));
    page.parse().ok()
}

/// A name or a value of a query, with all but letters, digits and `-._~` encoded.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// The text that an encoded one stands for.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Host and port of an address.
pub(super) fn host(uri: &Uri) -> String {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
