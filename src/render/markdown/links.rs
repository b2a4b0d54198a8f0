//! The addresses of links.

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
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            text: String::new(),
        }
    }

    /// Adds a part of the text.
    pub(super) fn read(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// What is written after the text: the address, unless it is the same.
    pub(super) fn address(self) -> Option<String> {
        let Self { url, text } = self;
        let read = text == url || url.strip_prefix("mailto:") == Some(&text);
        let space = if text.is_empty() { "" } else { " " };
        (!read && !url.is_empty()).then(|| format!("{space}({url})"))
    }
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
