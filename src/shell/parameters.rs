//! The parameters of a model, as people write them: `temperature=0.2`.

use serde_json::{Map, Value};
use toml::value::Datetime;

/// Parameters by the names that endpoints use; null takes one away.
pub(super) type Parameters = Map<String, Value>;

/// What no parameter can set: it comes from the chat, under one name or another.
const FIXED: [&str; 3] = ["model", "messages", "input"];

/// Why a parameter of this name cannot be set, if it cannot.
fn fixed(name: &str) -> Option<String> {
    let hint = if name == "model" {
        "`--model` names the model"
    } else {
        "what is sent is the chat"
    };
    FIXED
        .contains(&name)
        .then(|| format!("`{name}` cannot be set: {hint}"))
}

/// Parses `NAME=VALUE` pairs: a value that is JSON is JSON, all else is text.
///
/// # Errors
/// A sentence about the first pair that is none.
pub(super) fn parse(pairs: &[String]) -> Result<Parameters, String> {
    pairs
        .iter()
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                if let Some(why) = fixed(name) {
                    return Err(why);
                }
                let json = serde_json::from_str(value);
                Ok((name.to_owned(), json.unwrap_or_else(|_| value.into())))
            }
            _ => Err(format!("`{pair}` is not of the form NAME=VALUE")),
        })
        .collect()
}

/// The parameters of the configuration as JSON; those that are named in
/// `without` are taken away.
///
/// # Errors
/// The key that is wrong, and what is wrong with it.
pub(super) fn from_file(
    table: &toml::Table,
    without: &[String],
) -> Result<Parameters, (Vec<String>, String)> {
    let mut parameters = Parameters::new();
    for (name, value) in table {
        if fixed(name).is_some() {
            let why = "cannot be set: it comes from the chat, and `model` names the model";
            return Err((vec!["parameters".into(), name.clone()], why.into()));
        }
        let value =
            json(value).map_err(|why| (vec!["parameters".into(), name.clone()], why.to_owned()))?;
        parameters.insert(name.clone(), value);
    }
    for name in without {
        if fixed(name).is_some() {
            let why = format!("names `{name}`, which is always sent");
            return Err((vec!["without".into()], why));
        }
        if table.contains_key(name) {
            let why = format!("names `{name}`, which `parameters` sets");
            return Err((vec!["without".into()], why));
        }
        parameters.insert(name.clone(), Value::Null);
    }
    Ok(parameters)
}

/// A value of the file as JSON.
fn json(value: &toml::Value) -> Result<Value, &'static str> {
    Ok(match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => match serde_json::Number::from_f64(*number) {
            Some(number) => Value::Number(number),
            None => return Err("is a number that JSON does not have"),
        },
        toml::Value::Boolean(truth) => (*truth).into(),
        toml::Value::Datetime(time) => Datetime::to_string(time).into(),
        toml::Value::Array(values) => values.iter().map(json).collect::<Result<_, _>>()?,
        toml::Value::Table(table) => Value::Object(
            table
                .iter()
                .map(|(name, value)| Ok((name.clone(), json(value)?)))
                .collect::<Result<_, &'static str>>()?,
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_json_is_json_and_all_else_text() {
        for (pair, value) in [
            ("x=3", json!(3)),
            ("x=-0.5e1", json!(-5.0)),
            ("x=true", json!(true)),
            ("x=null", json!(null)),
            ("x=[\"END\", 1]", json!(["END", 1])),
            ("x={\"a\":{\"b\":false}}", json!({"a": {"b": false}})),
            ("x=\"3\"", json!("3")),
            ("x=\"é\\n\"", json!("é\n")),
            ("x=", json!("")),
            ("x=high", json!("high")),
            ("x=a=b", json!("a=b")),
            ("x=True", json!("True")),
            ("x=[END]", json!("[END]")),
            ("x={\"a\":1", json!("{\"a\":1")),
            ("x=inf", json!("inf")),
            ("x=1 2", json!("1 2")),
        ] {
            assert_eq!(parse(&[pair.into()]).unwrap()["x"], value, "{pair}");
        }
        for pair in ["x", "", "=3"] {
            let told = format!("`{pair}` is not of the form NAME=VALUE");
            assert_eq!(parse(&[pair.into()]).unwrap_err(), told);
        }
        for (pair, told) in [
            (
                "model=x",
                "`model` cannot be set: `--model` names the model",
            ),
            (
                "messages=[]",
                "`messages` cannot be set: what is sent is the chat",
            ),
            (
                "input=null",
                "`input` cannot be set: what is sent is the chat",
            ),
        ] {
            assert_eq!(parse(&[pair.into()]).unwrap_err(), told);
        }
        let last = parse(&["x=1".into(), "x=2".into()]).unwrap();
        assert_eq!(Value::Object(last), json!({"x": 2}));
    }

    #[test]
    fn a_table_becomes_json_and_what_is_named_is_taken_away() {
        let table: toml::Table = "a = 1\nb = 0.5\nc = [true, \"x\"]\nd.e = 'f'\ng = 2026-01-02\n"
            .parse()
            .unwrap();
        let found = from_file(&table, &["stream_options".into()]).unwrap();
        assert_eq!(
            Value::Object(found),
            json!({"a": 1, "b": 0.5, "c": [true, "x"], "d": {"e": "f"}, "g": "2026-01-02",
                   "stream_options": null})
        );
        let (key, why) = from_file(&table, &["a".into()]).unwrap_err();
        assert_eq!(
            (key, why.as_str()),
            (vec!["without".into()], "names `a`, which `parameters` sets")
        );
        for name in FIXED {
            let table = format!("{name} = 1").parse().unwrap();
            let (key, why) = from_file(&table, &[]).unwrap_err();
            assert_eq!(key, ["parameters", name]);
            assert!(why.starts_with("cannot be set"), "{why}");
            assert!(from_file(&toml::Table::new(), &[name.into()]).is_err());
        }
        let (key, why) = from_file(&"x = [inf]".parse().unwrap(), &[]).unwrap_err();
        assert_eq!(key, ["parameters", "x"]);
        assert_eq!(why, "is a number that JSON does not have");
    }
}
