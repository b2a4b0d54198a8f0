//! Sources that an endpoint names for a reply.

use serde::{Deserialize, Serialize};

/// One source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Citation {
    /// Its address.
    pub url: String,
    /// What it is called, if that is said.
    pub title: Option<String>,
}

impl Citation {
    /// The JSON list that stores keep; none if there is no source.
    pub(crate) fn to_json(citations: &[Self]) -> Option<String> {
        let list = serde_json::to_string(citations).ok();
        list.filter(|_| !citations.is_empty())
    }

    /// Reads such a list. What another program has put in its place has no sources.
    pub(crate) fn parse(json: Option<&str>) -> Vec<Self> {
        json.and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let source = |url: &str, title: Option<&str>| Citation {
            url: url.into(),
            title: title.map(str::to_owned),
        };
        let list = [
            source("https://a.example/\"x\"", Some("A \u{1b}")),
            source("b", None),
        ];
        let json = Citation::to_json(&list).unwrap();
        assert_eq!(Citation::parse(Some(&json)), list);
        assert_eq!(Citation::to_json(&[]), None);
        assert_eq!(Citation::parse(Some("{}")), []);
        assert_eq!(Citation::parse(None), []);
    }
}
