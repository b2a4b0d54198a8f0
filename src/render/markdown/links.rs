//! The addresses of links.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;
use std::rc::Rc;

use pulldown_cmark::{BrokenLink, CowStr, RefDefs};

/// The most bytes of labels and addresses that are kept.
const KEPT_BYTES: usize = 64 * 1024;

/// The longest address that a terminal is told of.
const TARGET_BYTES: usize = 2000;

/// How a terminal treats links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hyperlinks {
    /// It is told of none.
    No,
    /// It is told of them, but may not know what to do: addresses are shown as well.
    Perhaps,
    /// A text can be followed.
    Yes,
}

/// A link or an image whose text is being read.
pub(super) struct Link {
    url: String,
    text: String,
    /// Where the terminal is told that it leads.
    pub target: Option<Rc<str>>,
}

impl Link {
    pub(super) fn new(url: &str, hyperlinks: Hyperlinks) -> Self {
        Self {
            url: url.to_owned(),
            text: String::new(),
            target: target(url).filter(|_| hyperlinks != Hyperlinks::No),
        }
    }

    /// Adds a part of the text.
    pub(super) fn read(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// What is written after the text: the address, unless it is the same, or the
    /// text leads there and does not look like another address.
    pub(super) fn address(&self, hyperlinks: Hyperlinks) -> Option<String> {
        let Self { url, text, .. } = self;
        let is_followed = hyperlinks == Hyperlinks::Yes
            && self.target.is_some()
            && !text.trim().is_empty()
            && !names_other_host(text, url);
        let read = text == url || url.strip_prefix("mailto:") == Some(text);
        let space = if text.is_empty() { "" } else { " " };
        (!is_followed && !read && !url.is_empty()).then(|| format!("{space}({url})"))
    }
}

/// An address as terminals take it: printable ASCII, of a kind that does no harm.
fn target(url: &str) -> Option<Rc<str>> {
    let (scheme, _) = url.split_once(':')?;
    let is_known = ["http", "https", "mailto"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    let is_printable = |byte: u8| (b'!'..=b'~').contains(&byte);
    let length = url
        .bytes()
        .map(|byte| if is_printable(byte) { 1 } else { 3 });
    if !is_known || length.sum::<usize>() > TARGET_BYTES {
        return None;
    }
    let mut target = String::new();
    for byte in url.bytes() {
        if is_printable(byte) {
            target.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(target, "%{byte:02X}");
        }
    }
    Some(target.into())
}

/// Whether a text holds what looks like an address, and of another host than the link's.
fn names_other_host(text: &str, url: &str) -> bool {
    let host = host(url);
    let hosts = text.split_whitespace().filter_map(looks_like_host);
    hosts.into_iter().any(|named| named != host)
}

/// The host of an address, without what does not tell hosts apart.
fn host(url: &str) -> String {
    let rest = url.split_once(':').map_or(url, |(_, rest)| rest);
    let rest = rest.trim_start_matches('/');
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let host = host.trim_end_matches('.').to_lowercase();
    host.strip_prefix("www.").unwrap_or(&host).to_owned()
}

/// The host that a word names, if it looks like an address.
fn looks_like_host(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let has_scheme = word.contains("://");
    let address = if has_scheme {
        word.to_owned()
    } else {
        format!("//{word}")
    };
    let address = if has_scheme {
        address
    } else {
        format!("x:{address}")
    };
    let host = host(&address);
    let (name, last) = host.rsplit_once('.')?;
    let is_host =
        !name.is_empty() && last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
    is_host.then_some(host)
}

/// The link definitions of the blocks that are laid out already.
#[derive(Default)]
pub(super) struct Definitions {
    urls: BTreeMap<String, String>,
    bytes: usize,
}

/// The definition of one label.
pub(super) struct Definition {
    label: String,
    url: String,
    /// Its place in the source.
    pub span: Range<usize>,
}

impl Definitions {
    /// Adds definitions. The first definition of a label counts.
    pub(super) fn keep(&mut self, found: Vec<Definition>) {
        for Definition { label, url, .. } in found {
            let bytes = label.len() + url.len();
            if self.bytes + bytes <= KEPT_BYTES && !self.urls.contains_key(&label) {
                self.bytes += bytes;
                self.urls.insert(label, url);
            }
        }
    }

    /// The address and the title of a link that is defined in an earlier block.
    pub(super) fn resolve<'a>(&self, link: &BrokenLink<'_>) -> Option<(CowStr<'a>, CowStr<'a>)> {
        let url = self.urls.get(&normal(&link.reference))?;
        Some((url.clone().into(), "".into()))
    }
}

impl Definition {
    /// The definitions in a source, in order.
    pub(super) fn all(found: &RefDefs<'_>) -> Vec<Self> {
        let mut all: Vec<_> = found
            .iter()
            .map(|(label, it)| Self {
                label: normal(label),
                url: it.dest.to_string(),
                span: it.span.clone(),
            })
            .collect();
        all.sort_by_key(|it| it.span.start);
        all
    }
}

/// A label as it is compared: case and the number of spaces do not matter.
fn normal(label: &str) -> String {
    let words: Vec<_> = label.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_told_of_harmless_addresses_only() {
        let told = |url: &str| target(url).map(|target| target.to_string());
        assert_eq!(told("HTTPS://a.b/c?d#e"), Some("HTTPS://a.b/c?d#e".into()));
        assert_eq!(told("mailto:a@b.c"), Some("mailto:a@b.c".into()));
        assert_eq!(
            told("http://a/é \x1b"),
            Some("http://a/%C3%A9%20%1B".into())
        );
        for url in [
            "file:///etc/passwd",
            "javascript:x",
            "a.b",
            "",
            "ssh://a",
            "/x:y",
        ] {
            assert_eq!(told(url), None, "{url}");
        }
        let long = |length| format!("http://{}", "a".repeat(length - 7));
        assert!(told(&long(TARGET_BYTES)).is_some());
        assert_eq!(told(&long(TARGET_BYTES + 1)), None);
        assert_eq!(told(&format!("http://{}", "é".repeat(400))), None);
    }

    #[test]
    fn an_address_of_another_host_is_seen_through() {
        let url = "https://evil.example/a.b";
        for text in [
            "bank.example",
            "https://bank.example",
            "see www.bank.example/login now",
            "(bank.example)",
            "https://evil.example@bank.example",
        ] {
            assert!(names_other_host(text, url), "{text}");
        }
        for text in [
            "the docs",
            "evil.example",
            "www.Evil.Example/x",
            "v1.2",
            "…",
            "",
        ] {
            assert!(!names_other_host(text, url), "{text}");
        }
    }
}
