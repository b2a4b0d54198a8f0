//! Errors that an object holds by a name of their own, as Amazon's streams do.

use serde_json::Value;

/// The exception that an object holds, by its name.
pub(super) fn exception(value: &Value) -> Option<(&String, &Value)> {
    let is_one = |(name, held): &(&String, &Value)| {
        let is_something = match held {
            Value::Object(fields) => !fields.is_empty(),
            Value::String(text) => !text.trim().is_empty(),
            _ => false,
        };
        let name = name.to_lowercase();
        is_something && name != "exception" && name.ends_with("exception")
    };
    value.as_object()?.iter().find(is_one)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_exception_is_known_by_its_name() {
        let value = json!({"a": 1, "throttlingException": {"message": "no"}});
        assert_eq!(exception(&value).unwrap().0, "throttlingException");
        for value in [
            json!({"aException": null}),
            json!({"exception": "x"}),
            json!([]),
        ] {
            assert_eq!(exception(&value), None);
        }
    }
}
