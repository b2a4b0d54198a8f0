//! The sources that an endpoint names for a reply.

use serde_json::Value;

use crate::domain::{Citation, without_nul};

/// How many sources are kept of a reply, and how long an address and a title may be.
const SOURCES: usize = 100;
const URL_BYTES: usize = 2000;
const TITLE_BYTES: usize = 500;

/// How deep a list of sources is looked into.
const DEPTH: usize = 4;

/// The sources in the order in which they were named, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Citations {
    list: Vec<Citation>,
    /// What was read last: some endpoints send the same lists with each event.
    last: String,
}

impl Citations {
    /// Reads lists of sources, as they stand in an event.
    pub(super) fn read(&mut self, json: &str) {
        if json == self.last || json == "null" {
            return;
        }
        json.clone_into(&mut self.last);
        if let Ok(value) = serde_json::from_str(json) {
            self.take(&value, DEPTH);
        }
    }

    /// The sources.
    pub(super) fn list(&self) -> &[Citation] {
        &self.list
    }

    /// Takes a source, as an address or as an object, or a list of them.
    fn take(&mut self, value: &Value, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        match value {
            Value::String(url) => self.add(url, None),
            Value::Array(list) => {
                for one in list {
                    self.take(one, depth);
                }
            }
            Value::Object(fields) => {
                if let Some(inner) = ["url_citation", "source", "citation", "web"]
                    .iter()
                    .find_map(|name| fields.get(*name).filter(|inner| inner.is_object()))
                {
                    return self.take(inner, depth);
                }
                let text =
                    |names: &[&str]| names.iter().find_map(|name| fields.get(*name)?.as_str());
                if let Some(url) = text(&["url", "uri", "link", "href"]) {
                    self.add(url, text(&["title", "name"]));
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, url: &str, title: Option<&str>) {
        let (url, title) = (without_nul(url.trim()), title.map(str::trim));
        let title = title.filter(|title| !title.is_empty()).map(|title| {
            let title = without_nul(title);
            let end = title.floor_char_boundary(TITLE_BYTES);
            title.get(..end).unwrap_or_default().to_owned()
        });
        if let Some(known) = self.list.iter_mut().find(|known| known.url == url) {
            known.title = known.title.take().or(title);
        } else if !url.is_empty() && url.len() <= URL_BYTES && self.list.len() < SOURCES {
            let url = url.into_owned();
            self.list.push(Citation { url, title });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lists: &[&str]) -> Vec<(String, Option<String>)> {
        let mut sources = Citations::default();
        for list in lists {
            sources.read(list);
        }
        let pairs = sources.list.into_iter();
        pairs.map(|source| (source.url, source.title)).collect()
    }

    #[test]
    fn sources_are_read_in_several_forms_and_kept_once() {
        let titled = |url: &str, title: &str| (url.to_owned(), Some(title.to_owned()));
        assert_eq!(
            read(&[
                r#"["https://a.example", "https://b.example"]"#,
                r#"["https://a.example", "https://b.example"]"#,
                r#"[{"title":"A","url":"https://a.example","date":"x"}]"#,
                r#"[{"type":"url_citation","url_citation":{"url":"https://c.example","title":"C"}}]"#,
                r#"{"type":"url_citation","url":"https://d.example","title":""}"#,
                r#"[{"title":"E\u0000","url":"https://e.example/\u0000"}]"#,
                "null",
                "[null, 7, {}, \"\"]",
            ]),
            [
                titled("https://a.example", "A"),
                ("https://b.example".into(), None),
                titled("https://c.example", "C"),
                ("https://d.example".into(), None),
                titled("https://e.example/\u{fffd}", "E\u{fffd}"),
            ]
        );
    }

    #[test]
    fn they_have_limits() {
        let many: Vec<_> = (0..200).map(|at| format!("https://h/{at}")).collect();
        let json = serde_json::to_string(&many).unwrap();
        assert_eq!(read(&[&json]).len(), SOURCES);
        assert_eq!(read(&[&format!("[\"{}\"]", "x".repeat(URL_BYTES + 1))]), []);
        let long = format!(r#"[{{"url":"u","title":"{}"}}]"#, "é".repeat(TITLE_BYTES));
        assert_eq!(read(&[&long])[0].1.as_ref().unwrap().len(), TITLE_BYTES);
    }
}
