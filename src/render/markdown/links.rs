//! Where links lead.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{BrokenLink, CowStr, RefDefs};

/// The most bytes of labels and addresses that are kept.
const KEPT_BYTES: usize = 64 * 1024;

/// A link or an image whose text is being read.
pub(super) struct Link {
    url: String,
    text: String,
}

impl Link {
    /// A link before its text.
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            text: String::new(),
        }
    }

    /// Takes a part of the text.
    pub(super) fn read(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// What follows the text: the address, unless that has been read already.
    pub(super) fn address(self) -> Option<String> {
        let Self { url, text } = self;
        let read = text == url || url.strip_prefix("mailto:") == Some(&text);
        let space = if text.is_empty() { "" } else { " " };
        (!read && !url.is_empty()).then(|| format!("{space}({url})"))
    }
}

/// Where links by reference lead, by the blocks before the current one.
#[derive(Default)]
pub(super) struct Definitions {
    urls: BTreeMap<String, String>,
    bytes: usize,
}

/// Where one label leads.
pub(super) struct Definition {
    label: String,
    url: String,
    /// Where the source says so.
    pub span: Range<usize>,
}

impl Definitions {
    /// Keeps what blocks define. The first definition of a label counts.
    pub(super) fn keep(&mut self, found: Vec<Definition>) {
        for Definition { label, url, .. } in found {
            let bytes = label.len() + url.len();
            if self.bytes + bytes <= KEPT_BYTES && !self.urls.contains_key(&label) {
                self.bytes += bytes;
                self.urls.insert(label, url);
            }
        }
    }

    /// The address and the title of a link that its own block does not define.
    pub(super) fn resolve<'a>(&self, link: &BrokenLink<'_>) -> Option<(CowStr<'a>, CowStr<'a>)> {
        let url = self.urls.get(&normal(&link.reference))?;
        Some((url.clone().into(), "".into()))
    }
}

impl Definition {
    /// The definitions of a source, in its order.
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

/// Labels are the same whatever their case and the spaces inside.
fn normal(label: &str) -> String {
    let words: Vec<_> = label.split_whitespace().collect();
    words.join(" ").to_lowercase()
}
