//! Reads the list of the models that an endpoint offers.

use serde_json::Value;

/// Where the list may be.
const LISTS: [&str; 4] = ["data", "models", "result", "items"];

/// Where the name of a model may be.
const NAMES: [&str; 4] = ["id", "name", "model", "slug"];

/// The names in a list of models, in its order; none if it is no such list. Entries
/// without a name are passed over, and so are names that could not be typed.
pub(super) fn names(body: &[u8]) -> Option<Vec<String>> {
    let value: Value = serde_json::from_slice(body).ok()?;
    match &value {
        Value::Array(list) => Some(named(list)),
        Value::Object(fields) => {
            let mut found = None;
            for list in LISTS.iter().filter_map(|name| fields.get(*name)) {
                let names = match list {
                    Value::Null => Vec::new(),
                    Value::Array(list) => named(list),
                    // By name.
                    Value::Object(models) => models.keys().cloned().collect(),
                    _ => continue,
                };
                if found.as_ref().is_none_or(Vec::is_empty) {
                    found = Some(names);
                }
            }
            found
        }
        _ => None,
    }
}

fn named(list: &[Value]) -> Vec<String> {
    let name = |model: &Value| {
        let field = || NAMES.iter().find_map(|name| model.get(*name)?.as_str());
        model.as_str().or_else(field).map(str::to_owned)
    };
    let is_plain = |name: &String| !name.trim().is_empty() && !name.contains(char::is_control);
    list.iter().filter_map(name).filter(is_plain).collect()
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
            assert_eq!(names(body.as_bytes()).unwrap(), models, "{body}");
        }
        for body in ["{}", "7", "<html>", r#"{"error":"no"}"#, r#"{"data":"x"}"#] {
            assert_eq!(names(body.as_bytes()), None, "{body}");
        }
    }
}
