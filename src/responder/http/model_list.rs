//! Reads the list of the models that an endpoint offers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Where the list may be.
const LISTS: [&str; 4] = ["data", "models", "result", "items"];

/// Where the name of a model may be.
const NAMES: [&str; 4] = ["id", "name", "model", "slug"];

/// A list of models, or a page of it.
#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub names: Vec<String>,
    /// The list goes on after this id; empty where none is told.
    pub more_after: Option<String>,
}

/// An object of which each field is read for itself, so that one that cannot be read
/// costs nothing else.
type Fields<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

/// The names in a list of models, in its order; none if it is no such list. Entries
/// without a name are passed over, and so are names that could not be typed.
pub(super) fn page(body: &[u8]) -> Option<Page> {
    let text = String::from_utf8_lossy(body);
    if let Ok(list) = serde_json::from_str(&text) {
        return Some(Page {
            names: named(list),
            more_after: None,
        });
    }
    let fields: Fields<'_> = serde_json::from_str(&text).ok()?;
    let mut found = None;
    for list in LISTS.iter().filter_map(|name| fields.get(*name)) {
        let json = list.get();
        let names = if json == "null" {
            Vec::new()
        } else if let Ok(list) = serde_json::from_str(json) {
            named(list)
        } else if let Ok(models) = serde_json::from_str::<Fields<'_>>(json) {
            // By name.
            models.into_keys().map(Cow::into_owned).collect()
        } else {
            continue;
        };
        if found.as_ref().is_none_or(Vec::is_empty) {
            found = Some(names);
        }
    }
    let has_more = field(&fields, "has_more").unwrap_or(false);
    Some(Page {
        names: found?,
        more_after: has_more.then(|| field(&fields, "last_id").unwrap_or_default()),
    })
}

fn named(list: Vec<&RawValue>) -> Vec<String> {
    let name = |model: &RawValue| {
        let name = serde_json::from_str(model.get()).ok();
        name.or_else(|| {
            let fields = serde_json::from_str(model.get()).ok()?;
            NAMES.iter().find_map(|name| field(&fields, name))
        })
    };
    let is_odd = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
    let is_plain = |name: &String| !name.trim().is_empty() && !name.contains(is_odd);
    list.into_iter().filter_map(name).filter(is_plain).collect()
}

fn field<T: DeserializeOwned>(fields: &Fields<'_>, name: &str) -> Option<T> {
    serde_json::from_str(fields.get(name)?.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_in_several_dialects() {
        for (body, models) in [
            (
                r#"{"object":"list","data":[{"id":"a"},{"id":"b"}]}"#,
                &["a", "b"][..],
            ),
            (
                r#"{"models":[{"name":"a"},{"model":"b"},{"slug":"c"}]}"#,
                &["a", "b", "c"],
            ),
            (r#"{"data":[],"models":[{"name":"a"}]}"#, &["a"]),
            (r#"{"data":[{"id":"a"}],"models":[{"name":"b"}]}"#, &["a"]),
            (r#"["a"]"#, &["a"]),
            (r#"[{"id":"a"}]"#, &["a"]),
            (r#"{"models":{"a":{},"b":{}}}"#, &["a", "b"]),
            (
                r#"{"data":[{"id":"a"},{"x":1},null,7,{"id":""},{"id":"b\nc"}]}"#,
                &["a"],
            ),
            (r#"{"data":null}"#, &[]),
            (r#"{"object":"list","data":[]}"#, &[]),
        ] {
            assert_eq!(page(body.as_bytes()).unwrap().names, models, "{body}");
        }
        for body in ["{}", "7", "<html>", r#"{"error":"no"}"#, r#"{"data":"x"}"#] {
            assert_eq!(page(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn what_is_no_text_costs_its_own_entry() {
        for (entry, names) in [
            (&br#"{"id":"\ud800"}"#[..], &["a", "c"][..]),
            (b"{\"id\":\"\xff\"}", &["a", "c"]),
            (br#"{"id":"b","about":"\ud800"}"#, &["a", "b", "c"]),
            (br#""\ud800""#, &["a", "c"]),
        ] {
            let body = [br#"{"data":[{"id":"a"},"#, entry, br#",{"id":"c"}]}"#].concat();
            assert_eq!(page(&body).unwrap().names, names);
        }
    }

    #[test]
    fn a_page_says_after_which_one_the_next_begins() {
        for (fields, after) in [
            (r#""has_more":true,"last_id":"c""#, Some("c")),
            (r#""has_more":true"#, Some("")),
            (r#""has_more":true,"last_id":null"#, Some("")),
            (r#""has_more":false,"last_id":"c""#, None),
            (r#""has_more":null,"last_id":"c""#, None),
            (r#""last_id":"c""#, None),
        ] {
            let body = format!(r#"{{"data":[{{"id":"a"}}],{fields}}}"#);
            let found = page(body.as_bytes()).unwrap().more_after;
            assert_eq!(found.as_deref(), after, "{fields}");
        }
    }
}
